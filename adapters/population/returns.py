"""Stories of people who were taken home."""

from __future__ import annotations

from typing import Final

from adapters.population import journeys, screenings
from adapters.population.calibration import Origin
from adapters.population.people import Household
from adapters.population.places import AL_HOL, BAGHDAD_CUSTODY, BAGHDAD_TRANSIT, PRISONS, ROJ, PlaceOfStay
from adapters.population.settling import EARLY, WAVE, settle
from adapters.population.story import Story, between
from domain.case.decisions import RequestedBy
from domain.case.protection import CareStatus

_PREPARATION_DAYS: Final = 75
"""Everybody who is taken home was registered at least this long before."""
_ORIGINS: Final = {Origin.IRAQI_PRISON: BAGHDAD_CUSTODY, Origin.IRAQI_TRANSIT: BAGHDAD_TRANSIT}
_FROM_AL_HOL: Final = frozenset({"IQ", "XK"})
"""States that took people from al-Hol; the others mostly from Roj."""


def go_home(story: Story) -> None:
    """Tell of a household that was taken home on a day.

    :raises ValueError: when its group has no flight.
    """
    group, dice = story.household.group, story.dice
    departs = _departure(story.household)
    latest = departs - _PREPARATION_DAYS
    story.place = _origin(story)
    admitted = min(between(dice, WAVE if dice.random() < 0.7 else EARLY), latest - 30 - dice.randrange(60))
    settle(story, admitted, until=latest)
    by = RequestedBy.FAMILY if group.origin is Origin.CAMP and dice.random() < 0.3 else RequestedBy.STATE
    if group.without_parents:
        for diary in story.diaries:
            alone = dice.choice((CareStatus.ORPHANED, CareStatus.UNACCOMPANIED))
            screenings.determine_care(diary, alone, diary.day + 1)
    journeys.bring_home(story, departs, by=by)


def _departure(household: Household) -> int:
    departure = household.departure()
    if departure is None:
        message = f"the group of {household.group.country} taken home has no flight"
        raise ValueError(message)
    return departure.toordinal()


def _origin(story: Story) -> PlaceOfStay:
    group, dice = story.household.group, story.dice
    if group.origin is Origin.PRISON:
        return dice.choice(PRISONS)
    if group.origin is Origin.CAMP:
        return AL_HOL if group.country in _FROM_AL_HOL or dice.random() < 0.4 else ROJ
    return _ORIGINS[group.origin]
