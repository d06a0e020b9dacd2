"""Between a recorded fact and its stored form: the library's mapper, sealing what is personal.

Fields go into blocks by their marks; each sealed block is bound to its place. Reading opens only the classes that were
declared; every other personal field reads as withheld, and a destroyed key as erased.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

import orjson
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent

from adapters.record.corrected import Sealed, flat, unflat
from adapters.record.errors import UnknownFact
from adapters.record.frame import FORMAT_BYTE, HEADER_HEAD, OPEN_HEAD, Block, decode
from adapters.record.header import SALT_BYTES, Provenance, encode_header, read_header, stamp_of
from adapters.record.keys import DataKey, KeyChain, KeyName
from adapters.record.sealing import NONCE_BYTES, Place, Tampered, seal, unseal
from domain.corrections import FactCorrected
from domain.kernel import FACTS, Fact, Recorded, Stamp
from domain.privacy import ERASED, WITHHELD, BlockLabel, Unreadable

NOTHING: Final[frozenset[BlockLabel]] = frozenset()


@dataclass(frozen=True, slots=True)
class StoredFact(StoredEvent):
    """The library's stored event, with what the record keeps beside the frame (``state``)."""

    fact_id: UUID | None
    recorded_at: datetime
    leaf: bytes
    position: int = 0
    """0 until it is appended."""

    @property
    def stream(self) -> UUID:
        """Stream of the fact, as a UUID (the library also allows text)."""
        return cast("UUID", self.originator_id)


_NO_COMMITMENTS: Final[Mapping[str, str]] = {}
_UNUSED_TRANSCODER: Final = JSONTranscoder()
"""The library's mapper wants one. Facts are pydantic's to write and read, so one for all mappers will do."""


class _Layout(NamedTuple):
    """Which fields of a fact class go into which block, in stored order."""

    open: tuple[str, ...]
    sealed: tuple[Sealed, ...]
    random_bytes: int
    """Two salts and the nonces."""
    values: Mapping[str, Any] | None = None
    written: Mapping[str, Any] | None = None
    """The fields as they are and as JSON has them, of a fact whose blocks are not those of its class."""


