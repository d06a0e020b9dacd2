"""The two clocks: what was so on a day, and what was known of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.case.case import CASE, CaseState
from domain.case.departure import DepartureRequest
from domain.case.gate import unmet
from domain.case.status import Status, overlays, settled_until, status
from domain.clocks import Chapter, Moment, as_of, history
from domain.corrections import CHANGES, FactRetracted, RetractionCause, effective
from domain.dates import PartialDate
from domain.facility import FACILITY
from domain.kernel import Fact, FromField, Recorded
from domain.privacy import ERASED, WITHHELD, BlockLabel
from tests.domain.changing import changed
from tests.examples import ADMITTED, DEPRIVED, FACT, HELD, NAMED, OPENED, REGISTERED
from tests.examples import FACTS as EXAMPLE_FACTS
from tests.scenario import SUPERVISOR, TODAY, Scenario, recorded

day = PartialDate.parse
CASE_FACTS = tuple(fact for fact in EXAMPLE_FACTS if fact is not REGISTERED)
OF_ITS_DAY = [fact for fact in CASE_FACTS if not isinstance(fact.valid, FromField)]
"""Facts without an effective date of their own."""
DAYS = st.dates(date(2014, 1, 1), TODAY)
TEXTS = st.one_of(
    DAYS.map(str), DAYS.map(lambda on: str(on)[:7]), DAYS.map(lambda on: str(on)[:4] + "~"), st.just("XXXX")
)


def hidden(fact: Fact, how: object) -> Fact:
    personal = [name for name, label in fact.labels().items() if label is not BlockLabel.OPEN]
    return fact.model_copy(update=dict.fromkeys(personal, how))


FACTS_IN_ANY_STATE = st.builds(
    lambda fact, how: fact if how is None else hidden(fact, how),
    st.sampled_from(EXAMPLE_FACTS),
    st.sampled_from([None, None, WITHHELD, ERASED]),
)


@st.composite
def histories(draw: st.DrawFn, days: st.SearchStrategy[str] = TEXTS) -> list[Recorded]:
    """Any facts, in any order, on any days, some of them corrected or retracted."""
    facts = draw(st.lists(st.tuples(FACTS_IN_ANY_STATE, days), max_size=20))
    known = [recorded(fact, version, occurred_on=on) for version, (fact, on) in enumerate(facts, start=1)]
    return draw(changed(known))


def facets(case: CaseState) -> dict[str, object]:
    """The state without what only record order knows."""
    return {name: value for name, value in vars(case).items() if name not in {"version", "past", "anomalies"}}


# ---------------------------------------------------------------- as of a day
def test_a_person_is_where_they_were_on_that_day(case: Scenario) -> None:
    case.given(OPENED, ADMITTED, on="2019-03-01").given(FACT["case.moved-to-facility"], on="2021-01-10")
    before = as_of(case.history, Moment(date(2021, 1, 9)))
    assert before.state.whereabouts.located_at == ADMITTED.facility
    assert as_of(case.history, Moment(date(2021, 1, 10))).state.whereabouts.located_at != ADMITTED.facility
    assert as_of(case.history, Moment(date(2019, 2, 28))).state.whereabouts.located_at is None


def test_a_name_learned_today_was_theirs_always(case: Scenario) -> None:
    case.given(OPENED, ADMITTED, on="2019-03-01").given(NAMED, on=TODAY)
    assert as_of(case.history, Moment(date(2014, 1, 1))).state.identity.names


def test_an_order_holds_from_its_effect_and_not_from_its_record(case: Scenario) -> None:
    case.given(*HELD, DEPRIVED, on=TODAY)
    assert as_of(case.history, Moment(date(2019, 2, 19))).state.nationality.deprived
    assert not as_of(case.history, Moment(date(2019, 2, 18))).state.nationality.deprived


def test_what_was_known_then_is_less_than_what_is_known_now(case: Scenario) -> None:
    case.given(OPENED, ADMITTED, on="2019-03-01").given(FACT["case.death-recorded"], on="2021-01-01", recorded_on=TODAY)
    on = date(2021, 6, 1)
    assert as_of(case.history, Moment(on)).state.life.death is not None
    assert as_of(case.history, Moment(on, known_at=2)).state.life.death is None


def test_a_late_fact_takes_its_place_in_the_past(case: Scenario) -> None:
    case.given(OPENED, ADMITTED, on="2019-03-01").given(FACT["case.moved-to-facility"], on="2021-05-01")
    case.given(FACT["case.escape-reported"], on="2020-01-01", recorded_on=TODAY)
    assert status(as_of(case.history, Moment(date(2020, 6, 1))).state, TODAY) is Status.MISSING
    assert status(case.case, TODAY) is Status.REGISTERED


def test_an_answer_between_the_ends_of_an_imprecise_date_is_imprecise(case: Scenario) -> None:
    case.given(OPENED, on="2019-03-01").given(ADMITTED, on="2019-06")
    admitted = case.history[-1].stamp.fact_id
    for on, unsure in ((date(2019, 5, 31), ()), (date(2019, 6, 1), (admitted,)), (date(2019, 6, 30), ())):
        answer = as_of(case.history, Moment(on))
        assert answer.imprecise == unsure
        assert (answer.state.whereabouts.located_at is None) == (on < date(2019, 6, 1))


def test_history_turns_a_page_on_every_day_on_which_something_begins(case: Scenario) -> None:
    case.given(OPENED, ADMITTED, on="2019-03-01").given(FACT["case.moved-to-facility"], on="2021-01").given(NAMED)
    first, second = history(case.history)
    assert (first.valid_from, first.settled_on) == (date(2019, 3, 1), date(2019, 3, 1))
    assert (second.valid_from, second.settled_on) == (date(2021, 1, 1), date(2021, 1, 31))
    assert first.state.identity.names


def test_nothing_on_record_has_no_history() -> None:
    assert list(history([])) == []
    assert as_of([], Moment(TODAY)).state == CASE.empty


# ---------------------------------------------------------------- properties
@given(histories())
def test_folding_any_facts_in_any_order_never_raises(facts: list[Recorded]) -> None:
    for order in (facts, facts[::-1]):
        state = CASE.fold(order)
        status(state, TODAY)
        overlays(state, TODAY)
        settled_until(state, TODAY)
        unmet(state, DepartureRequest.of(state, "IQ", on=TODAY, cleared_by=SUPERVISOR))
        FACILITY.fold(order)
    as_of(facts, Moment(TODAY))


@given(st.lists(st.sampled_from(OF_ITS_DAY), max_size=20), st.data())
def test_as_of_today_is_the_present_where_nothing_was_late_or_imprecise(facts: list[Fact], data: st.DataObject) -> None:
    days = sorted(data.draw(st.lists(DAYS, min_size=len(facts), max_size=len(facts))))
    known = [recorded(fact, n, occurred_on=on) for n, (fact, on) in enumerate(zip(facts, days, strict=True), start=1)]
    known = data.draw(changed(known, new_days=False))
    then, now = as_of(known, Moment(TODAY)), CASE.fold(known)
    assert facets(then.state) == facets(now)
    assert {odd.code for odd in then.state.anomalies} == {odd.code for odd in now.anomalies}
    assert not then.imprecise


@given(histories(), st.data())
def test_a_retracted_retraction_lets_everything_count_as_before(facts: list[Recorded], data: st.DataObject) -> None:
    if not facts:
        return
    target = data.draw(st.sampled_from(facts)).stamp.fact_id
    once = [*facts, recorded(retraction(target), len(facts) + 1)]
    twice = [*once, recorded(retraction(once[-1].stamp.fact_id), len(once) + 1)]
    assert lasting(effective(twice)) == lasting(effective(facts))
    assert target not in {known.stamp.fact_id for known in lasting(effective(once))}


@given(histories())
def test_what_counts_counts_again_and_nothing_in_it_is_new(facts: list[Recorded]) -> None:
    counting = effective(facts)
    assert effective(lasting(counting)) == lasting(counting)
    ids = [known.stamp.fact_id for known in facts]
    assert [known.stamp.fact_id for known in counting] == [
        fact_id for fact_id in ids if fact_id in {known.stamp.fact_id for known in counting}
    ]


def retraction(target: UUID) -> FactRetracted:
    return FactRetracted(target_fact_id=target, cause=RetractionCause.UNTRUE, reason="Not so.")


def lasting(facts: Sequence[Recorded]) -> list[Recorded]:
    """The facts without what changes them."""
    return [known for known in facts if type(known.fact) not in CHANGES]


@given(histories(), DAYS)
def test_the_last_chapter_begun_by_a_day_is_the_state_of_that_day(facts: list[Recorded], on: date) -> None:
    facts = [fact for fact in facts if fact.fact is not REGISTERED]
    chapters: list[Chapter] = list(history(facts))
    assert [chapter.valid_from for chapter in chapters] == sorted({chapter.valid_from for chapter in chapters})
    begun = [chapter for chapter in chapters if chapter.valid_from <= on]
    if begun:
        answer = as_of(facts, Moment(on))
        assert facets(answer.state) == facets(begun[-1].state)
        assert bool(answer.imprecise) == (on < begun[-1].settled_on)


@given(histories())
def test_status_and_overlays_change_only_on_the_day_foretold(facts: list[Recorded]) -> None:
    state = CASE.fold(facts)
    turn = settled_until(state, TODAY) or TODAY + timedelta(days=20_000)
    for on in (TODAY + (turn - TODAY) // 3, turn - timedelta(days=1)):
        assert (status(state, on), overlays(state, on)) == (status(state, TODAY), overlays(state, TODAY))


@given(histories(), st.data())
def test_a_case_that_is_folded_on_from_any_point_stands_where_one_folded_whole_does(
    facts: list[Recorded], data: st.DataObject
) -> None:
    split = data.draw(st.integers(0, len(facts)))
    earlier, later = facts[:split], facts[split:]
    assert CASE.fold_on(earlier, CASE.fold(earlier), later) == CASE.fold(facts)
