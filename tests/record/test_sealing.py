"""What is personal rests under that person's key, bound to its place; nothing that does not open passes for erased."""

from __future__ import annotations

import json
from collections.abc import Mapping
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from adapters.record.frame import parts_of
from adapters.record.keys import KeyName, MissingKey
from adapters.record.mapper import keys_named
from adapters.record.sealing import Tampered
from domain.case.identity import NameRecorded
from domain.corrections import FactCorrected
from domain.kernel import Fact
from domain.privacy import ERASED, PERSONAL_CLASSES, WITHHELD, BlockLabel, Unreadable
from tests.examples import FACT
from tests.record.by_hand import (
    NONCE_BYTES,
    HandBlock,
    blocks_of,
    commitment_by_hand,
    fields_of,
    framed,
    plaintext_of,
    replaced,
    salted,
    unsalted,
)
from tests.record.sealed import Person, named, others_in, stored_fields

TAG_BYTES = 16
AMINA = named("Amina", "Yusuf")


def the(label: str, frame: bytes) -> HandBlock:
    """Return the block with a label."""
    (block,) = (block for block in blocks_of(frame) if block.label == label)
    return block


def name_in(fact: Fact) -> object:
    assert isinstance(fact, NameRecorded)
    return fact.name


# ---------------------------------------------------------------- what is stored
def test_a_stranger_with_the_page_and_the_key_reads_a_sealed_name() -> None:
    person = Person()
    fields = fields_of(person.frame(AMINA), person.by_name)
    assert fields["open"] == {"name_id": str(AMINA.name_id), "kind": "full", "strength": 1}
    assert fields["identity"] == {"name": {"parts": ["Amina", "Yusuf"], "script": "Latn"}}


@pytest.mark.parametrize("topic", sorted(FACT))
def test_every_fact_rests_field_by_field_where_its_marks_say(topic: str) -> None:
    fact, person = FACT[topic], Person()
    others = others_in(fact, person.id)
    keys = {name: secret for one in (person, *others) for name, secret in one.by_name.items()}
    read = fields_of(person.frame(fact, others=others), keys)
    del read["header"]
    rests = {name: label for label, fields in read.items() for name in fields}
    labels = {name: label.value for name, label in type(fact).labels().items()}
    if isinstance(fact, FactCorrected):
        of_target = fact.replacement.corrects.labels()
        labels |= {f"replacement.{name}": of_target[name].value for name in fact.replacement.fields}
    assert rests == labels
    stored = {name: value for fields in read.values() for name, value in fields.items()}
    assert stored == stored_fields(fact)


@pytest.mark.parametrize("topic", sorted(FACT))
def test_every_fact_reads_back_as_it_was(topic: str) -> None:
    person = Person()
    others = others_in(FACT[topic], person.id)
    assert person.mapper(*others).open(person.frame(FACT[topic], others=others), 1).fact == FACT[topic]


def test_no_word_of_a_name_is_readable_in_the_stored_bytes() -> None:
    frame = Person().frame(AMINA)
    assert b"Amina" not in frame
    assert b"Latn" not in frame


@pytest.mark.parametrize(
    ("length", "padded"), [(1, 64), (25, 64), (26, 128), (90, 256), (3 * 120, 512), (8 * 120, 1024), (9 * 120, 2048)]
)
def test_the_size_of_a_block_tells_little_about_a_name(length: int, padded: int) -> None:
    parts = ["a" * min(120, length - start) for start in range(0, length, 120)]
    person = Person()
    frame = person.frame(named(*parts))
    block = the("identity", frame)
    assert len(block.payload) == NONCE_BYTES + padded + TAG_BYTES
    text = plaintext_of(unsalted(blocks_of(frame)[0]), block, person.secrets[BlockLabel.IDENTITY])
    assert len(text) == padded
    assert text.rstrip(b" ").endswith(b"}")
    assert json.loads(text)["name"]["parts"] == parts


def test_a_name_that_repeats_itself_is_not_stored_shorter() -> None:
    sizes = {len(the("identity", Person().frame(named(part))).payload) for part in ("a" * 100, "xqzjvkwybh" * 10)}
    assert len(sizes) == 1


def test_no_nonce_is_used_twice() -> None:
    person = Person()
    nonces = {the("identity", person.frame(AMINA)).payload[:NONCE_BYTES] for _ in range(1000)}
    assert len(nonces) == 1000


