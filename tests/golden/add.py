"""Write a golden file for every fact and schema version that has none: ``python -m tests.golden.add``.

A golden file holds a fact as it was stored once, with the keys that open it. It must load for ever. Files are added
here with a release and never changed: ``SHA256SUMS`` says what they were (``sha256sum -c SHA256SUMS``).
"""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from adapters.record.header import Provenance
from adapters.record.keys import DataKey, KeyChain, KeyName, commitment_of
from adapters.record.mapper import FactMapper
from adapters.record.sealer import subjects_of
from domain.dates import PartialDate
from domain.kernel import Fact, Stamp
from domain.privacy import PERSONAL_CLASSES, BlockLabel
from domain.values import LateReason, LegalBasis, Reliability, SourceType
from tests.examples import FACT
from tests.record.by_hand import fields_of
from tests.record.sealed import stored_fields

FOLDER: Final = Path(__file__).parent
SUMS: Final = FOLDER / "SHA256SUMS"
LOG: Final = Provenance("homeward.test/golden", 1)
PERSON: Final = UUID("60000000-0000-4000-8000-000000000001")

BARE: Final = Stamp(
    stream=PERSON,
    version=1,
    position=0,
    fact_id=UUID("60000000-0000-4000-8000-000000000002"),
    command_id=UUID("60000000-0000-4000-8000-000000000003"),
    actor=UUID("60000000-0000-4000-8000-000000000004"),
    agency="SY-AANES",
    recorded_at=datetime(2021, 10, 15, 12, 30, 59, 123456, tzinfo=UTC),
    occurred_on=PartialDate.parse("2021-10-15"),
)
FULL: Final = BARE._replace(
    version=2,
    occurred_on=PartialDate.parse("2019-02/2019-03-23"),
    late_reason=LateReason.NOTIFIED_LATE,
    source=SourceType.INTERVIEW,
    reliability=Reliability.USUALLY,
    legal_basis=LegalBasis.VITAL_INTEREST,
    country="IQ",
    causation_id=UUID("60000000-0000-4000-8000-000000000005"),
    correlation_id=UUID("60000000-0000-4000-8000-000000000006"),
    simulated=True,
)
"""Everything that a header can say."""
FIRST_IN_THEIR_STREAM: Final = frozenset({"case.case-opened", "facility.facility-registered"})


def file_of(fact: type[Fact]) -> Path:
    """Return the golden file of a fact class in its schema version of today."""
    return FOLDER / f"{fact.topic}.v{fact.schema_version}.json"


def golden(fact: Fact) -> dict[str, Any]:
    """Return what a golden file holds; what is random falls as it may."""
    secrets = {KeyName(person, label): _secret(person, label) for label, person in subjects_of(PERSON, fact)}
    keys = {name: DataKey(AESGCMSIV(secret), commitment_of(secret).hex()) for name, secret in secrets.items()}
    reading = FactMapper(LOG, KeyChain(keys), opens=PERSONAL_CLASSES)
    stored = reading.seal(BARE if fact.topic in FIRST_IN_THEIR_STREAM else FULL, fact)
    without_keys = FactMapper(LOG, KeyChain()).open(stored.state, 0).fact
    return {
        "topic": fact.topic,
        "schema": fact.schema_version,
        "origin": LOG.origin,
        "frame": stored.state.hex(),
        "leaf": stored.leaf.hex(),
        "keys": {
            f"{name.label.value}:1:{name.subject.hex}": secret.hex()
            for name, secret in sorted(secrets.items(), key=lambda one: (one[0].label, one[0].subject))
        },
        "header": fields_of(stored.state, {})["header"],
        "fields": stored_fields(fact),
        "fields_without_keys": stored_fields(without_keys),
    }


def _secret(person: UUID, label: BlockLabel) -> bytes:
    """Return the key of the person for a class, or that of another person about whom a fact says something."""
    name = f"golden {label.value}" if person == PERSON else f"golden {label.value} {person}"
    return hashlib.sha256(name.encode()).digest()


def main() -> None:
    """Write what is missing."""
    for topic, fact in FACT.items():
        file = file_of(type(fact))
        if file.exists():
            continue
        file.write_text(json.dumps(golden(fact), indent=2, ensure_ascii=False) + "\n")
        with SUMS.open("a") as sums:
            sums.write(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n")
        sys.stdout.write(f"added {topic} in schema version {type(fact).schema_version}\n")


if __name__ == "__main__":
    main()
