"""Facts that were opened a moment ago: a case that is worked on is decided about again and again.

Opening costs a decode, two JSON texts, a cipher and a validation for each fact; most facts of a case were there a
moment ago. What is remembered counts as read every time that it is used, and is let go of with the lease of the keys.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from adapters.record.keys import KeyName
from adapters.record.subject_keys import LEASE_SECONDS
from domain.kernel import Recorded
from domain.privacy import BlockLabel

REMEMBERED_FACTS: Final = 20_000


class Opened(NamedTuple):
    """A fact, and the keys that its sealed blocks name, opened or not."""

    recorded: Recorded
    keys: frozenset[KeyName]


class OpenedFacts:
    """A short memory, by the stored bytes themselves: a frame that differs by a bit is another one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, limit: int = REMEMBERED_FACTS) -> None:
        self._clock: Final = clock
        self._limit: Final = limit
        self._facts: Final[dict[tuple[bytes, frozenset[BlockLabel]], tuple[float, Opened]]] = {}
        """In the order of their leases."""
        self._cleaning: asyncio.TimerHandle | None = None

    def find(self, frames: Sequence[bytes], opens: frozenset[BlockLabel]) -> list[Opened | None]:
        """Return what is remembered of each frame, opened as far as these classes and no further."""
        now, facts = self._clock(), self._facts
        known = (facts.get((frame, opens)) for frame in frames)
        return [entry[1] if entry is not None and entry[0] > now else None for entry in known]

    def keep(self, frame: bytes, opens: frozenset[BlockLabel], opened: Opened) -> None:
        """Remember a fact for as long as a key may be remembered."""
        while len(self._facts) >= self._limit:
            del self._facts[next(iter(self._facts))]
        self._facts.pop((frame, opens), None)
        self._facts[frame, opens] = (self._clock() + LEASE_SECONDS, opened)
        if self._cleaning is None:
            self._cleaning = asyncio.get_running_loop().call_later(LEASE_SECONDS, self._clean)

    def forget(self) -> None:
        """Let go of everything."""
        self._facts.clear()
        if self._cleaning is not None:
            self._cleaning.cancel()
            self._cleaning = None

    def _clean(self) -> None:
        """Let go of what has expired, also when nobody asks any more."""
        now = self._clock()
        while self._facts and self._facts[first := next(iter(self._facts))][0] <= now:
            del self._facts[first]
        self._cleaning = None
        if self._facts:
            self._cleaning = asyncio.get_running_loop().call_later(LEASE_SECONDS, self._clean)
