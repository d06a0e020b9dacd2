"""Transfers that went otherwise: by others without a clearance, or broken off and brought back.

What others did is always recordable, in any state of the case. A transfer without a clearance raises a breach.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import UUID

from domain.case.journey import JOURNEY, Departure, Journey
from domain.case.request import CaseObservation
from domain.case.whereabouts import WHEREABOUTS, Whereabouts, known_there, left
from domain.case.work import FlagKind, TaskKind, flag, task
from domain.kernel import Act, Dated, Decision, Fact, Odd, Stamp
from domain.privacy import Narrative, Open
from domain.text import FreeText
from domain.values import AgencyCode, CountryCode, StateCode

if TYPE_CHECKING:
    from domain.case.case import CaseState


class UnclearedTransferReported(Fact, topic="case.uncleared-transfer-reported"):
    """Others took the person away without a clearance."""

    destination: Open[CountryCode | None]
    by_agency: Open[AgencyCode | None]
    account: Narrative[FreeText | None]


class ReturnedAfterAbort(Fact, topic="case.returned-after-abort"):
    """The journey was broken off, before or after a border, and the person was brought to a facility."""

    operation_id: Open[UUID | None]
    facility: Open[UUID]


@JOURNEY.evolves
def _(fact: UnclearedTransferReported, stamp: Stamp, was: Journey) -> Journey:
    if was.past(stamp.occurred_on):
        return was
    return was.departed(Departure(fact.destination, stamp.occurred_on, cleared=False, by_agency=fact.by_agency))


@JOURNEY.evolves
def _(_fact: ReturnedAfterAbort, stamp: Stamp, was: Journey) -> Journey | Odd[Journey]:
    if was.past(stamp.occurred_on):
        return was
    now = Journey(departure=was.departure, broken_off_on=stamp.occurred_on)
    if was.departure is None:
        return Odd(now, "abort.undeparted")
    return Odd(now, "abort.after-handover") if was.handover is not None else now


@WHEREABOUTS.evolves
def _(_fact: UnclearedTransferReported, stamp: Stamp, was: Whereabouts) -> Whereabouts | Odd[Whereabouts]:
    return left(was, stamp)


@WHEREABOUTS.evolves
def _(fact: ReturnedAfterAbort, stamp: Stamp, was: Whereabouts) -> Whereabouts:
    return was if was.past(stamp.occurred_on) else was.at(fact.facility, stamp.occurred_on)


def breach(
    act: Act, destination: CountryCode | None, by_agency: AgencyCode | None = None, account: str | None = None
) -> Iterator[Fact | Dated]:
    """Yield a transfer that nobody cleared, the flag that tells everybody, and the task to look into it."""
    yield UnclearedTransferReported(destination=destination, by_agency=by_agency, account=account)
    yield flag(act, FlagKind.BREACH)
    yield task(act, 0, TaskKind.REVIEW_BREACH)


class ReportUnclearedTransfer(CaseObservation):
    """Report that others took the person away without a clearance. It is recorded in any state, and raises a breach."""

    permission = "case:record"
    destination: StateCode | None = None
    by_agency: AgencyCode | None = None
    account: FreeText | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the transfer and raise the breach, unless it is on record with this day, destination and agency."""
        known = case.journey.departure
        if case.in_transit and known is not None and known == self._as_told(known, act):
            return
        yield from breach(act, self.destination, self.by_agency, self.account)

    def _as_told(self, known: Departure, act: Act) -> Departure:
        day = self.day(act) if self.occurred_on is not None else known.on
        return Departure(self.destination, day, cleared=False, by_agency=self.by_agency)

    def concerns(self) -> CountryCode | None:
        """Return the destination, where it is known."""
        return self.destination


class RecordReturnAfterAbort(CaseObservation):
    """Record that a journey was broken off and the person brought to a facility. They have to be cleared anew."""

    permission = "case:record"
    facility: UUID
    operation_id: UUID | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record it, unless the person is known to be back there by then."""
        if case.journey.broken_off_on is not None and known_there(case, self.facility, self.day(act)):
            return
        yield ReturnedAfterAbort(operation_id=self.operation_id, facility=self.facility)
