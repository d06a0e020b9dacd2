"""Screenings that take another turn: an agency reverses its answer, or the screening is no longer asked for."""

from __future__ import annotations

from datetime import date
from enum import StrEnum, unique
from typing import TYPE_CHECKING
from uuid import UUID

from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.request import CaseDecision
from domain.case.screening import SCREENING, Outcome, ScreeningResult, Screenings
from domain.frozen import replace
from domain.kernel import Act, Decision, Fact, Odd, Refused, Stamp
from domain.privacy import Open, Security

if TYPE_CHECKING:
    from domain.case.case import CaseState


@unique
class ReversalReason(StrEnum):
    """Why an agency answers otherwise than before, in the widest terms."""

    NEW_INFORMATION = "new_information"
    MISTAKEN_IDENTITY = "mistaken_identity"
    """The answer was about a namesake."""
    ERROR = "error"
    APPEAL = "appeal"


@unique
class CancellationCause(StrEnum):
    """Why a screening is no longer asked for."""

    NO_LONGER_NEEDED = "no_longer_needed"
    ASKED_IN_ERROR = "asked_in_error"
    AGENCY_DECLINED = "agency_declined"
    PERSON_GONE = "person_gone"


class ScreeningResultReversed(Fact, topic="case.screening-result-reversed"):
    """The agency took its answer back and gave another, which holds until and including a day, or without end."""

    screening_id: Open[UUID]
    from_result: Open[ScreeningResult]
    to_result: Open[ScreeningResult]
    valid_until: Open[date | None]
    reason: Security[ReversalReason]


class ScreeningCancelled(Fact, topic="case.screening-cancelled"):
    """Nobody waits for this answer any more."""

    screening_id: Open[UUID]
    cause: Open[CancellationCause]


@SCREENING.evolves
def _(fact: ScreeningResultReversed, stamp: Stamp, was: Screenings) -> Screenings | Odd[Screenings]:
    asked = was.by_id.get(fact.screening_id)
    if asked is None:
        return Odd(was, "screening.unrequested")
    given = asked.outcome
    if given is not None and stamp.occurred_on.earliest < given.on.earliest:
        return was
    outcome = Outcome(fact.to_result, stamp.occurred_on, fact.valid_until)
    now = was.changed(fact.screening_id, replace(asked, outcome=outcome, cancelled=False))
    if given is None:
        return Odd(now, "screening.reversed-unanswered")
    return now if given.result is fact.from_result else Odd(now, "screening.reversed-otherwise")


@SCREENING.evolves
def _(fact: ScreeningCancelled, _stamp: Stamp, was: Screenings) -> Screenings | Odd[Screenings]:
    asked = was.by_id.get(fact.screening_id)
    if asked is None:
        return Odd(was, "screening.unrequested")
    if asked.outcome is not None:
        return Odd(was, "screening.cancelled-after-answer")
    return was.changed(fact.screening_id, replace(asked, cancelled=True))


class ReverseScreeningResult(CaseDecision):
    """Record that the agency takes its answer back and gives another, at any stage, also after the departure.

    Any other than cleared withdraws a clearance for a destination that the screening serves.

    :raises Refused: ``screening.unknown``, ``screening.unanswered``, ``screening.not-reversed`` for the same result
        with another last day, ``screening.before-answer``, ``screening.expires-before-given``.
    """

    permission = "case:complete-screening"
    screening_id: UUID
    to_result: ScreeningResult
    reason: ReversalReason
    valid_until: date | None = None
    """Last day on which the new answer holds; without end when omitted."""

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the new answer, unless it is the one on record."""
        asked = case.screening.by_id.get(self.screening_id)
        if asked is None:
            raise Refused("screening.unknown", "No such screening was requested on this case.")
        if (given := asked.outcome) is None:
            raise Refused("screening.unanswered", "The agency has not answered: there is nothing to reverse.")
        if (given.result, given.valid_until) == (self.to_result, self.valid_until):
            return
        if given.result is self.to_result:
            raise Refused(
                "screening.not-reversed", "This is the answer on record: another last day needs another screening."
            )
        day = self.day(act)
        if day.earliest < given.on.earliest:
            raise Refused("screening.before-answer", "The agency had not answered by that day.")
        if self.valid_until is not None and self.valid_until < day.earliest:
            raise Refused("screening.expires-before-given", "The answer would have expired before it was given.")
        yield ScreeningResultReversed(
            screening_id=self.screening_id,
            from_result=given.result,
            to_result=self.to_result,
            valid_until=self.valid_until,
            reason=self.reason,
        )
        if self.to_result is not ScreeningResult.CLEARED:
            yield from withdrawal(case, act, WithdrawalCause.SCREENING, destination=asked.destination)


class CancelScreening(CaseDecision):
    """No longer ask for a screening. The agency's last answer before it, if there is one, counts again.

    :raises Refused: ``screening.unknown``, ``screening.already-completed``.
    """

    permission = "case:request-screening"
    screening_id: UUID
    cause: CancellationCause

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Cancel it, unless it is cancelled."""
        del act
        asked = case.screening.by_id.get(self.screening_id)
        if asked is None:
            raise Refused("screening.unknown", "No such screening was requested on this case.")
        if asked.cancelled:
            return
        if asked.outcome is not None:
            raise Refused("screening.already-completed", "The agency has answered; a reversal is a fact of its own.")
        yield ScreeningCancelled(screening_id=self.screening_id, cause=self.cause)
