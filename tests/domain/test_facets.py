"""The facets of a case: what is known about a person, how claims stand side by side, and who may lift what."""

from __future__ import annotations

from datetime import date

import pytest

from domain.case.absence import EscapeReported, Recaptured, RecordRecapture, ReportEscape
from domain.case.agencies import is_court_over, is_successor, is_superior
from domain.case.arrivals import RecordArrival, RecordRepatriation
from domain.case.blocks import BlockGround, ImposeSecurityBlock, LiftAuthority, LiftSecurityBlock, SecurityBlockLifted
from domain.case.clearance import ReportDeparture
from domain.case.decisions import (
    ApprovalBasis,
    ApproveRepatriation,
    RefusalReason,
    RefuseRepatriation,
    RequestedBy,
    RequestRepatriation,
)
from domain.case.deprivation import DeprivationGround, RecordCitizenshipDeprivation
from domain.case.identity import RecordBirth, RecordName, RecordSex
from domain.case.journey import (
    ArrivedInCountry,
    ClearanceWithdrawn,
    Departed,
    RepatriationRecorded,
    WithdrawalCause,
)
from domain.case.life import DeathManner, DeathRecorded, RecordDeath
from domain.case.nationality import ClaimNationality, ConfirmNationality, NationalityClaimed
from domain.case.protection import CareStatus, DetermineCareStatus
from domain.case.screening import CompleteScreening, RequestScreening, ScreeningKind, ScreeningResult
from domain.case.status import Overlay
from domain.case.whereabouts import (
    AdmittedToFacility,
    AdmitToFacility,
    MovedToFacility,
    MoveReason,
    MoveToFacility,
    Place,
)
from domain.dates import PartialDate
from domain.facility import RegisterFacility
from domain.kernel import Command, Fact
from domain.values import Evidence, NameKind, PersonName, Script, Sex
from tests.examples import (
    A_NAME,
    ADMITTED,
    AL_HOL,
    APPROVED,
    ASKED_TO_SCREEN,
    BLOCK,
    BLOCKED,
    CLEARED,
    CONFIRMED,
    DEPRIVED,
    FACT,
    HELD,
    LEFT,
    NAMED,
    OPENED,
    READY,
    REFUSED,
    REGISTERED,
    REVIEW_DUE_ON,
    ROJ,
    SCREENED,
    SCREENING,
)
from tests.scenario import CASEWORKER, TODAY, Scenario, made

day = PartialDate.parse


# ---------------------------------------------------------------- identity
def test_names_in_two_scripts_stand_side_by_side(case: Scenario) -> None:
    arabic = PersonName(parts=("أمينة", "يوسف"), script=Script.ARABIC)
    case.given(*HELD, NAMED).when(RecordName(kind=NameKind.FULL, name=arabic))
    assert [name.name for name in case.case.identity.names.values()] == [A_NAME, arabic]


def test_better_evidence_for_a_known_name_is_news_and_worse_is_not(case: Scenario) -> None:
    case.given(*HELD, NAMED)
    case.when(RecordName(kind=NameKind.FULL, name=A_NAME, strength=Evidence.DOCUMENTED))
    case.then(NAMED.model_copy(update={"name_id": made(), "strength": Evidence.DOCUMENTED}))
    case.when(RecordName(kind=NameKind.FULL, name=A_NAME)).then_nothing()
    case.when(RecordName(kind=NameKind.ALIAS, name=A_NAME))
    case.then(NAMED.model_copy(update={"name_id": made(), "kind": NameKind.ALIAS}))


def test_of_two_births_the_better_supported_counts_and_both_stay(case: Scenario) -> None:
    case.given(*HELD).when(RecordBirth(birth=day("2004"), strength=Evidence.DOCUMENTED))
    case.when(RecordBirth(birth=day("2001")))
    identity = case.case.identity
    assert identity.birth is not None
    assert (identity.birth.birth, len(identity.births)) == (day("2004"), 2)
    case.when(RecordBirth(birth=day("2001"))).then_nothing()


def test_of_equal_births_the_last_told_counts_even_when_it_was_told_before(case: Scenario) -> None:
    case.given(*HELD)
    for year in ("2004", "2005", "2004"):
        case.when(RecordBirth(birth=day(year)))
        assert case.case.identity.birth is not None
        assert case.case.identity.birth.birth == day(year)


