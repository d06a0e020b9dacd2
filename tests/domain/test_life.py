"""Births and deaths: a newborn without a name, a mother who is a child herself, the dead who are found alive."""

from __future__ import annotations

from datetime import date

from domain.case.births import RegisterBirth
from domain.case.case import CASE
from domain.case.deprivation import RecordCitizenshipDeprivation
from domain.case.identity import BirthRecorded
from domain.case.journey import Departed
from domain.case.life import (
    DeathManner,
    DeathRecorded,
    DeathRetractionCause,
    RecordDeath,
    RetractDeathRecord,
)
from domain.case.registration import (
    CaseClosed,
    Circumstances,
    ClosureReason,
    ReopenCase,
    ReopeningCause,
)
from domain.case.status import Overlay, Status, overlays
from domain.case.whereabouts import AdmitToFacility
from domain.clocks import Moment, as_of
from domain.dates import PartialDate
from domain.privacy import ERASED
from domain.values import Evidence, LateReason
from tests.examples import AL_HOL, CLEARED, DIED, FACT, HELD, LEFT, MOTHER, OPENED, READY, ROJ
from tests.scenario import STREAM, TODAY, Scenario, fact_id, recorded

day = PartialDate.parse
BIRTH = RegisterBirth(facility=AL_HOL, mother=MOTHER, birth=day("2021-10-12"))


def retract(nth: int, cause: DeathRetractionCause = DeathRetractionCause.SEEN_ALIVE) -> RetractDeathRecord:
    """Take back the death that the n-th fact recorded."""
    return RetractDeathRecord(target_fact_id=fact_id(nth), cause=cause)


# ---------------------------------------------------------------- births
def test_a_birth_in_a_facility_opens_the_case_of_a_child_without_a_name(case: Scenario) -> None:
    case.when(BIRTH).then_odd().then_overlays(Overlay.CHILD)
    child = case.case
    assert (child.registration.circumstances, child.life.mother) == (Circumstances.BIRTH, MOTHER)
    assert (child.whereabouts.located_at, child.whereabouts.since) == (AL_HOL, day("2021-10-12"))
    assert not child.identity.names
    assert child.nationality.strongest == "XXX"


def test_a_birth_told_late_needs_a_reason_and_the_child_was_there_all_the_time(case: Scenario) -> None:
    late = BIRTH.model_copy(update={"birth": day("2021-05-01")})
    case.when(late).then_refused("record.late-reason-missing")
    case.when(late.model_copy(update={"late_reason": LateReason.ACCESS_DENIED}))
    assert as_of(case.history, Moment(date(2021, 6, 1))).state.whereabouts.located_at == AL_HOL
    assert as_of(case.history, Moment(date(2021, 4, 30))).state.whereabouts.located_at is None


def test_a_birth_to_come_and_a_hijri_one_are_refused(case: Scenario) -> None:
    case.when(BIRTH.model_copy(update={"birth": day("2021-12-01")})).then_refused("record.in-future")
    case.when(BIRTH.model_copy(update={"birth": day("1443-03-05")})).then_refused("birth.hijri")


def test_a_sixteen_year_old_mother_is_child_and_caregiver_at_once(case: Scenario) -> None:
    born = BirthRecorded(birth=day("2005-03-01"), place=None, strength=Evidence.DOCUMENTED)
    case.beside(MOTHER, *HELD, born).when(BIRTH)
    assert case.review == []
    ((mother, link, _),) = case.elsewhere
    assert mother == MOTHER
    with_child = CASE.fold([recorded(fact, n, stream=MOTHER) for n, fact in enumerate((*HELD, born, link), 1)])
    assert overlays(with_child, TODAY) == {Overlay.CHILD}
    (mothers_link,) = with_child.kin.links.values()
    assert mothers_link.person == STREAM


def test_a_childs_nationality_is_its_own_whatever_becomes_of_the_mothers(case: Scenario) -> None:
    stripped = RecordCitizenshipDeprivation(
        country="GB",
        ground="public_good",
        order_made_on=day("2021-10-10"),
        effective_from=day("2021-10-10"),
    )
    mother = Scenario().given(*HELD).when(stripped)
    assert mother.elsewhere == []
    assert not case.when(BIRTH).case.nationality.deprived


def test_a_birth_in_a_convoy_is_a_case_like_any_other(case: Scenario) -> None:
    case.given(OPENED.model_copy(update={"circumstances": Circumstances.BIRTH})).given(Departed(destination="IQ"))
    assert {odd.code for odd in case.case.anomalies} == {"departure.unadmitted", "departure.uncleared"}
    case.then_status(Status.IN_TRANSIT)


# ---------------------------------------------------------------- deaths
def test_a_death_in_a_convoy_ends_the_journey(case: Scenario) -> None:
    case.given(*LEFT).when(RecordDeath(manner=DeathManner.ILLNESS)).then_status(Status.DECEASED).then_odd()


