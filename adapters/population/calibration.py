"""How many people stand where: the published figures broken down into groups, and what each figure must come out as.

The published totals, and the parts of them that are invented (synthetic), are listed in ``docs/population.md``. A
scaled population keeps the proportions; its figures are never the published ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from typing import Final

GENERATOR_VERSION: Final = 2
"""Grows with every change that makes another population of the same seed."""
DEFAULT_SEED: Final = 20211015
AS_OF: Final = date(2021, 10, 15)
"""The day for which the figures are calibrated; nothing happens or is recorded later."""

BOYS_IN_PRISON: Final = 700
CHILDREN_IN_CAMP: Final = 40_000
COMING_OF_AGE: Final = 4_600
"""Synthetic: of the children in the camp, those whose eighteenth birthday falls five to seven years on (F12)."""
BLOCKED_FAMILIES: Final = 120
"""Synthetic: families with an open block by an Iraqi agency (F18)."""
DEPRIVED_BY_GB: Final = 20
"""Synthetic: the published word is "some" (F16)."""
SIGNIFICANT: Final = 100
"""People taken home from which on a country counts as having taken significant numbers (F14)."""


@unique
class Fate(StrEnum):
    """Where the story of a group stands on the day of the figures."""

    CAMP = "camp"
    """Present in the camp."""
    PRISON = "prison"
    """Present in a place of detention."""
    KILLED = "killed"
    """Killed in the camp in 2021."""
    HOME = "home"
    """Taken home."""


@unique
class Origin(StrEnum):
    """From where a group was taken home."""

    CAMP = "camp"
    PRISON = "prison"
    IRAQI_PRISON = "iraqi_prison"
    IRAQI_TRANSIT = "iraqi_transit"


@dataclass(frozen=True, slots=True)
class Group:
    """People of one country with one kind of story; women, children and men are further apart in age than in fate."""

    country: str
    fate: Fate
    women: int = 0
    children: int = 0
    men: int = 0
    origin: Origin = Origin.CAMP
    flights: tuple[str, ...] = ()
    """Days on which people of a group taken home departed."""
    without_parents: bool = False
    """Whether the children have nobody with them."""

    @property
    def people(self) -> int:
        """Return how many they are."""
        return self.women + self.children + self.men


# Shares of the countries other than Iraq and Syria among those present: synthetic, in the order of public estimates.
_SHARES: Final[Mapping[str, int]] = {
    "RU": 2400, "TR": 950, "MA": 720, "TN": 610, "EG": 560, "TJ": 540, "UZ": 430, "KG": 420, "AZ": 400, "ID": 390,
    "CN": 380, "FR": 370, "TM": 180, "SA": 170, "DE": 140, "KZ": 130, "SO": 120, "SE": 110, "NL": 105, "BE": 100,
    "GB": 95, "DZ": 95, "TT": 90, "UA": 90, "GE": 85, "PK": 85, "AT": 70, "LB": 70, "JO": 70, "IN": 60,
    "YE": 60, "LY": 60, "AF": 60, "SD": 55, "BD": 50, "BA": 50, "MY": 48, "ZA": 46, "CA": 44, "AU": 42,
    "DK": 40, "PH": 38, "FI": 36, "MV": 34, "ES": 32, "PS": 32, "CH": 26, "AL": 26, "MK": 24, "XK": 24,
    "NO": 22, "RS": 20, "US": 16, "IT": 14, "IE": 8,
}  # fmt: skip
COUNTRIES: Final = ("IQ", "SY", *sorted(_SHARES))
"""The 57 countries with nationals among the people."""

_JUSAN: Final = ("2019-01-06", "2019-05-07", "2019-05-09", "2019-05-31", "2021-02-04")
_MEHR: Final = ("2019-05-30", "2020-12-08", "2021-04-30")
_IRAQI_TRANSFERS: Final = (
    "2019-02-21", "2019-02-24", "2019-05-05", "2019-06-27", "2019-11-12", "2020-02-17", "2020-07-20", "2020-11-09",
    "2021-02-15", "2021-06-21", "2021-09-06",
)  # fmt: skip

_FIXED: Final = (
    Group("IQ", Fate.CAMP, women=10_000, children=20_000, men=1_000),
    Group("SY", Fate.CAMP, women=6_450, children=12_900, men=650),
    Group("IQ", Fate.PRISON, children=350, men=5_150),
    Group("SY", Fate.PRISON, children=200, men=3_300),
    Group("IQ", Fate.KILLED, women=17, men=29),
    Group("SY", Fate.KILLED, women=9, men=15),
    Group("IQ", Fate.HOME, men=1_700, origin=Origin.PRISON, flights=_IRAQI_TRANSFERS),
    Group("IQ", Fate.HOME, women=110, children=276, men=15, flights=("2021-05-25", "2021-09-26")),
    Group("KZ", Fate.HOME, women=156, children=418, flights=_JUSAN),
    Group("KZ", Fate.HOME, men=33, origin=Origin.PRISON, flights=_JUSAN),
    Group("UZ", Fate.HOME, women=87, children=231, flights=_MEHR),
    Group("XK", Fate.HOME, women=32, children=74, flights=("2019-04-20",)),
    Group("XK", Fate.HOME, men=4, origin=Origin.PRISON, flights=("2019-04-20",)),
    Group("US", Fate.HOME, women=3, children=12, flights=("2019-06-05", "2020-10-01")),
    Group("US", Fate.HOME, men=5, origin=Origin.PRISON, flights=("2019-07-17", "2020-09-30")),
    Group("US", Fate.HOME, men=3, origin=Origin.IRAQI_PRISON, flights=("2018-12-13",)),
    Group("US", Fate.HOME, women=1, children=2, origin=Origin.IRAQI_TRANSIT, flights=("2018-12-13",)),
    Group("DK", Fate.HOME, women=3, children=14, flights=("2021-10-06",)),
    Group("DE", Fate.HOME, women=8, children=23, flights=("2021-10-06",)),
    Group("GB", Fate.HOME, children=4, flights=("2019-11-21", "2020-09-15"), without_parents=True),
)
_OTHERS_IN_CAMP: Final = Group("", Fate.CAMP, women=3_550, children=7_100, men=350)
_OTHERS_IN_PRISON: Final = Group("", Fate.PRISON, children=BOYS_IN_PRISON - 550, men=1_850)


def groups(scale: float) -> tuple[Group, ...]:
    """Return every group of a population: 76,284 people at scale 1, in proportion below, at least one of a kind."""
    scaled = tuple(_scaled(group, scale) for group in (*_FIXED, _OTHERS_IN_CAMP, _OTHERS_IN_PRISON))
    fixed, (camp, prison) = scaled[:-2], scaled[-2:]
    return (*fixed, *_shared(camp), *_shared(prison))


def expected(scale: float = 1.0) -> dict[str, object]:
    """Return code of figure → what it comes out as on :data:`AS_OF`; a pair where it is a part of something.

    Only at scale 1 are these the published figures.
    """
    made = groups(scale)

    def count(*, fate: Fate, country: str | None = None, of: Sequence[str] = ("women", "children", "men")) -> int:
        chosen = (group for group in made if group.fate is fate and country in {None, group.country})
        return sum(getattr(group, kind) for group in chosen for kind in of)

    home = {country: count(fate=Fate.HOME, country=country) for country in COUNTRIES}
    camp, prison = count(fate=Fate.CAMP), count(fate=Fate.PRISON)
    to_iraq = [group for group in made if group.fate is Fate.HOME and group.country == "IQ"]
    return {
        "F1": prison,
        "F2": count(fate=Fate.CAMP, of=("women", "children")),
        "F3": camp,
        "F4": count(fate=Fate.KILLED),
        "F5": (count(fate=Fate.CAMP, country="IQ") + count(fate=Fate.PRISON, country="IQ"), camp + prison),
        "F6": sum(group.people for group in to_iraq if group.origin is Origin.PRISON),
        "F7": sum(group.people for group in to_iraq if group.origin is Origin.CAMP),
        "F8": (home["US"], count(fate=Fate.HOME, country="US", of=("women", "men"))),
        "F9": home["DK"] + home["DE"],
        "F11": count(fate=Fate.CAMP, of=("children",)) + count(fate=Fate.PRISON, of=("children",)),
        "F12": coming_of_age(count(fate=Fate.CAMP, of=("children",))),
        "F14": (sum(taken >= SIGNIFICANT for taken in home.values()), len({group.country for group in made})),
        "F16": deprived_by_gb(scale),
        "F17": home["GB"],
    }


def people(scale: float) -> int:
    """Return how many cases a population has."""
    return sum(group.people for group in groups(scale))


def coming_of_age(children: int) -> int:
    """Return how many of so many children in the camp come of age five to seven years on."""
    return children * COMING_OF_AGE // CHILDREN_IN_CAMP


def comes_of_age(nth: int) -> bool:
    """Whether the nth child in the camp, from 0, is one of them: evenly spread, so that every prefix has its share."""
    return coming_of_age(nth + 1) > coming_of_age(nth)


def deprived_by_gb(scale: float) -> int:
    """Return how many have been deprived of British citizenship: women in the camp and men in prison."""
    british = [group for group in groups(scale) if group.country == "GB"]
    women = sum(group.women for group in british if group.fate is Fate.CAMP)
    men = sum(group.men for group in british if group.fate is Fate.PRISON)
    return min(_part(DEPRIVED_BY_GB, scale), women + men)


def blocked_families(scale: float) -> int:
    """Return how many families an Iraqi agency keeps from leaving."""
    return _part(BLOCKED_FAMILIES, scale)


def _part(number: int, scale: float) -> int:
    return max(1, round(number * scale)) if number else 0


def _scaled(group: Group, scale: float) -> Group:
    return Group(
        group.country,
        group.fate,
        _part(group.women, scale),
        _part(group.children, scale),
        _part(group.men, scale),
        group.origin,
        group.flights,
        group.without_parents,
    )


def _shared(whole: Group) -> Iterator[Group]:
    """Split a group among the countries other than Iraq and Syria."""
    women, children, men = _shares(whole.women), _shares(whole.children), _shares(whole.men)
    for nth, country in enumerate(_SHARES):
        part = Group(country, whole.fate, women[nth], children[nth], men[nth])
        if part.people:
            yield part


def _shares(number: int) -> list[int]:
    """Split a number by largest remainder; every country has one before any has two."""
    if number == 0:
        return [0] * len(_SHARES)
    least = 1 if number >= len(_SHARES) else 0
    rest, total = number - least * len(_SHARES), sum(_SHARES.values())
    parts = [least + share * rest // total for share in _SHARES.values()]
    remainders = sorted(range(len(parts)), key=lambda nth: -(list(_SHARES.values())[nth] * rest % total))
    for nth in remainders[: number - sum(parts)]:
        parts[nth] += 1
    return parts
