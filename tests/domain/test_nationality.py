"""Nationality: claims side by side; confirmed, disputed, denied; taken away and given back; who is left without one."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from domain.case.case import CASE
from domain.case.contested import (
    ContestGround,
    DenyNationality,
    DisputeNationality,
    NationalityDenied,
    NationalityDisputed,
)
from domain.case.decisions import ApprovalBasis
from domain.case.deprivation import CitizenshipDeprived, DeprivationGround, RecordCitizenshipDeprivation
from domain.case.determination import ClearStatelessnessRisk, DetermineStatelessness, FlagStatelessnessRisk
from domain.case.journey import ClearanceWithdrawn, WithdrawalCause
from domain.case.kin import KinLinked, Relation
from domain.case.nationality import ClaimNationality, ConfirmNationality, NationalityClaimed, NationalityConfirmed
from domain.case.restoration import (
    CitizenshipDeprivationWithdrawn,
    CitizenshipRestored,
    DeprivationAppealDecided,
    RecordCitizenshipRestoration,
    RecordDeprivationAppeal,
    RecordDeprivationAppealDecision,
    RecordDeprivationWithdrawal,
)
from domain.case.statelessness import (
    RiskCause,
    RiskEnd,
    StatelessnessDetermined,
    StatelessnessRiskCleared,
    StatelessnessRiskFlagged,
)
from domain.case.status import Overlay
from domain.case.work import TaskKind, TaskRaised
from domain.clocks import Moment, as_of
from domain.dates import PartialDate
from domain.kernel import Fact
from domain.privacy import ERASED
from domain.values import Evidence, LateReason
from tests.examples import APPEAL, APPEALED, APPROVED, CLEARED, CONFIRMED, DEPRIVED, HELD, MOTHER, READY
from tests.scenario import TODAY, Scenario, made, recorded

day = PartialDate.parse
DENY = DenyNationality(country="IQ", authority="IQ-MOI", ground=ContestGround.NOT_IN_REGISTER)
DISPUTE = DisputeNationality(country="IQ", by_agency="IQ-INSS")
ORDER = RecordCitizenshipDeprivation(
    country="GB",
    ground=DeprivationGround.PUBLIC_GOOD,
    order_made_on=day("2019-02-19"),
    effective_from=day("2019-02-19"),
    late_reason=LateReason.NOTIFIED_LATE,
)
STRIPPED = CitizenshipDeprived(
    country="GB",
    ground=DeprivationGround.PUBLIC_GOOD,
    order_made_on=day("2019-02-19"),
    effective_from=day("2019-02-19"),
)


def confirmed(country: str) -> NationalityConfirmed:
    return NationalityConfirmed(country=country, authority=f"{country}-MOI", document=None)


def claimed(country: str) -> NationalityClaimed:
    return NationalityClaimed(country=country, strength=Evidence.DOCUMENTED)


def tasks(case: Scenario) -> list[TaskKind]:
    assert isinstance(case.outcome, list)
    return [fact.kind for fact, _ in case.outcome if isinstance(fact, TaskRaised)]


def topics(case: Scenario) -> list[str]:
    assert isinstance(case.outcome, list)
    return [fact.topic.removeprefix("case.") for fact, _ in case.outcome]


# ---------------------------------------------------------------- codes
@pytest.mark.parametrize("country", ["XK", "PS", "XXA", "XXX"])
def test_kosovo_palestine_no_state_and_an_unknown_one_can_be_claimed(case: Scenario, country: str) -> None:
    case.given(*HELD).when(ClaimNationality(country=country))
    assert case.case.nationality.strongest == country


@pytest.mark.parametrize("country", ["XXA", "XXX", "XX", "iq", "IRQ", ""])
def test_no_state_confirms_deprives_or_denies_who_is_none(country: str) -> None:
    for command, fields in (
        (ConfirmNationality, {"authority": "UN-UNHCR"}),
        (DenyNationality, {"authority": "UN-UNHCR"}),
    ):
        with pytest.raises(ValidationError):
            command.model_validate({"country": country, **fields})


# ---------------------------------------------------------------- claims, confirmations, disputes
def test_a_dual_national_has_two_confirmed_nationalities(case: Scenario) -> None:
    case.given(*HELD).when(ConfirmNationality(country="FR", authority="FR-MAE"))
    case.when(ConfirmNationality(country="TN", authority="TN-MOI"))
    assert set(case.case.nationality.confirmed) == {"FR", "TN"}


def test_a_disputed_nationality_is_not_confirmed_until_the_state_confirms_anew(case: Scenario) -> None:
    case.given(*HELD, CONFIRMED).when(DISPUTE)
    nationality = case.case.nationality
    assert (nationality.disputed, set(nationality.confirmed), nationality.strongest) == ({"IQ"}, set(), "IQ")
    case.when(ConfirmNationality(country="IQ", authority="IQ-MOI"))
    nationality = case.case.nationality
    assert (nationality.disputed, set(nationality.confirmed)) == (set(), {"IQ"})


def test_a_nationality_that_its_state_denies_is_none(case: Scenario) -> None:
    case.given(*HELD, claimed("IQ"), claimed("SY")).when(DENY)
    assert (case.case.nationality.denied, case.case.nationality.strongest) == ({"IQ"}, "SY")


def test_who_is_denied_by_both_states_may_be_without_any(case: Scenario) -> None:
    case.given(*HELD, claimed("IQ"), claimed("SY")).when(DENY)
    case.when(DENY.model_copy(update={"country": "SY", "authority": "SY-MOI"}))
    case.then(NationalityDenied(country="SY", authority="SY-MOI", ground=ContestGround.NOT_IN_REGISTER))
    assert case.case.nationality.strongest == "XXX"
    case.then_overlays(Overlay.STATELESS_RISK)


@pytest.mark.parametrize("ask", [DENY, DISPUTE], ids=["denied", "disputed"])
def test_the_last_word_on_a_nationality_counts_by_the_day_it_was_said(
    case: Scenario, ask: DenyNationality | DisputeNationality
) -> None:
    case.given(*HELD).given(CONFIRMED, on="2021-10-10")
    case.when(ask.model_copy(update={"occurred_on": day("2021-10-01")}))
    assert isinstance(case.outcome, list)
    assert set(case.case.nationality.confirmed) == {"IQ"}
    assert set(as_of(case.history, Moment(TODAY)).state.nationality.confirmed) == {"IQ"}


def test_a_confirmation_older_than_the_denial_is_kept_and_does_not_count(case: Scenario) -> None:
    case.given(*HELD).given(NationalityDenied(country="IQ", authority="IQ-MOI", ground="renounced"), on="2021-10-10")
    early = ConfirmNationality(country="IQ", authority="IQ-MFA", occurred_on=day("2021-10-01"))
    case.when(early).then(NationalityConfirmed(country="IQ", authority="IQ-MFA", document=None))
    nationality = case.case.nationality
    assert (nationality.confirmations, set(nationality.confirmed)) == ({"IQ": {"IQ-MFA"}}, set())
    case.when(early).then_nothing()


def test_of_two_words_of_one_day_the_one_recorded_later_counts_on_both_clocks(case: Scenario) -> None:
    denied = NationalityDenied(country="IQ", authority="IQ-MOI", ground=ContestGround.NOT_STATED)
    case.given(*HELD, denied, CONFIRMED)
    for state in (case.case, as_of(case.history, Moment(TODAY)).state):
        assert set(state.nationality.confirmed) == {"IQ"}
    case.given(denied)
    for state in (case.case, as_of(case.history, Moment(TODAY)).state):
        assert state.nationality.denied == {"IQ"}


def test_each_agency_disputes_a_nationality_once(case: Scenario) -> None:
    case.given(*HELD).when(DISPUTE).then(
        NationalityDisputed(country="IQ", by_agency="IQ-INSS", ground=ContestGround.NOT_STATED)
    )
    case.when(DISPUTE.model_copy(update={"by_agency": "TN-MOI"}))
    assert topics(case) == ["nationality-disputed"]


@pytest.mark.parametrize("ask", [DENY, DISPUTE], ids=["denied", "disputed"])
def test_what_an_approval_rests_on_falls_and_the_clearance_with_it(
    case: Scenario, ask: DenyNationality | DisputeNationality
) -> None:
    case.given(*READY, CLEARED).when(ask)
    assert isinstance(case.outcome, list)
    assert case.outcome[1] == (ClearanceWithdrawn(cause=WithdrawalCause.APPROVAL), PartialDate.of(TODAY))


def test_an_approval_on_another_basis_does_not_rest_on_a_nationality(case: Scenario) -> None:
    humanitarian = APPROVED.model_copy(update={"basis": ApprovalBasis.HUMANITARIAN})
    case.given(*READY, humanitarian, CLEARED).when(DISPUTE)
    assert case.case.journey.clearance is not None


def test_the_dispute_of_another_nationality_touches_no_clearance(case: Scenario) -> None:
    case.given(*READY, CLEARED).when(DISPUTE.model_copy(update={"country": "TN"}))
    assert case.case.journey.clearance is not None


# ---------------------------------------------------------------- I5: statelessness
def test_deprivation_with_only_claims_left_flags_the_risk_and_looks_for_a_receiving_state(case: Scenario) -> None:
    case.given(*HELD, confirmed("GB"), claimed("BD")).when(ORDER).then_overlays(Overlay.STATELESS_RISK)
    assert topics(case)[:2] == ["citizenship-deprived", "statelessness-risk-flagged"]
    assert tasks(case) == [TaskKind.FIND_RECEIVING_STATE, TaskKind.STATELESSNESS_REVIEW]
    case.when(ConfirmNationality(country="BD", authority="BD-MFA")).then_overlays()
    case.then(
        NationalityConfirmed(country="BD", authority="BD-MFA", document=None),
        StatelessnessRiskCleared(cause=RiskEnd.NATIONALITY_CONFIRMED),
    )


def test_deprivation_with_another_confirmed_nationality_is_no_risk(case: Scenario) -> None:
    case.given(*HELD, confirmed("GB"), confirmed("BD")).when(ORDER).then(STRIPPED).then_overlays()


def test_losing_the_second_nationality_too_is_a_risk_once(case: Scenario) -> None:
    case.given(*HELD, confirmed("GB"), confirmed("IQ"), STRIPPED).when(DENY)
    assert topics(case)[:2] == ["nationality-denied", "statelessness-risk-flagged"]
    case.when(DENY.model_copy(update={"country": "SY"}))
    assert topics(case) == ["nationality-denied"]


def test_a_dispute_of_the_only_nationality_left_is_a_risk(case: Scenario) -> None:
    case.given(*HELD, confirmed("GB"), CONFIRMED, STRIPPED).when(DISPUTE).then_overlays(
        Overlay.STATELESS_RISK, Overlay.NATIONALITY_DISPUTED
    )
    assert (StatelessnessRiskFlagged(cause=RiskCause.DEPRIVATION), PartialDate.of(TODAY)) in list(case.outcome)  # type: ignore[arg-type]


def test_a_receiving_state_is_looked_for_before_the_order_takes_effect(case: Scenario) -> None:
    later = ORDER.model_copy(update={"order_made_on": day("2021-10-14"), "effective_from": day("2021-12-01")})
    case.given(*HELD, confirmed("GB")).when(later).then_overlays()
    assert TaskKind.FIND_RECEIVING_STATE in tasks(case)
    case.then_overlays(Overlay.STATELESS_RISK, on=date(2021, 12, 1))


def test_an_officer_flags_what_the_ledger_cannot_know(case: Scenario) -> None:
    case.given(*HELD).when(FlagStatelessnessRisk(cause=RiskCause.UNREGISTERED_BIRTH))
    case.then_overlays(Overlay.STATELESS_RISK)
    assert tasks(case) == [TaskKind.STATELESSNESS_REVIEW]
    case.when(FlagStatelessnessRisk(cause=RiskCause.CONFLICT_OF_LAWS))
    case.then(StatelessnessRiskFlagged(cause=RiskCause.CONFLICT_OF_LAWS))
    case.when(ConfirmNationality(country="IQ", authority="IQ-MOI")).then_overlays()
    assert topics(case) == ["nationality-confirmed", "statelessness-risk-cleared"]


@pytest.mark.parametrize("cause", [RiskCause.DEPRIVATION, RiskCause.DENIAL])
def test_what_the_ledger_shows_is_not_flagged_by_hand(case: Scenario, cause: RiskCause) -> None:
    case.given(*HELD).when(FlagStatelessnessRisk(cause=cause)).then_refused("statelessness.follows-from-ledger")


def test_a_risk_that_the_ledger_shows_is_not_talked_away(case: Scenario) -> None:
    case.given(*HELD, confirmed("GB")).when(ORDER)
    case.when(ClearStatelessnessRisk(cause=RiskEnd.FLAGGED_IN_ERROR)).then_refused("statelessness.risk-stands")
    Scenario().given(*HELD).when(ClearStatelessnessRisk(cause=RiskEnd.FLAGGED_IN_ERROR)).then_nothing()


@pytest.mark.parametrize(
    ("de_jure", "de_facto", "facts", "risk"),
    [
        (True, False, (), True),
        (False, True, (), True),
        (True, False, (CONFIRMED,), False),
        (False, True, (CONFIRMED,), True),
        (False, False, (), False),
    ],
)
def test_who_is_found_stateless_is_at_risk_unless_a_state_confirms_them(
    case: Scenario, de_jure: bool, de_facto: bool, facts: tuple[Fact, ...], risk: bool
) -> None:
    ask = DetermineStatelessness(authority="UN-UNHCR", de_jure=de_jure, de_facto=de_facto)
    case.given(*HELD, *facts).when(ask)
    case.then(StatelessnessDetermined(authority="UN-UNHCR", de_jure=de_jure, de_facto=de_facto, reasons=None))
    case.then_overlays(*([Overlay.STATELESS_RISK] if risk else []))


def test_the_last_determination_counts(case: Scenario) -> None:
    ask = DetermineStatelessness(authority="UN-UNHCR", de_jure=True, de_facto=True)
    case.given(*HELD).when(ask.model_copy(update={"de_jure": False, "de_facto": False}))
    case.when(ask.model_copy(update={"occurred_on": day("2021-10-01")})).then_overlays()
    case.when(ask).then_overlays(Overlay.STATELESS_RISK)


@pytest.mark.parametrize("late", [StatelessnessRiskFlagged(cause=RiskCause.NO_EVIDENCE), None], ids=["flag", "clear"])
def test_a_flag_older_than_the_last_word_on_the_risk_changes_nothing(
    case: Scenario, late: StatelessnessRiskFlagged | None
) -> None:
    flag = StatelessnessRiskFlagged(cause=RiskCause.STATELESS_PARENT)
    clear = StatelessnessRiskCleared(cause=RiskEnd.FLAGGED_IN_ERROR)
    case.given(*HELD).given(flag, on="2021-09-01")
    if late is not None:
        case.given(clear, on="2021-09-10").given(late, on="2021-09-05").then_overlays()
    else:
        case.given(clear, on="2021-08-20").then_overlays(Overlay.STATELESS_RISK)


# ---------------------------------------------------------------- I7
@pytest.mark.parametrize(
    ("relation", "reviewed"), [(Relation.CHILD, True), (Relation.SPOUSE, False), (ERASED, True)], ids=str
)
def test_the_deprivation_of_a_parent_never_changes_a_childs_nationality_and_raises_a_review(
    case: Scenario, relation: Relation, reviewed: bool
) -> None:
    link = KinLinked(
        kin_id=made(7), strength=Evidence.CLAIMED, person=MOTHER, relation=Relation.CHILD, primary_caregiver=False
    )
    case.given(*HELD, confirmed("GB"), confirmed("BD"))
    case.history.append(recorded(link.model_copy(update={"relation": relation}), len(case.history) + 1))
    case.when(ORDER)
    assert (TaskKind.REVIEW_CHILDREN_NATIONALITY in tasks(case)) == reviewed
    assert case.elsewhere == []


# ---------------------------------------------------------------- appeals
def test_an_order_stands_until_an_appeal_is_allowed_for_good(case: Scenario) -> None:
    case.given(*HELD, CONFIRMED, DEPRIVED, APPEALED)
    decide = RecordDeprivationAppealDecision(appeal_id=APPEAL, allowed=True, final=False)
    case.when(decide).then_overlays(Overlay.STATELESS_RISK)
    assert set(case.case.nationality.deprived) == {"IQ"}
    case.when(decide.model_copy(update={"final": True})).then_overlays()
    case.then(
        DeprivationAppealDecided(appeal_id=APPEAL, allowed=True, final=True, reasons=None),
        StatelessnessRiskCleared(cause=RiskEnd.APPEAL_ALLOWED),
    )
    assert not case.case.nationality.deprived


def test_an_appeal_that_is_dismissed_changes_nothing(case: Scenario) -> None:
    case.given(*HELD, CONFIRMED, DEPRIVED, APPEALED)
    case.when(RecordDeprivationAppealDecision(appeal_id=APPEAL, allowed=False, final=True))
    assert topics(case) == ["deprivation-appeal-decided"]
    assert set(case.case.nationality.deprived) == {"IQ"}


def test_the_last_decision_on_an_appeal_counts(case: Scenario) -> None:
    allowed = DeprivationAppealDecided(appeal_id=APPEAL, allowed=True, final=True, reasons=None)
    case.given(*HELD, CONFIRMED, DEPRIVED, APPEALED).given(allowed, on="2021-10-05")
    case.when(
        RecordDeprivationAppealDecision(appeal_id=APPEAL, allowed=False, final=False, occurred_on=day("2021-10-02"))
    )
    assert not case.case.nationality.deprived
    case.when(RecordDeprivationAppealDecision(appeal_id=APPEAL, allowed=False, final=True))
    assert set(case.case.nationality.deprived) == {"IQ"}


def test_a_new_order_after_the_appeal_was_lodged_stands(case: Scenario) -> None:
    allowed = DeprivationAppealDecided(appeal_id=APPEAL, allowed=True, final=True, reasons=None)
    case.given(*HELD, CONFIRMED, DEPRIVED, APPEALED, allowed)
    again = DEPRIVED.model_copy(update={"order_made_on": day("2021-10-12"), "effective_from": day("2021-10-12")})
    case.given(again, on="2021-10-12")
    assert set(case.case.nationality.deprived) == {"IQ"}


def test_one_appeal_to_a_court_is_pending_at_a_time(case: Scenario) -> None:
    ask = RecordDeprivationAppeal(country="IQ", court="IQ-COURT")
    case.given(*HELD, DEPRIVED, APPEALED).when(ask).then_nothing()
    case.given(DeprivationAppealDecided(appeal_id=APPEAL, allowed=False, final=True, reasons=None)).when(ask)
    assert topics(case) == ["deprivation-appeal-lodged"]


def test_facts_of_an_appeal_that_do_not_fit_are_odd(case: Scenario) -> None:
    decided = DeprivationAppealDecided(appeal_id=APPEAL, allowed=True, final=True, reasons=None)
    case.given(*HELD, decided, APPEALED, APPEALED).then_odd("appeal.unlodged", "appeal.lodged-twice")


# ---------------------------------------------------------------- I6: restoration
def test_an_order_is_withdrawn_from_that_day_on(case: Scenario) -> None:
    case.given(*HELD, CONFIRMED, DEPRIVED).when(RecordDeprivationWithdrawal(country="IQ", authority="IQ-MOI"))
    case.then(
        CitizenshipDeprivationWithdrawn(country="IQ", authority="IQ-MOI", reasons=None),
        StatelessnessRiskCleared(cause=RiskEnd.WITHDRAWN),
    )
    assert as_of(case.history, Moment(date(2020, 6, 1))).state.nationality.deprived
    assert not as_of(case.history, Moment(TODAY)).state.nationality.deprived


def test_a_citizenship_restored_for_the_past_was_never_lost_and_what_was_believed_stays_readable(
    case: Scenario,
) -> None:
    """[2025] UKSC 6: British throughout."""
    case.given(*HELD, confirmed("GB"), STRIPPED)
    before = case.history[-1].stamp.position
    case.when(RecordCitizenshipRestoration(country="GB", authority="GB-COURT-UKSC", with_effect_from=day("2019-02-19")))
    assert topics(case) == ["citizenship-restored", "statelessness-risk-cleared"]
    then = date(2020, 6, 1)
    now_known = as_of(case.history, Moment(then)).state.nationality
    then_known = as_of(case.history, Moment(then, known_at=before)).state.nationality
    assert (set(now_known.deprived), now_known.stateless_risk(then)) == (set(), False)
    assert (set(then_known.deprived), then_known.stateless_risk(then)) == ({"GB"}, True)


def test_a_restoration_with_effect_before_the_order_ends_it_on_every_day(case: Scenario) -> None:
    restored = CitizenshipRestored(country="GB", authority="GB-HO", with_effect_from=day("2014"), reasons=None)
    case.given(*HELD, confirmed("GB"), STRIPPED).given(restored, on="2021-10-10", recorded_on=TODAY)
    for on in (date(2015, 1, 1), date(2019, 2, 19), date(2020, 1, 1), TODAY):
        assert not as_of(case.history, Moment(on)).state.nationality.deprived


def test_a_restoration_for_the_future_leaves_the_time_between(case: Scenario) -> None:
    restored = CitizenshipRestored(country="GB", authority="GB-HO", with_effect_from=day("2021-01-01"), reasons=None)
    case.given(*HELD, confirmed("GB"), STRIPPED).given(restored, on="2021-10-10", recorded_on=TODAY)
    assert as_of(case.history, Moment(date(2020, 12, 31))).state.nationality.deprived
    assert not as_of(case.history, Moment(date(2021, 1, 1))).state.nationality.deprived


def test_a_state_may_deprive_again_after_it_restored(case: Scenario) -> None:
    restored = CitizenshipRestored(country="GB", authority="GB-HO", with_effect_from=day("2019-02-19"), reasons=None)
    again = STRIPPED.model_copy(update={"order_made_on": day("2021-10-12"), "effective_from": day("2021-10-12")})
    case.given(*HELD, confirmed("GB"), STRIPPED).given(restored, on="2021-10-01").given(again, on="2021-10-12")
    assert set(case.case.nationality.deprived) == {"GB"}
    assert not as_of(case.history, Moment(date(2020, 1, 1))).state.nationality.deprived


def test_an_order_of_unknown_date_was_made_by_the_day_on_which_it_was_recorded(case: Scenario) -> None:
    unknown = STRIPPED.model_copy(update={"order_made_on": day("XXXX")})
    case.given(*HELD, confirmed("GB")).given(unknown, recorded_on=date(2020, 1, 1))
    case.when(RecordDeprivationWithdrawal(country="GB", authority="GB-HO"))
    assert not case.case.nationality.deprived


def test_the_same_order_is_recorded_once_whatever_became_of_it(case: Scenario) -> None:
    case.given(*HELD, confirmed("GB"), STRIPPED).when(RecordDeprivationWithdrawal(country="GB", authority="GB-HO"))
    case.when(ORDER).then_nothing()
    case.when(RecordDeprivationWithdrawal(country="GB", authority="GB-HO", occurred_on=day("2021-10-02")))
    assert topics(case) == ["citizenship-deprivation-withdrawn"]


def test_what_one_state_gives_back_says_nothing_of_a_birth_that_was_never_registered(case: Scenario) -> None:
    case.given(*HELD, STRIPPED).when(FlagStatelessnessRisk(cause=RiskCause.UNREGISTERED_BIRTH))
    case.when(RecordDeprivationWithdrawal(country="GB", authority="GB-HO")).then_overlays(Overlay.STATELESS_RISK)
    assert case.case.nationality.flagged == {RiskCause.UNREGISTERED_BIRTH}


def test_facts_in_any_order_leave_the_same_ledger() -> None:
    facts = [
        recorded(confirmed("GB"), 1, occurred_on="2018-01-01"),
        recorded(STRIPPED, 2, occurred_on="2019-02-19"),
        recorded(APPEALED.model_copy(update={"country": "GB"}), 3, occurred_on="2019-06-01"),
        recorded(
            DeprivationAppealDecided(appeal_id=APPEAL, allowed=True, final=True, reasons=None),
            4,
            occurred_on="2021-01-01",
        ),
    ]
    for order in (facts, facts[::-1], [facts[1], facts[3], facts[0], facts[2]]):
        assert not CASE.fold(order).nationality.deprived
