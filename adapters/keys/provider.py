"""The key provider that the settings name."""

from __future__ import annotations

from adapters.keys.local import LocalRootKey, UnsafeKeyFile
from adapters.record.keys import RootKey
from adapters.settings import Settings


def open_root(settings: Settings) -> RootKey:
    """Return the root of all keys.

    :raises UnsafePrivateFile: when others can read a file of keys or secrets.
    :raises UnsafeKeyFile: when one cannot be used as it lies there; the sentence says what to do.
    :raises KeysUnavailable: when an external provider does not answer.
    """
    if settings.keys == "vault":
        from adapters.keys.vault import open_vault  # noqa: PLC0415 - needs the extra ``vault``

        return open_vault(settings)
    return LocalRootKey.open(settings.data_dir / "keys", _passphrase(settings))


def _passphrase(settings: Settings) -> bytes | None:
    if (file := settings.keys_passphrase_file) is None:
        return None
    try:
        passphrase = file.read_bytes().strip()
    except OSError:
        raise UnsafeKeyFile("The file of HOMEWARD_KEYS_PASSPHRASE_FILE cannot be read.") from None
    if not passphrase:
        raise UnsafeKeyFile("The file of HOMEWARD_KEYS_PASSPHRASE_FILE is empty.")
    return passphrase
