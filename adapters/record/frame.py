"""A stored fact as bytes: blocks in a fixed order, and the leaf by which the log proves it.

The layout is for ever; ``docs/adr/0001-form-of-a-fact.md`` is its specification and ``tests/golden`` its proof. A
frame is hashed as stored and never written again.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from hashlib import sha256
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

from domain.ids import id_of
from domain.privacy import BlockLabel

FORMAT: Final = 1
"""First byte of a frame of blocks."""
FORMAT_BYTE: Final = bytes([FORMAT])
FOREIGN: Final = 0
"""First byte of a frame that holds one opaque payload: what other applications of the library store."""
_FOREIGN_BYTE: Final = bytes([FOREIGN])

_HEAD: Final = struct.Struct(">BH16sI")
"""Of a block: label, key version (0: not sealed), subject (zeros: none), length of the payload; big-endian."""
_HEAD_BYTES: Final = _HEAD.size
_LABELS: Final = dict(enumerate(BlockLabel, start=1))
_CODES: Final = {label: code for code, label in _LABELS.items()}
_LABEL_AND_LENGTH: Final = struct.Struct(">B18xI")
"""What of a block's head is needed to find the next block."""
_LINE_BEGINS: Final = {code: f"{label.value} " for code, label in _LABELS.items()}
"""By code: how the line of a block begins in a leaf's preimage."""
_LENGTH: Final = struct.Struct(">I").unpack_from
_HEADER_LABEL: Final = BlockLabel.HEADER
_OPEN_LABEL: Final = BlockLabel.OPEN
_HEADER: Final = _CODES[_HEADER_LABEL]
_OPEN: Final = _CODES[_OPEN_LABEL]
_unbegun: Final = sha256().copy
"""A copy of a hash takes a tenth less time than a new one: OpenSSL looks nothing up."""
_NO_SUBJECT: Final = bytes(16)
_LAST_BARE: Final = 2
"""Header and open stand at most once and under no key; labels after them only sealed, and for somebody."""


class Block(NamedTuple):
    """One part of a stored fact, readable by one kind of reader."""

    label: BlockLabel
    payload: bytes
    """Open: 16 bytes of salt, then JSON. Sealed: 12 bytes of nonce, then ciphertext and tag."""
    key_version: int = 0
    subject: UUID | None = None

    def encoded(self) -> bytes:
        """Return the block as it stands in a frame and as it is hashed: head and payload."""
        return head_of(self.label, self.key_version, self.subject) + len(self.payload).to_bytes(4) + self.payload

    @property
    def sealed(self) -> bool:
        """Whether a key is needed to read it."""
        return self.key_version > 0


def head_of(label: BlockLabel, key_version: int = 0, subject: UUID | None = None) -> bytes:
    """Return the head of a block without the length of its payload, which follows in four bytes."""
    return _HEAD.pack(_CODES[label], key_version, _NO_SUBJECT if subject is None else subject.bytes, 0)[:-4]


HEADER_HEAD: Final = head_of(BlockLabel.HEADER)
OPEN_HEAD: Final = head_of(BlockLabel.OPEN)
_BEGINS: Final = FORMAT_BYTE + HEADER_HEAD
_FIRST: Final = 1 + _HEAD_BYTES
"""Where the header's payload begins."""


class MalformedFrame(ValueError):  # noqa: N818 - what it is
    """Stored bytes are not a frame. They were altered, or written by a newer program."""


Part: TypeAlias = tuple[BlockLabel, int, bytes, int, int]
"""A block where it stands: label, key version, subject (zeros: nobody), and from where to where its payload goes."""


def parts_of(frame: bytes) -> list[Part]:
    """Return where the blocks of a frame stand.

    :raises MalformedFrame: when it is not a whole number of known blocks in order, header first, personal ones sealed.
    """
    size = len(frame)
    if size >= _FIRST and frame.startswith(_BEGINS):
        # Two facts of three are nothing but header and open fields, and are seen to be whole in half the time.
        middle = _FIRST + _LENGTH(frame, _FIRST - 4)[0]
        second = middle + _HEAD_BYTES
        if frame.startswith(OPEN_HEAD, middle) and second <= size == second + _LENGTH(frame, second - 4)[0]:
            return [(_HEADER_LABEL, 0, _NO_SUBJECT, _FIRST, middle), (_OPEN_LABEL, 0, _NO_SUBJECT, second, size)]
    return _parts_of(frame)


