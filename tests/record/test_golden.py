"""Every fact that was ever stored loads for ever: one file for each topic and schema version, never changed."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from adapters.record.corrected import unflat
from adapters.record.frame import leaf_of
from adapters.record.header import Provenance, stamp_of
from adapters.record.keys import DataKey, KeyChain, KeyName, commitment_of
from adapters.record.mapper import FactMapper
from domain.corrections import FactCorrected
from domain.kernel import FACTS, Fact
from domain.privacy import ERASED, PERSONAL_CLASSES, BlockLabel, Unreadable
from domain.registry import AGGREGATES
from tests.examples import FACT
from tests.golden.add import FOLDER, SUMS, file_of
from tests.record.by_hand import blocks_of, commitment_by_hand, fields_of, leaf_by_hand
from tests.record.sealed import stored_fields

FILES = sorted(FOLDER.glob("*.json"))
WITHHELD = {"unreadable": "withheld"}
every_file = pytest.mark.parametrize("name", [file.name for file in FILES])


def load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FOLDER / name).read_bytes())
    return loaded


def keys_of(file: dict[str, Any]) -> dict[KeyName, DataKey]:
    keys = {}
    for name, secret in file["keys"].items():
        label, version, subject = name.split(":")
        key = bytes.fromhex(secret)
        keys[KeyName(UUID(subject), BlockLabel(label), int(version))] = DataKey(
            AESGCMSIV(key), commitment_of(key).hex()
        )
    return keys


def as_of_today(file: dict[str, Any]) -> Fact:
    """Return the stored fact as the class of today has it."""
    keys = {name: bytes.fromhex(secret) for name, secret in file["keys"].items()}
    read = fields_of(bytes.fromhex(file["frame"]), keys)
    del read["header"]
    cls = FACTS[file["topic"]]
    if cls is FactCorrected:
        return unflat(((BlockLabel(label), fields) for label, fields in read.items()), file["schema"])
    return cls.model_validate(
        {
            name: value
            for label, fields in read.items()
            for name, value in cls.upcast(file["schema"], BlockLabel(label), fields).items()
        }
    )


# ---------------------------------------------------------------- there is one for each, and it is what it was
def test_every_fact_has_its_golden_file() -> None:
    missing = [topic for topic, cls in FACTS.items() if topic in FACT and not file_of(cls).exists()]
    assert missing == [], "python -m tests.golden.add"
    assert {topic for topic in FACTS if topic.partition(".")[0] in AGGREGATES} == set(FACT)


def test_no_golden_file_was_ever_changed_or_removed() -> None:
    sums = [line.split("  ") for line in SUMS.read_text().splitlines()]
    assert sorted(name for _, name in sums) == [file.name for file in FILES]
    for then, name in sums:
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == then, name


# ---------------------------------------------------------------- a stranger reads it
@every_file
def test_a_stranger_reads_it_with_the_page_alone(name: str) -> None:
    file = load(name)
    frame = bytes.fromhex(file["frame"])
    read = fields_of(frame, {key: bytes.fromhex(secret) for key, secret in file["keys"].items()})
    assert read.pop("header") == file["header"]
    assert {field: value for fields in read.values() for field, value in fields.items()} == file["fields"]
    assert leaf_by_hand(frame, file["origin"]).hex() == file["leaf"]
    assert len(read) == len(blocks_of(frame)) - 1, "no block stayed closed"
    said = {key: commitment_by_hand(bytes.fromhex(secret)) for key, secret in file["keys"].items()}
    assert file["header"].get("keys", {}) == said


@every_file
def test_a_stranger_without_keys_reads_what_is_open_and_nothing_else(name: str) -> None:
    file = load(name)
    read = fields_of(bytes.fromhex(file["frame"]), {})
    open_fields = {key: value for key, value in file["fields_without_keys"].items() if value != WITHHELD}
    assert read.get("open", {}) == open_fields
    assert read.keys() <= {"header", "open"}


# ---------------------------------------------------------------- the program reads it
@every_file
def test_the_program_of_today_reads_it(name: str) -> None:
    file = load(name)
    frame = bytes.fromhex(file["frame"])
    log = Provenance(file["origin"], file["header"]["epoch"])
    read = FactMapper(log, KeyChain(keys_of(file)), opens=PERSONAL_CLASSES).open(frame, 7)
    assert read.fact == as_of_today(file)
    if file["schema"] == read.fact.schema_version:
        assert stored_fields(read.fact) == file["fields"]
    assert read.stamp == stamp_of(file["header"], 7)
    assert leaf_of(frame, file["origin"]).hex() == file["leaf"]


@every_file
def test_the_program_of_today_reads_it_without_keys_and_after_an_erasure(name: str) -> None:
    file = load(name)
    frame = bytes.fromhex(file["frame"])
    log = Provenance(file["origin"], file["header"]["epoch"])
    withheld = FactMapper(log, KeyChain()).open(frame, 7).fact
    if file["schema"] == withheld.schema_version:
        assert stored_fields(withheld) == file["fields_without_keys"]
    erased = FactMapper(log, KeyChain({}, keys_of(file)), opens=PERSONAL_CLASSES).open(frame, 7).fact
    for field, label in type(erased).labels().items():
        if label in PERSONAL_CLASSES:
            assert getattr(erased, field) is ERASED
        else:
            assert not isinstance(getattr(erased, field), Unreadable)
