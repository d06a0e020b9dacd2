"""The clocks: what follows from the calendar alone. Reviews of blocks that are overdue, children who came of age.

A birthday is sealed and the day of a fact is open. So a majority is recorded in the month after it, with those of all
others: a clock that asked every day would publish birthdays. Invented people live until the day on which their
invention ends: no clock runs for them.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

import psycopg
import structlog

from adapters.database import Databases
from adapters.reactions.reactor import Asked, ask, caused
from adapters.record.door import Door
from adapters.record.errors import RecordUnavailable
from adapters.record.record import Record
from adapters.settings import Settings
from domain.case.block_reviews import NoteBlockReviewOverdue
from domain.case.majority import RecordMajority

LOOK_SECONDS: Final = 600.0
"""How often it looks whether another day has begun."""

OVERDUE: Final = """
SELECT b.case_id, b.block_id, b.review_due_on FROM views.block b
WHERE b.review_due_on < %(today)s
AND NOT EXISTS (SELECT FROM views.people p WHERE p.case_id = b.case_id AND p.simulated)
ORDER BY b.review_due_on, b.block_id
"""
OF_AGE: Final = """
SELECT p.case_id FROM views.people p
WHERE p.valid_to = '9999-12-31' AND NOT p.simulated
AND p.birth_latest + interval '18 years' < date_trunc('month', %(today)s::date)
AND EXISTS (
  SELECT FROM views.people e
  WHERE e.case_id = p.case_id AND e.valid_from < p.birth_latest + interval '18 years'
)
AND NOT EXISTS (SELECT FROM record.fact f WHERE f.stream = p.case_id AND f.topic = 'case.majority-reached')
ORDER BY p.case_id
"""
"""Who was a child when their history began, and is certainly none since a month that is over."""

log: Final = structlog.get_logger()


class Clocks:
    """Asks what the day asks. Synchronous: give it a thread or a process of its own; two of them ask the same."""

    def __init__(
        self, databases: Databases, settings: Settings, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._databases: Final = databases
        self._settings: Final = settings
        self._clock: Final = clock

    def run(self, stop: threading.Event) -> None:
        """Look once on every day until told to stop; waits out a database that is gone."""
        looked_on = date.min
        while not stop.is_set():
            today = self._clock().date()
            try:
                if today > looked_on:
                    self.look(today)
                    looked_on = today
            except (psycopg.OperationalError, RecordUnavailable):
                log.warning("clocks.database-gone")
            stop.wait(LOOK_SECONDS)

    def look(self, today: date) -> None:
        """Ask for everything that is due on a day; what was asked before answers as it did then."""
        with psycopg.connect(self._databases.url("projector"), autocommit=True) as connection:
            due = [*_overdue(connection, today), *_of_age(connection, today)]
        if due:
            asyncio.run(self._ask(due))

    async def _ask(self, due: list[Asked]) -> None:
        async with await Record.open(self._databases, self._settings) as record:
            door = Door(record, self._clock)
            for asked in due:
                await ask(door, asked)


def _overdue(connection: psycopg.Connection[Any], today: date) -> list[Asked]:
    return [
        Asked(case_id, NoteBlockReviewOverdue(block_id=block_id), caused("block-review", block_id, due_on))
        for case_id, block_id, due_on in connection.execute(OVERDUE, {"today": today})
    ]


def _of_age(connection: psycopg.Connection[Any], today: date) -> list[Asked]:
    return [
        Asked(case_id, RecordMajority(), caused("majority", case_id, f"{today:%Y-%m}"))
        for (case_id,) in connection.execute(OF_AGE, {"today": today})
    ]
