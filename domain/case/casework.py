"""What caseworkers ask for about the work on a case. A closed case takes none of it (I12)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import Field

from domain.case.request import CaseDecision
from domain.case.work import (
    MAX_DOCUMENT_BYTES,
    CaseAssigned,
    DocumentAttached,
    DocumentDigest,
    DocumentKind,
    FlagKind,
    FlagRaised,
    FlagResolved,
    Line,
    NoteAdded,
    Referral,
    ReferralAccepted,
    ReferralDeclined,
    ReferralMade,
    ServiceKind,
    TaskCancelCause,
    TaskCancelled,
    TaskDone,
    TaskKind,
    TaskRaised,
    Title,
)
from domain.deciding import readable
from domain.kernel import Act, Decision, Refused
from domain.privacy import BlockLabel
from domain.values import AgencyCode

if TYPE_CHECKING:
    from domain.case.case import CaseState


class AssignCase(CaseDecision):
    """Make an officer responsible for the case."""

    permission = "case:assign"
    after_death = True
    officer: UUID
    """The officer's random reference; the name lives in a directory outside the record."""

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Assign the case, unless the officer is responsible for it."""
        del act
        if case.work.officer != self.officer:
            yield CaseAssigned(officer=self.officer)


class RaiseTask(CaseDecision):
    """Say that something is to be done, and by when. Without words, a task of a kind and a day is raised once.

    :raises Refused: ``task.due-before-raised``, ``record.erased`` when what the task says could not be kept.
    """

    permission = "case:work"
    after_death = True
    kind: TaskKind = TaskKind.FOLLOW_UP
    due_on: date | None = None
    text: Line | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Raise the task, unless this request raised it or it is open."""
        if act.new_id() in case.work.tasks or act.new_id() in case.work.ended:
            return
        open_ones = ((known.kind, known.due_on) for known in case.work.tasks.values())
        if self.text is None and (self.kind, self.due_on) in open_ones:
            return
        if self.due_on is not None and self.due_on < self.day(act).earliest:
            raise Refused("task.due-before-raised", "The task would be due before it is raised.")
        yield TaskRaised(task_id=act.new_id(), kind=self.kind, due_on=self.due_on, text=self.text)


class CompleteTask(CaseDecision):
    """Say that a task was done, and what came of it.

    :raises Refused: ``task.unknown``.
    """

    permission = "case:work"
    after_death = True
    after_merge = True
    task_id: UUID
    text: Line | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record that the task was done, unless it is ended."""
        del act
        if _is_open(self.task_id, case):
            yield TaskDone(task_id=self.task_id, text=self.text)


class CancelTask(CaseDecision):
    """Say that a task need not be done.

    :raises Refused: ``task.unknown``.
    """

    permission = "case:work"
    after_death = True
    after_merge = True
    task_id: UUID
    cause: TaskCancelCause

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Cancel the task, unless it is ended."""
        del act
        if _is_open(self.task_id, case):
            yield TaskCancelled(task_id=self.task_id, cause=self.cause)


def _is_open(task_id: UUID, case: CaseState) -> bool:
    if task_id not in case.work.tasks and task_id not in case.work.ended:
        raise Refused("task.unknown", "No such task was raised on this case.")
    return task_id in case.work.tasks


class AddNote(CaseDecision):
    """Add a note to the case."""

    permission = "case:work"
    after_death = True
    text: Line

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Add the note, unless this request added it."""
        if case.work.last_note_id != act.new_id():
            yield NoteAdded(note_id=act.new_id(), text=self.text)


class AttachDocument(CaseDecision):
    """Attach a document that is kept elsewhere: its digest proves which one it is.

    :raises Refused: ``record.erased`` when the documents of an erased person can no longer be told apart.
    """

    permission = "case:work"
    opens = frozenset({BlockLabel.NARRATIVE})
    after_death = True
    kind: DocumentKind
    document_sha256: DocumentDigest
    bytes: Annotated[int, Field(ge=1, le=MAX_DOCUMENT_BYTES)]
    """Size of the document."""
    title: Title

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Attach the document, unless one with this digest is attached."""
        if self.document_sha256 in {readable(known.sha256) for known in case.work.documents.values()}:
            return
        yield DocumentAttached(
            document_id=act.new_id(),
            kind=self.kind,
            document_sha256=self.document_sha256,
            bytes=self.bytes,
            title=self.title,
        )


class RaiseFlag(CaseDecision):
    """Flag what everybody who opens the case must know at once; once for each kind until it is resolved."""

    permission = "case:work"
    kind: FlagKind
    text: Line | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Raise the flag, unless one of this kind is raised."""
        if all(flag.kind is not self.kind for flag in case.work.flags.values()):
            yield FlagRaised(flag_id=act.new_id(), kind=self.kind, text=self.text)


class ResolveFlag(CaseDecision):
    """Say that what was flagged is settled.

    :raises Refused: ``flag.unknown``.
    """

    permission = "case:work"
    after_death = True
    after_merge = True
    flag_id: UUID
    text: Line | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Resolve the flag, unless it is resolved."""
        del act
        if self.flag_id in case.work.flags:
            yield FlagResolved(flag_id=self.flag_id, text=self.text)
        elif self.flag_id not in case.work.ended:
            raise Refused("flag.unknown", "No such flag was raised on this case.")


class MakeReferral(CaseDecision):
    """Refer the person to a service of an agency.

    :raises Refused: ``record.erased`` when earlier referrals can no longer be read.
    """

    permission = "case:work"
    opens = frozenset({BlockLabel.PROTECTION})
    service: ServiceKind
    agency: AgencyCode
    text: Line | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Make the referral, unless one to this service of the agency waits for an answer or was accepted."""
        for known in case.work.referrals.values():
            same = readable(known.service) is self.service and readable(known.agency) == self.agency
            if same and known.accepted is not False:
                return
        yield ReferralMade(referral_id=act.new_id(), service=self.service, agency=self.agency, text=self.text)


class AcceptReferral(CaseDecision):
    """Record that the agency takes the person on.

    :raises Refused: ``referral.unknown``, ``referral.answered`` when it was declined.
    """

    permission = "case:work"
    referral_id: UUID
    text: Line | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the answer, unless it is on record."""
        del act
        if _awaits(self.referral_id, case, accepted=True):
            yield ReferralAccepted(referral_id=self.referral_id, text=self.text)


class DeclineReferral(CaseDecision):
    """Record that the agency does not take the person on.

    :raises Refused: ``referral.unknown``, ``referral.answered`` when it was accepted.
    """

    permission = "case:work"
    referral_id: UUID
    reason: Line | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the answer, unless it is on record."""
        del act
        if _awaits(self.referral_id, case, accepted=False):
            yield ReferralDeclined(referral_id=self.referral_id, reason=self.reason)


def _awaits(referral_id: UUID, case: CaseState, *, accepted: bool) -> bool:
    made: Referral | None = case.work.referrals.get(referral_id)
    if made is None:
        raise Refused("referral.unknown", "No such referral was made on this case.")
    if made.accepted is not None and made.accepted is not accepted:
        raise Refused("referral.answered", "The agency has given another answer: a new one needs a new referral.")
    return made.accepted is None
