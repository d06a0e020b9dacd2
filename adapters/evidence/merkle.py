"""The Merkle tree of RFC 6962, section 2: hashes, frontier, proofs that a leaf is in a tree, or a tree in a later one.

Nothing is added to the proofs of the RFC. A proof from the empty tree is refused: it would hold for every tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Final, TypeAlias

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()
_begun_node: Final = sha256(b"\x01").copy
"""A copy of a hash that has begun takes a tenth less time than a new one: OpenSSL looks nothing up."""

Nodes: TypeAlias = Callable[[int, int], bytes]
"""(height, index) → hash of the index-th perfect subtree of 2^height leaves; leaves have height 0."""


class ProofError(ValueError):
    """A proof does not hold, or cannot be asked for. The sentence says which part; it holds no stored data."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf's bytes."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def parents(row: Sequence[bytes]) -> list[bytes]:
    """Return the hashes over pairs of neighbours; what stands alone at the right has none yet."""
    nodes = []
    for left, right in zip(row[::2], row[1::2], strict=False):
        node = _begun_node()
        node.update(left + right)
        nodes.append(node.digest())
    return nodes


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over a power of two of hashes of equal height."""
    row = hashes
    while len(row) > 1:
        row = parents(row)
    return row[0]


def joined(subtrees: Sequence[bytes]) -> bytes:
    """Return the root over perfect subtrees that decrease in height, left to right; of none, that of the empty tree."""
    if not subtrees:
        return EMPTY_ROOT
    root = subtrees[-1]
    for left in reversed(subtrees[:-1]):
        root = node_hash(left, root)
    return root


def peaks(size: int) -> list[tuple[int, int]]:
    """Return (height, index) of the perfect subtrees that make up a tree, left to right."""
    found, start = [], 0
    for height in reversed(range(size.bit_length())):
        if size >> height & 1:
            found.append((height, start >> height))
            start += 1 << height
    return found


def root_of(size: int, nodes: Nodes) -> bytes:
    """Return the root of the first ``size`` leaves."""
    return joined([nodes(height, index) for height, index in peaks(size)])


class Frontier:
    """What has to be kept of a tree so that it can grow: the roots of the perfect subtrees that it is made of."""

    def __init__(self, size: int = 0, subtrees: Iterable[bytes] = ()) -> None:
        self.size = size
        self._subtrees: Final = list(subtrees)
        if len(self._subtrees) != size.bit_count():
            raise ProofError(f"a tree of {size} leaves is made of {size.bit_count()} perfect subtrees")

    def extend(self, leaves: Sequence[bytes]) -> list[list[bytes]]:
        """Add leaf hashes at the right, in order, and return the roots of the perfect subtrees that are new, by height.

        Those of height 0 are the leaves. Every node is hashed once.
        """
        new, unpaired, height, row = [], [], 0, list(leaves)
        while row:
            new.append(row)
            if self.size >> height & 1:
                row = [self._subtrees.pop(), *row]
            if len(row) & 1:
                unpaired.append(row[-1])
            row = parents(row)
            height += 1
        self._subtrees.extend(reversed(unpaired))
        self.size += len(leaves)
        return new

    def root(self) -> bytes:
        """Return the root of the tree as it stands."""
        return joined(self._subtrees)


def inclusion_path(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """Return the audit path of a leaf (RFC 6962, 2.1.1), nearest sibling first.

    :raises ProofError: when the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ProofError(f"a tree of {size} leaves has no leaf {index}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        split = start + split_below(end - start)
        if index < split:
            path.append(_range_root(split, end, nodes))
            end = split
        else:
            path.append(_range_root(start, split, nodes))
            start = split
    return path[::-1]


def consistency_path(old: int, new: int, nodes: Nodes) -> list[bytes]:
    """Return the proof that the tree of ``old`` leaves is a prefix of that of ``new`` (RFC 6962, 2.1.2).

    :raises ProofError: from the empty tree, or backwards.
    """
    if not 0 < old <= new:
        raise ProofError(f"there is no consistency proof from {old} to {new} leaves")
    path: list[bytes] = []
    start, end = 0, new
    whole = True  # whether the part of the old tree that is looked at is the whole of it
    while old < end:
        split = start + split_below(end - start)
        if old <= split:
            path.append(_range_root(split, end, nodes))
            end = split
        else:
            path.append(_range_root(start, split, nodes))
            start, whole = split, False
    if not whole:
        path.append(_range_root(start, end, nodes))
    return path[::-1]


def root_through(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """Return the root that a leaf and its audit path lead to (RFC 9162, 2.1.3.2).

    :raises ProofError: when the path has not the length that this place in a tree of this size asks for.
    """
    if not 0 <= index < size:
        raise ProofError(f"a tree of {size} leaves has no leaf {index}")
    at, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0 or len(sibling) != HASH_BYTES:
            raise ProofError("an audit path is too long, or holds something that is no hash")
        if at & 1 or at == last:
            root = node_hash(sibling, root)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        at, last = at >> 1, last >> 1
    if last != 0:
        raise ProofError("an audit path is too short")
    return root


def verify_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> None:
    """Make sure that a leaf stands at an index of the tree with a root.

    :raises ProofError: when that is not shown.
    """
    if root_through(index, size, leaf, path) != root:
        raise ProofError("the audit path does not lead from the leaf to the root")


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> None:
    """Make sure that one tree is a prefix of another (RFC 9162, 2.1.4.2).

    :raises ProofError: when that is not shown; always from the empty tree.
    """
    if not 0 < old <= new:
        raise ProofError(f"nothing proves a tree of {new} leaves from one of {old}")
    if old == new:
        if path or old_root != new_root:
            raise ProofError("two trees of one size differ, or a proof stands where none is needed")
        return
    if not path or any(len(each) != HASH_BYTES for each in path):
        raise ProofError("a consistency proof is empty, or holds something that is no hash")
    first, rest = (path[0], path[1:]) if old & (old - 1) else (old_root, path)
    if _roots_through(old, new, first, rest) != (old_root, new_root):
        raise ProofError("the consistency proof does not lead to both roots")


def _roots_through(old: int, new: int, start: bytes, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the roots of both trees that a proof leads to."""
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = start
    for sibling in path:
        if last == 0:
            raise ProofError("a consistency proof is too long")
        if at & 1 or at == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        at, last = at >> 1, last >> 1
    if last != 0:
        raise ProofError("a consistency proof is too short")
    return first, second


def split_below(size: int) -> int:
    """Return the largest power of two below a size of at least two."""
    return 1 << (size - 1).bit_length() - 1


def _range_root(start: int, end: int, nodes: Nodes) -> bytes:
    """Return the root over leaves from a start that is aligned to every subtree in the range."""
    return joined([nodes(height, (start >> height) + index) for height, index in peaks(end - start)])
