"""The safeguards of the gate: no real risk, no death, consent; and what a merge does not launder."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.case.blocks import BlockGround
from domain.case.case import CASE
from domain.case.consent import ConsentBasis, ConsentRefused, ConsentScope, ConsentWithdrawn
from domain.case.departure import DepartureRequest
from domain.case.gate import SPARED_DEATH, Because, Unmet, unmet
from domain.case.refoulement import RiskOutcome
from domain.case.screening import ScreeningResult
from domain.case.whereabouts import MovedToFacility, MoveReason
from domain.dates import PartialDate
from domain.privacy import WITHHELD
from tests.domain.gating import (
    A_PRISON,
    CHILD,
    CLEAR,
    DEPART,
    IN_PRISON,
    OF_SEVENTEEN,
    OF_UNKNOWN_AGE,
    PRISON,
    WITH_GUARDIAN,
    WITH_MOTHER,
    asked_by,
    codes,
    instead,
    ready_but,
    ready_with,
    without,
)
from tests.examples import (
    ADMITTED,
    AL_HOL,
    ASKED_TO_SCREEN,
    BLOCKED,
    CLEARED,
    FACT,
    READY,
    SCREENED,
    TOLD_BIRTH,
)
from tests.examples_protection import (
    AFRAID,
    ASSURED,
    BELIEVED,
    CONSENT,
    CONSENTED,
    MOTHER,
    OWN_CONSENT,
    SAFE,
)
from tests.scenario import SUPERVISOR, TODAY, Scenario, made, recorded


# ---------------------------------------------------------------- G5
def test_nobody_is_sent_where_the_risk_was_not_assessed(case: Scenario) -> None:
    assert codes(case.given(*ready_but(SAFE))) == ["G5"]


@pytest.mark.parametrize("found", [RiskOutcome.REAL_RISK, RiskOutcome.INCONCLUSIVE])
def test_nobody_is_sent_where_a_risk_is_not_excluded_whoever_consents(case: Scenario, found: RiskOutcome) -> None:
    case.given(*ready_with(SAFE, outcome=found), OWN_CONSENT.model_copy(update={"consent_id": made(3)}))
    assert codes(case) == ["G5"]
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G5"])


def test_an_assessment_of_another_state_says_nothing_of_this_one(case: Scenario) -> None:
    assert codes(case.given(*ready_with(SAFE, country="TR"))) == ["G5"]


def test_an_assessment_counts_through_its_last_day_and_not_after(case: Scenario) -> None:
    case.given(*ready_with(SAFE, valid_until=TODAY))
    assert codes(case) == []
    assert codes(case, on=TODAY + timedelta(days=1)) == ["G5"]


def test_a_fear_told_after_the_assessment_asks_for_another(case: Scenario) -> None:
    assert codes(case.given(*READY, AFRAID)) == ["G5"]
    assert codes(case.given(SAFE, on="2021-10-10")) == []


def test_a_fear_of_another_state_does_not_count(case: Scenario) -> None:
    assert codes(case.given(*READY, AFRAID.model_copy(update={"country": "TR"}))) == []


# ---------------------------------------------------------------- G6
def test_who_was_held_in_a_prison_needs_an_assurance_of_a_state_that_retains_capital_punishment(case: Scenario) -> None:
    case.beside(PRISON, A_PRISON, aggregate="facility").given(*ready_but(ADMITTED), IN_PRISON)
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G6"])
    case.given(ASSURED)
    assert codes(case) == ["G6"]
    case.given(BELIEVED)
    assert codes(case) == []


def test_who_was_moved_from_a_prison_to_a_camp_is_still_under_suspicion(case: Scenario) -> None:
    moved = MovedToFacility(facility=AL_HOL, reason=MoveReason.TRANSIT, separates_family=False)
    case.beside(PRISON, A_PRISON, aggregate="facility").given(*ready_but(ADMITTED), IN_PRISON, moved)
    assert codes(case) == ["G6"]


def test_a_place_of_which_nothing_is_on_record_counts_as_a_prison(case: Scenario) -> None:
    case.given(*ready_but(ADMITTED), IN_PRISON)
    assert codes(case) == ["G6"]


def test_who_is_under_no_suspicion_needs_no_assurance(case: Scenario) -> None:
    assert codes(case.given(*READY)) == []


@pytest.mark.parametrize("ground", BlockGround)
def test_a_block_makes_a_suspicion_also_when_it_is_lifted(case: Scenario, ground: BlockGround) -> None:
    case.given(*READY, BLOCKED.model_copy(update={"ground": ground}), FACT["case.security-block-lifted"])
    alleged = ground in {BlockGround.UNDER_INVESTIGATION, BlockGround.WANTED}
    assert codes(case) == (["G6"] if alleged else [])


def test_an_adverse_security_screening_by_anybody_makes_a_suspicion(case: Scenario) -> None:
    asked = FACT["case.screening-requested"].model_copy(
        update={"screening_id": made(9), "agency": "DK-PET", "destination": "DK"}
    )
    adverse = SCREENED.model_copy(update={"screening_id": made(9), "result": ScreeningResult.ADVERSE})
    assert codes(case.given(*READY, asked, adverse)) == ["G6"]


@pytest.mark.parametrize(
    "change",
    [{"no_death_penalty": False}, {"country": "TR"}, {"valid_until": date(2021, 10, 14)}],
    ids=["promises other things", "of another state", "expired"],
)
def test_an_assurance_counts_when_it_excludes_death_is_of_this_state_and_holds(
    case: Scenario, change: dict[str, object]
) -> None:
    case.beside(PRISON, A_PRISON, aggregate="facility")
    case.given(*ready_but(ADMITTED), IN_PRISON, ASSURED.model_copy(update=change), BELIEVED)
    assert codes(case) == ["G6"]


@pytest.mark.parametrize("topic", ["case.assurance-rejected", "case.assurance-breach-reported"])
def test_an_assurance_that_was_rejected_or_broken_does_not_count(case: Scenario, topic: str) -> None:
    case.beside(PRISON, A_PRISON, aggregate="facility")
    case.given(*ready_but(ADMITTED), IN_PRISON, ASSURED, BELIEVED).given(FACT[topic], on="2021-10-10")
    assert codes(case) == ["G6"]


def test_a_state_that_has_abolished_capital_punishment_promises_nothing(case: Scenario) -> None:
    case.beside(PRISON, A_PRISON, aggregate="facility").given(*ready_but(ADMITTED), IN_PRISON)
    assert "G6" not in codes(case, to="DK")
    assert "G6" in codes(case, to="US")


def test_who_may_have_been_a_child_when_first_held_needs_an_assurance_always(case: Scenario) -> None:
    young = TOLD_BIRTH.model_copy(update={"birth": PartialDate.parse("2003")})
    case.beside(PRISON, A_PRISON, aggregate="facility")
    case.given(IN_PRISON, on="2021-06-01").given(*ready_but(ADMITTED, TOLD_BIRTH), young)
    assert "G6" in codes(case, to="DK", on=date(2030, 1, 1))
    grown = Scenario().beside(PRISON, A_PRISON, aggregate="facility")
    grown.given(IN_PRISON, on="2022-01-01").given(*ready_but(ADMITTED, TOLD_BIRTH), young)
    assert "G6" not in codes(grown, to="DK", on=date(2030, 1, 1))


def test_kazakhstan_retained_capital_punishment_until_it_abolished_it(case: Scenario) -> None:
    case.beside(PRISON, A_PRISON, aggregate="facility").given(*ready_but(ADMITTED), IN_PRISON)
    assert "G6" in codes(case, to="KZ")
    assert "G6" not in codes(case, to="KZ", on=date(2023, 1, 1))


# ---------------------------------------------------------------- G9
def test_nobody_is_sent_who_has_not_agreed(case: Scenario) -> None:
    assert codes(case.given(*ready_but(OWN_CONSENT))) == ["G9"]


def test_a_consent_to_another_destination_or_to_something_else_does_not_count(case: Scenario) -> None:
    assert codes(Scenario().given(*ready_with(OWN_CONSENT, destination="TR"))) == ["G9"]
    assert codes(case.given(*ready_with(OWN_CONSENT, scope=ConsentScope.EXAMINATION))) == ["G9"]


def test_who_withdraws_at_the_bus_does_not_leave(case: Scenario) -> None:
    withdrawn = ConsentWithdrawn(consent_id=CONSENT, given_by=None, reason=None)
    case.given(*READY, CLEARED).given(withdrawn, on="2021-10-10")
    case.when(DEPART).then_refused("departure.not-ready", rules=["G9"])
    case.given(OWN_CONSENT.model_copy(update={"consent_id": made(4)}), on="2021-10-12")
    assert codes(case) == []


def test_a_court_can_order_what_nobody_agreed_to(case: Scenario) -> None:
    ordered = OWN_CONSENT.model_copy(update={"basis": ConsentBasis.COURT_ORDER, "consent_id": made(4)})
    refused = ConsentRefused(scope=ConsentScope.TRANSFER, destination="IQ", given_by=None, reason=None)
    case.given(*ready_but(OWN_CONSENT), refused)
    assert codes(case) == ["G9"]
    assert codes(case.given(ordered)) == []


def test_for_a_child_the_mother_speaks_and_when_she_refuses_it_stays(case: Scenario) -> None:
    refused = ConsentRefused(scope=ConsentScope.TRANSFER, destination="IQ", given_by=MOTHER, reason=None)
    case.beside(MOTHER, *READY).given(*WITH_MOTHER).given(refused, on="2021-10-10")
    assert codes(case) == ["G9"]


def test_the_word_of_a_child_alone_or_of_somebody_else_is_not_enough(case: Scenario) -> None:
    case.beside(MOTHER, *READY)
    assert codes(case.given(*without(WITH_MOTHER, CONSENTED), OWN_CONSENT)) == ["G9"]
    stranger = CONSENTED.model_copy(update={"given_by": made(8)})
    assert codes(case.given(stranger)) == ["G9"]


def test_a_guardian_speaks_for_a_child_and_its_own_no_does_not_bind_them(case: Scenario) -> None:
    said_no = ConsentRefused(scope=ConsentScope.TRANSFER, destination="IQ", given_by=None, reason=None)
    assert codes(case.given(*WITH_GUARDIAN, said_no)) == []


def test_of_whom_neither_is_certain_both_the_person_and_a_guardian_agree(case: Scenario) -> None:
    case.given(*instead(WITH_GUARDIAN, CHILD, OF_UNKNOWN_AGE))
    assert codes(case) == ["G9"]
    assert codes(case.given(OWN_CONSENT.model_copy(update={"consent_id": made(4)}))) == []


def test_who_turns_eighteen_between_clearance_and_departure_is_asked_themselves(case: Scenario) -> None:
    case.given(*instead(WITH_GUARDIAN, CHILD, OF_SEVENTEEN)).when(CLEAR)
    birthday = date(2021, 10, 20)
    assert codes(case, on=birthday - timedelta(days=1)) == []
    case.when(DEPART, on=birthday).then_refused("departure.not-ready", rules=["G9"])
    case.given(OWN_CONSENT.model_copy(update={"consent_id": made(4)}), on=birthday, recorded_on=birthday)
    case.when(DEPART, on=birthday).then(FACT["case.departed"])


# ---------------------------------------------------------------- merged cases
def test_a_merge_launders_no_block_no_risk_no_suspicion_and_no_request(case: Scenario) -> None:
    absorbed, other = FACT["case.case-absorbed"], FACT["case.case-absorbed"].absorbed  # type: ignore[attr-defined]
    for fact, expected in (
        (BLOCKED.model_copy(update={"ground": BlockGround.SECURITY_CONCERN}), ["G1"]),
        (FACT["case.citizenship-deprived"], []),
        (AFRAID, ["G5"]),
        (SAFE.model_copy(update={"outcome": RiskOutcome.REAL_RISK}), []),
    ):
        assert codes(Scenario().beside(other, fact).given(*READY, absorbed)) == expected, fact.topic
    late = SAFE.model_copy(update={"outcome": RiskOutcome.REAL_RISK})
    case.beside(other, FACT["case.admitted-to-facility"]).given(*READY, absorbed)
    case.of(other).given(late, on="2021-10-12")
    assert codes(case) == ["G5"]
    imprisoned = Scenario().beside(PRISON, A_PRISON, aggregate="facility").beside(other, IN_PRISON)
    assert codes(imprisoned.given(*READY, absorbed)) == ["G6"]
    asked = Scenario().beside(other).given(*READY, absorbed)
    asked.of(other).given(FACT["case.repatriation-requested"], by=SUPERVISOR)
    assert asked_by(asked, SUPERVISOR) == ["G13"]


def test_a_merge_launders_no_screening(case: Scenario) -> None:
    absorbed, other = FACT["case.case-absorbed"], FACT["case.case-absorbed"].absorbed  # type: ignore[attr-defined]
    open_one = ASKED_TO_SCREEN.model_copy(update={"screening_id": made(7), "agency": "IQ-CTS"})
    assert codes(case.beside(other, open_one).given(*READY, absorbed)) == ["G2"]
    adverse = SCREENED.model_copy(update={"screening_id": made(7), "result": ScreeningResult.ADVERSE})
    case.of(other).given(adverse)
    assert codes(case) == ["G2", "G6"]


def test_a_fear_told_on_the_merged_case_counts_when_it_is_later_and_of_this_state(case: Scenario) -> None:
    absorbed, other = FACT["case.case-absorbed"], FACT["case.case-absorbed"].absorbed  # type: ignore[attr-defined]
    case.beside(other).given(*READY, absorbed)
    case.of(other).given(AFRAID.model_copy(update={"country": "IQ"}), on="2021-09-30")
    case.of(other).given(AFRAID.model_copy(update={"country": "TR"}), on="2021-10-02")
    assert codes(case) == []
    case.of(other).given(AFRAID.model_copy(update={"country": "IQ"}), on="2021-10-02")
    assert codes(case) == ["G5"]


@pytest.mark.parametrize("destination", ["IQ", "GB"])
def test_of_whom_no_age_can_be_read_nobody_knows_whether_they_were_held_as_a_child(destination: str) -> None:
    hidden = TOLD_BIRTH.model_copy(update={"birth": WITHHELD})
    held = [recorded(fact, nth) for nth, fact in enumerate((IN_PRISON, hidden), start=1)]
    state = CASE.fold(held)
    request = DepartureRequest.of(state, destination, on=TODAY)
    assert Unmet(SPARED_DEATH, Because.WITHHELD) in unmet(state, request)
