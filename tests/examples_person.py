"""Canonical examples of who somebody is, of which states, where they are and whether they live, invented."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

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
from domain.case.assessment import AgeAssessed, AssessmentMethod, RecordAgeAssessment
from domain.case.births import RegisterBirth
from domain.case.contested import (
    ContestGround,
    DenyNationality,
    DisputeNationality,
    NationalityDenied,
    NationalityDisputed,
)
from domain.case.decisions import ApprovalBasis, RepatriationApproved
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
from domain.case.journey import ArrivedInCountry, ClearedToDepart, Departed
from domain.case.life import (
    DeathManner,
    DeathRecorded,
    DeathRecordRetracted,
    DeathRetractionCause,
    RecordDeath,
    RetractDeathRecord,
)
from domain.case.nationality import ClaimNationality, ConfirmNationality, NationalityClaimed, NationalityConfirmed
from domain.case.newborn import BornInFacility
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
from domain.case.spontaneous_return import ReportSpontaneousReturn, SpontaneousReturnReported
from domain.case.statelessness import (
    RiskCause,
    RiskEnd,
    StatelessnessDetermined,
    StatelessnessRiskCleared,
    StatelessnessRiskFlagged,
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
from domain.kernel import Fact
from domain.values import Evidence, NameKind, PersonName, Script, Sex
from tests.examples_record import OTHER_CASE, Told, fact_id

AL_HOL: Final = UUID("11111111-1111-4111-8111-111111111111")
ROJ: Final = UUID("22222222-2222-4222-8222-222222222222")
MOTHER: Final = UUID("57575757-5757-4575-8575-575757575757")
SECTION: Final = UUID("58585858-5858-4585-8585-585858585858")
SPONSOR: Final = UUID("5a5a5a5a-5a5a-45a5-85a5-5a5a5a5a5a5a")
APPEAL: Final = UUID("5b5b5b5b-5b5b-45b5-85b5-5b5b5b5b5b5b")
PAPER: Final = UUID("56565656-5656-4565-8565-565656565656")
NAME: Final = UUID("55555555-5555-4555-8555-555555555555")
A_NAME: Final = PersonName(parts=("Amina", "Yusuf", "Karim"), script=Script.LATIN)
BORN: Final = PartialDate.parse("1994-03~")
VERIFIED: Final = IdentityVerified(
    authority="IQ-MOI", method=VerificationMethod.DOCUMENTS, reference="Letter 17 of the ministry"
)
DIED: Final = DeathRecorded(manner=DeathManner.UNLAWFUL_KILLING, facility=AL_HOL, strength=Evidence.VERIFIED)
OPENED: Final = CaseOpened(circumstances=Circumstances.ARRIVAL)
ADMITTED: Final = AdmittedToFacility(facility=AL_HOL)
NAMED: Final = NameRecorded(name_id=NAME, kind=NameKind.FULL, name=A_NAME, strength=Evidence.CLAIMED)
TOLD_BIRTH: Final = BirthRecorded(birth=BORN, place="Tal Afar", strength=Evidence.CLAIMED)
CONFIRMED: Final = NationalityConfirmed(country="IQ", authority="IQ-MOI", document="A 12345")
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

HELD: Final = (OPENED, ADMITTED)
EVIDENCE_SHA256: Final = "e5" * 32
APPROVED: Final = RepatriationApproved(country="IQ", authority="IQ-MODM", basis=ApprovalBasis.NATIONALITY)
CLEARED: Final = ClearedToDepart(destination="IQ", evidence_sha256=EVIDENCE_SHA256, expires_on=date(2021, 11, 14))
GOING: Final = (*HELD, CONFIRMED, APPROVED, CLEARED)
"""Cleared for Iraq as its national."""

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
)
EXAMPLES: Final[tuple[Told, ...]] = (
    (
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
    (
        (*GOING, Departed(destination="IQ"), ArrivedInCountry(country="IQ")),
        CloseCase(reason=ClosureReason.REPATRIATED),
        ("case.case-closed",),
    ),
    (
        (*HELD, CaseClosed(reason=ClosureReason.LOST_CONTACT)),
        ReopenCase(cause=ReopeningCause.CONTACT_REGAINED),
        ("case.case-reopened",),
    ),
    (
        (),
        RegisterBirth(facility=AL_HOL, mother=OTHER_CASE, birth=PartialDate.parse("2021-10-12"), sex=Sex.FEMALE),
        (
            "case.case-opened",
            "case.born-in-facility",
            "case.admitted-to-facility",
            "case.sex-recorded",
            "case.kin-linked",
        ),
        "IQ-INSS",
        (OPENED,),
    ),
    (
        (*HELD, DIED),
        RetractDeathRecord(target_fact_id=fact_id(3), cause=DeathRetractionCause.SEEN_ALIVE),
        ("case.death-record-retracted",),
    ),
    (HELD, RecordName(kind=NameKind.FULL, name=A_NAME), ("case.name-recorded",)),
    (HELD, RecordBirth(birth=BORN, place="Tal Afar"), ("case.birth-recorded",)),
    (HELD, RecordSex(sex=Sex.FEMALE), ("case.sex-recorded",)),
    (
        (*HELD, NAMED),
        RetractName(name_id=NAME, cause=NameRetractionCause.MISHEARD, reason="Her mother spelt it out."),
        ("case.name-retracted",),
    ),
    (
        HELD,
        RecordAgeAssessment(
            method=AssessmentMethod.MULTIDISCIPLINARY, assessor="UN-UNICEF", min_years=15, max_years=17
        ),
        ("case.age-assessed",),
    ),
    (
        HELD,
        RecordIdentityDocument(kind=PaperKind.CAMP_CARD, issued_by="UN-UNHCR", number="HOL-2019-4711", names=(A_NAME,)),
        ("case.identity-document-recorded",),
    ),
    (
        HELD,
        VerifyIdentity(authority="IQ-MOI", method=VerificationMethod.DOCUMENTS, reference="Letter 17 of the ministry"),
        ("case.identity-verified",),
    ),
    (
        GOING,
        DisputeIdentity(by_agency="IQ-INSS", cause=DisputeCause.CLAIMED_BY_ANOTHER),
        ("case.identity-disputed", "case.clearance-withdrawn", "case.flag-raised"),
    ),
    (
        (*GOING, VERIFIED),
        RevokeIdentityVerification(authority="IQ-MOI", cause=RevocationCause.NEW_EVIDENCE),
        ("case.identity-verification-revoked", "case.clearance-withdrawn"),
    ),
    (
        HELD,
        LinkBiometricReference(system="UN-UNHCR-BIMS", reference="B 998877", result=BiometricResult.NO_MATCH),
        ("case.biometric-reference-linked",),
    ),
    (HELD, ClaimNationality(country="IQ", strength=Evidence.DOCUMENTED), ("case.nationality-claimed",)),
    (HELD, ConfirmNationality(country="IQ", authority="IQ-MOI", document="A 12345"), ("case.nationality-confirmed",)),
    (
        GOING,
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
    (
        GOING,
        DisputeNationality(country="IQ", by_agency="IQ-INSS", ground=ContestGround.DOCUMENT_NOT_GENUINE),
        ("case.nationality-disputed", "case.clearance-withdrawn"),
    ),
    (
        GOING,
        DenyNationality(country="IQ", authority="IQ-MOI", ground=ContestGround.NOT_IN_REGISTER),
        (
            "case.nationality-denied",
            "case.clearance-withdrawn",
            "case.statelessness-risk-flagged",
            "case.task-raised",
            "case.task-raised",
        ),
    ),
    (
        (*HELD, CONFIRMED, DEPRIVED),
        RecordDeprivationAppeal(country="IQ", court="IQ-COURT", reference="Case 2021/77"),
        ("case.deprivation-appeal-lodged",),
    ),
    (
        (*HELD, CONFIRMED, DEPRIVED, APPEALED),
        RecordDeprivationAppealDecision(appeal_id=APPEAL, allowed=True, final=True),
        ("case.deprivation-appeal-decided", "case.statelessness-risk-cleared"),
    ),
    (
        (*HELD, CONFIRMED, DEPRIVED),
        RecordDeprivationWithdrawal(country="IQ", authority="IQ-MOI"),
        ("case.citizenship-deprivation-withdrawn", "case.statelessness-risk-cleared"),
    ),
    (
        (*HELD, CONFIRMED, DEPRIVED),
        RecordCitizenshipRestoration(
            country="IQ", authority="IQ-COURT", with_effect_from=PartialDate.parse("2019-02-19")
        ),
        ("case.citizenship-restored", "case.statelessness-risk-cleared"),
    ),
    (
        HELD,
        FlagStatelessnessRisk(cause=RiskCause.UNREGISTERED_BIRTH),
        ("case.statelessness-risk-flagged", "case.task-raised"),
    ),
    (
        HELD,
        DetermineStatelessness(authority="UN-UNHCR", de_jure=False, de_facto=True),
        ("case.statelessness-determined",),
    ),
    (
        (*HELD, StatelessnessRiskFlagged(cause=RiskCause.NO_EVIDENCE)),
        ClearStatelessnessRisk(cause=RiskEnd.FLAGGED_IN_ERROR),
        ("case.statelessness-risk-cleared",),
    ),
    ((OPENED,), AdmitToFacility(facility=AL_HOL), ("case.admitted-to-facility",)),
    (
        GOING,
        MoveToFacility(facility=ROJ, reason=MoveReason.SAFETY),
        ("case.moved-to-facility", "case.clearance-withdrawn"),
    ),
    (HELD, RelocateWithinFacility(section_id=SECTION), ("case.relocated-within-facility",)),
    (
        GOING,
        ReferToHospital(facility=ROJ, cause=ReferralCause.ILLNESS),
        ("case.referred-to-hospital", "case.clearance-withdrawn"),
    ),
    (
        (*HELD, ReferredToHospital(facility=ROJ, cause=ReferralCause.INJURY)),
        RecordReturnFromHospital(facility=AL_HOL, outcome=HospitalOutcome.TREATMENT_CONTINUES),
        ("case.returned-from-hospital",),
    ),
    (
        GOING,
        ReportWhereaboutsLost(facility=AL_HOL, last_seen_on=PartialDate.parse("2021-10-10")),
        ("case.whereabouts-lost", "case.clearance-withdrawn"),
    ),
    (
        (*HELD, WhereaboutsLost(facility=AL_HOL, last_seen_on=None, circumstances=None)),
        RecordWhereaboutsRegained(facility=ROJ),
        ("case.whereabouts-regained",),
    ),
    (
        (*HELD, EscapeReported(facility=AL_HOL)),
        ReportSpontaneousReturn(country="IQ", circumstances="Her brother telephoned from Tal Afar."),
        ("case.spontaneous-return-reported",),
    ),
    (
        GOING,
        ReportLocalRelease(
            basis=ReleaseBasis.SPONSORSHIP, sponsor=PersonName(parts=("Salih", "Hamad"), script=Script.LATIN)
        ),
        ("case.released-locally", "case.clearance-withdrawn"),
    ),
    (
        GOING,
        ReportEscape(facility=AL_HOL),
        ("case.escape-reported", "case.clearance-withdrawn"),
    ),
    ((*HELD, EscapeReported(facility=AL_HOL)), RecordRecapture(facility=AL_HOL), ("case.recaptured",)),
    (
        GOING,
        RecordDeath(manner=DeathManner.ILLNESS, facility=AL_HOL, strength=Evidence.VERIFIED),
        ("case.death-recorded", "case.clearance-withdrawn"),
    ),
)
"""Facts given, a request, and the topics that it yields."""
