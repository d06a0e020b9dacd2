"""Consent: the last word of each person counts, and it can be taken back until the departure, also at the bus."""

from __future__ import annotations

import pytest

from domain.case.clearance import Depart
from domain.case.consent import ConsentBasis, ConsentGiven, ConsentRefused, ConsentScope, ConsentWithdrawn
from domain.case.consenting import RecordConsent, RecordConsentRefusal, RecordConsentWithdrawal
from domain.case.journey import ClearanceWithdrawn, Departed, WithdrawalCause
from domain.case.manifests import PlacedOnManifest
from domain.case.status import Status
from domain.case.work import TaskKind, task
from domain.dates import PartialDate
from domain.privacy import BlockLabel
from tests.examples import CLEARED, HELD, READY
from tests.examples_protection import A_MOTHER, APPOINTED, CONSENT, CONSENTED, GUARDIAN, MOTHER, OWN_CONSENT
from tests.scenario import TODAY, Scenario, an_act, made

TRANSFER = ConsentScope.TRANSFER
BY_CONSENT = ClearanceWithdrawn(cause=WithdrawalCause.CONSENT)
AT_THE_BUS = RecordConsentWithdrawal(scope=TRANSFER, destination="IQ")
HERSELF = frozenset({None})
NO = ConsentRefused(scope=TRANSFER, destination="IQ", given_by=None, reason=None)
ORDERED = OWN_CONSENT.model_copy(update={"basis": ConsentBasis.COURT_ORDER, "consent_id": made(8)})
TAKEN = ConsentWithdrawn(consent_id=CONSENT, given_by=None, reason=None)


def test_a_mother_consents_and_withdraws_at_the_bus(case: Scenario) -> None:
    case.given(*READY, OWN_CONSENT, CLEARED, PlacedOnManifest(operation_id=made(4))).when(AT_THE_BUS)
    case.then(TAKEN, BY_CONSENT).then_odd()
    assert not case.case.consent.agreed("IQ", HERSELF)
    case.when(Depart(destination="IQ")).then_refused("departure.not-cleared")


def test_a_mother_withdraws_for_her_child_on_the_childs_case(case: Scenario) -> None:
    case.given(*HELD, CONSENTED, CLEARED).when(AT_THE_BUS.model_copy(update={"given_by": MOTHER}))
    case.then(TAKEN.model_copy(update={"given_by": MOTHER}), BY_CONSENT)
    assert not case.case.consent.agreed("IQ", {MOTHER})


def test_a_consent_withdrawn_can_be_given_again(case: Scenario) -> None:
    again = RecordConsent(scope=TRANSFER, destination="IQ")
    case.given(*HELD, OWN_CONSENT).when(AT_THE_BUS).when(again)
    case.then(OWN_CONSENT.model_copy(update={"consent_id": made(), "interpreter_id": None}))
    assert case.case.consent.agreed("IQ", HERSELF)
    case.when(again).then_nothing()


def test_withdrawing_on_the_way_is_recorded_and_somebody_is_told(case: Scenario) -> None:
    case.given(*HELD, OWN_CONSENT, CLEARED, Departed(destination="IQ")).when(AT_THE_BUS)
    case.then(TAKEN, task(an_act(), 0, TaskKind.FOLLOW_UP).fact).then_status(Status.IN_TRANSIT).then_odd()


def test_who_withdraws_without_having_agreed_refuses(case: Scenario) -> None:
    case.given(*HELD, CLEARED).when(AT_THE_BUS).then(NO, BY_CONSENT)
    case.when(AT_THE_BUS).then_nothing()


def test_a_refusal_ends_a_clearance_for_that_destination_and_leaves_another(case: Scenario) -> None:
    refusal = RecordConsentRefusal(scope=TRANSFER, destination="IQ")
    case.given(*HELD, OWN_CONSENT, CLEARED).when(refusal).then(NO, BY_CONSENT)
    Scenario().given(*HELD, CLEARED.model_copy(update={"destination": "TR"})).when(refusal).then(NO)


def test_a_refusal_of_every_destination_counts_for_each_until_one_is_agreed_to(case: Scenario) -> None:
    case.given(*HELD, OWN_CONSENT).when(RecordConsentRefusal(scope=TRANSFER))
    assert not case.case.consent.agreed("IQ", HERSELF)
    assert not case.case.consent.agreed("TR", HERSELF)
    case.when(RecordConsent(scope=TRANSFER, destination="IQ"))
    assert case.case.consent.agreed("IQ", HERSELF)
    assert not case.case.consent.agreed("TR", HERSELF)


def test_withdrawing_without_a_destination_takes_every_consent_back(case: Scenario) -> None:
    turkey = OWN_CONSENT.model_copy(update={"destination": "TR", "consent_id": made(3)})
    case.given(*HELD, OWN_CONSENT, turkey, CLEARED).when(RecordConsentWithdrawal(scope=TRANSFER))
    case.then(TAKEN, TAKEN.model_copy(update={"consent_id": made(3)}), BY_CONSENT)


