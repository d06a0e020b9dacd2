"""Security blocks: an agency forbids a transfer until it, or who stands above it, lifts the block.

A block names agency, ground and review date. It goes overdue; it never lapses (I1). Its reviews stand in
:mod:`domain.case.block_reviews`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final
from uuid import UUID

from domain.case.agencies import is_court_over, is_successor, is_superior
from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.request import CaseDecision
from domain.dates import PartialDate
from domain.deciding import readable
from domain.frozen import replace
from domain.kernel import Act, Decision, Facet, Fact, Odd, Refused, Stamp
from domain.privacy import BlockLabel, Open, Security, Unreadable
from domain.values import AgencyCode, CountryCode, agency_country

if TYPE_CHECKING:
    from domain.case.case import CaseState


@unique
class BlockGround(StrEnum):
    """On what ground a transfer is blocked, in the widest terms; never kinship, sex, ethnicity or religion."""

    UNDER_INVESTIGATION = "under_investigation"
    WANTED = "wanted"
    IDENTITY_IN_DOUBT = "identity_in_doubt"
    WATCH_LIST = "watch_list"
    SECURITY_CONCERN = "security_concern"


@unique
class LiftAuthority(StrEnum):
    """On whose authority a block is lifted."""

    IMPOSING_AGENCY = "imposing_agency"
    SUCCESSOR = "successor"
    SUPERIOR = "superior"
    COURT = "court"

    def covers(self, imposed_by: AgencyCode, agency: AgencyCode) -> bool:
        """Whether the acting agency has this authority over a block of another (I2)."""
        if self is LiftAuthority.IMPOSING_AGENCY:
            return agency == imposed_by
        if self is LiftAuthority.SUCCESSOR:
            return is_successor(agency, imposed_by)
        if self is LiftAuthority.SUPERIOR:
            return is_superior(agency, imposed_by)
        return is_court_over(agency, imposed_by)


class SecurityBlockImposed(Fact, topic="case.security-block-imposed"):
    """An agency forbade the transfer."""

    block_id: Open[UUID]
    agency: Open[AgencyCode]
    ground: Security[BlockGround]
    review_due_on: Open[date]


class SecurityBlockLifted(Fact, topic="case.security-block-lifted"):
    """One block ended; others stay."""

    block_id: Open[UUID]
    by_agency: Open[AgencyCode]
    authority: Open[LiftAuthority]


@dataclass(frozen=True)
class Block:
    """One open block."""

    agency: AgencyCode
    ground: BlockGround | Unreadable
    review_due_on: date
    imposed_on: PartialDate
    reviewed_on: PartialDate | None = None
    lift_proposed_by: frozenset[AgencyCode] = frozenset()
    """Agencies that proposed to lift it since the last review."""
    overdue_since: date | None = None
    """The review date that passed, where that was written down."""

    def overdue(self, on: date) -> bool:
        """Whether its review was due before the day."""
        return self.review_due_on < on


@dataclass(frozen=True)
class Blocks:
    """The open blocks by id, and the ids of those lifted."""

    open: Mapping[UUID, Block] = field(default_factory=dict)
    lifted: frozenset[UUID] = frozenset()
    grounds: tuple[BlockGround | Unreadable, ...] = ()
    """Of every block ever imposed, in the order recorded."""


BLOCKS: Final = Facet("blocks", Blocks())


@BLOCKS.evolves
def _(fact: SecurityBlockImposed, stamp: Stamp, was: Blocks) -> Blocks | Odd[Blocks]:
    if fact.block_id in was.open:
        return Odd(was, "block.imposed-twice")
    block = Block(fact.agency, fact.ground, fact.review_due_on, stamp.occurred_on)
    now = replace(was, open={**was.open, fact.block_id: block}, grounds=(*was.grounds, fact.ground))
    return Odd(now, "block.imposed-after-lift") if fact.block_id in was.lifted else now


@BLOCKS.evolves
def _(fact: SecurityBlockLifted, _stamp: Stamp, was: Blocks) -> Blocks | Odd[Blocks]:
    others = {block_id: block for block_id, block in was.open.items() if block_id != fact.block_id}
    now = Blocks(others, was.lifted | {fact.block_id}, was.grounds)
    return now if fact.block_id in was.open else Odd(now, "block.unknown")


class ImposeSecurityBlock(CaseDecision):
    """Forbid the transfer on behalf of an agency. A clearance in force is withdrawn.

    :raises Refused: ``block.review-before-start`` when the review would be due before the block starts,
        ``record.erased`` when the ground of such a block can no longer be read.
    """

    permission = "case:impose-block"
    opens = frozenset({BlockLabel.SECURITY})
    agency: AgencyCode
    ground: BlockGround
    review_due_on: date

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Impose the block, unless the agency has an open one on this ground with this review date."""
        for known in case.blocks.open.values():
            if known.agency != self.agency or known.review_due_on != self.review_due_on:
                continue
            if readable(known.ground) is self.ground:
                return
        if self.review_due_on < self.day(act).earliest:
            raise Refused("block.review-before-start", "The review would be due before the block starts.")
        yield SecurityBlockImposed(
            block_id=act.new_id(), agency=self.agency, ground=self.ground, review_due_on=self.review_due_on
        )
        yield from withdrawal(case, act, WithdrawalCause.SECURITY_BLOCK)

    def concerns(self) -> CountryCode | None:
        """Return the state of the agency."""
        return agency_country(self.agency)


class LiftSecurityBlock(CaseDecision):
    """End one block. Other blocks stay; a clearance is not given back (I3).

    :raises Refused: ``block.unknown``, ``block.not-yours`` when the acting agency has no such authority over it (I2).
    """

    permission = "case:lift-block"
    after_merge = True
    block_id: UUID
    authority: LiftAuthority = LiftAuthority.IMPOSING_AGENCY

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Lift the block, unless it is lifted."""
        if self.block_id in case.blocks.lifted and self.block_id not in case.blocks.open:
            return
        authorised(case, self.block_id, self.authority, act)
        yield SecurityBlockLifted(block_id=self.block_id, by_agency=act.agency, authority=self.authority)


def authorised(case: CaseState, block_id: UUID, authority: LiftAuthority, act: Act) -> Block:
    """Return an open block over which the acting agency has this authority (I2).

    :raises Refused: ``block.unknown``, ``block.not-yours``.
    """
    block = case.blocks.open.get(block_id)
    if block is None:
        raise Refused("block.unknown", "No such block is open on this case.")
    if not authority.covers(block.agency, act.agency):
        raise Refused(
            "block.not-yours",
            f"Only {block.agency}, its registered successor or superior, or a court of its state decides about it.",
            agency=block.agency,
        )
    return block
