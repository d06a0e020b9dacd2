"""Keys: wrapped under one another, bound to their names, and committed to."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from adapters.keys.local import LocalRootKey
from adapters.record.keys import (
    KeyChain,
    KeyName,
    MissingKey,
    WrappingName,
    mint,
    new_wrapping_key,
    unwrap,
    wrapping_epoch,
)
from adapters.record.sealing import Tampered
from domain.privacy import BlockLabel
from tests.record.by_hand import commitment_by_hand

AMINA, LAYLA = UUID(int=1), UUID(int=2)
IRAQ: WrappingName = WrappingName("IQ", BlockLabel.IDENTITY, 24_600)
NAME = KeyName(AMINA, BlockLabel.IDENTITY)


@pytest.fixture
def wrapping() -> AESGCMSIV:
    return AESGCMSIV(os.urandom(32))


def test_a_wrapped_key_is_bound_to_person_class_and_version(wrapping: AESGCMSIV) -> None:
    _, row = mint(wrapping, IRAQ, NAME)
    bound = b"data\n00000000000000000000000000000001\nidentity\n1\n"
    key = wrapping.decrypt(row.wrapped[:12], row.wrapped[12:], bound)
    assert len(key) == 32
    assert row.commitment.hex() == commitment_by_hand(key)


def test_what_was_minted_opens_what_it_sealed(wrapping: AESGCMSIV) -> None:
    minted, row = mint(wrapping, IRAQ, NAME)
    again = unwrap(wrapping, row)
    sealed = minted.cipher.encrypt(bytes(12), b"Amina", None)
    assert again.cipher.decrypt(bytes(12), sealed, None) == b"Amina"
    assert again.commitment == minted.commitment == row.commitment.hex()


def test_no_two_people_get_the_same_key(wrapping: AESGCMSIV) -> None:
    assert len({mint(wrapping, IRAQ, KeyName(uuid4(), BlockLabel.IDENTITY))[1].commitment for _ in range(500)}) == 500


@pytest.mark.parametrize(
    "name",
    [KeyName(LAYLA, BlockLabel.IDENTITY), KeyName(AMINA, BlockLabel.MEDICAL), KeyName(AMINA, BlockLabel.IDENTITY, 2)],
    ids=["person", "class", "version"],
)
def test_a_key_row_moved_to_another_name_does_not_open(wrapping: AESGCMSIV, name: KeyName) -> None:
    _, row = mint(wrapping, IRAQ, NAME)
    with pytest.raises(Tampered):
        unwrap(wrapping, row._replace(name=name))


def test_a_key_that_is_not_the_one_committed_to_is_refused(wrapping: AESGCMSIV) -> None:
    (_, row), (_, other) = mint(wrapping, IRAQ, NAME), mint(wrapping, IRAQ, NAME)
    with pytest.raises(Tampered, match="committed"):
        unwrap(wrapping, row._replace(wrapped=other.wrapped))
    with pytest.raises(Tampered, match="committed"):
        unwrap(wrapping, row._replace(commitment=other.commitment))


def test_a_key_row_that_was_altered_cut_or_emptied_is_refused(wrapping: AESGCMSIV) -> None:
    _, row = mint(wrapping, IRAQ, NAME)
    altered = bytes([row.wrapped[0] ^ 1]) + row.wrapped[1:]
    for wrapped in (altered, row.wrapped[:-1], row.wrapped[:5], b""):
        with pytest.raises(Tampered):
            unwrap(wrapping, row._replace(wrapped=wrapped))


def test_a_wrapping_key_is_bound_to_country_class_and_month(tmp_path: Path) -> None:
    root = LocalRootKey(os.urandom(32), tmp_path)
    wrapped = new_wrapping_key(root, IRAQ)
    root.wrap(bytes(32), IRAQ._replace(epoch=24_601))
    assert len(root.unwrap(wrapped, IRAQ)) == 32
    assert IRAQ.bound() == b"wrapping\nIQ\nidentity\n24600\n"
    for other in (
        IRAQ._replace(country="DK"),
        IRAQ._replace(label=BlockLabel.MEDICAL),
        IRAQ._replace(epoch=24_601),
    ):
        with pytest.raises(Tampered):
            root.unwrap(wrapped, other)
    with pytest.raises(Tampered):
        LocalRootKey(os.urandom(32), tmp_path).unwrap(wrapped, IRAQ)


def test_wrapping_keys_change_every_thirty_days() -> None:
    epochs = [wrapping_epoch(date.fromordinal(day)) for day in range(738_000, 738_060)]
    assert sorted(epochs) == epochs
    assert [epochs.count(epoch) for epoch in sorted(set(epochs))] == [30, 30]


def test_a_chain_tells_a_destroyed_key_from_one_that_is_not_there(wrapping: AESGCMSIV) -> None:
    key, _ = mint(wrapping, IRAQ, NAME)
    medical = KeyName(AMINA, BlockLabel.MEDICAL)
    chain = KeyChain({NAME: key}, {medical})
    assert chain.for_reading(NAME) is key
    assert chain.for_reading(medical) is None
    with pytest.raises(MissingKey):
        chain.for_reading(KeyName(LAYLA, BlockLabel.IDENTITY))
    for gone in (medical, KeyName(LAYLA, BlockLabel.IDENTITY)):
        with pytest.raises(MissingKey):
            chain.for_writing(gone.subject, gone.label)