class FactMapper(Mapper[UUID]):
    """Seals and opens facts of one log with the keys of one chain.

    ``opens`` are the classes that reading opens. ``known_keys`` are the keys already used in the stream: the fact that
    uses another one first carries its commitment.
    """

    def __init__(
        self,
        log: Provenance,
        keys: KeyChain,
        *,
        opens: frozenset[BlockLabel] = NOTHING,
        known_keys: set[KeyName] | None = None,
    ) -> None:
        super().__init__(_UNUSED_TRANSCODER)
        self._log: Final = log
        self._leaf_begins: Final = f"\0homeward/1\n{log.origin}\nheader "
        self._keys: Final = keys
        self._opens: Final = opens
        self._known_keys: Final[set[KeyName]] = set() if known_keys is None else known_keys

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredFact:
        """Seal a recorded fact.

        :raises TypeError: when it is no recorded fact of a case or holds an unreadable field.
        :raises MissingKey: when a person's key is not on the chain.
        """
        if not isinstance(domain_event, Recorded):
            message = f"only recorded facts can be stored, not {type(domain_event).__name__}"
            raise TypeError(message)
        return self.seal(domain_event.stamp, domain_event.fact)

    def to_domain_event(self, stored_event: StoredEvent) -> Recorded:
        """Open a stored fact; see :meth:`open`."""
        position = stored_event.position if isinstance(stored_event, StoredFact) else 0
        return self.open(stored_event.state, position)

    def seal(self, stamp: Stamp, fact: Fact) -> StoredFact:
        """Return the stored form of a fact; see :meth:`to_stored_event`."""
        frame, leaf = self.frame_and_leaf(stamp, fact)
        return StoredFact(stamp.stream, stamp.version, fact.topic, frame, stamp.fact_id, stamp.recorded_at, leaf)

    def frame_and_leaf(self, stamp: Stamp, fact: Fact) -> tuple[bytes, bytes]:
        """Return the stored form of a fact as bytes, and what the log proves it by; see :meth:`to_stored_event`."""
        cls = type(fact)
        layout = _layout(cls) if cls is not FactCorrected else _layout_of_correction(fact)
        random = os.urandom(layout.random_bytes)
        sealed: Sequence[tuple[str, bytes]] = ()
        commitments: Mapping[str, str] = _NO_COMMITMENTS
        opened = b""
        if not layout.sealed:
            opened = fact.__pydantic_serializer__.to_json(fact)
        else:
            fields: Mapping[str, Any] = layout.written or fact.__pydantic_serializer__.to_python(fact, mode="json")
            sealed, commitments = self._sealed_blocks(stamp, fact, layout, fields, random[2 * SALT_BYTES :])
            if layout.open:
                opened = orjson.dumps({name: fields[name] for name in layout.open})
        # What follows is done for every fact, so the two blocks that all of them have are written in place.
        header = encode_header(random[:SALT_BYTES], self._log, stamp, cls, commitments)
        block = HEADER_HEAD + len(header).to_bytes(4) + header
        lines = self._leaf_begins + sha256(block).hexdigest()
        frame = FORMAT_BYTE + block
        if layout.open:
            block = OPEN_HEAD + (SALT_BYTES + len(opened)).to_bytes(4) + random[SALT_BYTES : 2 * SALT_BYTES] + opened
            lines += "\nopen " + sha256(block).hexdigest()
            frame += block
        for label, block in sealed:
            lines += "\n" + label + " " + sha256(block).hexdigest()
            frame += block
        return frame, sha256(lines.encode() + b"\n").digest()

    def _sealed_blocks(
        self, stamp: Stamp, fact: Fact, layout: _Layout, fields: Mapping[str, Any], nonces: bytes
    ) -> tuple[list[tuple[str, bytes]], Mapping[str, str]]:
        blocks: list[tuple[str, bytes]] = []
        commitments: dict[str, str] = {}
        place = Place(*self._log, stamp.stream.hex, stamp.version, fact.topic, fact.schema_version)
        values = layout.values or fact.__dict__
        for nth, (label, names, whose) in enumerate(layout.sealed):
            if any(isinstance(values[name], Unreadable) for name in names):
                message = f"{fact.topic} holds a field that could not be read; it cannot be recorded"
                raise TypeError(message)
            subject = stamp.stream if whose is None else values[whose] or stamp.stream
            version, key = self._keys.for_writing(subject, label)
            nonce = nonces[nth * NONCE_BYTES : (nth + 1) * NONCE_BYTES]
            plaintext = orjson.dumps({name: fields[name] for name in names})
            payload = seal(key.cipher, nonce, plaintext, place.bind(label, subject, version))
            blocks.append((label, Block(label, payload, version, subject).encoded()))
            name = KeyName(subject, label, version)
            if name not in self._known_keys:
                self._known_keys.add(name)
                commitments[f"{label}:{version}:{subject.hex}"] = key.commitment
        return blocks, commitments

    def open(self, frame: bytes, position: int) -> Recorded:
        """Return the recorded fact that a frame holds.

        :raises MalformedFrame: when the bytes are no frame.
        :raises UnknownFact: when this program does not know the topic or its schema version.
        :raises Tampered: when a block does not open under its own key.
        :raises MissingKey: when a declared block has neither a key nor a tombstone.
        """
        blocks = decode(frame)
        header = read_header(blocks[0].payload)
        topic, schema = header["topic"], header["schema"]
        if (cls := FACTS.get(topic)) is None or schema > cls.schema_version:
            message = f"this program does not know {topic} in schema version {schema}"
            raise UnknownFact(message)
        if cls is FactCorrected:
            found = ((block.label, self._read(block, header)) for block in blocks[1:])
            return Recorded(stamp_of(header, position), unflat(found, schema))
        fields = dict(_withheld(cls))
        for block in blocks[1:]:
            read = self._read(block, header)
            if read is WITHHELD:
                continue
            if isinstance(read, Unreadable):
                fields.update(dict.fromkeys(_names(cls, block.label), read))
            else:
                fields.update(read if schema == cls.schema_version else cls.upcast(schema, block.label, read))
        fact = cast("Fact", cls.__pydantic_validator__.validate_python(fields))
        return Recorded(stamp_of(header, position), fact)

    def _read(self, block: Block, header: Mapping[str, Any]) -> dict[str, Any] | Unreadable:
        if not block.sealed:
            read: dict[str, Any] = orjson.loads(memoryview(block.payload)[SALT_BYTES:])
            return read
        if block.subject is None:
            message = "a sealed block names no person"
            raise ValueError(message)
        name = KeyName(block.subject, block.label, block.key_version)
        self._known_keys.add(name)
        if block.label not in self._opens:
            return WITHHELD
        if (key := self._keys.for_reading(name)) is None:
            return ERASED
        if (committed := header.get("keys")) is not None:
            _check_commitment(committed, name, key)
        place = Place(
            header["origin"], header["epoch"], header["stream"], header["version"], header["topic"], header["schema"]
        )
        opened: dict[str, Any] = orjson.loads(
            unseal(key.cipher, block.payload, place.bind(block.label, name.subject, name.version))
        )
        return opened


