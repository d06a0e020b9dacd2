"""Appending: dense positions, one outcome for each command, and nothing that befalls a neighbour."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import AsyncConnection

from adapters.database import Databases
from adapters.record.record import Record
from adapters.record.remembering import forget_commands
from adapters.record.submission import Expected, Fate, Opened, Outcome, Scope, Submission
from domain.privacy import BlockLabel
from tests.record.soundness import Contents, Promises, contents, faults
from tests.record.submissions import ORIGIN, a_command, a_fact

pytestmark = pytest.mark.anyio
NOON = datetime(2021, 10, 15, 12, tzinfo=UTC)


def sound(databases: Databases) -> Contents:
    """Return everything recorded, which is sound."""
    everything = contents(databases.url("writer"))
    assert faults(everything, Promises(), ORIGIN) == []
    return everything


async def together(record: Record, *submissions: Submission) -> list[Outcome]:
    """Submit at once, in this order, so that all wait for the same commit."""
    return await asyncio.gather(*(record.append(submission) for submission in submissions))


def transactions(databases: Databases) -> int:
    """Return in how many transactions the facts were committed."""
    with psycopg.connect(databases.url("reader")) as connection:
        row = connection.execute("SELECT count(DISTINCT xmin::text) FROM record.fact").fetchone()
    assert row is not None
    return int(row[0])


# ---------------------------------------------------------------- order
async def test_positions_are_dense_from_one(record: Record, databases: Databases) -> None:
    assert await record.head() == 0
    stream = uuid4()
    first = await record.append(a_command(stream, facts=3))
    second = await record.append(a_command(stream, 3))
    assert first == Outcome(Fate.RECORDED, 1, 3)
    assert list(second.positions) == [4]
    assert await record.head() == 4
    assert [(row.position, row.version) for row in sound(databases).facts] == [(1, 1), (2, 2), (3, 3), (4, 4)]


async def test_commands_that_wait_together_share_a_commit_and_keep_their_order(
    record: Record, databases: Databases
) -> None:
    outcomes = await together(record, *(a_command(uuid4(), facts=n) for n in (1, 2, 0, 3)))
    assert [list(outcome.positions) for outcome in outcomes] == [[1], [2, 3], [], [4, 5, 6]]
    assert transactions(databases) == 1
    sound(databases)


async def test_a_chain_of_commands_on_one_stream_commits_as_one(record: Record, databases: Databases) -> None:
    stream = uuid4()
    outcomes = await together(record, *(a_command(stream, at) for at in range(20)))
    assert [outcome.first for outcome in outcomes] == list(range(1, 21))
    assert transactions(databases) == 1
    assert [row.version for row in sound(databases).facts] == list(range(1, 21))


async def test_one_command_can_write_to_several_streams_at_once(record: Record, databases: Databases) -> None:
    command, one, two = uuid4(), uuid4(), uuid4()

    def both(at: int) -> Submission:
        facts = [a_fact(stream, at + 1, command) for stream in (one, two)]
        return Submission(command, b"", facts, [Expected(one, at), Expected(two, at)])

    await record.append(a_command(two))
    assert (await record.append(both(0))).fate is Fate.STALE
    assert [row.stream for row in sound(databases).facts] == [two], "not one of them without the other"
    await record.append(a_command(one))
    assert list((await record.append(both(1))).positions) == [3, 4]
    sound(databases)


async def test_more_commands_than_fit_into_one_commit_are_all_recorded(record: Record, databases: Databases) -> None:
    outcomes = await together(record, *(a_command(uuid4()) for _ in range(1_100)))
    assert [outcome.first for outcome in outcomes] == list(range(1, 1_101))
    assert transactions(databases) == 3
    sound(databases)


async def test_facts_are_read_by_position_in_order(record: Record) -> None:
    commands = [a_command(uuid4()) for _ in range(5)]
    await together(record, *commands)
    rows = await record.facts(after=1, limit=3)
    assert [row.position for row in rows] == [2, 3, 4]
    assert [row.frame for row in rows] == [command.facts[0].state for command in commands[1:4]]
    assert [row.leaf for row in rows] == [command.facts[0].leaf for command in commands[1:4]]
    assert await record.facts(after=5, limit=3) == []


# ---------------------------------------------------------------- conflicts
async def test_of_two_commands_decided_on_the_same_version_one_is_stale(record: Record, databases: Databases) -> None:
    stream = uuid4()
    fates = [outcome.fate for outcome in await together(record, a_command(stream), a_command(stream))]
    assert fates == [Fate.RECORDED, Fate.STALE]
    assert len(sound(databases).facts) == 1


async def test_a_stale_command_fails_alone(record: Record, databases: Databases) -> None:
    stream = uuid4()
    await record.append(a_command(stream))
    outcomes = await together(
        record, a_command(uuid4()), a_command(stream, 0), a_command(stream, 5), a_command(uuid4()), a_command(stream, 1)
    )
    recorded, stale = Fate.RECORDED, Fate.STALE
    assert [outcome.fate for outcome in outcomes] == [recorded, stale, stale, recorded, recorded]
    assert len(sound(databases).facts) == 4


async def test_what_follows_a_stale_command_in_its_chain_is_stale(record: Record, databases: Databases) -> None:
    stream = uuid4()
    outcomes = await together(record, *(a_command(stream, at) for at in (1, 2, 3)), a_command(uuid4()))
    assert [outcome.fate for outcome in outcomes] == [Fate.STALE, Fate.STALE, Fate.STALE, Fate.RECORDED]
    assert len(sound(databases).facts) == 1


async def test_a_guard_makes_evidence_from_another_stream_as_strong_as_from_ones_own(
    record: Record, databases: Databases
) -> None:
    sibling, mine = uuid4(), uuid4()
    await record.append(a_command(sibling, facts=2))
    assert (await record.append(a_command(mine, guards=[(sibling, 1)]))).fate is Fate.STALE
    assert (await record.append(a_command(mine, guards=[(sibling, 2)]))).fate is Fate.RECORDED
    assert (await record.append(a_command(mine, 1, guards=[(uuid4(), 0)]))).fate is Fate.RECORDED
    assert len(sound(databases).facts) == 4


async def test_a_guard_sees_what_a_neighbour_writes_in_the_same_commit(record: Record, databases: Databases) -> None:
    sibling, mine, other = uuid4(), uuid4(), uuid4()
    outcomes = await together(
        record, a_command(sibling), a_command(mine, guards=[(sibling, 1)]), a_command(other, guards=[(sibling, 0)])
    )
    assert [outcome.fate for outcome in outcomes] == [Fate.RECORDED, Fate.RECORDED, Fate.STALE]
    assert len(sound(databases).facts) == 2


async def test_two_processes_that_write_at_once_leave_no_gap_and_take_no_place_twice(
    record: Record, elsewhere: Record, databases: Databases
) -> None:
    streams = [uuid4() for _ in range(8)]
    outcomes = await asyncio.gather(
        *(
            together(who, *(a_command(stream, at) for at in range(10) for stream in streams))
            for who in (record, elsewhere)
        )
    )
    won = [outcome for each in outcomes for outcome in each if outcome.fate is Fate.RECORDED]
    assert len(won) == 80, "each version of each stream was won by one of the two"
    assert len(sound(databases).facts) == 80


# ---------------------------------------------------------------- repeats
async def test_asking_again_answers_as_the_first_time(record: Record, databases: Databases) -> None:
    command = a_command(uuid4(), facts=2, request=b"as asked")
    first = await record.append(command)
    await record.append(a_command(uuid4()))
    again = await record.append(command)
    assert again == Outcome(Fate.REPEATED, 1, 2, b"as asked")
    assert again.positions == first.positions
    assert len(sound(databases).facts) == 3


async def test_a_repeat_in_the_same_breath_answers_alike(
    record: Record, elsewhere: Record, databases: Databases
) -> None:
    stream, command = uuid4(), uuid4()
    outcomes = await together(record, *(a_command(stream, command=command) for _ in range(4)))
    outcomes += await together(elsewhere, *(a_command(stream, command=command) for _ in range(2)))
    assert [outcome.fate for outcome in outcomes] == [Fate.RECORDED, *[Fate.REPEATED] * 5]
    assert {tuple(outcome.positions) for outcome in outcomes} == {(1,)}
    assert len(sound(databases).facts) == 1


async def test_a_repeat_is_known_even_when_its_stream_has_moved_on(record: Record) -> None:
    stream = uuid4()
    command = a_command(stream)
    await record.append(command)
    await record.append(a_command(stream, 1))
    assert (await record.append(command)).fate is Fate.REPEATED


async def test_another_body_under_the_same_command_is_told_what_was_asked_first(record: Record) -> None:
    stream, command = uuid4(), uuid4()
    await record.append(a_command(stream, command=command, request=b"first"))
    outcome = await record.append(a_command(stream, 1, command=command, request=b"second"))
    assert (outcome.fate, outcome.request) == (Fate.REPEATED, b"first")


async def test_a_repeat_does_not_hold_up_its_chain(record: Record, databases: Databases) -> None:
    stream = uuid4()
    first = a_command(stream)
    await record.append(first)
    outcomes = await together(record, first, a_command(stream, 1), a_command(uuid4()), a_command(stream, 2))
    assert [outcome.fate for outcome in outcomes] == [Fate.REPEATED, *[Fate.RECORDED] * 3]
    assert len(sound(databases).facts) == 4


async def test_a_chain_longer_than_a_commit_keeps_its_order_after_a_repeat(
    databases: Databases, record: Record
) -> None:
    stream = uuid4()
    chain = [a_command(stream, at) for at in range(1_000)]
    await together(record, *chain[:100])
    outcomes = await together(record, *chain)
    assert [outcome.fate for outcome in outcomes] == [*[Fate.REPEATED] * 100, *[Fate.RECORDED] * 900]
    assert len(sound(databases).facts) == 1_000


async def test_that_it_was_already_so_is_remembered(record: Record, databases: Databases) -> None:
    nothing = a_command(uuid4(), facts=0, request=b"already so")
    first, again = await record.append(nothing), await record.append(nothing)
    assert first == Outcome(Fate.RECORDED, None, 0)
    assert again == Outcome(Fate.REPEATED, None, 0, b"already so")
    assert list(again.positions) == []
    assert sound(databases).facts == []


async def test_a_refused_command_is_not_remembered(record: Record) -> None:
    stream = uuid4()
    late = a_command(stream, 1)
    assert (await record.append(late)).fate is Fate.STALE
    await record.append(a_command(stream))
    assert (await record.append(late)).fate is Fate.RECORDED


async def test_a_command_is_recognised_for_thirty_days(
    record: Record, databases: Databases, superuser_url: str
) -> None:
    old, recent = a_command(uuid4()), a_command(uuid4())
    await together(record, old, recent)
    with psycopg.connect(superuser_url) as superuser:
        for command, days in ((old, 31), (recent, 29)):
            superuser.execute(
                "UPDATE record.command SET committed_at = now() - make_interval(days => %s) WHERE command_id = %s",
                (days, command.command_id),
            )
    assert forget_commands(databases) == 1
    assert (await record.append(recent)).fate is Fate.REPEATED
    assert (await record.append(old)).fate is Fate.STALE, "asked after that it is a new request"
    assert await record.head() == 2, "and its facts stay"


# ---------------------------------------------------------------- neighbours
async def test_a_nul_byte_in_one_command_leaves_the_others_unharmed(record: Record, databases: Databases) -> None:
    stream = uuid4()
    bad = a_command(uuid4(), topic="test.with-\x00-inside")
    neighbours = [a_command(stream), a_command(uuid4()), a_command(stream, 1)]
    outcomes = await asyncio.gather(
        *(record.append(each) for each in (neighbours[0], bad, *neighbours[1:])), return_exceptions=True
    )
    refused = outcomes.pop(1)
    assert isinstance(refused, psycopg.DataError)
    assert [outcome.fate for outcome in outcomes if isinstance(outcome, Outcome)] == [Fate.RECORDED] * 3
    assert len(sound(databases).facts) == 3


async def test_what_cannot_even_be_encoded_leaves_the_others_unharmed(record: Record, databases: Databases) -> None:
    half_a_character = a_command(uuid4(), topic="test.\ud800")
    outcomes = await asyncio.gather(
        *(record.append(each) for each in (a_command(uuid4()), half_a_character, a_command(uuid4()))),
        return_exceptions=True,
    )
    assert isinstance(outcomes[1], UnicodeEncodeError)
    assert [outcome.fate for outcome in outcomes if isinstance(outcome, Outcome)] == [Fate.RECORDED] * 2
    assert len(sound(databases).facts) == 2


async def test_a_caller_that_goes_away_takes_nobody_along(record: Record, databases: Databases) -> None:
    leaving = asyncio.create_task(record.append(a_command(uuid4())))
    staying = [asyncio.create_task(record.append(a_command(uuid4()))) for _ in range(3)]
    await asyncio.sleep(0)
    leaving.cancel()
    outcomes = await asyncio.gather(*staying)
    assert [outcome.fate for outcome in outcomes] == [Fate.RECORDED] * 3
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert len(sound(databases).facts) == 4, "what was handed over is recorded all the same"


async def test_a_record_that_is_closed_finishes_what_is_under_way(databases: Databases, record: Record) -> None:
    tasks = [asyncio.create_task(record.append(a_command(uuid4()))) for _ in range(600)]
    await asyncio.sleep(0)
    await record.close()
    assert {outcome.fate for outcome in await asyncio.gather(*tasks)} == {Fate.RECORDED}
    assert len(sound(databases).facts) == 600


# ---------------------------------------------------------------- what commits with the facts
async def test_reads_and_scopes_commit_with_the_facts_or_not_at_all(record: Record, superuser_url: str) -> None:
    actor = uuid4()

    def with_company(stream: UUID, at: int) -> Submission:
        command = a_command(stream, at)
        opened = Opened(stream, frozenset({BlockLabel.MEDICAL, BlockLabel.IDENTITY}), actor, "IQ-MOMD", "decide it")
        return Submission(
            command.command_id, b"", command.facts, command.writes, opened=[opened], scopes=[Scope("IQ", stream)]
        )

    recorded, stale = uuid4(), uuid4()
    good = with_company(recorded, 0)
    await together(record, good, with_company(stale, 7))
    await record.append(good)
    with psycopg.connect(superuser_url) as superuser:
        assert superuser.execute("SELECT party, case_id FROM access.scope").fetchall() == [("IQ", recorded)]
        assert superuser.execute(
            "SELECT reader, actor, agency, purpose, classes, case_ids, request FROM access.read"
        ).fetchall() == [
            ("decision", actor, "IQ-MOMD", "decide it", ["identity", "medical"], [recorded], good.command_id)
        ]


async def test_followers_are_woken_once_for_each_commit_that_has_facts(record: Record, databases: Databases) -> None:
    async with await AsyncConnection.connect(databases.url("reader"), autocommit=True) as follower:
        await follower.execute("LISTEN homeward_facts")
        await together(record, *(a_command(uuid4()) for _ in range(50)))
        await together(record, a_command(uuid4(), 9), a_command(uuid4(), facts=0))
        await record.append(a_command(uuid4()))
        await record.append(a_command(uuid4(), topic="test.last"))
        woken = [notice async for notice in follower.notifies(timeout=1, stop_after=4)]
    assert [notice.channel for notice in woken] == ["homeward_facts"] * 3
    assert [notice.payload for notice in woken] == [""] * 3, "nothing is said where everybody can listen"


# ---------------------------------------------------------------- record time
async def test_recorded_by_never_runs_backwards_though_clocks_do(record: Record, databases: Databases) -> None:
    minutes = (0, 5, 3, 9, 1)
    times = [NOON + timedelta(minutes=minute) for minute in minutes]
    await together(record, *(a_command(uuid4(), recorded_at=time) for time in times[:3]))
    for time in times[3:]:
        await record.append(a_command(uuid4(), recorded_at=time))
    rows = sound(databases).facts
    assert [row.recorded_at for row in rows] == times
    assert [(row.recorded_by - NOON) // timedelta(minutes=1) for row in rows] == [0, 5, 5, 9, 9]


@pytest.mark.parametrize(("minute", "position"), [(-1, 0), (0, 1), (4, 1), (5, 3), (8, 3), (9, 5), (60, 5)])
async def test_known_at_a_time_is_the_longest_prefix_recorded_by_then(
    record: Record, minute: int, position: int
) -> None:
    for each in (0, 5, 3, 9, 1):
        await record.append(a_command(uuid4(), recorded_at=NOON + timedelta(minutes=each)))
    assert await record.position_at(NOON + timedelta(minutes=minute)) == position


async def test_nothing_is_known_of_an_empty_record(record: Record) -> None:
    assert await record.position_at(NOON) == 0
