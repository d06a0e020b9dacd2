"""One person registered twice: merged, in chains, and two again; nothing is lost on the way."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.case.arrivals import RecordArrival
from domain.case.blocks import LiftSecurityBlock
from domain.case.correcting import RetractFact
from domain.case.decisions import RequestedBy, RequestRepatriation
from domain.case.departure import DepartureRequest
from domain.case.gate import unmet
from domain.case.identity import RecordSex
from domain.case.merging import MergeInto, ReverseMerge, to_attribute
from domain.case.record import CaseAbsorbed, CaseMergedInto, MergeReversed, ReversalCause
from domain.case.registration import CaseClosed, ClosureReason
from domain.clocks import Moment, as_of
from domain.kernel import Fact
from tests.examples import BLOCK, BLOCKED, CLEARED, FACT, HELD, LEFT, OPENED, READY
from tests.examples_record import OTHER_CASE as ROJ_CASE
from tests.examples_record import STREAM, fact_id
from tests.scenario import TODAY, Scenario

THIRD = UUID("66666666-0000-4000-8000-00000000000b")
INTO_ROJ = MergeInto(survivor=ROJ_CASE)
TWO_AGAIN = ReverseMerge(cause=ReversalCause.TWO_PEOPLE, reason="Twins: seen side by side.")


def registered_twice(case: Scenario, *here: Fact, there: tuple[Fact, ...] = HELD) -> Scenario:
    """One person with a case in two camps."""
    return case.given(*(here or HELD)).beside(ROJ_CASE, *there)


def test_a_person_registered_in_two_camps_goes_on_under_one_case(case: Scenario) -> None:
    registered_twice(case).when(INTO_ROJ).then(CaseMergedInto(survivor=ROJ_CASE))
    assert case.case.record.merged_into == ROJ_CASE
    assert case.of(ROJ_CASE).case.record.absorbed == (STREAM,)
    assert case.of(ROJ_CASE).history[-1].fact == CaseAbsorbed(absorbed=STREAM)


def test_a_merged_case_takes_no_decision_and_says_where_to_ask(case: Scenario) -> None:
    registered_twice(case).when(INTO_ROJ).when(RequestRepatriation(country="IQ", by=RequestedBy.FAMILY))
    case.then_refused("case.merged")
    assert not isinstance(case.outcome, list)
    assert case.outcome.details == {"survivor": str(ROJ_CASE)}
    case.when(RecordSex(sex="female")).then(FACT["case.sex-recorded"])


def test_what_was_wrong_on_a_merged_case_is_still_put_right(case: Scenario) -> None:
    registered_twice(case, *HELD, BLOCKED).when(INTO_ROJ)
    case.when(RetractFact(target_fact_id=fact_id(3), cause="wrong_person", reason="A namesake."), agency="IQ-INSS")
    assert not case.case.blocks.open


def test_a_block_on_a_merged_case_is_lifted_where_it_was_imposed(case: Scenario) -> None:
    registered_twice(case, *HELD, BLOCKED).when(INTO_ROJ).when(LiftSecurityBlock(block_id=BLOCK), agency="IQ-INSS")
    case.then(FACT["case.security-block-lifted"])


def test_clearances_of_both_sides_end_with_the_merge(case: Scenario) -> None:
    registered_twice(case, *READY, CLEARED, there=(*READY, CLEARED)).when(INTO_ROJ)
    assert case.case.journey.clearance is None
    assert case.of(ROJ_CASE).case.journey.clearance is None


def test_before_the_merge_they_were_two(case: Scenario) -> None:
    registered_twice(case).when(INTO_ROJ)
    assert as_of(case.history, Moment(TODAY)).state.record.merged_into == ROJ_CASE
    assert as_of(case.history, Moment(TODAY, known_at=2)).state.record.merged_into is None


# ---------------------------------------------------------------- what is refused
def test_a_case_is_not_merged_into_itself_nor_into_nothing(case: Scenario) -> None:
    case.given(*HELD).when(MergeInto(survivor=STREAM)).then_refused("merge.self")
    case.when(INTO_ROJ).then_refused("merge.unknown-case")


def test_a_facility_is_no_survivor(case: Scenario) -> None:
    case.given(*HELD).beside(ROJ_CASE, FACT["facility.facility-registered"], aggregate="facility")
    case.when(INTO_ROJ).then_refused("merge.unknown-case")


def test_nobody_is_merged_while_on_the_way(case: Scenario) -> None:
    registered_twice(case, *LEFT).when(INTO_ROJ).then_refused("case.in-transit")
    registered_twice(Scenario(), there=LEFT).when(INTO_ROJ).then_refused("case.in-transit")
    case.when(RecordArrival(country="IQ")).when(INTO_ROJ).then(CaseMergedInto(survivor=ROJ_CASE))


@pytest.mark.parametrize(
    ("there", "code"),
    [
        ((*HELD, CaseClosed(reason=ClosureReason.LOST_CONTACT)), "merge.survivor-closed"),
        ((*HELD, FACT["case.person-erased"]), "case.erased"),
        ((*HELD, CaseMergedInto(survivor=THIRD)), "case.merged"),
    ],
)
def test_only_a_living_case_goes_on_for_two(case: Scenario, there: tuple[Fact, ...], code: str) -> None:
    registered_twice(case, there=there).when(INTO_ROJ).then_refused(code)


def test_two_cases_are_not_merged_into_each_other(case: Scenario) -> None:
    registered_twice(case).when(INTO_ROJ)
    case.of(ROJ_CASE).when(MergeInto(survivor=STREAM)).then_refused("merge.cycle")


def test_a_merged_case_is_not_merged_elsewhere(case: Scenario) -> None:
    registered_twice(case).beside(THIRD, *HELD).when(INTO_ROJ).when(MergeInto(survivor=THIRD))
    case.then_refused("case.merged")


# ---------------------------------------------------------------- chains
def chained(case: Scenario) -> Scenario:
    """This case merged into Roj's, and Roj's into a third."""
    registered_twice(case).beside(THIRD, *HELD).when(INTO_ROJ)
    case.of(ROJ_CASE).when(MergeInto(survivor=THIRD))
    return case


def test_the_last_of_a_chain_goes_on_for_all(case: Scenario) -> None:
    chained(case)
    assert case.of(THIRD).case.record.absorbed == (STREAM, ROJ_CASE)
    assert case.case.record.survivors == (ROJ_CASE, THIRD)
    assert case.case.record.merged_into == THIRD


def test_the_middle_of_a_chain_leaves_with_what_was_merged_into_it(case: Scenario) -> None:
    chained(case).of(ROJ_CASE).when(TWO_AGAIN)
    assert case.of(THIRD).case.record.absorbed == ()
    assert case.of(ROJ_CASE).case.record.merged_into is None
    assert case.of(ROJ_CASE).case.record.absorbed == (STREAM,)
    assert case.case.record.survivors == (ROJ_CASE,)


def test_the_end_of_a_chain_leaves_every_case_above_it(case: Scenario) -> None:
    chained(case).when(TWO_AGAIN)
    assert case.case.record.survivors == ()
    assert case.of(ROJ_CASE).case.record.absorbed == ()
    assert case.of(THIRD).case.record.absorbed == (ROJ_CASE,)
    assert not any(known.state.anomalies for known in case.house.values())


# ---------------------------------------------------------------- two again
def test_two_are_two_again_at_any_later_time(case: Scenario) -> None:
    registered_twice(case, *HELD, BLOCKED).when(INTO_ROJ).when(TWO_AGAIN)
    case.then(MergeReversed(other=ROJ_CASE, cause=ReversalCause.TWO_PEOPLE, reason="Twins: seen side by side."))
    assert case.case.record.merged_into is None
    assert case.of(ROJ_CASE).case.record.absorbed == ()
    assert BLOCK in case.case.blocks.open
    case.when(INTO_ROJ).then(CaseMergedInto(survivor=ROJ_CASE))


def test_nothing_is_reversed_where_nothing_was_merged(case: Scenario) -> None:
    case.given(*HELD).when(TWO_AGAIN).then_nothing()


def test_what_was_recorded_on_the_survivor_in_between_waits_for_attribution(case: Scenario) -> None:
    roj = registered_twice(case).when(INTO_ROJ).of(ROJ_CASE)
    roj.when(RecordSex(sex="female"))
    case.when(TWO_AGAIN)
    assert [known.fact for known in to_attribute(roj.history, STREAM)] == [FACT["case.sex-recorded"]]
    assert [task.kind for task in roj.case.work.tasks.values()] == ["attribute_facts"]


def test_where_nothing_was_recorded_in_between_nobody_is_asked(case: Scenario) -> None:
    roj = registered_twice(case).when(INTO_ROJ).when(TWO_AGAIN).of(ROJ_CASE)
    assert to_attribute(roj.history, STREAM) == []
    assert not roj.case.work.tasks


def test_a_clearance_given_to_both_as_one_ends_when_they_are_two(case: Scenario) -> None:
    roj = registered_twice(case, OPENED, there=READY).when(INTO_ROJ).of(ROJ_CASE).given(CLEARED)
    case.when(TWO_AGAIN)
    assert roj.case.journey.clearance is None


def test_who_was_erased_is_not_two_again(case: Scenario) -> None:
    registered_twice(case).when(INTO_ROJ).of(ROJ_CASE).given(FACT["case.person-erased"])
    case.when(TWO_AGAIN).then_refused("case.erased")


def test_a_merge_out_of_order_is_odd_and_never_an_error(case: Scenario) -> None:
    case.given(OPENED, CaseMergedInto(survivor=STREAM), CaseAbsorbed(absorbed=STREAM))
    case.given(CaseAbsorbed(absorbed=ROJ_CASE), CaseAbsorbed(absorbed=ROJ_CASE), CaseMergedInto(survivor=ROJ_CASE))
    case.given(MergeReversed(other=THIRD, cause=ReversalCause.MERGED_IN_ERROR, reason="No."))
    case.then_odd("merge.self", "merge.self", "merge.twice", "merge.cycle", "merge.none-to-reverse")


# ---------------------------------------------------------------- nothing is laundered
def rules_unmet(survivor: Scenario) -> set[str]:
    others = {stream: other.state for stream, other in survivor.house.items() if other is not survivor}
    request = DepartureRequest.of(survivor.case, "IQ", on=TODAY, others=others)
    return {rule.rule.code for rule in unmet(survivor.case, request)}


def test_a_block_on_either_case_stands_in_the_way_of_both_until_they_are_two(case: Scenario) -> None:
    roj = registered_twice(case, *HELD, BLOCKED, there=READY).of(ROJ_CASE)
    assert "G1" not in rules_unmet(roj)
    case.when(INTO_ROJ)
    assert "G1" in rules_unmet(roj)
    case.when(LiftSecurityBlock(block_id=BLOCK), agency="IQ-INSS")
    assert "G1" not in rules_unmet(roj)


def test_a_block_at_the_end_of_a_chain_stands_in_the_way_of_the_last(case: Scenario) -> None:
    chained(case.given(BLOCKED))
    assert "G1" in rules_unmet(case.of(THIRD))
    case.when(TWO_AGAIN)
    assert "G1" not in rules_unmet(case.of(THIRD))
