"""Two who ask at once: what was observed is decided again, what was decided on an older state is stale."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any
from uuid import uuid4

import pytest

from adapters.database import Databases
from adapters.record.door import ATTEMPTS, Receipt
from adapters.record.errors import KeyReused, StaleVersion, TooContended
from adapters.record.record import Record
from adapters.record.submission import Outcome, Submission
from adapters.settings import Settings
from domain.case.blocks import ImposeSecurityBlock
from domain.case.identity import RecordName, RecordSex
from domain.case.whereabouts import MoveToFacility
from domain.kernel import Command
from domain.privacy import BlockLabel
from domain.values import Sex
from tests.examples import A_NAME, EXAMPLE, HELD
from tests.record.asking import Desk
from tests.record.contention import waiting_writers, writers_held_up

pytestmark = pytest.mark.anyio
NAME, SEX, BLOCK, MOVE = (EXAMPLE[cls].command for cls in (RecordName, RecordSex, ImposeSecurityBlock, MoveToFacility))


@pytest.fixture
async def desk(record: Record) -> Desk:
    """The desk of an Iraqi officer who may do everything."""
    return Desk(record)


async def race(url: str, *asked: Coroutine[Any, Any, Receipt]) -> list[Receipt | BaseException]:
    """Let all decide on the same state before any of them can record, each in a process of its own."""
    async with writers_held_up(url):
        tasks = []
        for nth, each in enumerate(asked, start=1):
            tasks.append(asyncio.create_task(each))
            await waiting_writers(url, nth)
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_an_observation_that_loses_a_race_is_decided_again(
    desk: Desk, elsewhere: Record, superuser_url: str
) -> None:
    case = await desk.given(*HELD)
    first, second = await race(superuser_url, desk.ask(MOVE, case), Desk(elsewhere, desk.officer).ask(SEX, case))
    assert isinstance(first, Receipt)
    assert isinstance(second, Receipt)
    assert (first.versions, second.versions) == ((3,), (4,))


async def test_an_observation_that_somebody_else_was_faster_to_make_records_nothing(
    desk: Desk, elsewhere: Record, superuser_url: str
) -> None:
    case = await desk.given(*HELD)
    first, second = await race(superuser_url, desk.ask(MOVE, case), Desk(elsewhere, desk.officer).ask(MOVE, case))
    assert isinstance(first, Receipt)
    assert isinstance(second, Receipt)
    assert (first.versions, second.versions) == ((3,), ())


async def test_two_who_seal_for_a_person_for_the_first_time_use_one_key(
    desk: Desk, elsewhere: Record, superuser_url: str
) -> None:
    case = await desk.given(*HELD)
    other = NAME.model_copy(update={"name": A_NAME.model_copy(update={"parts": ("Layla",)})})
    await race(superuser_url, desk.ask(NAME, case), Desk(elsewhere, desk.officer).ask(other, case))
    stream = await desk.read(case, BlockLabel.IDENTITY)
    assert stream.version == 4


async def test_of_two_decisions_on_the_same_version_one_is_stale(
    desk: Desk, elsewhere: Record, superuser_url: str
) -> None:
    case = await desk.given(*HELD)
    first, second = await race(
        superuser_url, desk.ask(BLOCK, case, on=2), Desk(elsewhere, desk.officer).ask(BLOCK, case, on=2)
    )
    assert isinstance(first, Receipt)
    assert isinstance(second, StaleVersion)
    assert second.current == 3


async def test_a_decision_overtaken_by_an_observation_is_stale_too(
    desk: Desk, elsewhere: Record, superuser_url: str
) -> None:
    case = await desk.given(*HELD)
    first, second = await race(superuser_url, desk.ask(SEX, case), Desk(elsewhere, desk.officer).ask(BLOCK, case, on=2))
    assert isinstance(first, Receipt)
    assert isinstance(second, StaleVersion)


async def test_an_observation_made_on_a_version_does_not_move_to_another(
    desk: Desk, elsewhere: Record, superuser_url: str
) -> None:
    case = await desk.given(*HELD)
    _, second = await race(superuser_url, desk.ask(MOVE, case), Desk(elsewhere, desk.officer).ask(SEX, case, on=2))
    assert isinstance(second, StaleVersion)


@pytest.mark.parametrize("command", [SEX, BLOCK], ids=["observation", "decision"])
async def test_the_same_request_racing_with_itself_has_one_receipt(
    desk: Desk, elsewhere: Record, superuser_url: str, command: Command
) -> None:
    case, key = await desk.given(*HELD), uuid4()
    first, second = await race(
        superuser_url,
        desk.ask(command, case, on=2, key=key),
        Desk(elsewhere, desk.officer).ask(command, case, on=2, key=key),
    )
    assert isinstance(first, Receipt)
    assert first == second
    assert await desk.record.head() == 3


async def test_another_body_racing_under_the_same_key_is_refused(
    desk: Desk, elsewhere: Record, superuser_url: str
) -> None:
    case, key = await desk.given(*HELD), uuid4()
    _, second = await race(
        superuser_url,
        desk.ask(SEX, case, key=key),
        Desk(elsewhere, desk.officer).ask(MOVE, case, key=key, body=b"another"),
    )
    assert isinstance(second, KeyReused)
    assert await desk.record.head() == 3


class Overtaken(Record):
    """A record on which somebody else is always faster."""

    rival: Desk
    overtaken = 0

    async def append(self, submission: Submission) -> Outcome:
        """Let the rival record on the same case first."""
        self.overtaken += 1
        sex = Sex.MALE if self.overtaken % 2 else Sex.FEMALE
        await self.rival.ask(SEX.model_copy(update={"sex": sex}), submission.facts[0].stream)
        return await super().append(submission)


async def test_an_observation_that_keeps_losing_gives_up_and_has_recorded_nothing(
    desk: Desk, databases: Databases, settings: Settings
) -> None:
    case = await desk.given(*HELD)
    async with await Overtaken.open(databases, settings) as overtaken:
        overtaken.rival = desk
        with pytest.raises(TooContended):
            await Desk(overtaken, desk.officer).ask(MOVE, case)
        assert overtaken.overtaken == ATTEMPTS
    assert {row.topic for row in await desk.record.facts(after=2, limit=100)} == {"case.sex-recorded"}
