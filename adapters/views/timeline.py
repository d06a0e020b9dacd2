"""The timeline: one row per fact of a case, built without any key; whoever shows it makes sentences of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection, sql
from psycopg.rows import class_row

from adapters.views.scope import of_one_case, seen_by
from adapters.views.writing import Kind, View
from domain.corrections import FactCorrected
from domain.kernel import Fact, Recorded
from domain.privacy import BlockLabel

MAX_PAGE: Final = 500


class TimelineRow(NamedTuple):
    """One fact of a case."""

    case_id: UUID
    version: int
    position: int
    fact_id: UUID
    occurred_from: date
    """Earliest day that it can have been."""
    occurred_on: str
    """EDTF, as told."""
    recorded_at: datetime
    agency: str
    """That acted."""
    code: str
    """Topic of the fact."""
    params: bytes
    """Open fields of the fact, JSON."""


TIMELINE: Final = View(
    "timeline",
    TimelineRow,
    (
        Kind.UUID, Kind.INT4, Kind.INT8, Kind.UUID, Kind.DATE, Kind.TEXT, Kind.TIMESTAMP, Kind.TEXT, Kind.TEXT,
        Kind.JSON,
    ),
    owner="case_id",
)  # fmt: skip


def timeline_row(recorded: Recorded, told: bytes | None = None) -> TimelineRow:
    """Return the row of a fact; ``told`` are its open fields as stored, for whoever has them at hand."""
    stamp, fact = recorded
    occurred = stamp.occurred_on
    return TimelineRow(
        stamp.stream,
        stamp.version,
        stamp.position,
        stamp.fact_id,
        occurred.earliest,
        occurred.text,
        stamp.recorded_at,
        stamp.agency,
        fact.topic,
        told if told is not None else fact.__pydantic_serializer__.to_json(fact, include=_open_fields(type(fact))),
    )


@cache
def told_as_stored(cls: type[Fact]) -> bool:
    """Whether the open fields of a fact are shown as they are stored, and need not be written once more.

    Not of a class that was stored in an earlier form, and not of corrections, which store what they replace apart.
    """
    return cls.schema_version == 1 and cls is not FactCorrected


@cache
def _open_fields(cls: type[Fact]) -> set[str] | None:
    """Return the names of the open fields; ``None`` for all, which are written in half the time."""
    names = {name for name, label in cls.labels().items() if label is BlockLabel.OPEN}
    return None if names == cls.model_fields.keys() else names


# ---------------------------------------------------------------- query
class Entry(NamedTuple):
    """One fact of a case as a reader gets it."""

    version: int
    position: int
    fact_id: UUID
    """By which it is corrected or retracted."""
    occurred_from: date
    occurred_on: str
    recorded_at: datetime
    agency: str
    code: str
    params: dict[str, Any]
    corrected: bool
    """Whether a later fact puts it right."""
    retracted: bool
    """Whether a later fact takes it back: it does not count."""


CHANGED: Final = """
EXISTS (
  SELECT FROM views.correction c
  WHERE c.case_id = t.case_id AND c.target_version = t.version AND c.stands
  AND (c.code = 'case.fact-corrected') = {corrected}
)
"""
COLUMNS: Final = sql.SQL(", ").join(
    (
        *(sql.Identifier("t", name) for name in Entry._fields if name not in {"corrected", "retracted"}),
        sql.SQL(CHANGED.format(corrected="true") + " AS corrected"),
        sql.SQL(CHANGED.format(corrected="false") + " AS retracted"),
    )
)


class TimelinePlace(NamedTuple):
    """Where a page ends: the next one goes on after this entry."""

    occurred_from: date
    version: int


@dataclass(frozen=True)
class TimelinePage:
    """Entries in the order in which they happened, those of one day as they were recorded."""

    entries: Sequence[Entry]
    next: TimelinePlace | None
    """``None`` on the last page."""


async def timeline(
    connection: AsyncConnection[Any],
    parties: frozenset[str],
    case_id: UUID,
    *,
    after: TimelinePlace | None = None,
    without: frozenset[str] = frozenset(),
    limit: int = 100,
) -> TimelinePage:
    """Return one page of a case's timeline; empty when these parties see no such case. ``limit`` is 1 to 500.

    ``without``: codes that this reader is not told of, nor of corrections of such facts.
    """
    limit = max(1, min(limit, MAX_PAGE))
    onwards = sql.SQL("AND (occurred_from, version) > (%(day)s, %(version)s)" if after else "")
    query = sql.SQL(
        "SELECT {columns} FROM views.timeline t WHERE case_id = %(case)s AND {scope} {onwards}"
        " AND code <> ALL (%(without)s) AND coalesce(params ->> 'target_topic', '') <> ALL (%(without)s)"
        " ORDER BY occurred_from, version LIMIT %(limit)s"
    ).format(columns=COLUMNS, scope=of_one_case(parties), onwards=onwards)
    values: dict[str, object] = {"case": case_id, "parties": list(parties), "limit": limit + 1}
    values["without"] = sorted(without)
    if after is not None:
        values |= {"day": after.occurred_from, "version": after.version}
    async with seen_by(connection, parties), connection.cursor(row_factory=class_row(Entry)) as cursor:
        await cursor.execute(query, values)
        entries = await cursor.fetchall()
    last = entries[limit - 1] if len(entries) > limit else None
    return TimelinePage(entries[:limit], TimelinePlace(last.occurred_from, last.version) if last else None)
