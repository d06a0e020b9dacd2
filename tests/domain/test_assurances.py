"""Assurances: asked for, received, judged by who does not belong to the state, and not always kept."""

from __future__ import annotations

from datetime import date

import pytest

from domain.case.assurances import AssuranceRejected, Promise, Stage, Weighed
from domain.case.assuring import (
    AcceptAssurance,
    RecordAssurance,
    RejectAssurance,
    ReportAssuranceBreach,
    RequestAssurance,
)
from domain.case.case import CASE
from domain.case.journey import ClearanceWithdrawn, WithdrawalCause
from domain.case.work import TaskKind, task
from domain.kernel import Fact, Refused
from domain.privacy import ERASED
from tests.examples import CLEARED, HELD
from tests.examples_protection import ASSURANCE, ASSURANCE_ASKED, ASSURED, BELIEVED, FACTS, NEXT_APRIL
from tests.scenario import TODAY, Scenario, an_act, made, recorded

ASKED = RequestAssurance(country="IQ", promises=(Promise.NO_DEATH_PENALTY, Promise.FAIR_TRIAL))
ANSWER = RecordAssurance(
    assurance_id=ASSURANCE, country="IQ", no_death_penalty=True, fair_trial=True, no_torture=True, monitoring=False,
    valid_until=NEXT_APRIL, reference="Note verbale 44/2021",
)  # fmt: skip
ACCEPT = AcceptAssurance(assurance_id=ASSURANCE, reasons=(Weighed.SPECIFIC, Weighed.KEPT_BEFORE))
REJECT = RejectAssurance(assurance_id=ASSURANCE, reasons=(Weighed.VAGUE,))
BREACH = ReportAssuranceBreach(assurance_id=ASSURANCE, breach=Promise.MONITORING, account="Nobody was let in.")
BY_ASSURANCE = ClearanceWithdrawn(cause=WithdrawalCause.ASSURANCE)
REVIEW = task(an_act(), 0, TaskKind.REVIEW_BREACH).fact
FOUND: dict[str, Fact] = {fact.topic: fact for fact in FACTS}
OHCHR = "UN-OHCHR"


def test_an_assurance_counts_when_it_is_accepted_and_until_it_expires(case: Scenario) -> None:
    case.given(*HELD).when(ASKED).then(ASSURANCE_ASKED.model_copy(update={"assurance_id": made()}))
    case.given(ASSURANCE_ASKED).when(ANSWER).then(ASSURED)
    assert not case.case.assurances.in_force("IQ", TODAY)
    case.when(ACCEPT, agency=OHCHR).then(BELIEVED)
    (assurance,) = case.case.assurances.in_force("IQ", NEXT_APRIL)
    assert assurance.no_death_penalty is True
    assert not case.case.assurances.in_force("IQ", date(2022, 4, 2))
    assert not case.case.assurances.in_force("TR", TODAY)


def test_a_state_does_not_judge_its_own_promise(case: Scenario) -> None:
    case.given(*HELD, ASSURED).when(ACCEPT, agency="IQ-MOJ").then_refused("assurance.own-state")
    case.when(REJECT, agency="IQ-MOJ").then_refused("assurance.own-state")


@pytest.mark.parametrize("command", [ACCEPT, REJECT])
def test_only_what_the_state_has_given_is_judged(case: Scenario, command: AcceptAssurance | RejectAssurance) -> None:
    case.given(*HELD).when(command, agency=OHCHR).then_refused("assurance.unknown")
    case.given(ASSURANCE_ASKED).when(command, agency=OHCHR).then_refused("assurance.unanswered")


def test_what_has_expired_or_was_not_kept_is_not_accepted(case: Scenario) -> None:
    case.given(*HELD, ASSURED.model_copy(update={"valid_until": date(2021, 10, 14)}))
    case.when(ACCEPT, agency=OHCHR).then_refused("assurance.expired")
    broken = Scenario().given(*HELD, ASSURED, FOUND["case.assurance-breach-reported"])
    broken.when(ACCEPT, agency=OHCHR).then_refused("assurance.breached")


