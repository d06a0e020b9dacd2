"""Reading streams for deciding and for people: the streams that wait in this process are read in one round trip.

Whether the caller may see a case is checked on its scope rows under row-level security, before anything is folded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from uuid import UUID

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from adapters.record.arrays import Int4Array, UuidArray
from adapters.record.gather import Gatherer
from adapters.record.reading import with_connection

EVERYONE: Final = "*"
"""A party that sees every case: auditors and machines."""

FACTS: Final = """
SELECT f.stream, f.position, f.version, f.leaf, f.frame
FROM unnest(%s::uuid[], %s::int4[]) AS w (stream, after)
JOIN record.fact f ON f.stream = w.stream AND f.version > w.after AND f.position <= %s
ORDER BY f.stream, f.version
"""
REMEMBERED: Final = "SELECT command_id, request, first_position, facts FROM record.command WHERE command_id = ANY(%s)"
VISIBLE: Final = "SELECT DISTINCT case_id FROM access.scope WHERE case_id = ANY(%s)"
BATCH: Final = 256
LATEST: Final = 2**63 - 1


class StoredRow(NamedTuple):
    """A fact of one stream as it is stored."""

    position: int
    version: int
    leaf: bytes
    frame: bytes


class Remembered(NamedTuple):
    """A command that was recorded before."""

    request: bytes
    first: int | None
    facts: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one request needs of the record."""

    stream: UUID
    parties: frozenset[str]
    """Of the caller. Streams that are no cases (facilities) are everyone's: they are asked for as :data:`EVERYONE`."""
    command_id: UUID | None = None
    up_to: int = LATEST
    after: int = 0
    """Version up to which the stream is known already."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the record holds of it."""

    visible: bool
    """False as well for a stream of which nobody knows anything."""
    remembered: Remembered | None
    rows: Sequence[StoredRow] = field(default=())


class Loader:
    """Reads streams, scopes and remembered commands for the requests that wait in this process."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool: Final = pool
        self._gatherer: Final[Gatherer[Wanted, Found]] = Gatherer(self._serve, limit=BATCH)

    async def load(self, wanted: Wanted) -> Found:
        """Return what the record holds.

        :raises RecordUnavailable: when the database does not answer.
        """
        return await self._gatherer.ask(wanted)

    async def _serve(self, batch: list[Wanted]) -> Sequence[Found]:
        return await with_connection(self._pool, lambda connection: _read(connection, batch))


async def _read(connection: AsyncConnection, batch: Sequence[Wanted]) -> list[Found]:
    """Read for the whole batch in one pipelined transaction."""
    by_parties: defaultdict[frozenset[str], list[UUID]] = defaultdict(list)
    by_limit: defaultdict[int, dict[UUID, int]] = defaultdict(dict)
    for wanted in batch:
        by_parties[wanted.parties].append(wanted.stream)
        known = by_limit[wanted.up_to]
        known[wanted.stream] = min(wanted.after, known.get(wanted.stream, wanted.after))
    async with connection.pipeline():
        walls = [(parties, await _visible(connection, parties, streams)) for parties, streams in by_parties.items()]
        ids = [wanted.command_id for wanted in batch if wanted.command_id is not None]
        commands = await connection.execute(REMEMBERED, (UuidArray.of(ids),), prepare=True) if ids else None
        reads = [
            (
                limit,
                await connection.execute(
                    FACTS, (UuidArray.of(known), Int4Array.of(known.values()), limit), prepare=True, binary=True
                ),
            )
            for limit, known in by_limit.items()
        ]
        await connection.commit()
    visible = {(parties, case_id) for parties, cursor in walls for (case_id,) in await cursor.fetchall()}
    remembered = {row[0]: Remembered(*row[1:]) for row in await commands.fetchall()} if commands else {}
    rows: defaultdict[tuple[int, UUID], list[StoredRow]] = defaultdict(list)
    for limit, cursor in reads:
        for stream, *row in await cursor.fetchall():
            rows[limit, stream].append(StoredRow(*row))
    return [_found(wanted, visible, remembered, rows) for wanted in batch]


async def _visible(
    connection: AsyncConnection, parties: Iterable[str], streams: list[UUID]
) -> psycopg.AsyncCursor[tuple[UUID]]:
    await connection.execute(
        "SELECT set_config('homeward.parties', %s, true)", (",".join(sorted(parties)),), prepare=True
    )
    cursor: psycopg.AsyncCursor[tuple[UUID]] = await connection.execute(VISIBLE, (UuidArray.of(streams),), prepare=True)
    return cursor


def _found(
    wanted: Wanted,
    visible: set[tuple[frozenset[str], UUID]],
    remembered: dict[UUID, Remembered],
    rows: dict[tuple[int, UUID], list[StoredRow]],
) -> Found:
    before = remembered.get(wanted.command_id) if wanted.command_id is not None else None
    found = rows.get((wanted.up_to, wanted.stream), [])
    if wanted.after:
        found = [row for row in found if row.version > wanted.after]
    if EVERYONE in wanted.parties:
        return Found(bool(found or wanted.after), before, found)
    seen = (wanted.parties, wanted.stream) in visible
    return Found(seen, before, found if seen else ())
