"""Departing: by our decision through the gate, by others without it, broken off, handed over, told a year late."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.case.arrivals import RecordHandover, RecordRepatriation
from domain.case.clearance import ClearToDepart, Depart, ReportDeparture
from domain.case.departure import DepartureRequest
from domain.case.gate import unmet
from domain.case.journey import Departed
from domain.case.manifests import PlacedOnManifest, PlaceOnManifest, RemoveFromManifest
from domain.case.registration import CaseClosed, CloseCase, ClosureReason
from domain.case.status import Overlay, Status
from domain.case.transfers import (
    RecordReturnAfterAbort,
    ReportUnclearedTransfer,
    ReturnedAfterAbort,
    UnclearedTransferReported,
)
from domain.case.work import FlagKind, FlagRaised, TaskKind, TaskRaised
from domain.dates import PartialDate
from domain.ids import named_id
from domain.kernel import Fact
from domain.values import LateReason
from tests.domain.living import lives
from tests.examples import AL_HOL, CLEARED, FACT, HELD, LEFT, OPERATION, READY, ROJ
from tests.scenario import BEFORE, COMMAND, TODAY, Scenario, made

day = PartialDate.parse
CLEAR = ClearToDepart(destination="IQ")
DEPART = Depart(destination="IQ")
FLAG = FlagRaised(flag_id=named_id(COMMAND, "flag/breach"), kind=FlagKind.BREACH, text=None)
REVIEW = TaskRaised(
    task_id=named_id(COMMAND, "task/review_breach/0"), kind=TaskKind.REVIEW_BREACH, due_on=None, text=None
)


def uncleared(destination: str | None, **told: object) -> tuple[Fact, ...]:
    """What follows from a transfer that nobody cleared."""
    told = {"by_agency": None, "account": None, **told}
    return UnclearedTransferReported.model_validate({"destination": destination, **told}), FLAG, REVIEW


# ---------------------------------------------------------------- by others
def test_a_departure_by_others_without_a_clearance_is_a_breach(case: Scenario) -> None:
    case.given(*HELD, FACT["case.security-block-imposed"]).when(ReportDeparture(destination="IQ"))
    case.then(*uncleared("IQ")).then_status(Status.IN_TRANSIT).then_odd()
    case.then_overlays(Overlay.BLOCKED, Overlay.NON_COMPLIANT_TRANSFER)
    assert [flag.kind for flag in case.case.work.flags.values()] == [FlagKind.BREACH]
    assert TaskKind.REVIEW_BREACH in {task.kind for task in case.case.work.tasks.values()}


def test_a_departure_to_nobody_knows_where_is_a_breach(case: Scenario) -> None:
    case.given(*READY, CLEARED).when(ReportDeparture()).then(*uncleared(None))


def test_a_departure_on_a_clearance_of_which_a_rule_fell_away_is_a_breach(case: Scenario) -> None:
    case.given(*READY, CLEARED).when(ReportDeparture(destination="IQ"), on=TODAY + timedelta(days=29))
    case.then(Departed(destination="IQ"))
    later = Scenario().given(*READY, CLEARED.model_copy(update={"expires_on": TODAY + timedelta(days=300)}))
    later.when(ReportDeparture(destination="IQ"), on=TODAY + timedelta(days=200)).then(*uncleared("IQ"))


def test_an_uncleared_transfer_is_recorded_in_any_state(case: Scenario) -> None:
    report = ReportUnclearedTransfer(destination="TR", by_agency="SY-AANES", account="Taken at night in a lorry.")
    told = uncleared("TR", by_agency="SY-AANES", account="Taken at night in a lorry.")
    died, closed = FACT["case.death-recorded"], CaseClosed(reason=ClosureReason.LOST_CONTACT)
    for facts in ((), HELD, (*READY, CLEARED), LEFT, (*HELD, died), (*HELD, closed)):
        Scenario().given(*facts).when(report).then(*told)
    case.given(*READY, CLEARED).when(report).then_status(Status.IN_TRANSIT)
    assert case.case.journey.clearance is None


def test_the_same_transfer_told_again_with_more_is_another_account(case: Scenario) -> None:
    report = ReportUnclearedTransfer(destination="TR")
    case.given(*HELD, UnclearedTransferReported(destination="TR", by_agency=None, account=None))
    case.when(report).then_nothing().when(report.model_copy(update={"occurred_on": day(str(BEFORE))})).then_nothing()
    case.when(ReportUnclearedTransfer(destination="TR", by_agency="SY-AANES"))
    case.then(*uncleared("TR", by_agency="SY-AANES")).then_odd("departure.twice")


def test_who_was_moved_by_others_and_arrives_is_received_and_stays_non_compliant(case: Scenario) -> None:
    case.given(*HELD).when(ReportUnclearedTransfer(destination="TR"))
    case.when(RecordHandover(country="TR", authority="TR-MFA")).then_status(Status.RECEIVED)
    case.then_overlays(Overlay.NON_COMPLIANT_TRANSFER).then_odd()


# ---------------------------------------------------------------- broken off
def test_who_is_brought_back_before_the_border_has_to_be_cleared_anew(case: Scenario) -> None:
    case.given(*LEFT).when(RecordReturnAfterAbort(facility=AL_HOL, operation_id=OPERATION))
    case.then(ReturnedAfterAbort(operation_id=OPERATION, facility=AL_HOL)).then_odd()
    case.then_status(Status.APPROVED).when(DEPART).then_refused("departure.not-cleared")
    assert case.case.whereabouts.located_at == AL_HOL
    case.when(CLEAR).then_status(Status.READY)


def test_who_is_brought_back_after_the_border_has_not_returned(case: Scenario) -> None:
    case.given(*LEFT, FACT["case.arrived-in-country"]).then_status(Status.RECEIVED)
    case.when(RecordReturnAfterAbort(facility=ROJ)).then_status(Status.APPROVED).then_odd()
    assert case.case.journey.returned is None
    case.when(CloseCase(reason=ClosureReason.REPATRIATED)).then_refused("closure.unsupported")


def test_who_is_brought_back_after_the_handover_is_odd(case: Scenario) -> None:
    case.given(*LEFT, FACT["case.handed-over"]).when(RecordReturnAfterAbort(facility=AL_HOL))
    case.then_odd("abort.after-handover")


def test_who_is_brought_back_without_having_left_is_odd(case: Scenario) -> None:
    case.given(*HELD).when(RecordReturnAfterAbort(facility=ROJ)).then_odd("abort.undeparted")


def test_an_abort_told_late_does_not_bring_back_who_left_again(case: Scenario) -> None:
    case.given(*LEFT, on="2021-10-01").given(Departed(destination="IQ"), on="2021-10-10")
    case.when(RecordReturnAfterAbort(facility=AL_HOL, occurred_on=day("2021-10-03"))).then_status(Status.IN_TRANSIT)


# ---------------------------------------------------------------- arriving
def test_a_handover_ends_the_journey(case: Scenario) -> None:
    case.given(*LEFT).when(RecordHandover(country="IQ", authority="IQ-MODM", document="Protocol 7"))
    case.then(FACT["case.handed-over"]).then_status(Status.RECEIVED).then_odd()


def test_a_handover_to_another_state_is_odd(case: Scenario) -> None:
    case.given(*LEFT).when(RecordHandover(country="TR", authority="TR-MFA")).then_odd("handover.elsewhere")
    undeparted = Scenario().given(*HELD).when(RecordHandover(country="TR", authority="TR-MFA"))
    undeparted.then_odd("handover.undeparted")
    early = RecordHandover(country="IQ", authority="IQ-MODM", occurred_on=day("2021-09-30"))
    Scenario().given(*LEFT).when(early).then_odd("handover.before-departure")


def test_a_repatriation_recorded_a_year_late_says_why(case: Scenario) -> None:
    late = RecordRepatriation(country="IQ", occurred_on=day("2020-10-15"))
    case.given(*HELD, on="2019-03-01").when(late).then_refused("record.late-reason-missing")
    case.when(late.model_copy(update={"late_reason": LateReason.NOTIFIED_LATE}))
    case.then(FACT["case.repatriation-recorded"]).then_status(Status.RECEIVED)
    assert case.case.journey.repatriation is not None
    assert case.case.journey.repatriation.on == day("2020-10-15")


# ---------------------------------------------------------------- manifests
def test_only_the_cleared_are_placed_on_a_manifest(case: Scenario) -> None:
    place = PlaceOnManifest(operation_id=OPERATION)
    case.given(*READY).when(place).then_refused("departure.not-cleared")
    case.given(CLEARED).when(place, on=CLEARED.expires_on + timedelta(days=1)).then_refused("departure.not-cleared")
    case.when(place, on=CLEARED.expires_on).then(PlacedOnManifest(operation_id=OPERATION))
    case.then_status(Status.MANIFESTED).when(PlaceOnManifest(operation_id=made(9))).then_refused("manifest.on-another")


def test_who_is_on_a_manifest_departs_with_that_operation_alone(case: Scenario) -> None:
    case.given(*READY, CLEARED, PlacedOnManifest(operation_id=OPERATION))
    case.when(DEPART).then_refused("departure.not-ready", rules=["G12"])
    case.when(Depart(destination="IQ", operation_id=made(9))).then_refused("departure.not-ready", rules=["G12"])
    case.when(Depart(destination="IQ", operation_id=OPERATION)).then(Departed(destination="IQ"))
    assert case.case.journey.manifest is None


def test_a_clearance_that_expired_on_a_manifest_is_given_anew_for_that_operation(case: Scenario) -> None:
    expired = CLEARED.model_copy(update={"expires_on": TODAY - timedelta(days=1)})
    case.given(*READY, expired, PlacedOnManifest(operation_id=OPERATION)).then_status(Status.APPROVED)
    case.when(CLEAR).then_refused("departure.not-ready", rules=["G12"])
    case.when(CLEAR.model_copy(update={"operation_id": OPERATION})).then_status(Status.MANIFESTED)


def test_who_is_taken_off_a_manifest_stays_cleared(case: Scenario) -> None:
    off = RemoveFromManifest(operation_id=OPERATION, cause="not_at_boarding")
    case.given(*READY, CLEARED, PlacedOnManifest(operation_id=OPERATION)).when(off).then_status(Status.READY)
    case.when(RemoveFromManifest(operation_id=made(9), cause="seat_needed")).then_nothing()


def test_two_manifests_at_once_are_odd(case: Scenario) -> None:
    other = PlacedOnManifest(operation_id=made(9))
    case.given(*READY, CLEARED, PlacedOnManifest(operation_id=OPERATION), PlacedOnManifest(operation_id=OPERATION))
    case.given(other, FACT["case.removed-from-manifest"])
    case.then_odd("manifest.placed-twice", "manifest.on-two", "manifest.not-on")


def test_a_reported_departure_goes_with_the_manifest_on_record(case: Scenario) -> None:
    case.given(*READY, CLEARED, PlacedOnManifest(operation_id=OPERATION)).when(ReportDeparture(destination="IQ"))
    case.then(Departed(destination="IQ"))


# ---------------------------------------------------------------- whatever happens
def test_nobody_departs_while_a_rule_is_unmet_but_by_an_uncleared_transfer() -> None:
    """Whatever is asked in whatever order, by whom and on which days: who departed had every rule met."""
    seen: Counter[str] = Counter()

    @settings(max_examples=300)
    @given(st.data())
    def in_any_life(data: st.DataObject) -> None:
        for step in lives(data):
            given_by = step.before.journey.clearance
            if step.refusal is not None and isinstance(step.command, Depart):
                seen["held back"] += 1
            if any(isinstance(fact, Departed) for fact in step.facts):
                seen["departed"] += 1
                assert given_by is not None
                request = DepartureRequest.of(
                    step.before, "IQ", on=step.on, others=step.others, cleared_by=given_by.actor, leaving=True,
                    operation=step.before.journey.manifest,
                )  # fmt: skip
                assert not unmet(step.before, request)
            elif step.after.in_transit and not step.before.in_transit:
                seen["uncleared"] += 1
                assert any(isinstance(fact, UnclearedTransferReported) for fact in step.facts), step.command.verb

    in_any_life()
    # Otherwise it would have been told of nobody.
    assert min(seen[way] for way in ("departed", "uncleared", "held back")) >= 10, seen
