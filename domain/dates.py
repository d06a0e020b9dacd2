"""Dates as people know them: a day, a month, a year, "about 1990", between two, or not at all.

A subset of EDTF (ISO 8601-2:2019, levels 0 and 1): ``2021-10-15``, ``2021-10``, ``2021``, ``199X``, ``XXXX`` (unknown);
without ``X`` also with ``~`` (approximate), ``?`` (uncertain) or ``%`` (both), and intervals ``2019/2021-03`` with
``..`` for an open end. Every such date is a closed interval of days; whoever compares it decides with which end.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

MAX_LENGTH: Final = 32
SLACK_DAYS: Final = {4: 731, 7: 62, 10: 14}
"""How far an approximate date reaches on both sides, by the length of its text: two years, two months, two weeks.

Our rule, not EDTF's."""

_SIMPLE: Final = re.compile(
    r"(?P<year>\d{4}|\d{3}X|\d{2}XX|XXXX)(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?(?P<doubt>[~?%]?)", re.ASCII
)
_MALFORMED: Final = "not a date: use 2021-10-15, 2021-10, 2021, 199X, XXXX, 2021~ or 2019/2021"


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A date with its precision: the text as given, and the first and last day that it can mean.

    Ordered by earliest day, then latest. Two are equal when they mean the same days and were written alike.
    """

    earliest: date
    latest: date
    text: str

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read EDTF text.

        :raises ValueError: when it is not of the subset above, or names a day that does not exist.
        """
        return _parse(text)

    @classmethod
    def of(cls, day: date) -> PartialDate:
        """Return the exact date."""
        return _exact(day)

    @classmethod
    def unknown(cls) -> PartialDate:
        """Return the date of which nothing is known."""
        return cls.parse("XXXX")

    @property
    def exact(self) -> bool:
        """Whether it names one day."""
        return self.earliest == self.latest

    def straddles(self, day: date) -> bool:
        """Whether it can lie both on or before the day and after it."""
        return self.earliest <= day < self.latest

    def __str__(self) -> str:
        return self.text

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: type[Any], _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read from text (or pass an instance through) and write back the same text."""
        return core_schema.no_info_plain_validator_function(
            cls._validate,
            serialization=core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema()),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe the text form for OpenAPI and JSON Schema."""
        return {"type": "string", "maxLength": MAX_LENGTH, "format": "edtf", "examples": ["2021-10-15", "1990~"]}

    @classmethod
    def _validate(cls, given: object) -> PartialDate:
        if isinstance(given, PartialDate):
            return given
        if isinstance(given, date):
            return cls.of(given)
        if isinstance(given, str):
            return cls.parse(given)
        raise ValueError(_MALFORMED)


@lru_cache(maxsize=65_536)
def _parse(text: str) -> PartialDate:
    if len(text) > MAX_LENGTH:
        raise ValueError(_MALFORMED)
    start, slash, end = text.partition("/")
    if not slash:
        return PartialDate(*_bounds(text), text)
    earliest = date.min if start == ".." else _bounds(start)[0]
    latest = date.max if end == ".." else _bounds(end)[1]
    if earliest > latest:
        message = "an interval ends before it starts"
        raise ValueError(message)
    return PartialDate(earliest, latest, text)


@lru_cache(maxsize=4_096)
def _exact(day: date) -> PartialDate:
    return PartialDate(day, day, day.isoformat())


def _bounds(text: str) -> tuple[date, date]:
    match = _SIMPLE.fullmatch(text)
    if match is None:
        raise ValueError(_MALFORMED)
    year, month, day, doubt = match.group("year", "month", "day", "doubt")
    if year == "XXXX":
        if month or doubt:
            raise ValueError(_MALFORMED)
        return date.min, date.max
    if "X" in year and (month or doubt):
        raise ValueError(_MALFORMED)
    try:
        earliest, latest = _span(year, month, day)
    except ValueError:
        message = "no such day in the Gregorian calendar"
        raise ValueError(message) from None
    if doubt:
        slack = timedelta(days=SLACK_DAYS[len(text) - 1])
        return max(earliest, date.min + slack) - slack, min(latest, date.max - slack) + slack
    return earliest, latest


def _span(year: str, month: str | None, day: str | None) -> tuple[date, date]:
    first, last = int(year.replace("X", "0")), int(year.replace("X", "9"))
    if month is None:
        return date(first, 1, 1), date(last, 12, 31)
    if day is None:
        return date(first, int(month), 1), date(last, int(month), calendar.monthrange(first, int(month))[1])
    exact = date(first, int(month), int(day))
    return exact, exact
