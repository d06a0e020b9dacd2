"""One person's keys, and facts about them sealed as the record seals them."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from adapters.record.corrected import flat
from adapters.record.header import Provenance
from adapters.record.keys import DataKey, KeyChain, KeyName, commitment_of
from adapters.record.mapper import FactMapper
from adapters.record.sealer import subjects_of
from domain.case.identity import NameRecorded
from domain.corrections import FactCorrected
from domain.dates import PartialDate
from domain.kernel import Fact, Stamp
from domain.privacy import PERSONAL_CLASSES, BlockLabel
from domain.values import Evidence, NameKind, PersonName, Script

LOG: Final = Provenance("homeward.test/sealing", 1)
NOON: Final = datetime(2021, 10, 15, 12, tzinfo=UTC)


class Person:
    """A person, with a key for each class."""

    def __init__(self, person: UUID | None = None) -> None:
        self.id: Final = person or uuid4()
        self.secrets: Final = {label: os.urandom(32) for label in PERSONAL_CLASSES}

    @property
    def keys(self) -> dict[KeyName, DataKey]:
        """Their keys, ready for use."""
        return {
            KeyName(self.id, label): DataKey(AESGCMSIV(secret), commitment_of(secret).hex())
            for label, secret in self.secrets.items()
        }

    @property
    def by_name(self) -> dict[str, bytes]:
        """Their keys by the names that headers use."""
        return {f"{label.value}:1:{self.id.hex}": secret for label, secret in self.secrets.items()}

    def mapper(
        self,
        *others: Person,
        opens: Iterable[BlockLabel] = PERSONAL_CLASSES,
        known: set[KeyName] | None = None,
        destroyed: Collection[BlockLabel] = (),
        missing: Collection[BlockLabel] = (),
        log: Provenance = LOG,
    ) -> FactMapper:
        """Return a mapper with the keys of this person and of others, apart from those that are gone."""
        keys = {name: key for person in (self, *others) for name, key in person.keys.items()}
        gone = {KeyName(self.id, label) for label in (*destroyed, *missing)}
        chain = KeyChain(
            {name: key for name, key in keys.items() if name not in gone},
            {KeyName(self.id, label) for label in destroyed},
        )
        return FactMapper(log, chain, opens=frozenset(opens), known_keys=known)

    def stamp(self, version: int = 1) -> Stamp:
        """Return the stamp of a fact about them."""
        return Stamp(
            stream=self.id,
            version=version,
            position=0,
            fact_id=uuid4(),
            command_id=uuid4(),
            actor=uuid4(),
            agency="SY-AANES",
            recorded_at=NOON,
            occurred_on=PartialDate.parse("2021-10"),
        )

    def frame(self, fact: Fact, version: int = 1, others: Iterable[Person] = ()) -> bytes:
        """Return a fact about them, and perhaps about others, as it is stored."""
        return self.mapper(*others).seal(self.stamp(version), fact).state


def stored_fields(fact: Fact) -> Mapping[str, Any]:
    """Return the fields of a fact as they are stored, whatever the block: those of a correction lie side by side."""
    return flat(fact).written if isinstance(fact, FactCorrected) else fact.model_dump(mode="json")


def others_in(fact: Fact, person: UUID) -> list[Person]:
    """Return the other people about whom a fact of a person's stream says something."""
    return [Person(other) for other in sorted({other for _, other in subjects_of(person, fact)} - {person})]


def named(*parts: str) -> NameRecorded:
    """Return the fact that a name was recorded."""
    name = PersonName(parts=parts, script=Script.LATIN)
    return NameRecorded(name_id=uuid4(), kind=NameKind.FULL, name=name, strength=Evidence.CLAIMED)
