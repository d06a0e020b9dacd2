"""One request as its facts make it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from domain.case.record import ErasureBasis
from domain.frozen import replace
from domain.kernel import Aggregate, Anomaly, Fact, Odd, Recorded, Stamp
from domain.subject_request.facts import (
    AccessAnswered,
    AccessRequested,
    AnswerOutcome,
    ErasureApproved,
    ErasureRefusal,
    ErasureRefused,
    ErasureRequested,
    RectificationAnswered,
    RectificationRequested,
    RequestKind,
    SubjectKeyDestroyed,
)

NAME: Final = "subject-request"


@dataclass(frozen=True)
class Asked:
    """What was asked, by whom, and who wrote it down."""

    kind: RequestKind
    case_id: UUID
    due_on: date
    recorded_by: UUID
    """Reference of the officer."""


@dataclass(frozen=True)
class Approval:
    """When and on which ground a second person agreed."""

    basis: ErasureBasis
    by: UUID
    """Reference of the officer."""
    agency: str
    at: datetime


@dataclass(frozen=True)
class SubjectRequestState:
    """What is known about one request."""

    asked: Asked | None = None
    outcome: AnswerOutcome | None = None
    approved: Approval | None = None
    refused: ErasureRefusal | None = None
    destroyed: SubjectKeyDestroyed | None = None
    version: int = 0
    anomalies: tuple[Anomaly, ...] = ()

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.outcome is None and self.refused is None and self.destroyed is None


def _asked(kind: RequestKind) -> Callable[[Any, Stamp, SubjectRequestState], Any]:
    def evolver(fact: Any, stamp: Stamp, was: SubjectRequestState) -> SubjectRequestState | Odd[SubjectRequestState]:
        if was.asked is not None:
            return Odd(was, "subject-request.asked-twice")
        return replace(was, asked=Asked(kind, fact.case_id, fact.due_on, stamp.actor))

    return evolver


def _answered(fact: Any, _stamp: Stamp, was: SubjectRequestState) -> SubjectRequestState | Odd[SubjectRequestState]:
    now = replace(was, outcome=fact.outcome)
    return now if was.outcome is None else Odd(now, "subject-request.answered-twice")


def _approved(fact: ErasureApproved, stamp: Stamp, was: SubjectRequestState) -> SubjectRequestState:
    return replace(was, approved=Approval(fact.basis, stamp.actor, stamp.agency, stamp.recorded_at), refused=None)


def _refused(fact: ErasureRefused, _stamp: Stamp, was: SubjectRequestState) -> SubjectRequestState:
    return replace(was, refused=fact.basis, approved=None)


def _destroyed(
    fact: SubjectKeyDestroyed, _stamp: Stamp, was: SubjectRequestState
) -> SubjectRequestState | Odd[SubjectRequestState]:
    now = replace(was, destroyed=fact)
    return now if was.approved is not None else Odd(now, "erasure.unapproved")


_EVOLVERS: Final[Mapping[type[Fact], Callable[[Any, Stamp, SubjectRequestState], Any]]] = {
    AccessRequested: _asked(RequestKind.ACCESS),
    AccessAnswered: _answered,
    RectificationRequested: _asked(RequestKind.RECTIFICATION),
    RectificationAnswered: _answered,
    ErasureRequested: _asked(RequestKind.ERASURE),
    ErasureApproved: _approved,
    ErasureRefused: _refused,
    SubjectKeyDestroyed: _destroyed,
}


def evolve(request: SubjectRequestState, recorded: Recorded) -> SubjectRequestState:
    """Return the request after one more fact. Never raises."""
    stamp, fact = recorded
    evolver = _EVOLVERS.get(type(fact))
    now: Any = evolver(fact, stamp, request) if evolver is not None else Odd(request, "record.foreign-fact")
    anomalies = request.anomalies
    if isinstance(now, Odd):
        now, code = now
        anomalies = (*anomalies, Anomaly(code, stamp.fact_id, stamp.position))
    state: SubjectRequestState = now
    return replace(state, version=max(request.version, stamp.version), anomalies=anomalies)


SUBJECT_REQUEST: Final = Aggregate(NAME, SubjectRequestState(), evolve)