def test_one_parent_agrees_and_the_other_does_not(case: Scenario) -> None:
    father = made(6)
    case.given(*HELD, CONSENTED).when(RecordConsentRefusal(scope=TRANSFER, destination="IQ", given_by=father))
    consent = case.case.consent
    assert consent.agreed("IQ", {MOTHER})
    assert not consent.agreed("IQ", {MOTHER, father})
    assert not consent.agreed("IQ", {made(5)}), "nobody of these has said anything"


def test_a_sixteen_year_old_mother_speaks_for_her_baby_and_her_guardian_for_her(case: Scenario) -> None:
    baby = Scenario().given(*HELD, CONSENTED)
    assert baby.case.consent.agreed("IQ", {MOTHER})
    case.given(*HELD, APPOINTED, OWN_CONSENT, CONSENTED.model_copy(update={"given_by": GUARDIAN}))
    assert case.case.consent.agreed("IQ", set(case.case.protection.guardians))
    case.given(ConsentWithdrawn(consent_id=made(2), given_by=GUARDIAN, reason=None)).then_odd("consent.unknown")


def test_a_court_order_compels_and_a_refusal_does_not_undo_it(case: Scenario) -> None:
    refusal = RecordConsentRefusal(scope=TRANSFER, destination="IQ")
    case.given(*HELD, ORDERED, CLEARED).when(refusal).then(NO)
    assert case.case.consent.compelled("IQ")
    assert not case.case.consent.agreed("IQ", HERSELF), "an order is nobody's consent"
    lifted = AT_THE_BUS.model_copy(update={"court": True})
    case.when(lifted).then(TAKEN.model_copy(update={"consent_id": made(8)}), BY_CONSENT)
    assert not case.case.consent.compelled("IQ")
    case.when(lifted).then_nothing()


def test_a_court_order_is_nobodys(case: Scenario) -> None:
    order = RecordConsent(scope=TRANSFER, destination="IQ", basis=ConsentBasis.COURT_ORDER)
    case.given(*HELD).when(order.model_copy(update={"given_by": MOTHER})).then_refused("consent.court-has-no-giver")
    case.when(order)
    assert case.case.consent.compelled("IQ")


def test_nobody_is_informed_of_a_transfer_to_nowhere(case: Scenario) -> None:
    case.given(*HELD).when(RecordConsent(scope=TRANSFER)).then_refused("consent.destination-missing")
    case.when(RecordConsent(scope=ConsentScope.DNA_TEST))
    assert case.case.consent.agreed("IQ", HERSELF, ConsentScope.DNA_TEST)
    assert not case.case.consent.agreed("IQ", HERSELF)


def test_taking_back_a_dna_test_leaves_the_clearance(case: Scenario) -> None:
    test = OWN_CONSENT.model_copy(update={"scope": ConsentScope.DNA_TEST, "destination": None})
    case.given(*HELD, test, CLEARED).when(RecordConsentWithdrawal(scope=ConsentScope.DNA_TEST)).then(TAKEN)


def test_the_giver_is_named_under_their_own_key_and_the_person_is_not_named_again(case: Scenario) -> None:
    assert ConsentGiven.subjects == {BlockLabel.IDENTITY: "given_by"}
    case.given(*HELD).when(RecordConsent(scope=TRANSFER, destination="IQ", giver=A_MOTHER))
    case.then(OWN_CONSENT.model_copy(update={"consent_id": made(), "interpreter_id": None}))


def test_a_consent_recorded_late_does_not_undo_the_word_after_it(case: Scenario) -> None:
    case.given(*HELD).given(NO, on="2021-10-10").given(OWN_CONSENT, on="2021-10-02")
    assert not case.case.consent.agreed("IQ", HERSELF)
    case.given(OWN_CONSENT, on="2021-10-10")
    assert case.case.consent.agreed("IQ", HERSELF), "of one day the last recorded counts"


def test_a_withdrawal_of_before_the_consent_is_a_refusal_of_that_day(case: Scenario) -> None:
    case.given(*HELD).given(OWN_CONSENT, on="2021-10-10")
    case.when(AT_THE_BUS.model_copy(update={"occurred_on": PartialDate.parse("2021-10-05")})).then(NO)
    assert case.case.consent.agreed("IQ", HERSELF)


@pytest.mark.parametrize("basis", [ConsentBasis.INFORMED, ConsentBasis.SUPPORTED])
def test_what_others_agreed_to_is_told_apart_from_what_the_person_did(case: Scenario, basis: ConsentBasis) -> None:
    case.given(*HELD, OWN_CONSENT.model_copy(update={"basis": basis}))
    assert not case.case.consent.by_others
    case.given(CONSENTED)
    assert case.case.consent.by_others
    assert case.case.consent.said("IQ")[MOTHER].on.earliest < TODAY
