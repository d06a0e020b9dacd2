"""The database of a command: started where it is ours, brought to its form where it is a newcomer's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from adapters.database import DatabaseError, Databases
from adapters.embedded import EmbeddedPostgres, EmbeddedServerError
from adapters.evidence.signing import UnusableSigningKey
from adapters.forgetting.enforcing import enforce
from adapters.keys.fences import FenceRefused
from adapters.keys.local import UnsafeKeyFile
from adapters.private_file import UnsafePrivateFile
from adapters.schema_version import pending
from adapters.settings import Settings
from api.console.starting import FAILED, leave
from api.issuer import UnusableIssuer

_OURS: Final = (
    DatabaseError, EmbeddedServerError, UnsafeKeyFile, UnsafePrivateFile, UnusableIssuer, UnusableSigningKey,
    FenceRefused,
)  # fmt: skip
"""Failures whose message is a sentence for whoever runs the command."""


@contextmanager
def database(settings: Settings, *, migrated: bool = True) -> Iterator[tuple[Databases, EmbeddedPostgres | None]]:
    """Reach the database in its expected form; a newcomer's is brought there, another's is not touched.

    Keys that came back with a backup although their person was erased are destroyed before anything else happens.

    Leaves with one sentence when that fails, and in production where the walls do not stand or the server may forget.
    """
    try:
        with _reachable(settings) as (databases, embedded):
            if migrated and pending(databases):
                if settings.mode != "newcomer":
                    leave("The database is not of the form that this version expects. Run: homeward migrate", FAILED)
                from adapters import migrate  # noqa: PLC0415 - a third of a second, and hardly ever needed

                migrate.upgrade(databases)
            if migrated and settings.mode == "production":
                databases.check_for_production()
            if migrated:
                enforce(databases, settings, today=datetime.now(UTC).date())
            yield databases, embedded
    except _OURS as failure:
        leave(str(failure), FAILED)


@contextmanager
def _reachable(settings: Settings) -> Iterator[tuple[Databases, EmbeddedPostgres | None]]:
    """Reach the database of the settings; the one in the folder is started, and ended when nobody else uses it.

    :raises DatabaseError: when an external one cannot be reached or is too old.
    :raises EmbeddedServerError: when the one in the folder cannot run.
    """
    if settings.database_url is not None:
        databases = Databases.external(settings.database_url)
        databases.check_version()
        yield databases, None
        return
    embedded = EmbeddedPostgres(settings.data_dir)
    with embedded as cluster:
        yield Databases.embedded(cluster), embedded
