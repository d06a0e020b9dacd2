"""What every command does first: read the settings, say what is wrong in one sentence, reach the database."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, NoReturn

from adapters import migrate
from adapters.database import DatabaseError, Databases
from adapters.embedded import EmbeddedPostgres, EmbeddedServerError
from adapters.record.local_root import UnsafeKeyFile
from adapters.settings import SettingError, Settings, read_settings
from api.issuer import UnusableIssuer
from api.journal import keep_journal
from api.lifespan import reachable

WRONG_SETTING: Final = 2
FAILED: Final = 1
_OURS: Final = (DatabaseError, EmbeddedServerError, UnsafeKeyFile, UnusableIssuer)
"""Failures whose message is a sentence for whoever runs the command."""


def settings_for(data_dir: Path | None, port: int | None = None) -> Settings:
    """Return the settings of environment and command line; leave with code 2 when one is wrong.

    The issuer's name stays that of the environment: a token is good whatever port its service listens on.
    """
    try:
        settings = read_settings()
    except SettingError as wrong:
        leave(str(wrong), WRONG_SETTING)
    settings = replace(settings, data_dir=data_dir or settings.data_dir, port=port or settings.port)
    keep_journal(settings.log_level)
    return settings


@contextmanager
def database(settings: Settings, *, migrated: bool = True) -> Iterator[tuple[Databases, EmbeddedPostgres | None]]:
    """Reach the database in its expected form; a newcomer's is brought there, another's is not touched.

    Leaves with one sentence when that fails.
    """
    try:
        with reachable(settings) as (databases, embedded):
            if migrated and migrate.pending(databases):
                if settings.mode != "newcomer":
                    leave("The database is not of the form that this version expects. Run: homeward migrate", FAILED)
                migrate.upgrade(databases)
            yield databases, embedded
    except _OURS as failure:
        leave(str(failure), FAILED)


def leave(sentence: str, code: int) -> NoReturn:
    """Say one sentence and end the process."""
    say(sentence)
    raise SystemExit(code)


def say(sentence: str) -> None:
    """Write a line to standard error: standard output is for results."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
