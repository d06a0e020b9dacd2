"""Replay and compare: whether what officers see today is exactly what the record says.

The record is folded anew beside the live tables and both are compared at one position and day, without stopping
anybody. Where a table differs, the streams and rows are named. A sample of cases is folded once more by hand, row
against row, so that a wrong comparison cannot agree with itself. Nothing is put right: a rebuild does that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg import IsolationLevel, sql

from adapters.database import Databases
from adapters.settings import Settings
from adapters.views.differing import NAMED, RowDiffering, differing_rows, differing_streams, hashes
from adapters.views.digest import Digest, digests
from adapters.views.folding import VIEWS, fold
from adapters.views.names import LIVE, NEXT
from adapters.views.projector import Checkpoint, Projector, checkpoint, head
from adapters.views.rebuild import PROCESSES, Progress, alone, replay_beside
from adapters.views.source import Some, Source

SAMPLE: Final = 200
OWN: Final = "pg_temp"
"""Schema of tables that this connection alone sees."""

_SAMPLED: Final = sql.SQL("SELECT {owner} FROM {table} ORDER BY uuid_hash_extended({owner}, %s) LIMIT %s")


@dataclass(frozen=True)
class TableReplayed:
    """One read model: what it holds, what it should hold, and whose rows differ."""

    live: Digest
    replayed: Digest
    differing: int
    """Streams of which a row is missing, too many, or another."""
    streams: tuple[UUID, ...]
    """At most 100 of them, in order."""
    rows: tuple[RowDiffering, ...] = ()
    """At most 100 of theirs, in order of their keys."""

    @property
    def equal(self) -> bool:
        """Whether the table is exactly what the record says."""
        return self.live == self.replayed


@dataclass(frozen=True)
class ReplayReport:
    """What a replay found."""

    position: int
    """At which both were compared."""
    day: date
    """On which status and overlays were derived."""
    facts: int
    seconds: float
    tables: Mapping[str, TableReplayed]
    sampled: int
    """Cases that were folded by hand and compared row by row."""
    sample_differing: tuple[UUID, ...]

    @property
    def equal(self) -> bool:
        """Whether every read model and every sampled case is exactly what the record says."""
        return all(table.equal for table in self.tables.values()) and not self.sample_differing


def replay(
    databases: Databases,
    settings: Settings,
    progress: Progress = lambda _done, _total: None,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    processes: int = PROCESSES,
    sample: int = SAMPLE,
    seed: int = 0,
) -> ReplayReport:
    """Compare the live read models with a fresh replay of the record. ``seed`` chooses the sample.

    :raises RebuildUnderWay: when a rebuild or another replay is running.
    :raises Exception: when a fact cannot be read.
    """
    began = time.monotonic()
    live = Projector(databases, settings, clock=clock)
    beside = Projector(databases, settings, clock=clock, schema=NEXT)
    with alone(databases) as keeper:
        start = Checkpoint(head(keeper), clock().date())
        facts = replay_beside(databases, settings, keeper, start, progress, processes=processes)
        live.catch_up(to=start.position)
        with psycopg.connect(databases.url("owner")) as still:
            # One snapshot holds live rows and checkpoint together; writers and the projector go on meanwhile.
            still.isolation_level = IsolationLevel.REPEATABLE_READ
            common = checkpoint(still, LIVE)
            beside.catch_up(to=common.position, day=common.day)
            tables = _compared(still, keeper)
            cases = _sampled(still, sample, seed)
            differing = _by_hand(still, keeper, settings, cases, common)
    return ReplayReport(
        common.position, common.day, facts, time.monotonic() - began, tables, len(cases), tuple(differing)
    )


def _compared(still: psycopg.Connection[Any], keeper: psycopg.Connection[Any]) -> dict[str, TableReplayed]:
    seen, should_be = digests(still, LIVE), digests(keeper, NEXT)
    compared = {}
    for view in VIEWS:
        live, replayed = seen[view.name], should_be[view.name]
        sides = ((still, LIVE), (keeper, NEXT))
        streams = differing_streams(view, *sides) if live != replayed else []
        rows = differing_rows(view, *sides, streams[:NAMED]) if streams else []
        compared[view.name] = TableReplayed(live, replayed, len(streams), tuple(streams[:NAMED]), tuple(rows[:NAMED]))
    return compared


def _sampled(still: psycopg.Connection[Any], sample: int, seed: int) -> list[UUID]:
    query = _SAMPLED.format(owner=sql.Identifier("case_id"), table=sql.Identifier(LIVE, "worklist"))
    return [case for (case,) in still.execute(query, (seed, sample))]


def _by_hand(
    still: psycopg.Connection[Any],
    keeper: psycopg.Connection[Any],
    settings: Settings,
    cases: list[UUID],
    at: Checkpoint,
) -> list[UUID]:
    """Fold each case here and now, and return those of which a live row says something else, in order."""
    source = Source(keeper, settings)
    rows = fold(source.streams(Some(cases), at.position), day=at.day)
    source.note(1, at.position, cases)
    wrong: set[UUID] = set()
    for view, made in (*rows.replaced(), *rows.added()):
        keeper.execute(
            sql.SQL("CREATE TEMPORARY TABLE {} (LIKE {})").format(
                sql.Identifier(view.name), sql.Identifier(LIVE, view.name)
            )
        )
        view.insert(keeper, OWN, made)
        of_cases = sql.SQL("{} = ANY(%s)").format(sql.Identifier(view.owner))
        should_be = hashes(keeper, OWN, view, of_cases, cases)
        seen = hashes(still, LIVE, view, of_cases, cases)
        wrong |= {case for case in cases if seen.get(case) != should_be.get(case)}
    return sorted(wrong)
