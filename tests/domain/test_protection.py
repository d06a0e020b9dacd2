"""Protection: needs, guardians, best interests, the views of a child, non-refoulement, and coming of age."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from domain.case.best_interests import (
    AssessmentOutcome,
    BestInterestsAssessed,
    BestInterestsReopened,
    DeterminedOutcome,
    ReopenCause,
)
from domain.case.case import CASE
from domain.case.child_views import ChildWish, HearChildViews
from domain.case.consent import ConsentScope
from domain.case.guardianship import AppointGuardian, EndGuardianship, GuardianAppointed, GuardianshipEnd
from domain.case.identity import BirthRecorded
from domain.case.interests_procedure import AssessBestInterests, DetermineBestInterests, ReopenBestInterests
from domain.case.journey import ClearanceWithdrawn, WithdrawalCause
from domain.case.majority import MajorityReached, RecordMajority
from domain.case.needs import IdentifySpecificNeed, NeedOutcome, ResolveSpecificNeed, SpecificNeed
from domain.case.protection import CareStatus, CareStatusDetermined, DetermineCareStatus
from domain.case.refoulement import (
    AssessNonRefoulement,
    Feared,
    FearOfReturnExpressed,
    RecordFearOfReturn,
    RiskOutcome,
)
from domain.case.work import CaseAssigned
from domain.clocks import Moment, as_of
from domain.dates import PartialDate
from domain.kernel import Fact, Refused
from domain.privacy import ERASED, WITHHELD, Unreadable
from domain.values import Evidence
from tests.examples import CLEARED, HELD
from tests.examples_protection import (
    A_GUARDIAN,
    A_MOTHER,
    AFRAID,
    APPOINTED,
    ASSESSED,
    CONSENTED,
    DETERMINED,
    FACTS,
    GUARDIAN,
    HEARD,
    LINKED,
    NEXT_APRIL,
    PANEL,
    SAFE,
)
from tests.scenario import CASEWORKER, SUPERVISOR, TODAY, Scenario, an_act, made, recorded

TAKEN_BACK = {cause: ClearanceWithdrawn(cause=cause) for cause in WithdrawalCause}
FOUND: dict[str, Fact] = {fact.topic: fact for fact in FACTS}
DETERMINE = DetermineBestInterests(
    panel=PANEL, destination="IQ", outcome=DeterminedOutcome.TRANSFER, valid_until=NEXT_APRIL, reasons="Her aunt waits."
)
ASSESS_RISK = AssessNonRefoulement(
    country="IQ", outcome=RiskOutcome.NO_REAL_RISK, valid_until=NEXT_APRIL, reasons="Nothing speaks for it."
)


def born(text: str) -> BirthRecorded:
    """A documented birth."""
    return BirthRecorded(birth=PartialDate.parse(text), place=None, strength=Evidence.DOCUMENTED)


# ---------------------------------------------------------------- needs
def test_a_need_is_open_until_it_is_resolved_and_may_come_back(case: Scenario) -> None:
    case.given(*HELD).when(IdentifySpecificNeed(need=SpecificNeed.SERIOUS_ILLNESS))
    assert [need.need for need in case.case.protection.needs.values()] == [SpecificNeed.SERIOUS_ILLNESS]
    case.when(ResolveSpecificNeed(need_id=made(), outcome=NeedOutcome.MET))
    assert not case.case.protection.needs
    case.when(ResolveSpecificNeed(need_id=made(), outcome=NeedOutcome.MET)).then_nothing()
    case.when(ResolveSpecificNeed(need_id=made(7), outcome=NeedOutcome.MET)).then_refused("need.unknown")


def test_a_need_that_was_never_seen_is_resolved_as_an_anomaly(case: Scenario) -> None:
    case.given(*HELD, FOUND["case.specific-need-resolved"]).then_odd("need.unknown")


# ---------------------------------------------------------------- guardians
def test_a_guardian_has_an_id_and_a_key_of_their_own(case: Scenario) -> None:
    case.given(*HELD).when(AppointGuardian(guardian=A_GUARDIAN, authority="SY-AANES"))
    case.then(GuardianAppointed(guardian_id=made(), authority="SY-AANES", guardian=A_GUARDIAN, order=None))
    assert case.case.protection.guardians[made()].name == A_GUARDIAN
    assert dict(GuardianAppointed.subjects) == {"identity": "guardian_id"}


def test_a_relative_with_a_case_is_guardian_under_its_id(case: Scenario) -> None:
    aunt = UUID(int=7)
    asked = AppointGuardian(guardian=A_GUARDIAN, guardian_id=aunt, authority="SY-AANES")
    case.given(*HELD, APPOINTED).when(asked)
    assert set(case.case.protection.guardians) == {GUARDIAN, aunt}


def test_when_a_guardian_goes_the_clearance_goes_also_when_another_stays(case: Scenario) -> None:
    other = APPOINTED.model_copy(update={"guardian_id": made(9)})
    case.given(*HELD, APPOINTED, other, CLEARED)
    case.when(EndGuardianship(guardian_id=GUARDIAN, cause=GuardianshipEnd.DIED))
    case.then(
        FOUND["case.guardianship-ended"].model_copy(update={"cause": GuardianshipEnd.DIED}),
        TAKEN_BACK[WithdrawalCause.GUARDIANSHIP],
    )
    assert set(case.case.protection.guardians) == {made(9)}
    nobody = EndGuardianship(guardian_id=made(3), cause=GuardianshipEnd.DIED)
    case.when(nobody).then_refused("guardianship.unknown")


def test_an_appointment_recorded_after_its_end_does_not_bring_the_guardian_back(case: Scenario) -> None:
    case.given(*HELD).given(FOUND["case.guardianship-ended"], on="2021-09-01").given(APPOINTED, on="2021-01-01")
    assert not case.case.protection.guardians
    case.given(APPOINTED, on="2021-10-02")
    assert set(case.case.protection.guardians) == {GUARDIAN}


def test_the_name_of_an_erased_guardian_can_be_compared_with_nothing(case: Scenario) -> None:
    case.given(*HELD, APPOINTED)
    gone = APPOINTED.model_copy(update={"guardian": ERASED})
    state = CASE.fold([recorded(HELD[0], 1), recorded(gone, 2)])
    by_name = AppointGuardian(guardian=A_MOTHER, authority="SY-AANES")
    with pytest.raises(Refused, match=r"record\.erased"):
        list(by_name.decide(state, an_act()))
    by_id = AppointGuardian(guardian=A_MOTHER, guardian_id=made(5), authority="SY-AANES")
    assert list(by_id.decide(state, an_act()))


# ---------------------------------------------------------------- best interests
def test_an_assessment_that_asks_for_more_withdraws_the_clearance(case: Scenario) -> None:
    case.given(*HELD, ASSESSED, CLEARED).when(AssessBestInterests(outcome=AssessmentOutcome.DETERMINATION_NEEDED))
    case.then(
        BestInterestsAssessed(assessor="SY-AANES", outcome=AssessmentOutcome.DETERMINATION_NEEDED),
        TAKEN_BACK[WithdrawalCause.BEST_INTERESTS],
    )
    assert case.case.protection.best_interests.assessed


def test_an_assessment_that_finds_nothing_against_it_leaves_the_clearance(case: Scenario) -> None:
    case.given(*HELD, CLEARED).when(AssessBestInterests(outcome=AssessmentOutcome.NOTHING_AGAINST))
    case.then(BestInterestsAssessed(assessor="SY-AANES", outcome=AssessmentOutcome.NOTHING_AGAINST))


def test_a_determination_favours_its_own_destination_until_it_expires(case: Scenario) -> None:
    case.given(*HELD).when(DETERMINE)
    made_for_iraq = case.case.protection.best_interests.concerning("IQ")
    assert made_for_iraq is not None
    assert made_for_iraq.favours("IQ", NEXT_APRIL)
    assert not made_for_iraq.favours("IQ", date(2022, 4, 2))
    assert not made_for_iraq.favours("TR", TODAY)
    assert case.case.protection.best_interests.concerning("TR") is None


def test_who_sat_and_who_recorded_it_took_part(case: Scenario) -> None:
    case.given(*HELD).when(DETERMINE, by=CASEWORKER)
    determination = case.case.protection.best_interests.determination
    assert determination is not None
    assert determination.took_part == {*PANEL, CASEWORKER}


def test_who_is_responsible_for_the_case_does_not_sit_on_its_panel(case: Scenario) -> None:
    case.given(*HELD, CaseAssigned(officer=PANEL[0])).when(DETERMINE)
    case.then_refused("best-interests.caseworker-on-panel")


def test_a_panel_is_of_two_at_least_and_nobody_sits_twice(case: Scenario) -> None:
    with pytest.raises(ValueError, match="panel"):
        DETERMINE.model_validate({**DETERMINE.model_dump(), "panel": PANEL[:1]})
    twice = DETERMINE.model_copy(update={"panel": (PANEL[0], PANEL[0])})
    case.given(*HELD).when(twice).then_refused("best-interests.panel-repeats")


def test_a_determination_does_not_expire_before_it_is_made(case: Scenario) -> None:
    case.given(*HELD).when(DETERMINE.model_copy(update={"valid_until": date(2021, 10, 14)}))
    case.then_refused("best-interests.expires-before-given")


def test_other_words_for_the_same_determination_are_no_news(case: Scenario) -> None:
    case.given(*HELD, DETERMINED).when(DETERMINE.model_copy(update={"panel": PANEL[::-1]})).then_nothing()


@pytest.mark.parametrize("outcome", [DeterminedOutcome.REMAIN, DeterminedOutcome.DEFERRED])
def test_a_panel_that_does_not_favour_a_transfer_ends_a_clearance_for_that_destination(
    case: Scenario, outcome: DeterminedOutcome
) -> None:
    against = DETERMINE.model_copy(update={"outcome": outcome})
    fact = DETERMINED.model_copy(update={"outcome": outcome, "reasons": "Her aunt waits."})
    case.given(*HELD, DETERMINED, CLEARED).when(against)
    case.then(fact, TAKEN_BACK[WithdrawalCause.BEST_INTERESTS])
    elsewhere = Scenario().given(*HELD, CLEARED.model_copy(update={"destination": "TR"})).when(against)
    elsewhere.then(fact)


def test_two_destinations_are_determined_each_for_itself(case: Scenario) -> None:
    against_turkey = DETERMINED.model_copy(update={"destination": "TR", "outcome": DeterminedOutcome.REMAIN})
    case.given(*HELD, DETERMINED, against_turkey)
    interests = case.case.protection.best_interests
    assert [known and known.outcome for known in map(interests.concerning, ("IQ", "TR"))] == ["transfer", "remain"]


def test_reopening_clears_what_was_assessed_and_determined_and_ends_the_clearance(case: Scenario) -> None:
    case.given(*HELD, ASSESSED, DETERMINED, CLEARED).when(ReopenBestInterests(cause=ReopenCause.FAMILY_TRACED))
    case.then(BestInterestsReopened(cause=ReopenCause.FAMILY_TRACED), TAKEN_BACK[WithdrawalCause.BEST_INTERESTS])
    interests = case.case.protection.best_interests
    assert not interests.assessed
    assert interests.determination is None


def test_what_was_never_looked_into_is_not_reopened(case: Scenario) -> None:
    case.given(*HELD).when(ReopenBestInterests(cause=ReopenCause.NEW_INFORMATION))
    case.then_refused("best-interests.not-assessed")


def test_a_determination_of_before_the_reopening_that_is_recorded_after_it_does_not_stand(case: Scenario) -> None:
    case.given(*HELD).given(FOUND["case.best-interests-reopened"], on="2021-10-05").given(DETERMINED, on="2021-10-02")
    assert not case.case.protection.best_interests.assessed
    case.given(DETERMINED, on="2021-10-06")
    assert case.case.protection.best_interests.assessed


@pytest.mark.parametrize("value", [WITHHELD, ERASED])
def test_a_determination_that_cannot_be_read_favours_nothing_and_may_concern_everything(value: Unreadable) -> None:
    hidden = DETERMINED.model_copy(update={"destination": value, "outcome": value})
    interests = CASE.fold([recorded(HELD[0], 1), recorded(hidden, 2)]).protection.best_interests
    found = interests.concerning("TR")
    assert found is not None
    assert found.destination is value
    assert not found.favours("TR", TODAY)


def test_a_child_found_to_be_alone_loses_its_clearance(case: Scenario) -> None:
    case.given(*HELD, CareStatusDetermined(status=CareStatus.ACCOMPANIED), CLEARED)
    case.when(DetermineCareStatus(status=CareStatus.ORPHANED))
    case.then(CareStatusDetermined(status=CareStatus.ORPHANED), TAKEN_BACK[WithdrawalCause.BEST_INTERESTS])


def test_an_orphan_is_determined_for_has_a_guardian_and_was_heard(case: Scenario) -> None:
    case.given(*HELD, CareStatusDetermined(status=CareStatus.ORPHANED), APPOINTED, ASSESSED, HEARD, DETERMINED)
    care = case.case.protection
    determination = care.best_interests.concerning("IQ")
    assert determination is not None
    assert determination.favours("IQ", TODAY)
    assert SUPERVISOR not in determination.took_part
    assert care.guardians
    assert care.views_heard is not None


# ---------------------------------------------------------------- views
def test_a_child_that_says_one_thing_and_then_another_contradicts_itself_and_the_last_counts(case: Scenario) -> None:
    case.given(*HELD, HEARD).when(HearChildViews(views=ChildWish.TO_STAY))
    views = case.case.protection.views
    assert views.contradictory
    assert views.last is not None
    assert views.last.views is ChildWish.TO_STAY
    assert len(views.heard) == 2


def test_a_child_that_wants_to_stay_ends_its_clearance_and_one_that_wants_to_go_does_not(case: Scenario) -> None:
    case.given(*HELD, CLEARED).when(HearChildViews(views=ChildWish.TO_GO))
    case.then(HEARD.model_copy(update={"interpreter_id": None, "account": None}))
    case.when(HearChildViews(views=ChildWish.TO_STAY, account="Not without my brother."))
    case.then(
        HEARD.model_copy(
            update={"interpreter_id": None, "views": ChildWish.TO_STAY, "account": "Not without my brother."}
        ),
        TAKEN_BACK[WithdrawalCause.BEST_INTERESTS],
    )


def test_what_a_child_said_before_is_heard_late_and_does_not_become_its_last_word(case: Scenario) -> None:
    case.given(*HELD).given(HEARD, on="2021-10-10").when(HearChildViews(views=ChildWish.TO_STAY, occurred_on=TODAY))
    late = HEARD.model_copy(update={"views": ChildWish.UNDECIDED})
    case.given(late, on="2021-10-03")
    assert [heard.views for heard in case.case.protection.views.heard] == ["undecided", "to_go", "to_stay"]


def test_a_newborn_is_not_capable_and_has_said_nothing(case: Scenario) -> None:
    case.given(*HELD).when(HearChildViews(views=ChildWish.NOT_SAID, capable=False))
    heard = case.case.protection.views_heard
    assert heard is not None
    assert heard.capable is False
    case.when(HearChildViews(views=ChildWish.TO_GO, capable=False)).then_refused("views.of-incapable")


# ---------------------------------------------------------------- non-refoulement
def test_no_real_risk_clears_that_state_until_a_day(case: Scenario) -> None:
    case.given(*HELD).when(ASSESS_RISK, agency="UN-UNHCR")
    risks = case.case.protection.risks
    found = risks.concerning("IQ")
    assert found is not None
    assert found.clears(NEXT_APRIL)
    assert not found.clears(date(2022, 4, 2))
    assert risks.concerning("TR") is None


@pytest.mark.parametrize("outcome", [RiskOutcome.REAL_RISK, RiskOutcome.INCONCLUSIVE])
def test_any_risk_ends_a_clearance_for_that_state_only(case: Scenario, outcome: RiskOutcome) -> None:
    found = ASSESS_RISK.model_copy(update={"outcome": outcome})
    fact = SAFE.model_copy(update={"outcome": outcome, "reasons": "Nothing speaks for it."})
    case.given(*HELD, SAFE, CLEARED).when(found, agency="UN-UNHCR")
    case.then(fact, TAKEN_BACK[WithdrawalCause.NON_REFOULEMENT])
    Scenario().given(*HELD, CLEARED.model_copy(update={"destination": "TR"})).when(found, agency="UN-UNHCR").then(fact)


def test_a_state_does_not_assess_the_risk_that_it_is_itself(case: Scenario) -> None:
    case.given(*HELD).when(ASSESS_RISK, agency="IQ-MOI").then_refused("non-refoulement.own-state")
    expired = ASSESS_RISK.model_copy(update={"valid_until": date(2021, 10, 14)})
    case.when(expired, agency="UN-UNHCR").then_refused("non-refoulement.expires-before-given")


def test_the_last_assessment_of_each_state_counts(case: Scenario) -> None:
    risk = SAFE.model_copy(update={"outcome": RiskOutcome.REAL_RISK})
    turkey = SAFE.model_copy(update={"country": "TR"})
    case.given(*HELD).given(risk, on="2021-10-08").given(turkey, on="2021-10-09").given(SAFE, on="2021-10-02")
    assert {known.country: known.outcome for known in case.case.protection.refoulement} == {
        "IQ": RiskOutcome.REAL_RISK,
        "TR": RiskOutcome.NO_REAL_RISK,
    }


def test_a_fear_that_is_told_asks_for_another_assessment_and_ends_the_clearance(case: Scenario) -> None:
    case.given(*HELD, SAFE, CLEARED).when(RecordFearOfReturn(country="IQ", fear=Feared.TORTURE))
    case.then(
        FearOfReturnExpressed(country="IQ", fear=Feared.TORTURE, account=None),
        TAKEN_BACK[WithdrawalCause.NON_REFOULEMENT],
    )
    found = case.case.protection.risks.concerning("IQ")
    assert found is not None
    assert not found.clears(TODAY)
    case.when(ASSESS_RISK, agency="UN-UNHCR")
    again = case.case.protection.risks.concerning("IQ")
    assert again is not None
    assert again.clears(TODAY)
    case.when(RecordFearOfReturn(country="IQ", fear=Feared.TORTURE, occurred_on=date(2021, 10, 14)))
    assert not case.case.anomalies


def test_a_fear_of_nowhere_in_particular_is_a_fear_of_everywhere_and_one_of_turkey_is_not_of_iraq(
    case: Scenario,
) -> None:
    case.given(*HELD, SAFE, CLEARED).when(RecordFearOfReturn(country="TR"))
    case.then(FearOfReturnExpressed(country="TR", fear=Feared.NOT_SAID, account=None))
    found = case.case.protection.risks.concerning("IQ")
    assert found is not None
    assert found.clears(TODAY)
    case.when(RecordFearOfReturn())
    case.then(
        FearOfReturnExpressed(country=None, fear=Feared.NOT_SAID, account=None),
        TAKEN_BACK[WithdrawalCause.NON_REFOULEMENT],
    )


def test_an_assessment_recorded_late_of_before_the_fear_does_not_clear(case: Scenario) -> None:
    case.given(*HELD).given(AFRAID, on="2021-10-05").given(SAFE, on="2021-10-02")
    found = case.case.protection.risks.concerning("IQ")
    assert found is not None
    assert found.feared_since


def test_a_feared_state_learns_of_nothing_by_the_fear() -> None:
    asked = RecordFearOfReturn(country="IQ", fear=Feared.DEATH_PENALTY)
    assert asked.concerns() is None
    assert ASSESS_RISK.concerns() is None


@pytest.mark.parametrize("value", [WITHHELD, ERASED])
def test_an_assessment_that_cannot_be_read_clears_nothing(value: Unreadable) -> None:
    hidden = SAFE.model_copy(update={"country": value, "outcome": value})
    found = CASE.fold([recorded(HELD[0], 1), recorded(hidden, 2)]).protection.risks.concerning("TR")
    assert found is not None
    assert not found.clears(TODAY)


# ---------------------------------------------------------------- coming of age
def test_who_comes_of_age_has_no_guardian_and_speaks_for_themselves(case: Scenario) -> None:
    case.given(*HELD, born("2003-10-15"), APPOINTED, LINKED, CONSENTED, CLEARED).when(RecordMajority())
    case.then(MajorityReached(), TAKEN_BACK[WithdrawalCause.CONSENT])
    assert not case.case.protection.guardians
    assert not case.case.consent.said("IQ", ConsentScope.TRANSFER)
    case.when(AppointGuardian(guardian=A_GUARDIAN, authority="SY-AANES")).then_refused("guardianship.of-age")


def test_a_day_before_the_birthday_nobody_comes_of_age(case: Scenario) -> None:
    case.given(*HELD, born("2003-10-16")).when(RecordMajority()).then_refused("majority.not-certain")


@pytest.mark.parametrize("text", ["2003", "2003-10", "2002~", "XXXX"])
def test_while_a_birth_is_in_doubt_nobody_comes_of_age(case: Scenario, text: str) -> None:
    case.given(*HELD, born(text)).when(RecordMajority()).then_refused("majority.not-certain")


def test_without_a_birth_on_record_nobody_comes_of_age(case: Scenario) -> None:
    case.given(*HELD).when(RecordMajority()).then_refused("majority.not-certain")


def test_the_record_of_a_majority_does_not_tell_the_birthday(case: Scenario) -> None:
    case.given(*HELD, born("2003-09-02")).when(RecordMajority(occurred_on=date(2021, 9, 2)))
    assert case.outcome == [(MajorityReached(), PartialDate.of(TODAY))]


def test_as_of_a_day_before_the_majority_the_guardian_still_acts(case: Scenario) -> None:
    case.given(*HELD, born("2003-10-01"), APPOINTED).when(RecordMajority())
    before = as_of(case.history, Moment(date(2021, 10, 14))).state
    assert set(before.protection.guardians) == {GUARDIAN}
    assert not as_of(case.history, Moment(TODAY)).state.protection.guardians


def test_a_guardian_of_a_child_recorded_after_the_majority_stays_gone(case: Scenario) -> None:
    case.given(*HELD).given(MajorityReached(), on="2021-10-10").given(APPOINTED, CONSENTED, on="2021-10-02")
    assert not case.case.protection.guardians
    assert not case.case.consent.by_others
