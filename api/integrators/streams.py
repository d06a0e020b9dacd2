"""How many streams each consumer holds open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from api.problems import Problem

STREAMS_PER_CONSUMER: Final = 4


class OpenStreams:
    """Counts the open streams of each consumer."""

    def __init__(self) -> None:
        self._open: Final[Counter[str]] = Counter()

    @property
    def total(self) -> int:
        """How many are open."""
        return self._open.total()

    @contextmanager
    def one_more(self, consumer: str) -> Iterator[None]:
        """Hold one stream of a consumer.

        :raises Problem: ``streams.too-many`` beyond :data:`STREAMS_PER_CONSUMER`.
        """
        if self._open[consumer] >= STREAMS_PER_CONSUMER:
            raise Problem("streams.too-many")
        self._open[consumer] += 1
        try:
            yield
        finally:
            self._open[consumer] -= 1
            if not self._open[consumer]:
                del self._open[consumer]
