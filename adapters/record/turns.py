"""Taking turns: those who decide about the same stream in this process wait for each other instead of racing.

Whoever loses a race has loaded, opened, folded, decided and sealed for nothing. The record would sort them out all the
same, as it does those of several processes, so nobody waits for long.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
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

    def of(self, stream: UUID) -> Turn:
        """Return a turn at a stream; to enter it is to wait for it."""
        lock = self._locks.get(stream)
        if lock is None:
            lock = self._locks[stream] = asyncio.Lock()
        return Turn(lock, self._patience_seconds)


class Turn:
    """One request's turn: it begins when those before have ended theirs, or when patience has."""

    __slots__ = ("_lock", "_mine", "_patience_seconds")

    def __init__(self, lock: asyncio.Lock, patience_seconds: float) -> None:
        self._lock: Final = lock
        self._patience_seconds: Final = patience_seconds
        self._mine = False

    async def __aenter__(self) -> None:
        """Wait for the turn, or for as long as patience lasts."""
        if not self._lock.locked():
            self._mine = await self._lock.acquire()
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience_seconds):
                self._mine = await self._lock.acquire()

    async def __aexit__(self, *_: object) -> None:
        """Let the next one begin."""
        if self._mine:
            self._lock.release()
