"""A door remembers how a case stood a moment ago, and decides on everything that was recorded since, by whomever."""

from __future__ import annotations

from uuid import UUID, uuid4

import psycopg
import pytest

from adapters.record.errors import NotVisible, StaleVersion
from adapters.record.load import EVERYONE
from adapters.record.opened import Standing
from adapters.record.opening import Opener, Opening
from adapters.record.record import Record
from domain.case.correcting import RetractFact
from domain.case.decisions import RequestRepatriation
from domain.case.identity import RecordName, RecordSex
from domain.case.life import RecordDeath
from domain.corrections import RetractionCause
from domain.kernel import Act, Command, Refused
from tests.examples import AL_HOL, EXAMPLE, EXAMPLES, HELD, NAMED, REGISTERED
from tests.record.asking import NOON, Desk, begun

pytestmark = pytest.mark.anyio
SEX, NAME, DEATH, REQUEST = (EXAMPLE[cls].command for cls in (RecordSex, RecordName, RecordDeath, RequestRepatriation))


@pytest.fixture
async def desk(record: Record) -> Desk:
    """The desk of an Iraqi officer who may do everything."""
    return Desk(record)


@pytest.fixture
async def next_door(desk: Desk) -> Desk:
    """The same officer at another door of the record, as in another process."""
    return desk.as_(desk.officer)


async def fact_at(desk: Desk, case: UUID, version: int) -> UUID:
    return (await desk.read(case)).facts[version - 1].stamp.fact_id


async def test_a_death_recorded_elsewhere_is_known_to_the_next_decision(desk: Desk, next_door: Desk) -> None:
    case = await desk.given(*HELD)
    await desk.ask(SEX, case)
    await next_door.ask(DEATH, case)
    with pytest.raises(Refused, match=r"case\.deceased"):
        await desk.ask(REQUEST, case, on=4)


async def test_what_is_taken_back_elsewhere_no_longer_stands_in_the_way(desk: Desk, next_door: Desk) -> None:
    case = await desk.given(*HELD)
    await desk.ask(DEATH, case)
    with pytest.raises(Refused, match=r"case\.deceased"):
        await desk.ask(REQUEST, case, on=3)
    death = await fact_at(next_door, case, 3)
    taken_back = RetractFact(target_fact_id=death, cause=RetractionCause.UNTRUE, reason="It was a namesake.")
    await next_door.ask(taken_back, case, on=3)
    assert (await desk.ask(REQUEST, case, on=4)).versions == (5,)


async def test_what_a_door_remembers_after_recording_is_what_another_reads(record: Record) -> None:
    await Desk(record).given(REGISTERED, seen_by=(), stream=AL_HOL)
    compared = 0
    for example in EXAMPLES:
        desk, stream, command = await begun(record, example)
        receipt = await desk.ask(command, stream, on=len(example.given) or None)
        remembered = desk.door.opener.standing.find((receipt.stream, command.opening()))
        if {"case.fact-corrected", "case.fact-retracted"} & {*example.yields}:
            continue  # read anew by the next decision
        assert remembered is not None
        assert remembered == await read_anew(desk, receipt.stream, command), command.verb
        compared += 1
    assert compared > len(EXAMPLES) * 0.9


async def read_anew(desk: Desk, stream: UUID, command: Command) -> Standing | None:
    """How a stream stands to a door that has never seen it."""
    opener, officer = Opener(desk.record), desk.officer
    opening = Opening(opener, command, Act(uuid4(), officer.actor, officer.agency, NOON, officer.country))
    await opening.stream(stream, await desk.record.loader.load(opening.wanted(stream, frozenset({EVERYONE}))))
    return opener.standing.find((stream, command.opening()))


async def test_a_version_that_others_have_left_behind_is_stale(desk: Desk, next_door: Desk) -> None:
    case = await desk.given(*HELD)
    await desk.ask(SEX, case)
    await next_door.ask(NAME, case)
    with pytest.raises(StaleVersion):
        await desk.ask(REQUEST, case, on=3)


async def test_whoever_may_no_longer_see_a_case_is_answered_as_if_it_were_not_there(
    desk: Desk, superuser_url: str
) -> None:
    case = await desk.given(*HELD)
    await desk.ask(SEX, case)
    with psycopg.connect(superuser_url) as superuser:
        superuser.execute("DELETE FROM access.scope WHERE case_id = %s", (case,))
    with pytest.raises(NotVisible):
        await desk.ask(REQUEST, case, on=3)


async def test_what_a_decision_rests_on_counts_as_read_each_time(desk: Desk, superuser_url: str) -> None:
    case = await desk.given(*HELD, NAMED)
    for parts in (("Layla",), ("Leila",)):
        name = NAME.model_copy(update={"name": NAMED.name.model_copy(update={"parts": parts})})
        await desk.ask(name, case)
    with psycopg.connect(superuser_url) as superuser:
        rows = superuser.execute("SELECT classes FROM access.read WHERE case_ids = ARRAY[%s]", (case,)).fetchall()
    assert rows == [(["identity"],)] * 2


async def test_a_record_that_was_set_back_is_decided_about_as_it_stands(desk: Desk, superuser_url: str) -> None:
    case = await desk.given(*HELD)
    await desk.ask(SEX, case)
    await desk.ask(NAME, case)
    with psycopg.connect(superuser_url) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute("DELETE FROM record.fact WHERE stream = %s AND version > 2", (case,))
    assert (await desk.ask(DEATH, case)).versions == (3,)
