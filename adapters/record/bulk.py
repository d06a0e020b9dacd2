"""Appending by the thousand: submissions that were prepared in other processes, as bytes, in the order of their facts.

The same lock and the same statement as for one command. What is spared is an object for each fact, a future for each
command and the choice of neighbours: whoever loads in bulk hands over commands that follow one another, those of each
stream in order, and starts again where the record ends when anything fails.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple, Self, TypeAlias
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
from adapters.record.submission import Fate, Opened, Scope

PackedRead: TypeAlias = tuple[bytes, bytes, bytes, bytes]
"""Actor, agency, purpose, classes: elements of PostgreSQL's binary arrays, length first, here and below."""
Columns: TypeAlias = tuple[bytes, bytes, bytes, bytes, bytes, bytes, bytes]
"""Of the facts of one command, one after the other: stream, version, topic, fact id, time, leaf, frame."""
Place: TypeAlias = tuple[bytes, bytes]
"""A stream, and its version before."""
Packed: TypeAlias = tuple[
    int, int, bytes, bytes, bytes, bytes, Columns, tuple[PackedRead, ...], tuple[bytes, ...], tuple[Place, ...]
]
"""Time in microseconds since 1970, number of facts, command id, request, stream, version before, facts, reads, parties,
other streams of which it decides.
"""

_LENGTH: Final = struct.Struct(">i")
_INT4: Final = struct.Struct(">ii")
_INT8: Final = struct.Struct(">iq")
_ID: Final = _LENGTH.pack(16)
_EPOCH_OF_POSTGRESQL: Final = (date(2000, 1, 1) - date(1970, 1, 1)).days * 86_400_000_000
"""In microseconds since 1970."""
_STATEMENT_TIMEOUT_MS: Final = 60_000
_DONE: Final = frozenset({Fate.RECORDED, Fate.REPEATED})


class NotNext(Exception):  # noqa: N818 - what it is
    """A command does not follow what the record holds: somebody else writes to its stream.

    The batch is recorded without it and without those that share its stream.
    """


class Sealed(NamedTuple):
    """A fact as the record stores it, without what follows from the command and from its place in the stream."""

    topic: str
    fact_id: UUID
    leaf: bytes
    frame: bytes


class Appended(NamedTuple):
    """What became of a batch."""

    facts: int
    """Recorded now."""
    firsts: Sequence[int]
    """Position of the first fact of each command, in order."""


class Prepared(NamedTuple):
    """A plain command, decided and sealed: what :class:`Submission` says with an object for each fact."""

    command_id: UUID
    request: bytes
    stream: UUID
    version: int
    """Of the stream before this command."""
    at: int
    """When all of its facts were recorded, in microseconds since 1970."""
    facts: Sequence[Sealed]
    """At least one."""
    opened: Sequence[Opened] = ()
    scopes: Sequence[Scope] = ()
    elsewhere: Sequence[tuple[UUID, int, Sequence[Sealed]]] = ()
    """Other streams of which the command decides, each with its version before and its facts."""


def packed(prepared: Prepared) -> Packed:
    """Return a command as plain values.

    :raises ValueError: when nothing follows from it.
    """
    command_id, request, stream_id, version, at, facts, opened, scopes, elsewhere = prepared
    if not facts:
        message = "a command from which nothing follows is not loaded in bulk"
        raise ValueError(message)
    stream = _ID + stream_id.bytes
    time = _INT8.pack(8, at - _EPOCH_OF_POSTGRESQL)
    many, streams = len(facts), stream * len(facts)
    versions = topics = fact_ids = leaves = frames = b""
    numbered: Iterable[tuple[int, Sealed]] = enumerate(facts, start=version + 1)
    if elsewhere:
        more = [(nth, fact) for _, before, others in elsewhere for nth, fact in enumerate(others, start=before + 1)]
        numbered, many = [*numbered, *more], many + len(more)
        streams += b"".join((_ID + other.bytes) * len(others) for other, _, others in elsewhere)
    for nth, (topic, fact_id, leaf, frame) in numbered:
        versions += _INT4.pack(4, nth)
        topics += _text(topic)
        fact_ids += _ID + fact_id.bytes
        leaves += _LENGTH.pack(len(leaf)) + leaf
        frames += _LENGTH.pack(len(frame)) + frame
    return (
        at,
        many,
        _ID + command_id.bytes,
        _LENGTH.pack(len(request)) + request,
        stream,
        _INT4.pack(4, version),
        (streams, versions, topics, fact_ids, time * many, leaves, frames),
        tuple(_read(one) for one in opened),
        tuple(_text(scope.party) for scope in scopes),
        tuple((_ID + other.bytes, _INT4.pack(4, before)) for other, before, _ in elsewhere),
    )


