"""Children and families at the gate: who is identified by a parent, protected, spoken for, and not left behind."""

from __future__ import annotations

from datetime import date

import pytest

from domain.case.assessment import AgeAssessed, AssessmentMethod
from domain.case.best_interests import AssessmentOutcome, BestInterestsReopened, DeterminedOutcome, ReopenCause
from domain.case.case import CASE
from domain.case.child_views import ChildWish
from domain.case.departure import DepartureRequest
from domain.case.gate import FAMILY_TOGETHER, Because, Unmet, unmet
from domain.case.guardianship import GuardianshipEnd, GuardianshipEnded
from domain.case.kin import KinRefuted, RefutedBy, Relation
from domain.case.protection import CareStatus, CareStatusDetermined
from domain.case.verification import DisputeCause, IdentityDisputed
from domain.case.work import CaseAssigned
from domain.dates import PartialDate
from domain.kernel import Fact
from domain.privacy import WITHHELD
from domain.values import Evidence
from tests.domain.gating import (
    ACCOMPANIED,
    ALONE,
    AT_LARGE,
    BY_GUARDIAN,
    CHILD,
    CLEAR,
    DEPART,
    DIED,
    FATHER,
    GONE_HOME,
    HER_CHILD,
    HER_MOTHER,
    OF_UNKNOWN_AGE,
    RECEPTION,
    WITH_CHILD,
    WITH_GUARDIAN,
    WITH_MOTHER,
    asked_by,
    codes,
    instead,
    ready_but,
    without,
)
from tests.examples import (
    AL_HOL,
    APPROVED,
    CLEARED,
    FACT,
    READY,
    TOLD_BIRTH,
    VERIFIED,
)
from tests.examples_protection import (
    APPOINTED,
    ASSESSED,
    CONSENTED,
    DETERMINED,
    GUARDIAN,
    HEARD,
    KIN,
    MOTHER,
    PANEL,
)
from tests.scenario import SUPERVISOR, TODAY, Scenario, made, recorded


# ---------------------------------------------------------------- G7
def test_the_child_of_a_verified_parent_is_identified_by_a_verified_kinship(case: Scenario) -> None:
    case.beside(MOTHER, *READY).given(*without(WITH_MOTHER, VERIFIED))
    assert codes(case) == []


@pytest.mark.parametrize("strength", [Evidence.CLAIMED, Evidence.DOCUMENTED])
def test_a_kinship_that_is_not_verified_identifies_nobody(case: Scenario, strength: Evidence) -> None:
    weak = HER_MOTHER.model_copy(update={"strength": strength})
    case.beside(MOTHER, *READY).given(*instead(without(WITH_MOTHER, VERIFIED), HER_MOTHER, weak))
    assert codes(case) == ["G7"]


def test_a_parent_who_is_not_identified_identifies_nobody(case: Scenario) -> None:
    case.beside(MOTHER, *ready_but(VERIFIED)).given(*without(WITH_MOTHER, VERIFIED))
    assert codes(case) == ["G7"]


def test_a_verified_sibling_identifies_nobody(case: Scenario) -> None:
    sister = HER_MOTHER.model_copy(update={"relation": Relation.SIBLING, "primary_caregiver": False})
    case.beside(MOTHER, *READY).given(*ready_but(VERIFIED), sister)
    assert codes(case) == ["G7"]


def test_who_is_disputed_is_not_identified_by_a_parent(case: Scenario) -> None:
    disputed = IdentityDisputed(by_agency="IQ-MOI", cause=DisputeCause.DNA_MISMATCH, reason=None)
    case.beside(MOTHER, *READY).given(*WITH_MOTHER, disputed)
    assert codes(case) == ["G7"]


# ---------------------------------------------------------------- G8
def test_a_child_who_travels_with_her_mother_is_cleared_first_and_her_mother_after_her(case: Scenario) -> None:
    case.beside(MOTHER, *READY).given(*WITH_MOTHER).when(CLEAR)
    assert not isinstance(case.outcome, Exception)
    case.when(DEPART).then_refused("departure.not-ready", rules=["G8", "G10"])
    case.of(MOTHER).given(CLEARED)
    case.when(DEPART).then(FACT["case.departed"])


