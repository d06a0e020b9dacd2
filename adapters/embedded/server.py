"""The life of the server in the folder: make the cluster, start, wait, share, stop; nothing here survives by luck."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Final

import psycopg
from psycopg import pq

from adapters.embedded.account import Account
from adapters.embedded.binaries import Binaries
from adapters.embedded.cluster import SUPERUSER, Cluster, furnish, password
from adapters.embedded.configuration import HOST_BASED_ACCESS, locale_arguments, server_arguments
from adapters.embedded.errors import EmbeddedServerError
from adapters.embedded.lease import Lease, alone
from adapters.embedded.postmaster import ENVIRONMENT, Postmaster
from adapters.embedded.socket_path import forget_link, reachable_socket_dir

REMAINS_SECONDS: Final = 30


class EmbeddedPostgres:
    """The PostgreSQL of one data folder, shared by every process that asks for it.

    The first to :meth:`start` it makes and starts it, others attach, the last to :meth:`stop` ends it. That processes
    die is part of the plan: a server left behind is attached to, one that was killed recovers at the next start.

    ``durable=False`` is for tests: fast, and a power cut takes everything. ``binaries`` names the folder of other
    programs than the wheel's (PostgreSQL 15 or newer). ``patience_seconds`` bounds the wait for a recovery.
    """

    def __init__(
        self, data_dir: Path, *, durable: bool = True, binaries: Path | None = None, patience_seconds: float = 300
    ) -> None:
        self._data_dir = data_dir.resolve()
        self._home = self._data_dir / "postgres"
        self._place = self._home / "cluster"
        self._durable = durable
        self._binaries = binaries
        self._patience_seconds = patience_seconds
        self._lock = self._data_dir / "postgres.lock"
        self._lease = Lease(self._data_dir / "postgres.lease")
        self._postmaster = Postmaster(self._place, self._data_dir / "postgres.log")

    def __enter__(self) -> Cluster:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> Cluster:
        """Start the server or attach to the one that runs, and return how to reach it.

        :raises EmbeddedServerError: when it cannot run here or does not come up in time; quotes the server's own log.
        """
        self._data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with alone(self._lock):
            account = Account.for_folder(self._home)
            account.make_folder(self._home)
            cluster = Cluster(reachable_socket_dir(self._home), self._data_dir / "secrets")
            if not self._place.exists():
                self._make_cluster(cluster, account)
            self._come_up(cluster, account)
            try:
                furnish(cluster)
            except psycopg.OperationalError as failure:
                raise EmbeddedServerError(f"The server in {self._home} does not let us in: {failure}") from failure
            self._lease.take()
        return cluster

    def stop(self) -> None:
        """Leave the server; when nobody else uses it, end it after a checkpoint. Harmless when it was not started.

        :raises EmbeddedServerError: when the server does not end.
        """
        if not self._lease.taken:
            return
        with alone(self._lock):
            if self._lease.leave():
                self._postmaster.end()
                forget_link(self._home)

    def kill(self) -> None:
        """End the server by force, for tests of what survives it. The claim on the server stays."""
        self._postmaster.end(signal.SIGKILL)

    def _make_cluster(self, cluster: Cluster, account: Account) -> None:
        """Make the files beside their place and move them there whole: a half-made cluster never looks like one."""
        programs = Binaries.reachable_for(account, self._binaries)
        unfinished = self._home / "cluster.unfinished"
        if unfinished.exists():
            shutil.rmtree(unfinished)
        account.make_folder(unfinished)
        secret = self._home / "superuser"
        secret.unlink(missing_ok=True)
        account.write_private(secret, password(cluster.secrets_dir, SUPERUSER))
        try:
            with account.door(unfinished) as door:
                made = subprocess.run(  # noqa: S603  a program that we chose
                    [
                        programs.folder / "initdb",
                        *("-D", door.path, "-U", SUPERUSER, f"--pwfile={door.path}/../superuser"),
                        *("--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums", "--no-instructions"),
                        *([] if self._durable else ["--no-sync"]),
                        *locale_arguments(programs.major),
                    ],
                    **account.identity,
                    pass_fds=door.descriptors,
                    cwd="/",
                    env=ENVIRONMENT,
                    capture_output=True,
                    text=True,
                    check=False,
                )
        finally:
            secret.unlink()
        if made.returncode != 0:
            raise EmbeddedServerError(f"initdb could not make a database in {self._home}: {made.stderr.strip()}")
        (unfinished / "pg_hba.conf").write_text(HOST_BASED_ACCESS)
        unfinished.rename(self._place)

    def _come_up(self, cluster: Cluster, account: Account) -> None:
        """Wait for the server that is on its way, or start it, until it answers.

        One that was there and dies meanwhile is started anew; what we started and ended by itself cannot run here,
        unless only the remains of a killed server were in its way.
        """
        began = time.monotonic()
        spawned = False
        while time.monotonic() < began + self._patience_seconds:
            if not self._postmaster.alive:
                if spawned and (not self._postmaster.hindered_by_remains or time.monotonic() > began + REMAINS_SECONDS):
                    break
                if spawned:
                    time.sleep(0.2)
                self._spawn(account)
                spawned = True
            pause = 0.01
            while self._postmaster.alive and time.monotonic() < began + self._patience_seconds:
                if pq.PGconn.ping(cluster.superuser_url().encode()) == pq.Ping.OK:
                    return
                time.sleep(pause)
                pause = min(pause * 1.2, 0.5)  # a long recovery logs every question
        raise EmbeddedServerError(
            f"PostgreSQL did not come up in {self._home}. Its log ends with:\n{self._postmaster.last_words()}"
        )

    def _spawn(self, account: Account) -> None:
        programs = Binaries.reachable_for(account, self._binaries)
        made_by = (self._place / "PG_VERSION").read_text().strip()
        if made_by != str(programs.major):
            raise EmbeddedServerError(
                f"The database in {self._home} was made by PostgreSQL {made_by} and this is {programs.major}; dump it "
                "with the version of Homeward that made it, and load it into a new folder."
            )
        self._postmaster.spawn(programs.folder / "postgres", server_arguments(durable=self._durable), account)
