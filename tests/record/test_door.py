"""The one door: who may, whose case it is, on which version, and the same answer to the same question."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from adapters.record.door import Receipt
from adapters.record.errors import KeyReused, NotPermitted, NotVisible, PreconditionMissing, StaleVersion
from adapters.record.record import Record
from domain.case.blocks import ImposeSecurityBlock
from domain.case.clearance import ClearToDepart
from domain.case.decisions import ApproveRepatriation, RequestRepatriation
from domain.case.identity import RecordName, RecordSex
from domain.case.registration import Circumstances, OpenCase
from domain.case.whereabouts import AdmitToFacility
from domain.facility import RegisterFacility
from domain.kernel import Command, Refused
from domain.registry import AGGREGATES
from tests.examples import AL_HOL, EXAMPLE, EXAMPLES, HELD, NAMED, OPENED, READY, REGISTERED
from tests.record.asking import EVERYTHING, Desk, an_officer, begun
from tests.record.by_hand import fields_of

pytestmark = pytest.mark.anyio

OPEN = OpenCase(circumstances=Circumstances.ARRIVAL)
ADMIT, NAME, SEX, BLOCK, REQUEST, APPROVE, CLEAR, REGISTER = (
    EXAMPLE[cls].command
    for cls in (
        *(AdmitToFacility, RecordName, RecordSex, ImposeSecurityBlock),
        *(RequestRepatriation, ApproveRepatriation, ClearToDepart, RegisterFacility),
    )
)
DANE = an_officer("DK", "DK-MFA")


@pytest.fixture
async def desk(record: Record) -> Desk:
    """The desk of an Iraqi officer who may do everything."""
    return Desk(record)


async def test_every_command_is_granted_at_the_door_and_answers_alike_when_it_is_repeated(record: Record) -> None:
    await Desk(record).given(REGISTERED, seen_by=(), stream=AL_HOL)
    for example in EXAMPLES:
        desk, stream, command = await begun(record, example)
        key, before = uuid4(), await desk.record.head()
        version = len(example.given) or None
        receipt = await desk.ask(command, stream, on=version, key=key)
        rows = await desk.record.facts(after=before, limit=10)
        assert tuple(row.topic for row in rows) == example.yields, command.verb
        assert receipt == Receipt(
            stream=receipt.stream,
            epoch=1,
            positions=tuple(row.position for row in rows),
            versions=tuple(row.version for row in rows),
            leaves=tuple(row.leaf.hex() for row in rows),
            version=len(example.given) + sum(row.stream == receipt.stream for row in rows),
        )
        again = await desk.ask(command, stream, on=version, key=key)
        assert (again, again.version, again.repeated) == (receipt, receipt.version, True)
        assert await desk.record.head() == receipt.positions[-1], f"{command.verb} was recorded twice"


async def test_what_is_recorded_says_who_asked_and_as_which_command(desk: Desk) -> None:
    key, correlation = uuid4(), uuid4()
    receipt = await desk.ask(OPEN, key=key, correlation=correlation, simulated=True)
    (row,) = await desk.record.facts(after=0, limit=1)
    header = fields_of(row.frame, {})["header"]
    said = {name: header[name] for name in ("command", "correlation", "actor", "agency", "recorded_at", "simulated")}
    assert said == {
        "command": key.hex,
        "correlation": correlation.hex,
        "actor": desk.officer.actor.hex,
        "agency": "IQ-MOMD",
        "recorded_at": "2021-10-15T12:00:00.000000Z",
        "simulated": True,
    }
    assert (header["stream"], header["epoch"]) == (receipt.stream.hex, receipt.epoch)


# ---------------------------------------------------------------- who may
@pytest.mark.parametrize("command", [OPEN, NAME, BLOCK, CLEAR, REGISTER], ids=lambda command: command.verb)
async def test_without_its_permission_a_command_is_not_even_looked_at(desk: Desk, command: Command) -> None:
    case = await desk.given(*HELD)
    clerk = desk.as_(an_officer(may=EVERYTHING - {command.permission}))
    for stream in (case, uuid4()):
        with pytest.raises(NotPermitted) as refused:
            await clerk.ask(command, None if command.creates else stream)
        assert refused.value.permission == command.permission
    assert await desk.record.head() == len(HELD)


# ---------------------------------------------------------------- whose case
@pytest.mark.parametrize("version", [None, 1, 2, 3])
@pytest.mark.parametrize("command", [NAME, BLOCK], ids=["observation", "decision"])
async def test_a_case_that_is_not_yours_is_answered_like_one_that_is_not_there(
    desk: Desk, command: Command, version: int | None
) -> None:
    theirs = await desk.given(*HELD)
    answers = []
    for case in (theirs, uuid4()):
        with pytest.raises(NotVisible) as refused:
            await desk.as_(DANE).ask(command, case, on=version)
        answers.append((refused.value.args, refused.value.__cause__, vars(refused.value)))
    assert answers[0] == answers[1]
    assert await desk.record.head() == len(HELD)


async def test_who_opens_a_case_sees_it_and_a_state_sees_it_once_it_concerns_it(desk: Desk) -> None:
    dane = desk.as_(DANE)
    case = (await dane.ask(OPEN)).stream
    assert (await dane.read(case)).version == 1
    with pytest.raises(NotVisible):
        await desk.read(case)
    await dane.ask(REQUEST, case, on=1)  # to Iraq
    assert (await desk.read(case)).version == 2
    with pytest.raises(NotVisible):
        await desk.as_(an_officer("SE", "SE-UD")).read(case)


async def test_whoever_sees_every_case_sees_this_one(desk: Desk) -> None:
    case = await desk.given(*HELD, seen_by=[])
    assert (await desk.as_(an_officer("UN", "UN-UNHCR", parties=["*"])).read(case)).version == 2


async def test_a_case_cannot_be_asked_for_as_if_it_were_a_place(desk: Desk) -> None:
    theirs = await desk.given(*HELD, NAMED)
    with pytest.raises(NotVisible):
        await desk.as_(DANE).read(theirs, aggregate="facility")
    place = await desk.given(REGISTERED, seen_by=[])
    everyone = desk.as_(an_officer("UN", "UN-UNHCR", parties=["*"]))
    assert (await desk.as_(DANE).read(place, aggregate="facility")).version == 1
    for command in (SEX, BLOCK):
        with pytest.raises(NotVisible):
            await everyone.ask(command, place, on=1)
    with pytest.raises(NotVisible):
        await everyone.read(place)
    assert await desk.record.head() == 4


# ---------------------------------------------------------------- on which version
async def test_a_decision_says_on_which_version_it_was_taken(desk: Desk) -> None:
    case = await desk.given(*HELD)
    with pytest.raises(PreconditionMissing):
        await desk.ask(BLOCK, case)
    for version in (0, 1, 3, -1):
        with pytest.raises(StaleVersion) as stale:
            await desk.ask(BLOCK, case, on=version)
        assert stale.value.current == 2
    assert (await desk.ask(BLOCK, case, on=2)).version == 3


async def test_an_observation_need_not_say_so_and_is_held_to_it_when_it_does(desk: Desk) -> None:
    case = await desk.given(*HELD)
    assert (await desk.ask(NAME, case)).version == 3
    with pytest.raises(StaleVersion):
        await desk.ask(SEX, case, on=2)
    assert (await desk.ask(SEX, case, on=3)).version == 4


# ---------------------------------------------------------------- the same question
async def test_a_retry_answers_as_the_first_time_though_the_case_has_moved_on(desk: Desk, elsewhere: Record) -> None:
    case, key = await desk.given(*HELD), uuid4()
    first = await desk.ask(BLOCK, case, on=2, key=key)
    await desk.ask(NAME, case)
    for someone in (desk, Desk(elsewhere, desk.officer)):
        again = await someone.ask(BLOCK, case, on=2, key=key)
        assert again == first
        assert again.version == 3


async def test_the_same_request_sent_twice_at_once_is_recorded_once(desk: Desk, elsewhere: Record) -> None:
    case, key = await desk.given(*HELD), uuid4()
    receipts = await asyncio.gather(
        *(who.ask(BLOCK, case, on=2, key=key) for who in (desk, desk, Desk(elsewhere, desk.officer)))
    )
    assert receipts[0] == receipts[1] == receipts[2]
    assert await desk.record.head() == 3


async def test_opening_a_case_twice_with_the_same_key_opens_one(desk: Desk) -> None:
    key = uuid4()
    receipts = await asyncio.gather(*(desk.ask(OPEN, key=key) for _ in range(3)))
    assert len({receipt.stream for receipt in receipts}) == 1
    assert await desk.record.head() == 1


async def test_what_was_already_so_has_an_empty_receipt_and_keeps_it(desk: Desk) -> None:
    case, key = await desk.given(*HELD), uuid4()
    await desk.ask(NAME, case)
    first = await desk.ask(NAME, case, key=key)
    assert (first.positions, first.versions, first.leaves, first.version) == ((), (), (), 3)
    await desk.ask(SEX, case)
    assert await desk.ask(NAME, case, key=key) == first


async def test_another_body_under_the_same_key_is_refused_and_the_first_one_stands(desk: Desk) -> None:
    case, key = await desk.given(*HELD), uuid4()
    first = await desk.ask(NAME, case, key=key, body=b"first")
    for command in (NAME, SEX):
        with pytest.raises(KeyReused):
            await desk.ask(command, case, key=key, body=b"second")
    assert await desk.ask(NAME, case, key=key, body=b"first") == first
    assert await desk.record.head() == 3


async def test_a_refusal_is_not_kept_and_may_be_granted_later(desk: Desk) -> None:
    await desk.given(REGISTERED, seen_by=(), stream=AL_HOL)
    case, key = await desk.given(*READY[:-1]), uuid4()
    with pytest.raises(Refused) as refused:
        await desk.ask(CLEAR, case, on=len(READY) - 1, key=key)
    assert refused.value.code == "departure.not-ready"
    await desk.ask(APPROVE, case, on=len(READY) - 1)
    supervisor = desk.as_(an_officer())
    assert (await supervisor.ask(CLEAR, case, on=len(READY), key=key)).version == len(READY) + 1


# ---------------------------------------------------------------- what is known
async def test_a_case_is_read_as_it_was_known_at_a_position(desk: Desk) -> None:
    case = await desk.given(OPENED)
    await desk.ask(ADMIT, case)
    await desk.ask(SEX, case)
    assert (await desk.read(case, up_to=2)).version == 2
    with pytest.raises(NotVisible):
        await desk.read(case, up_to=0)
    stream = await desk.read(case)
    assert [fact.stamp.position for fact in stream.facts] == [1, 2, 3]
    assert AGGREGATES["case"].fold(stream.facts).version == stream.version == 3


async def test_a_register_of_places_is_open_to_all_who_may_read_it(desk: Desk) -> None:
    place = (await desk.ask(REGISTER)).stream
    reader = desk.as_(an_officer("DK", "DK-MFA", may=["facility:read"]))
    assert [fact.fact for fact in (await reader.read(place, aggregate="facility")).facts] == [REGISTERED]
    with pytest.raises(NotPermitted):
        await desk.as_(an_officer("DK", "DK-MFA", may=["case:read"])).read(place, aggregate="facility")
