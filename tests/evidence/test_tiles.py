"""A tree in tiles: the same tree however it grew, in files that anyone who knows tlog-tiles can read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.evidence.merkle import ProofError, root_of
from adapters.evidence.tiles import TileName, nodes_in, path_of, tiles_of, width_at
from tests.evidence.trees import Tiles, leaves_of, mth

MANY = leaves_of(66_000)


@settings(max_examples=30)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=8))
def test_a_tree_is_the_same_however_it_grew(batches: list[int]) -> None:
    size = sum(batches)
    grown = Tiles()
    for batch in batches:
        grown.add(MANY[grown.size : grown.size + batch])
    assert grown.held == Tiles(MANY[:size]).held
    assert root_of(size, grown.nodes) == mth(MANY[:size])


def test_a_tree_of_three_levels_has_the_defined_root() -> None:
    tree = Tiles(MANY)
    assert {name.level for name in tree.held} == {0, 1, 2}
    assert root_of(len(MANY), tree.nodes) == mth(MANY)
    assert {name: len(hashes) // 32 for name, hashes in tree.held.items()} == dict(tiles_of(len(MANY)))


def test_tiles_of_a_smaller_tree_are_prefixes() -> None:
    large, small = Tiles(MANY[:5_000]), Tiles(MANY[:777])
    for name, width in tiles_of(777):
        assert large.held[name][: width * 32] == small.held[name]
        assert width == width_at(name, 777)
    assert width_at(TileName(0, 4), 777) == 0


@pytest.mark.parametrize(
    ("name", "width", "path"),
    [
        (TileName(0, 0), 256, "tile/0/000"),
        (TileName(0, 1234067), 256, "tile/0/x001/x234/067"),
        (TileName(1, 7), 17, "tile/1/007.p/17"),
        (TileName(0, 1000), 1, "tile/0/x001/000.p/1"),
    ],
)
def test_paths_are_those_of_the_specification(name: TileName, width: int, path: str) -> None:
    assert path_of(name, width) == path


def test_a_missing_or_cut_tile_proves_nothing() -> None:
    tree = Tiles(MANY[:300])
    for spoilt in ({}, {**tree.held, TileName(0, 1): tree.held[TileName(0, 1)][:-32]}):
        with pytest.raises(ProofError):
            root_of(300, nodes_in(lambda name, spoilt=spoilt: spoilt.get(name, b"")))  # type: ignore[misc]


def test_a_tree_does_not_grow_on_tiles_of_another_size() -> None:
    tree = Tiles(MANY[:300])
    tree.held[TileName(0, 1)] += MANY[0]
    with pytest.raises(ProofError):
        tree.add(MANY[300:301])
