"""One canonical example of every fact and of every command, invented, used by tests and documents alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

import domain.registry  # noqa: F401 - makes every fact and command known
from domain.case.absence import (
    EscapeReported,
    Recaptured,
    RecordRecapture,
    RecordWhereaboutsRegained,
    ReportEscape,
    ReportWhereaboutsLost,
    WhereaboutsLost,
    WhereaboutsRegained,
)
from domain.case.arrivals import RecordArrival, RecordHandover, RecordRepatriation
from domain.case.assessment import AgeAssessed, AssessmentMethod, RecordAgeAssessment
from domain.case.births import RegisterBirth
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
from domain.case.contested import (
    ContestGround,
    DenyNationality,
    DisputeNationality,
    NationalityDenied,
    NationalityDisputed,
)
from domain.case.decisions import (
    ApprovalBasis,
    ApproveRepatriation,
    RefusalReason,
    RefuseRepatriation,
    RepatriationApproved,
    RepatriationRefused,
    RepatriationRequested,
    RequestedBy,
    RequestRepatriation,
)
from domain.case.deprivation import CitizenshipDeprived, DeprivationGround, RecordCitizenshipDeprivation
from domain.case.determination import ClearStatelessnessRisk, DetermineStatelessness, FlagStatelessnessRisk
from domain.case.documents import (
    BiometricReferenceLinked,
    BiometricResult,
    IdentityDocumentRecorded,
    LinkBiometricReference,
    PaperKind,
    RecordIdentityDocument,
)
from domain.case.hospital import (
    HospitalOutcome,
    RecordReturnFromHospital,
    ReferralCause,
    ReferredToHospital,
    ReferToHospital,
    ReturnedFromHospital,
)
from domain.case.identity import (
    BirthRecorded,
    NameRecorded,
    NameRetracted,
    NameRetractionCause,
    RecordBirth,
    RecordName,
    RecordSex,
    RetractName,
    SexRecorded,
)
from domain.case.journey import (
    ArrivedInCountry,
    ClearanceWithdrawn,
    ClearedToDepart,
    Departed,
    HandedOver,
    RepatriationRecorded,
    WithdrawalCause,
)
from domain.case.life import (
    DeathManner,
    DeathRecorded,
    DeathRecordRetracted,
    DeathRetractionCause,
    RecordDeath,
    RetractDeathRecord,
)
from domain.case.manifests import (
    ManifestRemoval,
    PlacedOnManifest,
    PlaceOnManifest,
    RemovedFromManifest,
    RemoveFromManifest,
)
from domain.case.nationality import ClaimNationality, ConfirmNationality, NationalityClaimed, NationalityConfirmed
from domain.case.newborn import BornInFacility
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
from domain.case.registration import (
    CaseClosed,
    CaseOpened,
    CaseReopened,
    Circumstances,
    CloseCase,
    ClosureReason,
    OpenCase,
    ReopenCase,
    ReopeningCause,
    ToldBirth,
    ToldName,
    ToldNationality,
)
from domain.case.release import ReleaseBasis, ReleasedLocally, ReportLocalRelease
from domain.case.restoration import (
    CitizenshipDeprivationWithdrawn,
    CitizenshipRestored,
    DeprivationAppealDecided,
    DeprivationAppealLodged,
    RecordCitizenshipRestoration,
    RecordDeprivationAppeal,
    RecordDeprivationAppealDecision,
    RecordDeprivationWithdrawal,
)
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
from domain.case.spontaneous_return import ReportSpontaneousReturn, SpontaneousReturnReported
from domain.case.statelessness import (
    RiskCause,
    RiskEnd,
    StatelessnessDetermined,
    StatelessnessRiskCleared,
    StatelessnessRiskFlagged,
)
from domain.case.transfers import (
    RecordReturnAfterAbort,
    ReportUnclearedTransfer,
    ReturnedAfterAbort,
    UnclearedTransferReported,
)
from domain.case.verification import (
    DisputeCause,
    DisputeIdentity,
    IdentityDisputed,
    IdentityVerificationRevoked,
    IdentityVerified,
    RevocationCause,
    RevokeIdentityVerification,
    VerificationMethod,
    VerifyIdentity,
)
from domain.case.whereabouts import (
    AdmittedToFacility,
    AdmitToFacility,
    MovedToFacility,
    MoveReason,
    MoveToFacility,
    RelocatedWithinFacility,
    RelocateWithinFacility,
)
from domain.dates import PartialDate
from domain.facility import FacilityRegistered, RegisterFacility
from domain.kernel import Command, Fact
from domain.values import Evidence, FacilityKind, NameKind, PersonName, Script, Sex
from tests import examples_protection as protection
from tests import examples_record as record
from tests import examples_subject as subject
from tests.examples_record import fact_id

AL_HOL: Final = UUID("11111111-1111-4111-8111-111111111111")
ROJ: Final = UUID("22222222-2222-4222-8222-222222222222")
SCREENING: Final = UUID("33333333-3333-4333-8333-333333333333")
BLOCK: Final = UUID("44444444-4444-4444-8444-444444444444")
MOTHER: Final = UUID("57575757-5757-4575-8575-575757575757")
SECTION: Final = UUID("58585858-5858-4585-8585-585858585858")
SPONSOR: Final = UUID("5a5a5a5a-5a5a-45a5-85a5-5a5a5a5a5a5a")
APPEAL: Final = UUID("5b5b5b5b-5b5b-45b5-85b5-5b5b5b5b5b5b")
PAPER: Final = UUID("56565656-5656-4565-8565-565656565656")
OPERATION: Final = UUID("0a0a0a0a-0a0a-4a0a-8a0a-0a0a0a0a0a0a")
TRAVEL_DOCUMENT: Final = UUID("0b0b0b0b-0b0b-4b0b-8b0b-0b0b0b0b0b0b")
EXAMINATION: Final = UUID("0c0c0c0c-0c0c-4c0c-8c0c-0c0c0c0c0c0c")
NAME: Final = UUID("55555555-5555-4555-8555-555555555555")
EVIDENCE_SHA256: Final = "e5" * 32
REVIEW_DUE_ON: Final = date(2022, 1, 15)
A_NAME: Final = PersonName(parts=("Amina", "Yusuf", "Karim"), script=Script.LATIN)
BORN: Final = PartialDate.parse("1994-03~")

VERIFIED: Final = IdentityVerified(
    authority="IQ-MOI", method=VerificationMethod.DOCUMENTS, reference="Letter 17 of the ministry"
)
DIED: Final = DeathRecorded(manner=DeathManner.UNLAWFUL_KILLING, facility=AL_HOL, strength=Evidence.VERIFIED)
OPENED: Final = CaseOpened(circumstances=Circumstances.ARRIVAL)
ADMITTED: Final = AdmittedToFacility(facility=AL_HOL)
NAMED: Final = NameRecorded(name_id=NAME, kind=NameKind.FULL, name=A_NAME, strength=Evidence.CLAIMED)
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
TOLD_BIRTH: Final = BirthRecorded(birth=BORN, place="Tal Afar", strength=Evidence.CLAIMED)
CONFIRMED: Final = NationalityConfirmed(country="IQ", authority="IQ-MOI", document="A 12345")
REQUESTED: Final = RepatriationRequested(country="IQ", by=RequestedBy.FAMILY)
APPROVED: Final = RepatriationApproved(country="IQ", authority="IQ-MODM", basis=ApprovalBasis.NATIONALITY)
CLEARED: Final = ClearedToDepart(destination="IQ", evidence_sha256=EVIDENCE_SHA256, expires_on=date(2021, 11, 14))
DEPRIVED: Final = CitizenshipDeprived(
    country="IQ",
    ground=DeprivationGround.PUBLIC_GOOD,
    order_made_on=PartialDate.parse("2019-02-19"),
    effective_from=PartialDate.parse("2019-02-19"),
)
APPEALED: Final = DeprivationAppealLodged(appeal_id=APPEAL, country="IQ", court="IQ-COURT", reference="Case 2021/77")
RESTORED: Final = CitizenshipRestored(
    country="IQ",
    authority="IQ-COURT",
    with_effect_from=PartialDate.parse("2013-02-19"),
    reasons="The order was void from the start.",
)
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
    OPENED,
    CaseClosed(reason=ClosureReason.REPATRIATED),
    CaseReopened(cause=ReopeningCause.CAME_BACK, reason="She is back in the camp with her son."),
    NAMED,
    NameRetracted(name_id=NAME, cause=NameRetractionCause.NAME_OF_ANOTHER, reason="It is her sister's name."),
    TOLD_BIRTH,
    AgeAssessed(method=AssessmentMethod.MULTIDISCIPLINARY, assessor="UN-UNICEF", min_years=15, max_years=17),
    IdentityDocumentRecorded(
        document_id=PAPER,
        kind=PaperKind.IDENTITY_CARD,
        issued_by="IQ-MOI",
        number="A 12345",
        expires_on=date(2024, 5, 31),
        names=(A_NAME,),
    ),
    VERIFIED,
    IdentityDisputed(by_agency="IQ-INSS", cause=DisputeCause.NAMESAKE, reason="Another person has this name."),
    IdentityVerificationRevoked(
        authority="IQ-MOI", cause=RevocationCause.NEW_EVIDENCE, reason="The register shows another person."
    ),
    BiometricReferenceLinked(system="UN-UNHCR-BIMS", reference="B 998877", result=BiometricResult.MATCH),
    SexRecorded(sex=Sex.FEMALE),
    NationalityClaimed(country="IQ", strength=Evidence.DOCUMENTED),
    CONFIRMED,
    DEPRIVED,
    NationalityDisputed(country="IQ", by_agency="IQ-INSS", ground=ContestGround.PARENTAGE_NOT_SHOWN),
    NationalityDenied(country="IQ", authority="IQ-MOI", ground=ContestGround.NOT_IN_REGISTER),
    APPEALED,
    DeprivationAppealDecided(appeal_id=APPEAL, allowed=True, final=True, reasons="No notice had been given."),
    CitizenshipDeprivationWithdrawn(country="IQ", authority="IQ-MOI", reasons="The order rested on a namesake."),
    RESTORED,
    StatelessnessRiskFlagged(cause=RiskCause.DEPRIVATION),
    StatelessnessDetermined(authority="UN-UNHCR", de_jure=True, de_facto=True, reasons="No state owns to her."),
    StatelessnessRiskCleared(cause=RiskEnd.RESTORED),
    ADMITTED,
    MovedToFacility(facility=ROJ, reason=MoveReason.SAFETY, separates_family=True),
    RelocatedWithinFacility(section_id=SECTION),
    ReferredToHospital(facility=ROJ, cause=ReferralCause.CHILDBIRTH),
    ReturnedFromHospital(facility=AL_HOL, outcome=HospitalOutcome.RECOVERED),
    EscapeReported(facility=AL_HOL),
    WhereaboutsLost(
        facility=AL_HOL, last_seen_on=PartialDate.parse("2021-09-20"), circumstances="Her tent was found empty."
    ),
    WhereaboutsRegained(facility=AL_HOL, circumstances="She was staying with her aunt in another phase."),
    SpontaneousReturnReported(country="IQ", circumstances="Her brother telephoned from Tal Afar."),
    ReleasedLocally(
        basis=ReleaseBasis.SPONSORSHIP,
        sponsor_id=SPONSOR,
        sponsor=PersonName(parts=("Salih", "Hamad"), script=Script.LATIN),
        terms="She reports to the council of the town every month.",
    ),
    Recaptured(facility=AL_HOL),
    BornInFacility(facility=AL_HOL, mother=MOTHER, birth=PartialDate.parse("2013-09-28")),
    DIED,
    DeathRecordRetracted(
        target_fact_id=fact_id(3), cause=DeathRetractionCause.SEEN_ALIVE, reason="A nurse spoke with her."
    ),
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


HELD: Final = (OPENED, ADMITTED)
READY: Final = (
    OPENED, TOLD_BIRTH, ADMITTED, VERIFIED, CONFIRMED, ASKED_TO_SCREEN, SCREENED, ASKED_TO_EXAMINE, EXAMINED,
    protection.SAFE, protection.OWN_CONSENT, TRAVEL_PAPER, REQUESTED, APPROVED,
)  # fmt: skip
"""A grown-up held in al-Hol, alone, for whom Iraq's gate is open."""
LEFT: Final = (*READY, CLEARED, Departed(destination="IQ"))

