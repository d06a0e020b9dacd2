"""What happened to one is asked of the cases of others: once, whatever dies in between, and of nobody invented."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from adapters.reactions.clocks import Clocks
from adapters.reactions.reactor import REACTOR, Reactor
from adapters.views.rebuild import rebuild
from domain.case.absence import RecordRecapture, ReportEscape
from domain.case.blocks import ImposeSecurityBlock
from domain.case.case import CASE
from domain.case.deprivation import DeprivationGround, RecordCitizenshipDeprivation
from domain.case.identity import RecordBirth
from domain.case.kin import Relation
from domain.case.life import RecordDeath, RetractDeathRecord
from domain.case.relatives import LinkKin
from domain.case.whereabouts import AdmitToFacility, MoveToFacility
from domain.case.work import TaskKind
from domain.dates import PartialDate
from domain.values import FacilityKind
from tests.views.conftest import House

day = PartialDate.parse


@pytest.fixture
def reactor(house: House) -> Reactor:
    """A reactor that was there before anything happened."""
    following = Reactor(house.databases, house.settings, clock=house.clock)
    assert not following.step()
    return following


def tasks(house: House, case: UUID) -> list[TaskKind]:
    return [task.kind for task in CASE.fold(house.facts(case)).work.tasks.values()]


def mother_and(house: House, *births: str) -> tuple[UUID, list[UUID]]:
    """A mother who cares for children of these births."""
    mother = house.case(RecordBirth(birth=day("1980")))
    children = [house.case(RecordBirth(birth=day(birth))) for birth in births]
    for child in children:
        house.ask(LinkKin(person=mother, relation=Relation.MOTHER, primary_caregiver=True), child)
        house.versions[mother] += 1
    return mother, children


def asked(house: House) -> list[Any]:
    """Whatever the machine asked that was recorded, by its topic."""
    return [topic for (topic,) in house.rows("SELECT topic FROM record.fact ORDER BY position")]


def test_when_a_mother_dies_the_care_of_each_child_is_determined_and_of_nobody_grown_up(
    house: House, reactor: Reactor
) -> None:
    mother, (child, grown_up) = mother_and(house, "2014", "2001")
    house.ask(RecordDeath(), mother)
    assert not reactor.step()
    assert (tasks(house, child), tasks(house, grown_up)) == ([TaskKind.DETERMINE_CARE], [])
    (raised,) = [known for known in house.facts(child) if known.fact.topic == "case.task-raised"]
    assert (raised.stamp.actor, raised.stamp.agency) == (REACTOR, "XX-HOMEWARD")


def test_a_death_that_was_taken_back_meanwhile_asks_nothing(house: House, reactor: Reactor) -> None:
    mother, (child,) = mother_and(house, "2014")
    house.ask(RecordDeath(), mother)
    told = house.facts(mother)[-1].stamp.fact_id
    house.ask(RetractDeathRecord(target_fact_id=told, cause="seen_alive"), mother)
    reactor.step()
    assert tasks(house, child) == []


def test_when_a_caregiver_flees_or_is_moved_away_the_child_is_looked_after_and_not_when_a_father_does(
    house: House, reactor: Reactor
) -> None:
    camp, other = house.facility("SY-ROJ", FacilityKind.CAMP), house.facility("SY-AL-HOL", FacilityKind.CAMP)
    for what in (ReportEscape(facility=camp), MoveToFacility(facility=other, separates_family=True)):
        mother, (child,) = mother_and(house, "2014")
        father = house.case()
        house.ask(LinkKin(person=father, relation=Relation.FATHER), child)
        house.versions[father] += 1
        for parent in (father, mother):
            house.ask(AdmitToFacility(facility=camp), parent)
            house.ask(what, parent)
            reactor.step()
            assert tasks(house, child) == ([TaskKind.DETERMINE_CARE] if parent == mother else [])


def test_who_was_found_before_anybody_asked_is_not_missed(house: House, reactor: Reactor) -> None:
    camp = house.facility("SY-ROJ", FacilityKind.CAMP)
    mother, (child,) = mother_and(house, "2014")
    house.ask(AdmitToFacility(facility=camp), mother)
    house.ask(ReportEscape(facility=camp), mother)
    house.ask(RecordRecapture(facility=camp), mother)
    reactor.step()
    assert tasks(house, child) == []


def test_the_nationality_of_a_child_is_looked_at_when_its_mother_is_deprived(house: House, reactor: Reactor) -> None:
    mother, (child,) = mother_and(house, "2014")
    house.ask(
        RecordCitizenshipDeprivation(
            country="GB", ground=DeprivationGround.PUBLIC_GOOD, order_made_on=day("2021"), effective_from=day("2021")
        ),
        mother,
    )
    reactor.step()
    assert tasks(house, child) == [TaskKind.REVIEW_CHILDREN_NATIONALITY]
    assert not CASE.fold(house.facts(child)).nationality.deprived


def test_it_reacts_once_however_often_it_dies_and_never_to_what_was_there_before_it(house: House) -> None:
    mother, (child,) = mother_and(house, "2014")
    house.ask(RecordDeath(), mother)
    first = Reactor(house.databases, house.settings, clock=house.clock)
    assert not first.step()
    assert tasks(house, child) == []
    father, (other,) = mother_and(house, "2015")
    house.ask(RecordDeath(), father)
    first.step()
    head = house.run(house.record.head())
    house.rows_changed("DELETE FROM record.tracking WHERE notification_id > %s", head - 2)
    Reactor(house.databases, house.settings, clock=house.clock).step()
    assert house.run(house.record.head()) == head
    assert tasks(house, other) == [TaskKind.DETERMINE_CARE]


def test_a_rebuild_asks_nothing_again(house: House, reactor: Reactor) -> None:
    mother, (child,) = mother_and(house, "2014")
    house.ask(RecordDeath(), mother)
    reactor.step()
    house.project()
    head = house.run(house.record.head())
    rebuild(house.databases, house.settings)
    reactor.step()
    assert house.run(house.record.head()) == head
    assert tasks(house, child) == [TaskKind.DETERMINE_CARE]


# ---------------------------------------------------------------- the calendar
def test_an_overdue_review_is_noted_on_the_day_after_it_and_once(house: House) -> None:
    blocked = house.case(
        ImposeSecurityBlock(agency="UN-OFFICE", ground="security_concern", review_due_on=date(2021, 11, 1))
    )
    house.project()
    clocks = Clocks(house.databases, house.settings, clock=house.clock)
    for today, noted in ((date(2021, 11, 1), 0), (date(2021, 11, 2), 1), (date(2021, 11, 3), 1)):
        house.today = today
        clocks.look(today)
        assert asked(house).count("case.security-block-review-overdue") == noted
    assert tasks(house, blocked) == [TaskKind.REVIEW_BLOCK]


def test_a_majority_is_recorded_in_the_month_after_it_and_of_nobody_who_may_be_a_child(house: House) -> None:
    children = [house.case(RecordBirth(birth=day(birth))) for birth in ("2003-11-20", "2003", "2003-10-20")]
    house.case(RecordBirth(birth=day("1990")))
    house.project()
    clocks = Clocks(house.databases, house.settings, clock=house.clock)
    for today, of_age in ((date(2021, 11, 30), 1), (date(2021, 12, 2), 2), (date(2021, 12, 9), 2)):
        house.today = today
        clocks.look(today)
        assert asked(house).count("case.majority-reached") == of_age
    assert [CASE.fold(house.facts(child)).protection.of_age_since is not None for child in children] == [
        True, False, True,
    ]  # fmt: skip


def test_no_clock_runs_for_invented_people(house: House) -> None:
    house.simulated = True
    house.case(
        RecordBirth(birth=day("2003-10-20")),
        ImposeSecurityBlock(agency="UN-OFFICE", ground="security_concern", review_due_on=date(2021, 11, 1)),
    )
    house.project()
    before, house.today = asked(house), date(2022, 1, 1)
    Clocks(house.databases, house.settings, clock=house.clock).look(house.today)
    assert asked(house) == before
