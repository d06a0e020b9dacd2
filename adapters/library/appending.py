"""An event loop in a thread of its own, so that synchronous callers share one committer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from threading import Thread
from typing import Final

import psycopg
from eventsourcing.persistence import DataError as LibraryDataError
from eventsourcing.persistence import IntegrityError, OperationalError, StoredEvent, Tracking

from adapters.record.committer import Committer
from adapters.record.errors import RecordUnavailable
from adapters.record.frame import FOREIGN, leaf_of
from adapters.record.mapper import StoredFact
from adapters.record.submission import Expected, Fate, Outcome, Submission


class Appending:
    """Appends stored events through the record's committer, for as many threads as like."""

    def __init__(self, url: str, origin: str, *, batch_commands: int) -> None:
        self._origin: Final = origin
        self._loop: Final = asyncio.new_event_loop()
        self._thread: Final = Thread(target=self._loop.run_forever, name="record-committer", daemon=True)
        self._thread.start()
        self._committer: Final = Committer(url, batch_commands=batch_commands)

    def append(self, events: Sequence[StoredEvent], tracking: Tracking | None) -> list[int]:
        """Append the events of one call, all or nothing, and return their positions.

        :raises IntegrityError: when a version is taken, or the tracking is not ahead of what was tracked.
        :raises OperationalError: when the database does not answer.
        """
        submission = self._submission(events, tracking)
        try:
            outcome: Outcome = asyncio.run_coroutine_threadsafe(self._committer.submit(submission), self._loop).result()
        except psycopg.errors.UniqueViolation as error:
            message = "an event of this version is stored already"
            raise IntegrityError(message) from error
        except psycopg.DataError as error:
            message = "the database cannot hold this event"
            raise LibraryDataError(message) from error
        except RecordUnavailable as error:
            message = "the database does not answer"
            raise OperationalError(message) from error
        if outcome.fate is not Fate.RECORDED:
            message = "an event of this version is stored already, or the tracking is not ahead"
            raise IntegrityError(message)
        return list(outcome.positions)

    def close(self) -> None:
        """Finish what is under way and end the thread."""
        asyncio.run_coroutine_threadsafe(self._committer.close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _submission(self, events: Sequence[StoredEvent], tracking: Tracking | None) -> Submission:
        facts = [event if isinstance(event, StoredFact) else self._foreign(event) for event in events]
        before: dict[object, Expected] = {}
        for fact in facts:
            last = fact.originator_version - 1
            before.setdefault(fact.originator_id, Expected(fact.stream, last, if_absent=last))
        return Submission(
            command_id=None,
            request=b"",
            facts=facts,
            writes=tuple(before.values()),
            tracking=() if tracking is None else ((tracking.application_name, tracking.notification_id),),
        )

    def _foreign(self, event: StoredEvent) -> StoredFact:
        """Wrap the bytes of another application: one opaque payload behind the format byte."""
        frame = bytes([FOREIGN]) + event.state
        return StoredFact(
            originator_id=event.originator_id,
            originator_version=event.originator_version,
            topic=event.topic,
            state=frame,
            fact_id=None,
            recorded_at=datetime.now(UTC),
            leaf=leaf_of(frame, self._origin),
        )
