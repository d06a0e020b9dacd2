"""The bytes of a stored fact are what the page about them says, and whatever is not is refused."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.record.frame import FORMAT_BYTE, Block, MalformedFrame, decode
from domain.privacy import BlockLabel
from tests.record.by_hand import LABELS, HandBlock, blocks_of, framed

SUBJECT = UUID("00112233-4455-6677-8899-aabbccddeeff")
HEADER = HandBlock("header", b"salt" * 4 + b"{}")
SEALED = HandBlock("identity", b"nonce and ciphertext", 1, SUBJECT.bytes)


def test_a_frame_is_these_very_bytes() -> None:
    header = Block(BlockLabel.HEADER, b"H")
    opened = Block(BlockLabel.OPEN, b"")
    sealed = Block(BlockLabel.NARRATIVE, b"\xff\x00", 258, SUBJECT)
    assert b"".join((FORMAT_BYTE, header.encoded(), opened.encoded(), sealed.encoded())) == bytes.fromhex(
        """
        01
        01 0000 00000000000000000000000000000000 00000001 48
        02 0000 00000000000000000000000000000000 00000000
        08 0102 00112233445566778899aabbccddeeff 00000002 ff00
        """
    )


def test_labels_have_their_numbers_for_ever() -> None:
    assert [label.value for label in BlockLabel] == list(LABELS)


def test_a_frame_reads_back_as_its_blocks() -> None:
    assert decode(framed(HEADER, SEALED)) == [
        Block(BlockLabel.HEADER, HEADER.payload),
        Block(BlockLabel.IDENTITY, SEALED.payload, 1, SUBJECT),
    ]


@given(
    st.lists(st.tuples(st.sampled_from(LABELS[2:]), st.binary(max_size=80), st.integers(1, 65_535), st.uuids())),
    st.binary(max_size=80),
)
def test_any_blocks_in_order_survive_storage(drawn: list[tuple[str, bytes, int, UUID]], header: bytes) -> None:
    blocks = [HandBlock(label, payload, version, who.bytes) for label, payload, version, who in drawn if who.int]
    blocks.sort(key=lambda block: LABELS.index(block.label))
    frame = framed(HandBlock("header", header), *blocks)
    read = decode(frame)
    assert b"".join((FORMAT_BYTE, *(block.encoded() for block in read))) == frame
    assert [block.payload for block in read] == [block.payload for block in blocks_of(frame)]


@pytest.mark.parametrize("size", range(len(framed(HEADER, SEALED))))
def test_a_frame_cut_anywhere_inside_a_block_is_refused(size: int) -> None:
    frame = framed(HEADER, SEALED)
    if size == len(framed(HEADER)):
        assert len(decode(frame[:size])) == 1, "cut between blocks it is a frame, and another leaf"
    else:
        with pytest.raises(MalformedFrame):
            decode(frame[:size])


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x01", id="no block"),
        pytest.param(b"\x00" + framed(HEADER)[1:], id="foreign format"),
        pytest.param(b"\x02" + framed(HEADER)[1:], id="unknown format"),
        pytest.param(framed(SEALED), id="no header"),
        pytest.param(framed(SEALED, HEADER), id="header last"),
        pytest.param(framed(HEADER, HEADER), id="two headers"),
        pytest.param(framed(HEADER, HandBlock("open", b"a"), HandBlock("open", b"b")), id="two open blocks"),
        pytest.param(framed(HEADER, SEALED, HandBlock("open", b"")), id="out of order"),
        pytest.param(framed(HEADER) + b"\x00", id="a byte too many"),
        pytest.param(framed(HEADER) + b"\x00" + SEALED.stored[1:], id="label 0"),
        pytest.param(framed(HEADER) + b"\x09" + SEALED.stored[1:], id="label 9"),
        pytest.param(framed(HEADER._replace(key_version=1)), id="a sealed header"),
        pytest.param(framed(HEADER._replace(subject=SUBJECT.bytes)), id="a header of a person"),
        pytest.param(framed(HEADER, HandBlock("open", b"", 1, SUBJECT.bytes)), id="a sealed open block"),
        pytest.param(framed(HEADER, SEALED._replace(key_version=0)), id="a personal block that is not sealed"),
        pytest.param(framed(HEADER, SEALED._replace(subject=bytes(16))), id="a sealed block of nobody"),
    ],
)
def test_what_is_no_frame_is_refused(frame: bytes) -> None:
    with pytest.raises(MalformedFrame):
        decode(frame)
