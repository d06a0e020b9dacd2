"""Keys that sign heads and receipts, each in a file of its own. Whoever can read one can sign in our name."""

from __future__ import annotations

import binascii
import os
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Final

from adapters.evidence.note import ED25519, NoteError, Signer
from adapters.private_file import private_file

LOG_KEY: Final = "log.key"
RECEIPTS_KEY: Final = "receipts.key"
READS_KEY: Final = "reads.key"
FENCES_KEY: Final = "fences.key"
_BEGINS: Final = "PRIVATE+KEY+"


class UnusableSigningKey(Exception):  # noqa: N818 - what it is
    """A file holds no signing key, or the key of another name. The sentence says what to do."""


def local_signer(file: Path, name: str, kind: int = ED25519) -> Signer:
    """Return the signer whose key a file holds, as Go's ``note`` writes it; a missing file is made, with a new key.

    :raises UnsafePrivateFile: when others may read the file.
    :raises UnusableSigningKey: when it holds something else, or the key of another name.
    """
    text = private_file(file, lambda: _written(name, os.urandom(32), kind)).decode(errors="replace").strip()
    owner, _, rest = text.removeprefix(_BEGINS).partition("+")
    encoded = rest.partition("+")[2]  # of which base64 may hold plus signs
    try:
        raw = b64decode(encoded, validate=True)
        signer = Signer(owner, raw[1:], raw[0] if raw else 0)
    except (NoteError, binascii.Error):
        raise UnusableSigningKey(f"{file.name} holds no signing key. Restore it from its backup.") from None
    if not text.startswith(_BEGINS) or owner != name or signer.verifier.kind != kind:
        raise UnusableSigningKey(f"{file.name} holds the key of another name. HOMEWARD_ORIGIN must not change.")
    return signer


def _written(name: str, seed: bytes, kind: int) -> bytes:
    signer = Signer(name, seed, kind)
    return f"{_BEGINS}{name}+{signer.verifier.key_id.hex()}+{b64encode(bytes([kind]) + seed).decode()}\n".encode()