def test_sex_is_corrected_by_recording_it_again(case: Scenario) -> None:
    case.given(*HELD, FACT["case.sex-recorded"]).when(RecordSex(sex=Sex.MALE))
    assert case.case.identity.sex is Sex.MALE


# ---------------------------------------------------------------- nationality
def test_claims_may_conflict_and_the_best_supported_leads(case: Scenario) -> None:
    case.given(*HELD).when(ClaimNationality(country="TN")).when(ClaimNationality(country="FR"))
    assert case.case.nationality.strongest == "TN"
    case.when(ClaimNationality(country="FR", strength=Evidence.DOCUMENTED))
    assert case.case.nationality.strongest == "FR"
    case.when(ConfirmNationality(country="TN", authority="TN-MOI"))
    assert case.case.nationality.strongest == "TN"


def test_a_weaker_claim_to_what_is_documented_is_no_news(case: Scenario) -> None:
    case.given(*HELD, FACT["case.nationality-claimed"]).when(ClaimNationality(country="IQ")).then_nothing()


def test_a_claim_may_be_to_no_state_at_all(case: Scenario) -> None:
    case.given(*HELD).when(ClaimNationality(country="XXA"))
    case.then(NationalityClaimed(country="XXA", strength=Evidence.CLAIMED))


def test_a_second_authority_may_confirm_too(case: Scenario) -> None:
    case.given(*HELD, CONFIRMED).when(ConfirmNationality(country="IQ", authority="IQ-MFA"))
    assert case.case.nationality.confirmed == {"IQ": {"IQ-MOI", "IQ-MFA"}}


def test_nobody_on_record_is_of_unknown_nationality(case: Scenario) -> None:
    assert case.given(*HELD).case.nationality.strongest == "XXX"


def test_deprivation_with_only_a_claim_left_is_a_risk_of_statelessness(case: Scenario) -> None:
    claimed = NationalityClaimed(country="TN", strength=Evidence.DOCUMENTED)
    case.given(*HELD, CONFIRMED, claimed, DEPRIVED).then_overlays(Overlay.STATELESS_RISK)


def test_another_confirmed_nationality_takes_the_risk_of_statelessness_away(case: Scenario) -> None:
    other = CONFIRMED.model_copy(update={"country": "TN", "authority": "TN-MOI"})
    case.given(*HELD, CONFIRMED, other, DEPRIVED).then_overlays()


def test_an_order_that_has_not_taken_effect_makes_nobody_stateless_yet(case: Scenario) -> None:
    later = DEPRIVED.model_copy(update={"effective_from": day("2021-11-01")})
    case.given(*HELD, CONFIRMED, later).then_overlays().then_overlays(Overlay.STATELESS_RISK, on=date(2021, 11, 1))


def test_a_state_may_approve_anew_after_its_order(case: Scenario) -> None:
    case.given(APPROVED, on="2018-01-01").given(*HELD, DEPRIVED)
    anew = ApproveRepatriation(country="IQ", authority="IQ-MODM", basis=ApprovalBasis.NATIONALITY)
    case.when(anew).then(APPROVED).when(anew).then_nothing()


# ---------------------------------------------------------------- whereabouts
def test_a_move_needs_somewhere_to_move_from(case: Scenario) -> None:
    case.given(OPENED).when(MoveToFacility(facility=ROJ)).then_odd("whereabouts.moved-unadmitted")
    assert case.case.whereabouts.located_at == ROJ


@pytest.mark.parametrize(
    ("facts", "odd"),
    [
        ((ADMITTED, AdmittedToFacility(facility=ROJ)), "whereabouts.claimed-by-two"),
        ((ADMITTED, ADMITTED), "whereabouts.already-there"),
        ((ADMITTED, EscapeReported(facility=None), ADMITTED), "whereabouts.found-again"),
        (
            (ADMITTED, MovedToFacility(facility=AL_HOL, reason=MoveReason.AGE, separates_family=False)),
            "whereabouts.already-there",
        ),
        ((ADMITTED, EscapeReported(facility=ROJ)), "whereabouts.escaped-elsewhere"),
        ((EscapeReported(facility=ROJ),), "whereabouts.escaped-unadmitted"),
        ((ADMITTED, Recaptured(facility=AL_HOL)), "whereabouts.recaptured-unescaped"),
    ],
)
def test_two_whereabouts_at_once_are_recorded_and_odd(case: Scenario, facts: tuple[Fact, ...], odd: str) -> None:
    case.given(OPENED, *facts).then_odd(odd)


