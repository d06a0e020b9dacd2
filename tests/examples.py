"""One canonical example of every fact and of every command, invented, used by tests and documents alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

import domain.registry  # noqa: F401 - makes every fact and command known
from domain.case.arrivals import RecordArrival, RecordHandover, RecordRepatriation
from domain.case.block_reviews import (
    NoteBlockReviewOverdue,
    ProposeSecurityBlockLift,
    ReviewReason,
    ReviewSecurityBlock,
    SecurityBlockLiftProposed,
    SecurityBlockReviewed,
    SecurityBlockReviewOverdue,
)
from domain.case.blocks import (
    BlockGround,
    ImposeSecurityBlock,
    LiftAuthority,
    LiftSecurityBlock,
    SecurityBlockImposed,
    SecurityBlockLifted,
)
from domain.case.clearance import ClearToDepart, Depart, ReportDeparture, WithdrawClearance
from domain.case.decisions import (
    ApprovalBasis,
    ApproveRepatriation,
    RefusalReason,
    RefuseRepatriation,
    RepatriationRefused,
    RepatriationRequested,
    RequestedBy,
    RequestRepatriation,
)
from domain.case.journey import (
    ArrivedInCountry,
    ClearanceWithdrawn,
    Departed,
    HandedOver,
    RepatriationRecorded,
    WithdrawalCause,
)
from domain.case.manifests import (
    ManifestRemoval,
    PlacedOnManifest,
    PlaceOnManifest,
    RemovedFromManifest,
    RemoveFromManifest,
)
from domain.case.papers import (
    ApproveReceptionPlan,
    CancelTravelDocument,
    DocumentCancellation,
    IssueTravelDocument,
    ReceptionCare,
    ReceptionPlanApproved,
    TravelDocumentCancelled,
    TravelDocumentIssued,
    TravelDocumentKind,
)
from domain.case.protection import CareStatus, CareStatusDetermined, DetermineCareStatus
from domain.case.reversals import (
    CancellationCause,
    CancelScreening,
    ReversalReason,
    ReverseScreeningResult,
    ScreeningCancelled,
    ScreeningResultReversed,
)
from domain.case.reviews import (
    ApprovalRevoked,
    DecideRefusalReview,
    RefusalReviewDecided,
    RefusalReviewRequested,
    RequestRefusalReview,
    ReviewGround,
    RevokeApproval,
)
from domain.case.screening import (
    CompleteScreening,
    RequestScreening,
    ScreeningCompleted,
    ScreeningKind,
    ScreeningRequested,
    ScreeningResult,
)
from domain.case.transfers import (
    RecordReturnAfterAbort,
    ReportUnclearedTransfer,
    ReturnedAfterAbort,
    UnclearedTransferReported,
)
from domain.dates import PartialDate
from domain.facility import FacilityRegistered, RegisterFacility
from domain.kernel import Command, Fact
from domain.values import FacilityKind
from tests import examples_person as person
from tests import examples_protection as protection
from tests import examples_record as record
from tests import examples_subject as subject
from tests.examples_person import (  # noqa: F401 - tests find every example here
    A_NAME,
    ADMITTED,
    AL_HOL,
    APPEAL,
    APPEALED,
    APPROVED,
    BORN,
    CLEARED,
    CONFIRMED,
    DEPRIVED,
    DIED,
    EVIDENCE_SHA256,
    HELD,
    MOTHER,
    NAME,
    NAMED,
    OPENED,
    RESTORED,
    ROJ,
    SECTION,
    SPONSOR,
    TOLD_BIRTH,
    VERIFIED,
)

SCREENING: Final = UUID("33333333-3333-4333-8333-333333333333")
BLOCK: Final = UUID("44444444-4444-4444-8444-444444444444")
OPERATION: Final = UUID("0a0a0a0a-0a0a-4a0a-8a0a-0a0a0a0a0a0a")
TRAVEL_DOCUMENT: Final = UUID("0b0b0b0b-0b0b-4b0b-8b0b-0b0b0b0b0b0b")
EXAMINATION: Final = UUID("0c0c0c0c-0c0c-4c0c-8c0c-0c0c0c0c0c0c")
REVIEW_DUE_ON: Final = date(2022, 1, 15)

BLOCKED: Final = SecurityBlockImposed(
    block_id=BLOCK, agency="IQ-INSS", ground=BlockGround.UNDER_INVESTIGATION, review_due_on=REVIEW_DUE_ON
)
ASKED_TO_SCREEN: Final = ScreeningRequested(
    screening_id=SCREENING, agency="IQ-INSS", kind=ScreeningKind.SECURITY, destination="IQ", due_on=date(2021, 11, 1)
)
SCREENED: Final = ScreeningCompleted(
    screening_id=SCREENING, result=ScreeningResult.CLEARED, valid_until=date(2022, 4, 1)
)
ASKED_TO_EXAMINE: Final = ScreeningRequested(
    screening_id=EXAMINATION, agency="UN-WHO", kind=ScreeningKind.MEDICAL, destination=None, due_on=None
)
EXAMINED: Final = ScreeningCompleted(
    screening_id=EXAMINATION, result=ScreeningResult.CLEARED, valid_until=date(2022, 4, 1)
)
REQUESTED: Final = RepatriationRequested(country="IQ", by=RequestedBy.FAMILY)
REFUSED: Final = RepatriationRefused(
    country="IQ", reasons=(RefusalReason.SECURITY,), review_body="IQ-COURT", notified_on=PartialDate.parse("2021-10-02")
)
TRAVEL_PAPER: Final = TravelDocumentIssued(
    document_id=TRAVEL_DOCUMENT,
    kind=TravelDocumentKind.LAISSEZ_PASSER,
    issued_by="IQ-MOI",
    valid_until=date(2022, 4, 1),
    number="LP 12345",
)
REGISTERED: Final = FacilityRegistered(
    code="SY-AL-HOL", name="Al-Hol", kind=FacilityKind.CAMP, country="SY", control="SY-AANES"
)

FACTS: Final[tuple[Fact, ...]] = (
    *person.FACTS,
    CareStatusDetermined(status=CareStatus.UNACCOMPANIED),
    ASKED_TO_SCREEN,
    SCREENED,
    ScreeningResultReversed(
        screening_id=SCREENING,
        from_result=ScreeningResult.INCONCLUSIVE,
        to_result=ScreeningResult.CLEARED,
        valid_until=date(2022, 4, 1),
        reason=ReversalReason.NEW_INFORMATION,
    ),
    ScreeningCancelled(screening_id=SCREENING, cause=CancellationCause.NO_LONGER_NEEDED),
    BLOCKED,
    SecurityBlockReviewed(
        block_id=BLOCK, upheld=True, review_due_on=date(2022, 4, 15), reasons=(ReviewReason.GROUND_PERSISTS,)
    ),
    SecurityBlockLiftProposed(block_id=BLOCK, by_agency="UN-UNHCR", reasons=(ReviewReason.DISPROPORTIONATE,)),
    SecurityBlockReviewOverdue(block_id=BLOCK, overdue_since=REVIEW_DUE_ON),
    SecurityBlockLifted(block_id=BLOCK, by_agency="IQ-INSS", authority=LiftAuthority.IMPOSING_AGENCY),
    REQUESTED,
    APPROVED,
    REFUSED,
    RefusalReviewRequested(country="IQ", review_body="IQ-COURT", reference="Appeal 12/2021"),
    RefusalReviewDecided(
        country="IQ", review_body="IQ-COURT", upheld=False, reasons=(ReviewGround.BEST_INTERESTS_OF_THE_CHILD,)
    ),
    ApprovalRevoked(country="IQ", authority="IQ-MODM", reasons=(RefusalReason.SECURITY,)),
    TRAVEL_PAPER,
    TravelDocumentCancelled(document_id=TRAVEL_DOCUMENT, cause=DocumentCancellation.LOST),
    ReceptionPlanApproved(country="IQ", authority="IQ-MODM", plan=ReceptionCare.RELATIVES),
    CLEARED,
    ClearanceWithdrawn(cause=WithdrawalCause.SECURITY_BLOCK),
    PlacedOnManifest(operation_id=OPERATION),
    RemovedFromManifest(operation_id=OPERATION, cause=ManifestRemoval.NOT_AT_BOARDING),
    Departed(destination="IQ"),
    UnclearedTransferReported(destination="TR", by_agency="SY-AANES", account="Taken at night in a lorry."),
    ReturnedAfterAbort(operation_id=OPERATION, facility=AL_HOL),
    HandedOver(country="IQ", authority="IQ-MODM", document="Protocol 7"),
    ArrivedInCountry(country="IQ"),
    RepatriationRecorded(country="IQ"),
    *record.FACTS,
    *subject.FACTS,
    *protection.FACTS,
    REGISTERED,
)
FACT: Final[Mapping[str, Fact]] = {fact.topic: fact for fact in FACTS}
"""Topic → example."""


class Example(NamedTuple):
    """A command that is granted on a stream with these facts, and the topics that it yields."""

    given: tuple[Fact, ...]
    command: Command
    yields: tuple[str, ...]
    agency: str = "IQ-INSS"
    """That asks; the facts given are recorded by ``SY-AANES``."""
    beside: tuple[Fact, ...] = ()
    """What :data:`OTHER_CASE` holds; then what is yielded there follows what is yielded here."""


READY: Final = (
    OPENED, TOLD_BIRTH, ADMITTED, VERIFIED, CONFIRMED, ASKED_TO_SCREEN, SCREENED, ASKED_TO_EXAMINE, EXAMINED,
    protection.SAFE, protection.OWN_CONSENT, TRAVEL_PAPER, REQUESTED, APPROVED,
)  # fmt: skip
"""A grown-up held in al-Hol, alone, for whom Iraq's gate is open."""
LEFT: Final = (*READY, CLEARED, Departed(destination="IQ"))

