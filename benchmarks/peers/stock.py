"""The library's own PostgreSQL recorder (``eventsourcing``), its own tables, threads as its users run it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Final
from uuid import uuid4

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

from benchmarks.cpu import spending
from benchmarks.facts import example
from benchmarks.measuring import Pace, Speed, stopwatch, verify
from benchmarks.place import Database, Place

MOST_THREADS: Final = 32
"""Connections that it may hold; more writers wait, as its pool has it."""


def datastore(database: Database, connections: int) -> PostgresDatastore:
    """Return the library's connection pool on a database."""
    where = conninfo_to_dict(database.databases.url("owner"))
    store = PostgresDatastore(
        dbname=str(where["dbname"]),
        host=str(where["host"]),
        port=str(where["port"]),
        user=str(where["user"]),
        password=str(where["password"]),
        pool_size=connections,
        connect_timeout=30,
    )
    store.pool.open(wait=True, timeout=30)
    return store


class Stock:
    """The stock recorder."""

    name = "stock"

    def __init__(self, place: Place, database: Database) -> None:
        self._place: Final = place
        self._database: Final = database
        self._store: Final = datastore(database, MOST_THREADS)
        self._recorder: Final = PostgresApplicationRecorder(self._store, events_table_name="stored_events")
        self._recorder.create_table()
        self._pace: Final = Pace()

    def append(self, writers: int, seconds: float) -> Speed:
        """Append and verify; see :class:`benchmarks.measuring.Contender`."""
        count = self._pace.events(writers, seconds)
        fact = example()
        events = [StoredEvent(uuid4(), 1, fact.topic, fact.state) for _ in range(count)]
        before = self._count()
        with ThreadPoolExecutor(writers) as threads:
            took = stopwatch()
            with spending(self._place.pid) as spent:
                answers = list(threads.map(lambda event: self._recorder.insert_events([event]), events))
                elapsed = took()
        numbers = {number for answer in answers for number in answer or ()}
        verify(len(numbers) == count, f"the stock recorder acknowledged {len(numbers)} of {count} events")
        verify(self._count() - before == count, "the stock recorder did not store what it acknowledged")
        return self._pace.learn(writers, Speed(count, elapsed, spent.client, spent.server))

    def close(self) -> None:
        """Close its connections."""
        self._store.close()

    def _count(self) -> int:
        return int(str(self._database.one("SELECT count(*) FROM stored_events")[0]))
