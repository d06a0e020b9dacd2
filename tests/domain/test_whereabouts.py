"""One place at an instant (I8): in a section, in hospital, lost, found, released, home by their own way."""

from __future__ import annotations

from datetime import date

import pytest

from domain.case.absence import (
    EscapeReported,
    Recaptured,
    RecordRecapture,
    RecordWhereaboutsRegained,
    ReportEscape,
    ReportWhereaboutsLost,
    WhereaboutsLost,
    WhereaboutsRegained,
)
from domain.case.case import CASE, SHOWS_ALIVE
from domain.case.hospital import (
    HospitalOutcome,
    RecordReturnFromHospital,
    ReferralCause,
    ReferredToHospital,
    ReferToHospital,
    ReturnedFromHospital,
)
from domain.case.journey import ArrivedInCountry, ClearanceWithdrawn, Departed, Return, WithdrawalCause
from domain.case.release import ReleaseBasis, ReleasedLocally, ReportLocalRelease
from domain.case.spontaneous_return import ReportSpontaneousReturn, SpontaneousReturnReported
from domain.case.status import Status
from domain.case.whereabouts import (
    AdmitToFacility,
    MovedToFacility,
    MoveReason,
    MoveToFacility,
    Place,
    RelocatedWithinFacility,
    RelocateWithinFacility,
)
from domain.clocks import Moment, as_of
from domain.dates import PartialDate
from domain.kernel import Command, Fact
from domain.privacy import BlockLabel
from domain.values import LateReason, PersonName, Script
from tests.examples import ADMITTED, AL_HOL, CLEARED, FACT, HELD, LEFT, OPENED, READY, ROJ, SECTION, SPONSOR
from tests.scenario import TODAY, Scenario, made

day = PartialDate.parse
HOSPITAL = made(50)
ANNEX = made(51)
LOST = WhereaboutsLost(facility=AL_HOL, last_seen_on=None, circumstances=None)
IN_HOSPITAL = ReferredToHospital(facility=HOSPITAL, cause=ReferralCause.INJURY)
RELEASED = ReleasedLocally(basis=ReleaseBasis.COURT, sponsor_id=None, sponsor=None, terms=None)
A_SPONSOR = PersonName(parts=("Salih", "Hamad"), script=Script.LATIN)


def topics(case: Scenario) -> list[str]:
    assert isinstance(case.outcome, list)
    return [fact.topic.removeprefix("case.") for fact, _ in case.outcome]


# ---------------------------------------------------------------- sections
def test_a_person_is_in_one_section_of_one_facility(case: Scenario) -> None:
    case.given(*HELD).when(RelocateWithinFacility(section_id=SECTION)).when(RelocateWithinFacility(section_id=ANNEX))
    assert (case.case.whereabouts.located_at, case.case.whereabouts.section) == (AL_HOL, ANNEX)
    case.when(MoveToFacility(facility=ROJ))
    assert case.case.whereabouts.section is None


def test_a_section_told_late_does_not_undo_the_one_after_it(case: Scenario) -> None:
    case.given(*HELD).given(RelocatedWithinFacility(section_id=ANNEX), on="2021-10-10")
    case.when(RelocateWithinFacility(section_id=SECTION, occurred_on=day("2021-10-05")))
    assert case.case.whereabouts.section == ANNEX
    case.when(RelocateWithinFacility(section_id=SECTION, occurred_on=day("2021-09-20")))
    assert case.case.whereabouts.section == ANNEX


def test_a_clearance_outlives_a_move_within_the_facility(case: Scenario) -> None:
    case.given(*READY, CLEARED).when(RelocateWithinFacility(section_id=SECTION)).then_status(Status.READY)


