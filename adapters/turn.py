"""One at a time, on one database: an advisory lock that lasts as long as the connection of whoever took it."""

from __future__ import annotations

from typing import Any, Final

import psycopg
from psycopg import errors

PATIENCE: Final = "3s"
"""The server sees a moment after a process has ended that its connection is gone; a busy server later."""


def takes_turn(connection: psycopg.Connection[Any], lock: int) -> bool:
    """Take a lock, and return whether it was had: one whose holder is just ending is waited for.

    The connection is in no transaction.
    """
    connection.execute("SELECT set_config('lock_timeout', %s, false)", (PATIENCE,))
    try:
        connection.execute("SELECT pg_advisory_lock(%s)", (lock,))
    except errors.LockNotAvailable:
        return False
    finally:
        connection.execute("RESET lock_timeout")
    return True