EXAMPLES: Final[tuple[Example, ...]] = (
    *(Example(*example) for example in person.EXAMPLES),
    Example(HELD, DetermineCareStatus(status=CareStatus.SEPARATED), ("case.care-status-determined",)),
    Example(
        HELD,
        RequestScreening(agency="IQ-INSS", kind=ScreeningKind.SECURITY, destination="IQ", due_on=date(2021, 11, 1)),
        ("case.screening-requested",),
    ),
    Example(
        (*HELD, ASKED_TO_SCREEN),
        CompleteScreening(screening_id=SCREENING, result=ScreeningResult.CLEARED, valid_until=date(2022, 4, 1)),
        ("case.screening-completed",),
    ),
    Example(
        (*READY, CLEARED),
        ReverseScreeningResult(
            screening_id=SCREENING, to_result=ScreeningResult.ADVERSE, reason=ReversalReason.NEW_INFORMATION
        ),
        ("case.screening-result-reversed", "case.clearance-withdrawn"),
    ),
    Example(
        (*HELD, ASKED_TO_SCREEN),
        CancelScreening(screening_id=SCREENING, cause=CancellationCause.NO_LONGER_NEEDED),
        ("case.screening-cancelled",),
    ),
    Example(
        (*READY, CLEARED),
        ImposeSecurityBlock(agency="IQ-INSS", ground=BlockGround.WANTED, review_due_on=REVIEW_DUE_ON),
        ("case.security-block-imposed", "case.clearance-withdrawn"),
    ),
    Example((*HELD, BLOCKED), LiftSecurityBlock(block_id=BLOCK), ("case.security-block-lifted",)),
    Example(
        (*HELD, BLOCKED),
        ReviewSecurityBlock(
            block_id=BLOCK, upheld=True, review_due_on=date(2022, 4, 15), reasons=(ReviewReason.GROUND_PERSISTS,)
        ),
        ("case.security-block-reviewed",),
    ),
    Example(
        (*HELD, BLOCKED),
        ProposeSecurityBlockLift(block_id=BLOCK, reasons=(ReviewReason.DISPROPORTIONATE,)),
        ("case.security-block-lift-proposed", "case.task-raised"),
    ),
    Example(
        (*HELD, BLOCKED.model_copy(update={"review_due_on": date(2021, 10, 14)})),
        NoteBlockReviewOverdue(block_id=BLOCK),
        ("case.security-block-review-overdue", "case.task-raised"),
    ),
    Example(HELD, RequestRepatriation(country="IQ", by=RequestedBy.FAMILY), ("case.repatriation-requested",)),
    Example(
        HELD,
        ApproveRepatriation(country="IQ", authority="IQ-MODM", basis=ApprovalBasis.HUMANITARIAN),
        ("case.repatriation-approved",),
    ),
    Example(
        (*READY, CLEARED),
        RefuseRepatriation(country="IQ", reasons=(RefusalReason.SECURITY,), review_body="IQ-COURT"),
        ("case.repatriation-refused", "case.clearance-withdrawn"),
    ),
    Example(
        (*HELD, REFUSED),
        RequestRefusalReview(country="IQ", reference="Appeal 12/2021"),
        ("case.refusal-review-requested",),
    ),
    Example(
        (*HELD, REFUSED),
        DecideRefusalReview(
            country="IQ", review_body="IQ-COURT", upheld=False, reasons=(ReviewGround.BEST_INTERESTS_OF_THE_CHILD,)
        ),
        ("case.refusal-review-decided",),
    ),
    Example(
        (*READY, CLEARED),
        RevokeApproval(country="IQ", authority="IQ-MODM", reasons=(RefusalReason.SECURITY,)),
        ("case.approval-revoked", "case.clearance-withdrawn"),
    ),
    Example(
        HELD,
        IssueTravelDocument(
            kind=TravelDocumentKind.LAISSEZ_PASSER, issued_by="IQ-MOI", number="LP 12345", valid_until=date(2022, 4, 1)
        ),
        ("case.travel-document-issued",),
    ),
    Example(
        (*READY, CLEARED),
        CancelTravelDocument(document_id=TRAVEL_DOCUMENT, cause=DocumentCancellation.LOST),
        ("case.travel-document-cancelled", "case.clearance-withdrawn"),
    ),
    Example(
        HELD,
        ApproveReceptionPlan(country="IQ", authority="IQ-MODM", plan=ReceptionCare.RELATIVES),
        ("case.reception-plan-approved",),
    ),
    Example(READY, ClearToDepart(destination="IQ"), ("case.cleared-to-depart",)),
    Example((*READY, CLEARED), WithdrawClearance(), ("case.clearance-withdrawn",)),
    Example((*READY, CLEARED), Depart(destination="IQ"), ("case.departed",)),
    Example((*READY, CLEARED), PlaceOnManifest(operation_id=OPERATION), ("case.placed-on-manifest",)),
    Example(
        (*READY, CLEARED, PlacedOnManifest(operation_id=OPERATION)),
        RemoveFromManifest(operation_id=OPERATION, cause=ManifestRemoval.NOT_AT_BOARDING),
        ("case.removed-from-manifest",),
    ),
    Example((*READY, CLEARED), ReportDeparture(destination="IQ"), ("case.departed",)),
    Example(
        HELD,
        ReportUnclearedTransfer(destination="TR", account="Taken at night in a lorry."),
        ("case.uncleared-transfer-reported", "case.flag-raised", "case.task-raised"),
    ),
    Example(LEFT, RecordReturnAfterAbort(facility=AL_HOL, operation_id=OPERATION), ("case.returned-after-abort",)),
    Example(LEFT, RecordHandover(country="IQ", authority="IQ-MODM", document="Protocol 7"), ("case.handed-over",)),
    Example(LEFT, RecordArrival(country="IQ"), ("case.arrived-in-country",)),
    Example(LEFT, RecordRepatriation(country="IQ"), ("case.repatriation-recorded",)),
    Example(
        (),
        RegisterFacility(code="SY-AL-HOL", name="Al-Hol", kind=FacilityKind.CAMP, country="SY", control="SY-AANES"),
        ("facility.facility-registered",),
    ),
    *(Example(*example) for example in protection.EXAMPLES),
    *(Example(*example) for example in record.EXAMPLES),
    *(Example(*example) for example in subject.EXAMPLES),
)
EXAMPLE: Final[Mapping[type[Command], Example]] = {type(example.command): example for example in EXAMPLES}
"""Command class → example."""
