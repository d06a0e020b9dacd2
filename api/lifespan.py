"""The life of one process: open what requests need, revive the server in the folder, close.

The database may go and come back at any time: everything here finds it again by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from adapters.database import Databases
from adapters.embedded import EmbeddedPostgres, EmbeddedServerError
from adapters.evidence.receipts import notary_of
from adapters.feed.envelope import View
from adapters.feed.tail import Tail
from adapters.record.door import Door
from adapters.record.record import Record
from adapters.settings import Settings
from adapters.views.freshness import Freshness
from api.cursors import Cursors
from api.guard import Guard
from api.integrators.feed import Feed
from api.integrators.streams import OpenStreams
from api.issuer import pinned_keys
from api.journal import log
from api.services import Services
from api.tokens import LIFE_SECONDS, NEWCOMER_LIFE_SECONDS, TokenVerifier

OPEN_VIEW: Final = "open"
"""The view of the feed that every integrator sees: tier 0, all countries."""
WATCH_SECONDS: Final = 0.5
WAIT_FOR_CONNECTION_SECONDS: Final = 5.0


@asynccontextmanager
async def services(settings: Settings, databases: Databases) -> AsyncIterator[Services]:
    """Open everything that requests need, on a migrated database; close it in reverse order.

    :raises UnusableIssuer: when there are no keys to check tokens with.
    """
    guard = Guard(
        TokenVerifier(
            pinned_keys(settings),
            issuer=settings.issuer,
            audience=settings.audience,
            longest_life_seconds=NEWCOMER_LIFE_SECONDS if settings.mode == "newcomer" else LIFE_SECONDS,
        )
    )
    async with AsyncExitStack() as stack:
        record = await stack.enter_async_context(await Record.open(databases, settings))
        reader = await stack.enter_async_context(_reading_pool(databases, settings))
        tail = await stack.enter_async_context(Tail(databases.url("reader")))
        view = View(OPEN_VIEW, origin=settings.origin, secret=record.root.derive("pseudonyms"))
        yield Services(
            settings=settings,
            databases=databases,
            record=record,
            door=Door(record),
            notary=notary_of(settings),
            guard=guard,
            reader=reader,
            freshness=Freshness(reader),
            cursors=Cursors(record.root.derive("cursors"), "lists"),
            feed=Feed(record, view),
            tail=tail,
            streams=OpenStreams(),
            command_secret=record.root.derive("commands"),
        )


def _reading_pool(databases: Databases, settings: Settings) -> AsyncConnectionPool[AsyncConnection[Any]]:
    return AsyncConnectionPool(
        databases.url("reader"),
        min_size=1,
        max_size=settings.connections,
        open=False,
        timeout=WAIT_FOR_CONNECTION_SECONDS,
        check=AsyncConnectionPool.check_connection,
        reconnect_timeout=60,
    )


async def watch(embedded: EmbeddedPostgres, url: str) -> None:
    """Start the server in the folder again whenever it died. Runs until cancelled."""
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        if await asyncio.to_thread(_answers, url):
            continue
        log.warning("database.gone")
        try:
            await asyncio.to_thread(embedded.start)
        except EmbeddedServerError:
            log.error("database.does-not-start")
        else:
            log.warning("database.back")


def _answers(url: str) -> bool:
    return psycopg.pq.PGconn.ping(url.encode()) in {psycopg.pq.Ping.OK, psycopg.pq.Ping.REJECT}
