"""Who lets themselves in says why, is let in for a while, and is reviewed by somebody else."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest
from pydantic import ValidationError

from domain.break_glass import (
    BREAK_GLASS,
    NAME,
    AccessReviewed,
    BreakGlass,
    BreakGlassState,
    ReviewAccess,
    ReviewOutcome,
)
from domain.case.record import ErasureBasis, PersonErased
from domain.kernel import Fact
from domain.privacy import BlockLabel
from tests.examples import OPENED
from tests.examples_record import OTHER_CASE
from tests.examples_subject import BROKEN, FENCE, WHY
from tests.scenario import CASEWORKER, SUPERVISOR, TODAY, Scenario, recorded

AT = datetime.combine(TODAY, time(12), tzinfo=UTC)
"""When everything in a scenario is recorded."""
JUSTIFIED = AccessReviewed(outcome=ReviewOutcome.JUSTIFIED)
UNJUSTIFIED = AccessReviewed(outcome=ReviewOutcome.UNJUSTIFIED)


def glass(*facts: Fact) -> BreakGlassState:
    return BREAK_GLASS.fold([recorded(fact, nth) for nth, fact in enumerate(facts, 1)])


@pytest.fixture
def breaking() -> Scenario:
    """Nobody has broken anything yet; there is a case."""
    return Scenario(NAME).beside(OTHER_CASE, OPENED)


def break_glass(**changed: object) -> BreakGlass:
    return BreakGlass.model_validate(
        {"case_id": OTHER_CASE, "classes": ["medical", "identity"], "minutes": 60, "justification": WHY} | changed
    )


# ---------------------------------------------------------------- letting oneself in
def test_whoever_says_why_is_let_in_and_it_is_recorded(breaking: Scenario) -> None:
    breaking.when(break_glass()).then(BROKEN)


@pytest.mark.parametrize(
    "changed",
    [
        {"justification": "urgent"},
        {"justification": " " * 60},
        {"minutes": 181},
        {"minutes": 0},
        {"classes": []},
        {"classes": ["security"]},
        {"classes": ["judicial"]},
        {"classes": ["open"]},
    ],
    ids=str,
)
def test_nobody_is_let_in_without_a_reason_for_long_or_to_what_saves_no_life(changed: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        break_glass(**changed)


def test_nobody_is_let_in_to_a_case_that_there_is_not_or_that_is_erased() -> None:
    Scenario(NAME).when(break_glass()).then_refused("break-glass.unknown-case")
    gone = PersonErased(covers=(OTHER_CASE,), fence_sha256=FENCE, basis=ErasureBasis.REQUEST)
    Scenario(NAME).beside(OTHER_CASE, OPENED, gone).when(break_glass()).then_refused("case.erased")


# ---------------------------------------------------------------- looking
def test_who_broke_it_is_let_in_to_that_case_until_the_time_is_over() -> None:
    known = glass(BROKEN)
    assert known.lets_in(CASEWORKER, OTHER_CASE, AT)
    assert known.lets_in(CASEWORKER, OTHER_CASE, AT + timedelta(minutes=59))
    assert not known.lets_in(CASEWORKER, OTHER_CASE, AT + timedelta(minutes=60))
    assert not known.lets_in(CASEWORKER, OTHER_CASE, AT - timedelta(seconds=1))
    assert not known.lets_in(CASEWORKER, UUID(int=7), AT)
    assert not known.lets_in(SUPERVISOR, OTHER_CASE, AT)
    assert not glass().lets_in(CASEWORKER, OTHER_CASE, AT)


def test_it_opens_the_classes_that_it_was_broken_for() -> None:
    assert glass(BROKEN).opens({BlockLabel.MEDICAL})
    assert glass(BROKEN).opens(frozenset())
    assert not glass(BROKEN).opens({BlockLabel.MEDICAL, BlockLabel.NARRATIVE})
    assert not glass().opens(frozenset())


# ---------------------------------------------------------------- reviewing
def test_a_second_person_reviews_it_once(breaking: Scenario) -> None:
    review = ReviewAccess(case_id=OTHER_CASE, outcome=ReviewOutcome.JUSTIFIED)
    breaking.given(BROKEN, by=CASEWORKER).when(review, by=SUPERVISOR).then(JUSTIFIED)
    breaking.when(review).then_nothing()
    other = ReviewAccess(case_id=OTHER_CASE, outcome=ReviewOutcome.UNJUSTIFIED)
    breaking.when(other).then_refused("break-glass.already-reviewed")


def test_nobody_reviews_themselves_or_as_another_case(breaking: Scenario) -> None:
    review = ReviewAccess(case_id=OTHER_CASE, outcome=ReviewOutcome.JUSTIFIED)
    breaking.given(BROKEN, by=CASEWORKER).when(review, by=CASEWORKER).then_refused("break-glass.same-person")
    breaking.beside(UUID(int=9), OPENED)
    breaking.when(ReviewAccess(case_id=UUID(int=9), outcome=ReviewOutcome.JUSTIFIED), by=SUPERVISOR).then_refused(
        "break-glass.other-case"
    )


def test_a_review_that_finds_no_good_reason_ends_what_is_left_of_the_time() -> None:
    assert glass(BROKEN, JUSTIFIED).lets_in(CASEWORKER, OTHER_CASE, AT)
    assert not glass(BROKEN, UNJUSTIFIED).lets_in(CASEWORKER, OTHER_CASE, AT)


def test_what_does_not_fit_is_kept_as_an_anomaly() -> None:
    odd = glass(BROKEN, BROKEN)
    assert odd.broken == glass(BROKEN).broken
    assert [anomaly.code for anomaly in odd.anomalies] == ["record.foreign-fact"]
