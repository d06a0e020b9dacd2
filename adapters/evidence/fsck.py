"""The live record against its log: every stored fact is hashed again and compared with tiles and published head.

For whoever runs the record: it also compares what no bundle holds, the columns beside each fact with its header.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg

from adapters.evidence.kept import LogRows
from adapters.evidence.local import LocalLog
from adapters.evidence.log import LogRefused
from adapters.evidence.merkle import Frontier
from adapters.evidence.standing import published_head, shown_to_follow
from adapters.evidence.tiles import FULL_BYTES, HEIGHT, WIDTH, TileName, grow, split
from adapters.record.frame import FOREIGN, MalformedFrame, decode, leaf_of
from adapters.record.header import read_header, written

FETCHED: Final = 1_000
NOTHING: Final = bytes(32)
"""In the place of a leaf that cannot be had."""
LEVELS: Final = 8
LISTED: Final = 1_000
"""Faults that are told one by one; all are counted."""
ROWS: Final = """
SELECT position, stream, version, topic, fact_id, recorded_at, leaf, frame FROM record.fact ORDER BY position
"""
Progress = Callable[[int, int], None]


class Row(NamedTuple):
    """A fact as it is stored."""

    position: int
    stream: UUID
    version: int
    topic: str
    fact_id: UUID | None
    recorded_at: datetime
    leaf: bytes
    frame: bytes


@dataclass
class FsckReport:
    """What was found."""

    facts: int = 0
    sealed: int = 0
    """Facts up to the stored head."""
    faults: int = 0
    listed: list[tuple[int, str]] = field(default_factory=list)
    """Position, 0 when it is not about one fact, and what is wrong."""

    @property
    def first(self) -> int | None:
        """The first bad position; 0 when something is wrong that is not about one fact."""
        return min((position for position, _ in self.listed if position), default=0 if self.listed else None)

    def fault(self, position: int, what: str) -> None:
        """Note something that is wrong."""
        self.faults += 1
        if len(self.listed) < LISTED:
            self.listed.append((position, what))


class Inspection:
    """One pass over the record, on one connection and one snapshot."""

    def __init__(self, connection: psycopg.Connection[Any], local: LocalLog) -> None:
        self._connection: Final = connection
        self._local: Final = local
        self._rows: Final = LogRows(connection, local.log)
        self._report: Final = FsckReport()
        self._tree: Final = Frontier()
        self._edge: Final[dict[TileName, bytes]] = {}
        self._waiting: Final[list[bytes]] = []
        self._bad: Final[set[tuple[int, int]]] = set()
        """Entries of tiles, by level and index, of which it was told that they differ, or that one below them does."""

    def run(self, progress: Progress) -> FsckReport:
        """Compare everything, and return what was found."""
        published = published_head(self._local.heads, self._local.signer)
        with self._connection.transaction():
            self._connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            head = self._rows.head()
            self._report.sealed = head.size if head is not None else 0
            for row in self._facts():
                self._look(row)
                if self._report.facts % FETCHED == 0:
                    progress(self._report.facts, max(self._report.facts, self._report.sealed))
            self._compare_tiles()
            if self._report.facts < self._report.sealed:
                self._report.fault(self._report.facts + 1, "Facts that were sealed are gone, from here to the end.")
            if head is None:
                self._report.fault(0, "The log was never opened.")
                return self._report
            try:
                shown_to_follow(self._rows, head, published)
            except LogRefused as refused:
                self._report.fault(0, str(refused))
            if self._tree.size == head.size and self._tree.root() != head.root:
                self._report.fault(0, "The facts do not lead to the stored head.")
        return self._report

    def _facts(self) -> Iterator[Row]:
        with self._connection.cursor("inspected") as cursor:
            cursor.itersize = FETCHED
            cursor.execute(ROWS, binary=True)
            for row in cursor:
                yield Row(*row)

    def _look(self, row: Row) -> None:
        """Compare a fact with its columns, and let the tree grow by it."""
        report = self._report
        report.facts += 1
        if row.position != report.facts:
            report.fault(report.facts, "Missing, or it stands at another position.")
            for _ in range(report.facts, min(row.position, report.sealed + 1)):
                self._take(NOTHING)
            report.facts = row.position
        try:
            leaf = leaf_of(row.frame, self._local.log.origin)
            if differing := _columns_that_differ(row):
                report.fault(row.position, f"The columns say another {', '.join(differing)} than the fact.")
        except (MalformedFrame, ValueError, KeyError):
            report.fault(row.position, "What is stored is no fact.")
            leaf = NOTHING
        if leaf != row.leaf:
            report.fault(row.position, "The column leaf is not that of the fact.")
        if row.position <= report.sealed:
            self._take(leaf)

    def _take(self, leaf: bytes) -> None:
        self._waiting.append(leaf)
        if len(self._waiting) == WIDTH:
            self._compare_tiles()

    def _compare_tiles(self) -> None:
        """Compare what the facts lead to with the tiles that are stored."""
        if not self._waiting:
            return
        size = self._tree.size
        grown = grow(size, self._tree.extend(self._waiting), lambda name: self._edge.get(name, b""))
        self._waiting.clear()
        stored = self._rows.tiles(grown)
        for name, hashes in grown.items():
            there = stored.get(name, b"")[: len(hashes)]
            if there != hashes:
                self._tell(name, split(hashes), split(there))
        self._edge.update(grown)
        for name in [name for name, hashes in self._edge.items() if len(hashes) == FULL_BYTES]:
            del self._edge[name]

    def _tell(self, name: TileName, hashes: list[bytes], there: list[bytes]) -> None:
        """Name what differs; what follows from a fault below it is not told again."""
        for offset, (mine, stored) in enumerate(zip_longest(hashes, there)):
            entry = name.number * WIDTH + offset
            if mine == stored or (name.level, entry) in self._bad:
                continue
            what = f"Tile {name.level}/{name.number} is not what the facts lead to."
            if name.level == 0:
                what = "It is not the fact that was sealed."
            self._report.fault((entry << name.level * HEIGHT) + 1, what)
            self._bad.update((level, entry >> (level - name.level) * HEIGHT) for level in range(name.level, LEVELS))


def _columns_that_differ(row: Row) -> list[str]:
    """Return the columns that do not say what the header says. Facts of other applications have no header."""
    if row.frame[:1] == bytes([FOREIGN]):
        return []
    header = read_header(decode(row.frame)[0].payload)
    said = {
        "stream": row.stream.hex,
        "version": row.version,
        "topic": row.topic,
        "fact": row.fact_id and row.fact_id.hex,
        "recorded_at": written(row.recorded_at),
    }
    return [name for name, value in said.items() if header.get(name) != value]
