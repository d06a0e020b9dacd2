"""The library's own suites for recorders pass on the record, and its Application saves and replays a case on it."""

from __future__ import annotations

import psycopg
import pytest
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    ProcessRecorder,
    TrackingRecorder,
)
from eventsourcing.tests.persistence import (
    AggregateRecorderTestCase,
    ApplicationRecorderTestCase,
    InfrastructureFactoryTestCase,
    NonInterleavingNotificationIDsBaseCase,
    ProcessRecorderTestCase,
    TrackingRecorderTestCase,
)
from eventsourcing.utils import Environment

from adapters.database import Databases
from adapters.library import RecordFactory
from adapters.library.recorders import (
    RecordAggregateRecorder,
    RecordApplicationRecorder,
    RecordProcessRecorder,
    RecordTrackingRecorder,
)
from adapters.record.frame import leaf_of

ORIGIN = "homeward.test/conformance"


class OnTheRecord:
    """Gives a suite a factory on a fresh database, and looks at the record when the suite has done with it."""

    factory: RecordFactory

    @pytest.fixture(autouse=True)
    def record(self, databases: Databases) -> object:
        env = {"PERSISTENCE_MODULE": "adapters.library", "RECORD_URL": databases.url("writer"), "RECORD_ORIGIN": ORIGIN}
        self.env = Environment("Conformance", env)
        made = InfrastructureFactory.construct(self.env)
        assert isinstance(made, RecordFactory)
        self.factory = made
        yield
        made.close()
        with psycopg.connect(databases.url("reader")) as connection:
            rows = connection.execute("SELECT position, leaf, frame FROM record.fact ORDER BY position").fetchall()
        assert [position for position, _, _ in rows] == list(range(1, len(rows) + 1)), "positions are dense"
        assert all(leaf == leaf_of(frame, ORIGIN) for _, leaf, frame in rows), "leaves follow from the stored bytes"


class TestAggregateRecorderConformance(OnTheRecord, AggregateRecorderTestCase):
    def create_recorder(self) -> AggregateRecorder:
        return self.factory.aggregate_recorder()


class TestApplicationRecorderConformance(OnTheRecord, ApplicationRecorderTestCase[RecordApplicationRecorder]):
    def create_recorder(self) -> RecordApplicationRecorder:
        recorder = self.factory.application_recorder()
        assert isinstance(recorder, RecordApplicationRecorder)
        return recorder

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestTrackingRecorderConformance(OnTheRecord, TrackingRecorderTestCase):
    def create_recorder(self) -> TrackingRecorder:
        return self.factory.tracking_recorder()


class TestProcessRecorderConformance(OnTheRecord, ProcessRecorderTestCase):
    def create_recorder(self) -> ProcessRecorder:
        return self.factory.process_recorder()


class TestNonInterleavingConformance(OnTheRecord, NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> ApplicationRecorder:
        return self.factory.application_recorder()


class OwnTrackingRecorder(RecordTrackingRecorder):
    """What an application may put in the place of ours."""


class TestInfrastructureFactoryConformance(OnTheRecord, InfrastructureFactoryTestCase[RecordFactory]):
    def expected_factory_class(self) -> type[RecordFactory]:
        return RecordFactory

    def expected_aggregate_recorder_class(self) -> type[AggregateRecorder]:
        return RecordAggregateRecorder

    def expected_application_recorder_class(self) -> type[ApplicationRecorder]:
        return RecordApplicationRecorder

    def expected_tracking_recorder_class(self) -> type[TrackingRecorder]:
        return RecordTrackingRecorder

    def tracking_recorder_subclass(self) -> type[TrackingRecorder]:
        return OwnTrackingRecorder

    def expected_process_recorder_class(self) -> type[ProcessRecorder]:
        return RecordProcessRecorder
