"""What must be true of every record, whatever happened to those who wrote it."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import psycopg
from psycopg import IsolationLevel

from tests.record.by_hand import blocks_of, leaf_by_hand, unsalted


class FactRow(NamedTuple):
    """A row of the record."""

    position: int
    stream: UUID
    version: int
    recorded_at: datetime
    recorded_by: datetime
    leaf: bytes
    frame: bytes


class CommandRow(NamedTuple):
    """What the record remembers of a command."""

    command_id: UUID
    first_position: int | None
    facts: int

    @property
    def positions(self) -> tuple[int, ...]:
        """Where its facts stand."""
        first = self.first_position
        return () if first is None else tuple(range(first, first + self.facts))


@dataclass(frozen=True)
class Contents:
    """Everything that a record holds."""

    facts: Sequence[FactRow]
    commands: Sequence[CommandRow]


@dataclass
class Promises:
    """What the writers were told."""

    kept: dict[UUID, tuple[int, ...]] = field(default_factory=dict)
    """Command → positions that were acknowledged."""
    refused: set[UUID] = field(default_factory=set)
    """Commands that were told last that nothing was recorded for them."""


def contents(url: str) -> Contents:
    """Read a whole record at one moment."""
    with psycopg.connect(url) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        facts = connection.execute(
            "SELECT position, stream, version, recorded_at, recorded_by, leaf, frame FROM record.fact ORDER BY position"
        ).fetchall()
        commands = connection.execute("SELECT command_id, first_position, facts FROM record.command").fetchall()
    return Contents([FactRow(*row) for row in facts], [CommandRow(*row) for row in commands])


def faults(record: Contents, promises: Promises, origin: str) -> list[str]:
    """Return a sentence for everything that is wrong; none for a sound record."""
    return [
        *_order_faults(record.facts),
        *_stream_faults(record.facts),
        *_byte_faults(record.facts, origin),
        *_command_faults(record),
        *_promise_faults(record.commands, promises),
    ]


def _order_faults(facts: Sequence[FactRow]) -> list[str]:
    wrong = [
        f"position {row.position} stands where {expected} should"
        for expected, row in enumerate(facts, start=1)
        if row.position != expected
    ][:1]
    reached = itertools.accumulate((row.recorded_at for row in facts), max)
    wrong += [
        f"position {row.position}: recorded_by is not the latest recorded_at so far"
        for row, latest in zip(facts, reached, strict=True)
        if row.recorded_by != latest
    ]
    return wrong


def _stream_faults(facts: Sequence[FactRow]) -> list[str]:
    streams: defaultdict[UUID, list[int]] = defaultdict(list)
    for row in facts:
        streams[row.stream].append(row.version)
    return [
        f"stream {stream}: versions {versions} are not dense and in order"
        for stream, versions in streams.items()
        if versions != list(range(1, len(versions) + 1))
    ]


def _byte_faults(facts: Sequence[FactRow], origin: str) -> list[str]:
    wrong = [
        f"position {row.position}: the leaf does not follow from the frame"
        for row in facts
        if row.leaf != leaf_by_hand(row.frame, origin)
    ]
    for row in facts:
        header = unsalted(blocks_of(row.frame)[0])
        if (header["stream"], header["version"]) != (row.stream.hex, row.version):
            wrong.append(f"position {row.position}: the frame belongs to another stream or version")
    leaves = Counter(row.leaf for row in facts)
    return wrong + [f"leaf {leaf.hex()} stands {times} times" for leaf, times in leaves.items() if times > 1]


def _command_faults(record: Contents) -> list[str]:
    """Each fact follows from one command, and stands where that command's row says."""
    written: defaultdict[UUID, list[int]] = defaultdict(list)
    for row in record.facts:
        written[UUID(unsalted(blocks_of(row.frame)[0])["command"])].append(row.position)
    remembered = {row.command_id: row.positions for row in record.commands}
    return [
        f"command {command}: facts at {written.get(command, [])}, remembered at {remembered.get(command)}"
        for command in remembered.keys() | written.keys()
        if tuple(written.get(command, [])) != remembered.get(command)
    ]


def _promise_faults(commands: Collection[CommandRow], promises: Promises) -> list[str]:
    remembered: Mapping[UUID, tuple[int, ...]] = {row.command_id: row.positions for row in commands}
    lost = [
        f"command {command} was acknowledged at {positions} and stands at {remembered.get(command)}"
        for command, positions in promises.kept.items()
        if remembered.get(command) != positions
    ]
    return lost + [f"command {command} was refused and recorded" for command in promises.refused & remembered.keys()]
