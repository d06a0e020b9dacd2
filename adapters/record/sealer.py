"""From a stamped fact to its stored bytes: fields into blocks by their marks, personal ones sealed, all hashed.

Every fact that is ever made passes here. What one person's blocks have in common is worked out once for each sealer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from adapters.record.chance import sixteen_bytes
from adapters.record.corrected import Sealed, flat
from adapters.record.frame import FORMAT_BYTE, HEADER_HEAD, OPEN_HEAD, head_of
from adapters.record.header import SALT_BYTES, Provenance, encode_header
from adapters.record.keys import KeyChain, KeyName
from adapters.record.sealing import NONCE_BYTES, owner_bound, place_bound, seal
from domain.corrections import FactCorrected
from domain.kernel import Fact, Stamp
from domain.privacy import BlockLabel, Unreadable

_NO_COMMITMENTS: Final[Mapping[str, str]] = {}


class Layout(NamedTuple):
    """Which fields of a fact class go into which block, in stored order."""

    open: tuple[str, ...]
    sealed: tuple[Sealed, ...]
    values: Mapping[str, Any] | None = None
    written: Mapping[str, Any] | None = None
    """The fields as they are and as JSON has them, of a fact whose blocks are not those of its class."""


class _Pen(NamedTuple):
    """What all blocks that are sealed for one person and class have in common."""

    cipher: AESGCMSIV
    head: bytes
    """Of the block, without its length."""
    bound_to: bytes
    """End of the associated data."""


class Sealer:
    """Seals facts of one log with the keys of one chain.

    ``known_keys`` are the keys already used in the stream: the fact that uses another one first carries its commitment.
    """

    def __init__(self, log: Provenance, keys: KeyChain, known_keys: set[KeyName]) -> None:
        self._log: Final = log
        self._keys: Final = keys
        self._known_keys: Final = known_keys
        self._leaf_begins: Final = f"\0homeward/1\n{log.origin}\nheader "
        self._pens: Final[dict[tuple[int, BlockLabel], _Pen]] = {}

    def frame_and_leaf(self, stamp: Stamp, fact: Fact) -> tuple[bytes, bytes]:
        """Return the stored form of a fact, and what the log proves it by.

        :raises TypeError: when it holds an unreadable field.
        :raises MissingKey: when a person's key is not on the chain.
        """
        cls = type(fact)
        layout = layout_of(cls) if cls is not FactCorrected else _layout_of_correction(fact)
        sealed: Sequence[tuple[str, bytes]] = ()
        commitments: Mapping[str, str] = _NO_COMMITMENTS
        opened = b""
        if not layout.sealed:
            opened = fact.__pydantic_serializer__.to_json(fact)
        else:
            fields: Mapping[str, Any] = layout.written or fact.__pydantic_serializer__.to_python(fact, mode="json")
            sealed, commitments = self._sealed_blocks(stamp, fact, layout, fields)
            if layout.open:
                opened = orjson.dumps({name: fields[name] for name in layout.open})
        header = encode_header(sixteen_bytes(), self._log, stamp, cls, commitments)
        block = HEADER_HEAD + len(header).to_bytes(4) + header
        lines = self._leaf_begins + sha256(block).hexdigest()
        frame = FORMAT_BYTE + block
        if layout.open:
            block = OPEN_HEAD + (SALT_BYTES + len(opened)).to_bytes(4) + sixteen_bytes() + opened
            lines += "\nopen " + sha256(block).hexdigest()
            frame += block
        for label, block in sealed:
            lines += "\n" + label + " " + sha256(block).hexdigest()
            frame += block
        return frame, sha256(lines.encode() + b"\n").digest()

    def _sealed_blocks(
        self, stamp: Stamp, fact: Fact, layout: Layout, fields: Mapping[str, Any]
    ) -> tuple[list[tuple[str, bytes]], Mapping[str, str]]:
        blocks: list[tuple[str, bytes]] = []
        commitments: Mapping[str, str] = _NO_COMMITMENTS
        values = layout.values or fact.__dict__
        place = place_bound(*self._log, stamp.stream.hex, stamp.version, fact.topic, fact.schema_version)
        for label, names, whose in layout.sealed:
            for name in names:
                if type(values[name]) is Unreadable:
                    message = f"{fact.topic} holds a field that could not be read; it cannot be recorded"
                    raise TypeError(message)
            subject = stamp.stream if whose is None else values[whose] or stamp.stream
            if (pen := self._pens.get((subject.int, label))) is None:
                pen, commitment = self._pen(subject, label)
                commitments = {**commitments, **commitment}
            plaintext = orjson.dumps({name: fields[name] for name in names})
            payload = seal(pen.cipher, sixteen_bytes()[:NONCE_BYTES], plaintext, place + pen.bound_to)
            blocks.append((label, pen.head + len(payload).to_bytes(4) + payload))
        return blocks, commitments

    def _pen(self, subject: UUID, label: BlockLabel) -> tuple[_Pen, Mapping[str, str]]:
        """Return the pen of a person and class, and the commitment to its key where the stream has not used it yet."""
        version, key = self._keys.for_writing(subject, label)
        pen = _Pen(key.cipher, head_of(label, version, subject), owner_bound(label, subject, version))
        self._pens[subject.int, label] = pen
        if (name := KeyName(subject, label, version)) in self._known_keys:
            return pen, _NO_COMMITMENTS
        self._known_keys.add(name)
        return pen, {f"{label}:{version}:{subject.hex}": key.commitment}


def subjects_of(stream: UUID, fact: Fact) -> list[tuple[BlockLabel, UUID]]:
    """Return the personal classes of a fact of a stream, and whose key seals each."""
    layout = layout_of(type(fact)) if not isinstance(fact, FactCorrected) else _layout_of_correction(fact)
    values = layout.values or fact.__dict__
    return [(label, stream if whose is None else values[whose] or stream) for label, _, whose in layout.sealed]


@cache
def layout_of(cls: type[Fact]) -> Layout:
    """Return where the fields of a fact class go."""
    labels = cls.labels()
    by_label = (
        (label, tuple(name for name, mark in labels.items() if mark is label), cls.subjects.get(label))
        for label in BlockLabel
        if label is not BlockLabel.OPEN
    )
    return Layout(
        open=tuple(name for name, label in labels.items() if label is BlockLabel.OPEN),
        sealed=tuple(part for part in by_label if part[1]),
    )


def _layout_of_correction(fact: Fact) -> Layout:
    values, written, opened, sealed = flat(cast("FactCorrected", fact))
    return Layout(opened, sealed, values, written)
