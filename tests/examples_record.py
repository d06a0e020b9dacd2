"""Canonical examples of work on a case, of putting its record right, and of keeping it."""

from __future__ import annotations

from datetime import date
from typing import Final, TypeAlias
from uuid import UUID, uuid5

from domain.case.casework import (
    AcceptReferral,
    AddNote,
    AssignCase,
    AttachDocument,
    CancelTask,
    CompleteTask,
    DeclineReferral,
    MakeReferral,
    RaiseFlag,
    RaiseTask,
    ResolveFlag,
)
from domain.case.correcting import CorrectFact, RetractFact
from domain.case.identity import BirthRecorded
from domain.case.journey import ClearedToDepart
from domain.case.merging import MergeInto, ReverseMerge
from domain.case.record import (
    AccessRestricted,
    CaseAbsorbed,
    CaseMergedInto,
    ErasureBasis,
    HoldBasis,
    MergeReversed,
    PersonErased,
    Restriction,
    RetentionHoldPlaced,
    RetentionHoldReleased,
    ReversalCause,
)
from domain.case.registration import CaseOpened, Circumstances
from domain.case.retention import PlaceRetentionHold, ReleaseRetentionHold, RestrictAccess
from domain.case.work import (
    CaseAssigned,
    DocumentAttached,
    DocumentKind,
    FlagKind,
    FlagRaised,
    FlagResolved,
    NoteAdded,
    ReferralAccepted,
    ReferralDeclined,
    ReferralMade,
    ServiceKind,
    TaskCancelCause,
    TaskCancelled,
    TaskDone,
    TaskKind,
    TaskRaised,
)
from domain.corrections import CorrectionCause, FactCorrected, FactRetracted, RetractionCause, replacement_of
from domain.dates import PartialDate
from domain.kernel import Command, Fact
from domain.values import Evidence

Told: TypeAlias = (
    tuple[tuple[Fact, ...], Command, tuple[str, ...]]
    | tuple[tuple[Fact, ...], Command, tuple[str, ...], str, tuple[Fact, ...]]
)
"""An example of a command: what was, what is asked, what it yields; and who asks, and what the other case holds."""
STREAM: Final = UUID("99999999-9999-4999-8999-999999999999")
"""The stream of a scenario."""
OTHER_CASE: Final = UUID("66666666-0000-4000-8000-000000000001")
OFFICER: Final = UUID("66666666-0000-4000-8000-000000000002")
TASK: Final = UUID("66666666-0000-4000-8000-000000000003")
NOTE: Final = UUID("66666666-0000-4000-8000-000000000004")
DOCUMENT: Final = UUID("66666666-0000-4000-8000-000000000005")
FLAG: Final = UUID("66666666-0000-4000-8000-000000000006")
REFERRAL: Final = UUID("66666666-0000-4000-8000-000000000007")
HOLD: Final = UUID("66666666-0000-4000-8000-000000000008")


def fact_id(version: int, stream: UUID = STREAM) -> UUID:
    """Return the id of the fact at a version of a stream, as scenarios give it."""
    return uuid5(stream, str(version))


TASKED: Final = TaskRaised(
    task_id=TASK, kind=TaskKind.FOLLOW_UP, due_on=date(2021, 11, 1), text="Ask the registrar for the birth record."
)
FLAGGED: Final = FlagRaised(flag_id=FLAG, kind=FlagKind.SAFETY, text="Threatened by neighbours.")
REFERRED: Final = ReferralMade(
    referral_id=REFERRAL, service=ServiceKind.PSYCHOSOCIAL, agency="UN-UNICEF", text="Does not sleep."
)
HELD_FOR_COURT: Final = RetentionHoldPlaced(
    hold_id=HOLD, basis=HoldBasis.COURT_ORDER, until=date(2025, 1, 1), reference="Order of 2021-10-01"
)
BIRTH: Final = BirthRecorded(birth=PartialDate.parse("1994-03~"), place="Tal Afar", strength=Evidence.CLAIMED)
RIGHT_BIRTH: Final = replacement_of(BirthRecorded).model_validate(
    {"topic": BirthRecorded.topic, "birth": "1995", "strength": Evidence.DOCUMENTED}
)
OPENED: Final = CaseOpened(circumstances=Circumstances.ARRIVAL)
CLEARED: Final = ClearedToDepart(destination="IQ", evidence_sha256="e5" * 32, expires_on=date(2021, 11, 14))

