"""Work on a case: who is responsible, what is to be done, notes, documents, flags, and referrals to a service.

What a caseworker asks for stands in :mod:`domain.case.casework`. Every facet can raise a task with :func:`task`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, unique
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from domain.frozen import replace
from domain.ids import named_id
from domain.kernel import Act, Dated, Facet, Fact, Odd, Stamp
from domain.privacy import Narrative, Open, Protection, Unreadable
from domain.text import SAFE_TEXT
from domain.values import AgencyCode, PartialDate

MAX_DOCUMENT_BYTES: Final = 1 << 40
Line = Annotated[str, StringConstraints(min_length=1, max_length=4_000, strip_whitespace=True), SAFE_TEXT]
"""What an officer writes: one paragraph."""
Title = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), SAFE_TEXT]
DocumentDigest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of a document, 64 hexadecimal digits. The document itself is kept elsewhere."""


@unique
class TaskKind(StrEnum):
    """What is to be done."""

    REVIEW_ANOMALY = "review_anomaly"
    """Something was recorded that does not fit."""
    REVIEW_BREACH = "review_breach"
    """Others did what nobody had cleared."""
    FIND_RECEIVING_STATE = "find_receiving_state"
    STATELESSNESS_REVIEW = "statelessness_review"
    REVIEW_CHILDREN_NATIONALITY = "review_children_nationality"
    """A parent's nationality changed; a child's own never changes with it (I7)."""
    REVIEW_BLOCK = "review_block"
    DETERMINE_CARE = "determine_care"
    ATTRIBUTE_FACTS = "attribute_facts"
    """A merge was reversed: say to which person each fact recorded in between belongs."""
    FOLLOW_UP = "follow_up"


@unique
class TaskCancelCause(StrEnum):
    """Why a task need not be done."""

    RAISED_IN_ERROR = "raised_in_error"
    OVERTAKEN = "overtaken"
    """What happened since made it needless."""
    DUPLICATE = "duplicate"


@unique
class DocumentKind(StrEnum):
    """What a document is."""

    IDENTITY = "identity"
    MEDICAL = "medical"
    COURT = "court"
    CORRESPONDENCE = "correspondence"
    CONSENT = "consent"
    PHOTOGRAPH = "photograph"
    OTHER = "other"


@unique
class FlagKind(StrEnum):
    """What everybody who opens the case must know at once."""

    BREACH = "breach"
    SAFETY = "safety"
    SAFEGUARDING = "safeguarding"
    IDENTITY_CONFLICT = "identity_conflict"


@unique
class ServiceKind(StrEnum):
    """To what a person is referred."""

    MEDICAL = "medical"
    PSYCHOSOCIAL = "psychosocial"
    CHILD_PROTECTION = "child_protection"
    LEGAL_AID = "legal_aid"
    FAMILY_TRACING = "family_tracing"
    EDUCATION = "education"
    HOUSING = "housing"
    LIVELIHOOD = "livelihood"


# ---------------------------------------------------------------- facts
class CaseAssigned(Fact, topic="case.case-assigned"):
    """An officer became responsible for the case."""

    officer: Open[UUID]
    """A random reference; the name lives in a directory outside the record."""


class TaskRaised(Fact, topic="case.task-raised"):
    """Something is to be done."""

    task_id: Open[UUID]
    kind: Open[TaskKind]
    due_on: Open[date | None]
    text: Narrative[Line | None]


class TaskDone(Fact, topic="case.task-done"):
    """A task was done."""

    task_id: Open[UUID]
    text: Narrative[Line | None]


class TaskCancelled(Fact, topic="case.task-cancelled"):
    """A task need not be done."""

    task_id: Open[UUID]
    cause: Open[TaskCancelCause]


class NoteAdded(Fact, topic="case.note-added"):
    """An officer wrote a note."""

    note_id: Open[UUID]
    text: Narrative[Line]


class DocumentAttached(Fact, topic="case.document-attached"):
    """A document that is kept elsewhere belongs to the case; its digest proves which one."""

    document_id: Open[UUID]
    kind: Open[DocumentKind]
    document_sha256: Narrative[DocumentDigest]
    bytes: Narrative[Annotated[int, Field(ge=1, le=MAX_DOCUMENT_BYTES)]]
    title: Narrative[Title]


class FlagRaised(Fact, topic="case.flag-raised"):
    """Something that everybody who opens the case must know at once."""

    flag_id: Open[UUID]
    kind: Open[FlagKind]
    text: Narrative[Line | None]


class FlagResolved(Fact, topic="case.flag-resolved"):
    """What was flagged is settled."""

    flag_id: Open[UUID]
    text: Narrative[Line | None]


class ReferralMade(Fact, topic="case.referral-made"):
    """The person was referred to a service of an agency."""

    referral_id: Open[UUID]
    service: Protection[ServiceKind]
    agency: Protection[AgencyCode]
    text: Narrative[Line | None]


class ReferralAccepted(Fact, topic="case.referral-accepted"):
    """The agency takes the person on."""

    referral_id: Open[UUID]
    text: Narrative[Line | None]


class ReferralDeclined(Fact, topic="case.referral-declined"):
    """The agency does not take the person on."""

    referral_id: Open[UUID]
    reason: Narrative[Line | None]


# ---------------------------------------------------------------- state
@dataclass(frozen=True)
class Task:
    """Something to be done, and by when."""

    kind: TaskKind
    due_on: date | None
    raised_on: PartialDate

    def overdue(self, on: date) -> bool:
        """Whether it was due before the day."""
        return self.due_on is not None and self.due_on < on


