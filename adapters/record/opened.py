"""What was opened a moment ago: a case that is worked on is decided about again and again.

Opening costs a decode, two JSON texts, a cipher and a validation for each fact, and folding costs more of it; most
facts of a case were there a moment ago. What is remembered counts as read every time that it is used, and is let go of
with the lease of the keys.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Final, Generic, NamedTuple, TypeVar
from uuid import UUID

from adapters.record.keys import KeyName
from adapters.record.subject_keys import LEASE_SECONDS
from domain.kernel import Recorded
from domain.privacy import BlockLabel

REMEMBERED_FACTS: Final = 20_000

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Standing(NamedTuple):
    """A stream as it stood when it was opened last, as far as some classes."""

    state: Any
    version: int
    """0 for a stream of which nothing is known."""
    facts: Sequence[Recorded]
    known_keys: frozenset[KeyName]
    """That its sealed blocks name, opened or not."""
    leaves: Sequence[bytes]
    """Of its facts, in order of version."""
    opened: Mapping[UUID, frozenset[BlockLabel]]
    """Whose data of which classes was opened."""


UNKNOWN: Final = Standing(None, 0, (), frozenset(), (), {})


class ShortMemory(Generic[K, V]):
    """Remembers values for as long as a key may be remembered, and so many that their sizes stay within a limit."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, limit: int = REMEMBERED_FACTS) -> None:
        self._clock: Final = clock
        self._limit: Final = limit
        self._size = 0
        self._values: Final[dict[K, tuple[float, int, V]]] = {}
        """In the order of their leases."""
        self._cleaning: asyncio.TimerHandle | None = None

    def find(self, name: K) -> V | None:
        """Return what is remembered under a name."""
        entry = self._values.get(name)
        return entry[2] if entry is not None and entry[0] > self._clock() else None

    def keep(self, name: K, value: V, size: int = 1) -> None:
        """Remember a value; one that takes the place of another has what is left of the other's lease."""
        now = self._clock()
        until, before, _ = self._values.get(name, (0.0, 0, None))
        if until <= now:
            self.drop(name)
            until, before = now + LEASE_SECONDS, 0
        self._values[name] = (until, size, value)
        self._size += size - before
        while self._size > self._limit:
            self.drop(next(iter(self._values)))
        if self._cleaning is None:
            self._cleaning = asyncio.get_running_loop().call_later(LEASE_SECONDS, self._clean)

    def drop(self, name: K) -> None:
        """Let go of what is remembered under a name, if anything is."""
        entry = self._values.pop(name, None)
        if entry is not None:
            self._size -= entry[1]

    def forget(self) -> None:
        """Let go of everything."""
        self._values.clear()
        self._size = 0
        if self._cleaning is not None:
            self._cleaning.cancel()
            self._cleaning = None

    def _clean(self) -> None:
        """Let go of what has expired, also when nobody asks any more."""
        now = self._clock()
        while self._values and self._values[first := next(iter(self._values))][0] <= now:
            self.drop(first)
        self._cleaning = None
        if self._values:
            self._cleaning = asyncio.get_running_loop().call_later(LEASE_SECONDS, self._clean)
