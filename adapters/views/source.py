"""Where the folds get their facts: whole streams of the record, opened as far as the read models have a purpose.

Only the facts that say when a person can have been born, their sex, with whom a child is, and how somebody died are
opened, and what corrects these. Names, grounds and notes stay sealed: no read model needs them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from adapters.keys import wrapping as wrapping_keys
from adapters.keys.fences import FenceFolder
from adapters.keys.provider import open_root
from adapters.record.frame import parts_of
from adapters.record.header import Provenance
from adapters.record.keys import KeyChain, KeyName, WrappedKey, WrappingName, fingerprint, unwrap
from adapters.record.mapper import FactMapper, open_text
from adapters.record.record import FIRST_EPOCH
from adapters.record.subject_keys import told_apart
from adapters.settings import Settings
from adapters.views.folding import Stream
from adapters.views.timeline import told_as_stored
from domain.case.assessment import AgeAssessed
from domain.case.identity import BirthRecorded, SexRecorded
from domain.case.life import DeathRecorded
from domain.case.newborn import BornInFacility
from domain.case.protection import CareStatusDetermined
from domain.corrections import FactCorrected
from domain.privacy import BlockLabel

OPENED_TOPICS: Final[frozenset[str]] = frozenset(
    fact.topic
    for fact in (BirthRecorded, BornInFacility, AgeAssessed, SexRecorded, CareStatusDetermined, DeathRecorded)
)
OPENED_CLASSES: Final = frozenset({BlockLabel.IDENTITY, BlockLabel.PROTECTION, BlockLabel.MEDICAL})
PURPOSE: Final = "read models: age and sex, care of children, manner of death"
"""The standing purpose under which a projector opens these classes."""

NOTE: Final = """
INSERT INTO access.read (reader, purpose, classes, case_ids, from_position, to_position)
VALUES ('projector', %s, %s, %s, %s, %s)
"""


class Range(NamedTuple):
    """Every stream from one id up to, and without, another."""

    low: UUID
    high: UUID | None
    """``None``: to the end."""

    def condition(self, column: str) -> tuple[str, list[object]]:
        """Return the condition on a column and its values."""
        if self.high is None:
            return f"{column} >= %s", [self.low]
        return f"{column} >= %s AND {column} < %s", [self.low, self.high]


class Some(NamedTuple):
    """These streams."""

    streams: Sequence[UUID]

    def condition(self, column: str) -> tuple[str, list[object]]:
        """Return the condition on a column and its values."""
        return f"{column} = ANY(%s)", [list(self.streams)]


Selection = Range | Some


class _Fenced(NamedTuple):
    """The fences of one moment: a folder is looked at once for thousands of keys."""

    fingerprints: frozenset[bytes]

    def hold(self, name: KeyName) -> bool:
        """Whether a fence names the key."""
        return bool(self.fingerprints) and fingerprint(name) in self.fingerprints


class Source:
    """Reads streams of the record that the settings name. Belongs to one connection and one thread."""

    def __init__(self, connection: psycopg.Connection[Any], settings: Settings) -> None:
        self._connection: Final = connection
        self._log: Final = Provenance(settings.origin, FIRST_EPOCH)
        self._root: Final = open_root(settings)
        self._fences: Final = FenceFolder.of(settings)
        self._wrapping: Final = wrapping_keys.Lease()

    def streams(self, selection: Selection, up_to: int) -> Iterator[Stream]:
        """Yield each stream with its facts in record order, up to a position.

        What other applications of the library stored is passed over.

        :raises UnknownFact: when the record is newer than this program.
        :raises MissingKey: when a block to be opened has neither a key nor a tombstone.
        :raises Tampered: when one does not open under its own key.
        """
        rows = self._rows(selection, up_to)
        keys = self._keys(selection)
        opening = FactMapper(self._log, keys, opens=OPENED_CLASSES).open
        leaving_closed = FactMapper(self._log, keys).open
        stream = Stream("", [], [])
        for position, version, topic, frame in rows:
            if version == 1:
                if stream.facts:
                    yield stream
                stream = Stream(topic.partition(".")[0], [], [])
            parts = parts_of(frame)
            known = (opening if topic in OPENED_TOPICS else leaving_closed)(frame, position, parts)
            if type(known.fact) is FactCorrected and known.fact.target_topic in OPENED_TOPICS:
                known = opening(frame, position, parts)
            stream.facts.append(known)
            stream.told.append(open_text(frame, parts) if told_as_stored(type(known.fact)) else None)
        if stream.facts:
            yield stream

    def note(self, first: int, last: int, cases: Sequence[UUID] = ()) -> None:
        """Record that the projector opened what it needs of the facts at these positions, or only of these cases."""
        labels = sorted(label.value for label in OPENED_CLASSES)
        self._connection.execute(NOTE, (PURPOSE, labels, list(cases), first, last))

    def _rows(self, selection: Selection, up_to: int) -> list[tuple[int, int, str, bytes]]:
        condition, values = selection.condition("stream")
        cursor = self._connection.cursor(binary=True)
        cursor.execute(
            f"SELECT position, version, topic, frame FROM record.fact WHERE {condition}"  # noqa: S608 - our own words
            " AND position <= %s AND fact_id IS NOT NULL ORDER BY stream, version",
            [*values, up_to],
        )
        return cursor.fetchall()

    def _keys(self, selection: Selection) -> KeyChain:
        condition, values = selection.condition("subject")
        cursor = self._connection.cursor(binary=True)
        cursor.execute(
            "SELECT subject, class, version, country, epoch, wrapped, commitment, state FROM keys.subject_key"  # noqa: S608
            f" WHERE {condition} AND class = ANY(%s)",
            [*values, sorted(label.value for label in OPENED_CLASSES)],
        )
        rows: list[tuple[WrappedKey, str]] = []
        wrappings: dict[tuple[str, str, int], WrappingName] = {}
        for subject, label, version, country, epoch, wrapped, commitment, state in cursor.fetchall():
            if (wrapping := wrappings.get((country, label, epoch))) is None:
                wrapping = wrappings[country, label, epoch] = WrappingName(country, BlockLabel(label), epoch)
            name = KeyName(subject, wrapping.label, version)
            rows.append((WrappedKey(name, wrapping, wrapped, commitment), state))
        live, destroyed, unfenced = told_apart(rows, _Fenced(self._fences.fingerprints()))
        for failure in unfenced.values():
            raise failure
        ciphers = self._wrapping_keys({row.wrapping for row in live})
        return KeyChain({row.name: unwrap(ciphers[row.wrapping], row) for row in live}, destroyed)

    def _wrapping_keys(self, names: set[WrappingName]) -> dict[WrappingName, AESGCMSIV]:
        remembered = self._wrapping.of(names)
        if not (absent := sorted(names - remembered.keys())):
            return remembered
        cursor = self._connection.execute(wrapping_keys.FIND, wrapping_keys.named(absent))
        found = wrapping_keys.unwrapped(self._root, absent, cursor.fetchall())
        for failure in found.unusable.values():
            raise failure
        self._wrapping.take(found.keys)
        return remembered | found.keys
