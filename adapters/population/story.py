"""A household while its story is told, and what every story needs to know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from random import Random

from adapters.population.diary import Diary
from adapters.population.people import Household, Person
from adapters.population.places import PlaceOfStay


def day(text: str) -> int:
    """Return an ISO day as an ordinal."""
    return date.fromisoformat(text).toordinal()


def between(dice: Random, days: tuple[int, int]) -> int:
    """Return a day between two, the second excluded."""
    return days[0] + int(dice.random() * (days[1] - days[0]))


@dataclass(frozen=True, slots=True)
class Marked:
    """Households to which something happens an exact number of times."""

    deprived: frozenset[int]
    """Numbers of households whose first adult has been deprived of citizenship by the United Kingdom."""
    blocked: frozenset[int]
    """Numbers of the families that an Iraqi agency keeps from leaving."""


@dataclass(slots=True)
class Story:
    """A household while its story is told."""

    household: Household
    people: list[Person]
    diaries: list[Diary]
    dice: Random
    place: PlaceOfStay
    """Where they are, as far as the story has come."""
    marked: Marked

    @property
    def country(self) -> str:
        """Return the country of the household."""
        return self.household.group.country

    def pairs(self) -> Iterable[tuple[Person, Diary]]:
        """Return each member with their diary."""
        return zip(self.people, self.diaries, strict=True)
