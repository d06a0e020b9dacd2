"""Between a recorded fact and its stored form: the library's mapper, sealing what is personal.

Fields go into blocks by their marks; each sealed block is bound to its place. Reading opens only the classes that were
declared; every other personal field reads as withheld, and a destroyed key as erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple, TypeVar, cast
from uuid import UUID

import orjson
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent

from adapters.record.corrected import unflat
from adapters.record.errors import UnknownFact
from adapters.record.frame import Part, parts_of, subject_of
from adapters.record.header import SALT_BYTES, Provenance, read_header, stamp_of
from adapters.record.keys import DataKey, KeyChain, KeyName
from adapters.record.sealer import Sealer, layout_of
from adapters.record.sealing import Tampered, owner_bound, place_bound, unseal
from domain.corrections import FactCorrected
from domain.kernel import FACTS, Fact, Recorded, Stamp
from domain.privacy import ERASED, WITHHELD, BlockLabel, Unreadable

F = TypeVar("F", bound=Fact)

NOTHING: Final[frozenset[BlockLabel]] = frozenset()
_OPEN: Final = BlockLabel.OPEN
"""Looked up in its enumeration for every fact, it would take as long as a tenth of the fact's header."""


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


_UNUSED_TRANSCODER: Final = JSONTranscoder()
"""The library's mapper wants one. Facts are pydantic's to write and read, so one for all mappers will do."""


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
        self._keys: Final = keys
        self._opens: Final = opens
        self._known_keys: Final = known_keys
        self._locks: Final[dict[tuple[BlockLabel, int, bytes], _Lock]] = {}
        self._sealer: Final = Sealer(log, keys, set() if known_keys is None else known_keys)

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
        frame, leaf = self._sealer.frame_and_leaf(stamp, fact)
        return StoredFact(stamp.stream, stamp.version, fact.topic, frame, stamp.fact_id, stamp.recorded_at, leaf)

    def open(self, frame: bytes, position: int, parts: Sequence[Part] | None = None) -> Recorded:
        """Return the recorded fact that a frame holds; ``parts`` are those of the frame, for whoever knows them.

        :raises MalformedFrame: when the bytes are no frame.
        :raises UnknownFact: when this program does not know the topic or its schema version.
        :raises Tampered: when a block does not open under its own key.
        :raises MissingKey: when a declared block has neither a key nor a tombstone.
        """
        parts = parts or parts_of(frame)
        header = read_header(frame[parts[0][3] : parts[0][4]])
        topic, schema = header["topic"], header["schema"]
        if (cls := FACTS.get(topic)) is None or schema > cls.schema_version:
            message = f"this program does not know {topic} in schema version {schema}"
            raise UnknownFact(message)
        stamp = stamp_of(header, position)
        current = schema == cls.schema_version
        if parts[-1][0] is _OPEN and current and cls is not FactCorrected:
            # Two facts of three are nothing but header and open fields, and are read in one go.
            return Recorded(stamp, cls.__pydantic_validator__.validate_json(open_text(frame, parts)))
        found = [(part[0], self._read(frame, part, header)) for part in parts[1:]]
        if current and cls is not FactCorrected and (whole := _joined(found)) is not None:
            return Recorded(stamp, cls.__pydantic_validator__.validate_json(whole))
        read = [(label, _fields(text)) for label, text in found]
        if cls is FactCorrected:
            return Recorded(stamp, unflat(read, schema))
        fields = dict(_withheld(cls))
        for label, known in read:
            if known is WITHHELD:
                continue
            if isinstance(known, Unreadable):
                fields.update(dict.fromkeys(_names(cls, label), known))
            else:
                fields.update(known if current else cls.upcast(schema, label, known))
        return Recorded(stamp, cls.__pydantic_validator__.validate_python(fields))

    def _read(self, frame: bytes, part: Part, header: Mapping[str, Any]) -> bytes | Unreadable:
        """Return the JSON object of a block, where it can be read."""
        label, key_version, subject, start, end = part
        if not key_version:
            return frame[start + SALT_BYTES : end]
        if self._known_keys is not None:
            self._known_keys.add(KeyName(subject_of(subject), label, key_version))
        if label not in self._opens:
            return WITHHELD
        if (lock := self._locks.get((label, key_version, subject))) is None:
            lock = self._locks[label, key_version, subject] = self._lock(
                KeyName(subject_of(subject), label, key_version)
            )
        if (key := lock.key) is None:
            return ERASED
        if (committed := header.get("keys")) is not None:
            _check_commitment(committed, lock.committed_as, key)
        place = place_bound(
            header["origin"], header["epoch"], header["stream"], header["version"], header["topic"], header["schema"]
        )
        return unseal(key.cipher, frame[start:end], place + lock.bound_to)

    def _lock(self, name: KeyName) -> _Lock:
        subject, label, key_version = name
        # Joined and not formatted: an enumeration that is formatted takes ten times as long.
        committed_as = label + f":{key_version}:{subject.hex}"
        return _Lock(self._keys.for_reading(name), owner_bound(label, subject, key_version), committed_as)


