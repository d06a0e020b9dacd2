"""Clearance: permission to depart, given when every rule of the gate holds and ended by the first adverse fact.

A clearance rests on the evidence that it saw. Departing asks the gate again, and so does a departure that is reported.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from domain.case.departure import OPENS, DepartureRequest, rests_on
from domain.case.gate import refuse_unready, unmet
from domain.case.journey import ClearedToDepart, Departed, WithdrawalCause, withdrawal
from domain.case.request import CaseDecision, CaseObservation
from domain.case.transfers import breach
from domain.kernel import Act, Decision, Refused
from domain.values import CountryCode, StateCode

if TYPE_CHECKING:
    from domain.case.case import CaseState

CLEARANCE_DAYS: Final = 30
"""A clearance expires after this many days unless stated (G13)."""


class ClearToDepart(CaseDecision):
    """Clear the person to depart for a destination, when every rule of the gate holds.

    :raises Refused: ``departure.not-ready`` with every unmet rule, ``clearance.in-force`` when another clearance
        stands, ``clearance.backdated`` for a day in the past, ``clearance.expires-before-given``,
        ``record.evidence-missing``, ``case.restricted``.
    """

    permission = "case:clear-to-depart"
    opens = OPENS
    rests_on_evidence = True
    destination: StateCode
    operation_id: UUID | None = None
    """The operation on whose manifest the person is; needed when they are on one."""
    expires_on: date | None = None
    """Last day on which the person may depart; 30 days from the day of the clearance unless stated."""

    def rests_on(self, case: CaseState) -> frozenset[UUID]:
        """Return the streams on which the gate rests."""
        return rests_on(case)

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Clear, unless the same clearance is in force."""
        day = self.day(act)
        if day.latest < act.today:
            raise Refused("clearance.backdated", "A clearance is given on the day on which the rules are checked.")
        given = case.journey.clearance
        if given is not None and given.in_force(act.today):
            if given.destination == self.destination and self.expires_on in {None, given.expires_on}:
                return
            raise Refused("clearance.in-force", "Another clearance is in force: withdraw it first.")
        expires_on = self.expires_on or act.today + timedelta(days=CLEARANCE_DAYS)
        if expires_on < act.today:
            raise Refused("clearance.expires-before-given", "The clearance would have expired before it was given.")
        request = DepartureRequest.of(
            case,
            self.destination,
            on=act.today,
            others=act.others,
            cleared_by=act.actor,
            operation=self.operation_id,
        )
        refuse_unready(case, request)
        if act.evidence_sha256 is None:
            raise Refused("record.evidence-missing", "The record did not show the evidence on which this rests.")
        yield ClearedToDepart(destination=self.destination, evidence_sha256=act.evidence_sha256, expires_on=expires_on)

    def concerns(self) -> CountryCode | None:
        """Return the destination."""
        return self.destination


class WithdrawClearance(CaseDecision):
    """Withdraw the clearance in force. Lifting what caused it does not give it back (I3)."""

    permission = "case:withdraw-clearance"
    cause: WithdrawalCause = WithdrawalCause.RECONSIDERED

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Withdraw it, unless none is in force."""
        yield from withdrawal(case, act, self.cause)


class Depart(CaseDecision):
    """Let the person depart: the clearance is in force and every rule of the gate still holds.

    :raises Refused: ``departure.not-cleared`` without an unexpired clearance for this destination on that day,
        ``departure.before-clearance``, ``departure.before-admission``, ``departure.not-ready`` with every unmet rule,
        ``case.restricted``.
    """

    permission = "case:depart"
    opens = OPENS
    destination: StateCode
    operation_id: UUID | None = None
    """The operation on whose manifest the person is; needed when they are on one."""

    def rests_on(self, case: CaseState) -> frozenset[UUID]:
        """Return the streams on which the gate rests."""
        return rests_on(case)

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the departure, unless the person is on the way there."""
        left, day = case.journey.departure, self.day(act)
        if case.in_transit and left is not None and left.destination == self.destination:
            return
        latest = min(day.latest, act.latest_today)
        given = case.journey.clearance
        if given is None or given.destination != self.destination or not given.in_force(latest):
            raise Refused("departure.not-cleared", "No clearance for this destination is in force on that day.")
        if day.earliest < given.given_on.earliest:
            raise Refused("departure.before-clearance", "The clearance was given after that day.")
        if case.whereabouts.past(day):
            raise Refused("departure.before-admission", "On that day the person was not yet where they are now.")
        request = DepartureRequest.of(
            case,
            self.destination,
            on=latest,
            others=act.others,
            cleared_by=given.actor,
            leaving=True,
            operation=self.operation_id,
        )
        refuse_unready(case, request)
        yield Departed(destination=self.destination)

    def concerns(self) -> CountryCode | None:
        """Return the destination."""
        return self.destination


class ReportDeparture(CaseObservation):
    """Report that the person was taken away by others.

    A departure for which a clearance was in force and every rule held is one like any other; any other is an
    uncleared transfer and raises a breach.
    """

    permission = "case:record"
    opens = OPENS
    destination: StateCode | None = None

    def rests_on(self, case: CaseState) -> frozenset[UUID]:
        """Return the streams on which the gate rests."""
        return rests_on(case)

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the departure, unless it is on record with this day and destination."""
        left, day = case.journey.departure, self.day(act)
        known = case.in_transit and left is not None and left.destination == self.destination
        if known and left is not None and self.occurred_on in {None, left.on}:
            return
        if self._cleared(case, act, min(day.latest, act.latest_today)):
            yield Departed(destination=self.destination)
        else:
            yield from breach(act, self.destination)

    def _cleared(self, case: CaseState, act: Act, on: date) -> bool:
        given = case.journey.clearance
        if given is None or given.destination != self.destination or not given.in_force(on):
            return False
        request = DepartureRequest.of(
            case,
            given.destination,
            on=on,
            others=act.others,
            cleared_by=given.actor,
            leaving=True,
            operation=case.journey.manifest,
        )
        return not unmet(case, request)

    def concerns(self) -> CountryCode | None:
        """Return the destination, where it is known."""
        return self.destination
