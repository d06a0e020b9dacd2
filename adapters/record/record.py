"""The record of one deployment, opened: its log, its keys, its committer and its readers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Final, NamedTuple, Self
from uuid import UUID

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from adapters.database import Databases
from adapters.keys.fences import FenceFolder
from adapters.keys.provider import open_root
from adapters.record.committer import Committer
from adapters.record.errors import RecordUnavailable
from adapters.record.header import Provenance
from adapters.record.load import Loader
from adapters.record.read_log import ReadLog
from adapters.record.reading import pool_of, with_connection
from adapters.record.subject_keys import SubjectKeys
from adapters.record.submission import Outcome, Submission
from adapters.settings import Settings

FIRST_EPOCH: Final = 1

PAGE: Final = """
SELECT position, stream, version, topic, recorded_at, leaf, frame FROM record.fact
WHERE position > %s AND position <= %s ORDER BY position
"""
EPOCH: Final = "SELECT epoch FROM evidence.head WHERE log = 'record'"
KNOWN_AT: Final = """
SELECT position FROM record.fact WHERE recorded_by <= %s ORDER BY recorded_by DESC, position DESC LIMIT 1
"""


class StoredPosition(NamedTuple):
    """A fact as it stands in the record, unopened."""

    position: int
    stream: UUID
    version: int
    topic: str
    recorded_at: datetime
    leaf: bytes
    frame: bytes


class Record:
    """Facts go in through :meth:`append` and come out by stream or by position. Close it when done."""

    def __init__(self, databases: Databases, settings: Settings) -> None:
        self.log = Provenance(settings.origin, FIRST_EPOCH)
        self.root: Final = open_root(settings)
        self._pool: Final[AsyncConnectionPool] = pool_of(databases.url("writer"), connections=settings.connections)
        self._committer: Final = Committer(databases.url("writer"), batch_commands=settings.batch_commands)
        self.loader: Final = Loader(self._pool)
        self.keys: Final = SubjectKeys(self._pool, self.root, FenceFolder.of(settings))
        self.reads: Final = ReadLog(self._pool)

    @classmethod
    async def open(cls, databases: Databases, settings: Settings) -> Self:
        """Open the record in the epoch of its log; connections are made again whenever they were lost.

        :raises RecordUnavailable: when the database does not answer.
        """
        record = cls(databases, settings)
        await record._pool.open()
        try:
            row = await record._one(EPOCH, ())
        except RecordUnavailable:
            await record.close()
            raise
        record.log = Provenance(settings.origin, (row and row[0]) or FIRST_EPOCH)
        return record

    async def close(self) -> None:
        """Finish what is under way and leave."""
        await self._committer.close()
        await self._pool.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def append(self, submission: Submission) -> Outcome:
        """Record one command; see :meth:`Committer.submit`."""
        return await self._committer.submit(submission)

    async def head(self) -> int:
        """Return the last position; 0 when nothing is recorded."""
        row = await self._one("SELECT max(position) FROM record.fact", ())
        return (row and row[0]) or 0

    async def position_at(self, time: datetime) -> int:
        """Return the last position up to which everything was recorded by the time; 0 when nothing was."""
        row = await self._one(KNOWN_AT, (time,))
        return (row and row[0]) or 0

    async def facts(self, *, after: int, limit: int) -> list[StoredPosition]:
        """Return the facts at the ``limit`` positions that follow ``after``, in order; fewer at the head."""

        async def page(connection: AsyncConnection) -> list[StoredPosition]:
            cursor = await connection.execute(PAGE, (after, after + limit), prepare=True, binary=True)
            return [StoredPosition(*row) for row in await cursor.fetchall()]

        return await with_connection(self._pool, page)

    async def _one(self, query: str, arguments: Sequence[object]) -> tuple[int | None] | None:
        async def work(connection: AsyncConnection) -> tuple[int | None] | None:
            cursor: psycopg.AsyncCursor[tuple[int | None]] = await connection.execute(query, arguments, prepare=True)
            return await cursor.fetchone()

        return await with_connection(self._pool, work)
