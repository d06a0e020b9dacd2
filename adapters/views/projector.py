"""The projector: follows the record in batches and keeps the read models, each fact exactly once.

Each step is one transaction under an advisory lock: which streams did the next facts touch, fold those streams again
whole, replace their rows, move the checkpoint. Killed at any instant it has done a step or not; two of them take turns.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg
import structlog
from psycopg import sql

from adapters.database import Databases
from adapters.roles import Role
from adapters.settings import Settings
from adapters.views.folding import Rows, fold
from adapters.views.names import LIVE
from adapters.views.source import Some, Source

BATCH_FACTS: Final = 1_000
TURNED_AT_ONCE: Final = 500
POLL_SECONDS: Final = 1.0
"""How long a lost notification can delay a fact."""
RETRY_SECONDS: Final = 1.0
CHANNEL: Final = "homeward_facts"
LOCKS: Final = {"views": 0x76696577, "views_next": 0x6E657874}
"""Advisory locks of whoever writes the tables of a schema: the letters of "view" and "next"."""
CHECKPOINT: Final = "views"

log: Final = structlog.get_logger()


class Checkpoint(NamedTuple):
    """Every fact up to the position is in the tables; status and overlays are those of the day."""

    position: int
    day: date


class Projector:
    """Keeps the tables of one schema. Synchronous: give it a thread or a process of its own."""

    def __init__(
        self,
        databases: Databases,
        settings: Settings,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        schema: str = LIVE,
        batch_facts: int = BATCH_FACTS,
    ) -> None:
        self._databases: Final = databases
        self._settings: Final = settings
        self._clock: Final = clock
        self._schema: Final = schema
        self._batch_facts: Final = batch_facts

    def run(self, stop: threading.Event) -> None:
        """Follow the record until told to stop; waits out a database that is gone.

        :raises Exception: when a fact cannot be read or folded. The read models then stand still at a position that
            shows in their lag; passing over a fact would make them wrong in silence.
        """
        while not stop.is_set():
            try:
                with self._connected() as connection:
                    connection.execute(f"LISTEN {CHANNEL}")  # before the first step: nothing is missed in between
                    source = Source(connection, self._settings)
                    while not stop.is_set():
                        while self._step(connection, source) and not stop.is_set():
                            pass
                        for _ in connection.notifies(timeout=POLL_SECONDS, stop_after=1):
                            pass
            except psycopg.OperationalError as error:
                log.warning("projector.database-gone", sqlstate=error.sqlstate)
                stop.wait(RETRY_SECONDS)

    def catch_up(self, *, to: int | None = None, day: date | None = None) -> Checkpoint:
        """Follow up to a position (``None``: the head when called) and return the checkpoint.

        ``day`` replaces the clock's.
        """
        with self._connected() as connection:
            source = Source(connection, self._settings)
            target = head(connection) if to is None else to
            while self._step(connection, source, to=target, day=day):
                pass
            return checkpoint(connection, self._schema)

    def _connected(self) -> psycopg.Connection[Any]:
        role: Role = "projector" if self._schema == LIVE else "owner"
        return psycopg.connect(self._databases.url(role), autocommit=True)

    def _step(
        self, connection: psycopg.Connection[Any], source: Source, *, to: int | None = None, day: date | None = None
    ) -> bool:
        """Take one step and return whether there is another to take."""
        day = day or self._clock().date()
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCKS[self._schema],))
            at = checkpoint(connection, self._schema)
            if at.day < day:
                self._turn_day(connection, source, at, day)
                return True
            return self._follow(connection, source, at, to)

    def _follow(self, connection: psycopg.Connection[Any], source: Source, at: Checkpoint, to: int | None) -> bool:
        """Take in the next batch of facts."""
        last = at.position + self._batch_facts if to is None else min(at.position + self._batch_facts, to)
        found = connection.execute(
            "SELECT stream, position FROM record.fact WHERE position > %s AND position <= %s ORDER BY position",
            (at.position, last),
            prepare=True,
            binary=True,
        ).fetchall()
        if not found:
            return False
        last = found[-1][1]
        touched = list(dict.fromkeys(stream for stream, _ in found))
        rows = fold(source.streams(Some(touched), last), day=at.day, after=at.position)
        self._replace(connection, touched, rows)
        source.note(at.position + 1, last)
        self._move(connection, Checkpoint(last, at.day))
        return len(found) == self._batch_facts

    def _turn_day(self, connection: psycopg.Connection[Any], source: Source, at: Checkpoint, day: date) -> None:
        """Fold again, in one transaction, every case whose status changes by the calendar alone until a day."""
        turning = [
            case_id
            for (case_id,) in connection.execute(
                sql.SQL("SELECT case_id FROM {} WHERE settled_until <= %s ORDER BY case_id").format(
                    sql.Identifier(self._schema, "worklist")
                ),
                (day,),
            )
        ]
        for start in range(0, len(turning), TURNED_AT_ONCE):
            cases = turning[start : start + TURNED_AT_ONCE]
            self._replace(connection, cases, fold(source.streams(Some(cases), at.position), day=day, after=at.position))
            source.note(1, at.position, cases)
        self._move(connection, Checkpoint(at.position, day))

    def _replace(self, connection: psycopg.Connection[Any], streams: list[UUID], rows: Rows) -> None:
        for view, made in rows.replaced():
            view.remove(connection, self._schema, streams)
            view.insert(connection, self._schema, made)
        gone = [row.case_id for row in rows.erased]
        for view, made in rows.added():
            if gone:
                view.remove(connection, self._schema, gone)
            view.insert(connection, self._schema, made)

    def _move(self, connection: psycopg.Connection[Any], to: Checkpoint) -> None:
        connection.execute(
            sql.SQL("UPDATE {} SET position = %s, day = %s WHERE name = %s").format(
                sql.Identifier(self._schema, "checkpoint")
            ),
            (to.position, to.day, CHECKPOINT),
        )


def checkpoint(connection: psycopg.Connection[Any], schema: str = LIVE) -> Checkpoint:
    """Return how far the tables of a schema have followed the record."""
    row = connection.execute(
        sql.SQL("SELECT position, day FROM {} WHERE name = %s").format(sql.Identifier(schema, "checkpoint")),
        (CHECKPOINT,),
    ).fetchone()
    if row is None:
        raise LookupError(f"{schema} has no checkpoint; the migrations make it")
    return Checkpoint(*row)


def head(connection: psycopg.Connection[Any]) -> int:
    """Return the last position of the record."""
    row = connection.execute("SELECT coalesce(max(position), 0) FROM record.fact").fetchone()
    return int(row[0]) if row else 0
