"""What people ask about their own data; forgetting somebody takes two people, and nothing that stands in the way."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from domain.case.erasing import ErasePerson
from domain.case.journey import ArrivedInCountry, Departed
from domain.case.record import (
    CaseAbsorbed,
    CaseMergedInto,
    ErasureBasis,
    HoldBasis,
    PersonErased,
    RetentionHoldPlaced,
    RetentionHoldReleased,
)
from domain.kernel import Refused
from domain.subject_request.answering import AnswerAccess, ApproveErasure, ConfirmErasure, RefuseErasure
from domain.subject_request.asking import RequestErasure, due_after
from domain.subject_request.facts import (
    AccessAnswered,
    AnswerOutcome,
    AskedBy,
    ErasureApproved,
    ErasureGround,
    ErasureRefusal,
    ErasureRefused,
)
from tests.examples import HELD, OPENED, READY
from tests.examples_record import HOLD, OTHER_CASE, STREAM
from tests.examples_subject import AGREED, ASKED_TO_FORGET, ASKED_TO_SEE, DESTROYED, FENCE
from tests.scenario import CASEWORKER, SUPERVISOR, TODAY, Scenario

THIRD = UUID("66666666-0000-4000-8000-0000000000aa")
HELD_UNTIL_2025 = RetentionHoldPlaced(
    hold_id=HOLD, basis=HoldBasis.COURT_ORDER, until=date(2025, 1, 1), reference="Order of 2021-10-01"
)
APPROVED = ErasureApproved(basis=ErasureBasis.REQUEST)
AWAY = (*READY, Departed(destination="IQ"))


@pytest.fixture
def request_of() -> Scenario:
    """A request about which nothing is written down yet; the case that it is about is open."""
    return Scenario("subject-request").beside(OTHER_CASE, OPENED)


def hindered(scenario: Scenario) -> list[tuple[str, str]]:
    assert isinstance(scenario.outcome, Refused)
    assert scenario.outcome.code == "erasure.hindered"
    told = scenario.outcome.details["hindrances"]
    assert isinstance(told, list)
    return [(one["case_id"], one["hindrance"]) for one in told]


# ---------------------------------------------------------------- asking
def test_an_answer_is_due_a_month_after_the_request() -> None:
    assert due_after(date(2021, 10, 15)) == date(2021, 11, 15)
    assert due_after(date(2021, 1, 31)) == date(2021, 2, 28)
    assert due_after(date(2021, 12, 31)) == date(2022, 1, 31)


def test_whoever_asks_to_be_forgotten_is_written_down_also_during_a_hold() -> None:
    scenario = Scenario("subject-request").beside(OTHER_CASE, OPENED, HELD_UNTIL_2025)
    asked = RequestErasure(case_id=OTHER_CASE, by=AskedBy.PERSON, ground=ErasureGround.NO_LONGER_NEEDED)
    scenario.when(asked).then(ASKED_TO_FORGET)


def test_nobody_asks_about_a_case_that_there_is_not() -> None:
    asked = RequestErasure(case_id=OTHER_CASE, by=AskedBy.PERSON, ground=ErasureGround.OBJECTION)
    Scenario("subject-request").when(asked).then_refused("subject-request.unknown-case")
    place = Scenario("subject-request").beside(OTHER_CASE, ASKED_TO_SEE, aggregate="subject-request")
    place.when(asked).then_refused("subject-request.unknown-case")


# ---------------------------------------------------------------- answering
def test_a_request_is_answered_once(request_of: Scenario) -> None:
    request_of.given(ASKED_TO_SEE).when(AnswerAccess(outcome=AnswerOutcome.GRANTED)).then(
        AccessAnswered(outcome=AnswerOutcome.GRANTED)
    )
    request_of.when(AnswerAccess(outcome=AnswerOutcome.GRANTED)).then_nothing()
    request_of.when(AnswerAccess(outcome=AnswerOutcome.REFUSED)).then_refused("subject-request.already-answered")


def test_a_request_of_one_kind_is_not_answered_as_another(request_of: Scenario) -> None:
    request_of.given(ASKED_TO_SEE).when(ApproveErasure()).then_refused("subject-request.other-kind")
    request_of.when(RefuseErasure(basis=ErasureRefusal.WITHDRAWN)).then_refused("subject-request.other-kind")


# ---------------------------------------------------------------- two people
def test_a_second_person_agrees(request_of: Scenario) -> None:
    request_of.given(ASKED_TO_FORGET, by=CASEWORKER).when(ApproveErasure(), by=SUPERVISOR).then(APPROVED)


def test_whoever_wrote_the_request_down_does_not_agree_to_it(request_of: Scenario) -> None:
    request_of.given(ASKED_TO_FORGET, by=CASEWORKER).when(ApproveErasure(), by=CASEWORKER)
    request_of.then_refused("erasure.same-person")


def test_an_approval_is_taken_back_while_the_keys_are_there(request_of: Scenario) -> None:
    request_of.given(ASKED_TO_FORGET, AGREED).when(RefuseErasure(basis=ErasureRefusal.WITHDRAWN))
    request_of.then(ErasureRefused(basis=ErasureRefusal.WITHDRAWN))
    assert request_of.state.approved is None
    assert not request_of.state.open
    request_of.when(ApproveErasure()).then(APPROVED)


def test_nothing_is_decided_once_the_keys_are_destroyed(request_of: Scenario) -> None:
    request_of.given(ASKED_TO_FORGET, AGREED, DESTROYED)
    for command in (ApproveErasure(), RefuseErasure(basis=ErasureRefusal.WITHDRAWN)):
        request_of.when(command).then_refused("erasure.done")


def test_keys_that_were_destroyed_although_nobody_agreed_are_an_anomaly(request_of: Scenario) -> None:
    request_of.given(ASKED_TO_FORGET, DESTROYED).then_odd("erasure.unapproved")
    confirm = ConfirmErasure(covers=(OTHER_CASE,), fence_sha256=FENCE, keys=3, backups_covered_from=TODAY)
    Scenario("subject-request").given(ASKED_TO_FORGET).when(confirm).then_refused("erasure.unapproved")


# ---------------------------------------------------------------- what stands in the way (I14)
@pytest.mark.parametrize(
    ("lived", "hindrance"),
    [((OPENED, HELD_UNTIL_2025), "retention_hold"), (AWAY, "transit")],
    ids=["hold", "journey"],
)
def test_a_hold_and_a_journey_stand_in_the_way(lived: tuple[object, ...], hindrance: str) -> None:
    scenario = Scenario("subject-request").beside(OTHER_CASE, *lived).given(ASKED_TO_FORGET)  # type: ignore[arg-type]
    assert hindered(scenario.when(ApproveErasure())) == [(str(OTHER_CASE), hindrance)]


def test_a_hold_that_ended_and_a_journey_that_ended_do_not() -> None:
    for lived in (
        (OPENED, HELD_UNTIL_2025, RetentionHoldReleased(hold_id=HOLD, reference=None)),
        (*AWAY, ArrivedInCountry(country="IQ")),
    ):
        scenario = Scenario("subject-request").beside(OTHER_CASE, *lived).given(ASKED_TO_FORGET)
        scenario.when(ApproveErasure()).then(APPROVED)
    later = Scenario("subject-request").beside(OTHER_CASE, OPENED, HELD_UNTIL_2025).given(ASKED_TO_FORGET)
    later.when(ApproveErasure(), on=date(2025, 1, 2)).then(APPROVED)


def test_a_hold_on_any_case_of_the_person_stands_in_the_way() -> None:
    scenario = Scenario("subject-request").given(ASKED_TO_FORGET)
    scenario.beside(OTHER_CASE, OPENED, CaseMergedInto(survivor=STREAM2))
    scenario.beside(STREAM2, OPENED, CaseAbsorbed(absorbed=OTHER_CASE), CaseAbsorbed(absorbed=THIRD))
    scenario.beside(THIRD, OPENED, CaseMergedInto(survivor=STREAM2), HELD_UNTIL_2025)
    assert hindered(scenario.when(ApproveErasure())) == [(str(THIRD), "retention_hold")]


STREAM2 = UUID("66666666-0000-4000-8000-0000000000bb")


def test_who_was_erased_is_not_erased_again() -> None:
    erased = PersonErased(covers=(OTHER_CASE,), fence_sha256=FENCE, basis=ErasureBasis.REQUEST)
    scenario = Scenario("subject-request").beside(OTHER_CASE, OPENED, erased).given(ASKED_TO_FORGET)
    scenario.when(ApproveErasure()).then_refused("case.erased")


# ---------------------------------------------------------------- the erasure itself
def erase(*covers: UUID, fence: str = FENCE) -> ErasePerson:
    return ErasePerson(basis=ErasureBasis.REQUEST, fence_sha256=fence, covers=tuple(sorted(covers)))


def test_every_case_of_the_person_is_erased_with_the_same_fence(case: Scenario) -> None:
    case.given(OPENED, CaseAbsorbed(absorbed=OTHER_CASE), CaseAbsorbed(absorbed=THIRD))
    case.beside(OTHER_CASE, OPENED, CaseMergedInto(survivor=STREAM))
    case.beside(THIRD, OPENED, CaseMergedInto(survivor=OTHER_CASE), CaseMergedInto(survivor=STREAM))
    covers = tuple(sorted((STREAM, OTHER_CASE, THIRD)))
    erased = PersonErased(covers=covers, fence_sha256=FENCE, basis=ErasureBasis.REQUEST)
    case.when(erase(*covers)).then(erased)
    for stream in covers:
        assert case.of(stream).case.record.erased is not None


def test_a_merge_that_came_in_between_stops_the_erasure(case: Scenario) -> None:
    case.given(OPENED, CaseAbsorbed(absorbed=OTHER_CASE)).beside(OTHER_CASE, OPENED, CaseMergedInto(survivor=STREAM))
    case.when(erase(STREAM)).then_refused("erasure.other-cases")


def test_a_case_that_was_merged_is_erased_with_the_one_that_goes_on(case: Scenario) -> None:
    case.given(OPENED, CaseMergedInto(survivor=OTHER_CASE)).beside(OTHER_CASE, OPENED)
    case.when(erase(STREAM)).then_refused("case.merged")


def test_a_hold_that_was_placed_after_the_approval_stops_the_erasure(case: Scenario) -> None:
    case.given(*HELD, HELD_UNTIL_2025).when(erase(STREAM))
    assert hindered(case) == [(str(STREAM), "retention_hold")]


def test_an_erasure_with_other_keys_is_another_one(case: Scenario) -> None:
    case.given(OPENED).when(erase(STREAM))
    case.when(erase(STREAM, fence="ee" * 32)).then_refused("erasure.other-fence")
