"""On what a clearance rested: computed anew from the stored bytes, by somebody who sees verdicts only."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest

from adapters.database import Databases
from adapters.forgetting.destroying import destroy_keys
from adapters.keys.fences import Fence, FenceFolder
from adapters.record.door import Caller
from adapters.record.errors import NotPermitted, NotVisible
from adapters.record.grounds import PURPOSE, Grounds, grounds_of
from adapters.record.record import Record
from adapters.settings import Settings
from domain.case.blocks import BlockGround, ImposeSecurityBlock
from domain.case.clearance import ClearToDepart
from domain.case.correcting import RetractFact
from domain.case.record import ErasureBasis
from domain.case.screening import ScreeningCompleted
from domain.case.status import Status, status
from domain.corrections import RetractionCause
from tests.examples import AL_HOL, READY, REGISTERED
from tests.record.asking import Desk, an_officer
from tests.scenario import TODAY

pytestmark = pytest.mark.anyio
AUDITOR = Caller(uuid4(), "UN-AUDIT", None, frozenset({"audit:read"}), frozenset({"*"}))
CLEARED_AT = len(READY) + 1


@pytest.fixture
def desk(record: Record) -> Desk:
    return Desk(record, an_officer())


async def cleared(desk: Desk) -> Grounds:
    """Clear a person who is ready, and return on what that rested."""
    await desk.given(REGISTERED, seen_by=(), stream=AL_HOL)
    case = await desk.given(*READY)
    await desk.ask(ClearToDepart(destination="IQ"), case, on=len(READY))
    return await grounds_of(desk.record, case, CLEARED_AT, AUDITOR, uuid4())


async def test_the_evidence_of_a_clearance_is_what_was_seen_and_every_rule_held(desk: Desk) -> None:
    grounds = await cleared(desk)
    assert grounds.agrees
    assert grounds.unmet == ()
    assert (grounds.facts, grounds.streams, grounds.erased) == (len(READY) + 1, 2, False)
    assert status(grounds.known, TODAY) is Status.APPROVED


async def test_what_became_known_later_changes_nothing_of_what_was_known_then(desk: Desk) -> None:
    before = await cleared(desk)
    case = before.stamp.stream
    block = ImposeSecurityBlock(agency="IQ-INSS", ground=BlockGround.WANTED, review_due_on=TODAY)
    await desk.ask(block, case, on=CLEARED_AT)
    after = await grounds_of(desk.record, case, CLEARED_AT, AUDITOR, uuid4())
    assert (after.recomputed, after.facts, after.unmet) == (before.recomputed, before.facts, ())


async def test_a_fact_that_was_put_right_later_is_shown_as_it_was_known_then(desk: Desk) -> None:
    before = await cleared(desk)
    case = before.stamp.stream
    facts = (await desk.read(case)).facts
    screened = next(known for known in facts if isinstance(known.fact, ScreeningCompleted))
    taken_back = RetractFact(
        target_fact_id=screened.stamp.fact_id, cause=RetractionCause.WRONG_PERSON, reason="It was of somebody else."
    )
    await desk.as_(an_officer(agency=screened.stamp.agency)).ask(taken_back, case, on=facts[-1].stamp.version)
    after = await grounds_of(desk.record, case, CLEARED_AT, AUDITOR, uuid4())
    assert (after.agrees, after.unmet, after.facts) == (True, (), before.facts)
    assert after.known == before.known


async def test_the_evidence_of_a_person_who_was_erased_still_agrees_and_what_cannot_be_read_is_said(
    desk: Desk, databases: Databases, settings: Settings, superuser_url: str
) -> None:
    before = await cleared(desk)
    case = before.stamp.stream
    fences = FenceFolder.of(settings)
    fences.begin()
    fences.publish(Fence.around([case], ErasureBasis.REQUEST))
    with psycopg.connect(superuser_url, autocommit=True) as keeper:
        destroy_keys(keeper, [case], TODAY)
    async with await Record.open(databases, settings) as record:
        after = await grounds_of(record, case, CLEARED_AT, AUDITOR, uuid4())
    assert (after.agrees, after.erased, after.facts) == (True, True, before.facts)
    assert before.unmet == ()
    assert sorted(rule.code for rule in after.unmet) == ["G5", "G8", "G9"], "what needs her age, her fears, her consent"


async def test_evidence_that_somebody_edited_no_longer_agrees(desk: Desk, superuser_url: str) -> None:
    case = (await cleared(desk)).stamp.stream
    with psycopg.connect(superuser_url) as superuser:
        # The first fact takes the place of another: every block of it is whole.
        superuser.execute("SET session_replication_role = replica")
        superuser.execute(
            "UPDATE record.fact SET frame = (SELECT frame FROM record.fact WHERE stream = %(case)s AND version = 1)"
            " WHERE stream = %(case)s AND version = 2",
            {"case": case},
        )
    grounds = await grounds_of(desk.record, case, CLEARED_AT, AUDITOR, uuid4())
    assert not grounds.agrees


async def test_what_is_opened_for_it_is_recorded_as_read(desk: Desk, superuser_url: str) -> None:
    case = (await cleared(desk)).stamp.stream
    with psycopg.connect(superuser_url) as superuser:
        rows = superuser.execute("SELECT actor, case_ids FROM access.read WHERE purpose = %s", [PURPOSE]).fetchall()
    assert rows == [(AUDITOR.actor, [case])]


async def test_only_an_auditor_sees_it_and_only_of_a_clearance(desk: Desk) -> None:
    case = (await cleared(desk)).stamp.stream
    officer = replace(AUDITOR, permissions=frozenset({"case:read"}))
    with pytest.raises(NotPermitted):
        await grounds_of(desk.record, case, CLEARED_AT, officer, uuid4())
    for version in (1, CLEARED_AT + 1):
        with pytest.raises(NotVisible):
            await grounds_of(desk.record, case, version, AUDITOR, uuid4())
    elsewhere = replace(AUDITOR, parties=frozenset({"DK"}))
    with pytest.raises(NotVisible):
        await grounds_of(desk.record, case, CLEARED_AT, elsewhere, uuid4())
