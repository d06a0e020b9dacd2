"""Where a benchmark runs: the server in a folder, fresh databases on it that are gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from uuid import uuid4

import psycopg
from psycopg import sql

from adapters import migrate
from adapters.database import Databases
from adapters.embedded import Cluster, EmbeddedPostgres
from adapters.settings import Settings, read_settings
from benchmarks.cpu import parent_of

HERE: Final = Path(__file__).resolve().parent.parent / "var" / "benchmarks"
"""What benchmarks keep: a server of their own, and the programs of peers."""
PREFIX: Final = "benchmark_"
OWNER: Final = "homeward_owner"


@dataclass(frozen=True)
class Database:
    """One database of the server, as each role reaches it."""

    name: str
    databases: Databases
    superuser_url: str

    def one(self, query: str, *arguments: object) -> tuple[object, ...]:
        """Return the first row that a superuser gets."""
        with psycopg.connect(self.superuser_url, autocommit=True) as connection:
            row = connection.execute(query.encode(), arguments).fetchone()
        return row or ()


@dataclass(frozen=True)
class Place:
    """A running server with fsync on."""

    cluster: Cluster
    settings: Settings
    pid: int
    """Of the server's first process."""

    @contextmanager
    def database(self, purpose: str, *, like: str | None = None, migrated: bool = False) -> Iterator[Database]:
        """Make a database that is gone afterwards: empty, ``migrated``, or a copy of the one that it is ``like``."""
        name = f"{PREFIX}{purpose}_{uuid4().hex[:8]}"
        with psycopg.connect(self.cluster.superuser_url(), autocommit=True) as superuser:
            copy = sql.SQL("TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(like)) if like else sql.SQL("")
            superuser.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} {}").format(sql.Identifier(name), sql.Identifier(OWNER), copy)
            )
        made = self.existing(name)
        try:
            if migrated:
                migrate.upgrade(made.databases)
            yield made
        finally:
            with psycopg.connect(self.cluster.superuser_url(), autocommit=True) as superuser:
                superuser.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def existing(self, name: str) -> Database:
        """Return a database that is there."""
        return Database(name, Databases.embedded(self.cluster, name), self.cluster.superuser_url(name))

    def with_issuer(self, issuer: str) -> Settings:
        """Return the settings with another issuer of tokens."""
        return replace(self.settings, issuer=issuer)

    def fresh_keys(self, folder: Path) -> Settings:
        """Return the settings with another folder for keys: those of a database that starts empty."""
        return replace(self.settings, data_dir=folder)


@contextmanager
def place(data_dir: Path | None = None) -> Iterator[Place]:
    """Start the server of a data folder, or the benchmarks' own; left-overs of a killed run are removed."""
    folder = data_dir or HERE
    with EmbeddedPostgres(folder) as cluster:
        with psycopg.connect(cluster.superuser_url(), autocommit=True) as superuser:
            backend = superuser.info.backend_pid
            _remove_remains(superuser)
            pid = parent_of(backend)
        yield Place(cluster, read_settings({"HOMEWARD_DATA_DIR": str(folder)}), pid)


def _remove_remains(superuser: psycopg.Connection) -> None:
    unused = superuser.execute(
        "SELECT datname FROM pg_database d WHERE starts_with(datname, %s)"
        " AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)",
        [PREFIX],
    ).fetchall()
    for (name,) in unused:
        superuser.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
