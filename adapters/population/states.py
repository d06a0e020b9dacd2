"""What states do: confirm, block, deprive, ask for people, agree, refuse, and take them home through the gate."""

from __future__ import annotations

from datetime import date
from enum import StrEnum, unique
from typing import Final

from adapters.population import screenings
from adapters.population.diary import LAST_DAY, Diary, on
from adapters.population.places import ABOLISHED, ABOLISHED_IN, officer, security_agency
from domain.case.arrivals import RecordArrival, RecordRepatriation
from domain.case.blocks import BlockGround, ImposeSecurityBlock, LiftAuthority, LiftSecurityBlock
from domain.case.clearance import ClearToDepart, Depart, WithdrawClearance
from domain.case.decisions import (
    ApprovalBasis,
    ApproveRepatriation,
    RefusalReason,
    RefuseRepatriation,
    RequestedBy,
    RequestRepatriation,
)
from domain.case.deprivation import DeprivationGround, RecordCitizenshipDeprivation
from domain.case.nationality import ConfirmNationality
from domain.case.registration import CloseCase, ClosureReason
from domain.case.requirements import destination
from domain.case.screening import ScreeningKind, ScreeningResult
from domain.roles import Role
from domain.values import LegalBasis, SourceType

_CONSULS: Final = 6
_CLEARERS: Final = 8
_REVIEW_DAYS: Final = 90
_ORDERS_FROM: Final = date(2019, 6, 1).toordinal()
_CAMPS: Final = "SY-AANES"
LEAD_DAYS: Final = 240
"""A request that shall be approved is made at least this long before the day of the figures."""
_GROUNDS: Final = (
    BlockGround.UNDER_INVESTIGATION,
    BlockGround.IDENTITY_IN_DOUBT,
    BlockGround.SECURITY_CONCERN,
    BlockGround.WATCH_LIST,
    BlockGround.WANTED,
)
_REASONS: Final = (
    (RefusalReason.SECURITY,),
    (RefusalReason.OUTSIDE_POLICY,),
    (RefusalReason.NO_CONSULAR_ACCESS,),
    (RefusalReason.SECURITY, RefusalReason.PROSECUTION_ELSEWHERE),
    (RefusalReason.NATIONALITY_NOT_ESTABLISHED,),
)


@unique
class Answer(StrEnum):
    """How far a request comes by the day of the figures."""

    NONE = "none"
    REFUSED = "refused"
    APPROVED = "approved"
    CLEARED = "cleared"
    """Cleared in the last weeks, and waiting."""
    TAKEN_BACK = "taken_back"
    """Cleared; the clearance was withdrawn."""


def confirm(diary: Diary, country: str, day: int) -> None:
    """Have the state confirm its national, once."""
    if diary.confirmed:
        return
    diary.confirmed = True
    clerk = officer(f"{country}-MOI", Role.AUTHORITY, diary.dice.randrange(4))
    document = f"{country} {diary.dice.randrange(10**6, 10**7)}" if diary.dice.random() < 0.6 else None
    diary.write(day, clerk, ConfirmNationality, country=country, authority=clerk.agency, document=document)


def order_day(diary: Diary) -> int:
    """Choose the day on which an order of deprivation is written down."""
    first = max(diary.day + 5, _ORDERS_FROM)
    return min(first + diary.dice.randrange(200), LAST_DAY - 30)


def deprive(diary: Diary, country: str, day: int) -> None:
    """Write down that the state took its citizenship away, some days after it did."""
    made = day - 3 - int(diary.dice.random() * 20)
    desk = officer("UN-UNHCR", Role.CASEWORKER, diary.dice.randrange(_CONSULS))
    diary.write(
        day,
        desk,
        RecordCitizenshipDeprivation,
        country=country,
        ground=diary.dice.choice((DeprivationGround.PUBLIC_GOOD, DeprivationGround.NOT_STATED)),
        order_made_on=on(made),
        effective_from=on(made),
        occurred_on=on(made),
        source=SourceType.OFFICIAL_NOTICE,
    )


def block(diary: Diary, country: str, day: int, *, agency: str | None = None) -> int:
    """Have an agency of the state forbid the transfer; return the entry's number."""
    agency = agency or security_agency(country)
    guard = officer(agency, Role.SECURITY_OFFICER, diary.dice.randrange(5))
    return diary.write(
        day,
        guard,
        ImposeSecurityBlock,
        agency=agency,
        ground=diary.dice.choice(_GROUNDS),
        review_due_on=date.fromordinal(day + _REVIEW_DAYS),
        legal_basis=LegalBasis.PUBLIC_INTEREST,
    )


def block_and_lift(diary: Diary, country: str, day: int) -> None:
    """Have an agency forbid the transfer, and who may do so lift it later."""
    dice = diary.dice
    agency, by, authority = security_agency(country), security_agency(country), LiftAuthority.IMPOSING_AGENCY
    chance = dice.random()
    if country == "IQ" and date.fromordinal(day).year <= ABOLISHED_IN:
        agency, authority = ABOLISHED, LiftAuthority.SUCCESSOR
    elif country == "IQ" and chance < 0.1:
        by, authority = "IQ-PMO", LiftAuthority.SUPERIOR
    elif chance < 0.2:
        by, authority = f"{country}-COURT-SUPREME", LiftAuthority.COURT
    imposed = block(diary, country, day, agency=agency)
    lifted = diary.day + 40 + int(dice.random() * 300)
    if lifted > LAST_DAY:
        lifted = diary.day + int(dice.random() * (LAST_DAY - diary.day))
    guard = officer(by, Role.SECURITY_OFFICER, dice.randrange(5))
    diary.write(lifted, guard, LiftSecurityBlock, block_id=diary.made_by(imposed), authority=authority)


