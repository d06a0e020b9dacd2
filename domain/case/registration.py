"""Registration: a case is opened when a person becomes known to us, and closed when nothing is left to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final

from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.request import CaseDecision, CaseObservation
from domain.dates import PartialDate
from domain.frozen import replace
from domain.kernel import Act, Decision, Facet, Fact, Odd, Refused, Stamp
from domain.privacy import Open

if TYPE_CHECKING:
    from domain.case.case import CaseState


@unique
class Circumstances(StrEnum):
    """How the person became known to us."""

    ARRIVAL = "arrival"
    TRANSFER = "transfer"
    BIRTH = "birth"
    FOUND = "found"
    HISTORY = "history"
    """Taken over from earlier records."""


@unique
class ClosureReason(StrEnum):
    """Why nothing is left to do."""

    REPATRIATED = "repatriated"
    RELEASED_LOCALLY = "released_locally"
    DECEASED = "deceased"
    MERGED = "merged"
    OPENED_IN_ERROR = "opened_in_error"
    TRANSFERRED = "transferred"
    LOST_CONTACT = "lost_contact"


class CaseOpened(Fact, topic="case.case-opened"):
    """A person became known to us."""

    circumstances: Open[Circumstances]


class CaseClosed(Fact, topic="case.case-closed"):
    """Nothing is left to do."""

    reason: Open[ClosureReason]


@dataclass(frozen=True)
class Closure:
    """Why and when the case was closed."""

    reason: ClosureReason
    on: PartialDate


@dataclass(frozen=True)
class Registration:
    """Whether the case is open."""

    circumstances: Circumstances | None = None
    opened_on: PartialDate | None = None
    closed: Closure | None = None

    @property
    def merged(self) -> bool:
        """Whether the case was closed because the person has another."""
        return self.closed is not None and self.closed.reason is ClosureReason.MERGED


REGISTRATION: Final = Facet("registration", Registration())


@REGISTRATION.evolves
def _(fact: CaseOpened, stamp: Stamp, was: Registration) -> Registration | Odd[Registration]:
    if was.circumstances is not None:
        return Odd(was, "registration.opened-twice")
    return replace(was, circumstances=fact.circumstances, opened_on=stamp.occurred_on)


@REGISTRATION.evolves
def _(fact: CaseClosed, stamp: Stamp, was: Registration) -> Registration | Odd[Registration]:
    if was.closed is not None:
        return Odd(was, "registration.closed-twice")
    return replace(was, closed=Closure(fact.reason, stamp.occurred_on))


class OpenCase(CaseObservation):
    """Open a case for a person who became known to us."""

    permission = "case:open"
    creates = True
    circumstances: Circumstances

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Open the case, unless it is open under the same circumstances."""
        del act
        if case.registration.circumstances is not self.circumstances:
            yield CaseOpened(circumstances=self.circumstances)


class CloseCase(CaseDecision):
    """Close the case. A clearance in force is withdrawn with it.

    :raises Refused: ``case.closed`` when it is closed for another reason, ``case.in-transit`` while the person is on
        the way, ``closure.unsupported`` when the reason says dead or repatriated and the record does not.
    """

    permission = "case:close"
    after_closure = True
    after_death = True
    reason: ClosureReason

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Close the case when the record supports the reason."""
        closed = case.registration.closed
        if closed is not None and closed.reason is self.reason:
            return
        if closed is not None:
            raise Refused("case.closed", "The case is already closed for another reason.", reason=closed.reason.value)
        if case.in_transit:
            raise Refused("case.in-transit", "The person is on the way: record the arrival first.")
        if self.reason is ClosureReason.DECEASED and case.life.death is None:
            raise Refused("closure.unsupported", "No death is on record.", reason=self.reason.value)
        if self.reason is ClosureReason.REPATRIATED and case.journey.returned is None:
            raise Refused("closure.unsupported", "No arrival or repatriation is on record.", reason=self.reason.value)
        yield CaseClosed(reason=self.reason)
        yield from withdrawal(case, act, WithdrawalCause.CLOSURE)
