"""Screenings that take another turn: reversed before and after the departure, cancelled, answered all the same."""

from __future__ import annotations

from datetime import date

import pytest

from domain.case.journey import ClearanceWithdrawn, WithdrawalCause
from domain.case.reversals import (
    CancellationCause,
    CancelScreening,
    ReversalReason,
    ReverseScreeningResult,
    ScreeningCancelled,
    ScreeningResultReversed,
)
from domain.case.screening import CompleteScreening, RequestScreening, ScreeningKind, ScreeningResult
from domain.case.status import Status
from domain.dates import PartialDate
from domain.values import LateReason
from tests.domain.gating import CLEAR, DEPART, codes, ready_with
from tests.examples import ASKED_TO_SCREEN, CLEARED, FACT, HELD, LEFT, READY, SCREENED, SCREENING
from tests.scenario import TODAY, Scenario, made

day = PartialDate.parse
ADVERSE = ReverseScreeningResult(
    screening_id=SCREENING, to_result=ScreeningResult.ADVERSE, reason=ReversalReason.NEW_INFORMATION
)
CANCEL = CancelScreening(screening_id=SCREENING, cause=CancellationCause.NO_LONGER_NEEDED)
REVERSED = ScreeningResultReversed(
    screening_id=SCREENING,
    from_result=ScreeningResult.CLEARED,
    to_result=ScreeningResult.ADVERSE,
    valid_until=None,
    reason=ReversalReason.NEW_INFORMATION,
)
BY_THE_OTHER = ASKED_TO_SCREEN.model_copy(update={"screening_id": made(9)})


def test_a_screening_reversed_after_the_clearance_ends_it(case: Scenario) -> None:
    case.given(*READY, CLEARED).when(ADVERSE).then(REVERSED, ClearanceWithdrawn(cause=WithdrawalCause.SCREENING))
    case.then_status(Status.APPROVED).when(CLEAR).then_refused("departure.not-ready", rules=["G2", "G6"])


def test_a_screening_reversed_after_the_departure_is_recorded_and_brings_nobody_back(case: Scenario) -> None:
    case.given(*LEFT).when(ADVERSE).then(REVERSED).then_status(Status.IN_TRANSIT).then_odd()


def test_an_adverse_answer_about_a_namesake_is_reversed_and_opens_the_gate_again(case: Scenario) -> None:
    case.given(*ready_with(SCREENED, result=ScreeningResult.ADVERSE))
    mended = ReverseScreeningResult(
        screening_id=SCREENING,
        to_result=ScreeningResult.CLEARED,
        reason=ReversalReason.MISTAKEN_IDENTITY,
        valid_until=TODAY,
    )
    case.when(mended).then_odd()
    assert codes(case) == []
    assert codes(case, on=date(2021, 10, 16)) == ["G2"]


def test_a_reversal_for_one_destination_leaves_a_clearance_for_another(case: Scenario) -> None:
    elsewhere = CLEARED.model_copy(update={"destination": "TR"})
    case.given(*READY, elsewhere).when(ADVERSE).then(REVERSED)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"screening_id": made(9)}, "screening.unknown"),
        ({"to_result": ScreeningResult.CLEARED}, "screening.not-reversed"),
        ({"occurred_on": day("2021-09-30")}, "screening.before-answer"),
        ({"valid_until": date(2021, 10, 14)}, "screening.expires-before-given"),
    ],
)
def test_what_is_no_reversal_is_refused(case: Scenario, change: dict[str, object], code: str) -> None:
    case.given(*READY).when(ADVERSE.model_copy(update=change)).then_refused(code)


def test_an_answer_that_was_not_given_is_not_reversed(case: Scenario) -> None:
    case.given(*HELD, ASKED_TO_SCREEN).when(ADVERSE).then_refused("screening.unanswered")


def test_the_same_reversal_records_nothing(case: Scenario) -> None:
    case.given(*READY, REVERSED).when(ADVERSE).then_nothing()


def test_a_reversal_told_late_does_not_undo_the_one_after_it(case: Scenario) -> None:
    later = REVERSED.model_copy(update={"from_result": ScreeningResult.ADVERSE, "to_result": ScreeningResult.CLEARED})
    case.given(*READY).given(later, on="2021-10-10").given(REVERSED, on="2021-10-05", recorded_on=TODAY)
    assert case.case.screening.by_id[SCREENING].outcome.result is ScreeningResult.CLEARED  # type: ignore[union-attr]


def test_reversals_that_do_not_fit_are_odd(case: Scenario) -> None:
    Scenario().given(*HELD, REVERSED).then_odd("screening.unrequested")
    Scenario().given(*HELD, ASKED_TO_SCREEN, REVERSED).then_odd("screening.reversed-unanswered")
    other = REVERSED.model_copy(update={"from_result": ScreeningResult.INCONCLUSIVE})
    case.given(*READY, other).then_odd("screening.reversed-otherwise")


def test_a_screening_that_is_cancelled_is_waited_for_no_more(case: Scenario) -> None:
    case.given(*HELD, ASKED_TO_SCREEN).then_status(Status.SCREENING)
    case.when(CANCEL).then(ScreeningCancelled(screening_id=SCREENING, cause=CancellationCause.NO_LONGER_NEEDED))
    case.then_status(Status.REGISTERED).when(CANCEL).then_nothing()
    again = RequestScreening(
        agency="IQ-INSS", kind=ScreeningKind.SECURITY, destination="IQ", due_on=ASKED_TO_SCREEN.due_on
    )
    case.when(again).then_status(Status.SCREENING)


def test_when_the_later_screening_is_cancelled_the_earlier_answer_counts_again(case: Scenario) -> None:
    case.given(*READY, BY_THE_OTHER)
    assert codes(case) == ["G2"]
    case.when(CancelScreening(screening_id=made(9), cause=CancellationCause.ASKED_IN_ERROR))
    assert codes(case) == []


def test_what_was_answered_or_never_asked_is_not_cancelled(case: Scenario) -> None:
    case.given(*READY).when(CANCEL).then_refused("screening.already-completed")
    case.when(CANCEL.model_copy(update={"screening_id": made(9)})).then_refused("screening.unknown")


def test_an_answer_that_comes_after_the_cancelling_counts_and_is_odd(case: Scenario) -> None:
    case.given(*HELD, ASKED_TO_SCREEN, FACT["case.screening-cancelled"])
    case.when(CompleteScreening(screening_id=SCREENING, result=ScreeningResult.ADVERSE))
    case.then_odd("screening.completed-after-cancelling").then_status(Status.REGISTERED)
    assert case.case.screening.latest()[0].outcome is not None


def test_cancellings_that_do_not_fit_are_odd_and_change_nothing(case: Scenario) -> None:
    cancelled = FACT["case.screening-cancelled"]
    Scenario().given(*HELD, cancelled).then_odd("screening.unrequested")
    case.given(*READY, cancelled).then_odd("screening.cancelled-after-answer")
    assert codes(case) == []


def test_an_unready_person_departs_by_a_reversal_told_late(case: Scenario) -> None:
    """What the gate did not know when it opened is not held against it; the record shows both."""
    case.given(*READY, CLEARED).when(DEPART).then(FACT["case.departed"])
    late = ADVERSE.model_copy(update={"occurred_on": day("2021-10-05"), "late_reason": LateReason.NOTIFIED_LATE})
    case.when(late).then(REVERSED).then_status(Status.IN_TRANSIT).then_odd()