def test_two_accounts_of_a_death_stand_side_by_side_and_the_same_one_is_recorded_once(case: Scenario) -> None:
    case.given(*HELD, DIED).when(RecordDeath(manner=DeathManner.UNKNOWN, occurred_on=day("2021-10-02")))
    case.then(DeathRecorded(manner=DeathManner.UNKNOWN, facility=None, strength=Evidence.CLAIMED))
    case.then_odd("life.died-twice")
    assert case.case.life.death is not None
    assert case.case.life.death.manner is DeathManner.UNLAWFUL_KILLING
    case.when(RecordDeath(manner=DeathManner.UNKNOWN)).then_nothing()


def test_a_dead_parent_who_is_found_alive_was_never_dead_and_the_belief_stays_readable(case: Scenario) -> None:
    case.given(*HELD).given(DIED, on="2021-10-05")
    believed = case.history[-1].stamp.position
    case.when(AdmitToFacility(facility=ROJ)).then_odd("whereabouts.claimed-by-two", "life.seen-after-death")
    case.then_status(Status.DECEASED)
    case.when(retract(3)).then_status(Status.REGISTERED)
    then = Moment(date(2021, 10, 6))
    assert as_of(case.history, then).state.life.death is None
    assert not [odd for odd in as_of(case.history, Moment(TODAY)).state.anomalies if odd.code.startswith("life.")]
    dead = as_of(case.history, Moment(then.as_of, known_at=believed)).state.life.death
    assert dead is not None
    assert dead.manner is DeathManner.UNLAWFUL_KILLING


def test_of_two_deaths_one_may_be_taken_back_and_the_other_stays(case: Scenario) -> None:
    claimed = DeathRecorded(manner=DeathManner.ILLNESS, facility=ROJ, strength=Evidence.CLAIMED)
    case.given(*HELD, DIED, claimed).when(retract(3, DeathRetractionCause.MISTAKEN_PERSON))
    assert case.case.life.death is not None
    assert case.case.life.death.facility == ROJ
    case.when(retract(4)).then_status(Status.REGISTERED)


def test_only_a_death_on_record_can_be_taken_back(case: Scenario) -> None:
    case.given(*HELD, DIED).when(retract(2)).then_refused("death.unknown")


def test_a_clearance_does_not_come_back_with_the_living(case: Scenario) -> None:
    case.given(*READY, CLEARED).when(RecordDeath())
    died = len(case.history) - 1
    case.when(retract(died)).then_status(Status.APPROVED)


def test_a_death_lies_before_the_last_time_the_person_was_seen(case: Scenario) -> None:
    case.given(*HELD).given(FACT["case.referred-to-hospital"], on="2021-10-10")
    case.given(DIED, on="2021-10-05").then_odd("life.died-before-last-seen")
    lost = Scenario().given(*HELD).given(FACT["case.whereabouts-lost"], on="2021-10-10")
    lost.given(DIED, on="2021-10-05").then_odd()


def test_an_erased_death_is_not_compared(case: Scenario) -> None:
    case.given(*HELD)
    case.history.append(recorded(DIED.model_copy(update={"manner": ERASED}), 3))
    case.when(RecordDeath()).then_refused("record.erased")


# ---------------------------------------------------------------- closed and reopened
CLOSED = CaseClosed(reason=ClosureReason.DECEASED)
REOPEN = ReopenCase(cause=ReopeningCause.FOUND_ALIVE)


def test_the_case_of_somebody_found_alive_is_reopened_once_the_death_is_taken_back(case: Scenario) -> None:
    case.given(*HELD, DIED, CLOSED).when(REOPEN).then_refused("closure.unsupported")
    case.when(retract(3)).when(REOPEN).then_status(Status.REGISTERED).then_odd()


def test_a_reopened_case_has_the_status_it_had_before(case: Scenario) -> None:
    case.given(*READY, CaseClosed(reason=ClosureReason.LOST_CONTACT)).then_status(Status.CLOSED)
    case.when(ReopenCase(cause=ReopeningCause.CONTACT_REGAINED)).then_status(Status.APPROVED)
    assert as_of(case.history, Moment(date(2021, 10, 10))).state.registration.closed is not None


def test_who_comes_back_to_the_camp_after_the_return_has_a_case_again(case: Scenario) -> None:
    case.given(*LEFT, FACT["case.arrived-in-country"], CaseClosed(reason=ClosureReason.REPATRIATED))
    case.when(ReopenCase(cause=ReopeningCause.CAME_BACK)).when(AdmitToFacility(facility=ROJ))
    case.then_status(Status.APPROVED).then_odd("whereabouts.back-after-departure")


def test_a_merged_case_is_unmerged_and_not_reopened(case: Scenario) -> None:
    case.given(*HELD, CaseClosed(reason=ClosureReason.MERGED)).when(REOPEN).then_refused("case.merged")


def test_a_case_is_not_reopened_before_it_was_closed(case: Scenario) -> None:
    case.given(*HELD).given(CaseClosed(reason=ClosureReason.TRANSFERRED), on="2021-10-10")
    early = ReopenCase(cause=ReopeningCause.CLOSED_IN_ERROR, occurred_on=day("2021-10-09"))
    case.when(early).then_refused("case.reopened-before-closed")


def test_an_open_case_is_open(case: Scenario) -> None:
    case.given(*HELD).when(REOPEN).then_nothing()
    case.given(FACT["case.case-reopened"]).then_odd("registration.reopened-open")
