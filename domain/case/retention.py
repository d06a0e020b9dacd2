"""Retention and use: what may not be erased yet, and how far a case may be used."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.record import AccessRestricted, HoldBasis, Restriction, RetentionHoldPlaced, RetentionHoldReleased
from domain.case.request import CaseDecision
from domain.case.work import Line
from domain.kernel import Act, Decision, Refused

if TYPE_CHECKING:
    from domain.case.case import CaseState


class _Keeping(CaseDecision):
    """A decision about the record of a case, whatever became of the person."""

    after_closure = True
    after_death = True
    after_merge = True


class PlaceRetentionHold(_Keeping):
    """Let nothing of the person be erased until a day, or until the hold is released.

    :raises Refused: ``hold.ends-before-placed``.
    """

    permission = "case:hold"
    basis: HoldBasis
    until: date | None = None
    """Last day of the hold."""
    reference: Line

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Place the hold, unless this request placed it."""
        if act.new_id() in case.record.holds or act.new_id() in case.record.released:
            return
        if self.until is not None and self.until < self.day(act).earliest:
            raise Refused("hold.ends-before-placed", "The hold would have ended before it was placed.")
        yield RetentionHoldPlaced(hold_id=act.new_id(), basis=self.basis, until=self.until, reference=self.reference)


class ReleaseRetentionHold(_Keeping):
    """End a hold. Others stay.

    :raises Refused: ``hold.unknown``.
    """

    permission = "case:hold"
    hold_id: UUID
    reference: Line | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Release the hold, unless it is released."""
        del act
        if self.hold_id in case.record.holds:
            yield RetentionHoldReleased(hold_id=self.hold_id, reference=self.reference)
        elif self.hold_id not in case.record.released:
            raise Refused("hold.unknown", "No such hold was placed on this case.")


class RestrictAccess(_Keeping):
    """Lay down how far the case may be used; ``none`` ends a restriction.

    A case that is kept and not used serves no clearance: one in force is withdrawn.
    """

    permission = "case:restrict"
    restriction: Restriction
    reason: Line

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the restriction, unless it is the one that holds."""
        if case.record.restriction is self.restriction:
            return
        yield AccessRestricted(restriction=self.restriction, reason=self.reason)
        if self.restriction is Restriction.PROCESSING:
            yield from withdrawal(case, act, WithdrawalCause.RESTRICTION)
