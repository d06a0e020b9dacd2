"""The database as the other machines see it: one URL for each role, wherever the server runs.

The server in the folder has a login for each role. An external server has one login, that of ``HOMEWARD_DATABASE_URL``:
it owns the schemas and is a member of the other roles (the first migration makes them), and every connection of a role
starts as if by ``SET ROLE``. That guards against a slip, not against a thief of the login: who wants the stronger wall
gives a process a login of its own that is a member of one role only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Self, get_args
from urllib.parse import quote

import psycopg

from adapters.embedded import Cluster, EmbeddedPostgres
from adapters.embedded.cluster import DATABASE
from adapters.roles import ROLE_NAMES, Role
from adapters.schemas import SCHEMAS
from adapters.settings import Settings

OLDEST_VERSION: Final = 15
SERVING_ROLES: Final[tuple[Role, ...]] = ("writer", "projector", "reader")

UNBOUND: Final = """
    SELECT 1 FROM pg_roles
     WHERE rolname IN (session_user, current_user) AND (rolsuper OR rolbypassrls)
        OR rolname = current_user AND oid IN (SELECT nspowner FROM pg_namespace WHERE nspname = ANY (%(schemas)s))
"""
LOOSENED: Final = """
    SELECT name FROM pg_settings
     WHERE name IN ('fsync', 'full_page_writes') AND setting <> 'on'
        OR name = 'synchronous_commit' AND setting NOT IN ('on', 'remote_apply')
     ORDER BY name
"""


class DatabaseError(RuntimeError):
    """The database cannot be used as it is; the message says why, without any secret."""


@dataclass(frozen=True)
class Databases:
    """How each role reaches the database. The URLs hold passwords: never log them."""

    _urls: Mapping[Role, str] = field(repr=False)

    @classmethod
    def embedded(cls, cluster: Cluster, database: str = DATABASE) -> Self:
        """Reach a database of the server in the folder, with a login for each role."""
        return cls({role: cluster.url(role, database) for role in get_args(Role)})

    @classmethod
    def external(cls, url: str) -> Self:
        """Reach an external server as the owner that ``url`` names, who becomes each other role when connecting."""
        joint = "&" if "?" in url else "?"
        become = {role: f"{url}{joint}options={quote(f'-c role={name}')}" for role, name in ROLE_NAMES.items()}
        return cls({**become, "owner": url})

    def url(self, role: Role) -> str:
        """Return the libpq URL of a role, as psycopg takes it."""
        return self._urls[role]

    def check_version(self) -> None:
        """Make sure that the server is new enough.

        :raises DatabaseError: when it is older than PostgreSQL 15 or cannot be reached.
        """
        try:
            with psycopg.connect(self.url("owner"), connect_timeout=10) as connection:
                major = connection.info.server_version // 10_000
        except psycopg.OperationalError as failure:
            raise DatabaseError(f"The database of HOMEWARD_DATABASE_URL cannot be reached: {failure}") from failure
        if major < OLDEST_VERSION:
            raise DatabaseError(f"Homeward needs PostgreSQL {OLDEST_VERSION} or newer, and this is {major}.")

    def check_for_production(self) -> None:
        """Make sure that the walls stand and that what was acknowledged is on disk. Ask it of a migrated database.

        :raises DatabaseError: when a role could step over row-level security (superuser, owner of a schema, BYPASSRLS),
            or the server may lose or tear what it has committed.
        """
        for role in SERVING_ROLES:
            try:
                with psycopg.connect(self.url(role), connect_timeout=10) as connection:
                    unbound = connection.execute(UNBOUND, {"schemas": list(SCHEMAS)}).fetchone()
                    loosened = connection.execute(LOOSENED).fetchall()
            except psycopg.OperationalError as failure:
                raise DatabaseError(f"The database cannot be reached as {ROLE_NAMES[role]}: {failure}") from failure
            if unbound is not None:
                raise DatabaseError(
                    f"The login behind {ROLE_NAMES[role]} is a superuser, bypasses row-level security, or serves as "
                    "the owner of the tables; give Homeward an ordinary login."
                )
            if loosened:
                names = ", ".join(name for (name,) in loosened)
                raise DatabaseError(f"The database server may lose what it has acknowledged: turn on {names}.")


@contextmanager
def open_databases(settings: Settings) -> Iterator[Databases]:
    """Reach the database that the settings name; without a name, start the server in the folder.

    :raises DatabaseError: when an external server cannot be reached or is too old.
    :raises EmbeddedServerError: when the server in the folder cannot run.
    """
    if settings.database_url is not None:
        databases = Databases.external(settings.database_url)
        databases.check_version()
        yield databases
    else:
        with EmbeddedPostgres(settings.data_dir) as cluster:
            yield Databases.embedded(cluster)
