"""What becomes of a child when something happened to its parent or caregiver, whose case is another.

Asked by the machine that follows the record (:mod:`domain.reactions`), never by an officer: a task on the child's case,
and where it was cleared with somebody who is not there any more, the end of that clearance. Nothing of the child is
changed; whether it is a child is asked of its own case, and doubt benefits it (I13).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from domain.case.age import possibly_child
from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.request import CaseDecision
from domain.case.work import TaskKind, task
from domain.deciding import readable
from domain.kernel import Act, Decision
from domain.privacy import BlockLabel

if TYPE_CHECKING:
    from domain.case.case import CaseState


class NoteLossOfCarer(CaseDecision):
    """Have the care of a person determined anew whose parent or caregiver died, if they may be a child.

    A clearance that was given with that parent in mind is withdrawn.
    """

    permission = "case:react"
    routed = False
    opens = frozenset({BlockLabel.IDENTITY})

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Withdraw a clearance, and raise the task unless it is open."""
        if not possibly_child(case, act.today):
            return
        yield from withdrawal(case, act, WithdrawalCause.BEST_INTERESTS)
        if not _open(case, TaskKind.DETERMINE_CARE):
            yield task(act, 0, TaskKind.DETERMINE_CARE)


class NoteSeparation(CaseDecision):
    """Have the care of a person determined anew whose caregiver is not with them any more, if they may be a child.

    A parent who does not care for the child day by day may be anywhere.
    """

    permission = "case:react"
    routed = False
    opens = frozenset({BlockLabel.IDENTITY, BlockLabel.PROTECTION})
    caregiver: UUID

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Withdraw a clearance, and raise the task unless it is open."""
        links = (link for link in case.kin.links.values() if link.person == self.caregiver)
        if any(readable(link.primary_caregiver) for link in links):
            yield from NoteLossOfCarer().decide(case, act)


class NoteParentDeprived(CaseDecision):
    """Have the nationality of a person looked at whose parent was deprived of one, if they may be a child.

    Their own never changes with it (I7; Convention on the Reduction of Statelessness, article 6).
    """

    permission = "case:react"
    routed = False
    opens = frozenset({BlockLabel.IDENTITY})

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Raise the task unless it is open."""
        if possibly_child(case, act.today) and not _open(case, TaskKind.REVIEW_CHILDREN_NATIONALITY):
            yield task(act, 0, TaskKind.REVIEW_CHILDREN_NATIONALITY)


def _open(case: CaseState, kind: TaskKind) -> bool:
    return any(known.kind is kind for known in case.work.tasks.values())
