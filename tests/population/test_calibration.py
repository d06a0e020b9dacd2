from __future__ import annotations

from datetime import date
from itertools import pairwise
from random import Random

import pytest

from adapters.population import births
from adapters.population.calibration import (
    AS_OF,
    COUNTRIES,
    DEFAULT_SEED,
    Fate,
    Origin,
    comes_of_age,
    coming_of_age,
    expected,
    groups,
    people,
)
from adapters.population.people import households, members
from domain.dates import PartialDate

PUBLISHED = {
    "F1": 11_000,
    "F2": 60_000,
    "F3": 62_000,
    "F4": 70,
    "F5": (36_500, 73_000),
    "F6": 1_700,
    "F7": 401,
    "F8": (26, 12),
    "F9": 48,
    "F11": 40_700,
    "F12": 4_600,
    "F14": (4, 57),
    "F16": 20,
    "F17": 4,
}


def test_the_groups_add_up_to_the_published_figures() -> None:
    assert expected() == PUBLISHED
    assert people(1) == 76_284 == 73_000 + 70 + 1_700 + 401 + 26 + 48 + 4 + 1_035


@pytest.mark.parametrize(
    ("fate", "kind", "number"),
    [
        (Fate.PRISON, "men", 10_300),
        (Fate.PRISON, "children", 700),
        (Fate.CAMP, "women", 20_000),
        (Fate.CAMP, "children", 40_000),
        (Fate.CAMP, "men", 2_000),
        (Fate.KILLED, "children", 0),
    ],
)
def test_each_part_of_a_figure_is_calibrated(fate: Fate, kind: str, number: int) -> None:
    assert sum(getattr(group, kind) for group in groups(1) if group.fate is fate) == number


@pytest.mark.parametrize(
    ("country", "women_and_men", "children"),
    [("US", 12, 14), ("DK", 3, 14), ("DE", 8, 23), ("GB", 0, 4)],
)
def test_those_taken_home_by_a_few_states_are_counted_one_by_one(
    country: str, women_and_men: int, children: int
) -> None:
    home = [group for group in groups(1) if group.fate is Fate.HOME and group.country == country]
    assert sum(group.women + group.men for group in home) == women_and_men
    assert sum(group.children for group in home) == children


def test_twenty_of_the_americans_came_from_syria_and_six_from_iraq() -> None:
    from_iraq = {Origin.IRAQI_PRISON, Origin.IRAQI_TRANSIT}
    home = [group for group in groups(1) if group.fate is Fate.HOME and group.country == "US"]
    assert sum(group.people for group in home if group.origin in from_iraq) == 6
    assert sum(group.people for group in home if group.origin not in from_iraq) == 20


def test_central_asia_and_kosovo_took_mostly_women_and_children() -> None:
    home = [group for group in groups(1) if group.fate is Fate.HOME and group.country in {"KZ", "UZ", "XK"}]
    taken = {country: sum(one.people for one in home if one.country == country) for country in ("KZ", "UZ", "XK")}
    assert taken == {"KZ": 607, "UZ": 318, "XK": 110}
    assert sum(group.women + group.children for group in home) * 2 > sum(group.people for group in home)


def test_nationals_of_fifty_seven_countries_are_present() -> None:
    present = {group.country for group in groups(1) if group.fate in {Fate.CAMP, Fate.PRISON}}
    assert present == set(COUNTRIES)
    assert len(COUNTRIES) == len(set(COUNTRIES)) == 57


def test_denmark_and_germany_took_people_home_only_in_the_fortnight_before_the_figures() -> None:
    flights = {day for group in groups(1) if group.country in {"DK", "DE"} for day in group.flights}
    assert {(AS_OF - date.fromisoformat(day)).days < 14 for day in flights} == {True}
    assert all(date.fromisoformat(day) > date(2021, 10, 1) for day in flights)


@pytest.mark.parametrize("scale", [0.02, 0.1, 0.5])
def test_a_scaled_population_keeps_the_proportions_and_never_claims_the_published_figures(scale: float) -> None:
    assert people(scale) == pytest.approx(76_284 * scale, rel=0.02)
    scaled = expected(scale)
    assert scaled["F1"] == pytest.approx(11_000 * scale, rel=0.05)
    assert scaled["F2"] == pytest.approx(60_000 * scale, rel=0.05)
    assert all(scaled[code] != PUBLISHED[code] for code in ("F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F11"))


def test_every_prefix_of_the_children_has_its_share_of_those_who_come_of_age() -> None:
    flags = [comes_of_age(nth) for nth in range(1_000)]
    assert [sum(flags[:number]) for number in (0, 9, 500, 1_000)] == [coming_of_age(n) for n in (0, 9, 500, 1_000)]


def test_cases_are_numbered_through_the_households() -> None:
    everyone = households(1.0, DEFAULT_SEED)
    assert everyone[0].first_case == 0
    assert all(one.first_case + one.people == other.first_case for one, other in pairwise(everyone))
    assert everyone[-1].first_case + everyone[-1].people == 76_284


@pytest.mark.parametrize("part", range(4))
def test_no_age_is_uncertain_where_a_figure_needs_it(part: int) -> None:
    majority = AS_OF.replace(year=AS_OF.year - 18)
    lines = (majority, births.COMING_OF_AGE_FROM, births.COMING_OF_AGE_TO)
    for household in households(1.0, DEFAULT_SEED)[part * 7 :: 67]:
        dice = Random(f"{DEFAULT_SEED}/household/{household.number}")
        horizon = household.departure() or AS_OF
        for person in members(household, dice):
            told = PartialDate.parse(births.told(dice, person.born, births.lines(horizon)))
            on_return = horizon.replace(year=horizon.year - 18)
            assert (told.latest > on_return) == (told.earliest > on_return) == person.child
            if horizon == AS_OF:
                assert not any(told.straddles(line) for line in lines)
