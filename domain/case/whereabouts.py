"""Whereabouts: one place at an instant (I8), from admission through moves to departure.

A fact that is recorded late and lies before the last known whereabouts completes the past and moves nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final
from uuid import UUID

from domain.case.journey import ArrivedInCountry, Departed, RepatriationRecorded, WithdrawalCause, withdrawal
from domain.case.request import CaseObservation
from domain.dates import PartialDate
from domain.frozen import replace
from domain.kernel import Act, Decision, Facet, Fact, Odd, Stamp
from domain.privacy import Open

if TYPE_CHECKING:
    from domain.case.case import CaseState


@unique
class MoveReason(StrEnum):
    """Why a person was moved."""

    OVERCROWDING = "overcrowding"
    SAFETY = "safety"
    MEDICAL = "medical"
    FAMILY = "family"
    AGE = "age"
    """A boy taken from his mother when he grew up, or a prisoner found to be a child."""
    JUDICIAL = "judicial"
    TRANSIT = "transit"
    NOT_STATED = "not_stated"


class AdmittedToFacility(Fact, topic="case.admitted-to-facility"):
    """The person was taken into a facility."""

    facility: Open[UUID]


class MovedToFacility(Fact, topic="case.moved-to-facility"):
    """The person was moved to another facility."""

    facility: Open[UUID]
    reason: Open[MoveReason]
    separates_family: Open[bool]


class RelocatedWithinFacility(Fact, topic="case.relocated-within-facility"):
    """The person was moved to another part of the facility."""

    section_id: Open[UUID]


@unique
class Place(StrEnum):
    """Where a person stands."""

    NOWHERE = "nowhere"
    """Never admitted."""
    LOCATED = "located"
    MISSING = "missing"
    GONE = "gone"
    """Departed, or arrived in a country."""
    RELEASED = "released"
    """Released locally."""


@dataclass(frozen=True)
class Whereabouts:
    """The place at the last known instant."""

    place: Place = Place.NOWHERE
    facility: UUID | None = None
    """Where the person is while located; where they were last seen otherwise."""
    since: PartialDate | None = None
    left_from: UUID | None = None
    """The facility that the person left on the last journey."""
    family_separated: bool = False
    """Whether a move separated the person from the family."""
    section: UUID | None = None
    """The part of the facility in which the person is, where it is known."""
    section_since: PartialDate | None = None
    hospital: UUID | None = None
    """The hospital to which the person was referred, and from which they have not returned to their place."""
    hospital_since: PartialDate | None = None
    """When the person last went to a hospital, or came back from one, since they are where they are."""
    lost: bool = False
    """Whether the person is missing and nobody knows how."""

    @property
    def located_at(self) -> UUID | None:
        """The facility in which the person is."""
        return self.facility if self.place is Place.LOCATED else None

    def past(self, on: PartialDate) -> bool:
        """Whether a day lies before the last known whereabouts."""
        return self.since is not None and on.earliest < self.since.earliest

    @property
    def seen_on(self) -> PartialDate | None:
        """When the person was last seen, as far as their whereabouts tell."""
        days = [day for day in (None if self.lost else self.since, self.section_since, self.hospital_since) if day]
        return max(days, default=None)

    def at(self, facility: UUID, since: PartialDate) -> Whereabouts:
        """Return the whereabouts of a person who is in a facility."""
        return self.now(Place.LOCATED, facility, since)

    def gone(self, since: PartialDate) -> Whereabouts:
        """Return the whereabouts of a person who has left."""
        left_from = self.left_from if self.place is Place.GONE else self.facility
        return replace(
            self, place=Place.GONE, since=since, left_from=left_from, lost=False,
            section=None, section_since=None, hospital=None, hospital_since=None,
        )  # fmt: skip

    def now(self, place: Place, facility: UUID | None, since: PartialDate, *, lost: bool = False) -> Whereabouts:
        """Return the whereabouts after a change of place: section and hospital belonged to the one before."""
        return replace(
            self, place=place, facility=facility, since=since, lost=lost,
            section=None, section_since=None, hospital=None, hospital_since=None,
        )  # fmt: skip


WHEREABOUTS: Final = Facet("whereabouts", Whereabouts())


@WHEREABOUTS.evolves
def _(fact: AdmittedToFacility, stamp: Stamp, was: Whereabouts) -> Whereabouts | Odd[Whereabouts]:
    if was.past(stamp.occurred_on):
        return was
    now = was.at(fact.facility, stamp.occurred_on)
    if was.place in {Place.NOWHERE, Place.RELEASED}:
        return now
    return Odd(now, _ODD_ADMISSION[was.place] if was.located_at != fact.facility else "whereabouts.already-there")


_ODD_ADMISSION: Final = {
    Place.LOCATED: "whereabouts.claimed-by-two",
    Place.MISSING: "whereabouts.found-again",
    Place.GONE: "whereabouts.back-after-departure",
}


@WHEREABOUTS.evolves
def _(fact: MovedToFacility, stamp: Stamp, was: Whereabouts) -> Whereabouts | Odd[Whereabouts]:
    if was.past(stamp.occurred_on):
        return was
    now = was.at(fact.facility, stamp.occurred_on)
    if fact.separates_family:
        now = replace(now, family_separated=True)
    if was.place is not Place.LOCATED:
        return Odd(now, "whereabouts.moved-unadmitted")
    return Odd(now, "whereabouts.already-there") if was.facility == fact.facility else now


@WHEREABOUTS.evolves
def _(fact: RelocatedWithinFacility, stamp: Stamp, was: Whereabouts) -> Whereabouts | Odd[Whereabouts]:
    on = stamp.occurred_on
    if was.past(on) or (was.section_since is not None and on.earliest < was.section_since.earliest):
        return was
    now = replace(was, section=fact.section_id, section_since=on)
    return now if was.place is Place.LOCATED else Odd(now, "whereabouts.relocated-unlocated")


@WHEREABOUTS.evolves
def _(_fact: Departed, stamp: Stamp, was: Whereabouts) -> Whereabouts | Odd[Whereabouts]:
    return left(was, stamp)


def left(was: Whereabouts, stamp: Stamp) -> Whereabouts | Odd[Whereabouts]:
    """Return the whereabouts after a departure, whoever brought it about."""
    if was.past(stamp.occurred_on):
        return was
    now = was.gone(stamp.occurred_on)
    return now if was.place is Place.LOCATED else Odd(now, _ODD_DEPARTURE[was.place])


_ODD_DEPARTURE: Final = {
    Place.NOWHERE: "departure.unadmitted",
    Place.MISSING: "departure.while-missing",
    Place.GONE: "departure.twice",
    Place.RELEASED: "departure.after-release",
}


@WHEREABOUTS.evolves
def _(_fact: ArrivedInCountry, stamp: Stamp, was: Whereabouts) -> Whereabouts:
    return was if was.past(stamp.occurred_on) else was.gone(stamp.occurred_on)


@WHEREABOUTS.evolves
def _(_fact: RepatriationRecorded, stamp: Stamp, was: Whereabouts) -> Whereabouts:
    return was if was.past(stamp.occurred_on) else was.gone(stamp.occurred_on)


class AdmitToFacility(CaseObservation):
    """Record that the person was taken into a facility. A clearance given for another place is withdrawn."""

    permission = "case:record"
    facility: UUID

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the admission, unless the person is known to be there by then."""
        if known_there(case, self.facility, self.day(act)):
            return
        yield AdmittedToFacility(facility=self.facility)
        yield from withdrawal(case, act, WithdrawalCause.MOVE)


class MoveToFacility(CaseObservation):
    """Record that the person was moved to another facility. A clearance in force is withdrawn."""

    permission = "case:record"
    facility: UUID
    reason: MoveReason = MoveReason.NOT_STATED
    separates_family: bool = False

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the move, unless the person is known to be there by then."""
        if known_there(case, self.facility, self.day(act)):
            return
        yield MovedToFacility(facility=self.facility, reason=self.reason, separates_family=self.separates_family)
        yield from withdrawal(case, act, WithdrawalCause.MOVE)


class RelocateWithinFacility(CaseObservation):
    """Record that the person was moved to another part of the facility: a phase, an annex, a school wing."""

    permission = "case:record"
    section_id: UUID

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the move, unless the person is known to be there by then."""
        where, day = case.whereabouts, self.day(act)
        if (
            where.section != self.section_id
            or where.section_since is None
            or day.earliest < where.section_since.earliest
        ):
            yield RelocatedWithinFacility(section_id=self.section_id)


def known_there(case: CaseState, facility: UUID, on: PartialDate) -> bool:
    """Whether the record already says that the person was in the facility from a day on."""
    return case.whereabouts.located_at == facility and not case.whereabouts.past(on)
