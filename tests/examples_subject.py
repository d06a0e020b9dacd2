"""Canonical examples of what people ask about their own data, of forgetting them, and of who let themselves in."""

from __future__ import annotations

from datetime import date
from typing import Final

from domain.break_glass import AccessReviewed, BehindGlass, BreakGlass, GlassBroken, ReviewAccess, ReviewOutcome
from domain.case.erasing import ErasePerson
from domain.case.record import ErasureBasis
from domain.case.registration import CaseOpened, Circumstances
from domain.kernel import Command, Fact
from domain.subject_request.answering import (
    AnswerAccess,
    AnswerRectification,
    ApproveErasure,
    ConfirmErasure,
    RefuseErasure,
)
from domain.subject_request.asking import RequestAccess, RequestErasure, RequestRectification
from domain.subject_request.facts import (
    AccessAnswered,
    AccessRequested,
    AnswerOutcome,
    AskedBy,
    ErasureApproved,
    ErasureGround,
    ErasureRefusal,
    ErasureRefused,
    ErasureRequested,
    RectificationAnswered,
    RectificationRequested,
    SubjectKeyDestroyed,
)
from tests.examples_record import OTHER_CASE, STREAM, fact_id

FENCE: Final = "fe" * 32
DUE: Final = date(2021, 11, 15)
COVERED_FROM: Final = date(2021, 12, 1)
OPENED: Final = CaseOpened(circumstances=Circumstances.ARRIVAL)

ASKED_TO_SEE: Final = AccessRequested(case_id=OTHER_CASE, by=AskedBy.PERSON, due_on=DUE)
ASKED_TO_PUT_RIGHT: Final = RectificationRequested(
    case_id=OTHER_CASE,
    by=AskedBy.GUARDIAN,
    due_on=DUE,
    target_fact_id=fact_id(1),
    account="She is his aunt, not his mother.",
)
ASKED_TO_FORGET: Final = ErasureRequested(
    case_id=OTHER_CASE, by=AskedBy.PERSON, due_on=DUE, ground=ErasureGround.NO_LONGER_NEEDED
)
AGREED: Final = ErasureApproved(basis=ErasureBasis.REQUEST)
DESTROYED: Final = SubjectKeyDestroyed(
    covers=(OTHER_CASE,), fence_sha256=FENCE, keys=3, backups_covered_from=COVERED_FROM
)
WHY: Final = (
    "She is unconscious at the border hospital; nobody of her office answers, and they must know her allergies."
)
BROKEN: Final = GlassBroken(
    case_id=OTHER_CASE, classes=(BehindGlass.IDENTITY, BehindGlass.MEDICAL), minutes=60, justification=WHY
)

FACTS: Final[tuple[Fact, ...]] = (
    ASKED_TO_SEE,
    AccessAnswered(outcome=AnswerOutcome.GRANTED),
    ASKED_TO_PUT_RIGHT,
    RectificationAnswered(outcome=AnswerOutcome.GRANTED_IN_PART),
    ASKED_TO_FORGET,
    AGREED,
    ErasureRefused(basis=ErasureRefusal.LEGAL_CLAIM),
    DESTROYED,
    BROKEN,
    AccessReviewed(outcome=ReviewOutcome.JUSTIFIED),
)

EXAMPLES: Final[tuple[tuple[tuple[Fact, ...], Command, tuple[str, ...], str, tuple[Fact, ...]], ...]] = (
    *(
        (given, command, tuple(f"subject-request.{topic}" for topic in yields), "IQ-MODM", beside)
        for given, command, yields, beside in (
            ((), RequestAccess(case_id=OTHER_CASE, by=AskedBy.PERSON), ("access-requested",), (OPENED,)),
            ((ASKED_TO_SEE,), AnswerAccess(outcome=AnswerOutcome.GRANTED), ("access-answered",), ()),
            (
                (),
                RequestRectification(
                    case_id=OTHER_CASE, by=AskedBy.GUARDIAN, account="She is his aunt, not his mother."
                ),
                ("rectification-requested",),
                (OPENED,),
            ),
            (
                (ASKED_TO_PUT_RIGHT,),
                AnswerRectification(outcome=AnswerOutcome.REFUSED),
                ("rectification-answered",),
                (),
            ),
            (
                (),
                RequestErasure(case_id=OTHER_CASE, by=AskedBy.PERSON, ground=ErasureGround.NO_LONGER_NEEDED),
                ("erasure-requested",),
                (OPENED,),
            ),
            ((ASKED_TO_FORGET,), ApproveErasure(), ("erasure-approved",), (OPENED,)),
            ((ASKED_TO_FORGET, AGREED), RefuseErasure(basis=ErasureRefusal.WITHDRAWN), ("erasure-refused",), ()),
            (
                (ASKED_TO_FORGET, AGREED),
                ConfirmErasure(covers=(OTHER_CASE,), fence_sha256=FENCE, keys=3, backups_covered_from=COVERED_FROM),
                ("subject-key-destroyed",),
                (),
            ),
        )
    ),
    (
        (OPENED,),
        ErasePerson(basis=ErasureBasis.REQUEST, fence_sha256=FENCE, covers=(STREAM,)),
        ("case.person-erased",),
        "IQ-MODM",
        (),
    ),
    (
        (),
        BreakGlass(
            case_id=OTHER_CASE, classes=(BehindGlass.MEDICAL, BehindGlass.IDENTITY), minutes=60, justification=WHY
        ),
        ("break-glass.glass-broken",),
        "SY-KRC",
        (OPENED,),
    ),
    (
        (BROKEN,),
        ReviewAccess(case_id=OTHER_CASE, outcome=ReviewOutcome.JUSTIFIED),
        ("break-glass.access-reviewed",),
        "IQ-MODM",
        (OPENED,),
    ),
)
