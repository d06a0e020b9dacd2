"""Journeys: households that are asked for, approved, cleared together, and taken home through the gate.

Of a household the children are cleared first: the gate lets nobody leave a child behind, and a child goes with who
cares for it as soon as the destination has agreed to both.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from adapters.population import screenings, states, travel
from adapters.population.diary import LAST_DAY, Diary, on
from adapters.population.places import officer
from adapters.population.states import Answer
from adapters.population.story import Story
from domain.case.arrivals import RecordArrival, RecordRepatriation
from domain.case.clearance import ClearToDepart, Depart, WithdrawClearance
from domain.case.decisions import ApprovalBasis, ApproveRepatriation, RequestedBy
from domain.case.registration import CloseCase, ClosureReason
from domain.case.requirements import destination
from domain.case.screening import ScreeningKind, ScreeningResult
from domain.roles import Role
from domain.values import SourceType

_CONSULS: Final = 6
_CLEARERS: Final = 8
_CAMPS: Final = "SY-AANES"
LEAD_DAYS: Final = 240
"""A request that shall be approved is made at least this long before the day of the figures."""
_GROWN_DAYS: Final = 28 * 365
"""Of somebody this old nobody doubts that they are grown up, however roughly the birth was told."""


def ask_together(story: Story, start: int, answer: Answer, *, by: RequestedBy) -> None:
    """Ask a state for a household, and write down its agreement and perhaps the clearance of all of them."""
    country, firsts = story.country, [max(start, diary.day + 1) for diary in story.diaries]
    for first, diary in zip(firsts, story.diaries, strict=True):
        if first < LAST_DAY:
            states.request(diary, country, first, by)
    if max(diary.day for diary in story.diaries) > LAST_DAY - LEAD_DAYS:
        return
    for diary in story.diaries:
        _screen_as_required(diary, country, within=60)
        states.confirm(diary, country, diary.day + 1 + int(story.dice.random() * 20))
        _approve(diary, country, diary.day + 1 + int(story.dice.random() * 20), ApprovalBasis.NATIONALITY)
    if any(diary.unanswered for diary in story.diaries) or not story.household.women:
        return
    latest = max(diary.day for diary in story.diaries)
    if answer is Answer.CLEARED:
        _clear_together(story, max(latest + 1, LAST_DAY - 24 + int(story.dice.random() * 20)), _CAMPS)
    if answer is Answer.TAKEN_BACK and _all_grown(story, latest):
        _clear_together(story, latest + 6 + int(story.dice.random() * 20), _CAMPS)
        _take_back(story)


def _all_grown(story: Story, day: int) -> bool:
    return all(person.child or day - person.born.toordinal() > _GROWN_DAYS for person in story.people)


def _take_back(story: Story) -> None:
    """Withdraw the clearances of a household again: one adult is blocked, or an officer reconsiders."""
    dice = story.dice
    blocked = dice.random() < 0.5
    for person, diary in story.pairs():
        later = diary.day + 2 + int(dice.random() * 18)
        if blocked and not person.child:
            states.block_and_lift(diary, story.country, later)
        else:
            diary.write(later, officer(_CAMPS, Role.SUPERVISOR, dice.randrange(_CLEARERS)), WithdrawClearance)


def bring_home(story: Story, departs: int, *, by: RequestedBy) -> None:
    """Take a household home on a day: asked for, screened, approved, cleared, departed, arrived, cases closed.

    Nothing was written about them in the sixty days before.
    """
    dice, country = story.dice, story.country
    for nth, (person, diary) in enumerate(story.pairs()):
        related = person.child and nth > 0 and dice.random() < 0.08
        states.request(diary, country, departs - 58 + int(dice.random() * 6), by)
        _screen_as_required(diary, country, within=20)
        if not related:
            states.confirm(diary, country, max(diary.day + 1, departs - 28 + int(dice.random() * 6)))
        basis = ApprovalBasis.FAMILY_UNITY if related else ApprovalBasis.NATIONALITY
        _approve(diary, country, max(diary.day + 1, departs - 21 + int(dice.random() * 3)), basis)
    latest = max(diary.day for diary in story.diaries)
    _clear_together(story, max(latest + 7, departs - 10 + int(dice.random() * 6)), story.place.control)
    for diary in story.diaries:
        _go(diary, country, departs)


def _go(diary: Diary, country: str, departs: int) -> None:
    dice = diary.dice
    guard = officer(f"{country}-MFA", Role.SUPERVISOR, dice.randrange(_CONSULS))
    diary.write(departs, guard, Depart, destination=country)
    desk = officer(f"{country}-MFA", Role.CASEWORKER, dice.randrange(_CONSULS))
    diary.write(departs + 1 + int(dice.random() * 2), desk, RecordArrival, country=country, occurred_on=on(departs))
    recorded = diary.day + 1 + int(dice.random() * 9)
    if recorded > LAST_DAY:
        return
    diary.write(
        recorded, desk, RecordRepatriation, country=country, occurred_on=on(departs), source=SourceType.OFFICIAL_NOTICE
    )
    closed = diary.day + 10 + int(dice.random() * 40)
    if closed <= LAST_DAY:
        chief = officer(f"{country}-MFA", Role.SUPERVISOR, dice.randrange(_CONSULS))
        diary.write(closed, chief, CloseCase, reason=ClosureReason.REPATRIATED)


def _clear_together(story: Story, day: int, agency: str) -> None:
    """Settle in the days before what the gate asks for, and clear: the children on the day, the others on the next."""
    settled = day - 5
    for diary in story.diaries:
        travel.examine(diary, story.country, settled)
    travel.link_kin(story, settled)
    for person, diary in story.pairs():
        travel.settle(story, person, diary, story.country, settled)
    for person, diary in story.pairs():
        guard = officer(agency, Role.SUPERVISOR, diary.dice.randrange(_CLEARERS))
        diary.write(day if person.child else day + 1, guard, ClearToDepart, destination=story.country)


def _screen_as_required(diary: Diary, country: str, *, within: int) -> None:
    kinds = destination(country, date.fromordinal(diary.day)).required_screenings or {ScreeningKind.IDENTITY}
    for kind in sorted(kinds):
        screenings.screen(
            diary, kind, country, diary.day + 1, destination=country, result=ScreeningResult.CLEARED, within=within
        )


def _approve(diary: Diary, country: str, day: int, basis: ApprovalBasis) -> None:
    clerk = officer(f"{country}-MFA", Role.AUTHORITY, diary.dice.randrange(_CONSULS))
    diary.write(day, clerk, ApproveRepatriation, country=country, authority=clerk.agency, basis=basis)
