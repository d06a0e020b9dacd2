"""What people asked about their own data, and who was erased: registers for officers, and the work of the eraser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

from adapters.views.register import Column, Condition, Register, equal
from adapters.views.scope import EVERYONE, seen_by
from adapters.views.writing import Kind, View
from domain.case.case import CaseState
from domain.case.record import PersonErased
from domain.kernel import Recorded
from domain.subject_request.state import SubjectRequestState

OPEN: Final = "open"
APPROVED: Final = "approved"
"""An erasure that waits until the time to think again is over, or until nothing stands in its way."""
ANSWERED: Final = "answered"
REFUSED: Final = "refused"
ERASED: Final = "erased"


class SubjectRequestRow(NamedTuple):
    """One request."""

    request_id: UUID
    case_id: UUID
    kind: str
    """Access, rectification or erasure."""
    state: str
    asked_on: date
    """Earliest day that it can have been."""
    due_on: date
    """Last day for an answer."""
    approved_at: datetime | None
    """When a second person agreed to an erasure."""
    version: int
    position: int
    """Of the last fact of the request."""


SUBJECT_REQUESTS: Final = View(
    "subject_request",
    SubjectRequestRow,
    (
        Kind.UUID, Kind.UUID, Kind.TEXT, Kind.TEXT, Kind.DATE, Kind.DATE, Kind.TIMESTAMP, Kind.INT4, Kind.INT8,
    ),
    owner="request_id",
)  # fmt: skip
REQUEST_BOARD: Final = Register(SUBJECT_REQUESTS, (Column("due_on", "date"), Column("request_id", "uuid")))
"""What has to be answered first."""


class ErasedRow(NamedTuple):
    """One case of a person who was erased: all that the read models still say of it."""

    case_id: UUID
    erased_on: date
    """When it was recorded."""
    basis: str
    fence_sha256: str
    position: int
    """Of the fact."""


ERASURES: Final = View("erased", ErasedRow, (Kind.UUID, Kind.DATE, Kind.TEXT, Kind.TEXT, Kind.INT8), owner="case_id")


ERASURES_AS_RECORDED: Final = Register(ERASURES, (Column("position", "bigint"),))


def request_rows(request: SubjectRequestState, facts: Sequence[Recorded]) -> list[SubjectRequestRow]:
    """Return the row of a folded request; none while it does not say what is asked."""
    if (asked := request.asked) is None:
        return []
    first, last = facts[0].stamp, facts[-1].stamp
    return [
        SubjectRequestRow(
            request_id=first.stream,
            case_id=asked.case_id,
            kind=asked.kind.value,
            state=_state(request),
            asked_on=first.occurred_on.earliest,
            due_on=asked.due_on,
            approved_at=request.approved.at if request.approved is not None else None,
            version=last.version,
            position=last.position,
        )
    ]


def erased_rows(case: CaseState, facts: Sequence[Recorded]) -> list[ErasedRow]:
    """Return the row of a case whose person was erased."""
    if (erased := case.record.erased) is None:
        return []
    stamp = next(known.stamp for known in facts if isinstance(known.fact, PersonErased))
    return [ErasedRow(stamp.stream, stamp.recorded_at.date(), erased.basis.value, erased.fence_sha256, stamp.position)]


def _state(request: SubjectRequestState) -> str:
    if request.destroyed is not None:
        return ERASED
    if request.approved is not None:
        return APPROVED
    if request.refused is not None:
        return REFUSED
    return OPEN if request.outcome is None else ANSWERED


@dataclass(frozen=True)
class RequestFilter:
    """Which requests to list; every condition that is given has to hold."""

    kind: str | None = None
    state: str | None = None
    case_id: UUID | None = None

    def conditions(self) -> Iterator[Condition]:
        """Yield what has to hold of a row."""
        yield from equal("kind", self.kind)
        yield from equal("state", self.state)
        yield from equal("case_id", self.case_id)


async def erased_since(connection: AsyncConnection[Any], day: date) -> int:
    """Return how many cases were erased after a day: they are in no figure, also not in those of earlier days."""
    async with seen_by(connection, frozenset({EVERYONE})):
        cursor = await connection.execute("SELECT count(*) FROM views.erased WHERE erased_on > %s", (day,))
        row = await cursor.fetchone()
    return int(row[0]) if row else 0
