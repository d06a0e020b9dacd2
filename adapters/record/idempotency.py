"""What makes a retry safe: a command's id comes from who asked and the key they chose; its body is kept as an HMAC."""

from __future__ import annotations

import hmac
from hashlib import sha256
from uuid import UUID

DIGEST_BYTES = 32
_SHAPE = 0xF000 << 64 | 0xC000 << 48
_VERSION_8 = 0x8000 << 64 | 0x8000 << 48
"""Version and variant of a UUID made by a rule of our own (RFC 9562, 5.8); older Pythons cannot set it themselves."""


def command_id_of(secret: bytes, issuer: str, subject: str, key: str) -> UUID:
    """Return the command's id: the same for the same token subject and ``Idempotency-Key``, unguessable for others."""
    preimage = f"command\n{issuer}\n{subject}\n{key}".encode()
    number = int.from_bytes(hmac.digest(secret, preimage, sha256)[:16], "big")
    return UUID(int=number & ~_SHAPE | _VERSION_8)


def digest_of(secret: bytes, method: str, path: str, body: bytes) -> bytes:
    """Return the 32-byte HMAC by which a repeated request is compared with the first; the body itself is not kept."""
    return hmac.digest(secret, f"request\n{method}\n{path}\n".encode() + body, sha256)
