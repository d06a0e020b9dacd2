"""What states do: confirm, block, deprive, ask for people, and refuse; journeys stand in a file of their own."""

from __future__ import annotations

from datetime import date
from enum import StrEnum, unique
from typing import Final

from adapters.population.diary import LAST_DAY, Diary, on
from adapters.population.places import ABOLISHED, ABOLISHED_IN, officer, security_agency
from domain.case.blocks import BlockGround, ImposeSecurityBlock, LiftAuthority, LiftSecurityBlock
from domain.case.decisions import (
    RefusalReason,
    RefuseRepatriation,
    RequestedBy,
    RequestRepatriation,
)
from domain.case.deprivation import DeprivationGround, RecordCitizenshipDeprivation
from domain.case.nationality import ConfirmNationality
from domain.roles import Role
from domain.values import LegalBasis, SourceType

_CONSULS: Final = 6
_REVIEW_DAYS: Final = 90
_ORDERS_FROM: Final = date(2019, 6, 1).toordinal()
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
    """Ask a state to take somebody home, and write down its refusal where that is the answer."""
    dice = diary.dice
    request(diary, country, day, by)
    if answer is not Answer.REFUSED:
        return
    refused = diary.day + 20 + int(dice.random() * 120)
    if refused <= LAST_DAY:
        refuse(diary, country, refused)


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


def request(diary: Diary, country: str, day: int, by: RequestedBy) -> None:
    """Have a consul ask the state to take somebody home."""
    consul = officer(f"{country}-MFA", Role.CASEWORKER, diary.dice.randrange(_CONSULS))
    diary.write(day, consul, RequestRepatriation, country=country, by=by)
