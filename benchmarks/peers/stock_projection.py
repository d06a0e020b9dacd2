"""The library's own ProjectionRunner (``eventsourcing``) keeping one small view: how often each kind of event was."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import psycopg
from eventsourcing.application import Application
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.sql import SQL

from benchmarks.cpu import spending
from benchmarks.measuring import Speed, stopwatch, verify
from benchmarks.peers.stock_application import environment, twelve
from benchmarks.place import Database, Place

CASES: Final = 250
EVENTS: Final = 12 * CASES
PATIENCE_SECONDS: Final = 60


class Occurrences(PostgresTrackingRecorder):
    """One row for each kind of event."""

    def __init__(self, datastore: PostgresDatastore, **options: Any) -> None:
        super().__init__(datastore, **options)
        self.sql_create_statements.append(
            SQL("CREATE TABLE IF NOT EXISTS occurrences (kind text PRIMARY KEY, times bigint NOT NULL)").format()
        )

    def count(self, kind: str, tracking: Tracking) -> None:
        """Count one more, in one transaction with the position."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(
                "INSERT INTO occurrences VALUES (%s, 1) ON CONFLICT (kind) DO UPDATE SET times = occurrences.times + 1",
                (kind,),
                prepare=True,
            )


class Counting(Projection[Occurrences]):
    """Counts events by kind."""

    @singledispatchmethod
    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Count it."""
        self.view.count(type(domain_event).__name__, tracking)


class StockProjection:
    """A stock application with 3,000 events, and the runner that follows it."""

    name = "stock"

    def __init__(self, place: Place, database: Database) -> None:
        self._place: Final = place
        self._database: Final = database
        self._environment: Final = environment(database, connections=4)
        with psycopg.connect(database.databases.url("owner"), autocommit=True) as connection:
            application: Application[UUID] = Application(env=self._environment)
            for _ in range(CASES):
                application.save(twelve())
            application.close()
            connection.execute("ANALYZE")

    def project(self) -> Speed:
        """Follow all events from the start into an empty view.

        :raises WrongAnswer: when the view does not account for every event.
        """
        with psycopg.connect(self._database.databases.url("owner"), autocommit=True) as connection:
            connection.execute("DROP TABLE IF EXISTS occurrences, counting_tracking")
        took = stopwatch()
        with spending(self._place.pid) as spent:
            runner = ProjectionRunner(
                application_class=Application[UUID],
                projection_class=Counting,
                view_class=Occurrences,
                env=self._environment,
            )
            with runner:
                runner.wait(EVENTS, timeout=PATIENCE_SECONDS)
                seconds = took()
        counted = self._database.one("SELECT sum(times)::bigint FROM occurrences")
        verify(counted == (EVENTS,), f"the stock projection counted {counted} instead of {EVENTS} events")
        return Speed(EVENTS, seconds, spent.client, spent.server)
