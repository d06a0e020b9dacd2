"""The rows of one log: its tiles, and how far it is sealed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import psycopg

from adapters.evidence.checkpoint import Checkpoint, LogName
from adapters.evidence.log import Log
from adapters.evidence.tiles import ReadTile, TileName

TILES: Final = """
SELECT t.level, t.number, t.hashes FROM unnest(%s::int2[], %s::int8[]) AS w (level, number)
JOIN evidence.tile t ON t.log = %s AND t.level = w.level AND t.number = w.number
"""
PUT: Final = """
INSERT INTO evidence.tile (log, level, number, hashes)
SELECT %s, * FROM unnest(%s::int2[], %s::int8[], %b::bytea[])
ON CONFLICT (log, level, number) DO UPDATE SET hashes = excluded.hashes
"""
HEAD: Final = "SELECT epoch, size, root FROM evidence.head WHERE log = %s"
EDGE: Final = """
SELECT h.epoch, h.size, h.root, l.level, t.number, t.hashes
FROM evidence.head h CROSS JOIN generate_series(0, 7) AS l (level)
LEFT JOIN evidence.tile t ON t.log = h.log AND t.level = l.level AND t.number = (h.size >> 8 * l.level) - 1 >> 8
WHERE h.log = %s AND (h.size >> 8 * l.level > 0 OR l.level = 0)
"""
MOVE: Final = """
INSERT INTO evidence.head (log, epoch, size, root) VALUES (%s, %s, %s, %s)
ON CONFLICT (log) DO UPDATE SET epoch = excluded.epoch, size = excluded.size, root = excluded.root, sealed_at = now()
"""
STEP: Final = f"WITH put AS ({PUT}) {MOVE}"
DECLARATIONS: Final = "SELECT note FROM evidence.declaration WHERE log = %s ORDER BY epoch"


class LogRows:
    """Reads and writes them on one connection."""

    def __init__(self, connection: psycopg.Connection[Any], log: Log) -> None:
        self._connection: Final = connection
        self._log: Final = log

    def head(self) -> Checkpoint | None:
        """Return how far the log is sealed; ``None`` when it was never opened."""
        row = self._connection.execute(HEAD, (self._log.name,), prepare=True, binary=True).fetchone()
        return row and Checkpoint(LogName(self._log.origin, row[0]), row[1], row[2])

    def head_and_edge(self) -> tuple[Checkpoint, dict[TileName, bytes]] | None:
        """Return how far the log is sealed with the last tile of every level, in one question."""
        found = self._connection.execute(EDGE, (self._log.name,), prepare=True, binary=True).fetchall()
        if not found:
            return None
        epoch, size, root = found[0][:3]
        tiles = {TileName(level, number): hashes for _, _, _, level, number, hashes in found if number is not None}
        return Checkpoint(LogName(self._log.origin, epoch), size, root), tiles

    def step(self, tiles: Mapping[TileName, bytes], to: Checkpoint) -> None:
        """Write tiles and say how far they lead, in one statement: :meth:`put` and :meth:`move`."""
        self._connection.execute(STEP, (*self._put(tiles), *self._move(to)), prepare=True)

    def move(self, to: Checkpoint) -> None:
        """Say that the log is sealed as far as that."""
        self._connection.execute(MOVE, self._move(to), prepare=True)

    def tiles(self, names: Iterable[TileName]) -> dict[TileName, bytes]:
        """Return those of the tiles that there are."""
        wanted = list(names)
        rows = self._connection.execute(
            TILES, ([name.level for name in wanted], [name.number for name in wanted], self._log.name), prepare=True,
            binary=True,
        )  # fmt: skip
        return {TileName(level, number): hashes for level, number, hashes in rows}

    def put(self, tiles: Mapping[TileName, bytes]) -> None:
        """Write tiles, new ones and those that grew."""
        self._connection.execute(PUT, self._put(tiles), prepare=True)

    def reader(self, *sizes: int, also: Iterable[TileName] = ()) -> ReadTile:
        """Return a way to read tiles, each once.

        Those at the right edge of trees of these sizes, and those that are asked for also, come at once.
        """
        known = self.tiles({*also, *(name for size in sizes for name in edge(size))})

        def read(name: TileName) -> bytes:
            if name not in known:
                known[name] = self.tiles([name]).get(name, b"")
            return known[name]

        return read

    def declarations(self) -> list[str]:
        """Return the signed declarations of loss, in order of epochs."""
        return [note for (note,) in self._connection.execute(DECLARATIONS, (self._log.name,))]

    def _put(self, tiles: Mapping[TileName, bytes]) -> tuple[object, ...]:
        levels, numbers = [name.level for name in tiles], [name.number for name in tiles]
        return self._log.name, levels, numbers, list(tiles.values())

    def _move(self, to: Checkpoint) -> tuple[object, ...]:
        return self._log.name, to.log.epoch, to.size, to.root


def edge(size: int) -> list[TileName]:
    """Return the last tile of every level of a tree."""
    names, level = [], 0
    while (entries := size >> 8 * level) > 0:
        names.append(TileName(level, (entries - 1) >> 8))
        level += 1
    return names
