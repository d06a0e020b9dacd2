"""Taking turns: those who decide about the same stream in this process wait for each other instead of racing.

Whoever loses a race has loaded, opened, folded, decided and sealed for nothing. The record would sort them out all the
same, as it does those of several processes, so nobody waits for long.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID
from weakref import WeakValueDictionary

PATIENCE_SECONDS: Final = 0.5
"""After this, whoever waits goes on beside those before them: the database may be away, and each of them may hang."""


class Turns:
    """Gives turns in the order of asking."""

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._patience_seconds: Final = patience_seconds
        self._locks: Final[WeakValueDictionary[UUID, asyncio.Lock]] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, stream: UUID) -> AsyncIterator[None]:
        """Wait for the turn at a stream, or for as long as patience lasts."""
        lock = self._locks.get(stream)
        if lock is None:
            lock = self._locks[stream] = asyncio.Lock()
        if lock.locked():
            try:
                async with asyncio.timeout(self._patience_seconds):
                    await lock.acquire()
            except TimeoutError:
                yield
                return
        else:
            await lock.acquire()
        try:
            yield
        finally:
            lock.release()
