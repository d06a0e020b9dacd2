"""Rebuild every read model from the record, beside the live tables, while writers go on.

Walk the streams up to a position; follow the record from there to where the live tables stand; compare the digests of
both; then, in one short transaction, let the two sets of tables change places. What differs was wrong: the rebuilt rows
count, and the report says so. Killed at any instant, the live tables are what they were, or the new ones.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import psycopg
from psycopg import IsolationLevel, sql

from adapters.database import Databases
from adapters.settings import Settings
from adapters.turn import takes_turn
from adapters.views.digest import Digest, digests
from adapters.views.form import FORM
from adapters.views.names import LIVE, NEXT, TABLES
from adapters.views.projector import LOCKS, Checkpoint, Projector, checkpoint, head
from adapters.views.source import Source
from adapters.views.walk import Walk, walk_record

PROCESSES: Final = 2
FAR_BEHIND: Final = 20_000
"""Facts by which the live tables may be behind and still be brought forward to be compared."""
REBUILDING: Final = 0x72656275
"""Advisory lock of whoever rebuilds: the letters of "rebu"."""
ASIDE: Final = "views_aside"

Progress = Callable[[int, int], None]


class RebuildUnderWay(RuntimeError):  # noqa: N818 - what it is
    """Another rebuild is running."""


@dataclass(frozen=True)
class RebuildReport:
    """What a rebuild did."""

    facts: int
    seconds: float
    position: int
    """Up to which the new tables hold everything."""
    tables: Mapping[str, Digest]
    """The new tables, where they were compared: at ``compared_at``, or else at the end."""
    compared_at: int | None
    """Position at which old and new were compared; ``None`` when the old tables were too far behind."""
    differed: tuple[str, ...]
    """Tables whose old rows were not what the record says."""


def rebuild(
    databases: Databases,
    settings: Settings,
    progress: Progress = lambda _done, _total: None,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    processes: int = PROCESSES,
) -> RebuildReport:
    """Rebuild all read models and swap them in. ``progress`` is told facts done and facts to do.

    :raises RebuildUnderWay: when another rebuild is running.
    :raises Exception: when a fact cannot be read; the live tables stay as they are.
    """
    began = time.monotonic()
    live = Projector(databases, settings, clock=clock)
    new = Projector(databases, settings, clock=clock, schema=NEXT)
    with alone(databases) as keeper:
        start = Checkpoint(head(keeper), clock().date())
        done = replay_beside(databases, settings, keeper, start, progress, processes=processes)
        with ThreadPoolExecutor(1) as beside:
            analysing = beside.submit(_analyse, databases)
            compared_at, tables, differed = _compare(databases, keeper, live, new, start.position)
            analysing.result()
        at = _swap(keeper, new)
    return RebuildReport(done, time.monotonic() - began, at.position, tables, compared_at, differed)


@contextmanager
def alone(databases: Databases) -> Iterator[psycopg.Connection[Any]]:
    """Hold the tables beside the live ones for oneself; they are empty at the beginning and at the end.

    :raises RebuildUnderWay: when somebody else holds them.
    """
    with psycopg.connect(databases.url("owner"), autocommit=True) as keeper:
        _alone(keeper)
        _empty(keeper)
        yield keeper
        _empty(keeper)


def replay_beside(
    databases: Databases,
    settings: Settings,
    keeper: psycopg.Connection[Any],
    start: Checkpoint,
    progress: Progress,
    *,
    processes: int,
) -> int:
    """Fill the tables beside the live ones with what the record says at a position; return the facts that were folded.

    ``progress`` is told facts done and facts to do.
    """
    Source(keeper, settings).note(1, start.position)
    done = 0
    for facts in walk_record(Walk(databases, settings, start.position, start.day), processes=processes):
        done += facts
        progress(done, start.position)
    _set(keeper, start)
    return done


def put_in_place(
    databases: Databases, keeper: psycopg.Connection[Any], new: Projector, filled: Checkpoint
) -> Checkpoint:
    """Let tables that hold everything up to a position change places with the live ones; return where they stand."""
    _set(keeper, filled)
    _analyse(databases)
    keeper.execute("SET synchronous_commit = on")
    return _swap(keeper, new)


def _alone(keeper: psycopg.Connection[Any]) -> None:
    if not takes_turn(keeper, REBUILDING):
        raise RebuildUnderWay("Another rebuild is running; wait for it to end.")


def _empty(keeper: psycopg.Connection[Any]) -> None:
    tables = sql.SQL(", ").join(sql.Identifier(NEXT, table) for table in TABLES)
    with keeper.transaction():
        keeper.execute(sql.SQL("TRUNCATE {}").format(tables))
        _set(keeper, Checkpoint(0, date.min))


def _set(keeper: psycopg.Connection[Any], to: Checkpoint) -> None:
    keeper.execute(
        sql.SQL("UPDATE {} SET position = %s, day = %s, form = %s").format(sql.Identifier(NEXT, "checkpoint")),
        (to.position, to.day, FORM),
    )


def _analyse(databases: Databases) -> None:
    """Let the planner know the new tables before anybody reads them."""
    with psycopg.connect(databases.url("owner"), autocommit=True) as connection:
        for table in TABLES:
            connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(NEXT, table)))


def _compare(
    databases: Databases, keeper: psycopg.Connection[Any], live: Projector, new: Projector, start: int
) -> tuple[int | None, Mapping[str, Digest], tuple[str, ...]]:
    """Bring both sets of tables to a common position and day, and compare them there."""
    if start - checkpoint(keeper, LIVE).position > FAR_BEHIND:
        return None, digests(keeper, NEXT), ()
    live.catch_up(to=start)
    with psycopg.connect(databases.url("owner")) as still:
        # One snapshot holds rows and checkpoint together; the live projector goes on meanwhile.
        still.isolation_level = IsolationLevel.REPEATABLE_READ
        common = checkpoint(still, LIVE)
        new.catch_up(to=common.position, day=common.day)
        with ThreadPoolExecutor(1) as beside:
            counting = beside.submit(digests, still, LIVE)
            new_digests = digests(keeper, NEXT)
            old_digests = counting.result()
    differed = tuple(table for table in TABLES if old_digests[table] != new_digests[table])
    return common.position, new_digests, differed


def _swap(keeper: psycopg.Connection[Any], new: Projector) -> Checkpoint:
    """Let the schemas change names, at a position that the new tables have reached; return it.

    Statements under way go on with the tables they began with; the next ones find the new tables.
    """
    new.catch_up()
    with keeper.transaction():
        keeper.execute("SELECT pg_advisory_xact_lock(%s)", (LOCKS[LIVE],))  # the live projector waits
        at = new.catch_up(to=max(checkpoint(keeper, LIVE).position, checkpoint(keeper, NEXT).position))
        for old, name in ((LIVE, ASIDE), (NEXT, LIVE), (ASIDE, NEXT)):
            keeper.execute(sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(name)))
    return at
