"""Asking a state for an assurance, recording its answer, and judging whether to rest on it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from domain.case.assurances import (
    Assurance,
    AssuranceAccepted,
    AssuranceBreachReported,
    AssuranceReceived,
    AssuranceRejected,
    AssuranceRequested,
    Promise,
    Promises,
    Stage,
    Weights,
)
from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.request import CaseDecision, CaseObservation
from domain.case.work import TaskKind, task
from domain.deciding import readable
from domain.kernel import Act, Decision, Refused
from domain.privacy import BlockLabel
from domain.text import FreeText
from domain.values import StateCode, agency_country

if TYPE_CHECKING:
    from domain.case.case import CaseState


class RequestAssurance(CaseDecision):
    """Ask a state to promise something before it receives the person.

    :raises Refused: ``record.erased`` when what was asked before can no longer be read.
    """

    permission = "case:request-assurance"
    opens = frozenset({BlockLabel.JUDICIAL})
    country: StateCode
    promises: Promises

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Ask, unless the state has been asked for the same and has not answered."""
        for known in case.assurances.by_id.values():
            waiting = known.country == self.country and known.stage is Stage.REQUESTED
            if waiting and frozenset(readable(known.asked)) == frozenset(self.promises):
                return
        yield AssuranceRequested(assurance_id=act.new_id(), country=self.country, promises=self.promises)


class RecordAssurance(CaseObservation):
    """Record what a state promised, asked for or not. An answer that replaces an accepted one ends a clearance.

    :raises Refused: ``record.erased`` when the answer on record can no longer be read.
    """

    permission = "case:record-assurance"
    opens = frozenset({BlockLabel.JUDICIAL})
    country: StateCode
    assurance_id: UUID | None = None
    """Of the request that it answers; omitted when nobody asked."""
    no_death_penalty: bool
    fair_trial: bool
    no_torture: bool
    monitoring: bool
    valid_until: date | None = None
    """Last day on which it holds; omitted: without end."""
    reference: FreeText | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the answer, unless the state's last one under this id (or, without one, any) says the same."""
        by_id = case.assurances.by_id
        told = (self.no_death_penalty, self.fair_trial, self.no_torture, self.monitoring, self.valid_until)
        for known_id, known in by_id.items():
            if known.country != self.country or self.assurance_id not in {None, known_id}:
                continue
            if known.stage is not Stage.REQUESTED and _told(known) == told and self.occurred_on in {None, known.on}:
                return
        yield AssuranceReceived(
            assurance_id=self.assurance_id or act.new_id(),
            country=self.country,
            valid_until=self.valid_until,
            no_death_penalty=self.no_death_penalty,
            fair_trial=self.fair_trial,
            no_torture=self.no_torture,
            monitoring=self.monitoring,
            reference=self.reference,
        )
        replaced = by_id.get(self.assurance_id) if self.assurance_id is not None else None
        if replaced is not None and replaced.stage is Stage.ACCEPTED:
            yield from withdrawal(case, act, WithdrawalCause.ASSURANCE, destination=self.country)


def _told(known: Assurance) -> tuple[bool | None, bool | None, bool | None, bool | None, date | None]:
    """Return what an assurance on record says."""
    return (
        readable(known.no_death_penalty),
        readable(known.fair_trial),
        readable(known.no_torture),
        readable(known.monitoring),
        known.valid_until,
    )


class AcceptAssurance(CaseDecision):
    """Find an assurance good enough to rest on.

    :raises Refused: ``assurance.unknown``, ``assurance.unanswered`` when the state has not given it,
        ``assurance.breached`` when it was not kept, ``assurance.expired``, ``assurance.own-state`` when who accepts
        belongs to the state that gave it.
    """

    permission = "case:judge-assurance"
    assurance_id: UUID
    reasons: Weights

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Accept it, unless it is accepted."""
        known = given(case, self.assurance_id, act)
        if known.stage is Stage.ACCEPTED:
            return
        if known.stage is Stage.BREACHED:
            raise Refused("assurance.breached", "The state did not keep it: it gives another one first.")
        if known.valid_until is not None and known.valid_until < self.day(act).latest:
            raise Refused("assurance.expired", "It does not hold any more.")
        yield AssuranceAccepted(assurance_id=self.assurance_id, authority=act.agency, reasons=self.reasons)


class RejectAssurance(CaseDecision):
    """Find an assurance not good enough, also one that was accepted before. A clearance for that state is withdrawn.

    :raises Refused: ``assurance.unknown``, ``assurance.unanswered``, ``assurance.own-state``.
    """

    permission = "case:judge-assurance"
    assurance_id: UUID
    reasons: Weights

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Reject it, unless it is rejected."""
        known = given(case, self.assurance_id, act)
        if known.stage in {Stage.REJECTED, Stage.BREACHED}:
            return
        yield AssuranceRejected(assurance_id=self.assurance_id, authority=act.agency, reasons=self.reasons)
        yield from withdrawal(case, act, WithdrawalCause.ASSURANCE, destination=known.country)


def given(case: CaseState, assurance_id: UUID, act: Act) -> Assurance:
    """Return an assurance that a state gave, to somebody who may judge it.

    :raises Refused: ``assurance.unknown``, ``assurance.unanswered``, ``assurance.own-state``.
    """
    known = case.assurances.by_id.get(assurance_id)
    if known is None:
        raise Refused("assurance.unknown", "No such assurance is on this case.")
    if known.stage is Stage.REQUESTED:
        raise Refused("assurance.unanswered", "The state has not answered yet.")
    if agency_country(act.agency) == known.country:
        raise Refused("assurance.own-state", "A state does not judge its own promise.")
    return known


class ReportAssuranceBreach(CaseObservation):
    """Report that a state did not keep what it promised. A clearance for it is withdrawn, and a task is raised.

    :raises Refused: ``record.erased`` when a breach reported before can no longer be read.
    """

    permission = "case:record-assurance"
    opens = frozenset({BlockLabel.JUDICIAL})
    assurance_id: UUID
    breach: Promise
    account: FreeText | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the breach, unless it is on record and no other day is meant."""
        known = case.assurances.by_id.get(self.assurance_id)
        if known is not None:
            for breach, on in known.breaches:
                if readable(breach) is self.breach and self.occurred_on in {None, on}:
                    return
        yield AssuranceBreachReported(assurance_id=self.assurance_id, breach=self.breach, account=self.account)
        country = known.country if known is not None else None
        yield from withdrawal(case, act, WithdrawalCause.ASSURANCE, destination=country)
        yield task(act, 0, TaskKind.REVIEW_BREACH)
