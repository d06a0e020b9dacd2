"""Work on a case, and how its record is kept."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from domain.case.casework import (
    AcceptReferral,
    AddNote,
    AssignCase,
    AttachDocument,
    CancelTask,
    CompleteTask,
    DeclineReferral,
    MakeReferral,
    RaiseFlag,
    RaiseTask,
    ResolveFlag,
)
from domain.case.clearance import ClearToDepart
from domain.case.record import HoldBasis, Restriction
from domain.case.registration import CaseClosed, ClosureReason
from domain.case.retention import PlaceRetentionHold, ReleaseRetentionHold, RestrictAccess
from domain.case.work import DocumentKind, FlagKind, ServiceKind, TaskCancelCause, TaskKind
from domain.kernel import Command, Recorded
from domain.privacy import ERASED
from domain.values import Evidence
from tests.examples import CLEARED, FACT, HELD, OPENED, READY
from tests.examples_record import FLAG, FLAGGED, HELD_FOR_COURT, HOLD, OFFICER, REFERRAL, REFERRED, TASK, TASKED
from tests.scenario import TODAY, Scenario, made

NOBODY = UUID(int=1)
DOCUMENT = FACT["case.document-attached"]
WRITE = AttachDocument(
    kind=DocumentKind.CORRESPONDENCE, document_sha256="d0" * 32, bytes=48_211, title="Letter of the consulate"
)


def test_one_officer_is_responsible_for_a_case(case: Scenario) -> None:
    case.given(OPENED).when(AssignCase(officer=OFFICER)).then(FACT["case.case-assigned"])
    assert case.case.work.officer == OFFICER


def test_a_task_is_open_until_it_is_done_or_cancelled(case: Scenario) -> None:
    case.given(OPENED).when(RaiseTask(due_on=date(2021, 10, 16)))
    (task,) = case.case.work.tasks.values()
    assert (task.overdue(date(2021, 10, 16)), task.overdue(date(2021, 10, 17))) == (False, True)
    case.when(CompleteTask(task_id=made()))
    assert not case.case.work.tasks
    case.when(CancelTask(task_id=made(), cause=TaskCancelCause.OVERTAKEN)).then_nothing()


def test_a_task_without_words_is_raised_once_while_it_is_open(case: Scenario) -> None:
    care = RaiseTask(kind=TaskKind.DETERMINE_CARE)
    case.given(*HELD).when(care)
    assert case.by_another_request(care) == ([], [])
    assert case.by_another_request(care.model_copy(update={"text": "Her aunt has left."})).here
    case.when(CompleteTask(task_id=made()))
    assert case.by_another_request(care).here


def test_a_task_is_not_due_before_it_is_raised(case: Scenario) -> None:
    case.given(OPENED).when(RaiseTask(due_on=date(2021, 10, 14))).then_refused("task.due-before-raised")


def test_a_document_is_attached_once_whatever_it_is_called(case: Scenario) -> None:
    case.given(OPENED, DOCUMENT).when(WRITE.model_copy(update={"title": "The same letter"})).then_nothing()


def test_a_document_whose_digest_was_erased_cannot_be_compared(case: Scenario) -> None:
    case.given(OPENED, DOCUMENT)
    case.history[1] = Recorded(case.history[1].stamp, DOCUMENT.model_copy(update={"document_sha256": ERASED}))
    case.when(WRITE).then_refused("record.erased")


def test_a_flag_of_a_kind_is_raised_once_until_it_is_resolved(case: Scenario) -> None:
    case.given(OPENED, FLAGGED).when(RaiseFlag(kind=FlagKind.SAFETY)).then_nothing()
    case.when(ResolveFlag(flag_id=FLAG)).when(RaiseFlag(kind=FlagKind.SAFETY))
    assert [flag.kind for flag in case.case.work.flags.values()] == [FlagKind.SAFETY]


def test_a_referral_waits_for_one_answer(case: Scenario) -> None:
    same = MakeReferral(service=ServiceKind.PSYCHOSOCIAL, agency="UN-UNICEF")
    case.given(OPENED, REFERRED).when(same).then_nothing()
    case.when(AcceptReferral(referral_id=REFERRAL)).when(DeclineReferral(referral_id=REFERRAL))
    case.then_refused("referral.answered")
    assert case.case.work.accepted_open


def test_a_declined_referral_may_be_made_again(case: Scenario) -> None:
    case.given(OPENED, REFERRED, FACT["case.referral-declined"])
    case.when(MakeReferral(service=ServiceKind.PSYCHOSOCIAL, agency="UN-UNICEF"))
    assert len(case.case.work.referrals) == 2


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (CompleteTask(task_id=NOBODY), "task.unknown"),
        (CancelTask(task_id=NOBODY, cause=TaskCancelCause.DUPLICATE), "task.unknown"),
        (ResolveFlag(flag_id=NOBODY), "flag.unknown"),
        (AcceptReferral(referral_id=NOBODY), "referral.unknown"),
        (ReleaseRetentionHold(hold_id=NOBODY), "hold.unknown"),
    ],
)
def test_what_was_not_raised_is_not_ended(case: Scenario, command: Command, code: str) -> None:
    case.given(OPENED).when(command).then_refused(code)


def test_a_closed_case_takes_no_work(case: Scenario) -> None:
    case.given(*HELD, CaseClosed(reason=ClosureReason.LOST_CONTACT)).when(AddNote(text="Asked again."))
    case.then_refused("case.closed")
    case.given(FACT["case.note-added"], on="2021-10-05").then_odd("registration.after-closure")


def test_after_a_death_documents_and_notes_are_kept_and_nothing_is_arranged(case: Scenario) -> None:
    case.given(*HELD, FACT["case.death-recorded"].model_copy(update={"strength": Evidence.VERIFIED}))
    case.when(WRITE).then(DOCUMENT.model_copy(update={"document_id": made()}))
    case.when(MakeReferral(service=ServiceKind.HOUSING, agency="UN-UNICEF")).then_refused("case.deceased")


def test_work_that_ends_what_was_not_begun_is_odd(case: Scenario) -> None:
    case.given(OPENED, TASKED, TASKED, *(FACT[f"case.{name}"] for name in ("task-done", "task-cancelled")))
    case.given(FLAGGED, FLAGGED, FACT["case.flag-resolved"], FACT["case.flag-resolved"])
    case.given(REFERRED, REFERRED)
    case.then_odd(
        "task.raised-twice", "task.unknown", "flag.raised-twice", "flag.unknown", "referral.made-twice",
    )  # fmt: skip
    assert case.case.work.ended == {TASK, FLAG}


# ---------------------------------------------------------------- how the record is kept
def test_a_hold_stands_until_its_last_day_or_its_release(case: Scenario) -> None:
    case.given(OPENED, HELD_FOR_COURT)
    assert case.case.record.held(date(2025, 1, 1))
    assert not case.case.record.held(date(2025, 1, 2))
    case.when(ReleaseRetentionHold(hold_id=HOLD))
    assert not case.case.record.held(TODAY)


def test_a_hold_does_not_end_before_it_is_placed(case: Scenario) -> None:
    hold = PlaceRetentionHold(basis=HoldBasis.CLAIM, until=date(2021, 10, 1), reference="Claim 7")
    case.given(OPENED).when(hold).then_refused("hold.ends-before-placed")


def test_the_case_of_the_dead_is_held_too(case: Scenario) -> None:
    case.given(*HELD, FACT["case.death-recorded"], CaseClosed(reason=ClosureReason.DECEASED))
    case.when(PlaceRetentionHold(basis=HoldBasis.INVESTIGATION, reference="Killed in the camp."))
    assert case.case.record.held(date(2090, 1, 1))


def test_a_case_that_is_kept_and_not_used_serves_no_clearance(case: Scenario) -> None:
    case.given(*READY, CLEARED).when(RestrictAccess(restriction=Restriction.NEED_TO_KNOW, reason="Threatened."))
    assert case.case.journey.clearance is not None
    case.when(RestrictAccess(restriction=Restriction.PROCESSING, reason="Disputed."))
    assert case.case.journey.clearance is None
    case.when(ClearToDepart(destination="IQ")).then_refused("case.restricted")
    case.when(RestrictAccess(restriction=Restriction.NONE, reason="Settled."))
    assert case.case.record.restriction is Restriction.NONE


def test_who_was_erased_is_not_decided_about(case: Scenario) -> None:
    case.given(OPENED, FACT["case.person-erased"]).when(AddNote(text="Who was this?")).then_refused("case.erased")