@pytest.mark.parametrize("missing", [ASSESSED, HEARD, ACCOMPANIED], ids=["assessed", "heard", "with whom"])
def test_a_child_does_not_leave_before_it_was_assessed_heard_and_known_with_whom_it_is(
    case: Scenario, missing: Fact
) -> None:
    case.beside(MOTHER, *READY).given(*without(WITH_MOTHER, missing))
    assert codes(case) == ["G8"]


def test_a_child_that_cannot_form_views_yet_has_been_heard(case: Scenario) -> None:
    baby = HEARD.model_copy(update={"capable": False, "views": ChildWish.NOT_SAID, "account": None})
    case.beside(MOTHER, *READY).given(*instead(WITH_MOTHER, HEARD, baby))
    assert codes(case) == []


@pytest.mark.parametrize("found", [AssessmentOutcome.MEASURES_NEEDED, AssessmentOutcome.DETERMINATION_NEEDED])
def test_an_assessment_that_finds_something_against_it_asks_for_a_panel(
    case: Scenario, found: AssessmentOutcome
) -> None:
    case.beside(MOTHER, *READY).given(*instead(WITH_MOTHER, ASSESSED, ASSESSED.model_copy(update={"outcome": found})))
    assert codes(case) == ["G8"]
    case.given(DETERMINED, APPOINTED, RECEPTION)
    assert codes(case) == []


def test_a_child_without_her_family_leaves_with_a_determination_a_guardian_and_a_plan(case: Scenario) -> None:
    assert codes(case.given(*WITH_GUARDIAN)) == []


@pytest.mark.parametrize("missing", [DETERMINED, RECEPTION], ids=lambda fact: fact.topic)
def test_a_child_without_her_family_needs_each_of_them(case: Scenario, missing: Fact) -> None:
    assert codes(case.given(*without(WITH_GUARDIAN, missing))) == ["G8"]


def test_a_child_whose_guardian_no_longer_acts_does_not_leave(case: Scenario) -> None:
    ended = GuardianshipEnded(guardian_id=GUARDIAN, cause=GuardianshipEnd.RESIGNED)
    assert codes(case.given(*WITH_GUARDIAN, ended)) == ["G8", "G9"]


@pytest.mark.parametrize("status", [CareStatus.SEPARATED, CareStatus.UNACCOMPANIED, CareStatus.ORPHANED])
def test_a_child_that_is_not_with_its_family_needs_a_panel(case: Scenario, status: CareStatus) -> None:
    alone = CareStatusDetermined(status=status)
    case.beside(MOTHER, *READY).given(*instead(WITH_MOTHER, ACCOMPANIED, alone))
    assert codes(case) == ["G8"]


@pytest.mark.parametrize(
    "change",
    [
        {"destination": "TR"},
        {"outcome": DeterminedOutcome.REMAIN},
        {"outcome": DeterminedOutcome.DEFERRED},
        {"valid_until": date(2021, 10, 14)},
    ],
    ids=["of another destination", "remain", "deferred", "expired"],
)
def test_a_determination_counts_when_it_is_positive_for_this_destination_and_holds(
    case: Scenario, change: dict[str, object]
) -> None:
    case.given(*instead(WITH_GUARDIAN, DETERMINED, DETERMINED.model_copy(update=change)))
    assert codes(case) == ["G8"]


def test_a_reopened_question_is_not_determined(case: Scenario) -> None:
    reopened = BestInterestsReopened(cause=ReopenCause.FAMILY_TRACED)
    assert codes(case.given(*WITH_GUARDIAN).given(reopened, on="2021-10-10")) == ["G8"]


def test_a_reception_plan_of_another_state_does_not_count(case: Scenario) -> None:
    elsewhere = RECEPTION.model_copy(update={"country": "TR"})
    assert codes(case.given(*instead(WITH_GUARDIAN, RECEPTION, elsewhere))) == ["G8"]


def test_who_sat_on_the_panel_does_not_clear_and_the_caseworker_does_not_sit(case: Scenario) -> None:
    case.given(*WITH_GUARDIAN).when(CLEAR, by=PANEL[0]).then_refused("departure.not-ready", rules=["G8"])
    assert codes(case.given(CaseAssigned(officer=PANEL[1]))) == ["G8"]