@pytest.mark.parametrize(
    ("facts", "odd"),
    [
        ((Departed(destination="IQ"),), "departure.unadmitted"),
        ((ADMITTED, EscapeReported(facility=None), Departed(destination="IQ")), "departure.while-missing"),
        ((ADMITTED, Departed(destination="IQ"), Departed(destination="TR")), "departure.twice"),
    ],
)
def test_a_departure_that_does_not_fit_is_odd(case: Scenario, facts: tuple[Fact, ...], odd: str) -> None:
    assert odd in {anomaly.code for anomaly in case.given(OPENED, *facts).case.anomalies}


def test_a_move_recorded_late_completes_the_past_and_moves_nobody(case: Scenario) -> None:
    case.given(*HELD).given(MovedToFacility(facility=ROJ, reason=MoveReason.SAFETY, separates_family=False), on=TODAY)
    case.when(AdmitToFacility(facility=AL_HOL, occurred_on=day("2021-09-20"))).then(ADMITTED)
    assert case.case.whereabouts.located_at == ROJ
    case.then_odd()


@pytest.mark.parametrize(
    "late",
    [
        EscapeReported(facility=None),
        Recaptured(facility=ROJ),
        Departed(destination="TR"),
        ArrivedInCountry(country="TR"),
        RepatriationRecorded(country="TR"),
        MovedToFacility(facility=ROJ, reason=MoveReason.SAFETY, separates_family=False),
    ],
    ids=lambda fact: fact.topic,
)
def test_nothing_recorded_late_changes_where_a_person_is_now(case: Scenario, late: Fact) -> None:
    case.given(*HELD).given(late, on="2021-09-01", recorded_on=TODAY)
    assert case.case.whereabouts.located_at == AL_HOL


def test_who_escaped_is_missing_and_who_is_brought_back_is_not(case: Scenario) -> None:
    case.given(*HELD).when(ReportEscape(facility=AL_HOL))
    assert case.case.whereabouts.place is Place.MISSING
    case.when(RecordRecapture(facility=ROJ)).then(Recaptured(facility=ROJ)).then_odd()
    assert case.case.whereabouts.located_at == ROJ


def test_who_comes_back_to_a_camp_after_a_return_is_there_again(case: Scenario) -> None:
    case.given(*LEFT, ArrivedInCountry(country="IQ")).when(AdmitToFacility(facility=ROJ))
    case.then_odd("whereabouts.back-after-departure")
    whereabouts, journey = case.case.whereabouts, case.case.journey
    assert (whereabouts.located_at, whereabouts.left_from) == (ROJ, AL_HOL)
    assert journey.returned is not None
    assert journey.returned.country == "IQ"


def test_a_move_that_separates_a_family_is_remembered(case: Scenario) -> None:
    case.given(*HELD).when(MoveToFacility(facility=ROJ, reason=MoveReason.AGE, separates_family=True))
    case.when(MoveToFacility(facility=AL_HOL, reason=MoveReason.FAMILY)).then_overlays(Overlay.SEPARATED_FAMILY)


# ---------------------------------------------------------------- life
def test_a_better_supported_account_of_a_death_counts(case: Scenario) -> None:
    case.given(*HELD, DeathRecorded(manner=DeathManner.UNKNOWN, facility=None, strength=Evidence.CLAIMED))
    case.when(RecordDeath(manner=DeathManner.UNLAWFUL_KILLING, facility=AL_HOL, strength=Evidence.VERIFIED))
    case.then_odd("life.died-twice")
    assert case.case.life.death is not None
    assert case.case.life.death.manner is DeathManner.UNLAWFUL_KILLING


# ---------------------------------------------------------------- protection
def test_a_determination_recorded_late_does_not_undo_the_one_after_it(case: Scenario) -> None:
    case.given(*HELD, FACT["case.care-status-determined"])
    case.when(DetermineCareStatus(status=CareStatus.ACCOMPANIED, occurred_on=day("2021-09-20")))
    assert case.case.protection.status is CareStatus.UNACCOMPANIED


# ---------------------------------------------------------------- screening
def test_an_answer_needs_a_question_and_comes_once(case: Scenario) -> None:
    answer = CompleteScreening(screening_id=SCREENING, result=ScreeningResult.CLEARED, valid_until=date(2022, 4, 1))
    case.given(*HELD).when(answer).then_refused("screening.unknown")
    case.given(ASKED_TO_SCREEN, SCREENED).when(answer).then_nothing()
    case.when(answer.model_copy(update={"result": ScreeningResult.ADVERSE})).then_refused("screening.already-completed")


