"""What a running process has at hand for its requests. Made at start, closed at the end."""

from __future__ import annotations

import asyncio
import time
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Final

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from adapters.database import Databases
from adapters.evidence.receipts import Notary
from adapters.feed.tail import Tail
from adapters.record.door import Door
from adapters.record.record import Record
from adapters.settings import Settings
from adapters.views.freshness import Freshness
from api.cursors import Cursors
from api.guard import Guard
from api.integrators.feed import Feed
from api.integrators.streams import OpenStreams
from api.problems import Problem

LOOK_AGAIN_SECONDS: Final = 0.01


@dataclass(frozen=True)
class Services:
    """One of each, shared by all requests of the process."""

    settings: Settings
    databases: Databases
    record: Record
    door: Door
    notary: Notary
    guard: Guard
    reader: AsyncConnectionPool[AsyncConnection[Any]]
    freshness: Freshness
    cursors: Cursors
    """Of lists; bound to reader and filter."""
    feed: Feed
    tail: Tail
    streams: OpenStreams
    command_secret: bytes
    """From which the ids of commands and the digests of requests are made."""

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection[Any]]:
        """Lend a connection that can read the read models and write nothing."""
        return self.reader.connection()

    async def shown(self, position: int | None) -> None:
        """Wait until the read models show a position; ``None`` waits for nothing.

        :raises NotYetProjected: when that takes longer than the setting allows.
        """
        if position is not None:
            await self.freshness.reached(position, within_seconds=self.settings.wait_seconds)

    async def recorded(self, position: int | None) -> None:
        """Wait until the record has come to a position; ``None`` waits for nothing.

        :raises Problem: ``position.not-reached`` when that takes longer than the setting allows.
        """
        if position is None:
            return
        until = time.monotonic() + self.settings.wait_seconds
        while await self.record.head() < position:
            if time.monotonic() >= until:
                raise Problem("position.not-reached", min_position=position)
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
