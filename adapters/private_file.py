"""A secret in a file that only its owner reads, written completely or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path


class UnsafePrivateFile(Exception):  # noqa: N818 - what it is
    """A secret can be read by others. The sentence says what to do."""


def private_file(path: Path, make: Callable[[], bytes]) -> bytes:
    """Return what the file holds; a missing one is made. Of several processes that make it at once, one wins.

    :raises UnsafePrivateFile: when others than its owner may read it.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _create(path, make())
    if path.stat().st_mode & 0o077:
        raise UnsafePrivateFile(f"{path.name} can be read by others. Nothing was opened. Run: chmod 600 on it.")
    return path.read_bytes()


def replace_durably(path: Path, content: bytes) -> None:
    """Put a whole new content in the place of the old one; a power cut leaves one of them."""
    draft = _draft(path, content)
    draft.replace(path)
    keep_names(path.parent)


def keep_names(folder: Path) -> None:
    """Let new names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _create(path: Path, content: bytes) -> None:
    draft = _draft(path, content)
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    keep_names(path.parent)


def _draft(path: Path, content: bytes) -> Path:
    descriptor, name = tempfile.mkstemp(prefix="unfinished-", dir=path.parent)  # mode 0600
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    return Path(name)
