"""How to reach a running server: URLs per role, passwords in private files."""

from __future__ import annotations

import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psycopg
from psycopg import sql

from adapters.embedded.errors import EmbeddedServerError
from adapters.roles import ROLE_NAMES, Role

SUPERUSER: Final = "postgres"
DATABASE: Final = "homeward"
PORT: Final = 5432
"""Part of the socket's file name only: the server listens on no port."""


@dataclass(frozen=True)
class Cluster:
    """A running server. Its URLs hold passwords: never log them."""

    socket_dir: Path
    secrets_dir: Path

    def url(self, role: Role, database: str = DATABASE) -> str:
        """Return the libpq URL under which ``role`` reaches a database of this server."""
        return self._url(ROLE_NAMES[role], database)

    def superuser_url(self, database: str = "postgres") -> str:
        """Return the URL of the cluster's superuser, for setting up and for tests; no part of the product uses it."""
        return self._url(SUPERUSER, database)

    def _url(self, user: str, database: str) -> str:
        host = quote(str(self.socket_dir), safe="")
        return f"postgresql://{user}:{password(self.secrets_dir, user)}@/{quote(database)}?host={host}&port={PORT}"


def password(secrets_dir: Path, user: str) -> str:
    """Return the password of a database user, made at random when it is asked for the first time.

    :raises EmbeddedServerError: when others than its owner can read the file.
    """
    secrets_dir.mkdir(mode=0o700, exist_ok=True)
    file = secrets_dir / f"postgresql-{user}"
    if not file.exists():
        _write_whole(file, secrets.token_urlsafe(32))
    if file.stat().st_mode & 0o077:
        raise EmbeddedServerError(f"{file} can be read by others; make it private (mode 0600).")
    return file.read_text()


def _write_whole(file: Path, text: str) -> None:
    """Write a private file that is there with all of its content or not at all, and that nobody overwrites."""
    descriptor, unfinished = tempfile.mkstemp(dir=file.parent)  # mode 0600
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(descriptor)
    try:
        Path(file).hardlink_to(unfinished)
    except FileExistsError:
        return  # another process was faster, and its password counts
    finally:
        Path(unfinished).unlink()


def furnish(cluster: Cluster) -> None:
    """Make the four roles and the database when they are missing; a role gets the password of its file.

    The server never sees a password: what travels is its SCRAM verifier.
    """
    with psycopg.connect(cluster.superuser_url(), autocommit=True) as connection:
        there = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        for user in ROLE_NAMES.values():
            new = not (cluster.secrets_dir / f"postgresql-{user}").exists()
            if user in there and not new:
                continue
            plain = password(cluster.secrets_dir, user).encode()
            verifier = connection.pgconn.encrypt_password(plain, user.encode(), b"scram-sha-256").decode()
            verb = sql.SQL("ALTER" if user in there else "CREATE")
            connection.execute(
                sql.SQL(
                    "{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD {}"
                ).format(verb, sql.Identifier(user), sql.Literal(verifier))
            )
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(ROLE_NAMES["owner"])
                )
            )
