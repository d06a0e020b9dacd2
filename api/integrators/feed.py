"""Reading the feed from a cursor on: what a page and a stream have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from adapters.feed.envelope import View
from adapters.record.record import Record
from api.cursors import Cursors
from api.problems import Problem

FROM_THE_START: Final = "0"


@dataclass(frozen=True, slots=True)
class Page:
    """Published facts among a span of positions."""

    events: list[tuple[int, bytes]]
    """(position, CloudEvent), in order."""
    scanned_to: int
    """Last position looked at, published or not: the next page begins after it."""
    head: int
    """Last position of the record when the page was read."""

    @property
    def caught_up(self) -> bool:
        """Whether nothing lay beyond the page."""
        return self.scanned_to >= self.head


class Feed:
    """The published facts as one view shows them."""

    def __init__(self, record: Record, view: View) -> None:
        self._record: Final = record
        self._view: Final = view
        self._cursors: Final = Cursors(record.root.derive("cursors"), "feed")

    def position(self, cursor: str | None) -> int:
        """Return the position after which a reader goes on; 0 without a cursor.

        :raises Problem: ``cursor.refused`` when it is not one of this view.
        """
        if cursor is None or cursor == FROM_THE_START:
            return 0
        position: int = self._cursors.read(cursor, *self._bound)
        return position

    def cursor(self, position: int) -> str:
        """Return the cursor of a position."""
        return self._cursors.write(position, *self._bound)

    async def page(self, after: int, limit: int) -> Page:
        """Return what is published among the ``limit`` positions that follow.

        :raises Problem: ``log.forked`` when the position lies beyond the record: its tail was lost.
        """
        stored = await self._record.facts(after=after, limit=limit)
        scanned_to = stored[-1].position if stored else after
        head = max(await self._record.head(), scanned_to) if len(stored) == limit else scanned_to
        if not stored and after > 0 and (head := await self._record.head()) < after:
            raise Problem("log.forked", head=self.cursor(head))
        events = [(one.position, event) for one in stored if (event := self._view.event(one)) is not None]
        return Page(events, scanned_to, head)

    @property
    def _bound(self) -> tuple[str, str]:
        return self._view.name, str(self._record.log.epoch)
