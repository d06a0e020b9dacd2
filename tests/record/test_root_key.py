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

from adapters.keys.local import LocalRootKey, UnsafeKeyFile
from adapters.private_file import UnsafePrivateFile
from adapters.record.idempotency import command_id_of, digest_of
from adapters.record.keys import MissingKey, WrappingName
from adapters.record.sealing import Tampered
from domain.privacy import BlockLabel

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
    with pytest.raises(UnsafePrivateFile, match="chmod 600"):
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
from adapters.keys.local import LocalRootKey
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


def test_every_purpose_has_a_secret_of_its_own(tmp_path: Path) -> None:
    root = LocalRootKey(bytes(range(32)), tmp_path)
    secrets = {root.derive(purpose) for purpose in ("epochs", "cursors", "requests", "")}
    assert len(secrets) == 4
    extracted = hmac.digest(bytes(32), bytes(range(32)), hashlib.sha256)
    assert root.derive("cursors") == hmac.digest(extracted, b"homeward/1 cursors\x01", hashlib.sha256), "RFC 5869"


# ---------------------------------------------------------------- under a passphrase
def test_under_a_passphrase_the_file_alone_opens_nothing(folder: Path) -> None:
    made = LocalRootKey.open(folder, b"one of five words")
    assert LocalRootKey.open(folder, b"one of five words").derive("cursors") == made.derive("cursors")
    for wrong, because in ((None, "is under a passphrase"), (b"one of six words", "does not open"), (b"", "not open")):
        with pytest.raises(UnsafeKeyFile, match=because):
            LocalRootKey.open(folder, wrong)


def test_the_root_is_not_in_the_file_that_is_under_a_passphrase(folder: Path) -> None:
    made = LocalRootKey.open(folder, b"one of five words")
    assert made._root not in (folder / "root.key").read_bytes()


def test_a_root_without_a_passphrase_is_not_taken_for_one_that_has_one(folder: Path) -> None:
    LocalRootKey.open(folder)
    with pytest.raises(UnsafeKeyFile, match="without a passphrase"):
        LocalRootKey.open(folder, b"one of five words")


@pytest.mark.parametrize("at", [0, 60, 75, 90, -1])
def test_a_file_under_a_passphrase_that_was_altered_is_not_used(folder: Path, at: int) -> None:
    LocalRootKey.open(folder, b"one of five words")
    content = bytearray((folder / "root.key").read_bytes())
    content[at] ^= 1
    (folder / "root.key").write_bytes(content)
    with pytest.raises(UnsafeKeyFile):
        LocalRootKey.open(folder, b"one of five words")


# ---------------------------------------------------------------- epochs
OLD = WrappingName("IQ", BlockLabel.IDENTITY, 24_600)
NEW = OLD._replace(epoch=24_601)


def test_every_epoch_has_a_file_of_its_own_that_only_the_owner_reads(folder: Path) -> None:
    root = LocalRootKey.open(folder)
    for name in (OLD, NEW):
        root.wrap(bytes(32), name)
    assert root.epochs() == {24_600, 24_601}
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}


def test_what_was_wrapped_under_an_epoch_that_was_destroyed_is_gone_for_ever(folder: Path) -> None:
    root = LocalRootKey.open(folder)
    old, new = root.wrap(b"o" * 32, OLD), root.wrap(b"n" * 32, NEW)
    root.destroy(OLD.epoch)
    root.destroy(OLD.epoch)
    for asked in (root, LocalRootKey.open(folder)):
        assert asked.epochs() == {NEW.epoch}
        assert asked.unwrap(new, NEW) == b"n" * 32
        with pytest.raises(MissingKey, match="destroyed"):
            asked.unwrap(old, OLD)
        with pytest.raises(MissingKey, match="is over"):
            asked.wrap(bytes(32), OLD)


def test_the_secret_of_one_epoch_does_not_pass_for_that_of_another(folder: Path) -> None:
    root = LocalRootKey.open(folder)
    wrapped = root.wrap(bytes(32), OLD)
    (folder / f"epoch-{OLD.epoch}.key").rename(folder / f"epoch-{NEW.epoch}.key")
    with pytest.raises(Tampered):
        root.unwrap(wrapped, NEW)


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
