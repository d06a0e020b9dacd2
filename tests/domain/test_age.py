"""Age is computed for a day from every account of a birth, and doubt benefits the child (I13)."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from domain.case.age import Born, age_on, born, certainly_child, possibly_child
from domain.case.assessment import AgeAssessed, AssessmentMethod, RecordAgeAssessment
from domain.case.case import CASE
from domain.case.identity import BirthRecorded, RecordBirth
from domain.case.journey import ClearanceWithdrawn, WithdrawalCause
from domain.case.newborn import BornInFacility
from domain.case.registration import Circumstances, OpenCase, ToldBirth
from domain.dates import PartialDate
from domain.kernel import Fact
from domain.privacy import ERASED, WITHHELD
from domain.values import Evidence, LateReason
from tests.examples import AL_HOL, CLEARED, HELD, MOTHER, READY
from tests.scenario import TODAY, Scenario, recorded

day = PartialDate.parse


def told(birth: str, strength: Evidence = Evidence.CLAIMED) -> BirthRecorded:
    return BirthRecorded(birth=day(birth), place=None, strength=strength)


def assessed(least: int, most: int, by: str = "UN-UNICEF") -> AgeAssessed:
    return AgeAssessed(method=AssessmentMethod.MULTIDISCIPLINARY, assessor=by, min_years=least, max_years=most)


def child(case: Scenario, on: date = TODAY) -> tuple[bool, bool]:
    """Whether the person is certainly, and possibly, a child."""
    return certainly_child(case.case, on), possibly_child(case.case, on)


# ---------------------------------------------------------------- what caseworkers type
@pytest.mark.parametrize(
    ("birth", "certainly", "possibly"),
    [
        ("2010-05-01", True, True),
        ("2003-10-16", True, True),
        ("2003-10-15", False, False),
        ("2003", False, True),
        ("2004", True, True),
        ("2009~", True, True),  # "about 12"
        ("2003-01-01", False, True),
        ("2001-01-01", False, False),
        ("XXXX", False, True),
        ("200X", False, True),
        ("../2003", False, True),
        ("1891", False, False),
    ],
)
def test_an_age_is_as_sure_as_the_birth_that_was_told(
    case: Scenario, birth: str, certainly: bool, possibly: bool
) -> None:
    case.given(*HELD).when(RecordBirth(birth=day(birth)))
    assert child(case) == (certainly, possibly)


def test_who_has_no_birth_on_record_may_be_a_child(case: Scenario) -> None:
    assert child(case.given(*HELD)) == (False, True)
    assert born(case.case) is None


def test_a_first_of_january_is_a_day_once_somebody_has_verified_it(case: Scenario) -> None:
    case.given(*HELD, told("2003-01-01"))
    assert born(case.case) == Born(date(2003, 1, 1), date(2003, 12, 31))
    case.when(RecordBirth(birth=day("2003-01-01"), strength=Evidence.VERIFIED))
    assert born(case.case) == Born(date(2003, 1, 1), date(2003, 1, 1))


def test_who_was_born_on_29_february_comes_of_age_on_1_march(case: Scenario) -> None:
    case.given(*HELD, told("2004-02-29"))
    assert child(case, date(2022, 2, 28)) == (True, True)
    assert child(case, date(2022, 3, 1)) == (False, False)


@pytest.mark.parametrize("year", ["1412", "1443-05", "1399/1401"])
def test_a_hijri_year_is_not_guessed_and_the_officer_is_told_how_to_convert_it(case: Scenario, year: str) -> None:
    case.given(*HELD).when(RecordBirth(birth=day(year))).then_refused("birth.hijri")
    assert not isinstance(case.outcome, list)
    assert "1412 is 1991/1992" in case.outcome.sentence
    case.when(RecordBirth(birth=day("1991/1992")))
    assert born(case.case) == Born(date(1991, 1, 1), date(1992, 12, 31))


def test_nobody_is_older_than_130_years(case: Scenario) -> None:
    case.given(*HELD).when(RecordBirth(birth=day("1889"))).then_refused("birth.too-long-ago")
    case.when(RecordBirth(birth=day("1891-10-15")))
    assert age_on(day("1891-10-15"), TODAY) == (130, 130)
    opening = OpenCase(circumstances=Circumstances.ARRIVAL, birth=ToldBirth(birth=day("1790~")))
    Scenario().when(opening).then_refused("birth.too-long-ago")


def test_nobody_is_born_tomorrow(case: Scenario) -> None:
    case.given(*HELD).when(RecordBirth(birth=day("2021-12"))).then_refused("record.in-future")


# ---------------------------------------------------------------- accounts side by side
def test_of_equally_supported_births_the_widest_reach_counts(case: Scenario) -> None:
    case.given(*HELD, told("2001-06-01"), told("2005-06-01"))
    assert born(case.case) == Born(date(2001, 6, 1), date(2005, 6, 1))
    assert child(case) == (False, True)
    case.when(RecordBirth(birth=day("2001-06-01"), strength=Evidence.DOCUMENTED))
    assert child(case) == (False, False)


def test_two_assessments_that_contradict_each_other_leave_the_person_possibly_a_child(case: Scenario) -> None:
    case.given(*HELD, assessed(18, 20), assessed(15, 16, "SY-AANES"), on=TODAY)
    assert born(case.case) == Born(date(2000, 10, 16), date(2006, 10, 15))
    assert child(case) == (False, True)


def test_an_assessment_outweighs_a_claim_and_stands_beside_a_document(case: Scenario) -> None:
    case.given(*HELD, told("1995"), assessed(14, 16), on=TODAY)
    assert child(case) == (True, True)
    case.given(told("1995", Evidence.DOCUMENTED))
    assert child(case) == (False, True)
    case.given(told("1995", Evidence.VERIFIED))
    assert child(case) == (False, False)


@pytest.mark.parametrize(
    ("on", "years", "expected"),
    [
        ("2021-10-15", (16, 17), Born(date(2003, 10, 16), date(2005, 10, 15))),
        ("2024-02-29", (17, 17), Born(date(2006, 3, 1), date(2007, 2, 28))),
        ("2021", (0, 0), Born(date(2020, 1, 2), date(2021, 12, 31))),
        ("XXXX", (10, 12), Born(date(1, 1, 2), date(9989, 12, 31))),
    ],
)
def test_an_assessed_age_is_an_interval_of_births(on: str, years: tuple[int, int], expected: Born) -> None:
    facts = [recorded(assessed(*years), 1, occurred_on=on)]
    found = born(CASE.fold(facts))
    assert found == expected
    if "-" in on:
        assert isinstance(found, Born)
        assert age_on(found, date.fromisoformat(on)) == years


def test_an_assessed_age_grows_with_the_years(case: Scenario) -> None:
    case.given(*HELD).given(assessed(16, 16), on="2020-01-10")
    assert child(case, date(2021, 1, 10)) == (True, True)
    assert child(case, date(2021, 1, 11)) == (False, True)
    assert child(case, date(2022, 1, 10)) == (False, False)


def test_an_age_that_nobody_may_read_is_never_taken_for_an_adult(case: Scenario) -> None:
    for hidden in (WITHHELD, ERASED):
        unread: list[Fact] = [
            told("1980").model_copy(update={"birth": hidden}),
            assessed(30, 40).model_copy(update={"max_years": hidden}),
            assessed(30, 40).model_copy(update={"min_years": hidden, "max_years": hidden}),
        ]
        for fact in unread:
            state = CASE.fold([*case.history, recorded(fact, 1)])
            assert born(state) is hidden
            assert (certainly_child(state, TODAY), possibly_child(state, TODAY)) == (False, True)
    weaker = told("1980").model_copy(update={"birth": WITHHELD})
    assert born(CASE.fold([recorded(weaker, 1), recorded(told("1990", Evidence.VERIFIED), 2)])) is not WITHHELD
    both = CASE.fold([recorded(told("1990"), 1), recorded(weaker, 2)])
    assert born(both) is WITHHELD


def test_a_birth_in_a_facility_is_as_good_as_a_document(case: Scenario) -> None:
    case.given(told("2005"), BornInFacility(facility=AL_HOL, mother=MOTHER, birth=day("2021-09-28")))
    assert born(case.case) == Born(date(2021, 9, 28), date(2021, 9, 28))


# ---------------------------------------------------------------- requests
def test_an_assessment_is_recorded_once_and_the_next_one_is_news(case: Scenario) -> None:
    ask = RecordAgeAssessment(method=AssessmentMethod.DENTAL, assessor="IQ-MOH", min_years=16, max_years=18)
    case.given(*HELD).when(ask)
    assert isinstance(case.outcome, list)
    assert len(case.outcome) == 1
    case.when(ask.model_copy(update={"occurred_on": day("2021-10-01")}))
    assert len(case.case.identity.assessments) == 2


def test_the_least_age_is_not_above_the_greatest_and_nobody_is_a_thousand() -> None:
    for years in (
        {"min_years": 19, "max_years": 16},
        {"min_years": -1, "max_years": 3},
        {"min_years": 1, "max_years": 999},
    ):
        with pytest.raises(ValidationError):
            RecordAgeAssessment(method=AssessmentMethod.DENTAL, assessor="IQ-MOH", **years)


def test_nineteen_corrected_to_sixteen_withdraws_the_clearance(case: Scenario) -> None:
    """After the charge it turns out that the accused is a child: whatever was decided about a man is decided anew."""
    case.given(*READY, told("2002-04-05", Evidence.DOCUMENTED), CLEARED)
    assert child(case) == (False, False)
    case.when(
        RecordAgeAssessment(
            method=AssessmentMethod.COURT,
            assessor="IQ-COURT",
            min_years=16,
            max_years=16,
            occurred_on=day("2021-10-14"),
        )
    )
    assert isinstance(case.outcome, list)
    assert case.outcome[1:] == [(ClearanceWithdrawn(cause=WithdrawalCause.IDENTITY), PartialDate.of(TODAY))]
    assert child(case) == (False, True)
    case.when(RecordBirth(birth=day("2005-04-05"), strength=Evidence.JUDICIAL, late_reason=LateReason.CORRECTION))
    assert child(case) == (True, True)


def test_a_birth_that_makes_an_adult_possibly_a_child_withdraws_the_clearance_and_one_that_does_not_does_not(
    case: Scenario,
) -> None:
    case.given(*READY, told("1990"), CLEARED).when(RecordBirth(birth=day("1991")))
    assert case.case.journey.clearance is not None
    case.when(RecordBirth(birth=day("2005"), strength=Evidence.DOCUMENTED))
    assert case.case.journey.clearance is None
