"""The local key provider: a root key in a file that only its owner reads. For newcomers, and by explicit sign-off."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final, Self

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from adapters.record.keys import KEY_BYTES
from adapters.record.sealing import NONCE_BYTES, seal_key, unseal_key

ROOT_FILE: Final = "root.key"


class UnsafeKeyFile(Exception):  # noqa: N818 - what it is
    """The root key can be read by others, or is not a key. The sentence says what to do."""


class LocalRootKey:
    """A 32-byte root; wraps other keys and derives the secrets that are not about one person."""

    def __init__(self, root: bytes) -> None:
        self._root: Final = root
        self._cipher: Final = AESGCMSIV(self.derive("wrapping"))

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Read the root key of a folder, making folder and key on first use.

        :raises UnsafeKeyFile: when others may read it, or it has the wrong size.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / ROOT_FILE
        if not path.exists():
            _create(path)
        if path.stat().st_mode & 0o077:
            message = f"The root key {path.name} can be read by others. Nothing was opened. Run: chmod 600 on it."
            raise UnsafeKeyFile(message)
        root = path.read_bytes()
        if len(root) != KEY_BYTES:
            message = f"The root key {path.name} is not {KEY_BYTES} bytes long. Restore it from its backup."
            raise UnsafeKeyFile(message)
        return cls(root)

    def derive(self, purpose: str) -> bytes:
        """Return the 32-byte secret for a purpose (HKDF-SHA256): request digests, pseudonyms, cursors."""
        hkdf = HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=f"homeward/1 {purpose}".encode())
        return hkdf.derive(self._root)

    def wrap(self, key: bytes, bound_to: bytes) -> bytes:
        """Return the key wrapped under the root, bound to its name."""
        return seal_key(self._cipher, os.urandom(NONCE_BYTES), key, bound_to)

    def unwrap(self, wrapped: bytes, bound_to: bytes) -> bytes:
        """Return the key.

        :raises Tampered: when it was wrapped for another name or altered.
        """
        return unseal_key(self._cipher, wrapped, bound_to)


def _create(path: Path) -> None:
    """Write a new key completely or not at all; of several starting at once, in whatever container, one wins."""
    descriptor, name = tempfile.mkstemp(prefix="unfinished-", dir=path.parent)  # mode 0600
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(os.urandom(KEY_BYTES))
            file.flush()
            os.fsync(descriptor)
        path.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    _keep_name(path.parent)


def _keep_name(folder: Path) -> None:
    """Let a new name in a folder survive a power cut: without its root every sealed block would be lost."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