def subjects_of(stream: UUID, fact: Fact) -> list[tuple[BlockLabel, UUID]]:
    """Return the personal classes of a fact of a stream, and whose key seals each."""
    layout = _layout(type(fact)) if not isinstance(fact, FactCorrected) else _layout_of_correction(fact)
    values = layout.values or fact.__dict__
    return [(label, stream if whose is None else values[whose] or stream) for label, _, whose in layout.sealed]


def _check_commitment(committed: Mapping[str, str], name: KeyName, key: DataKey) -> None:
    """Make sure that the key is the one that a fact committed to when it used it first.

    :raises Tampered: when another was put in its place. It may even open the block: GCM-SIV does not commit to its key.
    """
    if committed.get(f"{name.label}:{name.version}:{name.subject.hex}", key.commitment) != key.commitment:
        message = "a person's key is not the one that the fact committed to"
        raise Tampered(message)


def keys_named(frames: Sequence[bytes], opens: frozenset[BlockLabel]) -> set[KeyName]:
    """Return the keys that reading these frames with these classes needs."""
    return {
        KeyName(block.subject, block.label, block.key_version)
        for frame in frames
        for block in decode(frame)[1:]
        if block.subject is not None and block.label in opens
    }


@cache
def _layout(cls: type[Fact]) -> _Layout:
    labels = cls.labels()
    by_label = (
        (label, tuple(name for name, mark in labels.items() if mark is label), cls.subjects.get(label))
        for label in BlockLabel
        if label is not BlockLabel.OPEN
    )
    sealed = tuple(part for part in by_label if part[1])
    return _Layout(
        open=tuple(name for name, label in labels.items() if label is BlockLabel.OPEN),
        sealed=sealed,
        random_bytes=2 * SALT_BYTES + NONCE_BYTES * len(sealed),
    )


def _layout_of_correction(fact: Fact) -> _Layout:
    values, written, opened, sealed = flat(cast("FactCorrected", fact))
    return _Layout(opened, sealed, 2 * SALT_BYTES + NONCE_BYTES * len(sealed), values, written)


@cache
def _withheld(cls: type[Fact]) -> Mapping[str, Unreadable]:
    """Personal fields before any block was opened."""
    return {name: WITHHELD for name, label in cls.labels().items() if label is not BlockLabel.OPEN}


def _names(cls: type[Fact], label: BlockLabel) -> tuple[str, ...]:
    return next((names for mark, names, _ in _layout(cls).sealed if mark is label), ())
