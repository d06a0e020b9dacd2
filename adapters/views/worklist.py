"""The worklist: one row per case, what an officer sorts and filters by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection, sql
from psycopg.rows import class_row

from adapters.views.scope import of_many_cases, seen_by
from adapters.views.writing import Kind, View
from domain.case.case import CaseState
from domain.case.status import Overlay, Status, overlays, settled_until, status
from domain.kernel import Recorded

MAX_PAGE: Final = 500
AT_REST: Final = frozenset({Status.CLOSED, Status.DECEASED, Status.RECEIVED})
"""Where nobody has to act by a day."""


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
    due_on: date | None
    """Earliest day on which an officer has to act: a screening due, a block to review, a clearance that expires."""
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
        Kind.UUID, Kind.TEXT, Kind.TEXTS, Kind.UUID, Kind.TEXT, Kind.DATE, Kind.DATE, Kind.DATE, Kind.BOOL, Kind.INT4,
        Kind.INT8,
    ),
    owner="case_id",
)  # fmt: skip


def worklist_row(case: CaseState, facts: Sequence[Recorded], day: date) -> WorklistRow:
    """Return the row of a case, folded from these facts in record order, as it stands on a day."""
    last = facts[-1].stamp
    now = status(case, day)
    opened = case.registration.opened_on
    return WorklistRow(
        case_id=last.stream,
        status=now.value,
        overlays=tuple(sorted(overlay.value for overlay in overlays(case, day))),
        facility=case.whereabouts.located_at,
        country=case.nationality.strongest,
        due_on=None if now in AT_REST else min(_due(case), default=None),
        opened_on=opened.earliest if opened is not None else None,
        settled_until=settled_until(case, day),
        simulated=any(stamp.simulated for stamp, _ in facts),
        version=last.version,
        position=last.position,
    )


def _due(case: CaseState) -> Iterator[date]:
    yield from (screening.due_on for screening in case.screening.open if screening.due_on is not None)
    yield from (block.review_due_on for block in case.blocks.open.values())
    if case.journey.clearance is not None:
        yield case.journey.clearance.expires_on


# ---------------------------------------------------------------- query
@dataclass(frozen=True)
class WorklistFilter:
    """What an officer looks for; every condition that is given has to hold."""

    status: frozenset[Status] = frozenset()
    """Any of these; empty: every status."""
    overlays: frozenset[Overlay] = frozenset()
    """All of these."""
    facility: UUID | None = None
    country: str | None = None
    due_by: date | None = None
    """Due on this day or before."""


class WorklistPlace(NamedTuple):
    """Where a page ends: the next one goes on after this row, whether or not it is still there."""

    due_on: date | None
    case_id: UUID


@dataclass(frozen=True)
class WorklistPage:
    """Rows by due day, those without one last; equal days by case id."""

    rows: Sequence[WorklistRow]
    next: WorklistPlace | None
    """``None`` on the last page."""


async def worklist(
    connection: AsyncConnection[Any],
    parties: frozenset[str],
    wanted: WorklistFilter | None = None,
    *,
    after: WorklistPlace | None = None,
    limit: int = 50,
) -> WorklistPage:
    """Return one page of the cases that these parties may see. ``limit`` is 1 to 500."""
    limit = max(1, min(limit, MAX_PAGE))
    conditions: list[sql.Composable] = []
    values: dict[str, object] = {"parties": list(parties), "limit": limit + 1}
    for condition, given in _conditions(wanted or WorklistFilter()):
        conditions.append(condition)
        values |= given
    if after is not None:
        conditions.append(sql.SQL("(coalesce(due_on, 'infinity'::date), case_id) > (%(due)s::date, %(last)s)"))
        values |= {"due": after.due_on or "infinity", "last": after.case_id}
    async with seen_by(connection, parties), connection.cursor(row_factory=class_row(WorklistRow)) as cursor:
        conditions.append(await of_many_cases(connection, parties))
        query = sql.SQL(
            "SELECT {columns} FROM views.worklist t WHERE {conditions}"
            " ORDER BY coalesce(due_on, 'infinity'::date), case_id LIMIT %(limit)s"
        ).format(
            columns=sql.SQL(", ").join(map(sql.Identifier, WorklistRow._fields)),
            conditions=sql.SQL(" AND ").join(conditions),
        )
        await cursor.execute(query, values)
        rows = await cursor.fetchall()
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    return WorklistPage(rows[:limit], WorklistPlace(last.due_on, last.case_id) if last else None)


def _conditions(wanted: WorklistFilter) -> Iterator[tuple[sql.Composable, dict[str, object]]]:
    if wanted.status:
        yield sql.SQL("status = ANY(%(status)s)"), {"status": [status.value for status in wanted.status]}
    for overlay in sorted(wanted.overlays):
        # Not by "contains": that operator may leak, so that the database would ask for the scope of every row first.
        yield sql.SQL("{} = ANY (overlays)").format(overlay.value), {}
    if wanted.facility is not None:
        yield sql.SQL("facility = %(facility)s"), {"facility": wanted.facility}
    if wanted.country is not None:
        yield sql.SQL("country = %(country)s"), {"country": wanted.country}
    if wanted.due_by is not None:
        yield sql.SQL("due_on <= %(due_by)s"), {"due_by": wanted.due_by}
