"""Age: computed for a day, never stored (I13).

An imprecise birth makes it an interval, and doubt benefits the child.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from domain.dates import PartialDate

MAJORITY_YEARS: Final = 18
"""A child is a human being below the age of eighteen (CRC, article 1)."""


def age_on(birth: PartialDate, day: date) -> tuple[int, int]:
    """Return the least and the greatest age in full years that the person can have on a day; 0 before birth."""
    return _full_years(birth.latest, day), _full_years(birth.earliest, day)


def birthday(born: date, years: int) -> date | None:
    """Return the day on which so many years are full; 1 March for those born on 29 February, in common years.

    ``None`` beyond the calendar.
    """
    if born.year + years > date.max.year:
        return None
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def _full_years(born: date, day: date) -> int:
    return max(0, day.year - born.year - ((day.month, day.day) < (born.month, born.day)))