def test_an_answer_does_not_expire_before_it_is_given(case: Scenario) -> None:
    answer = CompleteScreening(screening_id=SCREENING, result=ScreeningResult.CLEARED, valid_until=date(2021, 10, 14))
    case.given(*HELD, ASKED_TO_SCREEN).when(answer).then_refused("screening.expires-before-given")


def test_an_agency_is_not_asked_twice_before_it_has_answered(case: Scenario) -> None:
    again = RequestScreening(agency="IQ-INSS", kind=ScreeningKind.SECURITY, destination="IQ", due_on=date(2021, 12, 1))
    case.given(*HELD, ASKED_TO_SCREEN).when(again).then_refused("screening.already-open")
    case.given(SCREENED).when(again)
    assert case.case.screening.by_id[made()].due_on == date(2021, 12, 1)


@pytest.mark.parametrize("result", [ScreeningResult.ADVERSE, ScreeningResult.INCONCLUSIVE])
def test_an_answer_that_does_not_clear_withdraws_the_clearance(case: Scenario, result: ScreeningResult) -> None:
    again = ASKED_TO_SCREEN.model_copy(update={"screening_id": made(9)})
    case.given(*READY, CLEARED, again).when(CompleteScreening(screening_id=made(9), result=result))
    assert isinstance(case.outcome, list)
    assert case.outcome[1:] == [(ClearanceWithdrawn(cause=WithdrawalCause.SCREENING), PartialDate.of(TODAY))]


def test_facts_of_a_screening_that_do_not_fit_are_odd(case: Scenario) -> None:
    case.given(OPENED, SCREENED, ASKED_TO_SCREEN, ASKED_TO_SCREEN, SCREENED, SCREENED)
    case.then_odd("screening.unrequested", "screening.requested-twice", "screening.completed-twice")


# ---------------------------------------------------------------- blocks
def test_two_agencies_block_and_one_lifts(case: Scenario) -> None:
    case.given(*HELD, BLOCKED)
    case.when(ImposeSecurityBlock(agency="IQ-INIS", ground=BlockGround.WANTED, review_due_on=REVIEW_DUE_ON))
    case.when(LiftSecurityBlock(block_id=BLOCK), agency="IQ-INSS").then_overlays(Overlay.BLOCKED)
    assert [block.agency for block in case.case.blocks.open.values()] == ["IQ-INIS"]


def test_a_block_on_another_ground_or_for_another_review_is_another_block(case: Scenario) -> None:
    case.given(*HELD, BLOCKED)
    case.when(ImposeSecurityBlock(agency="IQ-INSS", ground=BlockGround.WANTED, review_due_on=REVIEW_DUE_ON))
    assert len(case.case.blocks.open) == 2
    case.when(
        ImposeSecurityBlock(agency="IQ-INSS", ground=BlockGround.UNDER_INVESTIGATION, review_due_on=REVIEW_DUE_ON)
    )
    case.then_nothing()


@pytest.mark.parametrize(("agency", "review_due_on"), [("IQ-INIS", REVIEW_DUE_ON), ("IQ-INSS", date(2022, 2, 1))])
def test_another_agency_or_another_review_on_the_same_ground_is_another_block(
    case: Scenario, agency: str, review_due_on: date
) -> None:
    block = ImposeSecurityBlock(agency=agency, ground=BlockGround.UNDER_INVESTIGATION, review_due_on=review_due_on)
    case.given(*HELD, BLOCKED).when(block)
    assert len(case.case.blocks.open) == 2


def test_the_review_of_a_block_is_not_due_before_it_starts(case: Scenario) -> None:
    early = ImposeSecurityBlock(agency="IQ-INSS", ground=BlockGround.WANTED, review_due_on=date(2021, 10, 14))
    case.given(*HELD).when(early).then_refused("block.review-before-start")


@pytest.mark.parametrize(
    ("agency", "authority"),
    [
        ("IQ-INSS", LiftAuthority.IMPOSING_AGENCY),
        ("IQ-PMO", LiftAuthority.SUPERIOR),
        ("IQ-COURT", LiftAuthority.COURT),
        ("IQ-COURT-CASSATION", LiftAuthority.COURT),
    ],
)
def test_the_agency_its_superior_or_a_court_lifts_a_block(
    case: Scenario, agency: str, authority: LiftAuthority
) -> None:
    case.given(*HELD, BLOCKED).when(LiftSecurityBlock(block_id=BLOCK, authority=authority), agency=agency)
    case.then(SecurityBlockLifted(block_id=BLOCK, by_agency=agency, authority=authority))


