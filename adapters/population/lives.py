"""The story of a household, from arrival to the day of the figures: one function for each fate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final, TypeAlias

from adapters.population import arrivals, screenings, states
from adapters.population.calibration import Fate, Origin
from adapters.population.diary import LAST_DAY, Diary, Entry, Namer
from adapters.population.people import Household, Person, members
from adapters.population.places import (
    AIN_ISSA,
    AL_HOL,
    BAGHDAD_CUSTODY,
    BAGHDAD_TRANSIT,
    PRISONS,
    ROJ,
    PlaceOfStay,
    officer,
)
from adapters.population.states import Answer
from domain.case.decisions import ApprovalBasis, RefusalReason, RequestedBy
from domain.case.life import DeathManner, RecordDeath
from domain.case.protection import CareStatus
from domain.case.registration import CloseCase, ClosureReason
from domain.case.screening import ScreeningKind
from domain.case.whereabouts import MoveReason, RecordRecapture, ReportEscape
from domain.roles import Role
from domain.values import Evidence, LateReason

Rounds: TypeAlias = Sequence[tuple[ScreeningKind, float]]
"""What is looked into, one after the other, and how likely."""


def day(text: str) -> int:
    """Return an ISO day as an ordinal."""
    return date.fromisoformat(text).toordinal()


_WAVE: Final = (day("2018-12-10"), day("2019-03-25"))
_EARLY: Final = (day("2017-03-01"), day("2018-12-01"))
_PRISON_WAVE: Final = (day("2018-11-01"), day("2019-03-28"))
_AIN_ISSA_CLEARED: Final = day("2019-10-13")
_BREAKOUTS: Final = (day("2019-10-11"), day("2020-03-29"), day("2020-05-02"))
_PREPARATION_DAYS: Final = 75
"""Everybody who is taken home arrived at least this long before."""


@dataclass(frozen=True, slots=True)
class Marked:
    """Households to which something happens an exact number of times."""

    deprived: frozenset[int]
    """Numbers of households whose first adult has been deprived of citizenship by the United Kingdom."""
    blocked: frozenset[int]
    """Numbers of the families that an Iraqi agency keeps from leaving."""


@dataclass(slots=True)
class Story:
    """A household while its story is told."""

    household: Household
    people: list[Person]
    diaries: list[Diary]
    dice: Random
    place: PlaceOfStay
    marked: Marked

    @property
    def country(self) -> str:
        """Return the country of the household."""
        return self.household.group.country

    def pairs(self) -> Iterable[tuple[Person, Diary]]:
        """Return each member with their diary."""
        return zip(self.people, self.diaries, strict=True)

    def ask_all(self, start: int, answer: Answer, by: RequestedBy) -> None:
        """Ask for every member, each after what was written about them before."""
        for _, diary in self.pairs():
            first = max(start, diary.day + 1)
            if first < LAST_DAY:
                states.ask(diary, self.country, first, answer, by=by)


def tell(household: Household, namer: Namer, marked: Marked) -> list[Entry]:
    """Return every entry about the members of a household, those of each case in order."""
    dice = Random(f"{namer.seed}/household/{household.number}")
    people = members(household, dice)
    diaries = [Diary(person.case, namer, dice) for person in people]
    story = Story(household, people, diaries, dice, AL_HOL, marked)
    _TELLERS[household.group.fate](story)
    return [entry for diary in diaries for entry in diary.finished()]


def _camp(story: Story) -> None:
    admitted = _arrive(story, early=0.3 if story.country in {"IQ", "SY"} else 0.08)
    _settle(story, admitted)
    if story.household.number in story.marked.deprived:
        states.deprive(story.diaries[0], "GB", _order_day(story))
    _look_into(story, slice(0, 2))
    if story.household.number in story.marked.blocked:
        _block_family(story)
    elif story.country == "IQ":
        _iraqi_family(story)
    elif story.country != "SY":
        _foreign_family(story)
    _look_into(story, slice(2, None))


def _prison(story: Story) -> None:
    person, diary, dice = story.people[0], story.diaries[0], story.dice
    story.place = dice.choice(PRISONS)
    admitted = _between(dice, _EARLY) if dice.random() < 0.3 else _between(dice, _PRISON_WAVE)
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
        states.deprive(diary, "GB", _order_day(story))
    if story.country not in {"IQ", "SY"} and diary.day < LAST_DAY - 300:
        _foreign_prisoner(story)
    elif story.country == "IQ" and dice.random() < 0.12 and diary.day < LAST_DAY - 100:
        states.block_and_lift(diary, "IQ", diary.day + dice.randint(5, 60))
    _rounds(story, diary, ((ScreeningKind.SECURITY, 0.85), (ScreeningKind.MEDICAL, 0.9), (ScreeningKind.MEDICAL, 0.5)))


def _killed(story: Story) -> None:
    diary, dice = story.diaries[0], story.dice
    admitted = _arrive(story, early=0.3)
    _settle(story, admitted)
    _look_into(story, slice(0, 2))
    died = max(diary.day + 2, day("2021-01-05") + dice.randrange(270))
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


def _home(story: Story) -> None:
    group, dice = story.household.group, story.dice
    departure = story.household.departure()
    if departure is None:
        message = f"the group of {group.country} taken home has no flight"
        raise ValueError(message)
    departs = departure.toordinal()
    latest = departs - _PREPARATION_DAYS
    story.place = _ORIGINS.get(group.origin) or (dice.choice(PRISONS) if group.origin is Origin.PRISON else AL_HOL)
    first = (
        ROJ
        if group.origin is Origin.CAMP and group.country not in {"IQ", "XK"} and dice.random() < 0.6
        else story.place
    )
    admitted = min(_between(dice, _WAVE if dice.random() < 0.7 else _EARLY), latest - 30 - dice.randrange(60))
    story.place = first
    _settle(story, admitted, until=latest)
    by = RequestedBy.FAMILY if group.origin is Origin.CAMP and dice.random() < 0.3 else RequestedBy.STATE
    for nth, (person, diary) in enumerate(story.pairs()):
        if group.without_parents:
            screenings.determine_care(
                diary, dice.choice((CareStatus.ORPHANED, CareStatus.UNACCOMPANIED)), diary.day + 1
            )
        basis = ApprovalBasis.NATIONALITY
        if person.child and nth and dice.random() < 0.08:
            basis = ApprovalBasis.FAMILY_UNITY
        states.bring_home(diary, group.country, departs, basis=basis, by=by, cleared_by=story.place.control)


_TELLERS: Final = {Fate.CAMP: _camp, Fate.PRISON: _prison, Fate.KILLED: _killed, Fate.HOME: _home}
_ORIGINS: Final = {Origin.IRAQI_PRISON: BAGHDAD_CUSTODY, Origin.IRAQI_TRANSIT: BAGHDAD_TRANSIT}


def _order_day(story: Story) -> int:
    """Choose the day on which the order is written down."""
    return min(max(story.diaries[0].day + 5, day("2019-06-01")) + story.dice.randrange(200), LAST_DAY - 30)


def _between(dice: Random, days: tuple[int, int]) -> int:
    return days[0] + int(dice.random() * (days[1] - days[0]))


def _arrive(story: Story, *, early: float) -> int:
    """Choose the day of arrival and the first camp."""
    dice, foreign = story.dice, story.country not in {"IQ", "SY"}
    if dice.random() < early:
        admitted = _between(dice, _EARLY)
        story.place = dice.choice((AIN_ISSA, ROJ)) if foreign else AL_HOL
    else:
        admitted = _between(dice, _WAVE)
        chance = dice.random()
        story.place = AIN_ISSA if chance < 0.04 else ROJ if foreign and chance < 0.12 else AL_HOL
    return admitted


def _settle(story: Story, admitted: int, until: int = LAST_DAY) -> None:
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
        if person.child and care is not None and determined <= until:
            screenings.determine_care(diary, care, determined)
        if moved is not None and born < moved:
            arrivals.move(diary, AL_HOL, moved, MoveReason.SAFETY if first is AIN_ISSA else MoveReason.OVERCROWDING)
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


def _look_into(story: Story, rounds: slice) -> None:
    """Screen everybody as camps do: health first, then needs, then who people are."""
    for person, diary in story.pairs():
        kinds = _CHILD_ROUNDS if person.child else _ADULT_ROUNDS
        _rounds(story, diary, kinds[rounds])


_CHILD_ROUNDS: Final[Rounds] = (
    (ScreeningKind.MEDICAL, 0.95),
    (ScreeningKind.VULNERABILITY, 0.65),
    (ScreeningKind.MEDICAL, 0.7),
    (ScreeningKind.MEDICAL, 0.3),
)
_ADULT_ROUNDS: Final[Rounds] = (
    (ScreeningKind.MEDICAL, 0.9),
    (ScreeningKind.VULNERABILITY, 0.6),
    (ScreeningKind.IDENTITY, 0.5),
    (ScreeningKind.MEDICAL, 0.4),
)


def _rounds(story: Story, diary: Diary, kinds: Rounds) -> None:
    dice, wait = story.dice, 20
    for kind, chance in kinds:
        if dice.random() < chance:
            asked = diary.day + 1 + int(dice.random() * wait)
            if asked > LAST_DAY or screenings.screen(diary, kind, story.country, asked) is None:
                return
            wait = 260


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
            start = max(start, LAST_DAY - states.LEAD_DAYS - dice.randrange(20, 60))
        story.ask_all(start, answer, RequestedBy.FAMILY)


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
        story.ask_all(start, answer, RequestedBy.FAMILY)


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
