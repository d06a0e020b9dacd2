"""Loading the population: workers prepare, this process merges by time and appends.

A restart goes on where the last run ended.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from typing import Final

import psycopg

from adapters.database import Databases
from adapters.population.calibration import AS_OF, DEFAULT_SEED, people
from adapters.population.desk import Desk
from adapters.population.diary import Namer
from adapters.population.merging import Batch, LoadError, merged
from adapters.population.plan import LAST_STREAM, facility_streams, first_entries
from adapters.population.showing import Places
from adapters.population.worker import Errand, run
from adapters.record.bulk import Appended, BulkCommitter, NotNext, arguments
from adapters.record.errors import RecordUnavailable
from adapters.record.load import EVERYONE, Wanted
from adapters.record.record import Record
from adapters.settings import Settings
from adapters.views.filling import Filling, filling

WORKERS: Final = 2
FACTS_A_CASE: Final = 13.5
"""Measured; only the progress display rests on it."""
_LOCK: Final = 0x70656F706C65
"""Key of the advisory lock that a load holds ("people")."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_END: Final = datetime(AS_OF.year, AS_OF.month, AS_OF.day, tzinfo=UTC) + timedelta(days=1)
"""Every fact of a population is recorded before this time."""

Progress = Callable[[int, int], None]
"""Called with the facts recorded so far, and about how many there will be."""


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load found or did."""

    cases: int
    facts: int
    """Of the population, whenever they were loaded."""
    seconds: float
    already: bool
    """Whether the population was there before."""
    scale: float
    """Below 1 the figures are in proportion, and not the published ones."""


async def load(
    record: Record,
    *,
    settings: Settings,
    databases: Databases,
    scale: float = 1.0,
    seed: int = DEFAULT_SEED,
    shows: bool = False,
    progress: Progress = lambda _done, _total: None,
) -> LoadReport:
    """Load the population into an empty record, or finish what was begun, or find it complete.

    With ``shows`` a load that begins and ends here makes the read models as it goes; after any other they have to
    follow the record or be rebuilt.

    :raises LoadError: when the record holds other facts, or somebody writes to it meanwhile.
    :raises RebuildUnderWay: when somebody else rebuilds the read models that are to be made.
    :raises RecordUnavailable: when the database goes away; loading again continues.
    """
    started, namer = time.monotonic(), Namer(seed, scale)
    async with _alone(databases):
        found = await record.position_at(_END)
        already = await _is_complete(record, namer)
        if not already:
            after = await _continue_after(record, namer, found)
            resumes = after > 0
            if not resumes:
                after, found = await _register_places(record, namer, databases)
            errand = Errand(settings, databases, namer, 0, WORKERS, after, resumes, os.getpid(), None)
            with filling(databases, settings) if shows and not resumes else nullcontext() as tables:
                if tables is not None:
                    errand = replace(errand, day=tables.day)
                errands = [replace(errand, part=part) for part in range(WORKERS)]
                found = await _load(databases, errands, found, tables, progress)
    return LoadReport(people(scale), found, time.monotonic() - started, already, scale)


@asynccontextmanager
async def _alone(databases: Databases) -> AsyncIterator[None]:
    """Keep a second load out, on this machine or another, for as long as this one lives.

    :raises LoadError: when another load is under way.
    :raises RecordUnavailable: when the database does not answer.
    """
    try:
        connection = await psycopg.AsyncConnection.connect(databases.url("writer"), autocommit=True)
    except psycopg.OperationalError as error:
        raise RecordUnavailable(fate_known=True) from error
    async with connection:
        cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if await cursor.fetchone() != (True,):
            raise LoadError("Another process is loading a population into this record.")
        yield


async def _is_complete(record: Record, namer: Namer) -> bool:
    last = await record.loader.load(Wanted(namer.made_by(LAST_STREAM, 0), frozenset({EVERYONE})))
    return bool(last.rows)


async def _continue_after(record: Record, namer: Namer, found: int) -> int:
    """Return the time, in microseconds, up to which the plan is in the record."""
    if await record.head() == 0:
        return 0
    first = await record.facts(after=0, limit=1)
    if first[0].stream not in facility_streams(namer):
        raise LoadError(
            "The record holds other facts than this population: use another data folder, or the same seed and scale."
        )
    if await record.head() > found:
        raise LoadError("The population is not complete and others have recorded since: use another data folder.")
    (last,) = await record.facts(after=found - 1, limit=1)
    return (last.recorded_at - _EPOCH) // timedelta(microseconds=1)


async def _register_places(record: Record, namer: Namer, databases: Databases) -> tuple[int, int]:
    """Record the facilities, on which every desk rests; return the time up to which, and how many facts that made.

    :raises LoadError: when somebody else has written meanwhile.
    """
    entries = first_entries(namer)
    prepared, keys = await Desk(record, namer).ask(entries)
    await record.keys.store(keys)
    committer = await BulkCommitter.open(databases.url("writer"))
    try:
        return entries[-1].at, (await _append(committer, arguments(prepared))).facts
    finally:
        await committer.close()


async def _load(
    databases: Databases, errands: Sequence[Errand], found: int, tables: Filling | None, progress: Progress
) -> int:
    """Append what the workers prepare; return the number of facts in the end.

    :raises LoadError: when somebody else has written to a case of the population.
    """
    total = round(people(errands[0].namer.scale) * FACTS_A_CASE)
    done, under_way, places = found, None, Places()
    async with AsyncExitStack() as stack:
        committer = await BulkCommitter.open(databases.url("writer"))
        stack.push_async_callback(committer.close)
        pipes = stack.enter_context(_workers(errands))
        try:
            async for batch in merged(pipes):
                prepared = arguments([packed for packed, _ in batch.entries])
                if under_way is not None:
                    done += await under_way
                    progress(done, max(done, total))
                under_way = asyncio.create_task(_take_in(committer, prepared, batch, tables, places))
            if under_way is not None:
                done += await under_way
        finally:
            await asyncio.gather(*filter(None, [under_way]), return_exceptions=True)
    if tables is not None:
        await asyncio.to_thread(tables.finish, [*facility_streams(errands[0].namer), *places.left])
    progress(done, done)
    return done


async def _take_in(
    committer: BulkCommitter, prepared: Sequence[object], batch: Batch, tables: Filling | None, places: Places
) -> int:
    """Append a batch, and show it; return the number of facts recorded."""
    facts, firsts = await _append(committer, prepared)
    if tables is not None:
        await asyncio.to_thread(tables.add, places.placed(batch.entries, firsts, batch.finished))
    return facts


async def _append(committer: BulkCommitter, prepared: Sequence[object]) -> Appended:
    try:
        return await committer.append(prepared)
    except NotNext:
        raise LoadError("Somebody else writes to the record; loading again continues.") from None


@contextmanager
def _workers(errands: Sequence[Errand]) -> Iterator[list[Connection]]:
    """Start a process for each errand; end those that are still running when the work ends."""
    context = multiprocessing.get_context("spawn")
    pipes: list[Connection] = []
    processes = []
    try:
        for errand in errands:
            reading, writing = context.Pipe(duplex=False)
            process = context.Process(target=run, args=(errand, writing), daemon=True)
            process.start()
            writing.close()
            pipes.append(reading)
            processes.append(process)
        yield pipes
    finally:
        for process in processes:
            process.terminate()
            process.join()
        for pipe in pipes:
            pipe.close()
