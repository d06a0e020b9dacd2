"""The transit engine of Vault and OpenBao, as its HTTP API is documented: what we ask, and what each answer means.

No such server is at hand where these tests run. ``transit.json`` holds the exchanges; a server on a real socket plays
them and accepts no other request.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from adapters.keys.local import UnsafeKeyFile
from adapters.keys.vault import VaultRootKey, open_vault
from adapters.private_file import UnsafePrivateFile
from adapters.record.errors import KeysUnavailable
from adapters.record.keys import MissingKey, WrappingName
from adapters.record.sealing import Tampered
from adapters.settings import SettingError, Settings, read_settings
from domain.privacy import BlockLabel

EXCHANGES: dict[str, list[dict[str, Any]]] = json.loads((Path(__file__).parent / "transit.json").read_text())
NAME = WrappingName("IQ", BlockLabel.IDENTITY, 24_600)
WRAPPED = b"vault:v1:abcdefgh"
TOKEN = "hvs.only-in-a-test"


class Transit(BaseHTTPRequestHandler):
    """Plays the exchanges that its server still expects."""

    def _play(self) -> None:
        server = self.server
        assert isinstance(server, Player)
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or "null")
        asked = [self.command, self.path, body]
        expected = server.expected.pop(0) if server.expected else {"ask": None}
        fits = asked == expected["ask"] and self.headers["x-vault-token"] == TOKEN
        status, answer = expected["answer"] if fits else (500, {"errors": [f"unexpected: {asked}"]})
        if not fits:
            server.unexpected.append(asked)
        content = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = do_LIST = _play  # noqa: N815 - the library's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


class Player(HTTPServer):
    """A server with a script."""

    def __init__(self, expected: list[dict[str, Any]]) -> None:
        super().__init__(("127.0.0.1", 0), Transit)
        self.expected = list(expected)
        self.unexpected: list[Any] = []


def settings_of(port: int, folder: Path) -> Settings:
    token = folder / "token"
    token.write_text(TOKEN + "\n")
    token.chmod(0o600)
    return read_settings(
        {
            "HOMEWARD_DATA_DIR": str(folder),
            "HOMEWARD_KEYS": "vault",
            "HOMEWARD_VAULT_URL": f"http://127.0.0.1:{port}",
            "HOMEWARD_VAULT_TOKEN_FILE": str(token),
        }
    )


@contextmanager
def playing(scene: str, folder: Path) -> Iterator[VaultRootKey]:
    """Play a scene; afterwards everything in it was asked and nothing else."""
    server = Player(EXCHANGES[scene])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    root = open_vault(settings_of(server.server_port, folder))
    try:
        yield root
        assert server.unexpected == []
        assert server.expected == []
    finally:
        root.close()
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_secret_is_derived_from_a_key_that_never_leaves(tmp_path: Path) -> None:
    with playing("derive", tmp_path) as root:
        assert root.derive("cursors") == bytes(range(32))


def test_an_epoch_gets_its_key_when_it_is_first_used(tmp_path: Path) -> None:
    with playing("first wrap of an epoch", tmp_path) as root:
        assert root.wrap(bytes(32), NAME) == WRAPPED


def test_nothing_new_is_wrapped_under_an_epoch_that_is_over(tmp_path: Path) -> None:
    with playing("wrap when the epoch is over", tmp_path) as root, pytest.raises(MissingKey, match="is over"):
        root.wrap(bytes(32), NAME)


def test_what_was_wrapped_is_unwrapped(tmp_path: Path) -> None:
    with playing("unwrap", tmp_path) as root:
        assert root.unwrap(WRAPPED, NAME) == bytes(32)


@pytest.mark.parametrize(
    ("scene", "expected"),
    [
        ("unwrap what was altered", Tampered),
        ("unwrap what is no ciphertext", Tampered),
        ("unwrap after the epoch was destroyed", MissingKey),
    ],
)
def test_what_does_not_open_is_altered_or_destroyed_and_never_the_other(
    tmp_path: Path, scene: str, expected: type[Exception]
) -> None:
    with playing(scene, tmp_path) as root, pytest.raises(expected):
        root.unwrap(WRAPPED, NAME)


def test_only_our_own_epochs_are_counted(tmp_path: Path) -> None:
    with playing("epochs", tmp_path) as root:
        assert root.epochs() == {24_600, 24_601}


@pytest.mark.parametrize("scene", ["destroy", "destroy what is gone"])
def test_an_epoch_is_deleted_once(tmp_path: Path, scene: str) -> None:
    with playing(scene, tmp_path) as root:
        root.destroy(24_600)


@pytest.mark.parametrize("scene", ["sealed", "not permitted", "nonsense"])
def test_a_server_that_does_not_let_us_in_is_no_answer(tmp_path: Path, scene: str) -> None:
    with playing(scene, tmp_path) as root, pytest.raises(KeysUnavailable):
        root.epochs()


@pytest.mark.parametrize(
    "ask",
    [
        lambda root: root.derive("cursors"),
        lambda root: root.wrap(bytes(32), NAME),
        lambda root: root.unwrap(WRAPPED, NAME),
        lambda root: root.destroy(24_600),
    ],
    ids=["derive", "wrap", "unwrap", "destroy"],
)
def test_a_server_that_is_not_there_is_no_answer(tmp_path: Path, ask: Callable[[VaultRootKey], object]) -> None:
    with Player([]) as server:
        port = server.server_port
    root = open_vault(settings_of(port, tmp_path))
    with pytest.raises(KeysUnavailable):
        ask(root)
    root.close()


def test_a_token_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    settings = settings_of(1, tmp_path)
    (tmp_path / "token").chmod(0o640)
    with pytest.raises(UnsafePrivateFile, match="chmod 600"):
        open_vault(settings)
    (tmp_path / "token").unlink()
    with pytest.raises(UnsafeKeyFile, match="cannot be read"):
        open_vault(settings)


@pytest.mark.parametrize(
    "change",
    [
        {"HOMEWARD_VAULT_URL": ""},
        {"HOMEWARD_VAULT_TOKEN_FILE": ""},
        {"HOMEWARD_VAULT_URL": "http://vault.example"},
        {"HOMEWARD_VAULT_MOUNT": "../sys"},
        {"HOMEWARD_VAULT_PREFIX": "home/ward"},
        {"HOMEWARD_KEYS": "cloud"},
    ],
)
def test_settings_that_leave_the_provider_open_or_unguarded_are_refused(change: dict[str, str]) -> None:
    complete = {
        "HOMEWARD_KEYS": "vault",
        "HOMEWARD_VAULT_URL": "https://vault.example:8200",
        "HOMEWARD_VAULT_TOKEN_FILE": "/run/secrets/vault",
    }
    assert read_settings(complete).keys == "vault"
    with pytest.raises(SettingError):
        read_settings({**complete, **change})
