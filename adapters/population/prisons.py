"""Stories in places of detention: transfers, escapes, blocks, and requests that few states answer."""

from __future__ import annotations

from datetime import date
from typing import Final

from adapters.population import arrivals, screenings, states
from adapters.population.diary import LAST_DAY
from adapters.population.places import PRISONS
from adapters.population.settling import EARLY, Rounds, rounds
from adapters.population.states import Answer
from adapters.population.story import Story, between, day
from domain.case.absence import RecordRecapture, ReportEscape
from domain.case.decisions import RequestedBy
from domain.case.protection import CareStatus
from domain.case.screening import ScreeningKind
from domain.case.whereabouts import MoveReason
from domain.values import LateReason

_WAVE: Final = (day("2018-11-01"), day("2019-03-28"))
_BREAKOUTS: Final = (day("2019-10-11"), day("2020-03-29"), day("2020-05-02"))
"""Attacks, and riots."""
_ROUNDS: Final[Rounds] = (
    (ScreeningKind.SECURITY, 0.85),
    (ScreeningKind.MEDICAL, 0.8),
    (ScreeningKind.MEDICAL, 0.4),
)


def stay(story: Story) -> None:
    """Tell of a man or a boy who is in a place of detention."""
    person, diary, dice = story.people[0], story.diaries[0], story.dice
    story.place = dice.choice(PRISONS)
    admitted = between(dice, EARLY if not person.child and dice.random() < 0.3 else _WAVE)
    arrivals.register(diary, person, story.household, story.place, admitted, admitted + dice.randint(0, 28))
    if person.child:
        screenings.determine_care(diary, CareStatus.SEPARATED, diary.day + dice.randint(3, 40))
    if dice.random() < 0.8:
        screenings.screen(diary, ScreeningKind.IDENTITY, story.country, diary.day + dice.randint(5, 60))
    if dice.random() < 0.02:
        _escape(story)
    for chance in (0.65, 0.3):
        if dice.random() < chance:
            _transfer(story)
    if story.household.number in story.marked.deprived:
        states.deprive(diary, "GB", states.order_day(diary))
    if story.country not in {"IQ", "SY"} and diary.day < LAST_DAY - 300:
        _foreign_prisoner(story)
    elif story.country == "IQ" and dice.random() < 0.12 and diary.day < LAST_DAY - 100:
        states.block_and_lift(diary, "IQ", diary.day + dice.randint(5, 60))
    rounds(story, diary, _ROUNDS, until=LAST_DAY)


def _foreign_prisoner(story: Story) -> None:
    dice, diary, country = story.dice, story.diaries[0], story.country
    if dice.random() < 0.3:
        states.confirm(diary, country, diary.day + dice.randint(5, 120))
    chance = dice.random()
    if chance < 0.25:
        states.ask(diary, country, diary.day + dice.randint(5, 60), Answer.REFUSED, by=RequestedBy.PERSON)
    elif chance < 0.35:
        states.block(diary, country, diary.day + dice.randint(5, 60))
    elif chance < 0.45:
        states.block_and_lift(diary, country, diary.day + dice.randint(5, 60))


def _transfer(story: Story) -> None:
    """Move a prisoner to another place of detention."""
    diary, dice = story.diaries[0], story.dice
    to = dice.choice([place for place in PRISONS if place is not story.place])
    moved = diary.day + 10 + dice.randrange(200)
    if moved < LAST_DAY - 10:
        reason = dice.choice((MoveReason.OVERCROWDING, MoveReason.SAFETY, MoveReason.JUDICIAL, MoveReason.NOT_STATED))
        arrivals.move(diary, to, moved, reason, separates=dice.random() < 0.02)
        story.place = to


def _escape(story: Story) -> None:
    """Report an escape, sometimes late, and the recapture; nobody is still missing on the day of the figures."""
    diary, dice = story.diaries[0], story.dice
    fled = dice.choice(_BREAKOUTS)
    if fled <= diary.day:
        return
    facility, desk = diary.namer.facility(story.place), arrivals.registrar(diary, story.place)
    late = dice.random() < 0.3
    told = fled + (32 + dice.randrange(30) if late else dice.randrange(4))
    why = {"late_reason": LateReason.NOTIFIED_LATE} if late else {}
    diary.write(told, desk, ReportEscape, facility=facility, occurred_on=date.fromordinal(fled).isoformat(), **why)
    diary.write(told + 1 + dice.randrange(20), desk, RecordRecapture, facility=facility)
