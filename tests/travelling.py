"""Everything that the departure gate asks for about one person, as commands, beside approval and clearance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID, uuid4, uuid5

from domain.case.best_interests import AssessmentOutcome, DeterminedOutcome
from domain.case.child_views import ChildWish, HearChildViews
from domain.case.consent import ConsentScope
from domain.case.consenting import RecordConsent
from domain.case.guardianship import AppointGuardian
from domain.case.interests_procedure import AssessBestInterests, DetermineBestInterests
from domain.case.papers import ApproveReceptionPlan, IssueTravelDocument, ReceptionCare, TravelDocumentKind
from domain.case.protection import CareStatus, DetermineCareStatus
from domain.case.refoulement import AssessNonRefoulement, RiskOutcome
from domain.case.screening import CompleteScreening, RequestScreening, ScreeningKind, ScreeningResult
from domain.case.verification import VerificationMethod, VerifyIdentity
from domain.kernel import Command
from domain.values import PersonName, Script

NEXT_YEAR: Final = date(2022, 10, 1)
GUARDIAN: Final = PersonName(parts=("Noor", "Salim"), script=Script.LATIN)


class Asked(NamedTuple):
    """A command, and the id under which it is asked."""

    command: Command
    command_id: UUID


def preparations(country: str, *, alone: bool = False, until: date = NEXT_YEAR) -> Iterator[Asked]:
    """Yield the commands in order; ``alone`` for a child without its family."""
    examination = uuid4()
    yield Asked(RequestScreening(agency="UN-WHO", kind=ScreeningKind.MEDICAL), examination)
    fit = CompleteScreening(screening_id=uuid5(examination, "0"), result=ScreeningResult.CLEARED, valid_until=until)
    yield _asked(fit)
    yield _asked(VerifyIdentity(authority=f"{country}-MOI", method=VerificationMethod.DOCUMENTS))
    yield _asked(
        AssessNonRefoulement(
            country=country, outcome=RiskOutcome.NO_REAL_RISK, valid_until=until, reasons="None found."
        )
    )
    yield _asked(IssueTravelDocument(kind=TravelDocumentKind.EMERGENCY, issued_by=f"{country}-MFA", valid_until=until))
    if not alone:
        yield _asked(RecordConsent(scope=ConsentScope.TRANSFER, destination=country))
        return
    yield _asked(DetermineCareStatus(status=CareStatus.UNACCOMPANIED))
    yield _asked(AssessBestInterests(outcome=AssessmentOutcome.NOTHING_AGAINST))
    yield _asked(HearChildViews(views=ChildWish.TO_GO))
    yield _asked(
        DetermineBestInterests(
            panel=(uuid4(), uuid4()),
            destination=country,
            outcome=DeterminedOutcome.TRANSFER,
            valid_until=until,
            reasons="Relatives take the child in.",
        )
    )
    guardian = uuid4()
    yield _asked(AppointGuardian(guardian=GUARDIAN, guardian_id=guardian, authority=f"{country}-MFA"))
    yield _asked(ApproveReceptionPlan(country=country, authority=f"{country}-MFA", plan=ReceptionCare.RELATIVES))
    yield _asked(RecordConsent(scope=ConsentScope.TRANSFER, destination=country, given_by=guardian))


def _asked(command: Command) -> Asked:
    return Asked(command, uuid4())
