"""Answers that end, and papers: refusals reviewed and quashed (I4), approvals revoked, documents, reception plans."""

from __future__ import annotations

from datetime import date

import pytest

from domain.case.decisions import RefusalReason
from domain.case.journey import ClearanceWithdrawn, WithdrawalCause
from domain.case.papers import (
    ApproveReceptionPlan,
    CancelTravelDocument,
    DocumentCancellation,
    IssueTravelDocument,
    ReceptionCare,
    TravelDocumentKind,
)
from domain.case.reviews import (
    DecideRefusalReview,
    RefusalReviewDecided,
    RefusalReviewRequested,
    RequestRefusalReview,
    ReviewGround,
    RevokeApproval,
)
from domain.case.status import Status
from tests.domain.gating import CLEAR, codes, ready_but, ready_with
from tests.examples import APPROVED, CLEARED, FACT, HELD, READY, REFUSED, TRAVEL_DOCUMENT, TRAVEL_PAPER
from tests.scenario import TODAY, Scenario, made

QUASH = DecideRefusalReview(country="IQ", review_body="IQ-COURT", upheld=False, reasons=(ReviewGround.ARBITRARY,))
UPHOLD = QUASH.model_copy(update={"upheld": True, "reasons": (ReviewGround.LAWFUL,)})
REVOKE = RevokeApproval(country="IQ", authority="IQ-MODM", reasons=(RefusalReason.SECURITY,))
REVOKED = FACT["case.approval-revoked"]
PASSPORT = IssueTravelDocument(kind=TravelDocumentKind.PASSPORT, issued_by="IQ-MOI", number="A 1", valid_until=TODAY)
CANCEL = CancelTravelDocument(document_id=TRAVEL_DOCUMENT, cause=DocumentCancellation.LOST)


# ---------------------------------------------------------------- I4
def test_the_body_that_the_refusal_named_is_asked_to_review_it(case: Scenario) -> None:
    case.given(*HELD, REFUSED).when(RequestRefusalReview(country="IQ"))
    case.then(RefusalReviewRequested(country="IQ", review_body="IQ-COURT", reference=None))
    case.when(RequestRefusalReview(country="IQ", review_body="IQ-COURT-ADMIN"))
    case.then(RefusalReviewRequested(country="IQ", review_body="IQ-COURT-ADMIN", reference=None))


def test_a_refusal_that_is_upheld_stands(case: Scenario) -> None:
    case.given(*HELD, REFUSED, FACT["case.refusal-review-requested"]).when(UPHOLD).then_status(Status.REFUSED)
    case.when(UPHOLD).then_nothing()


def test_a_refusal_that_is_quashed_leaves_no_answer_and_gives_no_approval(case: Scenario) -> None:
    case.given(*HELD, REFUSED).when(QUASH)
    case.then(
        RefusalReviewDecided(country="IQ", review_body="IQ-COURT", upheld=False, reasons=(ReviewGround.ARBITRARY,))
    )
    case.then_status(Status.REGISTERED).then_odd().when(QUASH).then_nothing()
    assert "G3" in codes(case)


@pytest.mark.parametrize("command", [RequestRefusalReview(country="IQ"), UPHOLD, QUASH], ids=lambda one: one.verb)
def test_there_is_nothing_to_review_where_nobody_refused(case: Scenario, command: RequestRefusalReview) -> None:
    case.given(*READY).when(command).then_refused("refusal.none")


def test_a_review_told_late_does_not_undo_the_answer_after_it(case: Scenario) -> None:
    case.given(*HELD, REFUSED).given(APPROVED, on="2021-10-10")
    case.given(FACT["case.refusal-review-decided"], on="2021-10-05", recorded_on=TODAY).then_status(Status.APPROVED)
    case.given(FACT["case.refusal-review-requested"], on="2021-10-04", recorded_on=TODAY).then_status(Status.APPROVED)


def test_reviews_of_nothing_are_odd(case: Scenario) -> None:
    case.given(*HELD, FACT["case.refusal-review-requested"]).then_odd("refusal.none")
    Scenario().given(*HELD, FACT["case.refusal-review-decided"]).then_odd("refusal.none")
    upheld = FACT["case.refusal-review-decided"].model_copy(update={"upheld": True})
    Scenario().given(*HELD, APPROVED, upheld).then_odd("refusal.none")