def _parts_of(frame: bytes) -> list[Part]:
    """Return where the blocks of whatever frame stand."""
    if not frame or frame[0] != FORMAT:
        message = "a stored fact does not begin with the format byte"
        raise MalformedFrame(message)
    parts: list[Part] = []
    at, size, last, unpack = 1, len(frame), 0, _HEAD.unpack_from
    while at < size:
        if at + _HEAD_BYTES > size:
            message = "a stored fact ends inside the head of a block"
            raise MalformedFrame(message)
        code, key_version, subject, length = unpack(frame, at)
        start = at + _HEAD_BYTES
        at = start + length
        bare = code <= _LAST_BARE
        if (label := _LABELS.get(code)) is None or code < last + bare or at > size:
            message = "a stored fact holds an unknown, misplaced or cut block"
            raise MalformedFrame(message)
        if bare != (key_version == 0) or bare != (subject == _NO_SUBJECT):
            message = "a stored fact holds a personal block that is not sealed, or a block sealed for nobody"
            raise MalformedFrame(message)
        parts.append((label, key_version, subject, start, at))
        last = code
    if not parts or parts[0][0] is not BlockLabel.HEADER:
        message = "a stored fact has no header"
        raise MalformedFrame(message)
    return parts


def decode(frame: bytes) -> list[Block]:
    """Return the blocks of a frame.

    :raises MalformedFrame: as :func:`parts_of`.
    """
    return [
        Block(label, frame[start:end], key_version, subject_of(subject) if key_version else None)
        for label, key_version, subject, start, end in parts_of(frame)
    ]


@lru_cache(maxsize=4_096)
def subject_of(raw: bytes) -> UUID:
    """Return the id; the blocks of a stream name the same person again and again."""
    return id_of(int.from_bytes(raw))


def leaf_of(frame: bytes, origin: str) -> bytes:
    """Return the 32-byte leaf of a stored frame: what anyone computes from the stored bytes alone.

    SHA-256 over 0x00 and the preimage: format, origin, and a line with label and hash for each block.

    It is asked of every fact by the sealer, so it looks no closer at the blocks than it has to; :func:`parts_of` does.
    A frame of header and open, as most are, takes a third less time here than by the lines of its blocks.

    :raises MalformedFrame: when the bytes are not a whole number of known blocks.
    """
    measured = _LABEL_AND_LENGTH.unpack_from
    try:
        first, length = measured(frame, 1)
        middle = 1 + _HEAD_BYTES + length
        second, length = measured(frame, middle)
    except struct.error:
        return _leaf_by_lines(frame, origin)
    plain = first == _HEADER and second == _OPEN and middle + _HEAD_BYTES + length == len(frame)
    if not plain or frame[0] != FORMAT:
        return _leaf_by_lines(frame, origin)
    header, opened, leaf = _unbegun(), _unbegun(), _unbegun()
    header.update(frame[1:middle])
    opened.update(frame[middle:])
    leaf.update(f"\0homeward/1\n{origin}\nheader {header.hexdigest()}\nopen {opened.hexdigest()}\n".encode())
    return leaf.digest()


def _leaf_by_lines(frame: bytes, origin: str) -> bytes:
    """Return the leaf of whatever frame."""
    if frame[:1] == _FOREIGN_BYTE:
        return sha256(f"\0homeward/1\n{origin}\nforeign {sha256(frame).hexdigest()}\n".encode()).digest()
    lines = f"\0homeward/1\n{origin}\n"
    at, size, begins, measured = 1, len(frame), _LINE_BEGINS, _LABEL_AND_LENGTH.unpack_from
    try:
        while at < size:
            label, length = measured(frame, at)
            start, at = at, at + _HEAD_BYTES + length
            lines += f"{begins[label]}{sha256(frame[start:at]).hexdigest()}\n"
    except (KeyError, struct.error):
        message = "a stored fact holds an unknown block, or ends inside the head of one"
        raise MalformedFrame(message) from None
    if at != size or at == 1 or frame[0] != FORMAT:
        message = "a stored fact ends inside a block, or is none"
        raise MalformedFrame(message)
    return sha256(lines.encode()).digest()
