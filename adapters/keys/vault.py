"""Vault or OpenBao as the key provider: its *transit* engine, over HTTPS. Needs the extra ``homeward[vault]``.

One transit key for what is derived, one for each epoch; none can be exported. Destroying an epoch deletes its key
there, so no backup of ours opens anything of it. Requests and answers follow the documented HTTP API of the transit
secrets engine (Vault 1.9 or newer for ``associated_data``; OpenBao 2); the policy that the token needs stands in
``docs/keys.md``.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import httpx

from adapters.keys.local import UnsafeKeyFile
from adapters.private_file import UnsafePrivateFile
from adapters.record.errors import KeysUnavailable
from adapters.record.keys import MissingKey, WrappingName
from adapters.record.sealing import Tampered
from adapters.settings import Settings

TIMEOUT_SECONDS: Final = 5.0
NO_SUCH_KEY: Final = "encryption key not found"
"""How transit says, with 400, that there is no such key; every other 400 to a decryption means that it did not fit."""


class VaultRootKey:
    """The root inside a transit engine. Blocking: ask from a thread where that matters. Close it when done."""

    def __init__(self, client: httpx.Client, *, token_file: Path, mount: str, prefix: str) -> None:
        self._client: Final = client
        self._token_file: Final = token_file
        self._mount: Final = mount
        self._prefix: Final = prefix

    def derive(self, purpose: str) -> bytes:
        """Return the 32-byte secret for a purpose: transit's HMAC under the first version of the root.

        :raises KeysUnavailable: when the server does not answer.
        """
        self._make("root")
        answer = self._ask(
            "POST", f"hmac/{self._prefix}-root/sha2-256",
            {"input": _b64(f"homeward/1 {purpose}".encode()), "key_version": 1},
        )  # fmt: skip
        return b64decode(_told(answer, "hmac").rpartition(":")[2])

    def wrap(self, key: bytes, name: WrappingName) -> bytes:
        """Return the key wrapped under the epoch's transit key, which is made on first use.

        :raises MissingKey: when a later epoch has begun and this one is gone.
        :raises KeysUnavailable: when the server does not answer.
        """
        known = self.epochs()
        if name.epoch not in known:
            if max(known, default=name.epoch) > name.epoch:
                raise MissingKey(f"the epoch {name.epoch} is over; nothing new is wrapped under it")
            self._make(str(name.epoch))
        answer = self._ask(
            "POST", f"encrypt/{self._prefix}-{name.epoch}",
            {"plaintext": _b64(key), "associated_data": _b64(name.bound())},
        )  # fmt: skip
        return str(_told(answer, "ciphertext")).encode()

    def unwrap(self, wrapped: bytes, name: WrappingName) -> bytes:
        """Return the key.

        :raises Tampered: when it was wrapped for another name or altered.
        :raises MissingKey: when the epoch's transit key was deleted.
        :raises KeysUnavailable: when the server does not answer.
        """
        answer = self._ask(
            "POST", f"decrypt/{self._prefix}-{name.epoch}",
            {"ciphertext": wrapped.decode("ascii", "replace"), "associated_data": _b64(name.bound())},
            accepting=HTTPStatus.BAD_REQUEST,
        )  # fmt: skip
        if answer.status_code == HTTPStatus.BAD_REQUEST:
            if NO_SUCH_KEY in answer.text:
                raise MissingKey(f"the secret of the epoch {name.epoch} was destroyed")
            message = "a wrapping key does not open under the secret of its epoch"
            raise Tampered(message)
        return b64decode(_told(answer, "plaintext"))

    def epochs(self) -> frozenset[int]:
        """Return the epochs whose transit keys exist.

        :raises KeysUnavailable: when the server does not answer.
        """
        answer = self._ask("LIST", "keys", accepting=HTTPStatus.NOT_FOUND)
        if answer.status_code == HTTPStatus.NOT_FOUND:  # how transit says that there is none at all
            return frozenset()
        ours = re.compile(rf"{re.escape(self._prefix)}-([0-9]{{1,9}})")
        found = (ours.fullmatch(name) for name in _told(answer, "keys"))
        return frozenset(int(match[1]) for match in found if match is not None)

    def destroy(self, epoch: int) -> None:
        """Delete the epoch's transit key.

        :raises KeysUnavailable: when the server does not answer or does not allow it; ask again.
        """
        if epoch not in self.epochs():
            return
        self._ask("POST", f"keys/{self._prefix}-{epoch}/config", {"deletion_allowed": True})
        self._ask("DELETE", f"keys/{self._prefix}-{epoch}")

    def close(self) -> None:
        """Leave."""
        self._client.close()

    def _make(self, name: str) -> None:
        """Create a key; transit leaves one that exists as it is."""
        self._ask(
            "POST", f"keys/{self._prefix}-{name}",
            {"type": "aes256-gcm96", "exportable": False, "allow_plaintext_backup": False},
        )  # fmt: skip

    def _ask(
        self, method: str, path: str, body: dict[str, object] | None = None, *, accepting: HTTPStatus | None = None
    ) -> httpx.Response:
        """Ask the engine.

        :raises KeysUnavailable: unless it answers with success or the status that the caller accepts.
        """
        try:
            token = self._token_file.read_text().strip()
            answer = self._client.request(
                method, f"/v1/{self._mount}/{path}", json=body, headers={"X-Vault-Token": token}
            )
        except (OSError, httpx.HTTPError) as error:
            raise KeysUnavailable from error
        if not answer.is_success and answer.status_code != accepting:
            raise KeysUnavailable
        return answer


def open_vault(settings: Settings) -> VaultRootKey:
    """Return the transit engine that the settings name; the token is read anew for each request, so it may change.

    :raises UnsafePrivateFile: when others can read the file of the token.
    :raises UnsafeKeyFile: when there is none.
    """
    token_file = settings.vault_token_file or Path()
    try:
        unsafe = token_file.stat().st_mode & 0o077
    except OSError:
        raise UnsafeKeyFile("The file of HOMEWARD_VAULT_TOKEN_FILE cannot be read.") from None
    if unsafe:
        raise UnsafePrivateFile("The file of HOMEWARD_VAULT_TOKEN_FILE can be read by others. Run: chmod 600 on it.")
    client = httpx.Client(base_url=settings.vault_url or "", timeout=TIMEOUT_SECONDS, trust_env=False)
    return VaultRootKey(client, token_file=token_file, mount=settings.vault_mount, prefix=settings.vault_prefix)


def _b64(raw: bytes) -> str:
    return b64encode(raw).decode()


def _told(answer: httpx.Response, member: str) -> Any:
    """Return a member of the answer's data.

    :raises KeysUnavailable: when the answer is not transit's.
    """
    try:
        return answer.json()["data"][member]
    except (ValueError, KeyError, TypeError) as error:
        raise KeysUnavailable from error
