"""A path to the server's socket that is short enough for the kernel."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Final

from adapters.embedded.cluster import PORT
from adapters.embedded.errors import EmbeddedServerError

LIMIT_BYTES: Final = 103 if sys.platform == "darwin" else 107


def reachable_socket_dir(folder: Path) -> Path:
    """Return ``folder`` or, when the socket's path would be too long, a short link to it in a private temporary folder.

    The server itself binds a relative path, so that only clients need the short one; every process finds the same link.

    :raises EmbeddedServerError: when even the temporary folder is too deep, or is not ours alone.
    """
    if _fits(folder):
        return folder
    link = _link_to(folder)
    private = link.parent
    if not _fits(link):
        raise EmbeddedServerError(
            f"The path of {folder} is too long for a socket ({LIMIT_BYTES} bytes), and so is the temporary folder's; "
            "choose a shorter HOMEWARD_DATA_DIR."
        )
    private.mkdir(mode=0o700, exist_ok=True)
    seen = private.lstat()
    if private.is_symlink() or seen.st_uid != os.geteuid() or seen.st_mode & 0o077:
        raise EmbeddedServerError(f"{private} is not ours alone; remove it, and Homeward makes it anew.")
    if not link.is_symlink() or link.readlink() != folder:
        link.unlink(missing_ok=True)
        link.symlink_to(folder)
    return link


def forget_link(folder: Path) -> None:
    """Remove the short link when there is one; the next start makes it anew."""
    link = _link_to(folder)
    if link.is_symlink():
        link.unlink()
        link.parent.rmdir()


def _link_to(folder: Path) -> Path:
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"homeward-{os.geteuid()}-{name}" / "pg"


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= LIMIT_BYTES