def test_a_child_about_to_be_separated_counts_as_one_that_is(case: Scenario) -> None:
    for mother in (ready_but(APPROVED), (*READY, DIED), (*READY, AT_LARGE)):
        child = Scenario().beside(MOTHER, *mother).given(*WITH_MOTHER)
        assert "G8" in codes(child)
    assert codes(case.beside(MOTHER, *READY, *GONE_HOME).given(*WITH_MOTHER)) == []


def test_a_child_follows_a_mother_who_is_on_the_way_there_and_not_one_who_went_elsewhere(case: Scenario) -> None:
    case.beside(MOTHER, *READY, CLEARED, FACT["case.departed"]).given(*WITH_MOTHER)
    assert codes(case) == []
    away = FACT["case.departed"].model_copy(update={"destination": "TR"})
    assert "G8" in codes(Scenario().beside(MOTHER, *READY, away).given(*WITH_MOTHER))
    arrived = FACT["case.arrived-in-country"].model_copy(update={"country": "TR"})
    assert "G8" in codes(Scenario().beside(MOTHER, *READY, CLEARED, FACT["case.departed"], arrived).given(*WITH_MOTHER))


def test_a_child_whose_mother_has_no_case_is_about_to_be_separated(case: Scenario) -> None:
    assert codes(case.given(*WITH_MOTHER)) == ["G8", "G10"]


def test_who_is_possibly_a_child_is_protected_like_one(case: Scenario) -> None:
    unknown = instead(READY, TOLD_BIRTH, OF_UNKNOWN_AGE)
    assert codes(case.given(*unknown)) == ["G8", "G9"]
    assessed = AgeAssessed(min_years=22, max_years=26, method=AssessmentMethod.MULTIDISCIPLINARY, assessor="UN-WHO")
    assert codes(case.given(assessed, on=TODAY)) == []


def test_of_whose_birth_nothing_is_on_record_is_protected_like_a_child(case: Scenario) -> None:
    assert codes(case.given(*ready_but(TOLD_BIRTH))) == ["G8", "G9"]


# ---------------------------------------------------------------- G10
def test_a_mother_does_not_leave_her_child_behind(case: Scenario) -> None:
    case.beside(MOTHER, *WITH_MOTHER).given(*WITH_CHILD)
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G10"])


@pytest.mark.parametrize(
    "beside",
    [
        (*WITH_MOTHER, CLEARED),
        (*WITH_MOTHER, CLEARED, FACT["case.departed"]),
        (*WITH_MOTHER, *GONE_HOME),
        (*WITH_MOTHER, DIED),
        (*WITH_MOTHER, AT_LARGE),
        (*without(WITH_MOTHER, CHILD), TOLD_BIRTH),
    ],
    ids=["cleared", "on the way", "there", "dead", "missing", "grown up"],
)
def test_a_mother_leaves_with_her_child_ahead_or_where_there_is_none_to_leave(
    case: Scenario, beside: tuple[Fact, ...]
) -> None:
    assert codes(case.beside(MOTHER, *beside).given(*WITH_CHILD)) == []


@pytest.mark.parametrize(
    "beside",
    [
        (*WITH_MOTHER, CLEARED.model_copy(update={"destination": "TR"})),
        (*WITH_MOTHER, CLEARED.model_copy(update={"expires_on": date(2021, 10, 14)})),
        without(WITH_MOTHER, CHILD),
    ],
    ids=["cleared for another state", "clearance expired", "of unknown age"],
)
def test_a_child_that_is_not_certain_to_follow_is_left_behind(case: Scenario, beside: tuple[Fact, ...]) -> None:
    assert codes(case.beside(MOTHER, *beside).given(*WITH_CHILD)) == ["G10"]


def test_a_child_of_whom_there_is_no_case_is_left_behind_until_the_link_is_refuted(case: Scenario) -> None:
    assert codes(case.given(*WITH_CHILD)) == ["G10"]
    assert codes(case.given(KinRefuted(kin_id=KIN, cause=RefutedBy.DNA))) == []


def test_a_link_to_what_is_no_person_leaves_somebody_behind_of_whom_there_is_no_case(case: Scenario) -> None:
    assert codes(case.given(*READY, HER_CHILD.model_copy(update={"person": AL_HOL}))) == ["G10"]