class _Lock(NamedTuple):
    """What all blocks that are sealed for one person and class under one key have in common."""

    key: DataKey | None
    """``None`` when it was destroyed."""
    bound_to: bytes
    """End of the associated data."""
    committed_as: str
    """Under which name a header commits to the key."""


def _joined(found: Sequence[tuple[BlockLabel, bytes | Unreadable]]) -> bytes | None:
    """Return the fields of all blocks as one JSON object; ``None`` where one cannot be read."""
    texts: list[bytes] = []
    for _, text in found:
        if isinstance(text, Unreadable):
            return None
        if fields := text.rstrip()[1:-1]:
            texts.append(fields)
    return b"{" + b",".join(texts) + b"}"


def _fields(text: bytes | Unreadable) -> dict[str, Any] | Unreadable:
    if isinstance(text, Unreadable):
        return text
    fields: dict[str, Any] = orjson.loads(text)
    return fields


def _check_commitment(committed: Mapping[str, str], name: str, key: DataKey) -> None:
    """Make sure that the key is the one that a fact committed to when it used it first.

    :raises Tampered: when another was put in its place. It may even open the block: GCM-SIV does not commit to its key.
    """
    if committed.get(name, key.commitment) != key.commitment:
        message = "a person's key is not the one that the fact committed to"
        raise Tampered(message)


def open_text(frame: bytes, parts: Sequence[Part]) -> bytes:
    """Return the open fields of a fact of these parts as they are stored: a JSON object, empty where there are none."""
    if len(parts) < 2 or parts[1][0] is not _OPEN:  # noqa: PLR2004 - after the header
        return b"{}"
    return frame[parts[1][3] + SALT_BYTES : parts[1][4]]


def keys_named(frames: Iterable[Sequence[Part]], opens: frozenset[BlockLabel]) -> set[KeyName]:
    """Return the keys that reading frames of these parts with these classes needs."""
    blocks = {part[:3] for parts in frames for part in parts[1:] if part[0] in opens}
    return {KeyName(subject_of(subject), label, key_version) for label, key_version, subject in blocks}


def as_opened(fact: F, opens: frozenset[BlockLabel]) -> F:
    """Return a fact as it reads where these classes are opened. Corrections hold what others do: not these."""
    held_back = _held_back(type(fact), opens)
    return fact.model_copy(update=held_back) if held_back else fact


@cache
def _held_back(cls: type[Fact], opens: frozenset[BlockLabel]) -> Mapping[str, Unreadable]:
    return {name: WITHHELD for name, label in cls.labels().items() if label not in {BlockLabel.OPEN, *opens}}


@cache
def _withheld(cls: type[Fact]) -> Mapping[str, Unreadable]:
    """Personal fields before any block was opened."""
    return {name: WITHHELD for name, label in cls.labels().items() if label is not BlockLabel.OPEN}


def _names(cls: type[Fact], label: BlockLabel) -> tuple[str, ...]:
    return next((names for mark, names, _ in layout_of(cls).sealed if mark is label), ())
