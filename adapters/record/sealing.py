"""Sealing and opening one block: AES-256-GCM-SIV (RFC 8452), bound to its place, padded, never compressed."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from domain.privacy import BlockLabel

NONCE_BYTES: Final = 12
_STEPS: Final = (64, 128, 256, 512, 1024)
"""Plaintext is padded to the next of these, then to whole KiB: its length tells a reader without the key little."""


class Tampered(Exception):  # noqa: N818 - what it is
    """A sealed block does not open under its own key: it, its key or its place was altered. Never an erasure."""


def place_bound(origin: str, epoch: int, stream: str, version: int, topic: str, schema_version: int) -> bytes:
    """Return the first part of the associated data of a block: where its fact stands, one value a line.

    What is bound to a place opens nowhere else. ``stream`` is 32 hexadecimal digits.
    """
    return f"homeward/1\n{origin}\n{epoch}\n{stream}\n{version}\n{topic}\n{schema_version}\n".encode()


def owner_bound(label: BlockLabel, subject: UUID, key_version: int) -> bytes:
    """Return the second part: under whose key of which class it is sealed."""
    return (label + f"\n{subject.hex}\n{key_version}\n").encode()


def seal(cipher: AESGCMSIV, nonce: bytes, plaintext: bytes, bound_to: bytes) -> bytes:
    """Return nonce, ciphertext and tag of the plaintext, padded with spaces (JSON ignores them)."""
    return nonce + cipher.encrypt(nonce, plaintext.ljust(_padded(len(plaintext))), bound_to)


def unseal(cipher: AESGCMSIV, payload: bytes, bound_to: bytes) -> bytes:
    """Return the padded plaintext.

    :raises Tampered: when the tag does not fit.
    """
    try:
        return cipher.decrypt(payload[:NONCE_BYTES], payload[NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError):  # the latter when less than a nonce is left of it
        message = "a sealed block does not open under its own key"
        raise Tampered(message) from None


def _padded(size: int) -> int:
    for step in _STEPS:
        if size <= step:
            return step
    return -(-size // _STEPS[-1]) * _STEPS[-1]


def seal_key(cipher: AESGCMSIV, nonce: bytes, key: bytes, bound_to: bytes) -> bytes:
    """Return a key wrapped under another: nonce, ciphertext and tag, without padding."""
    return nonce + cipher.encrypt(nonce, key, bound_to)


def unseal_key(cipher: AESGCMSIV, wrapped: bytes, bound_to: bytes) -> bytes:
    """Return the wrapped key.

    :raises Tampered: when the tag does not fit.
    """
    return unseal(cipher, wrapped, bound_to)
