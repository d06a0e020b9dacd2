"""The plan of a population: every command that will be asked, in the order of time, by whom and about whom.

A pure function of generator version, seed and scale. A part of it holds whole households, so that several processes can
prepare commands side by side; merging the parts by time gives the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from random import Random
from typing import Final
from uuid import UUID

from adapters.population.calibration import Fate, blocked_families, deprived_by_gb
from adapters.population.diary import EPOCH_DAY, FACILITIES_FROM, LAST_DAY, Diary, Entry, Namer
from adapters.population.lives import tell
from adapters.population.people import Household, homes, households
from adapters.population.places import FACILITIES, officer
from adapters.population.story import Marked, day
from domain.facility import RegisterFacility
from domain.roles import Role

_FACILITIES_REGISTERED: Final = day("2017-01-09")
LAST_STREAM: Final = FACILITIES_FROM + len(FACILITIES) - 1
"""The last facility is registered after everything else: where it is found, the population is complete."""
_EVENING: Final = (LAST_DAY - EPOCH_DAY) * 86_400 + 20 * 3_600
_WEEK_MICROSECONDS: Final = 7 * 86_400 * 1_000_000


def plan(namer: Namer, part: int = 0, parts: int = 1) -> Iterator[Entry]:
    """Yield the entries of one part in the order of time, from ``part`` 0 to ``parts`` - 1."""
    told: dict[int, list[Entry]] = defaultdict(list)
    if part == 0:
        _put(told, _facilities(namer))
    marked = _marked(namer)
    for household in households(namer.scale, namer.seed):
        if household.number % parts == part:
            _put(told, tell(household, namer, marked))
    for week in sorted(told):
        yield from sorted(told.pop(week))


def by_household(namer: Namer, entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries household by household, those of each in the order given; facilities come last.

    No household's decisions rest on another's. Decided one after the other, what they rest on is still at hand in the
    processor's memory: it takes a tenth less time than in the order of time, in which every entry is of another case.
    """
    home = homes(namer.scale, namer.seed)
    return sorted(entries, key=lambda entry: home[entry.stream] if entry.stream < len(home) else len(home))


def facility_streams(namer: Namer) -> frozenset[UUID]:
    """Return the ids of the facilities."""
    return frozenset(namer.facility(place) for place in FACILITIES)


def first_entries(namer: Namer) -> Sequence[Entry]:
    """Return the entries that come before everything else: the facilities in which people are held."""
    return sorted(entry for entry in _facilities(namer) if entry.stream != LAST_STREAM)


def _put(told: dict[int, list[Entry]], entries: Sequence[Entry]) -> None:
    for entry in entries:
        told[entry.at // _WEEK_MICROSECONDS].append(entry)


def _facilities(namer: Namer) -> list[Entry]:
    dice = Random(f"{namer.seed}/facilities")
    entries = []
    for nth, place in enumerate(FACILITIES):
        last = FACILITIES_FROM + nth == LAST_STREAM
        diary = Diary(FACILITIES_FROM + nth, namer, dice, last=_EVENING if last else 0)
        chief = officer(place.control, Role.CAMP_ADMINISTRATION)
        diary.write(
            LAST_DAY if last else _FACILITIES_REGISTERED,
            chief,
            RegisterFacility,
            code=place.code,
            name=place.name,
            kind=place.kind,
            country=place.country,
            control=place.control,
        )
        entries += diary.finished()
    return entries


@cache
def _marked(namer: Namer) -> Marked:
    everyone = households(namer.scale, namer.seed)
    british = [one for one in everyone if one.group.country == "GB" and _can_be_deprived(one)]
    iraqi = [one for one in everyone if one.group.country == "IQ" and one.group.fate is Fate.CAMP and one.women]
    return Marked(
        deprived=_spread(british, deprived_by_gb(namer.scale)),
        blocked=_spread(iraqi, blocked_families(namer.scale)),
    )


def _can_be_deprived(household: Household) -> bool:
    fate = household.group.fate
    return (fate is Fate.CAMP and household.women > 0) or (fate is Fate.PRISON and household.men > 0)


def _spread(candidates: Sequence[Household], number: int) -> frozenset[int]:
    """Return the numbers of so many households, evenly spread."""
    return frozenset(candidates[nth * len(candidates) // number].number for nth in range(number))
