"""What every request passes: no future, no silent lateness, nothing decided about the dead, unborn or closed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from pydantic import ValidationError

from domain.case.absence import ReportEscape
from domain.case.arrivals import RecordArrival, RecordRepatriation
from domain.case.case import CASE
from domain.case.casework import AddNote, RaiseTask
from domain.case.clearance import ReportDeparture
from domain.case.decisions import (
    ApprovalBasis,
    ApproveRepatriation,
    RefuseRepatriation,
    RequestedBy,
    RequestRepatriation,
)
from domain.case.deprivation import DeprivationGround, RecordCitizenshipDeprivation
from domain.case.identity import RecordBirth, RecordName
from domain.case.life import DeathManner, DeathRecorded, RecordDeath
from domain.case.protection import CareStatus, CareStatusDetermined, DetermineCareStatus
from domain.case.registration import CaseClosed, Circumstances, CloseCase, ClosureReason, OpenCase
from domain.case.request import CaseDecision
from domain.case.retention import PlaceRetentionHold
from domain.case.whereabouts import AdmittedToFacility, AdmitToFacility
from domain.dates import PartialDate
from domain.deciding import concluded
from domain.kernel import COMMANDS, Act, Command, CommandKind, Refused
from domain.privacy import ERASED, WITHHELD, Unreadable
from domain.registry import AGGREGATES
from domain.values import Evidence, LateReason, NameKind
from tests.examples import A_NAME, AL_HOL, EXAMPLE, EXAMPLES, FACT, HELD, LEFT, NAMED, OPENED, READY, ROJ, Example
from tests.examples_record import OTHER_CASE
from tests.scenario import TODAY, Scenario, an_act, made, recorded

REQUEST = RequestRepatriation(country="IQ", by=RequestedBy.FAMILY)
DIED = DeathRecorded(manner=DeathManner.ILLNESS, facility=AL_HOL, strength=Evidence.VERIFIED)
EACH_TIME_ANOTHER = {AddNote, PlaceRetentionHold, RaiseTask}
day = PartialDate.parse


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: type(example.command).__name__)
def test_every_command_is_granted_once_and_records_nothing_the_second_time(example: Example) -> None:
    given, command, yields, agency, beside = example
    scenario = Scenario(command.aggregate).given(*given)
    if beside:
        scenario.beside(OTHER_CASE, *beside)
    scenario.when(command, agency=agency)
    assert not isinstance(scenario.outcome, Refused)
    here = [*(fact for fact, _ in scenario.outcome), *scenario.review]
    assert tuple(fact.topic for fact in [*here, *(fact for _, fact, _ in scenario.elsewhere)]) == yields


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: type(example.command).__name__)
def test_every_command_records_nothing_when_it_is_asked_again_under_another_key(example: Example) -> None:
    """A second click with a new key. What is written anew each time (a note) has words that nobody compares."""
    given, command, _, agency, beside = example
    scenario = Scenario(command.aggregate).given(*given)
    if beside:
        scenario.beside(OTHER_CASE, *beside)
    scenario.when(command, agency=agency)
    already_so = scenario.by_another_request(command, agency) == ([], [])
    assert already_so is (type(command) not in EACH_TIME_ANOTHER)


def test_every_command_has_an_example() -> None:
    assert set(EXAMPLE) == {cls for cls in COMMANDS.values() if cls.aggregate in AGGREGATES}


def test_a_command_is_known_by_its_verb() -> None:
    assert COMMANDS["case", "admit-to-facility"] is AdmitToFacility
    assert AdmitToFacility.nature is CommandKind.OBSERVATION


# ---------------------------------------------------------------- time
def test_tomorrow_is_today_somewhere_on_earth(case: Scenario) -> None:
    tomorrow = PartialDate.of(TODAY + timedelta(days=1))
    case.given(*HELD).when(ReportEscape(occurred_on=tomorrow)).then(
        FACT["case.escape-reported"].model_copy(update={"facility": None})
    )


def test_nothing_happened_in_the_future(case: Scenario) -> None:
    for ahead in ("2021-10-17", "2022", "2021-11/.."):
        case.given(*HELD).when(ReportEscape(occurred_on=day(ahead))).then_refused("record.in-future")


def test_the_month_that_is_not_over_is_not_the_future(case: Scenario) -> None:
    case.given(*HELD).when(AdmitToFacility(facility=ROJ, occurred_on=day("2021-10")))
    case.then(AdmittedToFacility(facility=ROJ))


def test_the_future_is_refused_in_every_date_that_says_what_happened(case: Scenario) -> None:
    ahead = day("2021-12-01")
    order = RecordCitizenshipDeprivation(
        country="GB", ground=DeprivationGround.PUBLIC_GOOD, order_made_on=ahead, effective_from=ahead
    )
    refusal = RefuseRepatriation(country="IQ", reasons=("security",), review_body="IQ-COURT", notified_on=ahead)
    for command in (RecordBirth(birth=ahead), order, refusal):
        case.given(*HELD).when(command).then_refused("record.in-future")


def test_an_effect_may_lie_in_the_future(case: Scenario) -> None:
    order = RecordCitizenshipDeprivation(
        country="GB",
        ground=DeprivationGround.PUBLIC_GOOD,
        order_made_on=day("2021-10-14"),
        effective_from=day("2021-12-01"),
    )
    case.given(*HELD).when(order)
    assert not isinstance(case.outcome, Refused)


def test_what_is_recorded_late_needs_a_reason(case: Scenario) -> None:
    long_ago = PartialDate.of(TODAY - timedelta(days=31))
    case.given(OPENED).when(AdmitToFacility(facility=AL_HOL, occurred_on=long_ago))
    case.then_refused("record.late-reason-missing")
    told = AdmitToFacility(facility=AL_HOL, occurred_on=long_ago, late_reason=LateReason.ACCESS_DENIED)
    case.when(told).then(AdmittedToFacility(facility=AL_HOL))


def test_thirty_days_are_not_late(case: Scenario) -> None:
    case.given(OPENED).when(AdmitToFacility(facility=AL_HOL, occurred_on=PartialDate.of(TODAY - timedelta(days=30))))
    case.then(AdmittedToFacility(facility=AL_HOL))


def test_what_always_holds_is_never_late(case: Scenario) -> None:
    case.given(*HELD).when(RecordName(kind=NameKind.FULL, name=A_NAME, occurred_on=day("2014")))
    case.then(NAMED.model_copy(update={"name_id": made()}))


def test_a_consequence_is_dated_today_and_its_cause_on_its_day(case: Scenario) -> None:
    escape = ReportEscape(facility=AL_HOL, occurred_on=day("2021-10-10"))
    case.given(*READY, FACT["case.cleared-to-depart"]).when(escape)
    assert not isinstance(case.outcome, Refused)
    assert [str(on) for _, on in case.outcome] == ["2021-10-10", "2021-10-15"]


def test_an_act_is_dated_in_utc_whatever_the_clock_of_the_officer_says() -> None:
    late_in_new_york = datetime(2021, 10, 15, 22, tzinfo=timezone(timedelta(hours=-4)))
    act = Act(made(), made(), "US-DOS", late_in_new_york.astimezone(UTC))
    assert (act.today, act.latest_today) == (date(2021, 10, 16), date(2021, 10, 16))


# ---------------------------------------------------------------- I9, I10, I12
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: type(example.command).__name__)
def test_after_a_death_only_the_record_is_put_right_and_everything_is_observed(example: Example) -> None:
    command = example.command
    if command.aggregate != "case":
        return
    scenario = Scenario().given(*HELD, DIED).when(command, agency="IQ-INSS")
    if command.nature is CommandKind.OBSERVATION:
        assert not isinstance(scenario.outcome, Refused)
    elif not (isinstance(command, CaseDecision) and command.after_death):
        scenario.then_refused("case.deceased")


def test_a_decision_taken_before_the_death_may_still_be_recorded(case: Scenario) -> None:
    case.given(*HELD).given(DIED, on="2021-10-10")
    case.when(RequestRepatriation(country="IQ", by=RequestedBy.FAMILY, occurred_on=day("2021-10-09")))
    case.then(FACT["case.repatriation-requested"])
    case.when(ApproveRepatriation(country="IQ", authority="IQ-MODM", basis=ApprovalBasis.RESIDENCE))
    case.then_refused("case.deceased")


def test_who_was_reported_dead_and_is_seen_alive_stays_on_record_as_both(case: Scenario) -> None:
    case.given(*HELD).given(DIED, on="2021-10-05").when(AdmitToFacility(facility=ROJ))
    case.then(AdmittedToFacility(facility=ROJ)).then_odd("whereabouts.claimed-by-two", "life.seen-after-death")


def test_a_death_before_the_last_sighting_is_odd_in_whichever_order_it_is_recorded(case: Scenario) -> None:
    case.given(*HELD).given(FACT["case.escape-reported"], on="2021-10-10")
    case.when(RecordDeath(manner=DeathManner.UNKNOWN, occurred_on=day("2021-10-02")))
    case.then_odd("life.died-before-last-seen")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: type(example.command).__name__)
def test_a_closed_case_takes_no_decision_and_every_observation(example: Example) -> None:
    command = example.command
    if command.aggregate != "case":
        return
    scenario = Scenario().given(*HELD, CaseClosed(reason=ClosureReason.LOST_CONTACT)).when(command, agency="IQ-INSS")
    if isinstance(command, CaseDecision) and not command.after_closure:
        scenario.then_refused("case.closed")
    elif command.nature is CommandKind.OBSERVATION:
        assert not isinstance(scenario.outcome, Refused)


def test_work_on_a_closed_case_is_odd_and_a_name_is_not(case: Scenario) -> None:
    case.given(*HELD, CaseClosed(reason=ClosureReason.LOST_CONTACT), NAMED).then_odd()
    case.when(ReportEscape()).then_odd("registration.after-closure")


def test_nothing_is_decided_before_the_person_was_born(case: Scenario) -> None:
    born = FACT["case.birth-recorded"].model_copy(update={"birth": day("2021-10-12")})
    early = DetermineCareStatus(status=CareStatus.ACCOMPANIED, occurred_on=day("2021-10-11"))
    case.given(*HELD, born).when(early).then_refused("record.before-birth")
    hidden = born.model_copy(update={"birth": WITHHELD})
    state = CASE.fold([*Scenario().given(*HELD).history, recorded(hidden, 3)])
    assert [fact for fact, _ in concluded(early, state, an_act()).here] == [
        CareStatusDetermined(status=CareStatus.ACCOMPANIED)
    ]


def test_who_is_seen_before_they_were_born_is_odd(case: Scenario) -> None:
    born = FACT["case.birth-recorded"].model_copy(update={"birth": day("2021-10-12")})
    case.given(OPENED, born).when(AdmitToFacility(facility=AL_HOL, occurred_on=day("2021-10-11")))
    case.then_odd("life.before-birth")
    case.when(RecordName(kind=NameKind.ALIAS, name=A_NAME, occurred_on=day("2021-10-11"))).then_odd("life.before-birth")


# ---------------------------------------------------------------- what cannot be read
@pytest.mark.parametrize(("value", "code"), [(ERASED, "record.erased"), (WITHHELD, "record.withheld")])
@pytest.mark.parametrize(
    ("topic", "field", "command"),
    [
        ("case.name-recorded", "name", RecordName),
        ("case.birth-recorded", "birth", RecordBirth),
        ("case.sex-recorded", "sex", None),
        ("case.death-recorded", "manner", RecordDeath),
        ("case.care-status-determined", "status", None),
        ("case.security-block-imposed", "ground", None),
        ("case.repatriation-refused", "reasons", RefuseRepatriation),
    ],
)
def test_nothing_is_decided_on_what_cannot_be_read(
    topic: str, field: str, command: type[Command] | None, value: Unreadable, code: str
) -> None:
    fact = FACT[topic]
    asked = (
        EXAMPLE[command].command
        if command
        else next(e.command for e in EXAMPLES if topic in e.yields and not e.command.creates)
    )
    if topic == "case.security-block-imposed":
        asked = asked.model_copy(update={"agency": "IQ-INSS", "review_due_on": date(2022, 1, 15)})
    state = CASE.fold([recorded(OPENED, 1), recorded(fact.model_copy(update={field: value}), 2)])
    with pytest.raises(Refused) as refused:
        list(asked.decide(state, an_act()))
    assert refused.value.code == code


# ---------------------------------------------------------------- closing
def test_a_case_is_closed_for_a_reason_that_the_record_supports(case: Scenario) -> None:
    case.given(*HELD)
    for reason in (ClosureReason.DECEASED, ClosureReason.REPATRIATED):
        case.when(CloseCase(reason=reason)).then_refused("closure.unsupported")
    case.when(CloseCase(reason=ClosureReason.LOST_CONTACT)).then(CaseClosed(reason=ClosureReason.LOST_CONTACT))
    case.when(CloseCase(reason=ClosureReason.TRANSFERRED)).then_refused("case.closed")


def test_a_case_is_not_closed_while_the_person_is_on_the_way(case: Scenario) -> None:
    case.given(*LEFT).when(CloseCase(reason=ClosureReason.LOST_CONTACT)).then_refused("case.in-transit")


def test_the_case_of_a_dead_person_is_closed(case: Scenario) -> None:
    case.given(*HELD, DIED).when(CloseCase(reason=ClosureReason.DECEASED))
    case.then(CaseClosed(reason=ClosureReason.DECEASED))


# ---------------------------------------------------------------- the body of a request
@pytest.mark.parametrize("code", ["XXA", "XXX", "ZZ", "iq", "IRQ", ""])
def test_only_a_state_can_decide_or_receive(code: str) -> None:
    for cls, field in ((RequestRepatriation, "country"), (ReportDeparture, "destination"), (RecordArrival, "country")):
        with pytest.raises(ValidationError):
            cls.model_validate({field: code, "by": "family"} if cls is RequestRepatriation else {field: code})


def test_a_body_with_a_field_too_many_is_no_request() -> None:
    with pytest.raises(ValidationError):
        OpenCase.model_validate({"circumstances": "arrival", "actor": str(UUID(int=1))})


def test_a_refusal_needs_a_reason_and_a_review_route() -> None:
    with pytest.raises(ValidationError):
        RefuseRepatriation(country="IQ", reasons=(), review_body="IQ-COURT")
    with pytest.raises(ValidationError):
        RefuseRepatriation.model_validate({"country": "IQ", "reasons": ["security"]})


def test_the_state_concerned_is_told_from_the_body() -> None:
    concerned = {
        name: example.command.concerns()
        for (_, name), example in ((key, EXAMPLE[cls]) for key, cls in COMMANDS.items() if cls in EXAMPLE)
    }
    assert {name for name, country in concerned.items() if country == "IQ"} == {
        "approve-reception-plan", "approve-repatriation", "claim-nationality", "clear-to-depart", "confirm-nationality",
        "deny-nationality", "dispute-nationality", "record-citizenship-restoration", "record-deprivation-appeal",
        "record-deprivation-withdrawal",
        "decide-refusal-review", "depart", "impose-security-block", "open-case", "record-arrival",
        "record-citizenship-deprivation", "record-handover", "record-repatriation", "refuse-repatriation",
        "report-departure", "report-spontaneous-return", "request-refusal-review", "request-repatriation",
        "request-screening", "revoke-approval",
    }  # fmt: skip
    assert concerned["register-facility"] == "SY"
    block = EXAMPLE[COMMANDS["case", "impose-security-block"]].command.model_copy(update={"agency": "UN-UNHCR"})
    assert block.concerns() is None


def test_the_same_words_on_another_day_are_another_fact(case: Scenario) -> None:
    case.given(*LEFT).when(RecordRepatriation(country="IQ", occurred_on=day("2021-10-10")))
    case.then(FACT["case.repatriation-recorded"])
    case.when(RecordRepatriation(country="IQ")).then_nothing()
    case.when(RecordRepatriation(country="IQ", occurred_on=day("2021-10-11"))).then(FACT["case.repatriation-recorded"])


def test_a_second_opening_under_other_circumstances_is_observed_and_odd(case: Scenario) -> None:
    case.given(OPENED).when(OpenCase(circumstances=Circumstances.ARRIVAL)).then_nothing()
    case.given(OPENED.model_copy(update={"circumstances": Circumstances.FOUND})).then_odd("registration.opened-twice")
