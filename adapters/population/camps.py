"""Stories in the camp: families that are asked for, blocked, refused, or wait; and those who were killed."""

from __future__ import annotations

from datetime import date
from typing import Final

from adapters.population import arrivals, journeys, states
from adapters.population.diary import LAST_DAY
from adapters.population.places import AL_HOL, officer
from adapters.population.settling import arrive, look_into_again, look_into_at_first, settle
from adapters.population.states import Answer
from adapters.population.story import Story, day
from domain.case.decisions import RefusalReason, RequestedBy
from domain.case.life import DeathManner, RecordDeath
from domain.case.registration import CloseCase, ClosureReason
from domain.roles import Role
from domain.values import Evidence

_KILLINGS_FROM: Final = day("2021-01-05")
_KILLINGS_DAYS: Final = 270


def stay(story: Story) -> None:
    """Tell of people who are in the camp."""
    admitted = arrive(story, early=0.3 if story.country in {"IQ", "SY"} else 0.08)
    settle(story, admitted)
    if story.household.number in story.marked.deprived:
        states.deprive(story.diaries[0], "GB", states.order_day(story.diaries[0]))
    look_into_at_first(story)
    if story.household.number in story.marked.blocked:
        _block_family(story)
    elif story.country == "IQ":
        _iraqi_family(story)
    elif story.country != "SY":
        _foreign_family(story)
    look_into_again(story)


def die(story: Story) -> None:
    """Tell of somebody who was killed in the camp in the year of the figures."""
    diary, dice = story.diaries[0], story.dice
    admitted = arrive(story, early=0.3)
    settle(story, admitted)
    look_into_at_first(story)
    died = max(diary.day + 2, _KILLINGS_FROM + dice.randrange(_KILLINGS_DAYS))
    desk = arrivals.registrar(diary, AL_HOL)
    facility = diary.namer.facility(AL_HOL)
    first = Evidence.CLAIMED if dice.random() < 0.4 else Evidence.DOCUMENTED
    diary.write(
        died + dice.randint(0, 3), desk, RecordDeath, manner=DeathManner.UNLAWFUL_KILLING, facility=facility,
        strength=first, occurred_on=date.fromordinal(died).isoformat(),
    )  # fmt: skip
    closed = diary.day + dice.randint(3, 20)
    if closed <= LAST_DAY:
        chief = officer("UN-UNHCR", Role.SUPERVISOR, dice.randrange(4))
        diary.write(closed, chief, CloseCase, reason=ClosureReason.DECEASED)


def _block_family(story: Story) -> None:
    """An Iraqi agency forbids the family to leave: the adults, and now and then a child."""
    dice = story.dice
    start = max(max(diary.day for diary in story.diaries) + 1, day("2020-02-01")) + dice.randrange(120)
    start = min(start, LAST_DAY - 1)
    agencies = ("IQ-INSS", "IQ-INIS") if dice.random() < 0.15 else ("IQ-INSS",)
    for person, diary in story.pairs():
        if not person.child or dice.random() < 0.2:
            for agency in agencies:
                states.block(diary, "IQ", start, agency=agency)


def _iraqi_family(story: Story) -> None:
    dice, chance = story.dice, story.dice.random()
    start = max(diary.day for diary in story.diaries) + 5 + dice.randrange(60)
    if chance < 0.03 and start < LAST_DAY - 30:
        for person, diary in story.pairs():
            if not person.child:
                states.block_and_lift(diary, "IQ", start)
    elif chance < 0.30 and start < LAST_DAY - 30:
        answer = dice.choices((Answer.NONE, Answer.APPROVED, Answer.TAKEN_BACK, Answer.CLEARED), (70, 20, 5, 5))[0]
        if answer is Answer.CLEARED:
            start = max(start, LAST_DAY - journeys.LEAD_DAYS - dice.randrange(20, 60))
        _ask_all(story, start, answer, RequestedBy.FAMILY)


def _foreign_family(story: Story) -> None:
    dice, country = story.dice, story.country
    if dice.random() < 0.4:
        for _, diary in story.pairs():
            later = diary.day + 10 + dice.randrange(120)
            if later <= LAST_DAY:
                states.confirm(diary, country, later)
    start = max(diary.day for diary in story.diaries) + 5 + dice.randrange(60)
    if story.household.number in story.marked.deprived:
        if start <= LAST_DAY - 2:
            states.ask(story.diaries[0], country, start, Answer.NONE, by=RequestedBy.PERSON)
            refused = min(start + 90, LAST_DAY)
            states.refuse(
                story.diaries[0], country, refused, (RefusalReason.CITIZENSHIP_DEPRIVED, RefusalReason.SECURITY)
            )
    elif dice.random() < 0.4 and start < LAST_DAY - 30:
        answer = dice.choices((Answer.NONE, Answer.REFUSED, Answer.APPROVED, Answer.TAKEN_BACK), (40, 45, 12, 3))[0]
        _ask_all(story, start, answer, RequestedBy.FAMILY)


def _ask_all(story: Story, start: int, answer: Answer, by: RequestedBy) -> None:
    """Ask for every member, each after what was written about them before."""
    if answer not in {Answer.NONE, Answer.REFUSED}:
        journeys.ask_together(story, start, answer, by=by)
        return
    for _, diary in story.pairs():
        first = max(start, diary.day + 1)
        if first < LAST_DAY:
            states.ask(diary, story.country, first, answer, by=by)
