"""Trouble between the record and its server: nothing acknowledged is lost or doubled, and it recovers by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from uuid import uuid4

import psycopg
import pytest

from adapters.database import Databases
from adapters.record.errors import RecordUnavailable
from adapters.record.read_log import Read
from adapters.record.record import Record
from adapters.record.submission import Fate, Outcome, Submission
from adapters.settings import Settings
from tests.record.between import Cut, Wire, a_wire
from tests.record.contention import waiting_writers, writers_held_up
from tests.record.soundness import Contents, Promises, contents, faults
from tests.record.submissions import ORIGIN, a_command

pytestmark = pytest.mark.anyio


@pytest.fixture
async def wire(databases: Databases) -> AsyncIterator[Wire]:
    async with a_wire(databases) as carrying:
        yield carrying


@pytest.fixture
async def distant(databases: Databases, wire: Wire, settings: Settings) -> AsyncIterator[Record]:
    """The record over a wire that can be cut."""
    async with await Record.open(wire.through(databases), settings) as opened:
        await opened._pool.wait()  # readers are connected: the next commit on the wire is a writer's
        yield opened


def sound(databases: Databases, promises: Promises | None = None) -> Contents:
    everything = contents(databases.url("writer"))
    assert faults(everything, promises or Promises(), ORIGIN) == []
    return everything


def promised(asked: Iterable[Submission], outcomes: Iterable[Outcome]) -> Promises:
    """Return what the askers were told."""
    return Promises(
        {
            command.command_id: tuple(outcome.positions)
            for command, outcome in zip(asked, outcomes, strict=True)
            if command.command_id is not None
        }
    )


# ---------------------------------------------------------------- a reply is lost
@pytest.mark.parametrize("cut", [Cut.BEFORE_COMMIT, Cut.BEFORE_THE_REPLY])
@pytest.mark.parametrize("warm", [False, True], ids=["first use", "in use"])
async def test_a_connection_cut_around_the_commit_is_resolved_by_asking_again(
    distant: Record, wire: Wire, databases: Databases, cut: Cut, warm: bool
) -> None:
    if warm:
        await distant.append(a_command(uuid4()))
    commands = [a_command(uuid4(), facts=facts) for facts in (1, 2, 0, 1)]
    wire.cut = cut
    outcomes = await asyncio.gather(*(distant.append(command) for command in commands))
    assert wire.cut_was_made
    told = Fate.REPEATED if cut is Cut.BEFORE_THE_REPLY else Fate.RECORDED
    assert {outcome.fate for outcome in outcomes} == {told}
    assert len(sound(databases, promised(commands, outcomes)).facts) == 4 + warm


async def test_a_lost_reply_is_resolved_while_its_transaction_is_still_undecided(
    distant: Record, wire: Wire, databases: Databases, superuser_url: str
) -> None:
    command = a_command(uuid4())
    async with writers_held_up(superuser_url):
        wire.cut = Cut.WHILE_UNDECIDED
        asked = asyncio.create_task(distant.append(command))
        await waiting_writers(superuser_url, 2)
        assert wire.cut_was_made
        assert contents(databases.url("writer")).commands == [], "nobody could have found it by looking"
    outcome = await asked
    assert outcome == Outcome(Fate.REPEATED, 1, 1, b"request")
    sound(databases, promised([command], [outcome]))


async def test_a_server_process_that_ends_while_it_waits_costs_nobody_anything(
    record: Record, databases: Databases, superuser_url: str
) -> None:
    async with writers_held_up(superuser_url) as holder:
        asked = [asyncio.create_task(record.append(a_command(uuid4()))) for _ in range(3)]
        (pid,) = await waiting_writers(superuser_url, 1)
        await holder.execute("SELECT pg_terminate_backend(%s)", (pid,))
        await asyncio.sleep(0.05)
    assert {outcome.fate for outcome in await asyncio.gather(*asked)} == {Fate.RECORDED}
    assert len(sound(databases).facts) == 3


# ---------------------------------------------------------------- the server cannot now
async def test_writers_wait_for_one_another(record: Record, databases: Databases, superuser_url: str) -> None:
    async with writers_held_up(superuser_url):
        asked = asyncio.create_task(record.append(a_command(uuid4())))
        await waiting_writers(superuser_url, 1)
        done, _ = await asyncio.wait([asked], timeout=0.2)
        assert not done
    assert (await asked).fate is Fate.RECORDED
    sound(databases)


async def test_a_batch_that_the_server_gives_up_has_recorded_nothing_and_says_so(
    record: Record, databases: Databases, superuser_url: str
) -> None:
    async with writers_held_up(superuser_url) as holder:
        asked = [asyncio.create_task(record.append(a_command(uuid4()))) for _ in range(3)]
        (pid,) = await waiting_writers(superuser_url, 1)
        await holder.execute("SELECT pg_cancel_backend(%s)", (pid,))
        failures = await asyncio.gather(*asked, return_exceptions=True)
    assert [isinstance(each, RecordUnavailable) and each.fate_known for each in failures] == [True] * 3
    assert sound(databases).facts == []
    assert (await record.append(a_command(uuid4()))).fate is Fate.RECORDED


async def test_a_wait_for_the_lock_that_takes_too_long_is_not_repeated_for_each_neighbour(
    record: Record, databases: Databases, superuser_url: str, database_name: str
) -> None:
    with psycopg.connect(superuser_url, autocommit=True) as superuser:
        superuser.execute(f"ALTER DATABASE {database_name} SET lock_timeout = '300ms'")
    async with writers_held_up(superuser_url), asyncio.timeout(2):
        failures = await asyncio.gather(*(record.append(a_command(uuid4())) for _ in range(50)), return_exceptions=True)
    assert {isinstance(each, RecordUnavailable) and each.fate_known for each in failures} == {True}
    assert sound(databases).facts == []


# ---------------------------------------------------------------- the server is gone
async def test_what_may_have_been_recorded_is_not_said_to_be_lost(
    distant: Record, wire: Wire, databases: Databases, superuser_url: str
) -> None:
    command = a_command(uuid4())
    async with writers_held_up(superuser_url):
        asked = asyncio.create_task(distant.append(command))
        await waiting_writers(superuser_url, 1)
        await wire.down()  # the server goes on with what it was told, and nobody can ask it
        with pytest.raises(RecordUnavailable) as unavailable:
            await asked
    assert not unavailable.value.fate_known
    await wire.up()
    outcome = await distant.append(command)
    assert outcome == Outcome(Fate.REPEATED, 1, 1, b"request")
    sound(databases, promised([command], [outcome]))


async def test_the_record_finds_its_server_again_without_a_restart(
    distant: Record, wire: Wire, databases: Databases
) -> None:
    stream = uuid4()
    await distant.append(a_command(stream))
    assert await distant.head() == 1
    await wire.down()
    asked = [asyncio.create_task(distant.append(a_command(stream, at))) for at in (1, 2)]
    reading = asyncio.create_task(distant.head())
    await asyncio.sleep(0.5)
    await wire.up()
    assert [outcome.fate for outcome in await asyncio.gather(*asked)] == [Fate.RECORDED] * 2
    assert await reading in {1, 2, 3}
    assert await distant.head() == 3
    sound(databases)


async def test_everybody_is_told_that_the_record_does_not_answer(
    distant: Record, wire: Wire, databases: Databases
) -> None:
    await wire.down()
    failures = await asyncio.gather(
        distant.head(),
        distant.facts(after=0, limit=1),
        distant.reads.note(Read("human", uuid4(), "IQ-MOMD", "interview", ["identity"], [uuid4()], uuid4())),
        distant.append(a_command(uuid4())),
        return_exceptions=True,
    )
    assert [isinstance(each, RecordUnavailable) and each.fate_known for each in failures] == [True] * 4
    await wire.up()
    assert await distant.head() == 0
    assert (await distant.append(a_command(uuid4()))).fate is Fate.RECORDED
    sound(databases)


# ---------------------------------------------------------------- nothing of it reaches a log
async def test_a_refused_command_says_nothing_personal(record: Record, capsys: pytest.CaptureFixture[str]) -> None:
    bad = a_command(uuid4(), topic="test.amina\x00yusuf")
    await asyncio.gather(*(record.append(each) for each in (a_command(uuid4()), bad)), return_exceptions=True)
    printed = capsys.readouterr()
    assert "record.batch-retried-singly" in printed.out + printed.err
    assert "amina" not in printed.out + printed.err
