"""One sealer at a time for each log: a lock that lasts as long as the connection."""

from __future__ import annotations

from typing import Any, Final

import psycopg
from psycopg import errors

from adapters.evidence.log import Log, LogRefused

PATIENCE: Final = "3s"
"""The server sees a moment after a sealer has ended that its connection is gone; a busy server later."""
TRY: Final = "SELECT pg_try_advisory_lock(%s)"
TAKE: Final = "SELECT pg_advisory_lock(%s)"


def is_sealer(connection: psycopg.Connection[Any], log: Log) -> bool:
    """Become the one sealer of a log unless there is one."""
    row = connection.execute(TRY, (log.lock,)).fetchone()
    return row is not None and row[0]


def become_sealer(connection: psycopg.Connection[Any], log: Log) -> None:
    """Become the one sealer of a log; one that is about to end is waited for.

    :raises LogRefused: ``log.busy`` when another one stays at work.
    """
    connection.execute("SELECT set_config('lock_timeout', %s, false)", (PATIENCE,))
    try:
        connection.execute(TAKE, (log.lock,))
    except errors.LockNotAvailable as busy:
        raise LogRefused("log.busy", "A sealer is at work: that of a running service. Nothing was done.") from busy
    connection.execute("RESET lock_timeout")
