"""Under which account the server runs: PostgreSQL refuses to be root, and root must not lend it more than a folder."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, TypedDict

from adapters.embedded.errors import EmbeddedServerError

PREFERRED: Final = ("homeward", "postgres")
LAST_RESORT: Final = "nobody"
ROOT: Final = 0


class ProcessIdentity(TypedDict, total=False):
    """What :mod:`subprocess` needs to start a program under an account."""

    user: int
    group: int
    extra_groups: list[int]


class Door(NamedTuple):
    """A folder as a program reaches it, and the descriptors that have to be passed on to the program."""

    path: str
    descriptors: tuple[int, ...]


@dataclass(frozen=True)
class Account:
    """A system user; ``dropped`` when we are root and have to become it, with no supplementary groups."""

    uid: int
    gid: int
    dropped: bool

    @classmethod
    def for_folder(cls, folder: Path) -> Account:
        """Choose the account for a server whose files lie, or will lie, in ``folder``.

        Who already owns the folder goes on owning it. Otherwise root takes ``homeward`` or ``postgres`` when the system
        has one, creates ``homeward`` when it can, and falls back to ``nobody``.

        :raises EmbeddedServerError: when the folder belongs to somebody else and we are not root.
        """
        ours = os.geteuid()
        owner = folder.stat().st_uid if folder.exists() else None
        if ours != ROOT:
            if owner not in {None, ours}:
                raise EmbeddedServerError(
                    f"The database in {folder} belongs to another user; run Homeward as that user, or choose another "
                    "HOMEWARD_DATA_DIR."
                )
            return cls(ours, os.getegid(), dropped=False)
        if owner not in {None, ROOT}:
            return cls(folder.stat().st_uid, folder.stat().st_gid, dropped=True)
        entry = _existing(*PREFERRED) or _created(PREFERRED[0]) or _existing(LAST_RESORT)
        if entry is None:
            raise EmbeddedServerError(
                "PostgreSQL refuses to run as root, and this system has no unprivileged user for it; create one named "
                f"{PREFERRED[0]}, or run Homeward as an ordinary user."
            )
        return cls(entry.pw_uid, entry.pw_gid, dropped=True)

    @property
    def identity(self) -> ProcessIdentity:
        """Arguments for :class:`subprocess.Popen`."""
        if not self.dropped:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    @contextmanager
    def door(self, folder: Path) -> Iterator[Door]:
        """Open the folder for a program of this account: for another account than ours through a descriptor.

        The link ``/proc/self/fd/…`` needs no permission on the folders above, so that a private parent stays private.
        """
        if not self.dropped:
            yield Door(str(folder), ())
            return
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            yield Door(f"/proc/self/fd/{descriptor}", (descriptor,))
        finally:
            os.close(descriptor)

    def make_folder(self, folder: Path) -> None:
        """Make a private folder for the account; one that exists is left as it is."""
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            return
        if self.dropped:
            os.chown(folder, self.uid, self.gid)

    def write_private(self, file: Path, text: str) -> None:
        """Write a new file that only the account reads; never through a link that somebody put there."""
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w") as opened:
            opened.write(text)
            if self.dropped:
                os.fchown(descriptor, self.uid, self.gid)


def _existing(*names: str) -> pwd.struct_passwd | None:
    for name in names:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def _created(name: str) -> pwd.struct_passwd | None:
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program is None:
        return None
    arguments = [program, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
    made = subprocess.run(arguments, check=False, capture_output=True)  # noqa: S603  a fixed system program
    return _existing(name) if made.returncode == 0 else None
