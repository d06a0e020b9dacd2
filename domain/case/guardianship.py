"""Guardianship: who acts for a child whose parents cannot.

A guardian has a subject id of their own: the name rests under the guardian's own key, the case holds the id alone.
What a guardian may do ends with the child's majority.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final
from uuid import UUID

from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.majority import MajorityReached
from domain.case.request import CaseDecision
from domain.dates import PartialDate
from domain.deciding import readable
from domain.frozen import replace
from domain.kernel import Act, Decision, Facet, Fact, Odd, Refused, Stamp
from domain.privacy import BlockLabel, Identity, Narrative, Open, Protection, Unreadable
from domain.text import FreeText
from domain.values import AgencyCode, PersonName

if TYPE_CHECKING:
    from domain.case.case import CaseState


@unique
class GuardianshipEnd(StrEnum):
    """Why a guardian no longer acts for the child."""

    FAMILY_REUNITED = "family_reunited"
    REPLACED = "replaced"
    RESIGNED = "resigned"
    DIED = "died"
    REMOVED = "removed"
    """An authority took the charge away."""


class GuardianAppointed(Fact, topic="case.guardian-appointed", subjects={BlockLabel.IDENTITY: "guardian_id"}):
    """An authority appointed somebody to act for the child."""

    guardian_id: Open[UUID]
    """Subject id of the guardian: that of their case, where they have one."""
    authority: Open[AgencyCode]
    guardian: Identity[PersonName]
    order: Narrative[FreeText | None]
    """Reference of the order."""


class GuardianshipEnded(Fact, topic="case.guardianship-ended"):
    """The guardian no longer acts for the child."""

    guardian_id: Open[UUID]
    cause: Protection[GuardianshipEnd]


@dataclass(frozen=True)
class Guardian:
    """Somebody who acts for the child."""

    authority: AgencyCode
    name: PersonName | Unreadable
    since: PartialDate


@dataclass(frozen=True)
class Guardianships:
    """Who acts for the child, and who no longer does, by subject id."""

    open: Mapping[UUID, Guardian] = field(default_factory=dict)
    ended: Mapping[UUID, PartialDate] = field(default_factory=dict)
    """When each last ended."""
    of_age_since: PartialDate | None = None
    """Nobody was appointed before that day who still is a guardian."""

    def without(self, guardians: Mapping[UUID, PartialDate]) -> Guardianships:
        """Return what is left when these ended, each on its day."""
        kept = {guardian_id: guardian for guardian_id, guardian in self.open.items() if guardian_id not in guardians}
        return replace(self, open=kept, ended={**self.ended, **guardians})


GUARDIANSHIPS: Final = Facet("guardianships", Guardianships())


@GUARDIANSHIPS.evolves
def _(fact: GuardianAppointed, stamp: Stamp, was: Guardianships) -> Guardianships:
    on = stamp.occurred_on
    for over in (was.ended.get(fact.guardian_id), was.of_age_since):
        if over is not None and on.earliest < over.earliest:
            return was
    guardian = Guardian(fact.authority, fact.guardian, on)
    return replace(was, open={**was.open, fact.guardian_id: guardian})


@GUARDIANSHIPS.evolves
def _(fact: GuardianshipEnded, stamp: Stamp, was: Guardianships) -> Guardianships | Odd[Guardianships]:
    guardian, on = was.open.get(fact.guardian_id), stamp.occurred_on
    if guardian is not None and on.earliest < guardian.since.earliest:
        return was
    now = was.without({fact.guardian_id: on})
    return now if guardian is not None else Odd(now, "guardianship.unknown")


@GUARDIANSHIPS.evolves
def _(_fact: MajorityReached, stamp: Stamp, was: Guardianships) -> Guardianships:
    return replace(was.without(dict.fromkeys(was.open, stamp.occurred_on)), of_age_since=stamp.occurred_on)


class AppointGuardian(CaseDecision):
    """Record whom an authority appointed to act for the child.

    Whoever is a guardian already keeps the charge until it is ended.

    :raises Refused: ``guardianship.of-age`` for a person who came of age, ``record.erased`` when no id is given and
        the name of a guardian can no longer be read.
    """

    permission = "case:appoint-guardian"
    opens = frozenset({BlockLabel.IDENTITY})
    guardian: PersonName
    authority: AgencyCode
    guardian_id: UUID | None = None
    """Subject id of somebody whom the record knows (a relative's case, an earlier guardian); omitted for others."""
    order: FreeText | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the appointment, unless this authority's appointment of this guardian stands."""
        for guardian_id, known in case.protection.guardians.items():
            same = guardian_id == self.guardian_id or (
                self.guardian_id is None and readable(known.name) == self.guardian
            )
            if same and known.authority == self.authority:
                return
        if case.protection.of_age_since is not None:
            raise Refused("guardianship.of-age", "The person came of age: nobody is appointed to act for them.")
        yield GuardianAppointed(
            guardian_id=self.guardian_id or act.new_id(),
            authority=self.authority,
            guardian=self.guardian,
            order=self.order,
        )


class EndGuardianship(CaseDecision):
    """Record that a guardian no longer acts for the child. A clearance in force is withdrawn.

    :raises Refused: ``guardianship.unknown`` when nobody of this id was a guardian.
    """

    permission = "case:appoint-guardian"
    guardian_id: UUID
    cause: GuardianshipEnd

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the end, unless it has ended."""
        if self.guardian_id not in case.protection.guardians:
            if self.guardian_id in case.protection.guardianships.ended:
                return
            raise Refused("guardianship.unknown", "Nobody of this id is a guardian on this case.")
        yield GuardianshipEnded(guardian_id=self.guardian_id, cause=self.cause)
        yield from withdrawal(case, act, WithdrawalCause.GUARDIANSHIP)
