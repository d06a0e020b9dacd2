"""Absence: escapes and recaptures as they were reported, and whereabouts lost and regained, of which nobody knows how.

Reports of one break-out may differ in whom they count: each person's case keeps what was said of that person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.request import CaseObservation
from domain.case.whereabouts import WHEREABOUTS, Place, Whereabouts, known_there
from domain.dates import PartialDate
from domain.deciding import not_in_future
from domain.kernel import Act, Decision, Fact, Odd, Stamp
from domain.privacy import Narrative, Open
from domain.text import FreeText

if TYPE_CHECKING:
    from domain.case.case import CaseState


class EscapeReported(Fact, topic="case.escape-reported"):
    """The person was reported to have escaped."""

    facility: Open[UUID | None]


class Recaptured(Fact, topic="case.recaptured"):
    """The person was brought back after an escape."""

    facility: Open[UUID]


class WhereaboutsLost(Fact, topic="case.whereabouts-lost"):
    """Nobody knows any more where the person is."""

    facility: Open[UUID | None]
    """Where they were last seen."""
    last_seen_on: Open[PartialDate | None]
    circumstances: Narrative[FreeText | None]


class WhereaboutsRegained(Fact, topic="case.whereabouts-regained"):
    """The person was found in a facility."""

    facility: Open[UUID]
    circumstances: Narrative[FreeText | None]


@WHEREABOUTS.evolves
def _(fact: EscapeReported, stamp: Stamp, was: Whereabouts) -> Whereabouts | Odd[Whereabouts]:
    if was.past(stamp.occurred_on):
        return was
    now = was.now(Place.MISSING, fact.facility or was.facility, stamp.occurred_on)
    if was.place is not Place.LOCATED and not was.lost:
        return Odd(now, "whereabouts.escaped-unadmitted")
    return Odd(now, "whereabouts.escaped-elsewhere") if fact.facility not in {None, was.facility} else now


@WHEREABOUTS.evolves
def _(fact: Recaptured, stamp: Stamp, was: Whereabouts) -> Whereabouts | Odd[Whereabouts]:
    if was.past(stamp.occurred_on):
        return was
    now = was.at(fact.facility, stamp.occurred_on)
    return now if was.place is Place.MISSING else Odd(now, "whereabouts.recaptured-unescaped")


@WHEREABOUTS.evolves
def _(fact: WhereaboutsLost, stamp: Stamp, was: Whereabouts) -> Whereabouts | Odd[Whereabouts]:
    if was.past(stamp.occurred_on):
        return was
    if was.place is Place.MISSING:
        return Odd(was, "whereabouts.lost-twice")
    return was.now(Place.MISSING, fact.facility or was.facility, stamp.occurred_on, lost=True)


@WHEREABOUTS.evolves
def _(fact: WhereaboutsRegained, stamp: Stamp, was: Whereabouts) -> Whereabouts | Odd[Whereabouts]:
    if was.past(stamp.occurred_on):
        return was
    now = was.at(fact.facility, stamp.occurred_on)
    return now if was.place is Place.MISSING else Odd(now, "whereabouts.regained-unlost")


class ReportEscape(CaseObservation):
    """Record that the person was reported to have escaped. A clearance in force is withdrawn."""

    permission = "case:record"
    facility: UUID | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the escape, unless it is known that the person had escaped by then."""
        whereabouts = case.whereabouts
        if whereabouts.place is Place.MISSING and not whereabouts.lost and not whereabouts.past(self.day(act)):
            return
        yield EscapeReported(facility=self.facility)
        yield from withdrawal(case, act, WithdrawalCause.ESCAPE)


class RecordRecapture(CaseObservation):
    """Record that the person was brought back after an escape."""

    permission = "case:record"
    facility: UUID

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the recapture, unless the person is known to be there by then."""
        if not known_there(case, self.facility, self.day(act)):
            yield Recaptured(facility=self.facility)
            yield from withdrawal(case, act, WithdrawalCause.MOVE)


class ReportWhereaboutsLost(CaseObservation):
    """Report that nobody knows where the person is. A clearance in force is withdrawn.

    :raises Refused: ``record.in-future`` when they would have been seen last on a day to come.
    """

    permission = "case:record"
    facility: UUID | None = None
    last_seen_on: PartialDate | None = None
    circumstances: FreeText | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the loss, unless the person is known to be missing by then."""
        not_in_future(self.last_seen_on, act)
        if case.whereabouts.place is Place.MISSING and not case.whereabouts.past(self.day(act)):
            return
        yield WhereaboutsLost(facility=self.facility, last_seen_on=self.last_seen_on, circumstances=self.circumstances)
        yield from withdrawal(case, act, WithdrawalCause.MOVE)


class RecordWhereaboutsRegained(CaseObservation):
    """Record that a person who was missing was found in a facility."""

    permission = "case:record"
    facility: UUID
    circumstances: FreeText | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record it, unless the person is known to be there by then."""
        if known_there(case, self.facility, self.day(act)):
            return
        yield WhereaboutsRegained(facility=self.facility, circumstances=self.circumstances)
        yield from withdrawal(case, act, WithdrawalCause.MOVE)
