from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from heapq import merge
from itertools import groupby, pairwise

import pytest

from adapters.population.calibration import AS_OF, blocked_families, expected
from adapters.population.diary import FACILITIES_FROM, Entry, Namer
from adapters.population.people import households
from adapters.population.places import AL_HOL, FACILITIES
from adapters.population.plan import by_household, plan
from domain.case.age import age_on
from domain.case.case import CaseState
from domain.case.life import DeathManner
from domain.case.person import PersonAt, person_at
from domain.case.protection import CareStatus
from domain.clocks import Moment, as_of
from domain.kernel import LATE_AFTER_DAYS, ValidFrom
from domain.roles import ROLES
from domain.values import FacilityKind, NameKind, Script, Sex
from tests.population.rehearsal import Rehearsal, rehearsed


def told(entries: list[Entry]) -> list[object]:
    return [(entry.at, entry.stream, entry.nth, entry.command.__name__, dict(entry.fields)) for entry in entries]


def test_every_command_records_something_and_fits_where_it_stands(small: Rehearsal) -> None:
    assert [asked.entry for asked in small.asked if not asked.facts] == []
    assert Counter(odd.code for state in small.states.values() for odd in state.anomalies) == Counter()


@pytest.mark.parametrize("seed", [1, 5, 7])
def test_nothing_is_refused_whatever_the_seed(seed: int) -> None:
    other = rehearsed(Namer(seed, 0.01))
    assert [asked.entry for asked in other.asked if not asked.facts] == []
    assert [odd.code for state in other.states.values() for odd in state.anomalies] == []


def test_every_command_is_asked_by_an_officer_whose_role_carries_it(small: Rehearsal) -> None:
    for asked in small.asked:
        assert asked.command.permission in ROLES[asked.entry.officer.role]


def test_every_case_has_about_thirteen_facts(small: Rehearsal) -> None:
    assert 12 <= sum(len(small.facts[number]) for number in small.cases) / len(small.cases) <= 14


def test_entries_come_in_the_order_of_time_and_none_after_the_day_of_the_figures(small: Rehearsal) -> None:
    times = [asked.entry.at for asked in small.asked]
    assert all(before < after for before, after in pairwise(times))
    first, last = small.asked[0].entry.recorded_at(), small.asked[-1].entry.recorded_at()
    assert datetime(2017, 1, 1, tzinfo=UTC) < first
    assert last.date() == AS_OF


def test_nothing_is_late_without_a_reason_and_little_is_late(small: Rehearsal) -> None:
    late = 0
    for asked in small.asked:
        for stamp, fact in asked.facts:
            days = (stamp.recorded_at.date() - stamp.occurred_on.latest).days
            assert days >= 0
            if days > LATE_AFTER_DAYS and fact.valid is not ValidFrom.ALWAYS:
                assert stamp.late_reason is not None
                late += 1
    assert late < 0.01 * len(small.asked)


def test_the_same_seed_tells_the_same_stories_and_another_seed_others(small: Rehearsal) -> None:
    assert told(list(plan(small.namer))) == told([asked.entry for asked in small.asked])
    one, other = (told(list(plan(Namer(seed, 0.002)))) for seed in (1, 2))
    assert one != other


def test_the_parts_of_a_plan_hold_whole_households_and_make_the_whole(small: Rehearsal) -> None:
    parts = [list(plan(small.namer, part, 2)) for part in range(2)]
    assert {entry.stream for entry in parts[0]}.isdisjoint({entry.stream for entry in parts[1]})
    assert told(list(merge(*parts))) == told([asked.entry for asked in small.asked])


def test_households_are_decided_one_after_the_other_and_each_in_the_order_of_time(small: Rehearsal) -> None:
    everyone = households(small.namer.scale, small.namer.seed)
    home = {case: one.number for one in everyone for case in range(one.first_case, one.first_case + one.people)}
    entries = [asked.entry for asked in small.asked]
    ordered = by_household(small.namer, entries)
    runs = [(number, list(run)) for number, run in groupby(ordered, key=lambda entry: home.get(entry.stream))]
    assert sorted(ordered) == entries
    assert len({number for number, _ in runs}) == len(runs) == len(everyone) + 1
    assert all(run == sorted(run) for _, run in runs)


def test_the_last_entry_of_a_stream_is_marked(small: Rehearsal) -> None:
    last = {asked.entry.stream: asked.entry for asked in small.asked}
    assert {stream for stream, entry in last.items() if entry.last} == last.keys()
    assert sum(asked.entry.last for asked in small.asked) == len(last)


def test_ids_are_those_of_one_population_only(small: Rehearsal) -> None:
    seed, scale = small.namer.seed, small.namer.scale
    others = (Namer(seed + 1, scale), Namer(seed, scale * 2))
    assert small.namer.command_id(1, 2) not in {other.command_id(1, 2) for other in others}
    assert len({small.namer.command_id(asked.entry.stream, asked.entry.nth) for asked in small.asked}) == len(
        small.asked
    )


@pytest.fixture(scope="session")
def everyone(small: Rehearsal) -> list[PersonAt]:
    """The people on the day of the figures."""
    return [person_at(case) for case in small.cases.values()]


@pytest.fixture(scope="session")
def kinds(small: Rehearsal) -> dict[object, FacilityKind]:
    return {small.namer.facility(place): place.kind for place in FACILITIES}


