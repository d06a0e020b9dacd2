"""Serving many waiting requests with one round trip: what arrives while one batch is under way forms the next."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")

Serve = Callable[[list[Q]], Awaitable[Sequence[A | Exception]]]
Choose = Callable[[deque[Q]], list[Q]]


class Gatherer(Generic[Q, A]):
    """Hands the requests that wait in this process to ``serve``, one batch at a time, in the order of arrival.

    ``serve`` returns one answer for each request; an exception among them is raised to that asker only. A caller
    that goes away neither cancels the batch nor delays it. ``choose`` takes from the waiting requests those of the
    next batch. A request whose answer is ``again`` is served once more, before those that came after it.
    """

    def __init__(
        self,
        serve: Serve[Q, A],
        *,
        limit: int,
        choose: Choose[tuple[Q, asyncio.Future[A]]] | None = None,
        again: Callable[[A], bool] | None = None,
    ) -> None:
        self._serve: Final = serve
        self._limit: Final = limit
        self._choose: Final = choose
        self._again: Final = again
        self._waiting: Final[deque[tuple[Q, asyncio.Future[A]]]] = deque()
        self._worker: asyncio.Task[None] | None = None

    async def ask(self, request: Q) -> A:
        """Return the answer to the request.

        :raises Exception: whatever ``serve`` raised or returned for it.
        """
        future: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, future))
        self._start()
        return await future

    async def drain(self) -> None:
        """Wait until nothing is waiting or under way."""
        while self._worker is not None and not self._worker.done():
            await asyncio.shield(self._worker)

    def _start(self) -> None:
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())

    async def _work(self) -> None:
        while self._waiting:
            batch = self._next_batch()
            try:
                answers = await self._serve([request for request, _ in batch])
            except Exception as error:  # noqa: BLE001 - whatever it is, it goes to those who asked
                answers = [error] * len(batch)
            once_more = []
            for entry, answer in zip(batch, answers, strict=True):
                if self._again is not None and not isinstance(answer, Exception) and self._again(answer):
                    once_more.append(entry)
                else:
                    _resolve(entry[1], answer)
            self._waiting.extendleft(reversed(once_more))

    def _next_batch(self) -> list[tuple[Q, asyncio.Future[A]]]:
        if self._choose is not None:
            return self._choose(self._waiting)
        return [self._waiting.popleft() for _ in range(min(self._limit, len(self._waiting)))]


def _resolve(future: asyncio.Future[A], answer: A | Exception) -> None:
    if future.cancelled():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
        future.exception()  # whoever asked may be gone; then nobody else retrieves it
    else:
        future.set_result(answer)
