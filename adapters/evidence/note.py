"""Signed notes (C2SP signed-note, tlog-cosignature): a text, a blank line, and lines with names and signatures.

The text counts only when a key that one already trusts has signed it. Signatures of unknown keys are passed over; a
wrong one of a known key makes the whole note worthless.
"""

from __future__ import annotations

import binascii
import re
import struct
from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import sha256
from typing import Final, NamedTuple, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519: Final = 1
COSIGNATURE: Final = 4
"""Kinds of signature, by their byte."""
LONGEST_NOTE: Final = 1 << 20
_ID_BYTES: Final = 4
_KEY_BYTES: Final = 32
_TIME: Final = struct.Struct(">Q")
_NAME: Final = re.compile(r"[^\s+]+")
_LINE: Final = re.compile(r"— (\S+) (\S+)")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteError(ValueError):
    """A text is not a note, or no trusted key signed it, or a key is not one."""


class Signature(NamedTuple):
    """A line under a note, not verified."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """Return it as it stands under a note."""
        return f"— {self.name} {b64encode(self.key_id + self.signature).decode()}\n"


class Verifier(NamedTuple):
    """A public key under its name; what is given to auditors is its :meth:`text`."""

    name: str
    public: bytes
    """32 bytes, Ed25519 (RFC 8032)."""
    kind: int = ED25519

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``name+id+key``.

        :raises NoteError: when it is not such a key, or the id does not belong to it.
        """
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = _decoded(encoded)
        if not _NAME.fullmatch(name) or len(raw) != 1 + _KEY_BYTES or raw[0] not in {ED25519, COSIGNATURE}:
            raise NoteError("This is not a verification key of the form name+id+key.")
        found = cls(name, raw[1:], raw[0])
        if found.key_id.hex() != key_id:
            raise NoteError("The id in this verification key does not belong to it; it was copied wrongly.")
        return found

    @property
    def key_id(self) -> bytes:
        """Four bytes by which a signature line says whose it is."""
        return sha256(f"{self.name}\n".encode() + bytes([self.kind]) + self.public).digest()[:_ID_BYTES]

    def text(self) -> str:
        """Return the key as one word."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(bytes([self.kind]) + self.public).decode()}"

    def accepts(self, text: str, signature: bytes) -> bool:
        """Whether this key made this signature of the text."""
        signed = text.encode()
        if self.kind == COSIGNATURE:
            if len(signature) < _TIME.size:
                return False
            (seconds,) = _TIME.unpack_from(signature)
            signed, signature = _cosigned(text, seconds), signature[_TIME.size :]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, signed)
        except (InvalidSignature, ValueError):
            return False
        return True


class Signer:
    """A private key under a name."""

    def __init__(self, name: str, seed: bytes, kind: int = ED25519) -> None:
        if not _NAME.fullmatch(name) or len(seed) != _KEY_BYTES:
            raise NoteError("A signing key needs a name without spaces or plus signs, and 32 bytes.")
        self._key: Final = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier: Final = Verifier(name, self._key.public_key().public_bytes_raw(), kind)

    def sign(self, text: str) -> Signature:
        """Sign a text that ends with a line feed."""
        return Signature(self.verifier.name, self.verifier.key_id, self._key.sign(text.encode()))

    def cosign(self, text: str, seconds: int) -> Signature:
        """Say as a witness that one saw a text, at a time in seconds since 1970."""
        signature = _TIME.pack(seconds) + self._key.sign(_cosigned(text, seconds))
        return Signature(self.verifier.name, self.verifier.key_id, signature)


class Note(NamedTuple):
    """A text with the lines under it, not verified."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, written: str) -> Self:
        """Take a note apart.

        :raises NoteError: when it is not one.
        """
        text, gap, lines = written.rpartition("\n\n")
        if len(written) > LONGEST_NOTE or not gap or not lines.endswith("\n") or _CONTROL.search(written):
            raise NoteError("This is not a signed note.")
        return cls(f"{text}\n", tuple(_signature(line) for line in lines.removesuffix("\n").split("\n")))

    def written(self) -> str:
        """Return the note as it is stored and handed on."""
        return f"{self.text}\n{''.join(each.line() for each in self.signatures)}"

    def verified(self, *trusted: Verifier) -> str:
        """Return the text.

        :raises NoteError: unless one of the keys signed it, and none of them signed something else.
        """
        if not self.signers(trusted):
            raise NoteError("No trusted key signed this note.")
        return self.text

    def signers(self, trusted: Iterable[Verifier]) -> list[Verifier]:
        """Return those of the keys that signed it.

        :raises NoteError: when the signature of one of them is wrong.
        """
        known = {(key.name, key.key_id): key for key in trusted}
        found = []
        for each in self.signatures:
            if (key := known.get((each.name, each.key_id))) is None:
                continue
            if not key.accepts(self.text, each.signature):
                raise NoteError(f"The signature of {key.name} is wrong.")
            found.append(key)
        return found


def signed(text: str, *signers: Signer) -> Note:
    """Return a note with a text that ends with a line feed."""
    return Note(text, tuple(signer.sign(text) for signer in signers))


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _signature(line: str) -> Signature:
    match = _LINE.fullmatch(line)
    raw = _decoded(match[2]) if match else b""
    if match is None or len(raw) <= _ID_BYTES:
        raise NoteError("A line under this note is not a signature.")
    return Signature(match[1], raw[:_ID_BYTES], raw[_ID_BYTES:])


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
