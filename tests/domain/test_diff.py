"""What is different between two moments, and which facts made it so."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from domain.case.absence import EscapeReported
from domain.clocks import Moment, as_of
from domain.diff import DERIVED, Change, changes
from domain.kernel import Recorded
from tests.domain.test_clocks import DAYS, histories
from tests.domain.test_corrections import BORN_1994, correct, retract
from tests.examples import ADMITTED, AL_HOL, BLOCKED, CLEARED, FACT, HELD, OPENED, READY, REGISTERED, ROJ
from tests.examples_record import fact_id
from tests.scenario import TODAY, Scenario

THEN = date(2021, 1, 1)


def told(found: list[Change]) -> dict[str, tuple[object, object]]:
    """The changes by path, without the facts behind them."""
    return {".".join(change.path): (change.before, change.after) for change in found}


def behind(found: list[Change], path: str) -> tuple[tuple[object, ...], bool]:
    """The facts behind the change of a path, and whether it is imprecise."""
    (change,) = [change for change in found if ".".join(change.path) == path]
    return change.facts, change.imprecise


def test_between_two_days_lies_what_happened(case: Scenario) -> None:
    case.given(*HELD, on="2019-03-01").given(FACT["case.moved-to-facility"], on="2021-05-01")
    found = changes(case.history, Moment(THEN), Moment(TODAY))
    assert told(found)["whereabouts.facility"] == (AL_HOL, ROJ)
    assert behind(found, "whereabouts.facility") == ((fact_id(3),), False)
    assert told(found)["overlays.separated_family"] == (None, True)
    assert changes(case.history, Moment(TODAY), Moment(TODAY)) == []


def test_between_two_times_of_knowledge_lies_what_was_learned(case: Scenario) -> None:
    case.given(*HELD, on="2019-03-01").given(BLOCKED, on="2020-01-01", recorded_on=TODAY)
    found = changes(case.history, Moment(THEN, known_at=2), Moment(THEN, known_at=3))
    assert told(found)["overlays.blocked"] == (None, True)
    assert {change.facts for change in found} == {(fact_id(3),)}


def test_a_correction_stands_behind_what_it_changed(case: Scenario) -> None:
    case.given(OPENED, BORN_1994).when(correct(2, type(BORN_1994), place="Mosul"))
    (births, place) = changes(case.history, Moment(TODAY, known_at=2), Moment(TODAY))
    assert births.path == ("identity", "birth", "place")
    assert (births.before, births.after) == ("Tal Afar", "Mosul")
    assert births.facts == (fact_id(2), fact_id(3))
    assert place.path == ("identity", "births")


def test_a_retraction_stands_behind_what_came_back(case: Scenario) -> None:
    case.given(*HELD, EscapeReported(facility=AL_HOL)).when(retract(3))
    found = changes(case.history, Moment(TODAY, known_at=3), Moment(TODAY))
    assert told(found)["status"] == ("missing", "registered")
    assert behind(found, "status") == ((fact_id(3), fact_id(4)), False)


def test_what_only_the_calendar_changed_has_no_fact_behind_it(case: Scenario) -> None:
    case.given(*READY, CLEARED, on="2021-10-01")
    found = changes(case.history, Moment(date(2021, 11, 14)), Moment(date(2021, 11, 15)))
    assert told(found) == {"status": ("ready", "approved")}
    assert behind(found, "status") == ((), False)


def test_what_rests_on_a_date_that_may_lie_on_the_other_side_is_imprecise(case: Scenario) -> None:
    case.given(OPENED, on="2019-03-01").given(ADMITTED, on="2021-06")
    before, after = Moment(date(2021, 5, 31)), Moment(date(2021, 6, 15))
    assert behind(changes(case.history, before, after), "whereabouts.facility") == ((fact_id(2),), True)
    assert behind(changes(case.history, before, Moment(TODAY)), "whereabouts.facility") == ((fact_id(2),), False)


@given(histories(), DAYS, DAYS, st.integers(0, 25), st.integers(0, 25))
def test_two_moments_differ_exactly_where_their_states_do(
    facts: list[Recorded], one: date, other: date, known: int, later: int
) -> None:
    facts = [fact for fact in facts if fact.fact is not REGISTERED]
    before, after = Moment(one, known_at=known), Moment(other, known_at=later)
    found, back = changes(facts, before, after), changes(facts, after, before)
    assert [(change.path, change.before, change.after) for change in found] == [
        (change.path, change.after, change.before) for change in back
    ]
    if one == other and as_of(facts, before).state == as_of(facts, after).state:
        assert not found
    assert all(change.facts or change.path[0] in DERIVED for change in found)
