"""Filling the tables beside the live ones while facts are recorded, by whoever records them and knows the cases anyway.

A first load makes the rows of a million facts as it goes, and no second pass over the record has to open and fold them
again. They are those that a rebuild makes; killed at any instant, the live tables are what they were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import psycopg

from adapters.database import Databases
from adapters.settings import Settings
from adapters.views.folding import fold
from adapters.views.names import NEXT
from adapters.views.projector import Checkpoint, Projector, head
from adapters.views.rebuild import alone, put_in_place
from adapters.views.source import Some, Source
from adapters.views.writing import View

FOLDED_AT_ONCE: Final = 500
Written = Iterable[tuple[View[Any], Iterable[bytes]]]
"""Read models, and rows of theirs as :meth:`View.written` returns them, each with its position."""


class Filling:
    """Tables beside the live ones that are being filled. Belongs to one thread at a time."""

    def __init__(
        self,
        databases: Databases,
        settings: Settings,
        keeper: psycopg.Connection[Any],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._databases: Final = databases
        self._settings: Final = settings
        self._keeper: Final = keeper
        self._clock: Final = clock
        self.day: Final = clock().date()
        """On which the rows have to show the cases."""

    def add(self, written: Written) -> None:
        """Add rows."""
        with self._keeper.transaction(), self._keeper.cursor() as cursor:
            for view, rows in written:
                view.copy_written(cursor, NEXT, rows)

    def finish(self, left: Sequence[UUID]) -> None:
        """Fold the streams that were left, from the record, and let the tables change places with the live ones.

        Every other case has its rows by now, and every fact of a case its row in the timeline.
        """
        source, last = Source(self._keeper, self._settings), head(self._keeper)
        for start in range(0, len(left), FOLDED_AT_ONCE):
            streams = Some(left[start : start + FOLDED_AT_ONCE])
            rows = fold(source.streams(streams, last), day=self.day, after=last)
            with self._keeper.transaction(), self._keeper.cursor() as cursor:
                for view, made in rows.replaced():
                    view.copy(cursor, NEXT, made)
        source.note(1, last)
        new = Projector(self._databases, self._settings, clock=self._clock, schema=NEXT)
        put_in_place(self._databases, self._keeper, new, Checkpoint(last, self.day))


@contextmanager
def filling(databases: Databases, settings: Settings) -> Iterator[Filling]:
    """Hold the tables beside the live ones.

    :raises RebuildUnderWay: when somebody else holds them.
    """
    with alone(databases) as keeper:
        keeper.execute("SET synchronous_commit = off")  # nobody reads these tables before they change places
        yield Filling(databases, settings, keeper)