FACTS: Final[tuple[Fact, ...]] = (
    CaseAssigned(officer=OFFICER),
    TASKED,
    TaskDone(task_id=TASK, text="Called the registrar."),
    TaskCancelled(task_id=TASK, cause=TaskCancelCause.OVERTAKEN),
    NoteAdded(note_id=NOTE, text="The aunt asks for news."),
    DocumentAttached(
        document_id=DOCUMENT,
        kind=DocumentKind.CORRESPONDENCE,
        document_sha256="d0" * 32,
        bytes=48_211,
        title="Letter of the consulate",
    ),
    FLAGGED,
    FlagResolved(flag_id=FLAG, text="Moved to another section."),
    REFERRED,
    ReferralAccepted(referral_id=REFERRAL, text="First visit on Sunday."),
    ReferralDeclined(referral_id=REFERRAL, reason="No place is free."),
    CaseMergedInto(survivor=OTHER_CASE),
    CaseAbsorbed(absorbed=OTHER_CASE),
    MergeReversed(other=OTHER_CASE, cause=ReversalCause.TWO_PEOPLE, reason="Twins."),
    HELD_FOR_COURT,
    RetentionHoldReleased(hold_id=HOLD, reference="Order of 2021-10-12"),
    AccessRestricted(restriction=Restriction.NEED_TO_KNOW, reason="Threatened in the camp."),
    PersonErased(covers=(OTHER_CASE,), fence_sha256="f0" * 32, basis=ErasureBasis.REQUEST),
    FactCorrected(
        target_fact_id=fact_id(2),
        target_topic=BirthRecorded.topic,
        target_schema=1,
        corrected_fields=("birth", "strength"),
        cause=CorrectionCause.MISUNDERSTOOD,
        replacement=RIGHT_BIRTH,
        reason="The year was read in another calendar.",
    ),
    FactRetracted(target_fact_id=fact_id(2), cause=RetractionCause.WRONG_PERSON, reason="Her cousin's."),
)

EXAMPLES: Final[tuple[Told, ...]] = (
    (
        (OPENED, BIRTH, CLEARED),
        CorrectFact(
            target_fact_id=fact_id(2),
            replacement=RIGHT_BIRTH,
            cause=CorrectionCause.MISUNDERSTOOD,
            reason="The year was read in another calendar.",
        ),
        ("case.fact-corrected", "case.clearance-withdrawn"),
        "SY-AANES",
        (),
    ),
    (
        (OPENED, BIRTH),
        RetractFact(target_fact_id=fact_id(2), cause=RetractionCause.WRONG_PERSON, reason="Her cousin's."),
        ("case.fact-retracted",),
        "SY-AANES",
        (),
    ),
    *(
        (given, command, yields, "IQ-INSS", ())
        for given, command, yields in (
            ((OPENED,), AssignCase(officer=OFFICER), ("case.case-assigned",)),
            (
                (OPENED,),
                RaiseTask(due_on=date(2021, 11, 1), text="Ask the registrar for the birth record."),
                ("case.task-raised",),
            ),
            ((OPENED, TASKED), CompleteTask(task_id=TASK, text="Called the registrar."), ("case.task-done",)),
            (
                (OPENED, TASKED),
                CancelTask(task_id=TASK, cause=TaskCancelCause.OVERTAKEN),
                ("case.task-cancelled",),
            ),
            ((OPENED,), AddNote(text="The aunt asks for news."), ("case.note-added",)),
            (
                (OPENED,),
                AttachDocument(
                    kind=DocumentKind.CORRESPONDENCE,
                    document_sha256="d0" * 32,
                    bytes=48_211,
                    title="Letter of the consulate",
                ),
                ("case.document-attached",),
            ),
            ((OPENED,), RaiseFlag(kind=FlagKind.SAFETY, text="Threatened by neighbours."), ("case.flag-raised",)),
            ((OPENED, FLAGGED), ResolveFlag(flag_id=FLAG), ("case.flag-resolved",)),
            (
                (OPENED,),
                MakeReferral(service=ServiceKind.PSYCHOSOCIAL, agency="UN-UNICEF", text="Does not sleep."),
                ("case.referral-made",),
            ),
            ((OPENED, REFERRED), AcceptReferral(referral_id=REFERRAL), ("case.referral-accepted",)),
            ((OPENED, REFERRED), DeclineReferral(referral_id=REFERRAL), ("case.referral-declined",)),
            (
                (OPENED,),
                PlaceRetentionHold(
                    basis=HoldBasis.COURT_ORDER, until=date(2025, 1, 1), reference="Order of 2021-10-01"
                ),
                ("case.retention-hold-placed",),
            ),
            ((OPENED, HELD_FOR_COURT), ReleaseRetentionHold(hold_id=HOLD), ("case.retention-hold-released",)),
            (
                (OPENED, CLEARED),
                RestrictAccess(restriction=Restriction.PROCESSING, reason="She says that none of it is about her."),
                ("case.access-restricted", "case.clearance-withdrawn"),
            ),
        )
    ),
    (
        (OPENED, CLEARED),
        MergeInto(survivor=OTHER_CASE),
        ("case.case-merged-into", "case.clearance-withdrawn", "case.case-absorbed"),
        "IQ-INSS",
        (OPENED,),
    ),
    (
        (OPENED, CaseMergedInto(survivor=OTHER_CASE)),
        ReverseMerge(cause=ReversalCause.TWO_PEOPLE, reason="Twins."),
        ("case.merge-reversed", "case.merge-reversed", "case.clearance-withdrawn", "case.task-raised"),
        "IQ-INSS",
        (OPENED, CaseAbsorbed(absorbed=STREAM), CLEARED),
    ),
)