def test_what_could_not_be_read_cannot_be_recorded() -> None:
    person = Person()
    for unreadable in (WITHHELD, ERASED):
        with pytest.raises(TypeError, match="could not be read"):
            person.mapper().seal(person.stamp(), AMINA.model_copy(update={"name": unreadable}))


def test_without_a_key_nothing_is_written() -> None:
    person = Person()
    with pytest.raises(MissingKey):
        person.mapper(missing=[BlockLabel.IDENTITY]).seal(person.stamp(), AMINA)


# ---------------------------------------------------------------- commitments
def test_a_stream_commits_to_a_key_in_the_fact_that_uses_it_first() -> None:
    person, known = Person(), set[KeyName]()
    mapper = person.mapper(known=known)
    first, again, other = (
        fields_of(mapper.seal(person.stamp(version), fact).state, {})["header"].get("keys")
        for version, fact in enumerate((AMINA, named("Ali"), FACT["case.death-recorded"]), start=1)
    )
    identity, medical = (person.secrets[label] for label in (BlockLabel.IDENTITY, BlockLabel.MEDICAL))
    assert first == {f"identity:1:{person.id.hex}": commitment_by_hand(identity)}
    assert again is None
    assert other == {f"medical:1:{person.id.hex}": commitment_by_hand(medical)}


def test_reading_a_stream_tells_which_keys_it_committed_to() -> None:
    person, known = Person(), set[KeyName]()
    frame = person.frame(AMINA)
    person.mapper(opens=(), known=known).open(frame, 1)
    assert known == {KeyName(person.id, BlockLabel.IDENTITY)}
    header = fields_of(person.mapper(known=known).seal(person.stamp(2), AMINA).state, {})["header"]
    assert "keys" not in header


def test_a_key_that_opens_the_block_and_is_not_the_one_committed_to_raises_the_alarm() -> None:
    person = Person()
    frame = person.frame(AMINA)
    header, *blocks = blocks_of(frame)
    said = unsalted(header)
    assert list(said["keys"]) == [the("identity", frame).key_name]
    said["keys"] = {name: commitment_by_hand(bytes(32)) for name in said["keys"]}
    altered = framed(header._replace(payload=salted(said)), *blocks)
    assert name_in(person.mapper().open(frame, 1).fact) == AMINA.name
    with pytest.raises(Tampered, match="committed"):
        person.mapper().open(altered, 1)


def test_frames_tell_which_keys_reading_them_needs() -> None:
    person = Person()
    topics = ("case.name-recorded", "case.death-recorded", "case.case-opened")
    frames = [parts_of(person.frame(FACT[topic])) for topic in topics]
    identity, medical = (KeyName(person.id, label) for label in (BlockLabel.IDENTITY, BlockLabel.MEDICAL))
    assert keys_named(frames, PERSONAL_CLASSES) == {identity, medical}
    assert keys_named(frames, frozenset({BlockLabel.MEDICAL})) == {medical}
    assert keys_named(frames, frozenset()) == set()


# ---------------------------------------------------------------- what reading gives
def test_what_was_not_declared_is_withheld_even_with_its_key_at_hand() -> None:
    person = Person()
    read = person.mapper(opens=[BlockLabel.MEDICAL]).open(person.frame(AMINA), 1).fact
    assert read == AMINA.model_copy(update={"name": WITHHELD})


def test_a_destroyed_key_reads_as_erased() -> None:
    person = Person()
    frame = person.frame(AMINA)
    assert name_in(person.mapper(destroyed=[BlockLabel.IDENTITY]).open(frame, 1).fact) is ERASED
    withheld = person.mapper(opens=(), destroyed=[BlockLabel.IDENTITY]).open(frame, 1).fact
    assert name_in(withheld) is WITHHELD, "who may not know the name does not learn that it was erased"


def test_a_key_that_is_simply_not_there_stops_the_reading() -> None:
    person = Person()
    with pytest.raises(MissingKey, match="neither a key nor a tombstone"):
        person.mapper(missing=[BlockLabel.IDENTITY]).open(person.frame(AMINA), 1)


@pytest.mark.parametrize("word", ["withheld", "erased", "<withheld>", "unreadable", "WITHHELD", "Unreadable.ERASED"])
def test_a_person_may_be_called_withheld(word: str) -> None:
    person, fact = Person(), named(word)
    read = person.mapper().open(person.frame(fact), 1).fact
    assert read == fact
    assert not isinstance(name_in(read), Unreadable)


