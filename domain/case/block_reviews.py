"""Reviews of a block: upheld until the next one or ended, a lift proposed by others, overdue and still open (I1)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import Field

from domain.case.blocks import BLOCKS, Block, Blocks, LiftAuthority, SecurityBlockLifted, authorised
from domain.case.request import CaseDecision
from domain.case.work import TaskKind, task
from domain.frozen import replace
from domain.kernel import Act, Decision, Fact, Odd, Refused, Stamp
from domain.privacy import Open, Security
from domain.values import AgencyCode

if TYPE_CHECKING:
    from domain.case.case import CaseState


@unique
class ReviewReason(StrEnum):
    """What speaks for keeping a block, or for ending it, in the widest terms."""

    GROUND_PERSISTS = "ground_persists"
    GROUND_FELL_AWAY = "ground_fell_away"
    NEW_INFORMATION = "new_information"
    MISTAKEN_IDENTITY = "mistaken_identity"
    """It was meant for a namesake."""
    DISPROPORTIONATE = "disproportionate"
    """A block on a baby, say."""
    AGENCY_ABOLISHED = "agency_abolished"


ReviewReasons = Annotated[tuple[ReviewReason, ...], Field(min_length=1, max_length=len(ReviewReason))]


class SecurityBlockReviewed(Fact, topic="case.security-block-reviewed"):
    """The block was reviewed: upheld, with the day of the next review, or not."""

    block_id: Open[UUID]
    upheld: Open[bool]
    review_due_on: Open[date | None]
    reasons: Security[ReviewReasons]


class SecurityBlockLiftProposed(Fact, topic="case.security-block-lift-proposed"):
    """An agency asks whoever may to lift the block."""

    block_id: Open[UUID]
    by_agency: Open[AgencyCode]
    reasons: Security[ReviewReasons]


class SecurityBlockReviewOverdue(Fact, topic="case.security-block-review-overdue"):
    """The day of the review has passed without one. The block stands."""

    block_id: Open[UUID]
    overdue_since: Open[date]


@BLOCKS.evolves
def _(fact: SecurityBlockReviewed, stamp: Stamp, was: Blocks) -> Blocks | Odd[Blocks]:
    block = was.open.get(fact.block_id)
    if block is None:
        return was if fact.block_id in was.lifted else Odd(was, "block.unknown")
    if block.reviewed_on is not None and stamp.occurred_on.earliest < block.reviewed_on.earliest:
        return was
    reviewed = replace(
        block,
        review_due_on=fact.review_due_on or block.review_due_on,
        reviewed_on=stamp.occurred_on,
        lift_proposed_by=frozenset(),
        overdue_since=None,
    )
    return _changed(was, fact.block_id, reviewed)


@BLOCKS.evolves
def _(fact: SecurityBlockLiftProposed, _stamp: Stamp, was: Blocks) -> Blocks | Odd[Blocks]:
    block = was.open.get(fact.block_id)
    if block is None:
        return was if fact.block_id in was.lifted else Odd(was, "block.unknown")
    return _changed(was, fact.block_id, replace(block, lift_proposed_by=block.lift_proposed_by | {fact.by_agency}))


@BLOCKS.evolves
def _(fact: SecurityBlockReviewOverdue, _stamp: Stamp, was: Blocks) -> Blocks | Odd[Blocks]:
    block = was.open.get(fact.block_id)
    if block is None:
        return was if fact.block_id in was.lifted else Odd(was, "block.unknown")
    return _changed(was, fact.block_id, replace(block, overdue_since=fact.overdue_since))


def _changed(was: Blocks, block_id: UUID, block: Block) -> Blocks:
    return replace(was, open={**was.open, block_id: block})


class ReviewSecurityBlock(CaseDecision):
    """Review a block on the authority that could lift it: uphold it until the next review, or end it.

    :raises Refused: ``block.unknown``, ``block.not-yours``, ``block.review-date-missing`` when it is upheld without
        the day of the next review, ``block.review-before-start`` when that day lies before this one.
    """

    permission = "case:lift-block"
    after_merge = True
    block_id: UUID
    upheld: bool
    reasons: ReviewReasons
    review_due_on: date | None = None
    """Day of the next review; needed when the block is upheld."""
    authority: LiftAuthority = LiftAuthority.IMPOSING_AGENCY

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the review, unless this very one is the last; a block that is not upheld is lifted with it."""
        if not self.upheld and self.block_id in case.blocks.lifted and self.block_id not in case.blocks.open:
            return
        block = authorised(case, self.block_id, self.authority, act)
        if self.upheld and self.review_due_on is None:
            raise Refused("block.review-date-missing", "A block that is upheld names the day of its next review.")
        last = block.reviewed_on
        if self.upheld and last and block.review_due_on == self.review_due_on and self.occurred_on in {None, last}:
            return
        if self.upheld and self.review_due_on is not None and self.review_due_on < self.day(act).earliest:
            raise Refused("block.review-before-start", "The next review would be due before this one.")
        yield SecurityBlockReviewed(
            block_id=self.block_id,
            upheld=self.upheld,
            review_due_on=self.review_due_on if self.upheld else None,
            reasons=self.reasons,
        )
        if not self.upheld:
            yield SecurityBlockLifted(block_id=self.block_id, by_agency=act.agency, authority=self.authority)


class ProposeSecurityBlockLift(CaseDecision):
    """Ask whoever may to lift a block. The block stands meanwhile (I2).

    :raises Refused: ``block.unknown``.
    """

    permission = "case:propose-lift"
    after_merge = True
    block_id: UUID
    reasons: ReviewReasons

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Propose it, unless this agency has proposed it since the last review or the block is lifted."""
        block = case.blocks.open.get(self.block_id)
        if block is None and self.block_id in case.blocks.lifted:
            return
        if block is None:
            raise Refused("block.unknown", "No such block is open on this case.")
        if act.agency not in block.lift_proposed_by:
            yield SecurityBlockLiftProposed(block_id=self.block_id, by_agency=act.agency, reasons=self.reasons)
            yield task(act, 0, TaskKind.REVIEW_BLOCK)


class NoteBlockReviewOverdue(CaseDecision):
    """Write down that the review of a block is overdue. The block stands: it never lapses (I1).

    :raises Refused: ``block.unknown``, ``block.not-overdue``.
    """

    permission = "case:note-overdue"
    after_merge = True
    block_id: UUID

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Write it down, unless it is for this review date, or the block is lifted."""
        block = case.blocks.open.get(self.block_id)
        if block is None and self.block_id in case.blocks.lifted:
            return
        if block is None:
            raise Refused("block.unknown", "No such block is open on this case.")
        if block.overdue_since == block.review_due_on:
            return
        if not block.overdue(act.today):
            raise Refused("block.not-overdue", "The review of this block is not overdue.")
        yield SecurityBlockReviewOverdue(block_id=self.block_id, overdue_since=block.review_due_on)
        yield task(act, 0, TaskKind.REVIEW_BLOCK)
