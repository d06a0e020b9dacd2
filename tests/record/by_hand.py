"""Stored facts read and written with nothing but their specification (``docs/adr/0001-form-of-a-fact.md``).

Nothing here knows the program's coder: what both say is what the page says. Only the cipher itself is a library's.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

LABELS = ("header", "open", "identity", "protection", "medical", "security", "judicial", "narrative")
"""In the order of their numbers, from 1."""
HEAD = struct.Struct(">BH16sI")
SALT_BYTES = 16
NONCE_BYTES = 12
NOBODY = bytes(16)


class HandBlock(NamedTuple):
    """One block as the page describes it."""

    label: str
    payload: bytes
    key_version: int = 0
    subject: bytes = NOBODY

    @property
    def stored(self) -> bytes:
        """Head of 23 bytes and payload."""
        number = LABELS.index(self.label) + 1
        return HEAD.pack(number, self.key_version, self.subject, len(self.payload)) + self.payload

    @property
    def key_name(self) -> str:
        """As a header names the key that it was sealed with."""
        return f"{self.label}:{self.key_version}:{self.subject.hex()}"


def framed(*blocks: HandBlock) -> bytes:
    """Return the frame of blocks."""
    return b"\x01" + b"".join(block.stored for block in blocks)


def blocks_of(frame: bytes) -> list[HandBlock]:
    """Return the blocks of a frame that is well formed."""
    assert frame[0] == 1
    blocks, at = [], 1
    while at < len(frame):
        number, key_version, subject, length = HEAD.unpack_from(frame, at)
        at += HEAD.size
        blocks.append(HandBlock(LABELS[number - 1], frame[at : at + length], key_version, subject))
        at += length
    assert at == len(frame)
    return blocks


def leaf_by_hand(frame: bytes, origin: str) -> bytes:
    """Return the leaf of a frame."""
    lines = [f"{block.label} {hashlib.sha256(block.stored).hexdigest()}" for block in blocks_of(frame)]
    preimage = "".join(f"{line}\n" for line in ("homeward/1", origin, *lines))
    return hashlib.sha256(b"\x00" + preimage.encode()).digest()


def salted(fields: Mapping[str, object], salt: bytes = bytes(SALT_BYTES)) -> bytes:
    """Return the payload of a header or an open block."""
    return salt + json.dumps(fields).encode()


def unsalted(block: HandBlock) -> dict[str, Any]:
    """Return what a header or an open block says."""
    read: dict[str, Any] = json.loads(block.payload[SALT_BYTES:])
    return read


def bound_to(header: Mapping[str, Any], block: HandBlock) -> bytes:
    """Return the associated data of a sealed block in the frame with this header."""
    place = [header[key] for key in ("origin", "epoch", "stream", "version", "topic", "schema")]
    return "".join(
        f"{line}\n" for line in ("homeward/1", *place, block.label, block.subject.hex(), block.key_version)
    ).encode()


def plaintext_of(header: Mapping[str, Any], block: HandBlock, key: bytes) -> bytes:
    """Return the padded text in a sealed block.

    :raises InvalidTag: when it does not open here with this key.
    """
    nonce, sealed = block.payload[:NONCE_BYTES], block.payload[NONCE_BYTES:]
    return AESGCMSIV(key).decrypt(nonce, sealed, bound_to(header, block))


def fields_of(frame: bytes, keys: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """Return label → fields of every block that can be read with these keys (by their names in headers)."""
    header, *blocks = blocks_of(frame)
    read = {"header": unsalted(header)}
    for block in blocks:
        if block.label == "open":
            read["open"] = unsalted(block)
        elif block.key_name in keys:
            read[block.label] = json.loads(plaintext_of(read["header"], block, keys[block.key_name]))
    return read


def commitment_by_hand(key: bytes) -> str:
    """Return the hash by which a header commits to a key."""
    return hashlib.sha256(b"homeward/1 key commitment\n" + key).hexdigest()


def replaced(blocks: Sequence[HandBlock], label: str, block: HandBlock) -> bytes:
    """Return the frame in which the block of a label is another one."""
    return framed(*(block if each.label == label else each for each in blocks))
