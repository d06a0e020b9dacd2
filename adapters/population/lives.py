"""The story of a household, from arrival to the day of the figures: one teller for each fate."""

from __future__ import annotations

from random import Random
from typing import Final

from adapters.population import camps, prisons, returns
from adapters.population.calibration import Fate
from adapters.population.diary import Diary, Entry, Namer
from adapters.population.people import Household, members
from adapters.population.places import AL_HOL
from adapters.population.story import Marked, Story

_TELLERS: Final = {
    Fate.CAMP: camps.stay,
    Fate.PRISON: prisons.stay,
    Fate.KILLED: camps.die,
    Fate.HOME: returns.go_home,
}


def tell(household: Household, namer: Namer, marked: Marked) -> list[Entry]:
    """Return every entry about the members of a household, those of each case in order."""
    dice = Random(f"{namer.seed}/household/{household.number}")
    people = members(household, dice)
    diaries = [Diary(person.case, namer, dice) for person in people]
    story = Story(household, people, diaries, dice, AL_HOL, marked)
    _TELLERS[household.group.fate](story)
    return [entry for diary in diaries for entry in diary.finished()]
