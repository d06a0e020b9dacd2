"""A process that prepares one part of a plan: stories told, decided, sealed, and sent on."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from multiprocessing.connection import Connection
from typing import Final

import psycopg

from adapters.database import Databases
from adapters.population.desk import Desk
from adapters.population.diary import Namer
from adapters.population.plan import by_household, plan
from adapters.population.showing import NOTHING, Entry, Showing
from adapters.population.wire import Message, pack, time_of
from adapters.record.bulk import Packed
from adapters.record.errors import RecordUnavailable
from adapters.record.record import Record
from adapters.settings import Settings

CHUNK: Final = 4_000
"""Commands that are decided together, household by household."""
MESSAGE: Final = 1_000
"""Commands in one message."""


@dataclass(frozen=True)
class Errand:
    """What a worker is sent to do."""

    settings: Settings
    databases: Databases
    namer: Namer
    part: int
    parts: int
    after: int
    """Entries up to this time are in the record already."""
    resumes: bool
    """Whether an earlier run began with the people."""
    parent: int
    """The process that reads; without it there is nothing to do."""
    day: date | None
    """As of which rows of read models are made; ``None``: none are."""


def run(errand: Errand, out: Connection) -> None:
    """Prepare the part and send it in messages; an empty one is the last. The parent reads when it wants more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    with suppress(
        BrokenPipeError, RecordUnavailable, psycopg.OperationalError
    ):  # the parent sees that the pipe ends, and says so
        asyncio.run(_run(errand, out))


async def _run(errand: Errand, out: Connection) -> None:
    settings = replace(errand.settings, connections=2)
    async with await Record.open(errand.databases, settings) as record:
        showing = Showing(errand.day) if errand.day is not None else None
        desk = Desk(record, errand.namer, showing)
        entries = (entry for entry in plan(errand.namer, errand.part, errand.parts) if entry.at > errand.after)
        await desk.look_at_places()
        begun, following = True, list(islice(entries, CHUNK))
        while chunk := following:
            begun = begun and (await desk.take_up(chunk) or errand.resumes)
            prepared, keys = await desk.ask(by_household(errand.namer, chunk))
            if os.getppid() != errand.parent:
                return
            await record.keys.store(keys)
            if not (following := list(islice(entries, CHUNK))):
                desk.close()
            for message in _messages(prepared, showing):
                out.send_bytes(pack(message))
    out.send_bytes(b"")


def _messages(prepared: list[Packed], showing: Showing | None) -> Iterator[Message]:
    """Yield what was prepared in the order of time; the rows of the cases that end with it come last."""
    timelines = showing.timelines() if showing is not None else [()] * len(prepared)
    entries: list[Entry] = sorted(zip(prepared, timelines, strict=True), key=time_of)
    ends = range(MESSAGE, len(entries) + MESSAGE, MESSAGE)
    for end in ends:
        finished = showing.finished() if showing is not None and end == ends[-1] else NOTHING
        yield Message(entries[end - MESSAGE : end], finished)
