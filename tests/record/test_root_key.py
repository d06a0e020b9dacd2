"""The root key in a file: made once, complete or not at all, and for its owner's eyes only."""

from __future__ import annotations

import hashlib
import hmac
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from adapters.record.idempotency import command_id_of, digest_of
from adapters.record.local_root import LocalRootKey, UnsafeKeyFile

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "keys"


def test_it_is_made_on_first_use_and_found_again(folder: Path) -> None:
    first, again = LocalRootKey.open(folder), LocalRootKey.open(folder)
    assert first.derive("cursors") == again.derive("cursors")
    assert [file.name for file in folder.iterdir()] == ["root.key"], "and leaves nothing else behind"


def test_nobody_else_may_read_it(folder: Path) -> None:
    umask = os.umask(0)
    try:
        LocalRootKey.open(folder)
    finally:
        os.umask(umask)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "root.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
def test_a_key_that_others_can_read_is_not_used(folder: Path, mode: int) -> None:
    LocalRootKey.open(folder)
    (folder / "root.key").chmod(mode)
    with pytest.raises(UnsafeKeyFile, match="chmod 600"):
        LocalRootKey.open(folder)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_key_of_the_wrong_size_is_not_used(folder: Path, size: int) -> None:
    LocalRootKey.open(folder)
    (folder / "root.key").write_bytes(bytes(size))
    with pytest.raises(UnsafeKeyFile, match="backup"):
        LocalRootKey.open(folder)


def test_threads_that_start_at_once_share_one_key(folder: Path) -> None:
    with ThreadPoolExecutor(16) as threads:
        roots = list(threads.map(lambda _: LocalRootKey.open(folder).derive("test"), range(64)))
    assert len(set(roots)) == 1
    assert [file.name for file in folder.iterdir()] == ["root.key"]


def test_processes_that_start_at_once_share_one_key(folder: Path) -> None:
    program = f"""
from pathlib import Path
from adapters.record.local_root import LocalRootKey
input()
print(LocalRootKey.open(Path({str(folder)!r})).derive("test").hex())
"""
    together = [
        subprocess.Popen([sys.executable, "-c", program], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    for each in together:
        assert each.stdin is not None
        each.stdin.write(b"\n")
        each.stdin.flush()
    said = {each.communicate(timeout=60)[0] for each in together}
    assert [each.returncode for each in together] == [0] * 4
    assert len(said) == 1


def test_a_start_that_was_killed_half_way_does_not_stop_the_next(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / f"root.{os.getpid()}").write_bytes(b"half a key")
    assert LocalRootKey.open(folder).derive("test") == LocalRootKey.open(folder).derive("test")


def test_every_purpose_has_a_secret_of_its_own() -> None:
    root = LocalRootKey(bytes(range(32)))
    secrets = {root.derive(purpose) for purpose in ("wrapping", "cursors", "requests", "")}
    assert len(secrets) == 4
    extracted = hmac.digest(bytes(32), bytes(range(32)), hashlib.sha256)
    assert root.derive("cursors") == hmac.digest(extracted, b"homeward/1 cursors\x01", hashlib.sha256), "RFC 5869"


def test_a_command_has_one_id_for_one_asker_and_key() -> None:
    secret = bytes(32)
    ours = command_id_of(secret, "https://issuer.test", "officer", "key-1")
    assert ours == command_id_of(secret, "https://issuer.test", "officer", "key-1")
    others = {
        command_id_of(bytes(31) + b"\x01", "https://issuer.test", "officer", "key-1"),
        command_id_of(secret, "https://other.test", "officer", "key-1"),
        command_id_of(secret, "https://issuer.test", "another", "key-1"),
        command_id_of(secret, "https://issuer.test", "officer", "key-2"),
    }
    assert len(others | {ours}) == 5
    assert ours.version == 8


def test_a_request_is_compared_by_method_path_and_body() -> None:
    secret = bytes(32)
    ours = digest_of(secret, "POST", "/v1/cases", b"{}")
    assert ours == hmac.digest(secret, b"request\nPOST\n/v1/cases\n{}", hashlib.sha256)
    assert ours not in {
        digest_of(secret, "PUT", "/v1/cases", b"{}"),
        digest_of(secret, "POST", "/v1/cases/1", b"{}"),
        digest_of(secret, "POST", "/v1/cases", b"{ }"),
        digest_of(bytes(31) + b"\x01", "POST", "/v1/cases", b"{}"),
    }