def test_a_child_whose_age_cannot_be_read_leaves_open_whether_it_is_left_behind(case: Scenario) -> None:
    hidden = recorded(CHILD.model_copy(update={"birth": WITHHELD}), 1, stream=MOTHER)
    state = case.given(*WITH_CHILD).case
    others = {**case.others, MOTHER: CASE.fold([hidden])}
    (rule,) = unmet(state, DepartureRequest.of(state, "IQ", on=TODAY, others=others))
    assert rule == Unmet(FAMILY_TOGETHER, Because.WITHHELD)


def test_a_child_of_others_in_her_care_is_not_left_behind_either(case: Scenario) -> None:
    in_care = HER_CHILD.model_copy(update={"relation": Relation.CHILD_IN_CARE})
    assert codes(case.beside(MOTHER, *WITH_MOTHER).given(*READY, in_care)) == ["G10"]


def test_a_panel_that_finds_that_the_child_remains_justifies_it_when_another_clears(case: Scenario) -> None:
    remains = DETERMINED.model_copy(update={"outcome": DeterminedOutcome.REMAIN})
    case.beside(MOTHER, *WITH_MOTHER, remains).given(*WITH_CHILD)
    case.when(CLEAR, by=PANEL[0]).then_refused("departure.not-ready", rules=["G10"])
    assert asked_by(case, SUPERVISOR) == []


@pytest.mark.parametrize(
    "change",
    [{"outcome": DeterminedOutcome.TRANSFER}, {"destination": "TR"}, {"valid_until": date(2021, 10, 14)}],
    ids=["it goes", "of another destination", "expired"],
)
def test_another_finding_does_not_justify_it(case: Scenario, change: dict[str, object]) -> None:
    found = DETERMINED.model_copy(update={"outcome": DeterminedOutcome.REMAIN, **change})
    assert codes(case.beside(MOTHER, *WITH_MOTHER, found).given(*WITH_CHILD)) == ["G10"]


def test_a_child_does_not_leave_who_cares_for_it_unless_a_panel_found_it_right(case: Scenario) -> None:
    alone = instead(WITH_GUARDIAN, ALONE, HER_MOTHER)
    case.beside(MOTHER, *ready_but(APPROVED)).given(*without(alone, DETERMINED), ALONE)
    assert codes(case) == ["G8", "G10"]
    case.given(DETERMINED, BY_GUARDIAN, CONSENTED.model_copy(update={"consent_id": made(5)}))
    assert codes(case) == []
    assert asked_by(case, PANEL[0]) == ["G8", "G10"]


@pytest.mark.parametrize("mother", [(*READY, DIED), (*READY, AT_LARGE)], ids=["dead", "missing"])
def test_a_caregiver_who_is_not_there_is_not_left_behind(case: Scenario, mother: tuple[Fact, ...]) -> None:
    case.beside(MOTHER, *mother).given(*WITH_GUARDIAN, HER_MOTHER, CONSENTED.model_copy(update={"consent_id": made(5)}))
    assert codes(case) == []


def test_a_father_who_does_not_care_for_the_child_may_stay(case: Scenario) -> None:
    father = HER_MOTHER.model_copy(
        update={"kin_id": made(6), "person": FATHER, "relation": Relation.FATHER, "primary_caregiver": False}
    )
    case.beside(MOTHER, *READY).beside(FATHER, *ready_but(APPROVED)).given(*WITH_MOTHER, father)
    assert codes(case) == []


def test_a_grown_up_may_leave_who_once_cared_for_them(case: Scenario) -> None:
    assert codes(case.beside(MOTHER, *ready_but(APPROVED)).given(*READY, HER_MOTHER)) == []


def test_a_sixteen_year_old_mother_is_child_and_caregiver_at_once(case: Scenario) -> None:
    baby, grandmother = made(7), MOTHER
    her_baby = HER_CHILD.model_copy(update={"kin_id": made(6), "person": baby})
    of_sixteen = TOLD_BIRTH.model_copy(update={"birth": PartialDate.parse("2005-08-01")})
    case.beside(grandmother, *READY).given(*instead(WITH_MOTHER, CHILD, of_sixteen), her_baby)
    case.beside(baby, *without(WITH_MOTHER, HER_MOTHER))
    assert codes(case) == ["G10"]
    case.of(baby).given(CLEARED)
    assert codes(case) == []
