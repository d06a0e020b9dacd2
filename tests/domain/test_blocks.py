"""Blocks: who imposes, reviews, proposes and lifts; overdue and still open; of two agencies one lifts (I1 to I3)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.case.block_reviews import (
    NoteBlockReviewOverdue,
    ProposeSecurityBlockLift,
    ReviewReason,
    ReviewSecurityBlock,
    SecurityBlockLiftProposed,
    SecurityBlockReviewed,
    SecurityBlockReviewOverdue,
)
from domain.case.blocks import (
    BlockGround,
    ImposeSecurityBlock,
    LiftAuthority,
    LiftSecurityBlock,
    SecurityBlockLifted,
)
from domain.case.status import Overlay
from domain.case.work import TaskKind, TaskRaised
from domain.dates import PartialDate
from domain.ids import named_id
from tests.domain.gating import codes
from tests.examples import BLOCK, BLOCKED, CLEARED, FACT, HELD, READY, TOLD_BIRTH
from tests.scenario import BEFORE, COMMAND, TODAY, Scenario, made

day = PartialDate.parse
IN_APRIL = date(2022, 4, 15)
PERSISTS = (ReviewReason.GROUND_PERSISTS,)
FELL_AWAY = (ReviewReason.GROUND_FELL_AWAY,)
UPHOLD = ReviewSecurityBlock(block_id=BLOCK, upheld=True, review_due_on=IN_APRIL, reasons=PERSISTS)
END = ReviewSecurityBlock(block_id=BLOCK, upheld=False, reasons=FELL_AWAY)
PROPOSE = ProposeSecurityBlockLift(block_id=BLOCK, reasons=(ReviewReason.DISPROPORTIONATE,))
IMPOSE = ImposeSecurityBlock(agency="IQ-INSS", ground=BlockGround.WANTED, review_due_on=IN_APRIL)
LIFT = LiftSecurityBlock(block_id=made())
OVERDUE = NoteBlockReviewOverdue(block_id=BLOCK)
UPHELD = SecurityBlockReviewed(block_id=BLOCK, upheld=True, review_due_on=IN_APRIL, reasons=PERSISTS)
LIFTED = SecurityBlockLifted(block_id=BLOCK, by_agency="IQ-INSS", authority=LiftAuthority.IMPOSING_AGENCY)
OLD = BLOCKED.model_copy(update={"review_due_on": BEFORE})
REVIEW = TaskRaised(
    task_id=named_id(COMMAND, "task/review_block/0"), kind=TaskKind.REVIEW_BLOCK, due_on=None, text=None
)


def test_a_block_that_is_upheld_names_its_next_review(case: Scenario) -> None:
    case.given(*HELD, BLOCKED).when(UPHOLD, agency="IQ-INSS").then(UPHELD).then_overlays(Overlay.BLOCKED)
    assert case.case.blocks.open[BLOCK].review_due_on == IN_APRIL
    Scenario().given(*HELD, BLOCKED).when(
        UPHOLD.model_copy(update={"review_due_on": None}), agency="IQ-INSS"
    ).then_refused("block.review-date-missing")
    early = UPHOLD.model_copy(update={"review_due_on": date(2021, 10, 14)})
    Scenario().given(*HELD, BLOCKED).when(early, agency="IQ-INSS").then_refused("block.review-before-start")


def test_a_block_that_is_not_upheld_is_lifted_with_the_review(case: Scenario) -> None:
    ended = SecurityBlockReviewed(block_id=BLOCK, upheld=False, review_due_on=None, reasons=FELL_AWAY)
    case.given(*HELD, BLOCKED).when(END, agency="IQ-INSS").then(ended, LIFTED).then_overlays().then_odd()
    case.when(END, agency="IQ-INSS").then_nothing()


@pytest.mark.parametrize("command", [UPHOLD, END], ids=["uphold", "end"])
def test_only_who_may_lift_a_block_reviews_it(case: Scenario, command: ReviewSecurityBlock) -> None:
    case.given(*HELD, BLOCKED).when(command, agency="IQ-INIS").then_refused("block.not-yours")
    case.when(command.model_copy(update={"authority": LiftAuthority.COURT}), agency="DK-COURT").then_refused(
        "block.not-yours"
    )
    case.when(command.model_copy(update={"block_id": made(9)}), agency="IQ-INSS").then_refused("block.unknown")


def test_the_block_of_an_abolished_agency_is_reviewed_and_lifted_by_its_successor(case: Scenario) -> None:
    abolished = BLOCKED.model_copy(update={"agency": "IQ-MSNS"})
    case.given(*HELD, abolished).when(LiftSecurityBlock(block_id=BLOCK), agency="IQ-INSS").then_refused(
        "block.not-yours"
    )
    heir = END.model_copy(update={"authority": LiftAuthority.SUCCESSOR})
    case.when(heir, agency="IQ-INSS").then_overlays()


def test_the_same_review_records_nothing_and_a_later_one_of_the_same_words_does(case: Scenario) -> None:
    case.given(*HELD, BLOCKED).given(UPHELD, on="2021-10-10").when(UPHOLD, agency="IQ-INSS").then_nothing()
    case.when(UPHOLD.model_copy(update={"occurred_on": day("2021-10-14")}), agency="IQ-INSS").then(UPHELD)


def test_a_review_told_late_does_not_move_the_next_one_back(case: Scenario) -> None:
    earlier = UPHELD.model_copy(update={"review_due_on": date(2021, 12, 1)})
    case.given(*HELD, BLOCKED).given(UPHELD, on="2021-10-10").given(earlier, on="2021-10-05", recorded_on=TODAY)
    assert case.case.blocks.open[BLOCK].review_due_on == IN_APRIL


# ---------------------------------------------------------------- I1
def test_a_block_whose_review_is_overdue_says_so_and_stands(case: Scenario) -> None:
    case.given(*READY, OLD).when(OVERDUE)
    case.then(SecurityBlockReviewOverdue(block_id=BLOCK, overdue_since=BEFORE), REVIEW)
    assert codes(case, on=TODAY + timedelta(days=10_000))[0] == "G1"
    case.when(OVERDUE).then_nothing()


def test_a_review_ends_being_overdue_until_the_next_date_passes(case: Scenario) -> None:
    case.given(*HELD, OLD, FACT["case.security-block-review-overdue"]).when(UPHOLD, agency="IQ-INSS")
    case.when(OVERDUE).then_refused("block.not-overdue")
    case.when(OVERDUE, on=IN_APRIL).then_refused("block.not-overdue")
    case.when(OVERDUE, on=IN_APRIL + timedelta(days=1)).then(
        SecurityBlockReviewOverdue(block_id=BLOCK, overdue_since=IN_APRIL), REVIEW
    )


def test_a_block_that_was_lifted_or_never_was_is_not_overdue(case: Scenario) -> None:
    case.given(*HELD, OLD, LIFTED).when(OVERDUE).then_nothing()
    case.when(NoteBlockReviewOverdue(block_id=made(9))).then_refused("block.unknown")


# ---------------------------------------------------------------- whom it meets
def test_a_block_on_a_baby_stands_and_shows_that_it_is_one_on_a_child(case: Scenario) -> None:
    """Nothing in a name or a family clears a baby of it; whoever reviews it sees that it is about a child."""
    baby = TOLD_BIRTH.model_copy(update={"birth": day("2021-06")})
    case.given(*HELD, baby).when(IMPOSE, agency="IQ-INSS").then_overlays(Overlay.BLOCKED, Overlay.CHILD)
    case.when(LIFT, agency="UN-UNICEF").then_refused("block.not-yours")
    case.when(PROPOSE.model_copy(update={"block_id": made()}), agency="UN-UNICEF").then_overlays(
        Overlay.BLOCKED, Overlay.CHILD
    )
    case.when(LIFT, agency="IQ-INSS").then_overlays(Overlay.CHILD)


def test_a_block_that_meant_a_namesake_is_lifted_and_no_clearance_comes_back(case: Scenario) -> None:
    case.given(*READY, CLEARED).when(IMPOSE, agency="IQ-INSS").then_overlays(Overlay.BLOCKED)
    case.when(LIFT, agency="IQ-INSS").then_overlays()
    assert codes(case) == ["G6"], "whom an agency once suspected is not sent to capital punishment"
    assert case.case.journey.clearance is None


# ---------------------------------------------------------------- I2
def test_who_may_not_lift_a_block_proposes_it_and_the_block_stands(case: Scenario) -> None:
    proposed = SecurityBlockLiftProposed(block_id=BLOCK, by_agency="UN-UNHCR", reasons=(ReviewReason.DISPROPORTIONATE,))
    case.given(*HELD, BLOCKED).when(PROPOSE, agency="UN-UNHCR").then(proposed, REVIEW).then_overlays(Overlay.BLOCKED)
    case.when(PROPOSE, agency="UN-UNHCR").then_nothing()
    assert case.case.blocks.open[BLOCK].lift_proposed_by == {"UN-UNHCR"}


def test_after_a_review_the_same_agency_may_propose_again(case: Scenario) -> None:
    case.given(*HELD, BLOCKED, FACT["case.security-block-lift-proposed"]).given(UPHELD, on="2021-10-10")
    assert case.case.blocks.open[BLOCK].lift_proposed_by == frozenset()
    case.given(FACT["case.security-block-lift-proposed"], on="2021-10-11").then_odd()


def test_nobody_proposes_to_lift_what_is_not_there(case: Scenario) -> None:
    case.given(*HELD, BLOCKED, LIFTED).when(PROPOSE, agency="UN-UNHCR").then_nothing()
    case.when(ProposeSecurityBlockLift(block_id=made(9), reasons=FELL_AWAY)).then_refused("block.unknown")


# ---------------------------------------------------------------- I3
def test_of_two_agencies_that_block_one_lifts_and_the_other_goes_on(case: Scenario) -> None:
    other = BLOCKED.model_copy(update={"block_id": made(9), "agency": "IQ-INIS"})
    case.given(*HELD, BLOCKED, other).when(LiftSecurityBlock(block_id=BLOCK), agency="IQ-INSS").then(LIFTED)
    case.then_overlays(Overlay.BLOCKED).when(LiftSecurityBlock(block_id=made(9)), agency="IQ-INIS").then_overlays()


@pytest.mark.parametrize(
    "topic",
    ["case.security-block-reviewed", "case.security-block-lift-proposed", "case.security-block-review-overdue"],
)
def test_what_is_told_of_a_lifted_block_is_past_and_of_none_is_odd(case: Scenario, topic: str) -> None:
    case.given(*HELD, BLOCKED, LIFTED).given(FACT[topic], on="2021-10-10").then_odd()
    Scenario().given(*HELD, FACT[topic]).then_odd("block.unknown")
