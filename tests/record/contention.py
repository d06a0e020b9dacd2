"""Writers held up at the lock that orders them, so that what happens meanwhile can be arranged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from psycopg import AsyncConnection

from adapters.record.append import LOCK

SETTLE_SECONDS: Final = 20


@asynccontextmanager
async def writers_held_up(superuser_url: str) -> AsyncIterator[AsyncConnection]:
    """Hold the lock that orders all writers."""
    async with await AsyncConnection.connect(superuser_url) as other:
        await other.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        yield other


async def waiting_writers(superuser_url: str, count: int) -> list[int]:
    """Wait until so many backends wait for the lock, and return their numbers."""
    async with await AsyncConnection.connect(superuser_url, autocommit=True) as watcher:
        for _ in range(SETTLE_SECONDS * 100):
            rows = await watcher.execute(
                "SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
                " WHERE l.locktype = 'advisory' AND NOT l.granted AND d.datname = current_database()"
            )
            if len(pids := [pid for (pid,) in await rows.fetchall()]) == count:
                return pids
            await asyncio.sleep(0.01)
    raise TimeoutError
