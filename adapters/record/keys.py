"""Keys of people: one for each person and class of data, wrapped under a key of a country, class and thirty days.

Wrapping keys are wrapped under a secret of their thirty days that never leaves its provider: once that is destroyed,
what a backup holds of them opens nothing. Destroying a person's key row leaves a tombstone: the person's blocks read as
erased for ever. A block whose key row is simply missing is an alarm, never an erasure.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Final, NamedTuple, Protocol
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from adapters.record.sealing import NONCE_BYTES, Tampered, seal_key, unseal_key
from domain.privacy import BlockLabel

KEY_BYTES: Final = 32
EPOCH_DAYS: Final = 30
"""A wrapping key serves for new keys this long; then live keys are wrapped anew and it is destroyed."""


class KeyName(NamedTuple):
    """Whose key, for which class, and which one of them (from 1)."""

    subject: UUID
    label: BlockLabel
    version: int = 1


class WrappingName(NamedTuple):
    """For which country, class and thirty days a wrapping key serves."""

    country: str
    label: BlockLabel
    epoch: int

    def bound(self) -> bytes:
        """Return the name as associated data."""
        return f"wrapping\n{self.country}\n{self.label.value}\n{self.epoch}\n".encode()


FINGERPRINT: Final = b"homeward/1 fingerprint\n"
"""What a fingerprint begins with; then 16 bytes of person, two of version, the class."""


class Fences(Protocol):
    """Which keys were destroyed because their person was erased; kept outside the database."""

    def hold(self, name: KeyName) -> bool:
        """Whether a fence names the key."""


class RootKey(Protocol):
    """What a key provider does. The root, and the secrets of the epochs, stay inside."""

    def derive(self, purpose: str) -> bytes:
        """Return the 32-byte secret for a purpose: always the same; it is not about one person."""

    def wrap(self, key: bytes, name: WrappingName) -> bytes:
        """Return the key wrapped under the secret of the name's epoch, bound to the name.

        The secret is made on first use, unless a later epoch has begun.

        :raises MissingKey: when the epoch is over.
        """

    def unwrap(self, wrapped: bytes, name: WrappingName) -> bytes:
        """Return the key.

        :raises Tampered: when it was wrapped for another name or altered.
        :raises MissingKey: when the secret of the epoch was destroyed.
        """

    def epochs(self) -> frozenset[int]:
        """Return the epochs whose secrets exist."""

    def destroy(self, epoch: int) -> None:
        """Destroy the secret of an epoch, for ever; nothing happens when there is none."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """An unwrapped key of a person, ready for use."""

    cipher: AESGCMSIV
    commitment: str
    """Hash of the key, 64 hexadecimal digits; the fact that first uses the key in its stream carries it."""


class WrappedKey(NamedTuple):
    """A key row as it is stored."""

    name: KeyName
    wrapping: WrappingName
    wrapped: bytes
    commitment: bytes


class MissingKey(Exception):  # noqa: N818 - what it is
    """A sealed block has neither a key nor a fence that says why. Reading stops; somebody must look."""


class PersonIsErased(Exception):  # noqa: N818 - what it is
    """The person's keys were destroyed: nothing can be sealed for them any more, and nothing is recorded about them."""


def wrapping_epoch(today: date) -> int:
    """Return the number of the thirty days in which the date lies."""
    return today.toordinal() // EPOCH_DAYS


def first_day(epoch: int) -> date:
    """Return the first of the thirty days."""
    return date.fromordinal(epoch * EPOCH_DAYS)


def new_wrapping_key(root: RootKey, name: WrappingName) -> bytes:
    """Return a fresh wrapping key, wrapped under the secret of its epoch."""
    return root.wrap(os.urandom(KEY_BYTES), name)


def mint(wrapping: AESGCMSIV, wrapping_name: WrappingName, name: KeyName) -> tuple[DataKey, WrappedKey]:
    """Return a fresh key of a person, unwrapped for use now and wrapped for storing."""
    random = os.urandom(KEY_BYTES + NONCE_BYTES)
    key = random[:KEY_BYTES]
    commitment = commitment_of(key)
    wrapped = seal_key(wrapping, random[KEY_BYTES:], key, _bound(name))
    return DataKey(AESGCMSIV(key), commitment.hex()), WrappedKey(name, wrapping_name, wrapped, commitment)


def rewrap(old: AESGCMSIV, new: AESGCMSIV, to: WrappingName, row: WrappedKey) -> WrappedKey:
    """Return the row wrapped under another wrapping key; the person's key stays the same.

    :raises Tampered: as :func:`unwrap`.
    """
    key = _unwrapped(old, row)
    return row._replace(wrapping=to, wrapped=seal_key(new, os.urandom(NONCE_BYTES), key, _bound(row.name)))


def unwrap(wrapping: AESGCMSIV, row: WrappedKey) -> DataKey:
    """Return the key of a stored row.

    :raises Tampered: when the row was altered, moved to another person, or holds another key than was committed to.
    """
    return DataKey(AESGCMSIV(_unwrapped(wrapping, row)), row.commitment.hex())


def commitment_of(key: bytes) -> bytes:
    """Return the hash by which a fact commits to a key (GCM-SIV alone does not commit to its key)."""
    return sha256(b"homeward/1 key commitment\n" + key).digest()


def fingerprint(name: KeyName) -> bytes:
    """Return the hash by which a fence names a key: of whom it was and for which class, and not what it was."""
    return sha256(FINGERPRINT + name.subject.bytes + name.version.to_bytes(2) + name.label.encode()).digest()


def _unwrapped(wrapping: AESGCMSIV, row: WrappedKey) -> bytes:
    key = unseal_key(wrapping, row.wrapped, _bound(row.name))
    if commitment_of(key) != row.commitment:
        message = "a person's key is not the one that was committed to"
        raise Tampered(message)
    return key


def _bound(name: KeyName) -> bytes:
    return f"data\n{name.subject.hex}\n{name.label.value}\n{name.version}\n".encode()


class KeyChain:
    """The keys at hand for one piece of work: those declared to be opened, and those that are written with."""

    __slots__ = ("_destroyed", "_keys")

    def __init__(self, keys: Mapping[KeyName, DataKey] | None = None, destroyed: Iterable[KeyName] = ()) -> None:
        self._keys: Final[dict[KeyName, DataKey]] = dict(keys or {})
        self._destroyed: Final = frozenset(destroyed)

    def with_all_of(self, other: KeyChain) -> KeyChain:
        """Return a chain with the keys and the tombstones of both."""
        return KeyChain(self._keys | other._keys, self._destroyed | other._destroyed)

    def add(self, keys: Mapping[KeyName, DataKey]) -> None:
        """Put more keys on the chain."""
        self._keys.update(keys)

    def for_writing(self, subject: UUID, label: BlockLabel) -> tuple[int, DataKey]:
        """Return the newest key and its version.

        :raises MissingKey: when the person has none on this chain.
        """
        name = KeyName(subject, label)
        if (key := self._keys.get(name)) is None:
            message = f"no {label.value} key is at hand for writing"
            raise MissingKey(message)
        return name.version, key

    def for_reading(self, name: KeyName) -> DataKey | None:
        """Return the key, or ``None`` when it was destroyed.

        :raises MissingKey: when there is neither a key nor a tombstone within a fence.
        """
        if (key := self._keys.get(name)) is not None:
            return key
        if name in self._destroyed:
            return None
        message = f"a {name.label.value} block has neither a key nor a tombstone"
        raise MissingKey(message)
