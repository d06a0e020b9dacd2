"""The worklist: one row per case, what an officer sorts and filters by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection, sql

from adapters.views.register import Column, Condition, Page, Place, Register, by_day, equal, page
from adapters.views.writing import Kind, View
from domain.case.case import CaseState
from domain.case.status import Overlay, Standing, Status, settled_until, standing
from domain.kernel import Recorded

AT_REST: Final = frozenset({Status.CLOSED, Status.MERGED, Status.DECEASED, Status.AFTERCARE, Status.RECEIVED})
"""Where nobody has to act by a day, unless a task says so."""


class WorklistRow(NamedTuple):
    """One case as the worklist shows it."""

    case_id: UUID
    status: str
    overlays: tuple[str, ...]
    """In alphabetical order."""
    facility: UUID | None
    """Where the person is."""
    country: str
    """Strongest nationality on record; XXX for none."""
    assignee: UUID | None
    """Officer to whom the case is assigned."""
    due_on: date | None
    """Earliest day on which an officer has to act: a task or screening due, a block to review, a clearance's end."""
    opened_on: date | None
    """Earliest day that it can have been."""
    settled_until: date | None
    """Day on which status or overlays change by the calendar alone."""
    simulated: bool
    """Whether a fact of the case is invented."""
    version: int
    position: int
    """Of the last fact of the case."""


WORKLIST: Final = View(
    "worklist",
    WorklistRow,
    (
        Kind.UUID, Kind.TEXT, Kind.TEXTS, Kind.UUID, Kind.TEXT, Kind.UUID, Kind.DATE, Kind.DATE, Kind.DATE, Kind.BOOL,
        Kind.INT4, Kind.INT8,
    ),
    owner="case_id",
)  # fmt: skip


def worklist_row(case: CaseState, facts: Sequence[Recorded], day: date, now: Standing | None = None) -> WorklistRow:
    """Return the row of a case, folded from these facts in record order, as it stands on a day.

    ``now`` is how it stands, for whoever knows that already.
    """
    last = facts[-1].stamp
    now = now or standing(case, day)
    opened = case.registration.opened_on
    return WorklistRow(
        case_id=last.stream,
        status=now.status.value,
        overlays=tuple(sorted(overlay.value for overlay in now.overlays)),
        facility=case.whereabouts.located_at,
        country=case.nationality.strongest,
        assignee=case.work.officer,
        due_on=min(_due(case, now.status), default=None),
        opened_on=opened.earliest if opened is not None else None,
        settled_until=settled_until(case, day, now),
        simulated=any(stamp.simulated for stamp, _ in facts),
        version=last.version,
        position=last.position,
    )


def _due(case: CaseState, now: Status) -> Iterator[date]:
    yield from (task.due_on for task in case.work.tasks.values() if task.due_on is not None)
    if now in AT_REST:
        return
    yield from (screening.due_on for screening in case.screening.open if screening.due_on is not None)
    yield from (block.review_due_on for block in case.blocks.open.values())
    if case.journey.clearance is not None:
        yield case.journey.clearance.expires_on


# ---------------------------------------------------------------- query
WORKLIST_BY_DUE: Final = Register(WORKLIST, (Column("due_on", "date", optional=True), Column("case_id", "uuid")))
"""By due day, those without one last; equal days by case id."""


@dataclass(frozen=True)
class WorklistFilter:
    """What an officer looks for; every condition that is given has to hold."""

    status: frozenset[Status] = frozenset()
    """Any of these; empty: every status."""
    overlays: frozenset[Overlay] = frozenset()
    """All of these."""
    facility: UUID | None = None
    country: str | None = None
    assignee: UUID | None = None
    due_by: date | None = None
    """Due on this day or before."""

    def conditions(self) -> Iterator[Condition]:
        """Yield what has to hold of a row."""
        if self.status:
            status = [status.value for status in self.status]
            yield Condition(sql.SQL("status = ANY(%(status)s)"), {"status": status})
        for overlay in sorted(self.overlays):
            # Not by "contains": that operator may leak, so that the database would ask for the scope of every row.
            yield Condition(sql.SQL("{} = ANY (overlays)").format(overlay.value), {})
        yield from equal("facility", self.facility)
        yield from equal("country", self.country)
        yield from equal("assignee", self.assignee)
        yield from by_day("due_on", self.due_by)


async def worklist(
    connection: AsyncConnection[Any],
    parties: frozenset[str],
    wanted: WorklistFilter | None = None,
    *,
    after: Place | None = None,
    limit: int = 50,
) -> Page[WorklistRow]:
    """Return one page of the cases that these parties may see. ``limit`` is 1 to 500."""
    return await page(connection, parties, WORKLIST_BY_DUE, wanted, after=after, limit=limit)
