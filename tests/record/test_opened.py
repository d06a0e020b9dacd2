"""What was opened a moment ago: remembered for the lease of a key, for the same bytes and the same classes only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from adapters.record.opened import ShortMemory
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


Memory = ShortMemory[tuple[bytes, frozenset[BlockLabel]], Recorded]


@pytest.fixture
async def memory(hour: Hour) -> AsyncIterator[Memory]:
    opened: Memory = ShortMemory(hour, limit=3)
    yield opened
    opened.forget()


def a_fact(version: int = 1) -> Recorded:
    case, today = uuid4(), datetime(2021, 10, 15, tzinfo=UTC)
    stamp = Stamp(case, version, version, uuid4(), uuid4(), uuid4(), "UN-OFFICE", today, PartialDate.of(today.date()))
    return Recorded(stamp, SexRecorded(sex=Sex.FEMALE))


async def test_a_fact_is_remembered_as_it_was_opened(memory: Memory) -> None:
    fact = a_fact()
    memory.keep((FRAME, IDENTITY), fact)
    assert memory.find((FRAME, IDENTITY)) == fact
    assert memory.find((b"another", IDENTITY)) is None


async def test_whoever_opens_less_is_not_given_more(memory: Memory) -> None:
    memory.keep((FRAME, IDENTITY), a_fact())
    assert memory.find((FRAME, NOTHING)) is None
    assert memory.find((FRAME, IDENTITY | {BlockLabel.MEDICAL})) is None


async def test_a_frame_that_differs_by_a_bit_is_another(memory: Memory) -> None:
    memory.keep((FRAME, IDENTITY), a_fact())
    assert memory.find((bytes([FRAME[0] ^ 1]) + FRAME[1:], IDENTITY)) is None


async def test_after_the_lease_of_a_key_nothing_is_given(memory: Memory, hour: Hour) -> None:
    memory.keep((FRAME, IDENTITY), a_fact())
    hour.now += LEASE_SECONDS
    assert memory.find((FRAME, IDENTITY)) is None


async def test_what_takes_the_place_of_another_does_not_prolong_its_lease(memory: Memory, hour: Hour) -> None:
    memory.keep((FRAME, IDENTITY), a_fact(1))
    hour.now += LEASE_SECONDS - 1
    later = a_fact(2)
    memory.keep((FRAME, IDENTITY), later)
    assert memory.find((FRAME, IDENTITY)) == later
    hour.now += 1
    assert memory.find((FRAME, IDENTITY)) is None
    memory.keep((FRAME, IDENTITY), later)
    assert memory.find((FRAME, IDENTITY)) == later


async def test_the_oldest_makes_room(memory: Memory) -> None:
    facts = [a_fact(nth) for nth in range(4)]
    for nth, fact in enumerate(facts):
        memory.keep((bytes([nth]), IDENTITY), fact)
    assert [memory.find((bytes([nth]), IDENTITY)) for nth in range(4)] == [None, *facts[1:]]


async def test_what_is_larger_takes_the_room_of_several(memory: Memory) -> None:
    for nth in range(3):
        memory.keep((bytes([nth]), IDENTITY), a_fact())
    memory.keep((bytes([2]), IDENTITY), a_fact(), size=2)
    assert [memory.find((bytes([nth]), IDENTITY)) is not None for nth in range(3)] == [False, True, True]
    memory.keep((bytes([3]), IDENTITY), a_fact(), size=4)
    assert memory.find((bytes([3]), IDENTITY)) is None


async def test_what_has_expired_does_not_stay_in_memory(hour: Hour, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.record.opened.LEASE_SECONDS", 0.01)
    memory: Memory = ShortMemory(hour)
    memory.keep((FRAME, IDENTITY), a_fact())
    hour.now += 1
    await asyncio.sleep(0.1)
    hour.now -= 1  # were it still there, its lease would be good
    assert memory.find((FRAME, IDENTITY)) is None
