"""How far the record is sealed, for those who watch: a lag that grows means that no sealer runs, or that it refused."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from psycopg_pool import AsyncConnectionPool

LAG: Final = """
SELECT h.size, coalesce(greatest(0, extract(epoch FROM now() - f.recorded_at)), 0)
FROM evidence.head h LEFT JOIN record.fact f ON f.position = h.size + 1 WHERE h.log = 'record'
"""


class SealLag(NamedTuple):
    """Where the log of the record stands."""

    position: int
    """Every fact up to it is under a published head; 0 before the first."""
    seconds: float
    """How long ago the oldest fact that is not was recorded, by its own clock; 0 when there is none."""


async def seal_lag(pool: AsyncConnectionPool[Any]) -> SealLag:
    """Return how far the record is sealed."""
    async with pool.connection() as connection:
        row = await (await connection.execute(LAG, prepare=True)).fetchone()
    return SealLag(row[0], float(row[1])) if row else SealLag(0, 0)
