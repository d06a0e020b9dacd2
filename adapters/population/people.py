"""Who belongs together: households with their members, from the groups of the calibration and a seed.

Composing is cheap and the same in every process; a household's members are invented only when its story is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random
from typing import Final, NamedTuple

from adapters.population import births, names
from adapters.population.calibration import AS_OF, Fate, Group, Origin, comes_of_age, groups
from adapters.population.name_tables import Spelt
from domain.values import Sex

_CHILDREN_OF_A_MOTHER: Final = (0, 0, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6)
_MOST_CHILDREN: Final = 9
_ORPHANS_PER_MILLE: Final = 15
_SIBLINGS_ALONE: Final = 3
_YEAR: Final = 365.25


class Household(NamedTuple):
    """People who live and are moved together: women first, then children, then men."""

    number: int
    group: Group
    women: int
    children: int
    men: int
    first_case: int
    """Number of the first member's case, from 0; the others follow."""
    first_child: int
    """Number of its first child among the children in the camp; -1 elsewhere."""
    departs: int
    """Which of the group's flights it takes; 0 where there is none."""

    @property
    def people(self) -> int:
        """Return how many they are."""
        return self.women + self.children + self.men

    def departure(self) -> date | None:
        """Return the day of the flight home, for those who were taken home."""
        flights = self.group.flights
        return date.fromisoformat(flights[self.departs % len(flights)]) if flights else None


@dataclass(slots=True)
class Person:
    """One invented person."""

    case: int
    sex: Sex
    child: bool
    born: date
    given: Spelt
    descent: names.Lineage
    country: str


@cache
def households(scale: float, seed: int) -> tuple[Household, ...]:
    """Return every household of a population, numbered from 0; cases are numbered through them."""
    made: list[Household] = []
    case = child = 0
    for nth, group in enumerate(groups(scale)):
        dice = Random(f"{seed}/composition/{nth}")
        in_camp = group.fate is Fate.CAMP
        for flight, (women, children, men) in enumerate(_compose(group, dice)):
            household = Household(
                len(made), group, women, children, men, case, child if in_camp and children else -1, flight
            )
            made.append(household)
            case += household.people
            child += children if in_camp else 0
    return tuple(made)


@cache
def homes(scale: float, seed: int) -> tuple[int, ...]:
    """Return the number of the household of each case."""
    return tuple(one.number for one in households(scale, seed) for _ in range(one.people))


def _compose(group: Group, dice: Random) -> Iterator[tuple[int, int, int]]:
    """Yield women, children and men of each household of a group."""
    if group.fate in {Fate.PRISON, Fate.KILLED} or group.origin in {Origin.PRISON, Origin.IRAQI_PRISON}:
        yield from ((1, 0, 0) for _ in range(group.women))
        yield from ((0, 1, 0) for _ in range(group.children))
        yield from ((0, 0, 1) for _ in range(group.men))
        return
    orphans = group.children
    if group.women:
        orphans = group.children * _ORPHANS_PER_MILLE // 1000 if group.fate is Fate.CAMP else 0
    husbands = set(dice.sample(range(group.women), min(group.men, group.women)))
    for nth, children in enumerate(_shared_out(group.women, group.children - orphans, dice)):
        yield 1, children, int(nth in husbands)
    while orphans > 0:
        together = min(orphans, dice.randint(1, _SIBLINGS_ALONE))
        orphans -= together
        yield 0, together, 0
    yield from ((0, 0, 1) for _ in range(group.men - len(husbands)))


def _shared_out(mothers: int, children: int, dice: Random) -> list[int]:
    """Return the number of children of each mother; exactly as many as there are."""
    if not mothers:
        return []
    most = max(_MOST_CHILDREN, -(-children // mothers))
    each = [dice.choice(_CHILDREN_OF_A_MOTHER) for _ in range(mothers)]
    missing = children - sum(each)
    while missing:
        nth = dice.randrange(mothers)
        step = 1 if missing > 0 else -1
        if 0 <= each[nth] + step <= most:
            each[nth] += step
            missing -= step
    return each


def members(household: Household, dice: Random) -> list[Person]:
    """Invent the members of a household, in the order of their cases."""
    country = household.group.country
    descent = names.lineage(dice, country)
    horizon = household.departure() or AS_OF
    due = [
        household.first_child >= 0 and comes_of_age(household.first_child + nth) for nth in range(household.children)
    ]
    prison = household.group.fate is Fate.PRISON
    born = births.boys(dice, len(due)) if prison else births.siblings(dice, due, horizon)
    eldest = min(born, default=None)
    cases = iter(range(household.first_case, household.first_case + household.people))
    made = []
    for _ in range(household.women):
        own = names.lineage(dice, country)
        birth = births.parent(dice, eldest, horizon)
        made.append(Person(next(cases), Sex.FEMALE, False, birth, names.given(dice, country, Sex.FEMALE), own, country))
    for birth in born:
        sex = Sex.MALE if prison or dice.random() < births.BOYS else Sex.FEMALE
        given = names.given(dice, country, sex)
        made.append(Person(next(cases), sex, True, birth, given, descent, country))
    for _ in range(household.men):
        birth = births.parent(dice, eldest, horizon)
        own = names.Lineage(country, descent.grandfather, dice.choice(names.CULTURES[country].men), descent.family)
        made.append(Person(next(cases), Sex.MALE, False, birth, descent.father, own, country))
    return made
