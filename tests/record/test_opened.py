"""What was opened a moment ago: remembered for the lease of a key, for the same bytes and the same classes only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from adapters.record.keys import KeyName
from adapters.record.opened import Opened, OpenedFacts
from adapters.record.subject_keys import LEASE_SECONDS
from domain.case.identity import SexRecorded
from domain.dates import PartialDate
from domain.kernel import Recorded, Stamp
from domain.privacy import BlockLabel
from domain.values import Sex

pytestmark = pytest.mark.anyio
FRAME = b"a stored frame"
NOTHING: frozenset[BlockLabel] = frozenset()
IDENTITY = frozenset({BlockLabel.IDENTITY})


class Hour:
    """A clock that the test moves."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hour() -> Hour:
    return Hour()


@pytest.fixture
async def memory(hour: Hour) -> AsyncIterator[OpenedFacts]:
    opened = OpenedFacts(hour, limit=3)
    yield opened
    opened.forget()


def a_fact(version: int = 1) -> Opened:
    case, today = uuid4(), datetime(2021, 10, 15, tzinfo=UTC)
    stamp = Stamp(case, version, version, uuid4(), uuid4(), uuid4(), "UN-OFFICE", today, PartialDate.of(today.date()))
    recorded = Recorded(stamp, SexRecorded(sex=Sex.FEMALE))
    return Opened(recorded, frozenset({KeyName(case, BlockLabel.IDENTITY)}))


async def test_a_fact_is_remembered_as_it_was_opened(memory: OpenedFacts) -> None:
    fact = a_fact()
    memory.keep(FRAME, IDENTITY, fact)
    assert memory.find([FRAME, b"another"], IDENTITY) == [fact, None]


async def test_whoever_opens_less_is_not_given_more(memory: OpenedFacts) -> None:
    memory.keep(FRAME, IDENTITY, a_fact())
    assert memory.find([FRAME], NOTHING) == [None]
    assert memory.find([FRAME], IDENTITY | {BlockLabel.MEDICAL}) == [None]


async def test_a_frame_that_differs_by_a_bit_is_another(memory: OpenedFacts) -> None:
    memory.keep(FRAME, IDENTITY, a_fact())
    assert memory.find([bytes([FRAME[0] ^ 1]) + FRAME[1:]], IDENTITY) == [None]


async def test_after_the_lease_of_a_key_nothing_is_given(memory: OpenedFacts, hour: Hour) -> None:
    memory.keep(FRAME, IDENTITY, a_fact())
    hour.now += LEASE_SECONDS
    assert memory.find([FRAME], IDENTITY) == [None]


async def test_the_oldest_makes_room(memory: OpenedFacts) -> None:
    facts = [a_fact(nth) for nth in range(4)]
    for nth, fact in enumerate(facts):
        memory.keep(bytes([nth]), IDENTITY, fact)
    assert memory.find([bytes([nth]) for nth in range(4)], IDENTITY) == [None, *facts[1:]]


async def test_what_has_expired_does_not_stay_in_memory(hour: Hour, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.record.opened.LEASE_SECONDS", 0.01)
    memory = OpenedFacts(hour)
    memory.keep(FRAME, IDENTITY, a_fact())
    hour.now += 1
    await asyncio.sleep(0.1)
    hour.now -= 1  # were it still there, its lease would be good
    assert memory.find([FRAME], IDENTITY) == [None]
