"""Trees and proofs against the definition, against another implementation, and against the official vectors."""

from __future__ import annotations

import json
import os
from base64 import b64decode
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree  # type: ignore[import-untyped]
from pymerkle.proof import verify_consistency as they_verify_consistency
from pymerkle.proof import verify_inclusion as they_verify_inclusion

from adapters.evidence.merkle import (
    EMPTY_ROOT,
    Frontier,
    ProofError,
    consistency_path,
    inclusion_path,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from tests.evidence.trees import Tiles, leaves_of, mth, path, proof

UP_TO = 256
LEAVES = leaves_of(UP_TO + 44)
NODES = cache(Tiles(LEAVES).nodes)
ROOTS = [mth(LEAVES[:size]) for size in range(len(LEAVES) + 1)]


# ---------------------------------------------------------------- the definition
def test_the_empty_tree_has_the_root_of_nothing() -> None:
    assert Frontier().root() == EMPTY_ROOT == root_of(0, NODES) == mth([])


def test_every_root_is_the_defined_one() -> None:
    frontier = Frontier()
    for size, leaf in enumerate(LEAVES, start=1):
        frontier.extend([leaf])
        assert frontier.root() == root_of(size, NODES) == ROOTS[size], size


def test_every_audit_path_is_the_defined_one() -> None:
    for size in range(1, 65):
        for index in range(size):
            assert inclusion_path(index, size, NODES) == path(index, LEAVES[:size]), (index, size)


def test_every_leaf_of_every_tree_is_shown_to_be_there() -> None:
    for size in range(1, UP_TO + 1):
        for index in range(size):
            verify_inclusion(index, size, LEAVES[index], inclusion_path(index, size, NODES), ROOTS[size])


def test_every_tree_is_shown_to_be_a_prefix_of_every_later_one() -> None:
    for new in range(1, UP_TO + 1):
        for old in range(1, new + 1):
            verify_consistency(old, new, ROOTS[old], ROOTS[new], consistency_path(old, new, NODES))


def test_every_consistency_proof_is_the_defined_one() -> None:
    for new in range(1, 65):
        for old in range(1, new + 1):
            assert consistency_path(old, new, NODES) == proof(old, LEAVES[:new]), (old, new)


# ---------------------------------------------------------------- what is refused
def test_nothing_is_proved_from_the_empty_tree() -> None:
    with pytest.raises(ProofError):
        verify_consistency(0, 5, EMPTY_ROOT, ROOTS[5], [])
    with pytest.raises(ProofError):
        verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    with pytest.raises(ProofError):
        consistency_path(0, 5, NODES)


@pytest.mark.parametrize(("old", "new"), [(6, 5), (-1, 5)])
def test_a_tree_does_not_shrink(old: int, new: int) -> None:
    with pytest.raises(ProofError):
        consistency_path(old, new, NODES)
    with pytest.raises(ProofError):
        verify_consistency(old, new, ROOTS[6], ROOTS[5], [])


@pytest.mark.parametrize(("index", "size"), [(5, 5), (-1, 5), (0, 0)])
def test_a_tree_has_no_leaf_outside_it(index: int, size: int) -> None:
    with pytest.raises(ProofError):
        inclusion_path(index, size, NODES)
    with pytest.raises(ProofError):
        verify_inclusion(index, size, LEAVES[0], [], ROOTS[1])


@given(st.integers(1, UP_TO), st.data())
def test_a_proof_for_one_leaf_is_none_for_another(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index)) if size > 1 else None
    found = inclusion_path(index, size, NODES)
    if other is not None:
        with pytest.raises(ProofError):
            verify_inclusion(other, size, LEAVES[index], found, ROOTS[size])
    with pytest.raises(ProofError):
        verify_inclusion(index, size, LEAVES[(index + 1) % len(LEAVES)], found, ROOTS[size])


@given(st.integers(1, UP_TO), st.data())
def test_a_bent_proof_is_no_proof(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    found = consistency_path(old, new, NODES)
    bent = data.draw(
        st.sampled_from(
            [
                [*found, found[0] if found else ROOTS[1]],
                [ROOTS[2], *found],
                *([found[1:], found[:-1], [found[0][:31], *found[1:]]] if found else []),
            ]
        )
    )
    with pytest.raises(ProofError):
        verify_consistency(old, new, ROOTS[old], ROOTS[new], bent)
    for wrong in ((ROOTS[old + 1], ROOTS[new]), (ROOTS[old], ROOTS[new + 1])):
        with pytest.raises(ProofError):
            verify_consistency(old, new, *wrong, found)


# ---------------------------------------------------------------- another implementation
@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 33, 100, 255, 256, 257])
def test_another_implementation_agrees(size: int) -> None:
    entries = [f"entry {n}".encode() for n in range(size)]
    theirs = InmemoryTree.init_from_entries(entries, algorithm="sha256")
    ours = Tiles([leaf_hash(entry) for entry in entries])
    assert theirs.get_root() == root_of(size, ours.nodes)
    for index in {0, size // 3, size - 1}:
        their_path = theirs.prove_inclusion(index + 1)
        they_verify_inclusion(leaf_hash(entries[index]), root_of(size, ours.nodes), their_path)
        assert their_path.path[1:] == inclusion_path(index, size, ours.nodes)
    for old in {1, size // 2, size} - {0}:
        they_verify_consistency(
            root_of(old, ours.nodes), root_of(size, ours.nodes), theirs.prove_consistency(old, size)
        )


# ---------------------------------------------------------------- the official vectors, where they are
def vectors(name: str) -> list[Any]:
    """Return the vectors; none, and so no test, where ``HOMEWARD_VECTORS`` names no folder."""
    folder = os.environ.get("HOMEWARD_VECTORS")
    if folder is None:
        return []
    return [pytest.param(each, id=each["name"]) for each in json.loads((Path(folder) / "merkle" / name).read_bytes())]


def decoded(vector: dict[str, Any], name: str) -> bytes:
    return b64decode(vector.get(name) or "")


def is_refused(work: Any) -> bool:
    try:
        work()
    except ProofError:
        return True
    return False


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name in ("inclusion", "consistency"):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, vectors(f"{name}.json"))


if "HOMEWARD_VECTORS" in os.environ:

    def test_official_inclusion(inclusion: dict[str, Any]) -> None:
        steps = [b64decode(each) for each in inclusion.get("proof") or []]
        index, size = inclusion.get("leafIdx", 0), inclusion.get("treeSize", 0)
        refused = is_refused(
            lambda: verify_inclusion(index, size, decoded(inclusion, "leafHash"), steps, decoded(inclusion, "root"))
        )
        assert refused is inclusion["wantErr"]

    def test_official_consistency(consistency: dict[str, Any]) -> None:
        steps = [b64decode(each) for each in consistency.get("proof") or []]
        old, new = consistency.get("size1", 0), consistency.get("size2", 0)
        refused = is_refused(
            lambda: verify_consistency(old, new, decoded(consistency, "root1"), decoded(consistency, "root2"), steps)
        )
        assert refused is consistency["wantErr"]
