"""Reading streams for deciding and for people: the streams that wait in this process are read in one round trip.

Whether the caller may see a case is checked on its scope rows under row-level security, before anything is folded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from adapters.record.arrays import Int4Array, Int8Array, TextArray, UuidArray
from adapters.record.gather import Gatherer
from adapters.record.reading import with_connection

EVERYONE: Final = "*"
"""A party that sees every case: auditors and machines."""

LOAD: Final = "SELECT * FROM record.load(%s, %s, %s, %s, %s)"
"""One row for each fact; for a request of which there is none, one without a fact."""
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
    """Read for the whole batch in one statement."""
    arguments = (
        TextArray.of(",".join(sorted(wanted.parties)) for wanted in batch),
        UuidArray.of(wanted.stream for wanted in batch),
        Int4Array.of(wanted.after for wanted in batch),
        Int8Array.of(wanted.up_to for wanted in batch),
        UuidArray.of(wanted.command_id for wanted in batch),
    )
    cursor = await connection.execute(LOAD, arguments, prepare=True, binary=True)
    visible: dict[int, bool] = {}
    remembered: dict[int, Remembered] = {}
    rows: list[list[StoredRow]] = [[] for _ in batch]
    for nth, seen, request, first, facts, position, version, leaf, frame in await cursor.fetchall():
        if position is not None:
            rows[nth - 1].append(StoredRow(position, version, leaf, frame))
        if nth not in visible:
            visible[nth] = seen
            if request is not None:
                remembered[nth] = Remembered(request, first, facts)
    return [
        _found(wanted, remembered.get(nth), found, visible=visible[nth])
        for nth, (wanted, found) in enumerate(zip(batch, rows, strict=True), start=1)
    ]


def _found(wanted: Wanted, before: Remembered | None, rows: Sequence[StoredRow], *, visible: bool) -> Found:
    if EVERYONE in wanted.parties:
        return Found(bool(rows or wanted.after), before, rows)
    return Found(visible, before, rows if visible else ())
