"""What a destination requires before it receives a person: reference data with a version, no opinion of ours.

A change is a new version here, with its source in the commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from domain.case.screening import ScreeningKind
from domain.values import CountryCode

VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Destination:
    """One state's requirements, as of a version of this table."""

    country: CountryCode
    required_screenings: frozenset[ScreeningKind]
    version: int = VERSION


_SCREENINGS: Final[Mapping[CountryCode, frozenset[ScreeningKind]]] = {
    # Iraq's agencies screen every person before a transfer.
    "IQ": frozenset({ScreeningKind.SECURITY}),
}


def destination(country: CountryCode) -> Destination:
    """Return what the state requires; nothing is on record for most."""
    return Destination(country, _SCREENINGS.get(country, frozenset()))
