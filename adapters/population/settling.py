"""Settling in a camp: arrival, registration, the children's care, and what is looked into meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from adapters.population import arrivals, screenings
from adapters.population.calibration import Fate
from adapters.population.diary import LAST_DAY, Diary
from adapters.population.people import Person
from adapters.population.places import AIN_ISSA, AL_HOL, ROJ
from adapters.population.story import Story, between, day
from domain.case.protection import CareStatus
from domain.case.screening import ScreeningKind
from domain.case.whereabouts import MoveReason

Rounds: TypeAlias = Sequence[tuple[ScreeningKind, float]]
"""What is looked into, one after the other, and how likely."""

WAVE: Final = (day("2018-12-10"), day("2019-03-25"))
"""When most people came."""
EARLY: Final = (day("2017-03-01"), day("2018-12-01"))
_AIN_ISSA_CLEARED: Final = day("2019-10-13")
_CHILD_ROUNDS: Final[Rounds] = (
    (ScreeningKind.MEDICAL, 0.95),
    (ScreeningKind.VULNERABILITY, 0.6),
    (ScreeningKind.MEDICAL, 0.6),
    (ScreeningKind.MEDICAL, 0.25),
)
_ADULT_ROUNDS: Final[Rounds] = (
    (ScreeningKind.MEDICAL, 0.9),
    (ScreeningKind.VULNERABILITY, 0.5),
    (ScreeningKind.IDENTITY, 0.5),
    (ScreeningKind.MEDICAL, 0.4),
)
_FIRST_ROUNDS: Final = 2
"""So many of them before anything is decided."""


def arrive(story: Story, *, early: float) -> int:
    """Choose the day of arrival and the first camp."""
    dice, foreign = story.dice, story.country not in {"IQ", "SY"}
    if dice.random() < early:
        admitted = between(dice, EARLY)
        story.place = dice.choice((AIN_ISSA, ROJ)) if foreign else AL_HOL
    else:
        admitted = between(dice, WAVE)
        chance = dice.random()
        story.place = AIN_ISSA if chance < 0.04 else ROJ if foreign and chance < 0.12 else AL_HOL
    return admitted


def settle(story: Story, admitted: int, until: int = LAST_DAY) -> None:
    """Register everybody, move the household to al-Hol where it stays, and determine with whom the children are."""
    dice, household, first = story.dice, story.household, story.place
    registered = admitted + int(dice.random() ** 2 * 26)
    moved = None
    if household.group.fate is not Fate.HOME and first is not AL_HOL:
        moved = _AIN_ISSA_CLEARED + dice.randrange(14) if first is AIN_ISSA else day("2019-05-01") + dice.randrange(400)
    mother = story.people[0] if household.women else None
    eldest = arrivals.eldest_child(story.people)
    care = _care(story)
    for person, diary in story.pairs():
        born = person.born.toordinal()
        if born <= admitted:
            arrivals.register(diary, person, household, first, admitted, registered)
            if (
                not person.child
                and eldest is not None
                and dice.random() < 0.45
                and eldest.born.toordinal() < registered
            ):
                arrivals.tell_kunya(diary, person, eldest, first, diary.day)
        else:
            _register_newborn(story, person, diary, mother, moved)
        determined = diary.day + 1 + int(dice.random() * 30)
        cared_for = person.child and care is not None and determined <= until
        if cared_for and care is not None and (moved is None or determined < moved):
            screenings.determine_care(diary, care, determined)
        if moved is not None and born < moved:
            arrivals.move(diary, AL_HOL, moved, MoveReason.SAFETY if first is AIN_ISSA else MoveReason.OVERCROWDING)
        if cared_for and care is not None and moved is not None and determined >= moved:
            screenings.determine_care(diary, care, max(determined, diary.day))
    story.place = AL_HOL if moved is not None else first


def _register_newborn(story: Story, person: Person, diary: Diary, mother: Person | None, moved: int | None) -> None:
    born = person.born.toordinal()
    place = AL_HOL if moved is not None and born >= moved else story.place
    arrivals.register_newborn(diary, person, mother, place, born + 1 + int(story.dice.random() * 11))


def _care(story: Story) -> CareStatus | None:
    household = story.household
    if household.group.without_parents:
        return None
    if household.women or household.men:
        return CareStatus.ACCOMPANIED
    return story.dice.choice((CareStatus.ORPHANED, CareStatus.ORPHANED, CareStatus.UNACCOMPANIED))


def look_into_at_first(story: Story) -> None:
    """Screen everybody in the first months: health and needs."""
    for person, diary in story.pairs():
        kinds = _CHILD_ROUNDS if person.child else _ADULT_ROUNDS
        rounds(story, diary, kinds[:_FIRST_ROUNDS])


def look_into_again(story: Story) -> None:
    """Screen everybody again until the day of the figures, when some still wait for the answer."""
    for person, diary in story.pairs():
        kinds = _CHILD_ROUNDS if person.child else _ADULT_ROUNDS
        rounds(story, diary, kinds[_FIRST_ROUNDS:], until=LAST_DAY)


def rounds(story: Story, diary: Diary, kinds: Rounds, *, until: int | None = None) -> None:
    """Have somebody screened once or several times: soon after one another, or spread over the time until a day."""
    dice, wait = story.dice, 20
    for kind, chance in kinds:
        if dice.random() < chance:
            days = until - diary.day if until is not None else wait
            asked = diary.day + 1 + int(dice.random() * days)
            if asked > LAST_DAY or screenings.screen(diary, kind, story.country, asked) is None:
                return
            wait = 260