def test_a_rejection_ends_a_clearance_for_that_state_also_after_an_acceptance(case: Scenario) -> None:
    rejected = AssuranceRejected(assurance_id=ASSURANCE, authority=OHCHR, reasons=(Weighed.VAGUE,))
    case.given(*HELD, ASSURED, BELIEVED, CLEARED).when(REJECT, agency=OHCHR).then(rejected, BY_ASSURANCE)
    assert not case.case.assurances.in_force("IQ", TODAY)
    elsewhere = Scenario().given(*HELD, ASSURED, BELIEVED, CLEARED.model_copy(update={"destination": "TR"}))
    elsewhere.when(REJECT, agency=OHCHR).then(rejected)


def test_a_promise_that_was_not_kept_ends_the_clearance_and_somebody_looks_at_it(case: Scenario) -> None:
    case.given(*HELD, ASSURED, BELIEVED, CLEARED).when(BREACH)
    case.then(FOUND["case.assurance-breach-reported"], BY_ASSURANCE, REVIEW)
    assert case.case.assurances.by_id[ASSURANCE].stage is Stage.BREACHED


def test_a_breach_of_a_promise_nobody_has_recorded_is_recorded(case: Scenario) -> None:
    case.given(*HELD).when(BREACH).then(FOUND["case.assurance-breach-reported"], REVIEW)
    case.then_odd("assurance.unknown")


def test_a_second_promise_that_was_broken_is_news(case: Scenario) -> None:
    case.given(*HELD, ASSURED, BELIEVED).when(BREACH).when(BREACH.model_copy(update={"breach": Promise.FAIR_TRIAL}))
    broken = [breach for breach, _ in case.case.assurances.by_id[ASSURANCE].breaches]
    assert broken == [Promise.MONITORING, Promise.FAIR_TRIAL]


def test_another_answer_under_the_same_id_is_judged_anew(case: Scenario) -> None:
    weaker = ANSWER.model_copy(update={"no_death_penalty": False})
    case.given(*HELD, ASSURED, BELIEVED, CLEARED).when(weaker)
    case.then(ASSURED.model_copy(update={"no_death_penalty": False}), BY_ASSURANCE)
    assert case.case.assurances.by_id[ASSURANCE].stage is Stage.RECEIVED


def test_a_promise_that_nobody_asked_for_is_received(case: Scenario) -> None:
    case.given(*HELD).when(ANSWER.model_copy(update={"assurance_id": None}))
    case.then(ASSURED.model_copy(update={"assurance_id": made()}))


def test_an_acceptance_without_an_answer_is_odd_and_promises_nothing(case: Scenario) -> None:
    case.given(*HELD, ASSURANCE_ASKED, BELIEVED).then_odd("assurance.accepted-unanswered")
    (assurance,) = case.case.assurances.in_force("IQ", TODAY)
    assert assurance.no_death_penalty is None


def test_the_answer_to_a_request_counts_even_when_its_day_lies_before_the_request(case: Scenario) -> None:
    case.given(*HELD).given(ASSURANCE_ASKED, on="2021-10-05").given(ASSURED, on="2021-10-02")
    assert case.case.assurances.by_id[ASSURANCE].stage is Stage.RECEIVED
    case.given(FOUND["case.assurance-rejected"], on="2021-10-01")
    assert case.case.assurances.by_id[ASSURANCE].stage is Stage.RECEIVED


def test_whether_an_erased_answer_is_the_same_cannot_be_told() -> None:
    gone = ASSURED.model_copy(update={"no_death_penalty": ERASED})
    state = CASE.fold([recorded(HELD[0], 1), recorded(gone, 2)])
    with pytest.raises(Refused, match=r"record\.erased"):
        list(ANSWER.decide(state, an_act()))
