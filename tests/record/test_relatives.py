"""People who stand in each other's cases: names under keys of their own, links that commit on both cases or on none."""

from __future__ import annotations

from uuid import UUID, uuid4

import psycopg
import pytest

from adapters.record.errors import NotVisible
from adapters.record.record import Record
from adapters.settings import Settings
from domain.case.births import RegisterBirth
from domain.case.case import CASE, CaseState
from domain.case.guardianship import AppointGuardian, GuardianAppointed
from domain.case.kin import KinLinked, RefutedBy, Relation
from domain.case.relatives import LinkKin, RefuteKin
from domain.dates import PartialDate
from domain.kernel import Refused
from domain.privacy import ERASED, WITHHELD, BlockLabel
from tests.examples import EXAMPLE, HELD, NAMED, OPENED
from tests.examples_protection import A_GUARDIAN, APPOINTED, CONSENTED, GUARDIAN, LINKED, MOTHER
from tests.record.asking import Desk, an_officer
from tests.record.erasing import destroy

pytestmark = pytest.mark.anyio
IDENTITY, PROTECTION = BlockLabel.IDENTITY, BlockLabel.PROTECTION
MOTHER_OF = LinkKin(person=MOTHER, relation=Relation.MOTHER, primary_caregiver=True)


@pytest.fixture
async def desk(record: Record) -> Desk:
    """The desk of an Iraqi officer who may do everything."""
    return Desk(record)


async def opened(desk: Desk, case: UUID) -> CaseState:
    """Return a case with who is who, and who cares for whom."""
    return CASE.fold((await desk.read(case, IDENTITY, PROTECTION)).facts)


# ---------------------------------------------------------------- keys of others
async def test_a_guardian_who_is_erased_is_erased_in_the_childs_case_and_the_child_is_not(
    desk: Desk, elsewhere: Record, superuser_url: str, settings: Settings
) -> None:
    child = await desk.given(*HELD, NAMED, APPOINTED)
    destroy(superuser_url, settings, GUARDIAN)
    later = Desk(elsewhere, desk.officer)
    name, guardian = (known.fact for known in (await later.read(child, IDENTITY)).facts[2:])
    assert name == NAMED
    assert guardian == APPOINTED.model_copy(update={"guardian": ERASED, "order": WITHHELD})


async def test_a_child_who_is_erased_leaves_the_name_of_its_guardian_readable(
    desk: Desk, elsewhere: Record, superuser_url: str, settings: Settings
) -> None:
    child = await desk.given(*HELD, NAMED, APPOINTED, CONSENTED)
    destroy(superuser_url, settings, child)
    name, guardian, consent = (
        known.fact for known in (await Desk(elsewhere, desk.officer).read(child, IDENTITY)).facts[2:]
    )
    assert name == NAMED.model_copy(update={"name": ERASED})
    assert guardian == APPOINTED.model_copy(update={"order": WITHHELD})
    assert consent == CONSENTED


async def test_an_appointment_makes_the_guardians_key(desk: Desk, superuser_url: str) -> None:
    child = await desk.given(*HELD)
    await desk.ask(EXAMPLE[AppointGuardian].command, child, on=2)
    (*_, appointed) = (await desk.read(child, IDENTITY)).facts
    assert isinstance(appointed.fact, GuardianAppointed)
    assert appointed.fact.guardian == A_GUARDIAN
    with psycopg.connect(superuser_url) as superuser:
        keys = superuser.execute("SELECT subject, class FROM keys.subject_key").fetchall()
    assert (appointed.fact.guardian_id, "identity") in keys
    assert (child, "identity") not in keys


# ---------------------------------------------------------------- links
async def test_a_link_is_recorded_on_both_cases_at_once(desk: Desk) -> None:
    mother, child = await desk.given(*HELD), await desk.given(*HELD)
    await desk.ask(MOTHER_OF.model_copy(update={"person": mother}), child)
    (to_mother,) = (await opened(desk, child)).kin.links.values()
    (to_child,) = (await opened(desk, mother)).kin.links.values()
    assert (to_mother.person, to_mother.relation, to_mother.primary_caregiver) == (mother, Relation.MOTHER, True)
    assert (to_child.person, to_child.relation, to_child.primary_caregiver) == (child, Relation.CHILD, False)


async def test_who_is_whose_mother_cannot_be_read_without_the_key_and_no_id_joins_the_two(desk: Desk) -> None:
    mother, child = await desk.given(*HELD), await desk.given(*HELD)
    await desk.ask(MOTHER_OF.model_copy(update={"person": mother}), child)
    links = [(await desk.read(case)).facts[-1].fact for case in (mother, child)]
    assert all(isinstance(link, KinLinked) and link.person is WITHHELD for link in links)
    assert len({link.kin_id for link in links if isinstance(link, KinLinked)}) == 2


async def test_a_link_repeated_records_nothing_and_is_completed_when_the_other_gets_a_case(desk: Desk) -> None:
    mother, child = await desk.given(*HELD), await desk.given(*HELD)
    asked = MOTHER_OF.model_copy(update={"person": mother})
    assert len((await desk.ask(asked, child)).positions) == 2
    assert len((await desk.ask(asked, child)).positions) == 0
    unknown = await desk.given(OPENED, LINKED.model_copy(update={"person": mother}))
    assert len((await desk.ask(asked, unknown)).positions) == 1


async def test_dna_refutes_a_parent_on_both_cases(desk: Desk) -> None:
    mother, child = await desk.given(*HELD), await desk.given(*HELD)
    await desk.ask(MOTHER_OF.model_copy(update={"person": mother}), child)
    (kin_id,) = (await opened(desk, child)).kin.links
    await desk.ask(RefuteKin(kin_id=kin_id, cause=RefutedBy.DNA), child)
    for case in (mother, child):
        kin = (await opened(desk, case)).kin
        assert not kin.links
        assert [link.refuted_by for link in kin.refuted.values()] == [RefutedBy.DNA]


async def test_nobody_is_linked_to_themselves(desk: Desk) -> None:
    child = await desk.given(*HELD)
    with pytest.raises(Refused) as refused:
        await desk.ask(MOTHER_OF.model_copy(update={"person": child}), child)
    assert refused.value.code == "kin.of-oneself"


async def test_a_case_that_one_may_not_see_is_nobodys_kin(desk: Desk) -> None:
    here, there = await desk.given(*HELD, seen_by=["DK"]), await desk.given(*HELD, seen_by=["IQ"])
    dane = desk.as_(an_officer("DK", "DK-MFA"))
    for unseen in (there, uuid4()):
        with pytest.raises(NotVisible):
            await dane.ask(MOTHER_OF.model_copy(update={"person": unseen}), here)
        birth = RegisterBirth(facility=uuid4(), mother=unseen, birth=PartialDate.parse("2021-10-12"))
        with pytest.raises(NotVisible):
            await dane.ask(birth)
    assert len((await dane.ask(MOTHER_OF.model_copy(update={"person": None}), here)).positions) == 1
