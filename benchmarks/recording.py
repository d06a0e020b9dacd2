"""We: writers that append through the record, as the API process does."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final
from uuid import UUID

import psycopg

from adapters.record.door import Door
from adapters.record.frame import leaf_of
from adapters.record.record import Record
from adapters.record.submission import Fate, Outcome, Submission
from benchmarks.cpu import spending
from benchmarks.facts import submissions
from benchmarks.looped import Looped
from benchmarks.measuring import Pace, Speed, stopwatch, verify
from benchmarks.place import Database, Place


class Recording(Looped):
    """The record on a database of its own, driven by as many writers as are asked for."""

    name = "ours"

    def __init__(self, place: Place, database: Database, keys: Path) -> None:
        super().__init__()
        self.place: Final = place
        self.database: Final = database
        self.record: Final = self.run(Record.open(database.databases, place.fresh_keys(keys)))
        self.door: Final = Door(self.record)
        self._pace: Final = Pace()

    def append(self, writers: int, seconds: float) -> Speed:
        """Append and verify; see :class:`benchmarks.measuring.Contender`."""
        count = self._pace.events(writers, seconds)
        asked = submissions(count, self.record.log)
        before = self.run(self.record.head())
        gc.collect()
        took = stopwatch()
        with spending(self.place.pid) as spent:
            outcomes = self.run(self._write(asked, writers))
            elapsed = took()
        verify_recorded(self.database.superuser_url, self.record.log.origin, before, asked, outcomes)
        return self._pace.learn(writers, Speed(count, elapsed, spent.client, spent.server))

    def close(self) -> None:
        """Close the record."""
        self.run(self.record.close())
        super().close()

    async def _write(self, asked: Sequence[Submission], writers: int) -> list[tuple[Submission, Outcome]]:
        waiting = iter(asked)
        append = self.record.append
        outcomes: list[tuple[Submission, Outcome]] = []

        async def writer() -> None:
            for submission in waiting:
                outcomes.append((submission, await append(submission)))  # noqa: PERF401 - each waits for the last

        await asyncio.gather(*(writer() for _ in range(writers)))
        return outcomes


def verify_recorded(
    url: str, origin: str, before: int, asked: Sequence[Submission], outcomes: Sequence[tuple[Submission, Outcome]]
) -> None:
    """Make sure that everything asked was acknowledged once and stands where the acknowledgement says, byte for byte.

    :raises WrongAnswer: when it is not so.
    """
    verify(len(outcomes) == len(asked), f"{len(asked)} commands were sent and {len(outcomes)} answered")
    verify(all(outcome.fate is Fate.RECORDED for _, outcome in outcomes), "a command was not recorded")
    expected = {
        position: fact
        for submission, outcome in outcomes
        for position, fact in zip(outcome.positions, submission.facts, strict=True)
    }
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT position, stream, version, frame, leaf FROM record.fact WHERE position > %s ORDER BY position",
            [before],
            binary=True,
        ).fetchall()
        commands = connection.execute(
            "SELECT command_id, first_position FROM record.command WHERE first_position > %s", [before]
        ).fetchall()
    verify([row[0] for row in rows] == list(range(before + 1, before + 1 + len(expected))), "positions are not dense")
    for position, stream, version, frame, leaf in rows:
        fact = expected.get(position)
        same = fact is not None and (fact.stream, fact.originator_version, fact.state) == (stream, version, frame)
        verify(same, f"another fact than the acknowledged one stands at {position}")
        verify(leaf == leaf_of(frame, origin), f"the leaf at {position} is not that of its frame")
    known = {submission.command_id: outcome.first for submission, outcome in outcomes}
    verify(dict(commands) == known, "the commands were not remembered as they were acknowledged")
    verify_order(rows)


def verify_order(rows: Sequence[tuple[int, UUID, int, bytes, bytes]]) -> None:
    """Make sure that the versions of every stream are dense and follow its positions.

    :raises WrongAnswer: when they are not.
    """
    of_stream: dict[UUID, list[int]] = {}
    for _, stream, version, _, _ in rows:
        of_stream.setdefault(stream, []).append(version)
    for versions in of_stream.values():
        verify(all(after == one + 1 for one, after in pairwise(versions)), "the facts of a stream are out of order")
