"""When people were born, and how they tell it.

A birth may be told imprecisely, but never so that it becomes uncertain on which side of a line of the calibration a
person stands: eighteen years old on the day that counts, or the years in which a child comes of age (F12).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Final

from adapters.population.calibration import AS_OF
from domain.dates import PartialDate

BOYS: Final = 0.51
_YEAR: Final = 365.25
_MARGIN: Final = timedelta(days=20)
"""Nobody is born this close to a line."""
MAJORITY: Final = 18

COMING_OF_AGE_FROM: Final = AS_OF.replace(year=AS_OF.year + 5 - MAJORITY)
COMING_OF_AGE_TO: Final = AS_OF.replace(year=AS_OF.year + 7 - MAJORITY)
"""Children born between these days come of age five to seven years after :data:`AS_OF`."""

_SPACING_DAYS: Final = 300
_DRAWS: Final = 8
_YOUNGEST_DAYS: Final = 12
_YOUNGEST_TRAVELLER_DAYS: Final = 130
_CHILDHOOD_DAYS: Final = 6_450
"""17 years and 8 months: the oldest that a child is made."""
_ADULT_DAYS: Final = 6_620
"""18 years and 6 weeks: the youngest that an adult is made."""
_BOY_DAYS: Final = (5_130, 6_450)
"""Boys in prison: 14 years and 17 days to 17 years and 8 months; older than those of F12."""


def siblings(dice: Random, due: Sequence[bool], horizon: date) -> list[date]:
    """Return the births of children of one mother, eldest first; ``due`` says of each whether it is one of F12's."""
    born: list[date] = []
    for comes_of_age in due:
        for draw in range(_DRAWS):
            day = _within(dice, comes_of_age) if horizon == AS_OF else _child(dice, horizon)
            nearest = min((abs((day - other).days) for other in born), default=_SPACING_DAYS)
            if nearest >= _SPACING_DAYS or (nearest == 0 and draw):
                break
        else:
            close = [other for other in born if _is_due(other) == comes_of_age or horizon != AS_OF]
            day = dice.choice(close) if close else day  # twins
        born.append(day)
    return sorted(born)


def boys(dice: Random, number: int) -> list[date]:
    """Return the births of boys held in a prison."""
    return [AS_OF - timedelta(days=dice.randint(*_BOY_DAYS)) for _ in range(number)]


def parent(dice: Random, eldest: date | None, horizon: date) -> date:
    """Return the birth of an adult; of a parent when there is an eldest child."""
    youngest = horizon - timedelta(days=_ADULT_DAYS)
    if eldest is None:
        return youngest - timedelta(days=int(dice.betavariate(1.2, 3) * 50 * _YEAR))
    before = eldest - timedelta(days=int((16 + dice.betavariate(1.6, 3) * 24) * _YEAR))
    return min(before, youngest - timedelta(days=dice.randrange(400)))


def told(dice: Random, born: date, lines: Sequence[date]) -> str:
    """Return the birth as an officer writes it down (EDTF): often less than the day, never astride one of the lines."""
    text = _imprecise(dice, born)
    if text is None:
        return _exact(born)
    meant = PartialDate.parse(text.removesuffix(NEW_YEAR))
    certain = all((meant.earliest < line) == (meant.latest < line) == (born < line) for line in lines)
    return text if certain else _exact(born)


def _exact(born: date) -> str:
    """Return the day; of the first of January the month, because that day is read as "some time in the year"."""
    return f"{born:%Y-%m}" if (born.month, born.day) == (1, 1) else born.isoformat()


@cache
def lines(horizon: date) -> tuple[date, ...]:
    """Return the days on which it matters on which side of them a person was born."""
    majority = horizon.replace(year=horizon.year - MAJORITY)
    # Who is cleared in the weeks before the horizon has to be on the same side of majority all the while.
    days: tuple[date, ...] = (majority, majority - timedelta(days=30))
    if horizon == AS_OF:
        days += (COMING_OF_AGE_FROM, COMING_OF_AGE_TO)
    return tuple(day + timedelta(days=by) for day in days for by in (-1, 0, 1, 2))


NEW_YEAR: Final = "-01-01"
"""What registers write when they know the year only."""
_WAYS: Final = (
    (10, "{year}-{month:02}"),
    (15, "{year}"),
    (9, "{year}~"),
    (4, "{before}/{after}"),
    (2, "{year}-{month:02}~"),
    (1, "{decade}X"),
    (1, "../{year}"),
    (4, f"{{year}}{NEW_YEAR}"),
)
"""How many of a hundred tell their birth in this way."""
_WAY_OF: Final = tuple(way for hundredth, way in _WAYS for _ in range(hundredth))


def _imprecise(dice: Random, born: date) -> str | None:
    nth, year = int(dice.random() * 100), born.year
    if nth >= len(_WAY_OF):
        return None
    return _WAY_OF[nth].format(year=year, month=born.month, before=year - 1, after=year + 1, decade=year // 10)


def _is_due(born: date) -> bool:
    return COMING_OF_AGE_FROM <= born <= COMING_OF_AGE_TO


def _within(dice: Random, comes_of_age: bool) -> date:
    if comes_of_age:
        span = (COMING_OF_AGE_TO - COMING_OF_AGE_FROM - 2 * _MARGIN).days
        return COMING_OF_AGE_FROM + _MARGIN + timedelta(days=dice.randint(0, span))
    while True:
        born = _child(dice, AS_OF)
        if not COMING_OF_AGE_FROM - _MARGIN <= born <= COMING_OF_AGE_TO + _MARGIN:
            return born


def _child(dice: Random, horizon: date) -> date:
    """Most are young: half are under seven."""
    youngest = _YOUNGEST_DAYS if horizon == AS_OF else _YOUNGEST_TRAVELLER_DAYS
    age = youngest + int(dice.betavariate(1.3, 1.9) * (_CHILDHOOD_DAYS - youngest))
    return horizon - timedelta(days=age)
