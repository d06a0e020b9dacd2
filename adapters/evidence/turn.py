"""One sealer at a time for each log: a lock that lasts as long as the connection."""

from __future__ import annotations

from typing import Any, Final

import psycopg

from adapters.evidence.log import Log, LogRefused
from adapters.turn import takes_turn

TRY: Final = "SELECT pg_try_advisory_lock(%s)"


def is_sealer(connection: psycopg.Connection[Any], log: Log) -> bool:
    """Become the one sealer of a log unless there is one."""
    row = connection.execute(TRY, (log.lock,)).fetchone()
    return row is not None and row[0]


def become_sealer(connection: psycopg.Connection[Any], log: Log) -> None:
    """Become the one sealer of a log; one that is about to end is waited for.

    :raises LogRefused: ``log.busy`` when another one stays at work.
    """
    if not takes_turn(connection, log.lock):
        raise LogRefused("log.busy", "A sealer is at work: that of a running service. Nothing was done.")
