"""Asking: what somebody wants is written down whatever the state of the case, and answered afterwards."""

from __future__ import annotations

import calendar
from abc import abstractmethod
from datetime import date
from typing import Final
from uuid import UUID

from domain.case.case import CaseState
from domain.case.work import Line
from domain.kernel import Act, Command, CommandKind, Decision, Fact, Refused
from domain.subject_request.facts import (
    AccessRequested,
    AskedBy,
    ErasureGround,
    ErasureRequested,
    RectificationRequested,
)
from domain.subject_request.state import NAME, SubjectRequestState

LAST_MONTH: Final = 12


def due_after(received: date) -> date:
    """Return the last day for an answer: one month after the request (GDPR, article 12(3))."""
    year, month = (received.year, received.month + 1) if received.month < LAST_MONTH else (received.year + 1, 1)
    return date(year, month, min(received.day, calendar.monthrange(year, month)[1]))


class _Asking(Command):
    """Somebody asks something about a case that the officer may see."""

    aggregate = NAME
    nature = CommandKind.OBSERVATION
    creates = True
    case_id: UUID
    by: AskedBy

    def named_streams(self) -> frozenset[UUID]:
        """Return the case: whoever may not see it cannot ask about it."""
        return frozenset({self.case_id})

    def rests_on(self, request: SubjectRequestState) -> frozenset[UUID]:
        """Return the case."""
        del request
        return frozenset({self.case_id})

    def shares(self, act: Act) -> frozenset[tuple[str, UUID]]:
        """Let the officer's agency and country see the request."""
        return frozenset((party, act.new_id()) for party in (act.agency, act.country) if party is not None)

    def decide(self, request: SubjectRequestState, act: Act) -> Decision:
        """Write the request down, unless it is written down."""
        if not isinstance(act.others.get(self.case_id), CaseState):
            raise Refused("subject-request.unknown-case", "There is no such case.")
        if request.asked is None:
            yield self.asked(due_after(self.day(act).latest))

    @abstractmethod
    def asked(self, due_on: date) -> Fact:
        """Return the fact that this was asked."""


class RequestAccess(_Asking):
    """Write down that somebody asks to see everything that is held of a person.

    :raises Refused: ``subject-request.unknown-case``.
    """

    permission = "subject-request:record"

    def asked(self, due_on: date) -> AccessRequested:
        """Return the fact that this was asked."""
        return AccessRequested(case_id=self.case_id, by=self.by, due_on=due_on)


class RequestRectification(_Asking):
    """Write down that somebody asks to have something put right.

    :raises Refused: ``subject-request.unknown-case``.
    """

    permission = "subject-request:record"
    target_fact_id: UUID | None = None
    account: Line

    def asked(self, due_on: date) -> RectificationRequested:
        """Return the fact that this was asked."""
        return RectificationRequested(
            case_id=self.case_id, by=self.by, due_on=due_on, target_fact_id=self.target_fact_id, account=self.account
        )


class RequestErasure(_Asking):
    """Write down that somebody asks for a person to be forgotten. Nothing is erased by it.

    :raises Refused: ``subject-request.unknown-case``.
    """

    permission = "subject-request:record"
    ground: ErasureGround

    def asked(self, due_on: date) -> ErasureRequested:
        """Return the fact that this was asked."""
        return ErasureRequested(case_id=self.case_id, by=self.by, due_on=due_on, ground=self.ground)