def ask(diary: Diary, country: str, day: int, answer: Answer, *, by: RequestedBy) -> None:
    """Ask a state to take somebody home, and write down its answer as far as it came."""
    dice = diary.dice
    _request(diary, country, day, by)
    if answer is Answer.NONE:
        return
    if answer is Answer.REFUSED:
        refused = diary.day + 20 + int(dice.random() * 120)
        if refused <= LAST_DAY:
            refuse(diary, country, refused)
        return
    _approve_and_clear(diary, country, answer)


def refuse(diary: Diary, country: str, day: int, reasons: tuple[RefusalReason, ...] | None = None) -> None:
    """Have the state decline, with reasons and the body that can review them."""
    clerk = officer(f"{country}-MFA", Role.AUTHORITY, diary.dice.randrange(_CONSULS))
    told = {"notified_on": on(day)} if diary.dice.random() < 0.5 else {}
    diary.write(
        day,
        clerk,
        RefuseRepatriation,
        country=country,
        reasons=reasons or diary.dice.choice(_REASONS),
        review_body=f"{country}-COURT-ADMIN",
        **told,
    )


def _approve_and_clear(diary: Diary, country: str, answer: Answer) -> None:
    dice = diary.dice
    if diary.day > LAST_DAY - LEAD_DAYS:
        return
    _screen_as_required(diary, country, within=60)
    confirm(diary, country, diary.day + 1 + int(dice.random() * 20))
    _approve(diary, country, diary.day + 1 + int(dice.random() * 20))
    if answer is Answer.CLEARED:
        _clear(diary, country, max(diary.day + 1, LAST_DAY - int(dice.random() * 28)), _CAMPS)
    if answer is Answer.TAKEN_BACK:
        _clear(diary, country, diary.day + 1 + int(dice.random() * 20), _CAMPS)
        later = diary.day + 1 + int(dice.random() * 20)
        if dice.random() < 0.5:
            block_and_lift(diary, country, later)
        else:
            diary.write(later, officer(_CAMPS, Role.SUPERVISOR, dice.randrange(_CLEARERS)), WithdrawClearance)


def bring_home(
    diary: Diary, country: str, departs: int, *, basis: ApprovalBasis, by: RequestedBy, cleared_by: str
) -> None:
    """Take somebody home on a day: asked for, screened, approved, cleared, departed, arrived, and the case closed.

    Nothing was written in the sixty days before. ``cleared_by`` is the agency that controls the place of origin.
    """
    dice = diary.dice
    _request(diary, country, departs - 58 + int(dice.random() * 6), by)
    _screen_as_required(diary, country, within=20)
    if basis is ApprovalBasis.NATIONALITY:
        confirm(diary, country, max(diary.day + 1, departs - 28 + int(dice.random() * 6)))
    _approve(diary, country, max(diary.day + 1, departs - 21 + int(dice.random() * 5)), basis)
    _clear(diary, country, max(diary.day + 1, departs - 14 + int(dice.random() * 10)), cleared_by)
    guard = officer(f"{country}-MFA", Role.SUPERVISOR, dice.randrange(_CONSULS))
    diary.write(departs, guard, Depart, destination=country)
    desk = officer(f"{country}-MFA", Role.CASEWORKER, dice.randrange(_CONSULS))
    diary.write(
        min(departs + int(dice.random() * 3), LAST_DAY), desk, RecordArrival, country=country, occurred_on=on(departs)
    )
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


def _request(diary: Diary, country: str, day: int, by: RequestedBy) -> None:
    consul = officer(f"{country}-MFA", Role.CASEWORKER, diary.dice.randrange(_CONSULS))
    diary.write(day, consul, RequestRepatriation, country=country, by=by)


def _screen_as_required(diary: Diary, country: str, *, within: int) -> None:
    kinds = destination(country).required_screenings or {ScreeningKind.IDENTITY}
    for kind in sorted(kinds):
        screenings.screen(
            diary, kind, country, diary.day + 1, destination=country, result=ScreeningResult.CLEARED, within=within
        )


def _approve(diary: Diary, country: str, day: int, basis: ApprovalBasis = ApprovalBasis.NATIONALITY) -> None:
    clerk = officer(f"{country}-MFA", Role.AUTHORITY, diary.dice.randrange(_CONSULS))
    diary.write(day, clerk, ApproveRepatriation, country=country, authority=clerk.agency, basis=basis)


def _clear(diary: Diary, country: str, day: int, agency: str) -> None:
    """Clear to depart: by an officer of the place of origin, who never asks for anybody."""
    guard = officer(agency, Role.SUPERVISOR, diary.dice.randrange(_CLEARERS))
    diary.write(day, guard, ClearToDepart, destination=country)