# ---------------------------------------------------------------- hospital
def test_who_is_in_a_hospital_stays_on_the_books_of_the_facility(case: Scenario) -> None:
    case.given(*HELD).when(ReferToHospital(facility=HOSPITAL, cause=ReferralCause.CHILDBIRTH))
    whereabouts = case.case.whereabouts
    assert (whereabouts.located_at, whereabouts.hospital) == (AL_HOL, HOSPITAL)
    case.when(RecordReturnFromHospital(facility=AL_HOL, outcome=HospitalOutcome.RECOVERED)).then_odd()
    whereabouts = case.case.whereabouts
    assert (whereabouts.located_at, whereabouts.hospital, whereabouts.since) == (AL_HOL, None, day("2021-10-01"))


def test_a_return_from_hospital_may_be_to_another_facility(case: Scenario) -> None:
    case.given(*HELD, IN_HOSPITAL).when(RecordReturnFromHospital(facility=ROJ))
    assert (case.case.whereabouts.located_at, case.case.whereabouts.hospital) == (ROJ, None)
    case.then_odd()


@pytest.mark.parametrize("on", ["2021-10-02", "2021-09-01"])
def test_a_referral_told_after_the_return_puts_nobody_back_into_hospital(case: Scenario, on: str) -> None:
    back = ReturnedFromHospital(facility=AL_HOL, outcome=HospitalOutcome.RECOVERED)
    case.given(*HELD, IN_HOSPITAL).given(back, on="2021-10-10")
    case.when(ReferToHospital(facility=ROJ, occurred_on=day(on), late_reason=LateReason.NOTIFIED_LATE))
    assert topics(case) == ["referred-to-hospital"]
    assert case.case.whereabouts.hospital is None
    case.when(RecordReturnFromHospital(facility=ROJ, occurred_on=day(on), late_reason=LateReason.NOTIFIED_LATE))
    assert case.case.whereabouts.located_at == AL_HOL


@pytest.mark.parametrize(
    "away",
    [
        MovedToFacility(facility=ROJ, reason=MoveReason.MEDICAL, separates_family=False),
        EscapeReported(facility=None),
        LOST,
        RELEASED,
        Departed(destination="TR"),
    ],
    ids=lambda fact: fact.topic,
)
def test_who_goes_elsewhere_is_not_in_hospital_any_more(case: Scenario, away: Fact) -> None:
    case.given(*HELD, IN_HOSPITAL, away)
    assert case.case.whereabouts.hospital is None


def test_a_return_to_another_place_withdraws_a_clearance_given_meanwhile(case: Scenario) -> None:
    case.given(*READY, IN_HOSPITAL, CLEARED).when(RecordReturnFromHospital(facility=AL_HOL)).then_status(Status.READY)
    other = Scenario().given(*READY, IN_HOSPITAL, CLEARED).when(RecordReturnFromHospital(facility=ROJ))
    assert topics(other) == ["returned-from-hospital", "clearance-withdrawn"]


# ---------------------------------------------------------------- lost, escaped, found
def test_nothing_says_that_who_is_lost_has_fled(case: Scenario) -> None:
    case.given(*HELD).when(ReportWhereaboutsLost(last_seen_on=day("2021-10-10"))).then_status(Status.MISSING)
    case.then(WhereaboutsLost(facility=None, last_seen_on=day("2021-10-10"), circumstances=None))
    assert case.case.whereabouts.facility == AL_HOL
    case.when(ReportEscape(facility=AL_HOL)).then(EscapeReported(facility=AL_HOL)).then_odd()
    case.when(ReportWhereaboutsLost()).then_nothing()
    case.when(RecordWhereaboutsRegained(facility=ROJ)).then_odd()
    assert case.case.whereabouts.located_at == ROJ


def test_nobody_was_seen_tomorrow(case: Scenario) -> None:
    case.given(*HELD).when(ReportWhereaboutsLost(last_seen_on=day("2021-10-20"))).then_refused("record.in-future")


