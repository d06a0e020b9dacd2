"""Appending by the thousand: submissions that were prepared in other processes, as bytes, in the order of their facts.

The same lock and the same statement as for one command. What is spared is an object for each fact, a future for each
command and the choice of neighbours: whoever loads in bulk hands over commands that follow one another, those of each
stream in order, and starts again where the record ends when anything fails.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Self, TypeAlias
from uuid import UUID

import psycopg
from psycopg import sql

from adapters.record.append import APPEND, LOCK, PLAN
from adapters.record.arrays import (
    ByteaArray,
    Int4Array,
    Int8Array,
    TextArray,
    TimestampArray,
    UuidArray,
    register_arrays,
)
from adapters.record.errors import RecordUnavailable
from adapters.record.submission import Fate, Opened, Submission

PackedFact: TypeAlias = tuple[bytes, bytes, bytes, bytes, bytes]
"""Version, topic, fact id, leaf, frame: elements of PostgreSQL's binary arrays, length first, here and below."""
PackedRead: TypeAlias = tuple[bytes, bytes, bytes, bytes]
"""Actor, agency, purpose, classes."""
PackedFacts: TypeAlias = tuple[PackedFact, ...]
PackedReads: TypeAlias = tuple[PackedRead, ...]
Packed: TypeAlias = tuple[int, bytes, bytes, bytes, bytes, bytes, PackedFacts, PackedReads, tuple[bytes, ...]]
"""Time in microseconds since 1970, command id, request, stream, version before, time, facts, reads, parties."""

_LENGTH: Final = struct.Struct(">i")
_INT4: Final = struct.Struct(">ii")
_INT8: Final = struct.Struct(">iq")
_ID: Final = _LENGTH.pack(16)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_OF_POSTGRESQL: Final = (datetime(2000, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
_STATEMENT_TIMEOUT_MS: Final = 60_000
_NOBODY: Final = UUID(int=0)
_DONE: Final = frozenset({Fate.RECORDED, Fate.REPEATED})


class NotNext(Exception):  # noqa: N818 - what it is
    """A command does not follow what the record holds: somebody else writes to its stream.

    The batch is recorded without it and without those that share its stream.
    """


def packed(submission: Submission) -> Packed:
    """Return a submission as plain values; its facts are of one stream and were recorded at the same time.

    :raises ValueError: when it writes nothing, more than one stream, or is no command's.
    """
    (place,) = submission.writes
    if submission.command_id is None or submission.guards or submission.tracking:
        message = "only plain commands of one stream are loaded in bulk"
        raise ValueError(message)
    at = (submission.facts[0].recorded_at - _EPOCH) // timedelta(microseconds=1)
    return (
        at,
        _ID + submission.command_id.bytes,
        _element(submission.request),
        _ID + place.stream.bytes,
        _INT4.pack(4, place.version),
        _INT8.pack(8, at - _EPOCH_OF_POSTGRESQL),
        tuple(
            (
                _INT4.pack(4, fact.originator_version),
                _element(fact.topic.encode()),
                _ID + (fact.fact_id or _NOBODY).bytes,
                _element(fact.leaf),
                _element(fact.state),
            )
            for fact in submission.facts
        ),
        tuple(_read(one) for one in submission.opened),
        tuple(_element(scope.party.encode()) for scope in submission.scopes),
    )


def _element(raw: bytes) -> bytes:
    return _LENGTH.pack(len(raw)) + raw


def _read(opened: Opened) -> PackedRead:
    classes = ",".join(sorted(opened.classes))
    return (
        _ID + opened.actor.bytes,
        _element(opened.agency.encode()),
        _element(opened.purpose.encode()),
        _element(classes.encode()),
    )


def arguments(batch: Sequence[Packed]) -> tuple[object, ...]:
    """Return the parameters of the statement: those of :func:`adapters.record.append.parameters`, byte for byte."""
    first: dict[bytes, int] = {}
    bundles: list[int] = []
    owners: list[int] = []
    streams: list[bytes] = []
    times: list[bytes] = []
    facts: list[PackedFact] = []
    for idx, (_, _, _, stream, _, time, mine, _, _) in enumerate(batch):
        bundles.append(first.setdefault(stream, idx))
        many = len(mine)
        owners += [idx] * many
        streams += [stream] * many
        times += [time] * many
        facts += mine
    versions, topics, fact_ids, leaves, frames = zip(*facts, strict=True)
    leaders = [(idx, batch[idx]) for idx in first.values()]
    reads = [(idx, one[3], read) for idx, one in enumerate(batch) for read in one[7]]
    scopes = [(idx, one[3], party) for idx, one in enumerate(batch) for party in one[8]]
    nobody = (Int4Array([]), TextArray([]), Int8Array([]))
    return (
        Int4Array.of(range(len(batch))),
        Int4Array.of(bundles),
        UuidArray([one[1] for one in batch]),
        ByteaArray([one[2] for one in batch]),
        Int4Array.of(idx for idx, _ in leaders),
        UuidArray([one[3] for _, one in leaders]),
        Int4Array([one[4] for _, one in leaders]),
        Int4Array.of(0 for _ in leaders),
        *nobody,
        Int4Array.of(owners),
        UuidArray(streams),
        Int4Array(versions),
        TextArray(topics),
        UuidArray(fact_ids),
        TimestampArray(times),
        ByteaArray(leaves),
        ByteaArray(frames),
        Int4Array.of(idx for idx, _, _ in reads),
        UuidArray([read[0] for _, _, read in reads]),
        TextArray([read[1] for _, _, read in reads]),
        TextArray([read[2] for _, _, read in reads]),
        TextArray([read[3] for _, _, read in reads]),
        UuidArray([stream for _, stream, _ in reads]),
        Int4Array.of(idx for idx, _, _ in scopes),
        TextArray([party for _, _, party in scopes]),
        UuidArray([stream for _, stream, _ in scopes]),
        *nobody,
    )


class BulkCommitter:
    """Appends batches on a connection of its own; other writers wait for the lock as they wait for each other."""

    def __init__(self, connection: psycopg.AsyncConnection) -> None:
        self._connection: Final = connection

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connect as a writer.

        :raises RecordUnavailable: when the database does not answer.
        """
        try:
            connection = await psycopg.AsyncConnection.connect(url, autocommit=True, connect_timeout=5)
            register_arrays(connection)
            await connection.execute(PLAN)
            await connection.execute(sql.SQL("SET statement_timeout = {}").format(_STATEMENT_TIMEOUT_MS))
        except psycopg.OperationalError as error:
            raise RecordUnavailable(fate_known=True) from error
        return cls(connection)

    async def close(self) -> None:
        """Leave."""
        await self._connection.close()

    async def append(self, batch: Sequence[object]) -> int:
        """Append what :func:`arguments` made; return the number of facts recorded. Repeated commands add none.

        :raises NotNext: when a command does not follow what the record holds.
        :raises RecordUnavailable: when the database goes away; whether it was recorded, the head of the record says.
        """
        connection = self._connection
        try:
            async with connection.pipeline():
                await connection.execute("BEGIN")
                await connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,), prepare=True)
                cursor = await connection.execute(APPEND, batch, prepare=True, binary=True)
                await connection.execute("COMMIT")
        except psycopg.OperationalError as error:
            raise RecordUnavailable(fate_known=False) from error
        rows = await cursor.fetchall()
        if not _DONE.issuperset({row[1] for row in rows}):
            raise NotNext
        return sum(row[3] for row in rows if row[1] == Fate.RECORDED)
