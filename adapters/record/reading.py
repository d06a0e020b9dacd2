"""Connections for reading, and what happens when the database went away in between."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from adapters.record.append import PLAN
from adapters.record.arrays import register_arrays
from adapters.record.errors import RecordUnavailable

T = TypeVar("T")

WAIT_SECONDS: Final = 5.0
"""How long a request waits for a free connection."""


def pool_of(url: str, *, connections: int) -> AsyncConnectionPool:
    """Return a pool that is not open yet; its connections know the record's arrays and use index plans.

    Each statement is a transaction of its own unless one is begun: most of what is read needs one statement.
    """
    return AsyncConnectionPool(
        url,
        kwargs={"autocommit": True},
        min_size=1,
        max_size=connections,
        open=False,
        configure=_configure,
        timeout=WAIT_SECONDS,
        reconnect_timeout=WAIT_SECONDS,  # pauses double: with more, a server that is back goes unnoticed for as long
    )


async def with_connection(pool: AsyncConnectionPool, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    """Do work that is safe to repeat on a connection; once more on a fresh one when the first had been cut.

    :raises RecordUnavailable: when the database does not answer; nothing was recorded.
    """
    try:
        return await _attempt(pool, work)
    except PoolTimeout as error:
        raise RecordUnavailable(fate_known=True) from error
    except psycopg.OperationalError:
        await pool.check()
    try:
        return await _attempt(pool, work)
    except psycopg.OperationalError as error:
        raise RecordUnavailable(fate_known=True) from error


async def _attempt(pool: AsyncConnectionPool, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    async with pool.connection() as connection:
        return await work(connection)


async def _configure(connection: AsyncConnection) -> None:
    register_arrays(connection)
    await connection.execute(PLAN)
