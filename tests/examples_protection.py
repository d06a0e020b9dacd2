"""Canonical examples of protection, kin, consent and assurances, invented."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from domain.case.assurances import (
    AssuranceAccepted,
    AssuranceBreachReported,
    AssuranceReceived,
    AssuranceRejected,
    AssuranceRequested,
    Promise,
    Weighed,
)
from domain.case.assuring import (
    AcceptAssurance,
    RecordAssurance,
    RejectAssurance,
    ReportAssuranceBreach,
    RequestAssurance,
)
from domain.case.best_interests import (
    AssessmentOutcome,
    BestInterestsAssessed,
    BestInterestsDetermined,
    BestInterestsReopened,
    DeterminedOutcome,
    ReopenCause,
)
from domain.case.child_views import ChildViewsHeard, ChildWish, HearChildViews
from domain.case.consent import ConsentBasis, ConsentGiven, ConsentRefused, ConsentScope, ConsentWithdrawn
from domain.case.consenting import RecordConsent, RecordConsentRefusal, RecordConsentWithdrawal
from domain.case.guardianship import (
    AppointGuardian,
    EndGuardianship,
    GuardianAppointed,
    GuardianshipEnd,
    GuardianshipEnded,
)
from domain.case.identity import BirthRecorded
from domain.case.interests_procedure import AssessBestInterests, DetermineBestInterests, ReopenBestInterests
from domain.case.journey import ClearedToDepart
from domain.case.kin import KinLinked, KinRefuted, RefutedBy, Relation
from domain.case.majority import MajorityReached, RecordMajority
from domain.case.needs import (
    IdentifySpecificNeed,
    NeedOutcome,
    ResolveSpecificNeed,
    SpecificNeed,
    SpecificNeedIdentified,
    SpecificNeedResolved,
)
from domain.case.refoulement import (
    AssessNonRefoulement,
    Feared,
    FearOfReturnExpressed,
    NonRefoulementAssessed,
    RecordFearOfReturn,
    RiskOutcome,
)
from domain.case.registration import CaseOpened, Circumstances
from domain.case.relatives import LinkKin, RefuteKin
from domain.case.ripples import NoteLossOfCarer, NoteParentDeprived, NoteSeparation
from domain.dates import PartialDate
from domain.kernel import Fact
from domain.values import Evidence, PersonName, Script
from tests.examples_record import OTHER_CASE, Told

MOTHER: Final = UUID("a1111111-1111-4111-8111-111111111111")
GUARDIAN: Final = UUID("a2222222-2222-4222-8222-222222222222")
INTERPRETER: Final = UUID("a3333333-3333-4333-8333-333333333333")
NEED: Final = UUID("a4444444-4444-4444-8444-444444444444")
CONSENT: Final = UUID("a5555555-5555-4555-8555-555555555555")
ASSURANCE: Final = UUID("a6666666-6666-4666-8666-666666666666")
KIN: Final = UUID("a7777777-7777-4777-8777-777777777777")
PANEL: Final = (UUID("a8888888-8888-4888-8888-888888888888"), UUID("a9999999-9999-4999-8999-999999999999"))
"""Two officers who neither clear nor work on the case."""
A_MOTHER: Final = PersonName(parts=("Zahra", "Ali", "Hasan"), script=Script.LATIN)
A_GUARDIAN: Final = PersonName(parts=("Noor", "Salim"), script=Script.LATIN)
NEXT_APRIL: Final = date(2022, 4, 1)

APPOINTED: Final = GuardianAppointed(
    guardian_id=GUARDIAN, authority="SY-AANES", guardian=A_GUARDIAN, order="Order 12 of 2021"
)
ASSESSED: Final = BestInterestsAssessed(assessor="UN-UNICEF", outcome=AssessmentOutcome.NOTHING_AGAINST)
DETERMINED: Final = BestInterestsDetermined(
    panel=PANEL,
    valid_until=NEXT_APRIL,
    destination="IQ",
    outcome=DeterminedOutcome.TRANSFER,
    reasons="An aunt in Mosul takes the child in; she was visited.",
)
HEARD: Final = ChildViewsHeard(
    interpreter_id=INTERPRETER, capable=True, views=ChildWish.TO_GO, account="I want to go to my aunt."
)
SAFE: Final = NonRefoulementAssessed(
    assessor="UN-UNHCR",
    valid_until=NEXT_APRIL,
    country="IQ",
    outcome=RiskOutcome.NO_REAL_RISK,
    reasons="No ground to believe that the person is in danger.",
)
AFRAID: Final = FearOfReturnExpressed(country="IQ", fear=Feared.VIOLENCE_OF_OTHERS, account="My uncle has sworn it.")
LINKED: Final = KinLinked(
    kin_id=KIN, strength=Evidence.DOCUMENTED, person=MOTHER, relation=Relation.MOTHER, primary_caregiver=True
)
CONSENTED: Final = ConsentGiven(
    consent_id=CONSENT,
    scope=ConsentScope.TRANSFER,
    destination="IQ",
    given_by=MOTHER,
    basis=ConsentBasis.INFORMED,
    interpreter_id=INTERPRETER,
    giver=A_MOTHER,
)
"""The mother agrees on behalf of her child."""
OWN_CONSENT: Final = CONSENTED.model_copy(update={"given_by": None, "giver": None})
"""The person agrees."""
ASSURANCE_ASKED: Final = AssuranceRequested(
    assurance_id=ASSURANCE, country="IQ", promises=(Promise.NO_DEATH_PENALTY, Promise.FAIR_TRIAL)
)
ASSURED: Final = AssuranceReceived(
    assurance_id=ASSURANCE,
    country="IQ",
    valid_until=NEXT_APRIL,
    no_death_penalty=True,
    fair_trial=True,
    no_torture=True,
    monitoring=False,
    reference="Note verbale 44/2021",
)
BELIEVED: Final = AssuranceAccepted(
    assurance_id=ASSURANCE, authority="UN-OHCHR", reasons=(Weighed.SPECIFIC, Weighed.KEPT_BEFORE)
)

FACTS: Final[tuple[Fact, ...]] = (
    SpecificNeedIdentified(need_id=NEED, need=SpecificNeed.SERIOUS_ILLNESS),
    SpecificNeedResolved(need_id=NEED, outcome=NeedOutcome.MET),
    APPOINTED,
    GuardianshipEnded(guardian_id=GUARDIAN, cause=GuardianshipEnd.FAMILY_REUNITED),
    ASSESSED,
    DETERMINED,
    BestInterestsReopened(cause=ReopenCause.FAMILY_TRACED),
    HEARD,
    SAFE,
    AFRAID,
    MajorityReached(),
    LINKED,
    KinRefuted(kin_id=KIN, cause=RefutedBy.DNA),
    CONSENTED,
    ConsentRefused(scope=ConsentScope.TRANSFER, destination="IQ", given_by=MOTHER, reason="She was told to stay."),
    ConsentWithdrawn(consent_id=CONSENT, given_by=MOTHER, reason="She was threatened in the night."),
    ASSURANCE_ASKED,
    ASSURED,
    BELIEVED,
    AssuranceRejected(assurance_id=ASSURANCE, authority="UN-OHCHR", reasons=(Weighed.VAGUE,)),
    AssuranceBreachReported(assurance_id=ASSURANCE, breach=Promise.MONITORING, account="Nobody was let in."),
)

OPENED: Final = CaseOpened(circumstances=Circumstances.ARRIVAL)
CLEARED: Final = ClearedToDepart(destination="IQ", evidence_sha256="e5" * 32, expires_on=date(2021, 11, 14))
CLEARED_FOR_TURKEY: Final = CLEARED.model_copy(update={"destination": "TR"})
ASSURED_BY_TURKEY: Final = ASSURED.model_copy(update={"country": "TR"})
GROWN_UP: Final = BirthRecorded(birth=PartialDate.parse("2003-09"), place="Tal Afar", strength=Evidence.DOCUMENTED)

EXAMPLES: Final[tuple[Told, ...]] = (
    (
        (OPENED,),
        IdentifySpecificNeed(need=SpecificNeed.PREGNANT_OR_NURSING),
        ("case.specific-need-identified",),
    ),
    (
        (OPENED, SpecificNeedIdentified(need_id=NEED, need=SpecificNeed.LEGAL)),
        ResolveSpecificNeed(need_id=NEED, outcome=NeedOutcome.MET),
        ("case.specific-need-resolved",),
    ),
    (
        (OPENED,),
        AppointGuardian(guardian=A_GUARDIAN, authority="SY-AANES", order="Order 12 of 2021"),
        ("case.guardian-appointed",),
    ),
    (
        (OPENED, APPOINTED, CLEARED),
        EndGuardianship(guardian_id=GUARDIAN, cause=GuardianshipEnd.RESIGNED),
        ("case.guardianship-ended", "case.clearance-withdrawn"),
    ),
    (
        (OPENED, CLEARED),
        AssessBestInterests(outcome=AssessmentOutcome.DETERMINATION_NEEDED),
        ("case.best-interests-assessed", "case.clearance-withdrawn"),
    ),
    (
        (OPENED, ASSESSED),
        DetermineBestInterests(
            panel=PANEL,
            destination="IQ",
            outcome=DeterminedOutcome.TRANSFER,
            valid_until=NEXT_APRIL,
            reasons="An aunt in Mosul takes the child in; she was visited.",
        ),
        ("case.best-interests-determined",),
    ),
    (
        (OPENED, ASSESSED, DETERMINED, CLEARED),
        ReopenBestInterests(cause=ReopenCause.NEW_INFORMATION),
        ("case.best-interests-reopened", "case.clearance-withdrawn"),
    ),
    (
        (OPENED, HEARD, CLEARED),
        HearChildViews(views=ChildWish.TO_STAY, interpreter_id=INTERPRETER, account="Not without my brother."),
        ("case.child-views-heard", "case.clearance-withdrawn"),
    ),
    (
        (OPENED, CLEARED_FOR_TURKEY),
        AssessNonRefoulement(
            country="TR",
            outcome=RiskOutcome.REAL_RISK,
            valid_until=NEXT_APRIL,
            reasons="Others who were sent there were beaten in custody.",
        ),
        ("case.non-refoulement-assessed", "case.clearance-withdrawn"),
    ),
    (
        (OPENED, SAFE, CLEARED),
        RecordFearOfReturn(country="IQ", fear=Feared.VIOLENCE_OF_OTHERS, account="My uncle has sworn it."),
        ("case.fear-of-return-expressed", "case.clearance-withdrawn"),
    ),
    (
        (OPENED,),
        LinkKin(person=OTHER_CASE, relation=Relation.MOTHER, primary_caregiver=True, strength=Evidence.DOCUMENTED),
        ("case.kin-linked", "case.kin-linked"),
        "IQ-INSS",
        (OPENED,),
    ),
    (
        (OPENED, LINKED, CLEARED),
        NoteLossOfCarer(),
        ("case.clearance-withdrawn", "case.task-raised"),
    ),
    (
        (OPENED, LINKED, CLEARED),
        NoteSeparation(caregiver=MOTHER),
        ("case.clearance-withdrawn", "case.task-raised"),
    ),
    ((OPENED, LINKED), NoteParentDeprived(), ("case.task-raised",)),
    (
        (OPENED, LINKED, CLEARED),
        RefuteKin(kin_id=KIN, cause=RefutedBy.DNA),
        ("case.kin-refuted", "case.clearance-withdrawn", "case.task-raised"),
    ),
    (
        (OPENED,),
        RecordConsent(
            scope=ConsentScope.TRANSFER,
            destination="IQ",
            given_by=MOTHER,
            giver=A_MOTHER,
            interpreter_id=INTERPRETER,
        ),
        ("case.consent-given",),
    ),
    (
        (OPENED, CLEARED),
        RecordConsentRefusal(scope=ConsentScope.TRANSFER, destination="IQ", reason="She was told to stay."),
        ("case.consent-refused", "case.clearance-withdrawn"),
    ),
    (
        (OPENED, CONSENTED, CLEARED),
        RecordConsentWithdrawal(
            scope=ConsentScope.TRANSFER, destination="IQ", given_by=MOTHER, reason="She was threatened in the night."
        ),
        ("case.consent-withdrawn", "case.clearance-withdrawn"),
    ),
    (
        (OPENED,),
        RequestAssurance(country="IQ", promises=(Promise.NO_DEATH_PENALTY, Promise.FAIR_TRIAL)),
        ("case.assurance-requested",),
    ),
    (
        (OPENED, ASSURANCE_ASKED),
        RecordAssurance(
            assurance_id=ASSURANCE,
            country="IQ",
            no_death_penalty=True,
            fair_trial=True,
            no_torture=True,
            monitoring=False,
            valid_until=NEXT_APRIL,
            reference="Note verbale 44/2021",
        ),
        ("case.assurance-received",),
    ),
    (
        (OPENED, ASSURED_BY_TURKEY),
        AcceptAssurance(assurance_id=ASSURANCE, reasons=(Weighed.SPECIFIC, Weighed.KEPT_BEFORE)),
        ("case.assurance-accepted",),
    ),
    (
        (OPENED, ASSURED_BY_TURKEY, BELIEVED, CLEARED_FOR_TURKEY),
        RejectAssurance(assurance_id=ASSURANCE, reasons=(Weighed.BROKEN_BEFORE,)),
        ("case.assurance-rejected", "case.clearance-withdrawn"),
    ),
    (
        (OPENED, ASSURED, BELIEVED, CLEARED),
        ReportAssuranceBreach(assurance_id=ASSURANCE, breach=Promise.MONITORING, account="Nobody was let in."),
        ("case.assurance-breach-reported", "case.clearance-withdrawn", "case.task-raised"),
    ),
    (
        (OPENED, GROWN_UP, APPOINTED, CONSENTED, CLEARED),
        RecordMajority(),
        ("case.majority-reached", "case.clearance-withdrawn"),
    ),
)
"""Facts, a command that is granted after them, and the topics that it yields."""
