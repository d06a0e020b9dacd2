"""How an answer of a state ends: a refusal is reviewed and perhaps quashed, an approval is revoked."""

from __future__ import annotations

from enum import StrEnum, unique
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from domain.case.decisions import DECISIONS, Approval, Decisions, Ended, Refusal, RefusalReasons, Review
from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.request import CaseDecision
from domain.frozen import replace
from domain.kernel import Act, Decision, Fact, Odd, Refused, Stamp
from domain.privacy import Judicial, Narrative, Open
from domain.text import FreeText
from domain.values import AgencyCode, CountryCode, StateCode

if TYPE_CHECKING:
    from domain.case.case import CaseState


@unique
class ReviewGround(StrEnum):
    """On what a reviewing body rests its decision, in the widest terms."""

    LAWFUL = "lawful"
    ARBITRARY = "arbitrary"
    PROCEDURE = "procedure"
    FAMILY_LIFE = "family_life"
    BEST_INTERESTS_OF_THE_CHILD = "best_interests_of_the_child"
    NOT_ADMISSIBLE = "not_admissible"


ReviewGrounds = Annotated[tuple[ReviewGround, ...], Field(min_length=1, max_length=len(ReviewGround))]


class RefusalReviewRequested(Fact, topic="case.refusal-review-requested"):
    """A body was asked to review the refusal of a state."""

    country: Open[CountryCode]
    review_body: Open[AgencyCode]
    reference: Narrative[FreeText | None]


class RefusalReviewDecided(Fact, topic="case.refusal-review-decided"):
    """The body decided: the refusal is upheld, or quashed and the state has to answer anew."""

    country: Open[CountryCode]
    review_body: Open[AgencyCode]
    upheld: Open[bool]
    reasons: Judicial[ReviewGrounds]


class ApprovalRevoked(Fact, topic="case.approval-revoked"):
    """The state no longer agrees to receive the person, and has not refused either."""

    country: Open[CountryCode]
    authority: Open[AgencyCode]
    reasons: Judicial[RefusalReasons]


@DECISIONS.evolves
def _(fact: RefusalReviewRequested, stamp: Stamp, was: Decisions) -> Decisions | Odd[Decisions]:
    return _reviewed(was, fact.country, stamp, Review(fact.review_body))


@DECISIONS.evolves
def _(fact: RefusalReviewDecided, stamp: Stamp, was: Decisions) -> Decisions | Odd[Decisions]:
    if fact.upheld:
        return _reviewed(was, fact.country, stamp, Review(fact.review_body, upheld=True))
    answered = was.answered(fact.country, Ended(stamp.occurred_on, approval=False))
    return answered if was.refusal(fact.country) is not None else Odd(answered, "refusal.none")


def _reviewed(was: Decisions, country: CountryCode, stamp: Stamp, review: Review) -> Decisions | Odd[Decisions]:
    refusal = was.refusal(country)
    if refusal is None:
        answer = was.answers.get(country)
        later = answer is not None and stamp.occurred_on.earliest < answer.on.earliest
        return was if later else Odd(was, "refusal.none")
    return replace(was, answers={**was.answers, country: replace(refusal, review=review)})


@DECISIONS.evolves
def _(fact: ApprovalRevoked, stamp: Stamp, was: Decisions) -> Decisions | Odd[Decisions]:
    revoked = was.answered(fact.country, Ended(stamp.occurred_on, approval=True))
    return revoked if revoked is was or was.approval(fact.country) is not None else Odd(revoked, "approval.none")


class RequestRefusalReview(CaseDecision):
    """Ask a body to review the refusal of a state (I4).

    :raises Refused: ``refusal.none`` when the last answer of the state is no refusal.
    """

    permission = "case:request-repatriation"
    country: StateCode
    review_body: AgencyCode | None = None
    """The body that the refusal named, unless stated."""
    reference: FreeText | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Ask, unless this body has been asked to review this refusal."""
        del act
        refusal = _refusal(case, self.country)
        body = self.review_body or refusal.review_body
        if refusal.review is None or refusal.review.body != body:
            yield RefusalReviewRequested(country=self.country, review_body=body, reference=self.reference)

    def concerns(self) -> CountryCode | None:
        """Return the state that declined."""
        return self.country


class DecideRefusalReview(CaseDecision):
    """Record what a reviewing body decided about a refusal. A refusal that is quashed gives no approval.

    :raises Refused: ``refusal.none`` when the last answer of the state is no refusal.
    """

    permission = "case:decide-review"
    country: StateCode
    review_body: AgencyCode
    upheld: bool
    reasons: ReviewGrounds

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the decision, unless it is on record."""
        del act
        answer = case.decisions.answers.get(self.country)
        if isinstance(answer, Ended) and not answer.approval and not self.upheld:
            return
        refusal = _refusal(case, self.country)
        if refusal.review != Review(self.review_body, upheld=self.upheld):
            yield RefusalReviewDecided(
                country=self.country, review_body=self.review_body, upheld=self.upheld, reasons=self.reasons
            )

    def concerns(self) -> CountryCode | None:
        """Return the state that declined."""
        return self.country


class RevokeApproval(CaseDecision):
    """Record that the state no longer agrees to receive the person. A clearance for it is withdrawn.

    :raises Refused: ``approval.none`` when the last answer of the state is no approval.
    """

    permission = "case:approve-repatriation"
    country: StateCode
    authority: AgencyCode
    reasons: RefusalReasons

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Revoke the approval, unless it is revoked."""
        answer = case.decisions.answers.get(self.country)
        if isinstance(answer, Ended) and answer.approval:
            return
        if not isinstance(answer, Approval):
            raise Refused("approval.none", "The last answer of this state is no approval.")
        yield ApprovalRevoked(country=self.country, authority=self.authority, reasons=self.reasons)
        yield from withdrawal(case, act, WithdrawalCause.APPROVAL, destination=self.country)

    def concerns(self) -> CountryCode | None:
        """Return the state that had agreed."""
        return self.country


def _refusal(case: CaseState, country: CountryCode) -> Refusal:
    refusal = case.decisions.refusal(country)
    if refusal is None:
        raise Refused("refusal.none", "The last answer of this state is no refusal.")
    return refusal
