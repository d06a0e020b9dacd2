"""The definition of RFC 6962, 2.1, word for word: slow, and what everything else is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from adapters.evidence.merkle import Frontier, Nodes, root_of
from adapters.evidence.tiles import ReadTile, TileName, grow, nodes_in


def leaves_of(size: int, seed: str = "leaf") -> list[bytes]:
    """Return leaf hashes that differ."""
    return [sha256(b"\x00" + f"{seed} {n}".encode()).digest() for n in range(size)]


def mth(leaves: Sequence[bytes]) -> bytes:
    """MTH(D[n])."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = largest_power_below(len(leaves))
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH(m, D[n])."""
    if len(leaves) == 1:
        return []
    k = largest_power_below(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def proof(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PROOF(m, D[n])."""
    return subproof(m, leaves, whole=True)


def subproof(m: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b)."""
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = largest_power_below(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], whole=whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], whole=False), mth(leaves[:k])]


def largest_power_below(n: int) -> int:
    """k < n <= 2k."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


class Tiles:
    """A tree in memory, grown leaf by leaf or in batches."""

    def __init__(self, leaves: Sequence[bytes] = ()) -> None:
        self.held: dict[TileName, bytes] = {}
        self.size = 0
        self.frontier = Frontier()
        self.add(leaves)

    def add(self, leaves: Sequence[bytes]) -> None:
        self.held |= grow(self.size, self.frontier.extend(leaves), self.read)
        self.size = self.frontier.size

    def root(self) -> bytes:
        return root_of(self.size, self.nodes)

    @property
    def read(self) -> ReadTile:
        return lambda name: self.held.get(name, b"")

    @property
    def nodes(self) -> Nodes:
        return nodes_in(self.read)
