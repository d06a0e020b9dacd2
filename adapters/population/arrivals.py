"""Arrival and registration: what an officer writes down in the first sitting, and where people are taken afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final, TypeAlias

from adapters.population import births, names
from adapters.population.calibration import AS_OF, Fate, Origin
from adapters.population.diary import LAST_DAY, Diary, on
from adapters.population.people import Household, Person
from adapters.population.places import FACILITIES, Officer, PlaceOfStay, officer
from domain.case.identity import RecordBirth, RecordName, RecordSex
from domain.case.nationality import ClaimNationality
from domain.case.registration import Circumstances, OpenCase
from domain.case.whereabouts import AdmitToFacility, MoveReason, MoveToFacility
from domain.roles import Role
from domain.values import Evidence, FacilityKind, LateReason, Reliability, Script, SourceType

Known: TypeAlias = Mapping[str, object]
"""How something is known: source and reliability, as commands name them."""

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
    diary.write(day, desk, OpenCase, circumstances=Circumstances.ARRIVAL, source=source)
    _tell_names(diary, person, desk, day, known)
    _tell_birth(diary, person, household, desk, day, known)
    diary.write(day, desk, RecordSex, sex=person.sex, source=SourceType.OBSERVATION)
    _claim(diary, person, desk, day, known)
    _admit(diary, desk, place, admitted, day)


def register_newborn(diary: Diary, person: Person, mother: Person | None, place: PlaceOfStay, day: int) -> None:
    """Open the case of a child born in a place; it is named some weeks later."""
    dice, desk, born = diary.dice, registrar(diary, place), person.born.toordinal()
    diary.write(day, desk, OpenCase, circumstances=Circumstances.BIRTH, occurred_on=on(born))
    unnamed = mother is not None and dice.random() < 0.4
    if unnamed and mother is not None:
        _name(diary, desk, day, names.newborn(mother.given, person.sex), Evidence.CLAIMED, {})
    else:
        _tell_names(diary, person, desk, day, {})
    strength = Evidence.DOCUMENTED if dice.random() < 0.3 else Evidence.CLAIMED
    diary.write(day, desk, RecordBirth, birth=on(born), place=place.name, strength=strength)
    diary.write(day, desk, RecordSex, sex=person.sex)
    diary.write(
        day, desk, ClaimNationality, country=person.country, strength=Evidence.CLAIMED, source=SourceType.FAMILY
    )
    _admit(diary, desk, place, born, day)
    if unnamed:
        named = day + dice.randint(5, 40)
        if named <= LAST_DAY:
            _tell_names(diary, person, registrar(diary, place), named, {})


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
    _name(diary, registrar(diary, place), day, names.kunya(diary.dice, eldest.given, person.sex), Evidence.CLAIMED, {})


def _tell_names(diary: Diary, person: Person, desk: Officer, day: int, known: Known) -> None:
    dice, chance = diary.dice, diary.dice.random()
    strength = Evidence.DOCUMENTED if dice.random() < 0.2 else Evidence.CLAIMED
    registered = names.as_registered(person.given, person.descent, person.sex)
    if chance < 0.85:
        _name(diary, desk, day, registered, Evidence.CLAIMED, known)
    if chance >= 0.15:
        papers = names.as_on_papers(dice, person.given, person.descent, person.sex)
        _name(diary, desk, day, papers, strength, known)
        if papers.script not in {Script.LATIN, Script.ARABIC} and dice.random() < 0.5:
            told = names.in_latin(dice, person.given, person.descent, person.sex)
            _name(diary, desk, day, told, Evidence.CLAIMED, known)


def _name(diary: Diary, desk: Officer, day: int, told: names.Told, strength: Evidence, known: Known) -> None:
    name = {"parts": told.parts, "script": told.script}
    diary.write(day, desk, RecordName, kind=told.kind, name=name, strength=strength, **known)


def _tell_birth(diary: Diary, person: Person, household: Household, desk: Officer, day: int, known: Known) -> None:
    dice = diary.dice
    horizon = household.departure() or AS_OF
    text = births.told(dice, person.born, births.lines(horizon))
    group = household.group
    if group.fate is Fate.HOME and group.origin is Origin.PRISON and dice.random() < 0.02:
        text = "XXXX"
    chance = dice.random()
    strength = Evidence.DOCUMENTED if chance < 0.15 else Evidence.CLAIMED
    if chance > 0.985:
        wrong = person.born - timedelta(days=365 * dice.choice((-2, -1, 1, 2)))
        if wrong.toordinal() <= day:
            diary.write(day, desk, RecordBirth, birth=str(wrong.year), strength=Evidence.CLAIMED, **known)
        strength = Evidence.DOCUMENTED
    diary.write(day, desk, RecordBirth, birth=text, strength=strength, **known)


def _claim(diary: Diary, person: Person, desk: Officer, day: int, known: Known) -> None:
    dice = diary.dice
    others = _SECOND_CLAIMS.get(person.country, ())
    second = bool(others) and dice.random() < 0.25
    documented = second or dice.random() < 0.2
    strength = Evidence.DOCUMENTED if documented else Evidence.CLAIMED
    diary.write(day, desk, ClaimNationality, country=person.country, strength=strength, **known)
    if second:
        diary.write(day, desk, ClaimNationality, country=dice.choice(others), strength=Evidence.CLAIMED, **known)


def _admit(diary: Diary, desk: Officer, place: PlaceOfStay, admitted: int, day: int) -> None:
    late = {"late_reason": LateReason.HISTORY_ON_REGISTRATION} if day - admitted >= _LATE_AFTER else {}
    diary.write(day, desk, AdmitToFacility, facility=diary.namer.facility(place), occurred_on=on(admitted), **late)
