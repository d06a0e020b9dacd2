"""The procedure that asks what serves a child best: an officer assesses, a panel determines, anybody may reopen it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domain.case.best_interests import (
    AssessmentOutcome,
    BestInterestsAssessed,
    BestInterestsDetermined,
    BestInterestsReopened,
    DeterminedOutcome,
    Panel,
    ReopenCause,
)
from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.request import CaseDecision
from domain.deciding import readable
from domain.kernel import Act, Decision, Refused
from domain.privacy import BlockLabel
from domain.text import FreeText
from domain.values import StateCode

if TYPE_CHECKING:
    from domain.case.case import CaseState


class AssessBestInterests(CaseDecision):
    """Record what an officer's assessment of the child's best interests found.

    A clearance is withdrawn when it found that something else is needed first.

    :raises Refused: ``record.erased`` when the last assessment can no longer be read.
    """

    permission = "case:assess-best-interests"
    opens = frozenset({BlockLabel.PROTECTION})
    outcome: AssessmentOutcome

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the assessment, unless the agency's last one found the same and no other day is meant."""
        known = case.protection.best_interests.assessment
        if known is not None:
            same = readable(known.outcome) is self.outcome and known.assessor == act.agency
            if same and self.occurred_on in {None, known.on}:
                return
        yield BestInterestsAssessed(assessor=act.agency, outcome=self.outcome)
        if self.outcome is not AssessmentOutcome.NOTHING_AGAINST:
            yield from withdrawal(case, act, WithdrawalCause.BEST_INTERESTS)


class DetermineBestInterests(CaseDecision):
    """Record what a panel determined for a child and one destination. Any but a positive one withdraws the clearance.

    Whether it is the same as one on record is told by panel, destination, outcome and last day; other words for the
    same reasons are no news.

    :raises Refused: ``best-interests.panel-repeats`` when somebody sits twice,
        ``best-interests.caseworker-on-panel`` when the officer assigned to the case sits (four eyes),
        ``best-interests.expires-before-given``, ``record.erased``.
    """

    permission = "case:determine-best-interests"
    opens = frozenset({BlockLabel.PROTECTION})
    panel: Panel
    destination: StateCode
    outcome: DeterminedOutcome
    valid_until: date
    """Last day on which it counts."""
    reasons: FreeText

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the determination, unless the last one for this destination is the same."""
        members = frozenset(self.panel)
        if len(members) < len(self.panel):
            raise Refused("best-interests.panel-repeats", "Somebody is named twice as a member of the panel.")
        if case.work.officer in members:
            raise Refused("best-interests.caseworker-on-panel", "Who is responsible for the case does not sit on it.")
        if self.valid_until < self.day(act).earliest:
            raise Refused("best-interests.expires-before-given", "It would have expired before it was made.")
        for made in case.protection.best_interests.determinations:
            readable(made.destination)
        known = case.protection.best_interests.concerning(self.destination)
        if known is not None and self.occurred_on in {None, known.on}:
            same = (readable(known.outcome), frozenset(known.panel), known.valid_until)
            if same == (self.outcome, members, self.valid_until):
                return
        yield BestInterestsDetermined(
            panel=self.panel,
            valid_until=self.valid_until,
            destination=self.destination,
            outcome=self.outcome,
            reasons=self.reasons,
        )
        if self.outcome is not DeterminedOutcome.TRANSFER:
            yield from withdrawal(case, act, WithdrawalCause.BEST_INTERESTS, destination=self.destination)


class ReopenBestInterests(CaseDecision):
    """Open the question again: what was assessed and determined no longer stands, and a clearance is withdrawn.

    :raises Refused: ``best-interests.not-assessed`` when there is nothing to reopen.
    """

    permission = "case:assess-best-interests"
    cause: ReopenCause

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Reopen it, unless it is open since it was last reopened."""
        interests = case.protection.best_interests
        if not interests.assessed:
            if interests.reopened_on is not None:
                return
            raise Refused("best-interests.not-assessed", "Nothing has been assessed that could be reopened.")
        yield BestInterestsReopened(cause=self.cause)
        yield from withdrawal(case, act, WithdrawalCause.BEST_INTERESTS)
