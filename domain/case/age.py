"""Age: computed for a day, never stored (I13).

An imprecise birth makes it an interval, and doubt benefits the child. Births and assessments are accounts of one thing:
the best supported count, and of equals the widest, so that two that contradict each other leave the person possibly a
child. No method finds an age to the year, so an assessment weighs as much as a document and less than a verification
(Committee on the Rights of the Child, General Comment 23, paragraph 4).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from domain.dates import PartialDate
from domain.deciding import not_in_future
from domain.kernel import Act, Refused
from domain.privacy import Unreadable
from domain.values import AgencyCode, Evidence

if TYPE_CHECKING:
    from domain.case.assessment import AssessmentMethod
    from domain.case.case import CaseState
    from domain.case.identity import Birth, Particulars

MAJORITY_YEARS: Final = 18
"""A child is a human being below the age of eighteen (CRC, article 1)."""
MAX_AGE_YEARS: Final = 130
"""Nobody is older. The oldest age that was ever verified is 122."""
HIJRI_YEARS: Final = range(1300, 1501)
"""Years that only the Hijri calendar can mean: of somebody who lives, and some more on both sides."""
_A_DAY: Final = timedelta(days=1)


class Born(NamedTuple):
    """The first and the last day on which the person can have been born, as far as is known."""

    earliest: date
    latest: date


@dataclass(frozen=True)
class AgeAssessment:
    """What one assessor found: an age in full years on a day, as an interval."""

    min_years: int | Unreadable
    max_years: int | Unreadable
    method: AssessmentMethod
    assessor: AgencyCode
    on: PartialDate

    def born(self) -> Born | Unreadable:
        """Return when somebody of this age on that day can have been born."""
        least, most = self.min_years, self.max_years
        if isinstance(least, Unreadable):
            return least
        if isinstance(most, Unreadable):
            return most
        return Born(_years_before(self.on.earliest, most + 1) + _A_DAY, _years_before(self.on.latest, least))


def age_on(born: PartialDate | Born, day: date) -> tuple[int, int]:
    """Return the least and the greatest age in full years that the person can have on a day; 0 before birth."""
    return _full_years(born.latest, day), _full_years(born.earliest, day)


def born(case: CaseState) -> Born | Unreadable | None:
    """Return when the person can have been born, by the best supported accounts; ``None`` when there is none.

    Unreadable when one of these accounts is.
    """
    return born_by(case.identity)


def born_by(known: Particulars) -> Born | Unreadable | None:
    """Return when a person of these particulars can have been born; see :func:`born`."""
    births, assessments = known.births, known.assessments
    if known.birth is None:
        return _widest([found.born() for found in assessments]) if assessments else None
    best = known.birth.strength
    counted = [_told(birth) for birth in births if birth.strength is best]
    if assessments and best <= Evidence.DOCUMENTED:
        found = [assessment.born() for assessment in assessments]
        counted = found + counted if best is Evidence.DOCUMENTED else found
    return counted[0] if len(counted) == 1 else _widest(counted)


def possibly_child(case: CaseState, on: date) -> bool:
    """Whether the person can be a child on a day: also when no birth is on record, or none that can be read."""
    return _possibly_child(case.identity, on)


def _possibly_child(known: Particulars, on: date) -> bool:
    when = born_by(known)
    return when is None or isinstance(when, Unreadable) or _full_years(when.latest, on) < MAJORITY_YEARS


def may_now_be_child(case: CaseState, after: Particulars, on: date) -> bool:
    """Whether somebody who was held to be an adult can be a child by what is known after one more account."""
    return _possibly_child(after, on) and not possibly_child(case, on)


def certainly_child(case: CaseState, on: date) -> bool:
    """Whether the person is a child on a day, whichever of the accounts that count is true."""
    known = born(case)
    return isinstance(known, Born) and _full_years(known.earliest, on) < MAJORITY_YEARS


def refuse_implausible(birth: PartialDate, act: Act) -> None:
    """Let a birth pass that somebody who lives, or lived lately, can have.

    A Hijri year is not converted: it lies in two Gregorian years, and only who was told can say more.

    :raises Refused: ``record.in-future``, ``birth.hijri`` for a year that only the Hijri calendar can mean,
        ``birth.too-long-ago`` for an age above 130 years.
    """
    not_in_future(birth, act)
    if birth.latest.year in HIJRI_YEARS:
        raise Refused(
            "birth.hijri",
            "This is a year of the Hijri calendar; dates here are Gregorian. Take 0.97 of it, add 622, and give both "
            "years in which it can lie: 1412 is 1991/1992.",
        )
    if _full_years(birth.latest, act.today) > MAX_AGE_YEARS:
        raise Refused("birth.too-long-ago", f"Nobody is more than {MAX_AGE_YEARS} years old.", years=MAX_AGE_YEARS)


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


def _told(told: Birth) -> Born | Unreadable:
    """Return the days that an account of a birth means.

    The first of January of an account that nobody verified means the year: it is what registers write when they know no
    more.
    """
    birth = told.birth
    if isinstance(birth, Unreadable):
        return birth
    if birth.exact and (birth.earliest.month, birth.earliest.day) == (1, 1) and told.strength < Evidence.VERIFIED:
        return Born(birth.earliest, birth.earliest.replace(month=12, day=31))
    return Born(birth.earliest, birth.latest)


def _widest(accounts: list[Born | Unreadable]) -> Born | Unreadable:
    readable = [account for account in accounts if not isinstance(account, Unreadable)]
    if len(readable) < len(accounts):
        return next(account for account in accounts if isinstance(account, Unreadable))
    return Born(min(account.earliest for account in readable), max(account.latest for account in readable))


def _years_before(day: date, years: int) -> date:
    """Return the last birthday of those who are so many years old on a day; 28 February where there is no 29th."""
    if day.year <= years:
        return date.min
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)