EXAMPLES: Final[tuple[Example, ...]] = (
    Example(
        (),
        OpenCase(
            circumstances=Circumstances.ARRIVAL,
            names=(ToldName(kind=NameKind.FULL, name=A_NAME),),
            birth=ToldBirth(birth=BORN, place="Tal Afar"),
            sex=Sex.FEMALE,
            nationality=ToldNationality(country="IQ"),
        ),
        (
            "case.case-opened",
            "case.name-recorded",
            "case.birth-recorded",
            "case.sex-recorded",
            "case.nationality-claimed",
        ),
    ),
    Example(
        (*LEFT, ArrivedInCountry(country="IQ")), CloseCase(reason=ClosureReason.REPATRIATED), ("case.case-closed",)
    ),
    Example(
        (*HELD, CaseClosed(reason=ClosureReason.LOST_CONTACT)),
        ReopenCase(cause=ReopeningCause.CONTACT_REGAINED),
        ("case.case-reopened",),
    ),
    Example(
        (),
        RegisterBirth(facility=AL_HOL, mother=MOTHER, birth=PartialDate.parse("2021-10-12"), sex=Sex.FEMALE),
        ("case.case-opened", "case.born-in-facility", "case.admitted-to-facility", "case.sex-recorded"),
    ),
    Example(
        (*HELD, DIED),
        RetractDeathRecord(target_fact_id=fact_id(3), cause=DeathRetractionCause.SEEN_ALIVE),
        ("case.death-record-retracted",),
    ),
    Example(HELD, RecordName(kind=NameKind.FULL, name=A_NAME), ("case.name-recorded",)),
    Example(HELD, RecordBirth(birth=BORN, place="Tal Afar"), ("case.birth-recorded",)),
    Example(HELD, RecordSex(sex=Sex.FEMALE), ("case.sex-recorded",)),
    Example(
        (*HELD, NAMED),
        RetractName(name_id=NAME, cause=NameRetractionCause.MISHEARD, reason="Her mother spelt it out."),
        ("case.name-retracted",),
    ),
    Example(
        HELD,
        RecordAgeAssessment(
            method=AssessmentMethod.MULTIDISCIPLINARY, assessor="UN-UNICEF", min_years=15, max_years=17
        ),
        ("case.age-assessed",),
    ),
    Example(
        HELD,
        RecordIdentityDocument(kind=PaperKind.CAMP_CARD, issued_by="UN-UNHCR", number="HOL-2019-4711", names=(A_NAME,)),
        ("case.identity-document-recorded",),
    ),
    Example(
        HELD,
        VerifyIdentity(authority="IQ-MOI", method=VerificationMethod.DOCUMENTS, reference="Letter 17 of the ministry"),
        ("case.identity-verified",),
    ),
    Example(
        (*READY, CLEARED),
        DisputeIdentity(by_agency="IQ-INSS", cause=DisputeCause.CLAIMED_BY_ANOTHER),
        ("case.identity-disputed", "case.clearance-withdrawn"),
    ),
    Example(
        (*READY, VERIFIED, CLEARED),
        RevokeIdentityVerification(authority="IQ-MOI", cause=RevocationCause.NEW_EVIDENCE),
        ("case.identity-verification-revoked", "case.clearance-withdrawn"),
    ),
    Example(
        HELD,
        LinkBiometricReference(system="UN-UNHCR-BIMS", reference="B 998877", result=BiometricResult.NO_MATCH),
        ("case.biometric-reference-linked",),
    ),
    Example(HELD, ClaimNationality(country="IQ", strength=Evidence.DOCUMENTED), ("case.nationality-claimed",)),
    Example(
        HELD, ConfirmNationality(country="IQ", authority="IQ-MOI", document="A 12345"), ("case.nationality-confirmed",)
    ),
    Example(
        (*READY, CLEARED),
        RecordCitizenshipDeprivation(
            country="IQ",
            ground=DeprivationGround.PUBLIC_GOOD,
            order_made_on=PartialDate.parse("2021-10-14"),
            effective_from=PartialDate.parse("2021-11"),
        ),
        (
            "case.citizenship-deprived",
            "case.clearance-withdrawn",
            "case.statelessness-risk-flagged",
            "case.task-raised",
            "case.task-raised",
        ),
    ),
    Example(
        (*READY, CLEARED),
        DisputeNationality(country="IQ", by_agency="IQ-INSS", ground=ContestGround.DOCUMENT_NOT_GENUINE),
        ("case.nationality-disputed", "case.clearance-withdrawn"),
    ),
    Example(
        (*READY, CLEARED),
        DenyNationality(country="IQ", authority="IQ-MOI", ground=ContestGround.NOT_IN_REGISTER),
        (
            "case.nationality-denied",
            "case.clearance-withdrawn",
            "case.statelessness-risk-flagged",
            "case.task-raised",
            "case.task-raised",
        ),
    ),
    Example(
        (*HELD, CONFIRMED, DEPRIVED),
        RecordDeprivationAppeal(country="IQ", court="IQ-COURT", reference="Case 2021/77"),
        ("case.deprivation-appeal-lodged",),
    ),
    Example(
        (*HELD, CONFIRMED, DEPRIVED, APPEALED),
        RecordDeprivationAppealDecision(appeal_id=APPEAL, allowed=True, final=True),
        ("case.deprivation-appeal-decided", "case.statelessness-risk-cleared"),
    ),
    Example(
        (*HELD, CONFIRMED, DEPRIVED),
        RecordDeprivationWithdrawal(country="IQ", authority="IQ-MOI"),
        ("case.citizenship-deprivation-withdrawn", "case.statelessness-risk-cleared"),
    ),
    Example(
        (*HELD, CONFIRMED, DEPRIVED),
        RecordCitizenshipRestoration(
            country="IQ", authority="IQ-COURT", with_effect_from=PartialDate.parse("2019-02-19")
        ),
        ("case.citizenship-restored", "case.statelessness-risk-cleared"),
    ),
    Example(
        HELD,
        FlagStatelessnessRisk(cause=RiskCause.UNREGISTERED_BIRTH),
        ("case.statelessness-risk-flagged", "case.task-raised"),
    ),
    Example(
        HELD,
        DetermineStatelessness(authority="UN-UNHCR", de_jure=False, de_facto=True),
        ("case.statelessness-determined",),
    ),
    Example(
        (*HELD, StatelessnessRiskFlagged(cause=RiskCause.NO_EVIDENCE)),
        ClearStatelessnessRisk(cause=RiskEnd.FLAGGED_IN_ERROR),
        ("case.statelessness-risk-cleared",),
    ),
    Example((OPENED,), AdmitToFacility(facility=AL_HOL), ("case.admitted-to-facility",)),
    Example(
        (*READY, CLEARED),
        MoveToFacility(facility=ROJ, reason=MoveReason.SAFETY),
        ("case.moved-to-facility", "case.clearance-withdrawn"),
    ),
    Example(HELD, RelocateWithinFacility(section_id=SECTION), ("case.relocated-within-facility",)),
    Example(
        (*READY, CLEARED),
        ReferToHospital(facility=ROJ, cause=ReferralCause.ILLNESS),
        ("case.referred-to-hospital", "case.clearance-withdrawn"),
    ),
    Example(
        (*HELD, ReferredToHospital(facility=ROJ, cause=ReferralCause.INJURY)),
        RecordReturnFromHospital(facility=AL_HOL, outcome=HospitalOutcome.TREATMENT_CONTINUES),
        ("case.returned-from-hospital",),
    ),
    Example(
        (*READY, CLEARED),
        ReportWhereaboutsLost(facility=AL_HOL, last_seen_on=PartialDate.parse("2021-10-10")),
        ("case.whereabouts-lost", "case.clearance-withdrawn"),
    ),
    Example(
        (*HELD, WhereaboutsLost(facility=AL_HOL, last_seen_on=None, circumstances=None)),
        RecordWhereaboutsRegained(facility=ROJ),
        ("case.whereabouts-regained",),
    ),
    Example(
        (*HELD, EscapeReported(facility=AL_HOL)),
        ReportSpontaneousReturn(country="IQ", circumstances="Her brother telephoned from Tal Afar."),
        ("case.spontaneous-return-reported",),
    ),
    Example(
        (*READY, CLEARED),
        ReportLocalRelease(
            basis=ReleaseBasis.SPONSORSHIP, sponsor=PersonName(parts=("Salih", "Hamad"), script=Script.LATIN)
        ),
        ("case.released-locally", "case.clearance-withdrawn"),
    ),
    Example((*READY, CLEARED), ReportEscape(facility=AL_HOL), ("case.escape-reported", "case.clearance-withdrawn")),
    Example((*HELD, EscapeReported(facility=AL_HOL)), RecordRecapture(facility=AL_HOL), ("case.recaptured",)),
    Example(
        (*READY, CLEARED),
        RecordDeath(manner=DeathManner.ILLNESS, facility=AL_HOL, strength=Evidence.VERIFIED),
        ("case.death-recorded", "case.clearance-withdrawn"),
    ),
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
