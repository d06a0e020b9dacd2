"""The departure gate: each rule refuses alone, all unmet rules are told at once, and departing asks again."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from domain.case.absence import EscapeReported
from domain.case.arrivals import RecordArrival
from domain.case.blocks import (
    BlockGround,
    ImposeSecurityBlock,
    LiftAuthority,
    LiftSecurityBlock,
    SecurityBlockImposed,
    SecurityBlockLifted,
)
from domain.case.clearance import ClearToDepart, Depart, ReportDeparture, WithdrawClearance
from domain.case.decisions import ApprovalBasis, RepatriationApproved, RepatriationRequested, RequestedBy
from domain.case.gate import DEPARTURE, DepartureRequest, unmet
from domain.case.journey import (
    ClearanceWithdrawn,
    ClearedToDepart,
    Departed,
    WithdrawalCause,
)
from domain.case.life import DeathRecorded
from domain.case.registration import CaseClosed, ClosureReason
from domain.case.screening import ScreeningCompleted, ScreeningKind, ScreeningRequested, ScreeningResult
from domain.case.status import Overlay, Status
from domain.case.transfers import UnclearedTransferReported
from domain.values import Evidence
from tests.examples import (
    ADMITTED,
    APPROVED,
    ASKED_TO_SCREEN,
    BLOCK,
    BLOCKED,
    CLEARED,
    CONFIRMED,
    DEPRIVED,
    EVIDENCE_SHA256,
    FACT,
    HELD,
    OPENED,
    READY,
    REFUSED,
    REQUESTED,
    REVIEW_DUE_ON,
    SCREENED,
    SCREENING,
)
from tests.scenario import BEFORE, CASEWORKER, SUPERVISOR, TODAY, Scenario, made

CLEAR = ClearToDepart(destination="IQ")
DEPART = Depart(destination="IQ")
IN_THIRTY_DAYS = TODAY + timedelta(days=30)
A_CLEARANCE = ClearedToDepart(destination="IQ", evidence_sha256=EVIDENCE_SHA256, expires_on=IN_THIRTY_DAYS)


def test_a_person_for_whom_every_rule_holds_is_cleared_for_thirty_days(case: Scenario) -> None:
    case.given(*READY).when(CLEAR).then(A_CLEARANCE).then_status(Status.READY)


def test_a_clearance_may_be_given_for_a_shorter_time(case: Scenario) -> None:
    asked = ClearToDepart(destination="IQ", expires_on=TODAY)
    case.given(*READY).when(asked).then(A_CLEARANCE.model_copy(update={"expires_on": TODAY}))


def test_every_unmet_rule_is_told_at_once(case: Scenario) -> None:
    case.given(OPENED, BLOCKED, DEPRIVED, REQUESTED).when(CLEAR, by=CASEWORKER).then_refused(
        "departure.not-ready", rules=["G1", "G2", "G3", "G4", "G12", "G13"]
    )
    assert not isinstance(case.outcome, list)
    assert case.outcome.sentence == "6 rules of departure are not met."


def test_a_refusal_says_of_each_rule_what_would_cure_it_and_who_can(case: Scenario) -> None:
    refused = case.given(*READY, BLOCKED).when(CLEAR).then_refused("departure.not-ready", rules=["G1"]).outcome
    assert not isinstance(refused, list)
    assert refused.sentence == "1 rule of departure is not met."
    assert refused.details == {"destination": "IQ", "rules": [DEPARTURE[0].shown()]}
    assert all(DEPARTURE[0].shown().values())


def test_asking_what_is_missing_changes_nothing_and_needs_nobody(case: Scenario) -> None:
    asked = case.given(*READY, BLOCKED).case
    assert [rule.code for rule in unmet(asked, DepartureRequest.of("IQ", on=TODAY))] == ["G1"]


def test_a_rule_stands_in_the_gate_once() -> None:
    assert len({rule.code for rule in DEPARTURE}) == len(DEPARTURE)


# ---------------------------------------------------------------- G1
def test_one_lifted_block_of_two_does_not_open_the_gate(case: Scenario) -> None:
    other = BLOCKED.model_copy(update={"block_id": made(9), "agency": "IQ-INIS"})
    case.given(*READY, BLOCKED, other, FACT["case.security-block-lifted"])
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G1"])


def test_an_overdue_block_still_blocks(case: Scenario) -> None:
    overdue = BLOCKED.model_copy(update={"review_due_on": BEFORE})
    case.given(*READY, overdue)
    assert case.case.blocks.open[BLOCK].overdue(TODAY)
    assert not case.case.blocks.open[BLOCK].overdue(BEFORE)
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G1"])


# ---------------------------------------------------------------- G2
@pytest.mark.parametrize("result", [ScreeningResult.ADVERSE, ScreeningResult.INCONCLUSIVE])
def test_a_required_screening_that_does_not_clear_closes_the_gate(case: Scenario, result: ScreeningResult) -> None:
    answered = SCREENED.model_copy(update={"result": result})
    case.given(*(answered if fact is SCREENED else fact for fact in READY))
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G2"])


def test_a_required_screening_that_nobody_asked_for_closes_the_gate(case: Scenario) -> None:
    case.given(*(fact for fact in READY if fact not in {ASKED_TO_SCREEN, SCREENED}))
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G2"])


def test_a_screening_counts_through_its_last_day_and_not_after(case: Scenario) -> None:
    answered = SCREENED.model_copy(update={"valid_until": TODAY})
    asked = case.given(*(answered if fact is SCREENED else fact for fact in READY)).case
    tomorrow = TODAY + timedelta(days=1)
    assert not unmet(asked, DepartureRequest.of("IQ", on=TODAY))
    assert [rule.code for rule in unmet(asked, DepartureRequest.of("IQ", on=tomorrow))] == ["G2"]


def test_a_screening_asked_for_another_destination_does_not_count(case: Scenario) -> None:
    elsewhere = ASKED_TO_SCREEN.model_copy(update={"destination": "TR"})
    case.given(*(elsewhere if fact is ASKED_TO_SCREEN else fact for fact in READY))
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G2"])


def test_a_screening_asked_for_every_destination_counts(case: Scenario) -> None:
    anywhere = ASKED_TO_SCREEN.model_copy(update={"destination": None})
    case.given(*(anywhere if fact is ASKED_TO_SCREEN else fact for fact in READY)).when(CLEAR).then(A_CLEARANCE)


def test_an_adverse_answer_of_a_second_agency_closes_the_gate(case: Scenario) -> None:
    asked = ScreeningRequested(
        screening_id=made(9), agency="IQ-INIS", kind=ScreeningKind.SECURITY, destination="IQ", due_on=None
    )
    adverse = ScreeningCompleted(screening_id=made(9), result=ScreeningResult.ADVERSE, valid_until=None)
    case.given(*READY, asked, adverse).when(CLEAR).then_refused("departure.not-ready", rules=["G2"])


def test_a_later_screening_by_the_same_agency_replaces_the_earlier(case: Scenario) -> None:
    adverse = SCREENED.model_copy(update={"result": ScreeningResult.ADVERSE})
    again = ASKED_TO_SCREEN.model_copy(update={"screening_id": made(9)})
    case.given(*(adverse if fact is SCREENED else fact for fact in READY), again)
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G2"])
    case.given(SCREENED.model_copy(update={"screening_id": made(9)}), on="2021-10-10").when(CLEAR).then(A_CLEARANCE)


def test_a_destination_that_requires_no_screening_asks_for_none(case: Scenario) -> None:
    approved = RepatriationApproved(country="DK", authority="DK-MFA", basis=ApprovalBasis.HUMANITARIAN)
    asked = case.given(*HELD, approved).case
    assert not unmet(asked, DepartureRequest.of("DK", on=TODAY))


# ---------------------------------------------------------------- G3
def test_an_approval_by_nationality_needs_a_confirmed_nationality(case: Scenario) -> None:
    case.given(*(fact for fact in READY if fact is not CONFIRMED), FACT["case.nationality-claimed"])
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G3"])


@pytest.mark.parametrize("basis", [basis for basis in ApprovalBasis if basis is not ApprovalBasis.NATIONALITY])
def test_a_sibling_of_another_nationality_is_cleared_on_another_stated_basis(
    case: Scenario, basis: ApprovalBasis
) -> None:
    approved = APPROVED.model_copy(update={"basis": basis})
    case.given(*(fact for fact in READY if fact not in {CONFIRMED, APPROVED}), approved).when(CLEAR).then(A_CLEARANCE)


def test_an_approval_by_another_state_does_not_open_the_gate(case: Scenario) -> None:
    elsewhere = APPROVED.model_copy(update={"country": "TR"})
    case.given(*(elsewhere if fact is APPROVED else fact for fact in READY))
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G3"])


def test_a_refusal_ends_the_approval_before_it(case: Scenario) -> None:
    case.given(*READY, REFUSED).when(CLEAR).then_refused("departure.not-ready", rules=["G3"])


def test_an_approval_recorded_late_does_not_undo_the_refusal_after_it(case: Scenario) -> None:
    case.given(*(fact for fact in READY if fact is not APPROVED)).given(REFUSED, on="2021-10-10")
    case.given(APPROVED, on="2021-10-05", recorded_on=TODAY)
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G3"])


# ---------------------------------------------------------------- G4
def test_a_state_that_took_its_citizenship_away_receives_after_it_has_agreed_anew(case: Scenario) -> None:
    case.given(*READY, DEPRIVED).when(CLEAR).then(A_CLEARANCE)


def test_an_approval_before_the_order_of_deprivation_does_not_count(case: Scenario) -> None:
    case.given(APPROVED, on="2018-01-01").given(*(fact for fact in READY if fact is not APPROVED), DEPRIVED)
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G4"])


def test_an_approval_on_the_day_of_the_order_is_not_known_to_come_after_it(case: Scenario) -> None:
    case.given(APPROVED, on="2019-02-19").given(*(fact for fact in READY if fact is not APPROVED), DEPRIVED)
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G4"])


def test_an_order_by_another_state_closes_no_gate(case: Scenario) -> None:
    case.given(*READY, DEPRIVED.model_copy(update={"country": "GB"})).when(CLEAR).then(A_CLEARANCE)


# ---------------------------------------------------------------- G12, G13
@pytest.mark.parametrize(
    "fact", [EscapeReported(facility=None), Departed(destination="TR")], ids=lambda fact: fact.topic
)
def test_nobody_departs_from_where_they_are_not(case: Scenario, fact: EscapeReported | Departed) -> None:
    case.given(*READY, fact).when(CLEAR).then_refused("departure.not-ready", rules=["G12"])


def test_the_gate_itself_knows_death_and_merging(case: Scenario) -> None:
    died = DeathRecorded(manner="illness", facility=None, strength=Evidence.CLAIMED)
    dead = Scenario().given(*READY, died).case
    merged = case.given(*READY, CaseClosed(reason=ClosureReason.MERGED)).case
    for state in (dead, merged):
        assert [rule.code for rule in unmet(state, DepartureRequest.of("IQ", on=TODAY))] == ["G12"]


def test_who_requested_does_not_clear(case: Scenario) -> None:
    case.given(*READY).when(CLEAR, by=CASEWORKER).then_refused("departure.not-ready", rules=["G13"])


def test_asking_again_on_another_behalf_does_not_free_the_first_who_requested(case: Scenario) -> None:
    again = RepatriationRequested(country="IQ", by=RequestedBy.STATE)
    case.given(*READY).given(again, by=UUID(int=1))
    case.when(CLEAR, by=CASEWORKER).then_refused("departure.not-ready", rules=["G13"])


def test_a_request_to_another_state_does_not_count_against_who_clears(case: Scenario) -> None:
    elsewhere = RepatriationRequested(country="TR", by=RequestedBy.STATE)
    case.given(*READY).given(elsewhere, by=SUPERVISOR).when(CLEAR).then(A_CLEARANCE)


# ---------------------------------------------------------------- giving and taking a clearance
def test_a_clearance_is_not_backdated(case: Scenario) -> None:
    yesterday = ClearToDepart(destination="IQ", occurred_on=TODAY - timedelta(days=1))
    case.given(*READY).when(yesterday).then_refused("clearance.backdated")


def test_a_clearance_does_not_expire_before_it_is_given(case: Scenario) -> None:
    case.given(*READY).when(ClearToDepart(destination="IQ", expires_on=date(2021, 10, 14)))
    case.then_refused("clearance.expires-before-given")


def test_a_second_clearance_needs_the_first_withdrawn(case: Scenario) -> None:
    case.given(*READY, CLEARED).when(ClearToDepart(destination="TR")).then_refused("clearance.in-force")
    case.when(ClearToDepart(destination="IQ", expires_on=TODAY)).then_refused("clearance.in-force")


def test_a_clearance_that_expired_is_given_anew(case: Scenario) -> None:
    expired = CLEARED.model_copy(update={"expires_on": date(2021, 10, 14)})
    case.given(*READY, expired).then_status(Status.APPROVED).when(CLEAR).then(A_CLEARANCE).then_odd()


def test_a_clearance_is_not_given_on_evidence_that_was_not_shown(case: Scenario) -> None:
    case.given(*READY).when(CLEAR, evidence=None).then_refused("record.evidence-missing")


def test_an_officer_withdraws_a_clearance_and_lifting_the_cause_does_not_give_it_back(case: Scenario) -> None:
    case.given(*READY, CLEARED)
    case.when(WithdrawClearance()).then(ClearanceWithdrawn(cause=WithdrawalCause.RECONSIDERED))
    case.then_status(Status.APPROVED).when(WithdrawClearance()).then_nothing()


def test_lifting_the_last_block_does_not_restore_the_clearance(case: Scenario) -> None:
    block = ImposeSecurityBlock(agency="IQ-INSS", ground=BlockGround.WANTED, review_due_on=REVIEW_DUE_ON)
    case.given(*READY, CLEARED).when(block).then(
        SecurityBlockImposed(block_id=made(), agency="IQ-INSS", ground=BlockGround.WANTED, review_due_on=REVIEW_DUE_ON),
        ClearanceWithdrawn(cause=WithdrawalCause.SECURITY_BLOCK),
    )
    case.when(LiftSecurityBlock(block_id=made()), agency="IQ-INSS").then(
        SecurityBlockLifted(block_id=made(), by_agency="IQ-INSS", authority=LiftAuthority.IMPOSING_AGENCY)
    )
    case.when(DEPART).then_refused("departure.not-cleared")


# ---------------------------------------------------------------- departing
def test_a_cleared_person_departs_and_arrives(case: Scenario) -> None:
    case.given(*READY, CLEARED).when(DEPART).then(Departed(destination="IQ"))
    case.then_status(Status.IN_TRANSIT).then_overlays().then_odd()
    case.when(RecordArrival(country="IQ")).then(FACT["case.arrived-in-country"])
    case.then_status(Status.RECEIVED).then_odd()


def test_nobody_departs_without_a_clearance_for_that_destination(case: Scenario) -> None:
    case.given(*READY).when(DEPART).then_refused("departure.not-cleared")
    case.given(CLEARED).when(Depart(destination="TR")).then_refused("departure.not-cleared")


def test_nobody_departs_on_an_expired_clearance(case: Scenario) -> None:
    last = CLEARED.expires_on
    case.given(*READY, CLEARED).when(DEPART, on=last + timedelta(days=1)).then_refused("departure.not-cleared")
    case.when(DEPART, on=last).then(Departed(destination="IQ"))


def test_departing_asks_the_gate_again(case: Scenario) -> None:
    case.given(*READY, CLEARED, BLOCKED).when(DEPART).then_refused("departure.not-ready", rules=["G1"])


def test_a_screening_that_expires_between_clearance_and_departure_closes_the_gate(case: Scenario) -> None:
    answered = SCREENED.model_copy(update={"valid_until": date(2021, 10, 14)})
    case.given(*(answered if fact is SCREENED else fact for fact in READY), CLEARED)
    case.when(DEPART).then_refused("departure.not-ready", rules=["G2"])


def test_who_cleared_and_then_requested_closes_the_gate(case: Scenario) -> None:
    case.given(*READY, CLEARED).given(RepatriationRequested(country="IQ", by=RequestedBy.STATE), by=SUPERVISOR)
    case.when(DEPART).then_refused("departure.not-ready", rules=["G13"])


def test_nobody_departs_before_the_clearance_or_before_they_came(case: Scenario) -> None:
    case.given(*READY).given(CLEARED, on="2021-10-10")
    case.when(Depart(destination="IQ", occurred_on=date(2021, 10, 9))).then_refused("departure.before-clearance")
    moved = Scenario().given(*READY, CLEARED).given(ADMITTED, on="2021-10-12")
    moved.when(Depart(destination="IQ", occurred_on=date(2021, 10, 11))).then_refused("departure.before-admission")


def uncleared(destination: str | None) -> UnclearedTransferReported:
    return UnclearedTransferReported(destination=destination, by_agency=None, account=None)


def test_a_departure_by_others_is_recorded_though_nobody_cleared_it(case: Scenario) -> None:
    case.given(*HELD, BLOCKED).when(ReportDeparture(destination="IQ")).then(uncleared("IQ"))
    case.then_status(Status.IN_TRANSIT)
    case.then_overlays(Overlay.BLOCKED, Overlay.NON_COMPLIANT_TRANSFER)


def test_a_departure_to_nobody_knows_where_is_recorded(case: Scenario) -> None:
    case.given(*READY, CLEARED).when(ReportDeparture()).then(uncleared(None))


def test_a_cleared_departure_that_was_only_reported_is_compliant(case: Scenario) -> None:
    case.given(*READY, CLEARED).when(ReportDeparture(destination="IQ")).then(Departed(destination="IQ")).then_odd()


def test_the_screening_on_which_a_clearance_rests_is_the_one_on_record(case: Scenario) -> None:
    assert case.given(*READY).case.screening.by_id[SCREENING].outcome is not None
