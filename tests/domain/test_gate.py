"""The departure gate: each rule refuses alone, all unmet rules are told at once, and departing asks again.

The safeguards of the person (G5, G6, G8 to G10) have a file of their own.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from api.messages.english import REFUSALS
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
from domain.case.case import CASE
from domain.case.clearance import ClearToDepart, Depart, ReportDeparture, WithdrawClearance
from domain.case.decisions import ApprovalBasis, RepatriationApproved, RepatriationRequested, RequestedBy
from domain.case.departure import DepartureRequest
from domain.case.gate import DEPARTURE, NOT_BLOCKED, Because, Unmet, unmet
from domain.case.journey import ClearanceWithdrawn, ClearedToDepart, Departed, WithdrawalCause
from domain.case.life import DeathRecorded
from domain.case.record import Restriction
from domain.case.registration import CaseClosed, ClosureReason
from domain.case.screening import ScreeningCompleted, ScreeningKind, ScreeningRequested, ScreeningResult
from domain.case.status import Status
from domain.kernel import Fact
from domain.privacy import ERASED, WITHHELD
from domain.values import Evidence
from tests.domain.gating import CLEAR, DEPART, WITH_GUARDIAN, codes, ready_but, ready_with
from tests.examples import (
    ADMITTED,
    APPROVED,
    ASKED_TO_EXAMINE,
    ASKED_TO_SCREEN,
    BLOCK,
    BLOCKED,
    CLEARED,
    CONFIRMED,
    DEPRIVED,
    EVIDENCE_SHA256,
    EXAMINED,
    FACT,
    HELD,
    OPENED,
    OPERATION,
    READY,
    REFUSED,
    REQUESTED,
    REVIEW_DUE_ON,
    SCREENED,
    SCREENING,
    TOLD_BIRTH,
    TRAVEL_PAPER,
    VERIFIED,
)
from tests.examples_protection import DETERMINED, SAFE
from tests.scenario import BEFORE, CASEWORKER, SUPERVISOR, TODAY, Scenario, made, recorded

IN_THIRTY_DAYS = TODAY + timedelta(days=30)
TOMORROW = TODAY + timedelta(days=1)
YESTERDAY = TODAY - timedelta(days=1)
A_CLEARANCE = ClearedToDepart(destination="IQ", evidence_sha256=EVIDENCE_SHA256, expires_on=IN_THIRTY_DAYS)
A_CONCERN = BLOCKED.model_copy(update={"ground": BlockGround.SECURITY_CONCERN})
"""A block that says nothing of an offence."""


def test_a_person_for_whom_every_rule_holds_is_cleared_for_thirty_days(case: Scenario) -> None:
    case.given(*READY).when(CLEAR).then(A_CLEARANCE).then_status(Status.READY)


def test_a_clearance_may_be_given_for_a_shorter_time(case: Scenario) -> None:
    asked = ClearToDepart(destination="IQ", expires_on=TODAY)
    case.given(*READY).when(asked).then(A_CLEARANCE.model_copy(update={"expires_on": TODAY}))


def test_every_unmet_rule_is_told_at_once(case: Scenario) -> None:
    case.given(OPENED, BLOCKED, DEPRIVED, REQUESTED).when(CLEAR, by=CASEWORKER).then_refused(
        "departure.not-ready",
        rules=["G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8", "G9", "G11", "G12", "G13"],
    )
    assert not isinstance(case.outcome, list)
    assert case.outcome.sentence == "12 rules of departure are not met."


def test_a_refusal_counts_the_rules(case: Scenario) -> None:
    refused = case.given(*ready_but(SAFE), A_CONCERN).when(CLEAR).then_refused("departure.not-ready").outcome
    assert not isinstance(refused, list)
    assert refused.sentence == "2 rules of departure are not met."


@pytest.mark.parametrize("which", ["own", "absorbed"])
def test_nobody_is_cleared_on_a_record_that_is_kept_and_not_used(case: Scenario, which: str) -> None:
    """GDPR, article 18: while a dispute about the data is open they are kept; nothing is decided on them."""
    absorbed, disputed = FACT["case.case-absorbed"], FACT["case.access-restricted"]
    other = absorbed.absorbed  # type: ignore[attr-defined]
    disputed = disputed.model_copy(update={"restriction": Restriction.PROCESSING})
    case.beside(other, *((disputed,) if which == "absorbed" else ())).given(*READY, absorbed)
    refused = case.given(*((disputed,) if which == "own" else ())).when(CLEAR).then_refused("case.restricted").outcome
    assert not isinstance(refused, list)
    assert refused.sentence == REFUSALS["case.restricted"]


def test_a_refusal_says_of_each_rule_what_would_cure_it_and_who_can(case: Scenario) -> None:
    refused = case.given(*READY, A_CONCERN).when(CLEAR).then_refused("departure.not-ready", rules=["G1"]).outcome
    assert not isinstance(refused, list)
    assert refused.sentence == "1 rule of departure is not met."
    assert refused.details == {"destination": "IQ", "rules": [NOT_BLOCKED.shown()]}
    assert set(NOT_BLOCKED.shown()) == {"code", "sentence", "cure", "who", "source"}
    assert all(NOT_BLOCKED.shown().values())


@pytest.mark.parametrize(("how", "because"), [(WITHHELD, Because.WITHHELD), (ERASED, Because.ERASED)])
def test_what_cannot_be_read_is_not_met_and_says_why(case: Scenario, how: object, because: Because) -> None:
    hidden = SAFE.model_copy(update={"country": how, "outcome": how, "reasons": how})
    facts = [recorded(hidden if fact is SAFE else fact, nth) for nth, fact in enumerate(READY, start=1)]
    state = CASE.fold(facts)
    (rule,) = unmet(state, DepartureRequest.of(state, "IQ", on=TODAY, others=case.others))
    assert (rule.code, rule.because) == ("G5", because)
    assert rule.shown() == {**rule.rule.shown(), "because": because.value}


@pytest.mark.parametrize(
    ("facts", "fact", "field", "expected"),
    [
        (READY, SAFE, "country", ["G5"]),
        (READY, SAFE, "outcome", ["G5"]),
        (READY, TOLD_BIRTH, "birth", ["G8", "G9"]),
        (WITH_GUARDIAN, DETERMINED, "destination", ["G8"]),
        (WITH_GUARDIAN, DETERMINED, "outcome", ["G8"]),
    ],
)
def test_each_value_that_cannot_be_read_leaves_open_what_rests_on_it(
    case: Scenario, facts: tuple[Fact, ...], fact: Fact, field: str, expected: list[str]
) -> None:
    hidden = fact.model_copy(update={field: WITHHELD})
    known = [recorded(hidden if one is fact else one, nth) for nth, one in enumerate(facts, start=1)]
    state = CASE.fold(known)
    rules = unmet(state, DepartureRequest.of(state, "IQ", on=TODAY, others=case.others))
    assert [(rule.code, rule.because) for rule in rules] == [(code, Because.WITHHELD) for code in expected]


def test_asking_what_is_missing_changes_nothing_and_needs_nobody(case: Scenario) -> None:
    asked = case.given(*READY, A_CONCERN).case
    assert unmet(asked, DepartureRequest.of(asked, "IQ", on=TODAY, others=case.others)) == (Unmet(NOT_BLOCKED),)


def test_a_rule_stands_in_the_gate_once_and_in_order() -> None:
    assert [rule.code for rule in DEPARTURE] == [f"G{number}" for number in range(1, 14)]
    assert "because" not in Unmet(NOT_BLOCKED).shown()


# ---------------------------------------------------------------- G1
def test_one_lifted_block_of_two_does_not_open_the_gate(case: Scenario) -> None:
    other = A_CONCERN.model_copy(update={"block_id": made(9), "agency": "IQ-INIS"})
    case.given(*READY, A_CONCERN, other, FACT["case.security-block-lifted"])
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G1"])


def test_an_overdue_block_still_blocks(case: Scenario) -> None:
    overdue = A_CONCERN.model_copy(update={"review_due_on": BEFORE})
    case.given(*READY, overdue)
    assert case.case.blocks.open[BLOCK].overdue(TODAY)
    assert not case.case.blocks.open[BLOCK].overdue(BEFORE)
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G1"])


# ---------------------------------------------------------------- G2
def test_a_required_screening_that_does_not_clear_closes_the_gate(case: Scenario) -> None:
    case.given(*ready_with(SCREENED, result=ScreeningResult.INCONCLUSIVE))
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G2"])


def test_an_adverse_screening_closes_the_gate_and_makes_a_suspicion_of_it(case: Scenario) -> None:
    case.given(*ready_with(SCREENED, result=ScreeningResult.ADVERSE))
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G2", "G6"])


def test_a_required_screening_that_nobody_asked_for_closes_the_gate(case: Scenario) -> None:
    case.given(*ready_but(ASKED_TO_SCREEN, SCREENED))
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G2"])


def test_a_screening_counts_through_its_last_day_and_not_after(case: Scenario) -> None:
    case.given(*ready_with(SCREENED, valid_until=TODAY))
    assert not codes(case)
    assert codes(case, on=TOMORROW) == ["G2"]


def test_a_screening_asked_for_another_destination_does_not_count(case: Scenario) -> None:
    case.given(*ready_with(ASKED_TO_SCREEN, destination="TR"))
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G2"])


def test_a_screening_asked_for_every_destination_counts(case: Scenario) -> None:
    case.given(*ready_with(ASKED_TO_SCREEN, destination=None)).when(CLEAR).then(A_CLEARANCE)


def test_an_adverse_answer_of_a_second_agency_closes_the_gate(case: Scenario) -> None:
    asked = ScreeningRequested(
        screening_id=made(9), agency="IQ-INIS", kind=ScreeningKind.SECURITY, destination="IQ", due_on=None
    )
    unclear = ScreeningCompleted(screening_id=made(9), result=ScreeningResult.INCONCLUSIVE, valid_until=None)
    case.given(*READY, asked, unclear).when(CLEAR).then_refused("departure.not-ready", rules=["G2"])


def test_a_later_screening_by_the_same_agency_replaces_the_earlier(case: Scenario) -> None:
    again = ASKED_TO_SCREEN.model_copy(update={"screening_id": made(9)})
    case.given(*ready_with(SCREENED, result=ScreeningResult.ADVERSE), again)
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G2"])
    case.given(SCREENED.model_copy(update={"screening_id": made(9)}), on="2021-10-10").when(CLEAR).then(A_CLEARANCE)


def test_a_destination_that_requires_no_screening_asks_for_none(case: Scenario) -> None:
    approved = RepatriationApproved(country="DK", authority="DK-MFA", basis=ApprovalBasis.HUMANITARIAN)
    case.given(*HELD, approved)
    assert not {"G2", "G3"} & set(codes(case, to="DK"))


# ---------------------------------------------------------------- G3
def test_an_approval_by_nationality_needs_a_confirmed_nationality(case: Scenario) -> None:
    case.given(*ready_but(CONFIRMED), FACT["case.nationality-claimed"])
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G3"])


@pytest.mark.parametrize("basis", [basis for basis in ApprovalBasis if basis is not ApprovalBasis.NATIONALITY])
def test_a_sibling_of_another_nationality_is_cleared_on_another_stated_basis(
    case: Scenario, basis: ApprovalBasis
) -> None:
    approved = APPROVED.model_copy(update={"basis": basis})
    case.given(*ready_but(CONFIRMED, APPROVED), approved).when(CLEAR).then(A_CLEARANCE)


def test_an_approval_by_another_state_does_not_open_the_gate(case: Scenario) -> None:
    case.given(*ready_with(APPROVED, country="TR"))
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G3"])


def test_a_refusal_ends_the_approval_before_it(case: Scenario) -> None:
    case.given(*READY, REFUSED).when(CLEAR).then_refused("departure.not-ready", rules=["G3"])


def test_an_approval_recorded_late_does_not_undo_the_refusal_after_it(case: Scenario) -> None:
    case.given(*ready_but(APPROVED)).given(REFUSED, on="2021-10-10")
    case.given(APPROVED, on="2021-10-05", recorded_on=TODAY)
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G3"])


# ---------------------------------------------------------------- G4
def test_a_state_that_took_its_citizenship_away_receives_after_it_has_agreed_anew(case: Scenario) -> None:
    case.given(*READY, DEPRIVED).when(CLEAR).then(A_CLEARANCE)


@pytest.mark.parametrize("agreed_on", ["2018-01-01", "2019-02-19"])
def test_an_approval_that_is_not_known_to_come_after_the_order_does_not_count(case: Scenario, agreed_on: str) -> None:
    case.given(APPROVED, on=agreed_on).given(*ready_but(APPROVED), DEPRIVED)
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G4"])


def test_an_order_by_another_state_closes_no_gate(case: Scenario) -> None:
    case.given(*READY, DEPRIVED.model_copy(update={"country": "GB"})).when(CLEAR).then(A_CLEARANCE)


# ---------------------------------------------------------------- G7
def test_nobody_departs_whose_identity_is_not_verified(case: Scenario) -> None:
    case.given(*ready_but(VERIFIED)).when(CLEAR).then_refused("departure.not-ready", rules=["G7"])


# ---------------------------------------------------------------- G11
def test_nobody_departs_without_papers(case: Scenario) -> None:
    case.given(*ready_but(TRAVEL_PAPER)).when(CLEAR).then_refused("departure.not-ready", rules=["G11"])


@pytest.mark.parametrize("result", [ScreeningResult.ADVERSE, ScreeningResult.INCONCLUSIVE])
def test_nobody_departs_who_was_found_unfit(case: Scenario, result: ScreeningResult) -> None:
    case.given(*ready_with(EXAMINED, result=result)).when(CLEAR).then_refused("departure.not-ready", rules=["G11"])


def test_nobody_departs_unexamined_while_an_examination_is_under_way_or_after_it_expired(case: Scenario) -> None:
    assert codes(Scenario().given(*ready_but(ASKED_TO_EXAMINE, EXAMINED))) == ["G11"]
    again = ASKED_TO_EXAMINE.model_copy(update={"screening_id": made(9), "agency": "UN-IOM"})
    assert codes(Scenario().given(*READY, again)) == ["G11"]
    case.given(*ready_with(EXAMINED, valid_until=TODAY))
    assert codes(case) == []
    assert codes(case, on=TOMORROW) == ["G11"]


def test_of_two_examinations_the_last_counts_whoever_made_it(case: Scenario) -> None:
    again = ASKED_TO_EXAMINE.model_copy(update={"screening_id": made(9), "agency": "UN-IOM"})
    unfit = EXAMINED.model_copy(update={"screening_id": made(9), "result": ScreeningResult.ADVERSE})
    assert codes(Scenario().given(*READY, again).given(unfit, on="2021-10-02")) == ["G11"]
    assert codes(case.given(*READY, again).given(unfit, on="2021-09-30", recorded_on=TODAY)) == []


def test_nobody_departs_from_a_hospital(case: Scenario) -> None:
    case.given(*READY).given(FACT["case.referred-to-hospital"], on="2021-10-10")
    assert codes(case) == ["G11"]
    assert codes(case.given(FACT["case.returned-from-hospital"], on="2021-10-12")) == []


# ---------------------------------------------------------------- G12, G13
@pytest.mark.parametrize(
    "fact", [EscapeReported(facility=None), Departed(destination="TR")], ids=lambda fact: fact.topic
)
def test_nobody_departs_from_where_they_are_not(case: Scenario, fact: EscapeReported | Departed) -> None:
    case.given(*READY, fact).when(CLEAR).then_refused("departure.not-ready", rules=["G12"])


def test_the_gate_itself_knows_death_and_merging(case: Scenario) -> None:
    died = DeathRecorded(manner="illness", facility=None, strength=Evidence.CLAIMED)
    assert codes(Scenario().given(*READY, died)) == ["G12"]
    assert codes(Scenario().given(*READY, FACT["case.case-merged-into"])) == ["G12"]
    assert codes(case.given(*READY, CaseClosed(reason=ClosureReason.MERGED))) == ["G12"]


def test_nobody_departs_who_stands_on_the_manifest_of_another_operation(case: Scenario) -> None:
    case.given(*READY, FACT["case.placed-on-manifest"])
    assert codes(case) == ["G12"]
    case.when(CLEAR.model_copy(update={"operation_id": OPERATION})).then(A_CLEARANCE)


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
    yesterday = ClearToDepart(destination="IQ", occurred_on=YESTERDAY)
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
    case.given(*READY, CLEARED, A_CONCERN).when(DEPART).then_refused("departure.not-ready", rules=["G1"])


def test_a_screening_that_expires_between_clearance_and_departure_closes_the_gate(case: Scenario) -> None:
    case.given(*ready_with(SCREENED, valid_until=date(2021, 10, 14)), CLEARED)
    case.when(DEPART).then_refused("departure.not-ready", rules=["G2"])


def test_who_cleared_and_then_requested_closes_the_gate(case: Scenario) -> None:
    case.given(*READY, CLEARED).given(RepatriationRequested(country="IQ", by=RequestedBy.STATE), by=SUPERVISOR)
    case.when(DEPART).then_refused("departure.not-ready", rules=["G13"])


def test_nobody_departs_before_the_clearance_or_before_they_came(case: Scenario) -> None:
    case.given(*READY).given(CLEARED, on="2021-10-10")
    case.when(Depart(destination="IQ", occurred_on=date(2021, 10, 9))).then_refused("departure.before-clearance")
    moved = Scenario().given(*READY, CLEARED).given(ADMITTED, on="2021-10-12")
    moved.when(Depart(destination="IQ", occurred_on=date(2021, 10, 11))).then_refused("departure.before-admission")


def test_a_cleared_departure_that_was_only_reported_is_compliant(case: Scenario) -> None:
    case.given(*READY, CLEARED).when(ReportDeparture(destination="IQ")).then(Departed(destination="IQ")).then_odd()


def test_the_screening_on_which_a_clearance_rests_is_the_one_on_record(case: Scenario) -> None:
    assert case.given(*READY).case.screening.by_id[SCREENING].outcome is not None
