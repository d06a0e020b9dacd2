"""Command: load a case of twelve facts, check, decide, seal two personal fields, append, receipt.

32 commands in flight; few cases of 10,000 take most of them. Both sides get the same commands in the same order.
"""

from __future__ import annotations

import asyncio
import gc
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID, uuid4

import psycopg

from adapters.record.door import Caller, Reading, Receipt, Request
from adapters.record.errors import TooContended
from adapters.record.idempotency import DIGEST_BYTES
from benchmarks.cases import AGENCY, COUNTRY, load_cases
from benchmarks.cpu import spending
from benchmarks.facts import ACTOR
from benchmarks.measuring import ALTERNATIONS, Pace, Result, Say, Series, Speed, stopwatch, verify
from benchmarks.peers.stock_application import StockApplication
from benchmarks.place import Database, Place, place
from benchmarks.recording import Recording
from benchmarks.zipf import drawn
from domain.case.identity import BirthRecorded, RecordBirth
from domain.dates import PartialDate
from domain.privacy import BlockLabel

CASES: Final = 10_000
FACTS_EACH: Final = 12
COMMANDS: Final = range(96, 800)
"""In one alternation: as many as the slower side answers in ``SECONDS``, within these bounds."""
SECONDS: Final = 3.0
IN_FLIGHT: Final = 32
BARS: Final = {"stock": 6.0}
FIRST_BIRTH: Final = date(1950, 1, 1)
CASEWORKER: Final = Caller(
    ACTOR, AGENCY, COUNTRY, frozenset({"case:record", "case:read", "case:open-identity"}), frozenset({AGENCY, COUNTRY})
)


class Told(NamedTuple):
    """One account of a birth, for the case of this number."""

    case: int
    birth: str
    place: str


def told(nth: int, commands: int) -> list[Told]:
    """Return the commands of one alternation, each different."""
    return [
        Told(case, (FIRST_BIRTH + timedelta(days=day % 15_000)).isoformat(), f"Place {nth}-{day}")
        for day, case in enumerate(drawn(range(CASES), commands, seed=nth))
    ]


def run(data_dir: Path | None, say: Say) -> Result:
    """Measure the door against the stock application."""
    result = Result("command", "commands on a case of twelve facts, 32 in flight", "commands/s", bars=BARS)
    with ExitStack() as stack:
        here = stack.enter_context(place(data_dir))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        say(f"loading {CASES:,} cases")
        ours = stack.enter_context(Commanding(here, stack.enter_context(here.database("door", migrated=True)), folder))
        say(f"loading {CASES:,} cases of the stock application")
        stock = StockApplication(here, stack.enter_context(here.database("stock")))
        stack.callback(stock.close)
        ids = stock.load_cases(CASES)
        series, pace = Series(), Pace()
        for nth in range(ALTERNATIONS + 1):
            say(f"{nth} of {ALTERNATIONS}")
            asked = told(nth, min(max(pace.events(IN_FLIGHT, SECONDS), COMMANDS.start), COMMANDS.stop))
            mine = ours.command(asked)
            theirs = pace.learn(IN_FLIGHT, stock.command([(ids[one.case], one.birth, one.place) for one in asked]))
            if nth > 0:  # the first is for warming up
                series.add("stock", mine, theirs)
    series.fill(result)
    result.correct = True
    return result


class Commanding(Recording):
    """The door on a database of its own."""

    def __init__(self, place: Place, database: Database, keys: Path) -> None:
        super().__init__(place, database, keys)
        self.cases: Final[Sequence[UUID]] = self.run(load_cases(self.record, CASES, FACTS_EACH))

    def command(self, asked: Sequence[Told]) -> Speed:
        """Ask for all of them, 32 at a time.

        :raises WrongAnswer: when the record does not hold each of them once, in order and readable.
        """
        requests = [self._request(one) for one in asked]
        before = self.run(self.record.head())
        gc.collect()
        took = stopwatch()
        with spending(self.place.pid) as spent:
            receipts = self.run(self._ask(requests))
            elapsed = took()
        self._verify(before, asked, receipts)
        return Speed(len(asked), elapsed, spent.client, spent.server)

    def _request(self, one: Told) -> Request:
        return Request(
            command=RecordBirth(birth=PartialDate.parse(one.birth), place=one.place),
            stream=self.cases[one.case],
            caller=CASEWORKER,
            command_id=uuid4(),
            digest=bytes(DIGEST_BYTES),
        )

    async def _ask(self, requests: Sequence[Request]) -> list[Receipt]:
        waiting, receipts = iter(requests), []

        async def officer() -> None:
            for request in waiting:
                receipts.append(await self._until_recorded(request))  # noqa: PERF401 - each waits for the last

        await asyncio.gather(*(officer() for _ in range(IN_FLIGHT)))
        return receipts

    async def _until_recorded(self, request: Request) -> Receipt:
        while True:
            try:
                return await self.door.ask(request)
            except TooContended:
                continue

    def _verify(self, before: int, asked: Sequence[Told], receipts: Sequence[Receipt]) -> None:
        positions = sorted(position for receipt in receipts for position in receipt.positions)
        verify(positions == list(range(before + 1, before + 1 + len(asked))), "positions are not dense")
        leaves = {receipt.positions[0]: receipt.leaves[0] for receipt in receipts}
        with psycopg.connect(self.database.superuser_url) as connection:
            rows = connection.execute(
                "SELECT position, leaf FROM record.fact WHERE position > %s ORDER BY position", [before]
            ).fetchall()
            (gaps,) = connection.execute(
                "SELECT count(*) FROM (SELECT FROM record.fact GROUP BY stream HAVING max(version) <> count(*)) gap"
            ).fetchone() or (None,)
        verify(
            {position: leaf.hex() for position, leaf in rows} == leaves,
            "other facts are recorded than the receipts say",
        )
        verify(gaps == 0, "the versions of a case are not dense")
        first = asked[0]
        places = {one.place for one in asked if one.case == first.case}
        verify(places <= self.run(self._places(self.cases[first.case])), "a birth that was recorded cannot be read")

    async def _places(self, case_id: UUID) -> set[object]:
        reading = Reading("case", case_id, CASEWORKER, uuid4(), frozenset({BlockLabel.IDENTITY}), "benchmark")
        stream = await self.door.read(reading)
        return {recorded.fact.place for recorded in stream.facts if isinstance(recorded.fact, BirthRecorded)}
