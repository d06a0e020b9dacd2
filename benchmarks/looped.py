"""An event loop that is kept between measurements: the one that the API process runs on."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, Self, TypeVar

import uvloop

T = TypeVar("T")


class Looped:
    """Runs coroutines one after the other on its own loop; close it when done."""

    def __init__(self) -> None:
        self._runner: Final = asyncio.Runner(loop_factory=uvloop.new_event_loop)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run work to its end."""
        return self._runner.run(work)

    def close(self) -> None:
        """Close the loop."""
        self._runner.close()
