"""What a destination requires, and whether it retains capital punishment: reference data with a version and a source.

A change is a new version here, with its source. A decision is taken on the last version that was in force on its day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.case.screening import ScreeningKind
from domain.values import CountryCode


@dataclass(frozen=True, slots=True)
class Destination:
    """One state's requirements, as of a version of this table."""

    country: CountryCode
    required_screenings: frozenset[ScreeningKind]
    retains_capital_punishment: bool
    """For whatever crime, also where nobody has been executed for long. A state that is not listed retains it."""
    version: int
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of the table: what it adds to the one before."""

    version: int
    since: date
    """Decisions from this day on rest on it; those before the first edition rest on the first."""
    abolished: frozenset[CountryCode]
    """States that have abolished capital punishment for all crimes. Nobody has left this list so far."""
    screenings: Mapping[CountryCode, frozenset[ScreeningKind]]
    source: str


_ABOLISHED_BY_2020: Final = frozenset(
    """
    AD AL AM AO AR AT AU AZ BA BE BG BI BJ BO BT CA CG CH CI CK CO CR CV CY CZ DE DJ DK DO EC EE ES FI FJ FM FR GA GB
    GE GN GR GW HN HR HT HU IE IS IT KG KH KI LI LT LU LV MC MD ME MG MH MK MN MT MU MX MZ NA NI NL NO NP NR NU NZ PA
    PH PL PT PW PY RO RS RW SB SC SE SI SK SM SN SR ST TD TG TL TM TR TV UA UY UZ VA VE VU WS XK ZA
    """.split()  # noqa: SIM905 - a table of codes reads as a table
)

EDITIONS: Final = (
    Edition(
        1,
        date(2020, 12, 31),
        _ABOLISHED_BY_2020,
        {"IQ": frozenset({ScreeningKind.SECURITY})},
        "Amnesty International, Death Sentences and Executions 2020 (ACT 50/3760/2021), annex II; "
        "practice of the Iraqi agencies, which screen every person before a transfer.",
    ),
    Edition(
        2,
        date(2022, 12, 31),
        frozenset({"CF", "KZ", "PG", "SL"}),
        {},
        "Amnesty International, Death Sentences and Executions 2022 (ACT 50/6548/2023), annex II.",
    ),
)  # fmt: skip
"""Every version, oldest first."""


def destination(country: CountryCode, on: date) -> Destination:
    """Return what the state requires on a day."""
    counted = [edition for edition in EDITIONS if edition.since <= on] or [EDITIONS[0]]
    screenings: Mapping[CountryCode, frozenset[ScreeningKind]] = {}
    for edition in counted:
        screenings = {**screenings, **edition.screenings}
    return Destination(
        country,
        screenings.get(country, frozenset()),
        not any(country in edition.abolished for edition in counted),
        counted[-1].version,
        tuple(edition.source for edition in counted),
    )