@lru_cache(maxsize=4_096)
def _text(text: str) -> bytes:
    raw = text.encode()
    return _LENGTH.pack(len(raw)) + raw


def _read(opened: Opened) -> PackedRead:
    classes = ",".join(sorted(opened.classes))
    return _ID + opened.actor.bytes, _text(opened.agency), _text(opened.purpose), _text(classes)


def arguments(batch: Sequence[Packed]) -> tuple[object, ...]:
    """Return the parameters of the statement: those of :func:`adapters.record.append.parameters`, byte for byte."""
    leaders: list[tuple[int, bytes, bytes]] = []
    seen: set[bytes] = set()
    owners: list[bytes] = []
    for idx, one in enumerate(batch):
        owners.append(_INT4.pack(4, idx) * one[1])
        for stream, before in ((one[4], one[5]), *one[9]):
            if stream not in seen:
                seen.add(stream)
                leaders.append((idx, stream, before))
    total = sum(one[1] for one in batch)
    streams, versions, topics, fact_ids, times, leaves, frames = zip(*(one[6] for one in batch), strict=True)
    reads = [(idx, one[4], read) for idx, one in enumerate(batch) for read in one[7]]
    scopes = [(idx, one[4], party) for idx, one in enumerate(batch) for party in one[8]]
    nobody = (Int4Array([]), TextArray([]), Int8Array([]))
    return (
        Int4Array.of(range(len(batch))),
        Int4Array.of(_bundles(batch)),
        UuidArray([one[2] for one in batch]),
        ByteaArray([one[3] for one in batch]),
        Int4Array.of(idx for idx, _, _ in leaders),
        UuidArray([stream for _, stream, _ in leaders]),
        Int4Array([before for _, _, before in leaders]),
        Int4Array.of(0 for _ in leaders),
        *nobody,
        Int4Array(owners, total),
        UuidArray(streams, total),
        Int4Array(versions, total),
        TextArray(topics, total),
        UuidArray(fact_ids, total),
        TimestampArray(times, total),
        ByteaArray(leaves, total),
        ByteaArray(frames, total),
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


def _bundles(batch: Sequence[Packed]) -> list[int]:
    """Return the bundle of each command: the first that shares a stream with it, directly or through others."""
    first: dict[bytes, int] = {}
    joined = list(range(len(batch)))
    for idx, one in enumerate(batch):
        for stream in (one[4], *(place[0] for place in one[9])):
            one_root, other_root = _root(joined, idx), _root(joined, first.setdefault(stream, idx))
            joined[max(one_root, other_root)] = min(one_root, other_root)
    return [_root(joined, idx) for idx in joined]


def _root(joined: list[int], idx: int) -> int:
    while joined[idx] != idx:
        joined[idx] = idx = joined[joined[idx]]
    return idx


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

    async def append(self, batch: Sequence[object]) -> Appended:
        """Append what :func:`arguments` made. Repeated commands add nothing.

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
        rows = sorted(await cursor.fetchall())
        if not _DONE.issuperset({row[1] for row in rows}):
            raise NotNext
        return Appended(sum(row[3] for row in rows if row[1] == Fate.RECORDED), [row[2] for row in rows])
