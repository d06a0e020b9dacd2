"""In one process, decisions about one stream wait for each other; about others, and for ever, nobody waits."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from adapters.record.turns import Turns

pytestmark = pytest.mark.anyio


async def test_about_one_stream_they_go_one_after_the_other_in_the_order_of_asking() -> None:
    turns, stream, seen = Turns(patience_seconds=60), uuid4(), []

    async def decide(name: str) -> None:
        async with turns.of(stream):
            seen.append(f"{name} begins")
            await asyncio.sleep(0)
            seen.append(f"{name} ends")

    await asyncio.gather(*(decide(name) for name in "abc"))
    assert seen == [f"{name} {what}" for name in "abc" for what in ("begins", "ends")]


async def test_nobody_waits_for_those_who_decide_about_another_stream() -> None:
    turns = Turns(patience_seconds=60)
    async with turns.of(uuid4()), turns.of(uuid4()):
        pass


async def test_whoever_has_waited_long_enough_goes_on_beside_the_others() -> None:
    turns, stream = Turns(patience_seconds=0.01), uuid4()
    async with turns.of(stream), turns.of(stream):
        pass
    async with turns.of(stream):
        pass


async def test_one_who_gives_up_or_fails_keeps_nobody_waiting() -> None:
    turns, stream = Turns(patience_seconds=60), uuid4()
    held = asyncio.Event()

    async def decide() -> None:
        async with turns.of(stream):
            held.set()
            await asyncio.sleep(60)

    first, second = asyncio.create_task(decide()), asyncio.create_task(decide())
    await held.wait()
    first.cancel()
    second.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    with pytest.raises(LookupError):
        async with turns.of(stream):
            raise LookupError
    async with turns.of(stream):
        pass
