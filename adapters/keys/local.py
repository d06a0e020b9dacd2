"""The local key provider: a root key in a file that only its owner reads, under a passphrase where one is set.

For newcomers, and by explicit sign-off. Beside the root lies one file for each epoch; destroying an epoch removes its
file. What a file system, a disk or a backup of this folder keeps of it is beyond us: back the folder up apart from the
database, and not for long.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Final, Self

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from adapters.private_file import keep_names, private_file
from adapters.record.keys import KEY_BYTES, MissingKey, WrappingName
from adapters.record.sealing import NONCE_BYTES, Tampered, seal_key, unseal_key

ROOT_FILE: Final = "root.key"
EPOCH_FILE: Final = re.compile(r"epoch-([0-9]{1,9})\.key")
PROTECTED: Final = b"homeward root key under a passphrase, scrypt 2^15 8 3\n"
"""First bytes of a root file that is under a passphrase; then salt, nonce, ciphertext and tag."""
SALT_BYTES: Final = 16


class UnsafeKeyFile(Exception):  # noqa: N818 - what it is
    """The root key cannot be used as it lies there. The sentence says what to do."""


class LocalRootKey:
    """A 32-byte root; keeps the secrets of epochs and derives the secrets that are not about one person."""

    def __init__(self, root: bytes, folder: Path) -> None:
        self._root: Final = root
        self._folder: Final = folder
        self._cipher: Final = AESGCMSIV(self.derive("epochs"))

    @classmethod
    def open(cls, folder: Path, passphrase: bytes | None = None) -> Self:
        """Read the root key of a folder, making folder and key on first use.

        :raises UnsafePrivateFile: when others may read it.
        :raises UnsafeKeyFile: when it has the wrong size, or the passphrase does not open it.
        """
        path = folder / ROOT_FILE
        content = private_file(path, lambda: _new_root(passphrase))
        return cls(_root_of(path.name, content, passphrase), folder)

    def derive(self, purpose: str) -> bytes:
        """Return the 32-byte secret for a purpose (HKDF-SHA256): request digests, pseudonyms, cursors."""
        hkdf = HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=f"homeward/1 {purpose}".encode())
        return hkdf.derive(self._root)

    def wrap(self, key: bytes, name: WrappingName) -> bytes:
        """Return the key wrapped under the secret of its epoch.

        :raises MissingKey: when the epoch is over.
        """
        if not self._file(name.epoch).exists():
            self._begin(name.epoch)
        return seal_key(self._secret(name.epoch), os.urandom(NONCE_BYTES), key, name.bound())

    def unwrap(self, wrapped: bytes, name: WrappingName) -> bytes:
        """Return the key.

        :raises Tampered: when it was wrapped for another name or altered.
        :raises MissingKey: when the secret of the epoch was destroyed.
        """
        return unseal_key(self._secret(name.epoch), wrapped, name.bound())

    def epochs(self) -> frozenset[int]:
        """Return the epochs whose secrets exist."""
        found = (EPOCH_FILE.fullmatch(file.name) for file in self._folder.iterdir())
        return frozenset(int(match[1]) for match in found if match is not None)

    def destroy(self, epoch: int) -> None:
        """Overwrite and remove the file of an epoch."""
        path = self._file(epoch)
        try:
            with path.open("r+b") as file:
                file.write(bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        except FileNotFoundError:
            return
        keep_names(self._folder)

    def _begin(self, epoch: int) -> None:
        if max(self.epochs(), default=epoch) > epoch:
            raise MissingKey(f"the epoch {epoch} is over; nothing new is wrapped under it")
        private_file(
            self._file(epoch),
            lambda: seal_key(self._cipher, os.urandom(NONCE_BYTES), os.urandom(KEY_BYTES), _bound(epoch)),
        )

    def _secret(self, epoch: int) -> AESGCMSIV:
        try:
            wrapped = self._file(epoch).read_bytes()
        except FileNotFoundError:
            raise MissingKey(f"the secret of the epoch {epoch} was destroyed") from None
        return AESGCMSIV(unseal_key(self._cipher, wrapped, _bound(epoch)))

    def _file(self, epoch: int) -> Path:
        return self._folder / f"epoch-{epoch}.key"


def _bound(epoch: int) -> bytes:
    return f"epoch\n{epoch}\n".encode()


def _root_of(name: str, content: bytes, passphrase: bytes | None) -> bytes:
    """Return the root that a file holds.

    :raises UnsafeKeyFile: when it cannot be had.
    """
    if content.startswith(PROTECTED):
        if passphrase is None:
            raise UnsafeKeyFile(f"The root key {name} is under a passphrase. Set HOMEWARD_KEYS_PASSPHRASE_FILE.")
        salt, wrapped = content[len(PROTECTED) :][:SALT_BYTES], content[len(PROTECTED) + SALT_BYTES :]
        try:
            return unseal_key(AESGCMSIV(_stretched(passphrase, salt)), wrapped, PROTECTED)
        except Tampered:
            raise UnsafeKeyFile(f"The passphrase does not open the root key {name}.") from None
    if passphrase is not None:
        raise UnsafeKeyFile(
            f"The root key {name} was made without a passphrase. Use another data folder, or unset "
            "HOMEWARD_KEYS_PASSPHRASE_FILE."
        )
    if len(content) != KEY_BYTES:
        raise UnsafeKeyFile(f"The root key {name} is not {KEY_BYTES} bytes long. Restore it from its backup.")
    return content


def _new_root(passphrase: bytes | None) -> bytes:
    """Return what the file of a new root holds."""
    root = os.urandom(KEY_BYTES)
    return root if passphrase is None else _protected(root, passphrase)


def _protected(root: bytes, passphrase: bytes) -> bytes:
    salt = os.urandom(SALT_BYTES)
    cipher = AESGCMSIV(_stretched(passphrase, salt))
    return PROTECTED + salt + seal_key(cipher, os.urandom(NONCE_BYTES), root, PROTECTED)


@lru_cache(maxsize=1)
def _stretched(passphrase: bytes, salt: bytes) -> bytes:
    """Return the key that a passphrase makes; remembered, because it takes a tenth of a second on purpose."""
    return Scrypt(salt=salt, length=KEY_BYTES, n=2**15, r=8, p=3).derive(passphrase)
