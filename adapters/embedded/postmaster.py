"""The server's process: start it, see whether it lives, end it; whoever started it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from adapters.embedded.account import Account
from adapters.embedded.cluster import PORT
from adapters.embedded.errors import EmbeddedServerError

ENVIRONMENT: Final = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}
LOG_KEPT_BYTES: Final = 8 << 20
QUOTED_BYTES: Final = 2000
LAST_CHECKPOINT_SECONDS: Final = 120
SHUTDOWN_SECONDS: Final = 10
SOCKET_LOCK: Final = f".s.PGSQL.{PORT}.lock"
"""Beside the cluster, where the server's socket is."""
REMAINS: Final = "pre-existing shared memory block"


class Postmaster:
    """The one server process of a cluster, found again through the file in which PostgreSQL keeps its number."""

    def __init__(self, cluster: Path, log_file: Path) -> None:
        self._cluster = cluster
        self._log_file = log_file
        self._child: int | None = None

    @property
    def alive(self) -> bool:
        """Whether the server's process exists; it may still be recovering."""
        return self._living_pid() is not None

    def spawn(self, program: Path, arguments: Sequence[str], account: Account) -> None:
        """Start the server; what it says goes to the log file."""
        if not self.alive:
            # The number of a killed server may by now be a stranger's, or still be that of a process that nobody has
            # put to rest: PostgreSQL would take either for a server that lives.
            (self._cluster / "postmaster.pid").unlink(missing_ok=True)
            (self._cluster.parent / SOCKET_LOCK).unlink(missing_ok=True)
        if self._log_file.exists() and self._log_file.stat().st_size > LOG_KEPT_BYTES:
            self._log_file.replace(self._log_file.with_suffix(".log.1"))
        log = os.open(self._log_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            with account.door(self._cluster) as door:
                server = subprocess.Popen(  # noqa: S603  a program that we chose
                    [program, "-D", door.path, *arguments],
                    **account.identity,
                    pass_fds=door.descriptors,
                    cwd="/",
                    env=ENVIRONMENT,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # Ctrl-C in the terminal is meant for us
                )
        finally:
            os.close(log)
        self._child = server.pid
        server.returncode = 0  # the server may outlive us: it is not subprocess's to mourn

    def end(self, how: signal.Signals = signal.SIGINT) -> None:
        """End the server and wait until it is gone: with a checkpoint, or as ``how`` says.

        :raises EmbeddedServerError: when it does not end.
        """
        for each, seconds in ((how, LAST_CHECKPOINT_SECONDS), (signal.SIGQUIT, SHUTDOWN_SECONDS)):
            if (pid := self._living_pid()) is None:
                return
            os.kill(pid, each)
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline:
                if not self.alive:
                    return
                time.sleep(0.01)
        raise EmbeddedServerError(
            f"The server of {self._cluster} does not end. Its log ends with:\n{self.last_words()}"
        )

    def last_words(self) -> str:
        """Return the end of the server's log."""
        if not self._log_file.exists():
            return "(no log)"
        return self._log_file.read_bytes()[-QUOTED_BYTES:].decode(errors="replace").strip()

    @property
    def hindered_by_remains(self) -> bool:
        """Whether processes of a killed server were still there; they notice within a moment that it is gone."""
        return REMAINS in self.last_words().rpartition("starting PostgreSQL")[2]

    def _living_pid(self) -> int | None:
        """The server's number while it lives: our child's, or the one that another process started and recorded."""
        if self._child is not None and _still_runs(self._child):
            return self._child
        self._child = None
        pid = self._recorded_pid()
        return pid if pid is not None and self._is_server(pid) else None

    def _recorded_pid(self) -> int | None:
        try:
            return int((self._cluster / "postmaster.pid").read_text().split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def _is_server(self, pid: int) -> bool:
        """Whether a process is the server of this very cluster, and not a stranger with a recycled number."""
        process = Path("/proc") / str(pid)
        try:
            os.kill(pid, 0)
            if not process.parent.joinpath("self").exists():
                return True  # a system without /proc: the number has to do
            return os.path.samestat((process / "cwd").stat(), self._cluster.stat())
        except (ProcessLookupError, FileNotFoundError):
            return False
        except PermissionError:
            return process.exists() and process.joinpath("comm").read_text().strip() == "postgres"


def _still_runs(child: int) -> bool:
    """Whether a child of this process runs; one that ended is put to rest."""
    try:
        return os.waitpid(child, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False
