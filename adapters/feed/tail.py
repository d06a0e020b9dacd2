"""The wake-up of who follows the record: one listening connection per process, however many follow.

A wake-up says "look again" and no more. Whoever waits looks again after a while: a lost wake-up delays, never loses.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Final, Self

import psycopg
import structlog

CHANNEL: Final = "homeward_facts"
RECONNECT_SECONDS: Final = 1.0

log = structlog.get_logger()


class Tail:
    """Tells waiting readers that the record has grown. Enter it before use."""

    def __init__(self, url: str) -> None:
        self._url: Final = url
        self._grown = asyncio.Event()
        self._listener: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)

    def next_growth(self) -> asyncio.Event:
        """Return what is set when the record grows after now. Take it, then read, then wait: nothing is missed."""
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen(), name="feed tail")
        return self._grown

    def _wake(self) -> None:
        grown, self._grown = self._grown, asyncio.Event()
        grown.set()

    async def _listen(self) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self._wake()
                    async for _ in connection.notifies():
                        self._wake()
            except psycopg.OperationalError:
                log.warning("feed.tail-lost")
                await asyncio.sleep(RECONNECT_SECONDS)


async def grown_within(growth: asyncio.Event, seconds: float) -> bool:
    """Wait until the record grows or the time is over; say which."""
    try:
        async with asyncio.timeout(seconds):
            await growth.wait()
    except TimeoutError:
        return False
    return True