@pytest.mark.parametrize(
    ("agency", "authority"),
    [
        ("SY-AANES", LiftAuthority.IMPOSING_AGENCY),
        ("IQ-INIS", LiftAuthority.SUCCESSOR),
        ("IQ-MODM", LiftAuthority.SUPERIOR),
        ("DK-COURT", LiftAuthority.COURT),
        ("IQ-COURTYARD", LiftAuthority.COURT),
        ("IQ-INSS", LiftAuthority.COURT),
    ],
)
def test_nobody_else_lifts_a_block_whatever_they_claim(case: Scenario, agency: str, authority: LiftAuthority) -> None:
    case.given(*HELD, BLOCKED).when(LiftSecurityBlock(block_id=BLOCK, authority=authority), agency=agency)
    case.then_refused("block.not-yours")


def test_the_block_of_an_abolished_agency_is_lifted_by_its_successor(case: Scenario) -> None:
    case.given(*HELD, BLOCKED.model_copy(update={"agency": "IQ-MSNS"}))
    case.when(LiftSecurityBlock(block_id=BLOCK, authority=LiftAuthority.SUCCESSOR), agency="IQ-INSS")
    case.then(SecurityBlockLifted(block_id=BLOCK, by_agency="IQ-INSS", authority=LiftAuthority.SUCCESSOR))
    assert is_superior("IQ-PMO", "IQ-MSNS")
    assert not is_successor("IQ-MSNS", "IQ-INSS")
    assert not is_court_over("UN-COURT", "UN-UNHCR")


def test_a_block_that_nobody_imposed_is_not_lifted(case: Scenario) -> None:
    case.given(*HELD).when(LiftSecurityBlock(block_id=BLOCK)).then_refused("block.unknown")


def test_facts_of_a_block_that_do_not_fit_are_odd_and_leave_the_person_blocked(case: Scenario) -> None:
    lifted = FACT["case.security-block-lifted"]
    case.given(OPENED, lifted, BLOCKED, BLOCKED)
    case.then_odd("block.unknown", "block.imposed-after-lift", "block.imposed-twice").then_overlays(Overlay.BLOCKED)


# ---------------------------------------------------------------- decisions
def test_a_second_officer_may_request_too_and_the_first_only_once(case: Scenario) -> None:
    ask = RequestRepatriation(country="IQ", by=RequestedBy.FAMILY)
    case.given(*HELD).when(ask, by=CASEWORKER).then(FACT["case.repatriation-requested"])
    case.when(ask, by=CASEWORKER).then_nothing()
    case.when(ask).then(FACT["case.repatriation-requested"])


def test_the_last_answer_of_a_state_counts_and_every_state_answers_for_itself(case: Scenario) -> None:
    case.given(*READY, REFUSED.model_copy(update={"country": "TR"}))
    assert case.case.decisions.approved
    assert case.case.decisions.refused
    case.when(RefuseRepatriation(country="IQ", reasons=(RefusalReason.OUTSIDE_POLICY,), review_body="IQ-COURT"))
    assert not case.case.decisions.approved


def test_the_same_refusal_is_recorded_once_and_another_reason_is_news(case: Scenario) -> None:
    same = RefuseRepatriation(
        country="IQ", reasons=(RefusalReason.SECURITY,), review_body="IQ-COURT", notified_on=day("2021-10-02")
    )
    case.given(*HELD, REFUSED).when(same).then_nothing()
    other = same.model_copy(update={"reasons": (RefusalReason.OUTSIDE_POLICY,)})
    case.when(other).then(REFUSED.model_copy(update={"reasons": other.reasons}))


