"""The library's recorder contracts on the record's tables."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Thread
from typing import Any, Final
from uuid import UUID

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    ListenNotifySubscription,
    Notification,
    ProcessRecorder,
    StoredEvent,
    Tracking,
    TrackingRecorder,
)
from psycopg_pool import ConnectionPool

from adapters.library.appending import Appending
from adapters.record.frame import FOREIGN

POLL_SECONDS: Final = 0.1
"""How often a subscription that hears nothing looks whether it was stopped."""

_FIRST: Final = -(2**31)
_LAST: Final = 2**31 - 1

EVENTS: Final = """
SELECT stream, version, topic, frame FROM record.fact
WHERE stream = %s AND version > %s AND version <= %s ORDER BY version {order} LIMIT %s
"""
NOTIFICATIONS: Final = """
SELECT stream, version, topic, frame, position FROM record.fact
WHERE position >= %s AND position <= %s AND (cardinality(%s::text[]) = 0 OR topic = ANY(%s::text[]))
ORDER BY position LIMIT %s
"""
TRACKED: Final = "SELECT max(notification_id) FROM record.tracking WHERE application_name = %s"


class Store:
    """What all recorders of a factory share: one committer and a pool for reading."""

    def __init__(self, pool: ConnectionPool, appending: Appending) -> None:
        self.pool: Final = pool
        self.appending: Final = appending

    def rows(self, query: str, arguments: Sequence[object]) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with self.pool.connection() as connection:
            return connection.execute(query.encode(), arguments, prepare=True).fetchall()


class OnStore:
    """A recorder of a factory's store."""

    def __init__(self, store: Store) -> None:
        self.store = store


class RecordAggregateRecorder(OnStore, AggregateRecorder):
    """Events by stream."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Append the events, all or nothing.

        :raises IntegrityError: when one of these versions is stored already.
        """
        self._insert(stored_events, kwargs.get("tracking"))
        return None

    def _insert(self, stored_events: Sequence[StoredEvent], tracking: Tracking | None) -> list[int]:
        if not stored_events and tracking is None:
            return []
        return self.store.appending.append(stored_events, tracking)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Return events of a stream by version."""
        query = EVENTS.format(order="DESC" if desc else "ASC")
        bounds = (_FIRST if gt is None else gt, _LAST if lte is None else lte)
        return [
            StoredEvent(originator_id=stream, originator_version=version, topic=topic, state=_state(frame))
            for stream, version, topic, frame in self.store.rows(query, (originator_id, *bounds, limit))
        ]


class RecordApplicationRecorder(RecordAggregateRecorder, ApplicationRecorder):
    """Events by stream and by position."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Append the events, all or nothing, and return their positions.

        :raises IntegrityError: when one of these versions is stored already.
        """
        return self._insert(stored_events, kwargs.get("tracking"))

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Return events by position."""
        first = (start or 0) if inclusive_of_start else (start or 0) + 1
        last = 2**63 - 1 if stop is None else stop
        wanted = list(topics)
        return [
            Notification(
                originator_id=stream, originator_version=version, topic=topic, state=_state(frame), id=position
            )
            for stream, version, topic, frame, position in self.store.rows(
                NOTIFICATIONS, (first, last, wanted, wanted, limit)
            )
        ]

    def max_notification_id(self) -> int | None:
        """Return the last position, or ``None`` when nothing is recorded."""
        position: int | None = self.store.rows("SELECT max(position) FROM record.fact", ())[0][0]
        return position

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> RecordSubscription:
        """Return an endless iterator of events after a position."""
        return RecordSubscription(self, gt, topics)


class RecordTrackingRecorder(OnStore, TrackingRecorder):
    """How far other applications have followed the record."""

    def insert_tracking(self, tracking: Tracking) -> None:
        """Record how far an application has come.

        :raises IntegrityError: when it had come as far already.
        """
        self.store.appending.append([], tracking)

    def max_tracking_id(self, application_name: str) -> int | None:
        """Return how far an application has come, or ``None`` when it has not begun."""
        position: int | None = self.store.rows(TRACKED, (application_name,))[0][0]
        return position


class RecordProcessRecorder(RecordTrackingRecorder, RecordApplicationRecorder, ProcessRecorder):
    """Events and tracking, recorded together."""


class RecordSubscription(ListenNotifySubscription[RecordApplicationRecorder]):
    """Follows the record: woken by the committer's notification, which is heard before the first pull."""

    def __init__(self, recorder: RecordApplicationRecorder, gt: int | None, topics: Sequence[str]) -> None:
        self._connection: Final = recorder.store.pool.getconn()
        self._connection.autocommit = True
        self._connection.execute("LISTEN homeward_facts")
        super().__init__(recorder=recorder, gt=gt, topics=topics)
        self._listener: Final = Thread(target=self._listen, name="record-subscription")
        self._listener.start()

    def __exit__(self, *args: object, **kwargs: Any) -> None:
        try:
            super().__exit__(*args, **kwargs)
        finally:
            self._listener.join()
            self._connection.execute("UNLISTEN *")
            self._connection.autocommit = False
            self._recorder.store.pool.putconn(self._connection)

    def _listen(self) -> None:
        try:
            while not self._has_been_stopped:
                for _ in self._connection.notifies(timeout=POLL_SECONDS, stop_after=1):
                    self._has_been_notified.set()
        except Exception as error:  # noqa: BLE001 - handed to whoever iterates
            self._thread_error = self._thread_error or error
            self.stop()


def _state(frame: bytes) -> bytes:
    """Return what the application stored: a foreign payload without its format byte, a frame of blocks as it is."""
    return frame[1:] if frame[0] == FOREIGN else frame
