"""Identity: names, birth and sex as they were told, each with the strength of its evidence.

Several names and contradicting births stand side by side: a claim is not a fact, and conflict is a state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from pydantic import StringConstraints

from domain.case.request import CaseObservation
from domain.dates import PartialDate
from domain.deciding import not_in_future, readable
from domain.frozen import replace
from domain.kernel import Act, Decision, Facet, Fact, Stamp, ValidFrom
from domain.privacy import BlockLabel, Identity, Open, Unreadable
from domain.text import SAFE_TEXT
from domain.values import Evidence, NameKind, PersonName, Sex

if TYPE_CHECKING:
    from domain.case.age import AgeAssessment
    from domain.case.case import CaseState
    from domain.case.documents import BiometricReference, IdentityPaper
    from domain.case.verification import Verification

ShortText = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True), SAFE_TEXT]
"""A place or the reference of a document, in the words of whoever told it; one line."""


class NameRecorded(Fact, topic="case.name-recorded", valid=ValidFrom.ALWAYS):
    """The person was said to be called so."""

    name_id: Open[UUID]
    kind: Open[NameKind]
    name: Identity[PersonName]
    strength: Open[Evidence]


class BirthRecorded(Fact, topic="case.birth-recorded", valid=ValidFrom.ALWAYS):
    """The person was said to be born then and there."""

    birth: Identity[PartialDate]
    place: Identity[ShortText | None]
    strength: Open[Evidence]


class SexRecorded(Fact, topic="case.sex-recorded", valid=ValidFrom.ALWAYS):
    """The person's sex was recorded."""

    sex: Identity[Sex]


@dataclass(frozen=True)
class Name:
    """One name, and how well it is supported."""

    kind: NameKind
    name: PersonName | Unreadable
    strength: Evidence


@dataclass(frozen=True)
class Birth:
    """One account of the birth, and how well it is supported."""

    birth: PartialDate | Unreadable
    place: str | Unreadable | None
    strength: Evidence


@dataclass(frozen=True)
class Particulars:
    """What is on record about who the person is."""

    names: Mapping[UUID, Name] = field(default_factory=dict)
    births: tuple[Birth, ...] = ()
    """Every account, in the order recorded."""
    birth: Birth | None = None
    """The account to go by: the best supported, and of equals the last."""
    sex: Sex | Unreadable | None = None
    assessments: tuple[AgeAssessment, ...] = ()
    """Every assessment of the age, in the order recorded; together with the births see :mod:`domain.case.age`."""
    papers: Mapping[UUID, IdentityPaper] = field(default_factory=dict)
    """Documents seen, by id."""
    biometrics: tuple[BiometricReference, ...] = ()
    """What the systems of others found, in the order recorded; never a template."""
    retracted: frozenset[UUID] = frozenset()
    """Ids of names that were retracted."""
    verification: Verification | None = None
    """The last one that was not revoked, whether or not it was disputed since."""
    disputed: bool = False
    """Whether an agency disputes who the person is, and nobody has verified it since."""
    settled_on: PartialDate | None = None
    """Day of the last verification, dispute or revocation."""

    @property
    def verified(self) -> Verification | None:
        """The verification in force: neither disputed nor revoked since."""
        return None if self.disputed else self.verification


IDENTITY: Final = Facet("identity", Particulars())


@IDENTITY.evolves
def _(fact: NameRecorded, _stamp: Stamp, was: Particulars) -> Particulars:
    return replace(was, names={**was.names, fact.name_id: Name(fact.kind, fact.name, fact.strength)})


@IDENTITY.evolves
def _(fact: BirthRecorded, _stamp: Stamp, was: Particulars) -> Particulars:
    told = Birth(fact.birth, fact.place, fact.strength)
    best = told if was.birth is None or told.strength >= was.birth.strength else was.birth
    return replace(was, births=(*was.births, told), birth=best)


@IDENTITY.evolves
def _(fact: SexRecorded, _stamp: Stamp, was: Particulars) -> Particulars:
    return replace(was, sex=fact.sex)


class RecordName(CaseObservation):
    """Record a name as it was told. Other names stay.

    :raises Refused: ``record.erased`` when the person was erased.
    """

    permission = "case:record"
    opens = frozenset({BlockLabel.IDENTITY})
    kind: NameKind
    name: PersonName
    strength: Evidence = Evidence.CLAIMED

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the name, unless it is on record with at least this evidence."""
        for known in case.identity.names.values():
            same = readable(known.name) == self.name and known.kind is self.kind
            if same and known.strength >= self.strength:
                return
        yield NameRecorded(name_id=act.new_id(), kind=self.kind, name=self.name, strength=self.strength)


class RecordBirth(CaseObservation):
    """Record when and where the person was born, as it was told. Other accounts stay.

    :raises Refused: ``record.in-future`` for a birth to come, ``record.erased`` when the person was erased.
    """

    permission = "case:record"
    opens = frozenset({BlockLabel.IDENTITY})
    birth: PartialDate
    place: ShortText | None = None
    strength: Evidence = Evidence.CLAIMED

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the account, unless it is the one to go by or adds nothing to a better one."""
        not_in_future(self.birth, act)
        best = case.identity.birth
        told = Birth(self.birth, self.place, self.strength)
        for known in case.identity.births:
            readable(known.birth)
        if best is None or (told != best and (told.strength >= best.strength or told not in case.identity.births)):
            yield BirthRecorded(birth=self.birth, place=self.place, strength=self.strength)


class RecordSex(CaseObservation):
    """Record the person's sex; the last recorded counts.

    :raises Refused: ``record.erased`` when the person was erased.
    """

    permission = "case:record"
    opens = frozenset({BlockLabel.IDENTITY})
    sex: Sex

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the sex, unless it is on record."""
        del act
        if case.identity.sex is None or readable(case.identity.sex) is not self.sex:
            yield SexRecorded(sex=self.sex)
