"""Forgetting commands: what was asked is recognised when it is asked again for thirty days, and not kept for ever.

Their facts stay. Asking the same again after that is a new request.
"""

from __future__ import annotations

import threading
from typing import Final

import psycopg
import structlog

from adapters.database import Databases

KEPT_DAYS: Final = 30
"""How long a repeated command is recognised."""
A_DAY_SECONDS: Final = 86_400.0
RETRY_SECONDS: Final = 60.0
FORGET: Final = "DELETE FROM record.command WHERE committed_at < now() - make_interval(days => %s)"

log: Final = structlog.get_logger()


def forget_commands(databases: Databases) -> int:
    """Forget the commands that are older, and return how many there were.

    :raises psycopg.OperationalError: when the database does not answer.
    """
    with psycopg.connect(databases.url("writer"), autocommit=True) as connection:
        return connection.execute(FORGET, (KEPT_DAYS,)).rowcount


def keep_forgetting(databases: Databases, stop: threading.Event, *, every_seconds: float = A_DAY_SECONDS) -> None:
    """Forget at once and then every day until told to stop; waits out a database that is gone."""
    pause = 0.0
    while not stop.wait(pause):
        pause = every_seconds
        try:
            forgotten = forget_commands(databases)
        except psycopg.OperationalError as error:
            log.warning("commands.not-forgotten", sqlstate=error.sqlstate)
            pause = min(RETRY_SECONDS, every_seconds)
        else:
            log.info("commands.forgotten", commands=forgotten)
