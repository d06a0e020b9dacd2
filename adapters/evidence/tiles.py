"""A tree in tiles of 256 hashes (C2SP tlog-tiles): every eighth height is kept, what lies between is computed.

Tile N of level L holds the roots of perfect subtrees of 2^(8L) leaves, from the (256 N)-th on. All tiles but the last
of a level are full; the last is cut where the tree ends, so that every tile of a smaller tree is a prefix of one here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple, TypeAlias

from adapters.evidence.merkle import HASH_BYTES, Nodes, ProofError, parents, perfect_root

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
"""Hashes in a full tile."""
FULL_BYTES: Final = WIDTH * HASH_BYTES


class TileName(NamedTuple):
    """Where a tile stands."""

    level: int
    number: int


ReadTile: TypeAlias = Callable[[TileName], bytes]
"""Name → the hashes of the tile as far as they are known, one after the other; empty when there is none."""


def tiles_of(size: int) -> Iterator[tuple[TileName, int]]:
    """Yield every tile of a tree with the number of hashes in it, level by level."""
    level = 0
    while size >> level * HEIGHT:
        entries = size >> level * HEIGHT
        for number in range(-(-entries // WIDTH)):
            yield TileName(level, number), min(WIDTH, entries - number * WIDTH)
        level += 1


def width_at(name: TileName, size: int) -> int:
    """Return how many hashes a tile holds in a tree of a size; 0 when that tree does not reach it."""
    return max(0, min(WIDTH, (size >> name.level * HEIGHT) - name.number * WIDTH))


def path_of(name: TileName, width: int) -> str:
    """Return the path of a tile: ``tile/0/x001/234``, ``tile/1/000.p/17`` when it is not full."""
    groups = f"{name.number:03d}"
    groups = groups.rjust(-(-len(groups) // 3) * 3, "0")
    parts = [groups[at : at + 3] for at in range(0, len(groups), 3)]
    place = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
    return f"tile/{name.level}/{place}" + (f".p/{width}" if width < WIDTH else "")


def nodes_in(read: ReadTile) -> Nodes:
    """Return the nodes of the tree that tiles make; each tile is hashed once.

    Each raises :exc:`~adapters.evidence.merkle.ProofError` when its tile is missing or too short.
    """
    rows = cache(lambda name: _rows_over(read(name)))

    def node(height: int, index: int) -> bytes:
        level, above = divmod(height, HEIGHT)
        number, first = divmod(index << above, WIDTH)
        row, at = rows(TileName(level, number))[above], first >> above
        if at >= len(row):
            raise ProofError(f"tile {level}/{number} is missing or too short")
        return row[at]

    return node


def make_sure_that_full_ones_lead_up(names: Iterable[TileName], read: ReadTile) -> None:
    """Make sure that what stands above each full tile is its root.

    :raises ProofError: when it is not.
    """
    for name in names:
        if len(hashes := read(name)) == FULL_BYTES:
            number, at = divmod(name.number, WIDTH)
            above = read(TileName(name.level + 1, number))[at * HASH_BYTES : (at + 1) * HASH_BYTES]
            if perfect_root(split(hashes)) != above:
                raise ProofError(f"tile {name.level}/{name.number} does not lead to what stands above it")


def _rows_over(hashes: bytes) -> list[list[bytes]]:
    """Return the hashes of a tile and, below the height of the next tile, those of all nodes over them."""
    rows = [split(hashes[: len(hashes) // HASH_BYTES * HASH_BYTES])]
    while len(rows) < HEIGHT:
        rows.append(parents(rows[-1]))
    return rows


def split(hashes: bytes) -> list[bytes]:
    """Return the hashes of a tile one by one."""
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]


def grow(size: int, new: Sequence[Sequence[bytes]], read: ReadTile) -> dict[TileName, bytes]:
    """Return every tile that grows when a tree of ``size`` leaves is extended, as long as it is then.

    ``new`` is what :meth:`~adapters.evidence.merkle.Frontier.extend` returned.

    :raises ProofError: when a tile that has to be there is missing or does not have the length of a tree of this size.
    """
    tiles: dict[TileName, bytes] = {}
    for level, added in enumerate(new[::HEIGHT]):
        number, width = divmod(size >> level * HEIGHT, WIDTH)
        before = read(TileName(level, number)) if width else b""
        if len(before) != width * HASH_BYTES:
            raise ProofError(f"tile {level}/{number} does not hold {width} hashes")
        hashes = before + b"".join(added)
        for at in range(0, len(hashes), FULL_BYTES):
            tiles[TileName(level, number + at // FULL_BYTES)] = hashes[at : at + FULL_BYTES]
    return tiles