def test_a_place_of_birth_may_be_called_erased() -> None:
    person = Person()
    fact = FACT["case.birth-recorded"].model_copy(update={"place": "erased"})
    assert person.mapper().open(person.frame(fact), 1).fact == fact


@given(st.lists(st.text(st.characters(categories=["L"]), min_size=1, max_size=60), min_size=1, max_size=16))
def test_a_name_in_any_script_survives_sealing(parts: list[str]) -> None:
    person, fact = Person(), named(*parts)
    assert person.mapper().open(person.frame(fact), 1).fact == fact


# ---------------------------------------------------------------- what was moved or altered
def moved(frame: bytes, **place: object) -> bytes:
    """Return the frame as if its blocks stood at another place."""
    header, *rest = blocks_of(frame)
    return framed(header._replace(payload=salted({**unsalted(header), **place})), *rest)


@pytest.mark.parametrize(
    "place",
    [
        {"origin": "homeward.test/elsewhere"},
        {"epoch": 2},
        {"stream": uuid4().hex},
        {"version": 2},
        {"topic": "case.sex-recorded"},
    ],
    ids=lambda place: next(iter(place)),
)
def test_a_block_opens_at_no_other_place(place: Mapping[str, object]) -> None:
    person = Person()
    frame = moved(person.frame(AMINA), **place)
    with pytest.raises(Tampered):
        person.mapper().open(frame, 1)


def test_a_block_is_bound_to_its_schema_version() -> None:
    person = Person()
    header, _, identity = blocks_of(person.frame(AMINA))
    with pytest.raises(InvalidTag):
        plaintext_of({**unsalted(header), "schema": 2}, identity, person.secrets[BlockLabel.IDENTITY])


def test_a_block_of_an_earlier_fact_does_not_replace_that_of_a_later_one() -> None:
    person = Person()
    earlier, later = person.frame(AMINA, 1), person.frame(named("Layla"), 2)
    mixed = replaced(blocks_of(later), "identity", the("identity", earlier))
    with pytest.raises(Tampered):
        person.mapper().open(mixed, 2)


def test_a_block_of_one_person_does_not_open_as_anothers() -> None:
    amina, layla = Person(), Person()
    frame = amina.frame(AMINA)
    stolen = the("identity", frame)._replace(subject=layla.id.bytes)
    with pytest.raises(Tampered):
        amina.mapper(layla).open(replaced(blocks_of(frame), "identity", stolen), 1)


def test_a_block_does_not_open_under_another_label_with_the_same_key() -> None:
    person = Person()
    person.secrets[BlockLabel.NARRATIVE] = person.secrets[BlockLabel.IDENTITY]
    frame = person.frame(AMINA)
    relabelled = the("identity", frame)._replace(label="narrative")
    with pytest.raises(Tampered):
        person.mapper().open(replaced(blocks_of(frame), "identity", relabelled), 1)


def test_another_version_of_a_key_is_another_key() -> None:
    person = Person()
    frame = person.frame(AMINA)
    renumbered = the("identity", frame)._replace(key_version=2)
    with pytest.raises(MissingKey):
        person.mapper().open(replaced(blocks_of(frame), "identity", renumbered), 1)


def test_the_wrong_key_is_tampering_and_never_an_erasure() -> None:
    person = Person()
    frame = person.frame(AMINA)
    with pytest.raises(Tampered):
        Person(person.id).mapper().open(frame, 1)


@given(st.data())
def test_no_byte_of_a_sealed_block_can_change(data: st.DataObject) -> None:
    person = Person(UUID(int=1))
    frame = person.frame(AMINA)
    block = the("identity", frame)
    place = data.draw(st.integers(0, len(block.payload) - 1))
    flip = data.draw(st.integers(1, 255))
    payload = block.payload[:place] + bytes([block.payload[place] ^ flip]) + block.payload[place + 1 :]
    with pytest.raises(Tampered):
        person.mapper().open(replaced(blocks_of(frame), "identity", block._replace(payload=payload)), 1)


@pytest.mark.parametrize("size", [0, 1, NONCE_BYTES - 1, NONCE_BYTES, NONCE_BYTES + TAG_BYTES - 1, -1])
def test_a_sealed_block_that_was_cut_is_tampered_with(size: int) -> None:
    person = Person()
    frame = person.frame(AMINA)
    block = the("identity", frame)
    with pytest.raises(Tampered):
        person.mapper().open(replaced(blocks_of(frame), "identity", block._replace(payload=block.payload[:size])), 1)
