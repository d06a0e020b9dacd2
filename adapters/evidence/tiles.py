"""A tree in tiles of 256 hashes (C2SP tlog-tiles): every eighth height is kept, what lies between is computed.

Tile N of level L holds the roots of perfect subtrees of 2^(8L) leaves, from the (256 N)-th on. All tiles but the last
of a level are full; the last is cut where the tree ends, so that every tile of a smaller tree is a prefix of one here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from typing import Final, NamedTuple, TypeAlias

from adapters.evidence.merkle import HASH_BYTES, Nodes, ProofError, perfect_root

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
    """Return the nodes of the tree that tiles make.

    Each raises :exc:`~adapters.evidence.merkle.ProofError` when its tile is missing or too short.
    """

    def node(height: int, index: int) -> bytes:
        level, above = divmod(height, HEIGHT)
        first = index << above
        number, offset = divmod(first, WIDTH)
        hashes = read(TileName(level, number))
        part = hashes[offset * HASH_BYTES : (offset + (1 << above)) * HASH_BYTES]
        if len(part) != HASH_BYTES << above:
            raise ProofError(f"tile {level}/{number} is missing or too short")
        return perfect_root(split(part))

    return node


def split(hashes: bytes) -> list[bytes]:
    """Return the hashes of a tile one by one."""
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]


def grow(tiles: MutableMapping[TileName, bytes], size: int, leaves: list[bytes], read: ReadTile) -> int:
    """Add leaf hashes to a tree of ``size`` leaves and return its new size; ``tiles`` takes up every tile that grew.

    :raises ProofError: when a tile that has to be there is missing or does not have the length of a tree of this size.
    """
    level, entries, added = 0, size, leaves
    while added:
        complete: list[bytes] = []
        at = 0
        while at < len(added):
            number, width = divmod(entries, WIDTH)
            name = TileName(level, number)
            before = read(name) if width else b""
            if len(before) != width * HASH_BYTES:
                raise ProofError(f"tile {level}/{number} does not hold {width} hashes")
            part = added[at : at + WIDTH - width]
            tiles[name] = before + b"".join(part)
            if width + len(part) == WIDTH:
                complete.append(perfect_root(split(tiles[name])))
            at += len(part)
            entries += len(part)
        level, entries, added = level + 1, (size >> (level + 1) * HEIGHT), complete
    return size + len(leaves)