def test_an_escape_with_disputed_counts_is_told_of_each_person(case: Scenario) -> None:
    """One source counts her among those who fled, the headcount of the next week finds her in her tent."""
    case.given(*HELD).given(EscapeReported(facility=AL_HOL), on="2021-10-05")
    case.when(RecordWhereaboutsRegained(facility=AL_HOL, circumstances="Counted in her tent.")).then_odd()
    assert case.case.whereabouts.located_at == AL_HOL
    case.when(ReportEscape(facility=AL_HOL, occurred_on=day("2021-10-06")))
    assert topics(case) == ["escape-reported"]
    assert case.case.whereabouts.located_at == AL_HOL


def test_two_facilities_claim_one_person_and_both_claims_stay(case: Scenario) -> None:
    case.given(*HELD).when(AdmitToFacility(facility=ROJ)).then_odd("whereabouts.claimed-by-two")
    assert [type(fact) for fact in case.review] == [type(FACT["case.task-raised"])]
    assert case.case.whereabouts.located_at == ROJ


# ---------------------------------------------------------------- released, home
def test_who_is_released_locally_is_present_nowhere_and_may_be_admitted_again(case: Scenario) -> None:
    case.given(*HELD).when(ReportLocalRelease(basis=ReleaseBasis.SPONSORSHIP, sponsor=A_SPONSOR))
    case.then(ReleasedLocally(basis=ReleaseBasis.SPONSORSHIP, sponsor_id=made(), sponsor=A_SPONSOR, terms=None))
    assert (case.case.whereabouts.place, case.case.whereabouts.located_at) == (Place.RELEASED, None)
    case.when(AdmitToFacility(facility=AL_HOL)).then_odd()
    assert case.case.whereabouts.located_at == AL_HOL


def test_a_sponsor_is_sealed_under_a_key_of_their_own() -> None:
    assert ReleasedLocally.subjects == {BlockLabel.IDENTITY: "sponsor_id"}
    known = ReportLocalRelease(basis=ReleaseBasis.SPONSORSHIP, sponsor_id=SPONSOR, sponsor=A_SPONSOR)
    case = Scenario().given(*HELD).when(known)
    case.then(ReleasedLocally(basis=ReleaseBasis.SPONSORSHIP, sponsor_id=SPONSOR, sponsor=A_SPONSOR, terms=None))
    Scenario().given(*HELD).when(ReportLocalRelease(basis=ReleaseBasis.AMNESTY)).then(
        ReleasedLocally(basis=ReleaseBasis.AMNESTY, sponsor_id=None, sponsor=None, terms=None)
    )


def test_a_spontaneous_return_is_no_transfer_that_others_made(case: Scenario) -> None:
    case.given(*HELD, EscapeReported(facility=AL_HOL)).when(ReportSpontaneousReturn(country="TN"))
    case.then_status(Status.RECEIVED).then_overlays().then_odd()
    assert case.case.journey.returned == Return("TN", PartialDate.of(TODAY))
    assert not case.case.in_transit


def test_who_came_home_alone_after_a_journey_of_ours_is_where_they_were_reported_last(case: Scenario) -> None:
    case.given(*LEFT, ArrivedInCountry(country="IQ")).when(ReportSpontaneousReturn(country="TN"))
    assert case.case.journey.returned == Return("TN", PartialDate.of(TODAY))
    case.given(SpontaneousReturnReported(country="SY", circumstances=None), on="2021-09-01")
    assert case.case.journey.returned == Return("TN", PartialDate.of(TODAY))


@pytest.mark.parametrize(
    ("command", "cause"),
    [
        (ReferToHospital(facility=HOSPITAL), WithdrawalCause.HOSPITAL),
        (ReportWhereaboutsLost(), WithdrawalCause.MOVE),
        (RecordWhereaboutsRegained(facility=ROJ), WithdrawalCause.MOVE),
        (ReportLocalRelease(basis=ReleaseBasis.COURT), WithdrawalCause.RELEASE),
        (ReportSpontaneousReturn(country="IQ"), WithdrawalCause.MOVE),
    ],
    ids=lambda given: str(getattr(given, "verb", given)),
)
def test_who_is_no_longer_there_does_not_depart(case: Scenario, command: Command, cause: WithdrawalCause) -> None:
    case.given(*READY, CLEARED).when(command)
    assert isinstance(case.outcome, list)
    assert case.outcome[1:] == [(ClearanceWithdrawn(cause=cause), PartialDate.of(TODAY))]


