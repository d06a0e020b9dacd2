"""The publication table: which facts leave the house, under which name, and which of their fields.

Nothing leaves unless it is listed here. Only open fields are listed: codes, countries, facilities and dates to the day.
Agencies are not named to everybody; ids of blocks, screenings and names, and digests, never leave: they
would join what each view keeps apart. What a screening found stays in the house: it would brand the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from domain.break_glass import AccessReviewed, GlassBroken
from domain.case.absence import EscapeReported, Recaptured, WhereaboutsLost, WhereaboutsRegained
from domain.case.assessment import AgeAssessed
from domain.case.block_reviews import SecurityBlockLiftProposed, SecurityBlockReviewed, SecurityBlockReviewOverdue
from domain.case.blocks import SecurityBlockImposed, SecurityBlockLifted
from domain.case.contested import NationalityDenied, NationalityDisputed
from domain.case.decisions import RepatriationApproved, RepatriationRefused, RepatriationRequested
from domain.case.deprivation import CitizenshipDeprived
from domain.case.documents import BiometricReferenceLinked, IdentityDocumentRecorded
from domain.case.hospital import ReferredToHospital, ReturnedFromHospital
from domain.case.identity import BirthRecorded, NameRecorded, NameRetracted, SexRecorded
from domain.case.journey import (
    ArrivedInCountry,
    ClearanceWithdrawn,
    ClearedToDepart,
    Departed,
    HandedOver,
    RepatriationRecorded,
)
from domain.case.life import DeathRecorded, DeathRecordRetracted
from domain.case.manifests import PlacedOnManifest, RemovedFromManifest
from domain.case.nationality import NationalityClaimed, NationalityConfirmed
from domain.case.newborn import BornInFacility
from domain.case.papers import ReceptionPlanApproved, TravelDocumentCancelled, TravelDocumentIssued
from domain.case.protection import CareStatusDetermined
from domain.case.record import (
    AccessRestricted,
    CaseAbsorbed,
    CaseMergedInto,
    MergeReversed,
    PersonErased,
    RetentionHoldPlaced,
    RetentionHoldReleased,
)
from domain.case.registration import CaseClosed, CaseOpened, CaseReopened
from domain.case.release import ReleasedLocally
from domain.case.restoration import (
    CitizenshipDeprivationWithdrawn,
    CitizenshipRestored,
    DeprivationAppealDecided,
    DeprivationAppealLodged,
)
from domain.case.reversals import ScreeningCancelled, ScreeningResultReversed
from domain.case.reviews import ApprovalRevoked, RefusalReviewDecided, RefusalReviewRequested
from domain.case.screening import ScreeningCompleted, ScreeningRequested
from domain.case.spontaneous_return import SpontaneousReturnReported
from domain.case.statelessness import StatelessnessDetermined, StatelessnessRiskCleared, StatelessnessRiskFlagged
from domain.case.transfers import ReturnedAfterAbort, UnclearedTransferReported
from domain.case.verification import IdentityDisputed, IdentityVerificationRevoked, IdentityVerified
from domain.case.whereabouts import AdmittedToFacility, MovedToFacility, RelocatedWithinFacility
from domain.case.work import (
    CaseAssigned,
    DocumentAttached,
    FlagRaised,
    FlagResolved,
    NoteAdded,
    ReferralAccepted,
    ReferralDeclined,
    ReferralMade,
    TaskCancelled,
    TaskDone,
    TaskRaised,
)
from domain.confided import CONFIDED
from domain.corrections import FactCorrected, FactRetracted
from domain.facility import FacilityRegistered
from domain.kernel import Fact
from domain.subject_request.facts import (
    AccessAnswered,
    AccessRequested,
    ErasureApproved,
    ErasureRefused,
    ErasureRequested,
    RectificationAnswered,
    RectificationRequested,
    SubjectKeyDestroyed,
)

REVERSE_DNS: Final = "org.homeward"


@dataclass(frozen=True, slots=True)
class Published:
    """How one fact leaves: its type name, and its fields."""

    type: str
    """``org.homeward.case.departed.v1``; a change that breaks a reader is a new type beside the old one."""
    fields: tuple[str, ...]
    """Tier 0: what every consumer sees."""


def _leaves(fact: type[Fact], *fields: str, version: int = 1) -> tuple[str, Published]:
    return fact.topic, Published(f"{REVERSE_DNS}.{fact.topic}.v{version}", fields)


PUBLICATION: Final[Mapping[str, Published]] = dict(
    (
        _leaves(CaseOpened, "circumstances"),
        _leaves(CaseClosed, "reason"),
        _leaves(CaseReopened, "cause"),
        _leaves(NameRecorded),
        _leaves(NameRetracted),
        _leaves(BirthRecorded),
        _leaves(AgeAssessed),
        _leaves(IdentityDocumentRecorded),
        _leaves(IdentityVerified),
        _leaves(SexRecorded),
        _leaves(NationalityClaimed, "country", "strength"),
        _leaves(NationalityConfirmed, "country"),
        _leaves(CitizenshipDeprived, "country", "order_made_on", "effective_from"),
        _leaves(DeprivationAppealLodged, "country"),
        _leaves(DeprivationAppealDecided, "allowed", "final"),
        _leaves(CitizenshipDeprivationWithdrawn, "country"),
        _leaves(CitizenshipRestored, "country", "with_effect_from"),
        _leaves(StatelessnessRiskFlagged),
        _leaves(StatelessnessDetermined),
        _leaves(StatelessnessRiskCleared),
        _leaves(AdmittedToFacility, "facility"),
        _leaves(MovedToFacility, "facility", "reason"),
        _leaves(RelocatedWithinFacility),
        _leaves(EscapeReported, "facility"),
        _leaves(Recaptured, "facility"),
        _leaves(WhereaboutsLost, "facility", "last_seen_on"),
        _leaves(WhereaboutsRegained, "facility"),
        _leaves(SpontaneousReturnReported, "country"),
        _leaves(ReleasedLocally),
        _leaves(DeathRecorded, "facility", "strength"),
        _leaves(DeathRecordRetracted),
        _leaves(CareStatusDetermined),
        _leaves(ScreeningRequested, "kind", "destination", "due_on"),
        _leaves(ScreeningCompleted),
        _leaves(ScreeningResultReversed),
        _leaves(ScreeningCancelled, "cause"),
        _leaves(SecurityBlockImposed, "review_due_on"),
        _leaves(SecurityBlockReviewed, "review_due_on"),
        _leaves(SecurityBlockReviewOverdue, "overdue_since"),
        _leaves(SecurityBlockLifted, "authority"),
        _leaves(RepatriationRequested, "country", "by"),
        _leaves(RepatriationApproved, "country", "basis"),
        _leaves(RepatriationRefused, "country", "notified_on"),
        _leaves(RefusalReviewRequested, "country"),
        _leaves(RefusalReviewDecided, "country", "upheld"),
        _leaves(ApprovalRevoked, "country"),
        _leaves(TravelDocumentIssued, "kind", "valid_until"),
        _leaves(TravelDocumentCancelled),
        _leaves(ClearedToDepart, "destination", "expires_on"),
        _leaves(ClearanceWithdrawn),
        _leaves(PlacedOnManifest),
        _leaves(RemovedFromManifest, "cause"),
        _leaves(Departed, "destination"),
        _leaves(UnclearedTransferReported, "destination"),
        _leaves(ReturnedAfterAbort, "facility"),
        _leaves(HandedOver, "country"),
        _leaves(ArrivedInCountry, "country"),
        _leaves(RepatriationRecorded, "country"),
        _leaves(FactCorrected, "target_fact_id"),
        _leaves(FactRetracted, "target_fact_id"),
        _leaves(CaseMergedInto),
        _leaves(CaseAbsorbed),
        _leaves(MergeReversed),
        _leaves(PersonErased),
        _leaves(FacilityRegistered, "code", "name", "kind", "country"),
    )
)
"""Topic → how it leaves. A fact that is not listed does not leave."""

_STAYING: Final[tuple[type[Fact], ...]] = (
    NationalityDisputed,
    NationalityDenied,
    BornInFacility,
    ReferredToHospital,
    ReturnedFromHospital,
    IdentityDisputed,
    IdentityVerificationRevoked,
    BiometricReferenceLinked,
    ReceptionPlanApproved,
    SecurityBlockLiftProposed,
    # how an office works on a case
    CaseAssigned,
    TaskRaised,
    TaskDone,
    TaskCancelled,
    NoteAdded,
    DocumentAttached,
    FlagRaised,
    FlagResolved,
    ReferralMade,
    ReferralAccepted,
    ReferralDeclined,
    # what would brand the person
    RetentionHoldPlaced,
    RetentionHoldReleased,
    AccessRestricted,
    AccessRequested,
    AccessAnswered,
    RectificationRequested,
    RectificationAnswered,
    ErasureRequested,
    ErasureApproved,
    ErasureRefused,
    SubjectKeyDestroyed,
    GlassBroken,
    AccessReviewed,
    *CONFIDED,
)

STAYS: Final[frozenset[str]] = frozenset(fact.topic for fact in _STAYING)
"""Topics of facts that stay in the house on purpose: that they happened would itself tell too much."""