def child(person: PersonAt, day: date = AS_OF) -> bool:
    return age_on(person.birth, day)[0] < 18


def test_the_figures_come_out_as_calibrated(
    small: Rehearsal, everyone: list[PersonAt], kinds: dict[object, FacilityKind]
) -> None:
    present = [person for person in everyone if person.present]
    in_prison = [person for person in present if kinds[person.facility] is FacilityKind.DETENTION]
    in_camp = [person for person in present if kinds[person.facility] is FacilityKind.CAMP]
    home = [person for person in everyone if person.returned_to]
    iraqis = [person for person in home if person.returned_to == "IQ"]
    americans = [person for person in home if person.returned_to == "US"]
    taken = Counter(person.returned_to for person in home)
    al_hol = small.namer.facility(AL_HOL)
    figures = {
        "F1": sum(person.sex is Sex.MALE for person in in_prison),
        "F2": sum(person.sex is Sex.FEMALE or child(person) for person in in_camp),
        "F3": sum(person.facility == al_hol for person in present),
        "F4": sum(
            person.death_manner is DeathManner.UNLAWFUL_KILLING
            and person.death_facility == al_hol
            and date(2021, 1, 1) <= person.died_on.earliest
            for person in everyone
            if person.died_on
        ),
        "F5": (sum(person.nationality == "IQ" for person in present), len(present)),
        "F6": sum(kinds[person.departed_from] is FacilityKind.DETENTION for person in iraqis),
        "F7": sum(kinds[person.departed_from] is FacilityKind.CAMP for person in iraqis),
        "F8": (len(americans), sum(not child(person, person.returned_on.earliest) for person in americans)),
        "F9": sum(
            AS_OF - timedelta(days=14) < person.returned_on.earliest <= AS_OF
            for person in home
            if person.returned_to in {"DK", "DE"}
        ),
        "F11": sum(child(person) for person in present),
        "F12": sum(coming_of_age(person) for person in present),
        "F14": (sum(number >= 100 for number in taken.values()), len({person.nationality for person in everyone})),
        "F16": sum("GB" in person.deprived_by for person in everyone),
        "F17": taken["GB"],
    }
    assert figures == expected(small.namer.scale)


def coming_of_age(person: PersonAt) -> bool:
    years = (AS_OF.replace(year=AS_OF.year + 5), AS_OF.replace(year=AS_OF.year + 7))
    born = person.birth.latest
    return years[0] <= born.replace(year=born.year + 18, day=min(born.day, 28)) <= years[1]


def test_two_weeks_earlier_denmark_and_germany_had_taken_nobody_home(small: Rehearsal) -> None:
    early = date(2021, 10, 1)
    for facts in (small.facts[number] for number in small.cases):
        person = person_at(as_of(facts, Moment(early)).state)
        assert person.returned_to not in {"DK", "DE"}


def test_the_united_kingdom_took_only_children_without_parents(everyone: list[PersonAt]) -> None:
    taken = [person for person in everyone if person.returned_to == "GB"]
    assert all(child(person, person.returned_on.earliest) for person in taken)
    assert {person.care for person in taken} <= {CareStatus.ORPHANED, CareStatus.UNACCOMPANIED}


def test_nobody_is_on_the_way_or_missing_on_the_day_of_the_figures(everyone: list[PersonAt]) -> None:
    gone = [person for person in everyone if not person.present]
    assert all(person.returned_to or person.died_on for person in gone)


def test_an_iraqi_agency_blocks_as_many_families_as_calibrated(small: Rehearsal) -> None:
    blocked = {
        household.number
        for household in households(small.namer.scale, small.namer.seed)
        for number in range(household.first_case, household.first_case + household.people)
        if any(block.agency.startswith("IQ-") for block in small.cases[number].blocks.open.values())
    }
    assert len(blocked) == blocked_families(small.namer.scale)


def test_a_family_shares_its_fate_and_a_child_its_fathers_name(small: Rehearsal) -> None:
    for household in households(small.namer.scale, small.namer.seed):
        cases = [small.cases[household.first_case + nth] for nth in range(household.people)]
        assert len({case.whereabouts.located_at for case in cases}) == 1
        children = cases[household.women : household.women + household.children]
        assert len({father for case in children for father in fathers_in_arabic(case)}) <= 1


def fathers_in_arabic(case: CaseState) -> set[str]:
    full = [known.name for known in case.identity.names.values() if known.kind is NameKind.FULL]
    return {name.parts[1] for name in full if name.script is Script.ARABIC}


def test_people_are_known_by_names_in_three_scripts(small: Rehearsal) -> None:
    scripts = Counter(known.name.script for case in small.cases.values() for known in case.identity.names.values())
    assert scripts[Script.ARABIC] > scripts[Script.LATIN] > scripts[Script.CYRILLIC] > 0
    several = [
        case for case in small.cases.values() if len({name.name.script for name in case.identity.names.values()}) > 1
    ]
    assert len(several) > 0.25 * len(small.cases)


def test_facilities_are_registered_before_anybody_is_admitted(small: Rehearsal) -> None:
    first_case = next(nth for nth, asked in enumerate(small.asked) if asked.entry.stream < FACILITIES_FROM)
    assert first_case == len(FACILITIES) - 1