# ---------------------------------------------------------------- what does not fit
@pytest.mark.parametrize(
    ("facts", "odd"),
    [
        ((RelocatedWithinFacility(section_id=SECTION),), "whereabouts.relocated-unlocated"),
        ((IN_HOSPITAL,), "whereabouts.referred-unlocated"),
        ((ADMITTED, FACT["case.returned-from-hospital"]), "whereabouts.returned-unreferred"),
        ((ADMITTED, LOST, LOST), "whereabouts.lost-twice"),
        ((ADMITTED, WhereaboutsRegained(facility=ROJ, circumstances=None)), "whereabouts.regained-unlost"),
        ((ADMITTED, FACT["case.spontaneous-return-reported"]), "whereabouts.returned-while-located"),
        ((RELEASED,), "whereabouts.released-unlocated"),
        ((ADMITTED, LOST, RELEASED), "whereabouts.released-unlocated"),
        ((ADMITTED, LOST, ADMITTED), "whereabouts.found-again"),
    ],
)
def test_whereabouts_that_do_not_fit_are_recorded_and_odd(case: Scenario, facts: tuple[Fact, ...], odd: str) -> None:
    case.given(OPENED, *facts).then_odd(odd)


def test_who_departs_after_a_release_is_odd_and_gone(case: Scenario) -> None:
    case.given(*HELD, RELEASED, Departed(destination="IQ"))
    assert {anomaly.code for anomaly in case.case.anomalies} == {"departure.after-release", "departure.uncleared"}
    assert case.case.whereabouts.place is Place.GONE


@pytest.mark.parametrize(
    "late",
    [
        IN_HOSPITAL,
        FACT["case.returned-from-hospital"],
        LOST,
        FACT["case.whereabouts-regained"],
        FACT["case.spontaneous-return-reported"],
        RELEASED,
        RelocatedWithinFacility(section_id=SECTION),
    ],
    ids=lambda fact: fact.topic,
)
def test_what_is_told_late_completes_the_past_and_moves_nobody(case: Scenario, late: Fact) -> None:
    case.given(*HELD).given(late, on="2021-09-01", recorded_on=TODAY)
    assert case.case.whereabouts == CASE.fold(case.history[:2]).whereabouts


def test_as_of_each_day_a_person_is_in_one_place(case: Scenario) -> None:
    case.given(OPENED, ADMITTED, on="2019-03-01").given(LOST, on="2020-01-01")
    case.given(WhereaboutsRegained(facility=ROJ, circumstances=None), on="2020-02-01").given(RELEASED, on="2021-01-01")
    places = [
        as_of(case.history, Moment(on)).state.whereabouts
        for on in (date(2019, 3, 1), date(2020, 1, 15), date(2020, 2, 1), date(2021, 6, 1))
    ]
    assert [(where.place, where.located_at) for where in places] == [
        (Place.LOCATED, AL_HOL),
        (Place.MISSING, None),
        (Place.LOCATED, ROJ),
        (Place.RELEASED, None),
    ]


def test_every_whereabouts_but_a_loss_shows_that_the_person_was_alive() -> None:
    assert WhereaboutsLost not in SHOWS_ALIVE
    assert {ReferredToHospital, ReturnedFromHospital, WhereaboutsRegained, ReleasedLocally, Recaptured} <= SHOWS_ALIVE


def test_who_is_brought_back_after_they_were_lost_is_there_again(case: Scenario) -> None:
    case.given(*HELD, LOST).when(RecordRecapture(facility=AL_HOL)).then_odd().then_overlays()
    assert case.case.whereabouts.located_at == AL_HOL
    assert not case.case.whereabouts.lost