# ---------------------------------------------------------------- approvals
def test_a_state_that_revokes_its_approval_ends_the_clearance_and_has_not_refused(case: Scenario) -> None:
    case.given(*READY, CLEARED).when(REVOKE).then(REVOKED, ClearanceWithdrawn(cause=WithdrawalCause.APPROVAL))
    case.then_status(Status.CLEARED).when(REVOKE).then_nothing()
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G3"])


def test_a_clearance_for_another_state_outlives_the_approval(case: Scenario) -> None:
    case.given(*READY, CLEARED.model_copy(update={"destination": "TR"})).when(REVOKE).then(REVOKED)


def test_what_was_never_approved_or_was_refused_is_not_revoked(case: Scenario) -> None:
    case.given(*HELD).when(REVOKE).then_refused("approval.none")
    case.given(REFUSED).when(REVOKE).then_refused("approval.none")
    quashed = Scenario().given(*HELD, REFUSED, FACT["case.refusal-review-decided"])
    quashed.when(REVOKE).then_refused("approval.none")


def test_an_approval_after_the_revocation_counts_and_one_told_late_does_not(case: Scenario) -> None:
    case.given(*ready_but(APPROVED)).given(REVOKED, on="2021-10-10")
    case.then_odd("approval.none").given(APPROVED, on="2021-10-05", recorded_on=TODAY)
    assert codes(case) == ["G3"]
    assert codes(case.given(APPROVED, on="2021-10-11")) == []


# ---------------------------------------------------------------- papers
def test_a_travel_document_of_any_issuer_serves_through_its_last_day(case: Scenario) -> None:
    case.given(*ready_but(TRAVEL_PAPER)).when(PASSPORT)
    assert codes(case) == []
    assert codes(case, on=date(2021, 10, 16)) == ["G11"]
    case.when(PASSPORT).then_nothing()


def test_a_document_without_end_serves(case: Scenario) -> None:
    assert codes(case.given(*ready_with(TRAVEL_PAPER, valid_until=None)), on=date(2021, 11, 30)) == []


def test_a_document_does_not_expire_before_it_is_issued(case: Scenario) -> None:
    case.given(*HELD).when(PASSPORT.model_copy(update={"valid_until": date(2021, 10, 14)}))
    case.then_refused("document.expires-before-issued")


def test_the_last_document_that_is_lost_ends_the_clearance(case: Scenario) -> None:
    lost = FACT["case.travel-document-cancelled"]
    case.given(*READY, CLEARED).when(CANCEL).then(lost, ClearanceWithdrawn(cause=WithdrawalCause.TRAVEL_DOCUMENT))
    case.when(CANCEL).then_nothing()
    other = TRAVEL_PAPER.model_copy(update={"document_id": made(9)})
    Scenario().given(*READY, other, CLEARED).when(CANCEL).then(lost)
    expired = other.model_copy(update={"valid_until": date(2021, 10, 14)})
    Scenario().given(*READY, expired, CLEARED).when(CANCEL).then(
        lost, ClearanceWithdrawn(cause=WithdrawalCause.TRAVEL_DOCUMENT)
    )
    Scenario().given(*HELD).when(CANCEL).then_refused("document.unknown")


def test_documents_that_do_not_fit_are_odd(case: Scenario) -> None:
    cancelled = FACT["case.travel-document-cancelled"]
    case.given(*HELD, TRAVEL_PAPER, TRAVEL_PAPER, cancelled, cancelled, TRAVEL_PAPER)
    case.then_odd("document.issued-twice", "document.unknown", "document.issued-after-cancelling")
    assert not case.case.decisions.travel_documents


def test_the_last_reception_plan_of_a_state_counts(case: Scenario) -> None:
    plan = ApproveReceptionPlan(country="IQ", authority="IQ-MODM", plan=ReceptionCare.RELATIVES)
    foster = plan.model_copy(update={"plan": ReceptionCare.FOSTER_FAMILY})
    case.given(*HELD, FACT["case.reception-plan-approved"]).when(plan).then_nothing()
    case.when(foster)
    late = FACT["case.reception-plan-approved"].model_copy(update={"plan": ReceptionCare.INSTITUTION})
    case.given(late, on="2021-10-05", recorded_on=TODAY)
    assert case.case.decisions.reception_plans["IQ"].plan is ReceptionCare.FOSTER_FAMILY
