"""Arrival and registration: what an officer writes down in the first sitting, and where people are taken afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random
from typing import Final, TypeAlias

from adapters.population import births, names
from adapters.population.calibration import AS_OF, Fate, Origin
from adapters.population.diary import LAST_DAY, Diary, on
from adapters.population.people import Household, Person
from adapters.population.places import FACILITIES, Officer, PlaceOfStay, officer
from domain.case.identity import RecordBirth, RecordName
from domain.case.nationality import ClaimNationality
from domain.case.registration import Circumstances, OpenCase
from domain.case.whereabouts import AdmitToFacility, MoveReason, MoveToFacility
from domain.roles import Role
from domain.values import Evidence, FacilityKind, LateReason, Reliability, Script, SourceType

Told: TypeAlias = Mapping[str, object]
"""Something that a person said, as fields of a command."""

_DESKS: Final = 24
"""Officers who register, in each place."""
_LATE_AFTER: Final = 30
_SECOND_CLAIMS: Final = {
    "GB": ("PK", "BD", "SO"), "FR": ("MA", "DZ", "TN"), "BE": ("MA",), "NL": ("MA", "TR"), "DE": ("TR", "RU"),
    "DK": ("SO", "LB"), "SE": ("SO", "BA"), "AU": ("LB",), "CH": ("XK", "BA"), "AT": ("BA", "TR"), "CA": ("SO", "PK"),
}  # fmt: skip
_SOURCES: Final = (
    SourceType.INTERVIEW,
    SourceType.INTERVIEW,
    SourceType.FAMILY,
    SourceType.REGISTER,
    SourceType.DOCUMENT,
)
_RELIABILITIES: Final = (Reliability.RELIABLE, Reliability.USUALLY, Reliability.FAIRLY, Reliability.UNJUDGED)


def registrar(diary: Diary, place: PlaceOfStay) -> Officer:
    """Return an officer who registers people in a place."""
    desk = diary.dice.randrange(_DESKS)
    if desk == 0 and place.kind is FacilityKind.CAMP:
        return officer("UN-UNHCR", Role.CASEWORKER)
    return officer(place.control, Role.CAMP_ADMINISTRATION, _DESKS * FACILITIES.index(place) + desk)


def register(diary: Diary, person: Person, household: Household, place: PlaceOfStay, admitted: int, day: int) -> None:
    """Open the case of somebody who was admitted to a place, and write down who they say they are."""
    dice, desk = diary.dice, registrar(diary, place)
    source, reliability = dice.choice(_SOURCES), dice.choice(_RELIABILITIES)
    known = {"source": source, "reliability": reliability}
    births_told = _births(diary, person, household, day)
    claims = _claims(dice, person)
    diary.write(
        day,
        desk,
        OpenCase,
        circumstances=Circumstances.ARRIVAL,
        names=_names(dice, person),
        birth=births_told[0],
        sex=person.sex,
        nationality=claims[0],
        **known,
    )
    for told in births_told[1:]:
        diary.write(day, desk, RecordBirth, **told, **known)
    for claim in claims[1:]:
        diary.write(day, desk, ClaimNationality, **claim, **known)
    _admit(diary, desk, place, admitted, day)


def register_newborn(diary: Diary, person: Person, mother: Person | None, place: PlaceOfStay, day: int) -> None:
    """Open the case of a child born in a place; it is named some weeks later."""
    dice, desk, born = diary.dice, registrar(diary, place), person.born.toordinal()
    unnamed = mother is not None and dice.random() < 0.4
    if unnamed and mother is not None:
        told = [_told(names.newborn(mother.given, person.sex), Evidence.CLAIMED)]
    else:
        told = _names(dice, person)
    diary.write(
        day,
        desk,
        OpenCase,
        occurred_on=on(born),
        circumstances=Circumstances.BIRTH,
        names=told,
        birth={
            "birth": on(born),
            "place": place.name,
            "strength": Evidence.DOCUMENTED if dice.random() < 0.3 else Evidence.CLAIMED,
        },
        sex=person.sex,
        nationality={"country": person.country},
        source=SourceType.FAMILY,
    )
    _admit(diary, desk, place, born, day)
    if unnamed:
        named = day + dice.randint(5, 40)
        if named <= LAST_DAY:
            naming = registrar(diary, place)
            for name in _names(dice, person):
                diary.write(named, naming, RecordName, **name)


def move(diary: Diary, place: PlaceOfStay, day: int, reason: MoveReason, *, separates: bool = False) -> None:
    """Write down a move, on the day or within a week."""
    written = min(day + int(diary.dice.random() * 7), LAST_DAY)
    desk = registrar(diary, place)
    fields = {"facility": diary.namer.facility(place), "reason": reason, "separates_family": separates}
    diary.write(written, desk, MoveToFacility, occurred_on=on(day), **fields)


def eldest_child(people: Sequence[Person]) -> Person | None:
    """Return the child after whom the parents are called."""
    children = [person for person in people if person.child]
    return min(children, key=lambda person: person.born, default=None)


def tell_kunya(diary: Diary, person: Person, eldest: Person, place: PlaceOfStay, day: int) -> None:
    """Write down the name after the eldest child."""
    told = _told(names.kunya(diary.dice, eldest.given, person.sex), Evidence.CLAIMED)
    diary.write(day, registrar(diary, place), RecordName, **told)


def _names(dice: Random, person: Person) -> list[Told]:
    """Return the names that a person gives, as fields of a command."""
    chance = dice.random()
    strength = Evidence.DOCUMENTED if dice.random() < 0.2 else Evidence.CLAIMED
    given: list[Told] = []
    if chance < 0.85:
        given.append(_told(names.as_registered(person.given, person.descent, person.sex), Evidence.CLAIMED))
    if chance >= 0.15:
        papers = names.as_on_papers(dice, person.given, person.descent, person.sex)
        given.append(_told(papers, strength))
        if papers.script not in {Script.LATIN, Script.ARABIC} and dice.random() < 0.5:
            given.append(_told(names.in_latin(dice, person.given, person.descent, person.sex), Evidence.CLAIMED))
    return given


def _told(name: names.Told, strength: Evidence) -> Told:
    return {"kind": name.kind, "name": {"parts": name.parts, "script": name.script}, "strength": strength}


def _births(diary: Diary, person: Person, household: Household, day: int) -> list[Told]:
    """Return the accounts of a birth, the best one last."""
    dice = diary.dice
    horizon = household.departure() or AS_OF
    text = births.told(dice, person.born, births.lines(horizon))
    group = household.group
    if group.fate is Fate.HOME and group.origin is Origin.PRISON and dice.random() < 0.02:
        diary.age_unknown = True
        return [{"birth": "XXXX", "strength": Evidence.CLAIMED}]
    chance = dice.random()
    strength = Evidence.DOCUMENTED if chance < 0.15 else Evidence.CLAIMED
    accounts: list[Told] = []
    if chance > 0.985:
        wrong = person.born - timedelta(days=365 * dice.choice((-2, -1, 1, 2)))
        if wrong.toordinal() <= day:
            accounts.append({"birth": str(wrong.year), "strength": Evidence.CLAIMED})
        strength = Evidence.DOCUMENTED
    return [*accounts, {"birth": text, "strength": strength}]


def _claims(dice: Random, person: Person) -> list[Told]:
    """Return the nationalities that a person claims, their own first."""
    others = _SECOND_CLAIMS.get(person.country, ())
    second = bool(others) and dice.random() < 0.25
    documented = second or dice.random() < 0.2
    strength = Evidence.DOCUMENTED if documented else Evidence.CLAIMED
    own: Told = {"country": person.country, "strength": strength}
    return [own, {"country": dice.choice(others), "strength": Evidence.CLAIMED}] if second else [own]


def _admit(diary: Diary, desk: Officer, place: PlaceOfStay, admitted: int, day: int) -> None:
    late = {"late_reason": LateReason.HISTORY_ON_REGISTRATION} if day - admitted >= _LATE_AFTER else {}
    diary.write(day, desk, AdmitToFacility, facility=diary.namer.facility(place), occurred_on=on(admitted), **late)
