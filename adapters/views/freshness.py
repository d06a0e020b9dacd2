"""How far the read models have followed the record: for those who wait for their own write, and for those who watch."""

from __future__ import annotations

import asyncio
import heapq
from itertools import count
from typing import Any, Final, NamedTuple

from psycopg_pool import AsyncConnectionPool

FIRST_PAUSE_SECONDS: Final = 0.002
LONGEST_PAUSE_SECONDS: Final = 0.02

POSITION: Final = "SELECT position FROM views.checkpoint WHERE name = 'views'"
LAG: Final = """
SELECT c.position, h.position,
  CASE WHEN f.recorded_at IS NULL THEN 0 ELSE greatest(0, extract(epoch FROM now() - f.recorded_at)) END
FROM views.checkpoint c
CROSS JOIN (SELECT coalesce(max(position), 0) AS position FROM record.fact) h
LEFT JOIN record.fact f ON f.position = c.position + 1
WHERE c.name = 'views'
"""


class NotYetProjected(Exception):  # noqa: N818 - what it is
    """The read models did not reach the position in time. Nothing is lost: ask again."""

    def __init__(self, wanted: int, reached: int) -> None:
        super().__init__(f"position {wanted} is not in the read models yet; they stand at {reached}")
        self.wanted: Final = wanted
        self.reached: Final = reached


class Lag(NamedTuple):
    """How far the read models are behind."""

    position: int
    """Every fact up to it is in the read models."""
    head: int
    """Last position of the record."""
    seconds: float
    """How long ago the oldest fact that is missing was recorded, by its own clock; 0 when none is missing."""

    @property
    def facts(self) -> int:
        """Facts that are missing."""
        return max(0, self.head - self.position)


class Freshness:
    """Answers both questions for one process; however many wait, one of them asks the database."""

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        self._pool: Final = pool
        self._reached = 0
        self._waiting: Final[list[tuple[int, int, asyncio.Future[None]]]] = []
        self._ticket: Final = count()
        self._watch: asyncio.Task[None] | None = None

    async def reached(self, position: int, *, within_seconds: float) -> None:
        """Return when every fact up to a position is in the read models.

        :raises NotYetProjected: when that takes longer.
        :raises psycopg.OperationalError: when the database is gone.
        """
        if position <= self._reached:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (position, next(self._ticket), future))
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._look())
        try:
            await asyncio.wait_for(future, within_seconds)
        except TimeoutError:
            raise NotYetProjected(position, self._reached) from None

    async def lag(self) -> Lag:
        """Return how far the read models are behind the record."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(LAG, prepare=True)).fetchone()
        return Lag(row[0], row[1], float(row[2])) if row else Lag(0, 0, 0)

    async def _look(self) -> None:
        """Ask for the checkpoint until nobody waits."""
        pause = FIRST_PAUSE_SECONDS
        try:
            while self._drop_gone():
                async with self._pool.connection() as connection:
                    row = await (await connection.execute(POSITION, prepare=True)).fetchone()
                self._reached = max(self._reached, row[0] if row else 0)
                if self._release():
                    pause = FIRST_PAUSE_SECONDS
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)
        except Exception as error:  # noqa: BLE001 - whatever it is, it goes to those who wait
            for _, _, future in self._waiting:
                if not future.done():
                    future.set_exception(error)
            self._waiting.clear()

    def _drop_gone(self) -> bool:
        while self._waiting and self._waiting[0][2].done():
            heapq.heappop(self._waiting)
        return bool(self._waiting)

    def _release(self) -> bool:
        """Wake those whose position is reached; return whether there was one."""
        woken = False
        while self._waiting and self._waiting[0][0] <= self._reached:
            _, _, future = heapq.heappop(self._waiting)
            if not future.done():
                future.set_result(None)
                woken = True
        return woken
