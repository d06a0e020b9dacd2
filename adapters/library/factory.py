"""The library's infrastructure factory for the record."""

from __future__ import annotations

from typing import Final

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    InfrastructureFactoryError,
    ProcessRecorder,
    TrackingRecorder,
)
from eventsourcing.utils import Environment, EnvType, resolve_topic
from psycopg_pool import ConnectionPool

from adapters.library.appending import Appending
from adapters.library.recorders import (
    RecordAggregateRecorder,
    RecordApplicationRecorder,
    RecordProcessRecorder,
    RecordTrackingRecorder,
    Store,
)


class RecordFactory(InfrastructureFactory[TrackingRecorder]):
    """Makes recorders on the record that ``RECORD_URL`` names (a libpq URL of the writer role).

    ``RECORD_ORIGIN`` is the name of the log, ``RECORD_BATCH`` how many calls may share a commit (default 512). The
    tables are the migrations' own: nothing is created here.
    """

    RECORD_URL = "RECORD_URL"
    RECORD_ORIGIN = "RECORD_ORIGIN"
    RECORD_BATCH = "RECORD_BATCH"

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        url = self.env.get(self.RECORD_URL)
        if not url:
            message = "RECORD_URL must name the record's database"
            raise InfrastructureFactoryError(message)
        origin = self.env.get(self.RECORD_ORIGIN) or "homeward.local/library"
        batch = int(self.env.get(self.RECORD_BATCH) or 512)
        pool = ConnectionPool(url, min_size=1, max_size=16, open=True)
        self._store: Final = Store(pool, Appending(url, origin, batch_commands=batch))

    def close(self) -> None:
        """Finish what is under way and leave the database."""
        self._store.appending.close()
        self._store.pool.close()

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        """Return a recorder by stream.

        :raises InfrastructureFactoryError: for snapshots: a fold is quick, and a snapshot would outlive an erasure.
        """
        if purpose != "events":
            message = f"the record keeps events, not {purpose}"
            raise InfrastructureFactoryError(message)
        return RecordAggregateRecorder(self._store)

    def application_recorder(self) -> ApplicationRecorder:
        """Return a recorder by stream and position."""
        return RecordApplicationRecorder(self._store)

    def tracking_recorder(self, tracking_recorder_class: type[TrackingRecorder] | None = None) -> TrackingRecorder:
        """Return a recorder of progress, of the class given or named by ``TRACKING_RECORDER_TOPIC``."""
        topic = self.env.get(self.TRACKING_RECORDER_TOPIC)
        cls: type = tracking_recorder_class or (resolve_topic(topic) if topic else RecordTrackingRecorder)
        if not issubclass(cls, RecordTrackingRecorder):
            message = f"{cls.__name__} is no tracking recorder of the record"
            raise InfrastructureFactoryError(message)
        return cls(self._store)

    def process_recorder(self) -> ProcessRecorder:
        """Return a recorder of events and progress together."""
        return RecordProcessRecorder(self._store)
