"""A leaf follows from the stored bytes alone, as RFC 6962 hashes leaves, and from every one of them."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.record.frame import MalformedFrame, leaf_of
from tests.record.by_hand import HandBlock, blocks_of, framed, leaf_by_hand, replaced

ORIGIN = "homeward.test/leaf"
PERSON, OTHER = (UUID(int=n).bytes for n in (1, 2))
FRAME = framed(
    HandBlock("header", b"salt" * 4 + b'{"stream":"1"}'),
    HandBlock("open", b"tlas" * 4 + b"{}"),
    HandBlock("identity", b"sealed", 1, PERSON),
    HandBlock("identity", b"sealed too", 2, OTHER),
)
PLAIN = framed(*blocks_of(FRAME)[:2])


def test_a_leaf_is_the_hash_of_a_zero_byte_and_these_lines() -> None:
    header, opened, identity, another = (sha256(block.stored).hexdigest() for block in blocks_of(FRAME))
    preimage = (
        f"homeward/1\nhomeward.test/leaf\nheader {header}\nopen {opened}\nidentity {identity}\nidentity {another}\n"
    )
    assert leaf_of(FRAME, ORIGIN) == sha256(b"\x00" + preimage.encode()).digest() == leaf_by_hand(FRAME, ORIGIN)


def test_the_leaf_of_these_bytes_is_this_for_ever() -> None:
    assert leaf_of(bytes.fromhex("01010000" + "00" * 16 + "000000027b7d"), "origin").hex() == (
        "3deb612418789960bdcc42eac5f7ad85cc9b22106b03074a21b5aceab0acee47"  # as sha256sum says
    )


def test_what_another_application_stored_is_one_line_over_the_whole_frame() -> None:
    frame = b"\x00whatever it likes"
    preimage = f"homeward/1\n{ORIGIN}\nforeign {sha256(frame).hexdigest()}\n"
    assert leaf_of(frame, ORIGIN) == sha256(b"\x00" + preimage.encode()).digest()


def test_a_leaf_belongs_to_one_log() -> None:
    assert leaf_of(FRAME, ORIGIN) != leaf_of(FRAME, "homeward.test/other")


@given(st.data())
def test_no_byte_can_change_without_the_leaf(data: st.DataObject) -> None:
    frame = data.draw(st.sampled_from([FRAME, PLAIN]))
    place, flip = data.draw(st.integers(0, len(frame) - 1)), data.draw(st.integers(1, 255))
    altered = frame[:place] + bytes([frame[place] ^ flip]) + frame[place + 1 :]
    try:
        leaf = leaf_of(altered, ORIGIN)
    except MalformedFrame:
        return
    assert leaf != leaf_of(frame, ORIGIN)


@pytest.mark.parametrize("blocks", [(0,), (0, 1), (0, 2), (0, 1, 2), (0, 0), (0, 1, 1), (1, 0)])
def test_the_leaf_of_frames_of_every_shape_is_that_of_the_specification(blocks: tuple[int, ...]) -> None:
    known = blocks_of(FRAME)
    frame = framed(*(known[number] for number in blocks))
    assert leaf_of(frame, ORIGIN) == leaf_by_hand(frame, ORIGIN)


def test_a_plain_frame_cut_anywhere_but_between_its_blocks_has_no_leaf() -> None:
    for end in range(len(PLAIN)):
        if end != PLAIN.index(b"tlas") - 23:
            with pytest.raises(MalformedFrame):
                leaf_of(PLAIN[:end], ORIGIN)
    with pytest.raises(MalformedFrame):
        leaf_of(PLAIN + b"0", ORIGIN)


def test_a_block_cannot_change_its_person_its_key_or_its_label() -> None:
    blocks = blocks_of(FRAME)
    identity = blocks[2]
    leaves = {
        leaf_of(replaced(blocks, "identity", changed), ORIGIN)
        for changed in (
            identity,
            identity._replace(subject=OTHER),
            identity._replace(key_version=3),
            identity._replace(label="narrative"),
        )
    }
    assert len(leaves) == 4
    assert leaf_of(FRAME, ORIGIN) not in leaves


def test_blocks_cannot_change_places() -> None:
    header, opened, first, second = blocks_of(FRAME)
    assert leaf_of(framed(header, opened, second, first), ORIGIN) != leaf_of(FRAME, ORIGIN)


@pytest.mark.parametrize("frame", [b"", b"\x01", b"\x02anything"])
def test_what_is_no_frame_has_no_leaf(frame: bytes) -> None:
    with pytest.raises(MalformedFrame):
        leaf_of(frame, ORIGIN)
