"""Care and screening: with whom a child is, and what agencies look into and answer."""

from __future__ import annotations

from datetime import date
from typing import Final

from adapters.population.diary import LAST_DAY, Diary
from adapters.population.places import officer, security_agency
from domain.case.protection import CareStatus, DetermineCareStatus
from domain.case.screening import CompleteScreening, RequestScreening, ScreeningKind, ScreeningResult
from domain.roles import Role
from domain.values import LegalBasis

_CASEWORKERS: Final = 40
_ANSWER_DAYS: Final = {
    ScreeningKind.MEDICAL: 12,
    ScreeningKind.VULNERABILITY: 20,
    ScreeningKind.IDENTITY: 45,
    ScreeningKind.SECURITY: 70,
}
"""How long an answer takes at most."""
_VALID_DAYS: Final = {
    ScreeningKind.MEDICAL: 180,
    ScreeningKind.VULNERABILITY: 365,
    ScreeningKind.IDENTITY: None,
    ScreeningKind.SECURITY: 365,
}
_INCONCLUSIVE: Final = 0.05
_ADVERSE: Final = 0.02


def determine_care(diary: Diary, status: CareStatus, day: int) -> None:
    """Write down with whom a child is."""
    desk = officer("UN-UNICEF", Role.SUPERVISOR, diary.dice.randrange(_CASEWORKERS // 2))
    diary.cared_for = True
    diary.write(day, desk, DetermineCareStatus, status=status, legal_basis=LegalBasis.VITAL_INTEREST)


def screen(
    diary: Diary,
    kind: ScreeningKind,
    country: str,
    day: int,
    *,
    destination: str | None = None,
    result: ScreeningResult | None = None,
    within: int | None = None,
) -> int | None:
    """Ask for a screening and write down the answer; return the day of the answer, ``None`` when it is still open."""
    if diary.unanswered:
        return None
    dice = diary.dice
    agency = _agency(kind, country)
    desk = officer("UN-UNHCR", Role.CASEWORKER, dice.randrange(_CASEWORKERS))
    due = date.fromordinal(day + _ANSWER_DAYS[kind])
    asked = diary.write(day, desk, RequestScreening, agency=agency, kind=kind, destination=destination, due_on=due)
    answered = max(day, diary.day) + 1 + int(dice.random() * (within or _ANSWER_DAYS[kind]))
    if answered > LAST_DAY:
        diary.unanswered = True
        return None
    if result is None:
        result = _result(dice.random())
    valid = _VALID_DAYS[kind]
    until = date.fromordinal(answered + valid) if valid and result is ScreeningResult.CLEARED else None
    examiner = officer(agency, Role.SECURITY_OFFICER, dice.randrange(5))
    diary.write(
        answered,
        examiner,
        CompleteScreening,
        screening_id=diary.made_by(asked),
        result=result,
        valid_until=until,
    )
    return diary.day


def _agency(kind: ScreeningKind, country: str) -> str:
    if kind is ScreeningKind.MEDICAL:
        return "UN-WHO"
    if kind is ScreeningKind.VULNERABILITY:
        return "UN-UNHCR"
    return security_agency(country) if kind is ScreeningKind.SECURITY else f"{country}-MFA"


def _result(chance: float) -> ScreeningResult:
    if chance < _ADVERSE:
        return ScreeningResult.ADVERSE
    return ScreeningResult.INCONCLUSIVE if chance < _ADVERSE + _INCONCLUSIVE else ScreeningResult.CLEARED