@dataclass(frozen=True)
class Flag:
    """What everybody who opens the case must know, and since when."""

    kind: FlagKind
    raised_on: PartialDate


@dataclass(frozen=True)
class Document:
    """A document that is kept elsewhere."""

    kind: DocumentKind
    sha256: str | Unreadable


@dataclass(frozen=True)
class Referral:
    """To which service, and whether it was taken on: ``None`` while nobody has answered."""

    service: ServiceKind | Unreadable
    agency: AgencyCode | Unreadable
    accepted: bool | None = None


@dataclass(frozen=True)
class Work:
    """The work on a case as it stands; what was raised is by id, in the order raised."""

    officer: UUID | None = None
    """Who is responsible."""
    assigned_on: PartialDate | None = None
    tasks: Mapping[UUID, Task] = field(default_factory=dict)
    """Those that are open."""
    flags: Mapping[UUID, Flag] = field(default_factory=dict)
    """Those that are open."""
    referrals: Mapping[UUID, Referral] = field(default_factory=dict)
    documents: Mapping[UUID, Document] = field(default_factory=dict)
    notes: int = 0
    last_note_id: UUID | None = None
    ended: frozenset[UUID] = frozenset()
    """Tasks done or cancelled, flags resolved."""

    @property
    def accepted_open(self) -> bool:
        """Whether some service has taken the person on."""
        return any(referral.accepted for referral in self.referrals.values())


WORK: Final = Facet("work", Work())


@WORK.evolves
def _(fact: CaseAssigned, stamp: Stamp, was: Work) -> Work:
    if was.assigned_on is not None and stamp.occurred_on.earliest < was.assigned_on.earliest:
        return was
    return replace(was, officer=fact.officer, assigned_on=stamp.occurred_on)


@WORK.evolves
def _(fact: TaskRaised, stamp: Stamp, was: Work) -> Work | Odd[Work]:
    if fact.task_id in was.tasks or fact.task_id in was.ended:
        return Odd(was, "task.raised-twice")
    return replace(was, tasks={**was.tasks, fact.task_id: Task(fact.kind, fact.due_on, stamp.occurred_on)})


@WORK.evolves
def _(fact: TaskDone, _stamp: Stamp, was: Work) -> Work | Odd[Work]:
    return _task_ended(fact.task_id, was)


@WORK.evolves
def _(fact: TaskCancelled, _stamp: Stamp, was: Work) -> Work | Odd[Work]:
    return _task_ended(fact.task_id, was)


def _task_ended(task_id: UUID, was: Work) -> Work | Odd[Work]:
    now = replace(
        was, tasks={known: task for known, task in was.tasks.items() if known != task_id}, ended=was.ended | {task_id}
    )
    return now if task_id in was.tasks else Odd(now, "task.unknown")


@WORK.evolves
def _(fact: NoteAdded, _stamp: Stamp, was: Work) -> Work:
    return replace(was, notes=was.notes + 1, last_note_id=fact.note_id)


@WORK.evolves
def _(fact: DocumentAttached, _stamp: Stamp, was: Work) -> Work:
    return replace(was, documents={**was.documents, fact.document_id: Document(fact.kind, fact.document_sha256)})


@WORK.evolves
def _(fact: FlagRaised, stamp: Stamp, was: Work) -> Work | Odd[Work]:
    if fact.flag_id in was.flags or fact.flag_id in was.ended:
        return Odd(was, "flag.raised-twice")
    return replace(was, flags={**was.flags, fact.flag_id: Flag(fact.kind, stamp.occurred_on)})


@WORK.evolves
def _(fact: FlagResolved, _stamp: Stamp, was: Work) -> Work | Odd[Work]:
    now = replace(
        was,
        flags={known: flag for known, flag in was.flags.items() if known != fact.flag_id},
        ended=was.ended | {fact.flag_id},
    )
    return now if fact.flag_id in was.flags else Odd(now, "flag.unknown")


@WORK.evolves
def _(fact: ReferralMade, _stamp: Stamp, was: Work) -> Work | Odd[Work]:
    if fact.referral_id in was.referrals:
        return Odd(was, "referral.made-twice")
    return replace(was, referrals={**was.referrals, fact.referral_id: Referral(fact.service, fact.agency)})


@WORK.evolves
def _(fact: ReferralAccepted, _stamp: Stamp, was: Work) -> Work | Odd[Work]:
    return _answered(fact.referral_id, was, accepted=True)


@WORK.evolves
def _(fact: ReferralDeclined, _stamp: Stamp, was: Work) -> Work | Odd[Work]:
    return _answered(fact.referral_id, was, accepted=False)


def _answered(referral_id: UUID, was: Work, *, accepted: bool) -> Work | Odd[Work]:
    if (made := was.referrals.get(referral_id)) is None:
        return Odd(was, "referral.unknown")
    return replace(was, referrals={**was.referrals, referral_id: replace(made, accepted=accepted)})


# ---------------------------------------------------------------- for every facet
def task(act: Act, nth: int, kind: TaskKind, due_on: date | None = None) -> Dated:
    """Return a task, raised today, as a consequence of what is being decided.

    ``nth`` tells the tasks of one kind raised by one command from one another; sent again, it is the same task.
    """
    task_id = named_id(act.command_id, f"task/{kind.value}/{nth}")
    return act.now(TaskRaised(task_id=task_id, kind=kind, due_on=due_on, text=None))


def flag(act: Act, kind: FlagKind) -> Dated:
    """Return a flag, raised today, as a consequence of what is being decided; sent again, it is the same flag."""
    return act.now(FlagRaised(flag_id=named_id(act.command_id, f"flag/{kind.value}"), kind=kind, text=None))
