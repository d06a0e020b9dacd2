"""What the workers of a load send, merged by time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from multiprocessing.connection import Connection
from typing import Final, NamedTuple

from adapters.population.showing import NOTHING, Entry, Finished
from adapters.population.wire import time_of, unpack

READ_AHEAD: Final = 8
"""Messages of a worker that are kept until the others have come as far in time."""


class LoadError(RuntimeError):
    """The population cannot be loaded; the message is one sentence for a person."""


class Batch(NamedTuple):
    """Commands to append together, in the order of time."""

    entries: Sequence[Entry]
    finished: Sequence[Finished]
    """Rows of cases that end in this batch or before."""


async def merged(pipes: Sequence[Connection]) -> AsyncIterator[Batch]:
    """Yield what the workers send in batches.

    :raises LoadError: when a worker ended early.
    """
    inboxes = [_Inbox(pipe) for pipe in pipes]
    try:
        while waiting := [inbox for inbox in inboxes if await inbox.filled()]:
            upto = min(inbox.last for inbox in waiting)
            entries = [entry for inbox in waiting for entry in inbox.take(upto)]
            entries.sort(key=time_of)
            yield Batch(entries, [inbox.finished() for inbox in waiting])
    finally:
        for inbox in inboxes:
            inbox.close()


class _Inbox:
    """What one worker has sent and nobody has taken. It is read ahead, so that no worker waits for another."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe: Final = pipe
        self._arrived: Final[asyncio.Queue[bytes | LoadError]] = asyncio.Queue(READ_AHEAD)
        self._reading: Final = asyncio.create_task(self._read_on())
        self._ended = False
        self._entries: Sequence[Entry] = ()
        self._finished = NOTHING

    @property
    def last(self) -> int:
        """Time of the last entry that is there."""
        return time_of(self._entries[-1])

    def close(self) -> None:
        """Read no further."""
        self._reading.cancel()

    async def filled(self) -> bool:
        """Wait until there is something to take; false at the end.

        :raises LoadError: when the worker ended early.
        """
        if not self._entries and not self._ended:
            message = await self._arrived.get()
            if isinstance(message, LoadError):
                raise message
            if message:
                self._entries, self._finished = unpack(message)
            self._ended = not message
        return bool(self._entries)

    def take(self, upto: int) -> Sequence[Entry]:
        """Return the entries up to a time, and let go of them."""
        nth = next((nth for nth, entry in enumerate(self._entries) if time_of(entry) > upto), len(self._entries))
        taken, self._entries = self._entries[:nth], self._entries[nth:]
        return taken

    def finished(self) -> Finished:
        """Return what came with the entries, once all of them are taken, and let go of it."""
        if self._entries:
            return NOTHING
        finished, self._finished = self._finished, NOTHING
        return finished

    async def _read_on(self) -> None:
        message: bytes | LoadError = b"begun"
        while isinstance(message, bytes) and message:
            message = await asyncio.to_thread(self._read)
            await self._arrived.put(message)

    def _read(self) -> bytes | LoadError:
        try:
            return self._pipe.recv_bytes()
        except EOFError:
            return LoadError(
                "Loading stopped: the database went away, or a process that prepares the population was ended. What is "
                "recorded is kept; run the same command again and it goes on from there."
            )
