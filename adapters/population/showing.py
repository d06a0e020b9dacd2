"""The read models' rows of what a desk decides: what a projector would make of it, made where the cases are known.

Where facts stand in the record is not known here; whoever has appended them adds the positions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain, islice
from typing import Any, Final, TypeAlias
from uuid import UUID

from adapters.record.bulk import Packed
from adapters.views.audit import AUDITED
from adapters.views.folding import VIEWS, Rows, ordinary
from adapters.views.people import SHOWN
from adapters.views.timeline import TIMELINE, TimelineRow, timeline_row
from adapters.views.writing import View, at
from domain.case.case import CaseState
from domain.kernel import Recorded

Entry: TypeAlias = tuple[Packed, Sequence[bytes]]
"""A command, and the timeline's row of each of its facts, in order; none where nothing is shown."""
CaseRows: TypeAlias = tuple[int, Sequence[bytes], Sequence[bytes]]
"""Place of a read model in :data:`VIEWS`, rows, and of which stream each is, where it ends with a position."""
Finished: TypeAlias = tuple[Sequence[CaseRows], Sequence[bytes]]
"""Rows of cases about which nothing more is decided, and the streams whose rows name positions of their facts."""

NOTHING: Final[Finished] = ((), ())
_REMEMBERED: Final = SHOWN | AUDITED


class Showing:
    """Makes the rows of one desk's cases, as they stand on a day."""

    def __init__(self, day: date) -> None:
        self._day: Final = day
        self._told: Final[dict[UUID, list[Recorded]]] = {}
        """Of each case the facts that its rows will need, and its last."""
        self._timeline: list[TimelineRow] = []
        self._numbers: list[int] = []
        """How many rows each command has in the timeline."""
        self._rows = Rows()
        self._left: list[bytes] = []

    def take(self, grown: Iterable[tuple[Any, Sequence[Recorded]]]) -> None:
        """Take in what one command decided: the states of streams, and the facts by which each grew."""
        before = len(self._timeline)
        for state, facts in grown:
            if type(state) is not CaseState:
                continue
            self._timeline += map(timeline_row, facts)
            told = self._told.setdefault(facts[0].stamp.stream, [])
            if told and type(told[-1].fact) not in _REMEMBERED:
                told.pop()
            told += facts if len(facts) == 1 else _remembered(facts)
        self._numbers.append(len(self._timeline) - before)

    def finish(self, stream: UUID, state: Any) -> None:
        """Make the rows of a stream about which nothing more will be decided; none where it is no case."""
        if (told := self._told.pop(stream, None)) is None:
            return
        if ordinary(state, told):
            self._rows.add(state, told, self._day)
        else:
            self._left.append(stream.bytes)

    def timelines(self) -> list[tuple[bytes, ...]]:
        """Return the rows of the timeline for each command taken in since, and forget them."""
        written = iter(TIMELINE.written(self._timeline))
        found = [tuple(islice(written, number)) for number in self._numbers]
        self._timeline, self._numbers = [], []
        return found

    def finished(self) -> Finished:
        """Return the rows of the cases finished since, and forget them."""
        rows = [
            (VIEWS.index(view), view.written(made), [row.case_id.bytes for row in made] if view.placed else [])
            for view, made in self._rows.replaced()
            if made
        ]
        left, self._rows, self._left = self._left, Rows(), []
        return rows, left


def _remembered(facts: Sequence[Recorded]) -> list[Recorded]:
    """Return what rows will need of these facts, and the last."""
    return [*(recorded for recorded in facts[:-1] if type(recorded.fact) in _REMEMBERED), facts[-1]]


class Places:
    """Where the facts of a load came to stand, and the rows of read models as that makes them."""

    def __init__(self) -> None:
        self._last: Final[dict[bytes, int]] = {}
        """Position of the last fact of each stream."""
        self.left: Final[list[UUID]] = []
        """Cases that have to be folded from the record."""

    def placed(
        self, entries: Sequence[Entry], firsts: Sequence[int], finished: Iterable[Finished]
    ) -> list[tuple[View[Any], list[bytes]]]:
        """Return the rows of commands whose facts stand from these positions on, and of cases that ended with them."""
        timeline: list[bytes] = []
        for (packed, bodies), first in zip(entries, firsts, strict=True):
            position = first
            for position, body in enumerate(bodies, start=first):
                timeline += body, at(position)
            if packed[9]:  # facts of several streams
                streams = packed[6][0]
                for nth in range(packed[1]):
                    self._last[streams[20 * nth + 4 : 20 * nth + 20]] = first + nth
            else:
                self._last[packed[4][4:]] = position
        written: list[tuple[View[Any], list[bytes]]] = [(TIMELINE, timeline)]
        for cases, left in finished:
            self.left.extend(UUID(bytes=case) for case in left)
            for nth, rows, owners in cases:
                ends = [at(self._last[owner]) for owner in owners]
                written.append((VIEWS[nth], [*chain.from_iterable(zip(rows, ends, strict=True))] if ends else [*rows]))
        return written