@pytest.mark.parametrize(
    ("command", "cause"),
    [
        (MoveToFacility(facility=ROJ), WithdrawalCause.MOVE),
        (AdmitToFacility(facility=ROJ), WithdrawalCause.MOVE),
        (ReportEscape(), WithdrawalCause.ESCAPE),
        (RecordArrival(country="TR"), WithdrawalCause.MOVE),
        (RecordRepatriation(country="TR"), WithdrawalCause.MOVE),
        (RecordDeath(), WithdrawalCause.DEATH),
        (
            ImposeSecurityBlock(agency="IQ-INSS", ground=BlockGround.WANTED, review_due_on=REVIEW_DUE_ON),
            WithdrawalCause.SECURITY_BLOCK,
        ),
        (
            RefuseRepatriation(country="IQ", reasons=(RefusalReason.SECURITY,), review_body="IQ-COURT"),
            WithdrawalCause.REFUSAL,
        ),
    ],
    ids=lambda given: str(getattr(given, "verb", given)),
)
def test_an_adverse_fact_withdraws_the_clearance_in_the_same_decision(
    case: Scenario, command: Command, cause: WithdrawalCause
) -> None:
    case.given(*READY, CLEARED).when(command)
    assert isinstance(case.outcome, list)
    assert case.outcome[1:] == [(ClearanceWithdrawn(cause=cause), PartialDate.of(TODAY))]


def test_what_concerns_another_destination_withdraws_nothing(case: Scenario) -> None:
    elsewhere = RefuseRepatriation(country="TR", reasons=(RefusalReason.SECURITY,), review_body="TR-COURT")
    case.given(*READY, CLEARED).when(elsewhere)
    assert case.case.journey.clearance is not None


# ---------------------------------------------------------------- journey
def test_an_arrival_that_does_not_fit_its_departure_is_odd(case: Scenario) -> None:
    case.given(*HELD).when(RecordArrival(country="IQ")).then_odd("arrival.undeparted")
    early = Scenario().given(*HELD).given(Departed(destination="IQ"), on="2021-10-10")
    early.when(RecordArrival(country="IQ", occurred_on=day("2021-10-09"))).then_odd(
        "departure.uncleared", "arrival.before-departure"
    )
    elsewhere = Scenario().given(*LEFT).when(RecordArrival(country="TR")).then_odd("arrival.elsewhere")
    assert elsewhere.case.journey.returned is not None
    assert elsewhere.case.journey.returned.country == "TR"


def test_a_return_recorded_a_year_late_without_a_departure_is_odd_and_counts(case: Scenario) -> None:
    case.given(*HELD).given(RepatriationRecorded(country="IQ")).then_odd("repatriation.undeparted")
    assert case.case.whereabouts.left_from == AL_HOL


def test_facts_of_a_clearance_that_do_not_fit_are_odd(case: Scenario) -> None:
    case.given(*READY, CLEARED, CLEARED, FACT["case.clearance-withdrawn"], FACT["case.clearance-withdrawn"])
    case.then_odd("clearance.twice", "clearance.none-in-force")


def test_a_fact_of_another_aggregate_is_odd_and_harms_nobody(case: Scenario) -> None:
    case.given(OPENED, REGISTERED).then_odd("record.foreign-fact")
    facility = Scenario("facility").given(REGISTERED, REGISTERED, OPENED)
    facility.then_odd("facility.registered-twice", "record.foreign-fact")
    assert facility.state.registered == REGISTERED


def test_a_place_is_registered_once() -> None:
    asked = RegisterFacility(**REGISTERED.model_dump())
    Scenario("facility").given(REGISTERED).when(asked).then_nothing()
    other = asked.model_copy(update={"code": "SY-ROJ"})
    Scenario("facility").given(REGISTERED).when(other).then_refused("facility.already-registered")


# ---------------------------------------------------------------- what is asked twice about the past
@pytest.mark.parametrize(
    "command",
    [
        ReportEscape(facility=AL_HOL, occurred_on=day("2021-09-20")),
        ReportDeparture(destination="TR", occurred_on=day("2021-09-20")),
        DetermineCareStatus(status=CareStatus.SEPARATED, occurred_on=day("2021-09-20")),
        ApproveRepatriation(
            country="IQ", authority="IQ-MFA", basis=ApprovalBasis.RESIDENCE, occurred_on=day("2021-09-20")
        ),
        RecordCitizenshipDeprivation(
            country="IQ",
            ground=DeprivationGround.FRAUD,
            order_made_on=day("2018"),
            effective_from=day("2018"),
            occurred_on=day("2021-09-20"),
        ),
    ],
    ids=lambda command: command.verb,
)
def test_the_same_past_is_recorded_once(case: Scenario, command: Command) -> None:
    """The scenario asks every granted request twice; here the first answer left the present as it was."""
    case.given(*HELD, DEPRIVED, APPROVED, FACT["case.care-status-determined"]).when(command)
    assert isinstance(case.outcome, list)
    assert case.outcome
    assert case.case.past
