"""Kin: who a person's parents, children, siblings, spouses and caregivers are said to be, and how well it is supported.

Links between two cases, kept on each of them, until families have streams of their own. Refuting a link never deletes
it. A parent who would have been younger than twelve is a warning and never a refusal: ages are estimates.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import Final
from uuid import UUID

from domain.case.age import Born, age_on
from domain.frozen import replace
from domain.kernel import Facet, Fact, Odd, Stamp, ValidFrom
from domain.privacy import Identity, Open, Protection, Unreadable
from domain.values import Evidence

YOUNGEST_PARENT_YEARS: Final = 12
"""Who would have been younger at the birth of a child is looked at; ages are estimates, so nobody is refused."""


@unique
class Relation(StrEnum):
    """What the other person is to this one."""

    MOTHER = "mother"
    FATHER = "father"
    PARENT = "parent"
    """Mother or father: which is not on record."""
    CHILD = "child"
    SIBLING = "sibling"
    SPOUSE = "spouse"
    OTHER_CAREGIVER = "other_caregiver"
    CHILD_IN_CARE = "child_in_care"
    """A child of others for whom this person cares."""


PARENTS: Final = frozenset({Relation.MOTHER, Relation.FATHER, Relation.PARENT})
CARERS: Final = PARENTS | {Relation.OTHER_CAREGIVER}
"""Who speaks for a child, and without whom it is alone."""


@unique
class RefutedBy(StrEnum):
    """What showed that two people are not related as they were said to be."""

    DNA = "dna"
    DOCUMENT = "document"
    TESTIMONY = "testimony"
    COURT = "court"
    MISTAKEN = "mistaken"
    """The link was recorded by mistake."""


class KinLinked(Fact, topic="case.kin-linked", valid=ValidFrom.ALWAYS):
    """Another person was said, or shown, to be this person's kin."""

    kin_id: Open[UUID]
    strength: Open[Evidence]
    person: Identity[UUID]
    relation: Identity[Relation]
    primary_caregiver: Protection[bool]
    """Whether the other person is the one who cares for this one day by day."""


class KinRefuted(Fact, topic="case.kin-refuted", valid=ValidFrom.ALWAYS):
    """It was shown that a link never held."""

    kin_id: Open[UUID]
    cause: Identity[RefutedBy]


@dataclass(frozen=True)
class KinLink:
    """One link, as last supported."""

    person: UUID | Unreadable
    relation: Relation | Unreadable
    strength: Evidence
    primary_caregiver: bool | Unreadable
    refuted_by: RefutedBy | Unreadable | None = None


@dataclass(frozen=True)
class Kin:
    """The links that stand, and those that were refuted, by id."""

    links: Mapping[UUID, KinLink] = field(default_factory=dict)
    refuted: Mapping[UUID, KinLink] = field(default_factory=dict)

    def of(self, relations: Container[Relation]) -> Iterator[KinLink]:
        """Yield the links that stand of these relations, and those of which the relation cannot be read."""
        for link in self.links.values():
            if isinstance(link.relation, Unreadable) or link.relation in relations:
                yield link


KIN: Final = Facet("kin", Kin())


@KIN.evolves
def _(fact: KinLinked, stamp: Stamp, was: Kin) -> Kin | Odd[Kin]:
    if fact.person == stamp.stream:
        return Odd(was, "kin.of-oneself")
    if fact.kin_id in was.refuted:
        return Odd(was, "kin.linked-after-refutation")
    link = KinLink(fact.person, fact.relation, fact.strength, fact.primary_caregiver)
    return replace(was, links={**was.links, fact.kin_id: link})


@KIN.evolves
def _(fact: KinRefuted, _stamp: Stamp, was: Kin) -> Kin | Odd[Kin]:
    link = was.links.get(fact.kin_id)
    if link is None:
        return Odd(was, "kin.refuted-twice" if fact.kin_id in was.refuted else "kin.unknown")
    others = {kin_id: other for kin_id, other in was.links.items() if kin_id != fact.kin_id}
    return Kin(others, {**was.refuted, fact.kin_id: replace(link, refuted_by=fact.cause)})


def too_young(parent: Born | Unreadable | None, child: Born | Unreadable | None) -> bool:
    """Whether a parent was certainly younger than twelve when the child was born, by the accounts that count."""
    if not isinstance(parent, Born) or not isinstance(child, Born):
        return False
    return age_on(parent, child.latest)[1] < YOUNGEST_PARENT_YEARS
