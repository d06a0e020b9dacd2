"""What states decide: repatriation requested, approved, refused. The last answer of each state counts.

How an answer ends stands in :mod:`domain.case.reviews`, what a journey needs in :mod:`domain.case.papers`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from pydantic import Field

from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.request import CaseDecision
from domain.dates import PartialDate
from domain.deciding import not_in_future, readable
from domain.frozen import replace
from domain.kernel import Act, Decision, Facet, Fact, Stamp
from domain.privacy import BlockLabel, Judicial, Open, Unreadable
from domain.values import AgencyCode, CountryCode, StateCode

if TYPE_CHECKING:
    from domain.case.case import CaseState
    from domain.case.papers import ReceptionPlan, TravelDocument


@unique
class RequestedBy(StrEnum):
    """Who asked a state to take the person home."""

    PERSON = "person"
    FAMILY = "family"
    STATE = "state"
    AGENCY = "agency"


@unique
class ApprovalBasis(StrEnum):
    """Why a state takes a person home."""

    NATIONALITY = "nationality"
    FAMILY_UNITY = "family_unity"
    HUMANITARIAN = "humanitarian"
    RESIDENCE = "residence"


@unique
class RefusalReason(StrEnum):
    """Why a state does not take a person home, in the widest terms."""

    SECURITY = "security"
    NATIONALITY_NOT_ESTABLISHED = "nationality_not_established"
    CITIZENSHIP_DEPRIVED = "citizenship_deprived"
    PROSECUTION_ELSEWHERE = "prosecution_elsewhere"
    NO_CONSULAR_ACCESS = "no_consular_access"
    OUTSIDE_POLICY = "outside_policy"


RefusalReasons = Annotated[tuple[RefusalReason, ...], Field(min_length=1, max_length=len(RefusalReason))]


class RepatriationRequested(Fact, topic="case.repatriation-requested"):
    """A state was asked to take the person home."""

    country: Open[CountryCode]
    by: Open[RequestedBy]


class RepatriationApproved(Fact, topic="case.repatriation-approved"):
    """The state agreed to receive the person."""

    country: Open[CountryCode]
    authority: Open[AgencyCode]
    basis: Open[ApprovalBasis]


class RepatriationRefused(Fact, topic="case.repatriation-refused"):
    """The state declined, with reasons and a body that can review them (H.F. and Others v France, 2022)."""

    country: Open[CountryCode]
    reasons: Judicial[RefusalReasons]
    review_body: Open[AgencyCode]
    notified_on: Open[PartialDate | None]


@dataclass(frozen=True)
class Asked:
    """The requests to one state: the last one's origin, and everybody who ever made one."""

    by: RequestedBy
    actors: frozenset[UUID]


@dataclass(frozen=True)
class Approval:
    """A state's agreement."""

    authority: AgencyCode
    basis: ApprovalBasis
    on: PartialDate

    @property
    def by_nationality(self) -> bool:
        """Whether it rests on the person being a national."""
        return self.basis is ApprovalBasis.NATIONALITY

    def after(self, day: PartialDate) -> bool:
        """Whether it was certainly given after a day."""
        return self.on.earliest > day.latest


@dataclass(frozen=True)
class Review:
    """What a body that reviews a refusal was asked, and what it decided."""

    body: AgencyCode
    upheld: bool | None = None
    """``None`` while it has not decided."""


@dataclass(frozen=True)
class Refusal:
    """A state's refusal."""

    reasons: tuple[RefusalReason, ...] | Unreadable
    review_body: AgencyCode
    notified_on: PartialDate | None
    on: PartialDate
    review: Review | None = None


@dataclass(frozen=True)
class Ended:
    """An approval was revoked or a refusal quashed: the state has to answer anew."""

    on: PartialDate
    approval: bool
    """Whether it was an approval that ended."""


Answer = Approval | Refusal | Ended


@dataclass(frozen=True)
class Decisions:
    """Requests and last answers, by country; papers for the journey."""

    asked: Mapping[CountryCode, Asked] = field(default_factory=dict)
    answers: Mapping[CountryCode, Answer] = field(default_factory=dict)
    travel_documents: Mapping[UUID, TravelDocument] = field(default_factory=dict)
    """Those that were not cancelled, in the order issued."""
    cancelled_documents: frozenset[UUID] = frozenset()
    reception_plans: Mapping[CountryCode, ReceptionPlan] = field(default_factory=dict)
    """The last of each state."""

    def approval(self, country: CountryCode) -> Approval | None:
        """Return the state's agreement, where its last answer is one."""
        answer = self.answers.get(country)
        return answer if isinstance(answer, Approval) else None

    def refusal(self, country: CountryCode) -> Refusal | None:
        """Return the state's refusal, where its last answer is one."""
        answer = self.answers.get(country)
        return answer if isinstance(answer, Refusal) else None

    def answered(self, country: CountryCode, answer: Answer) -> Decisions:
        """Return the decisions with a later answer of a state; one from before the last changes nothing."""
        before = self.answers.get(country)
        if before is not None and answer.on.earliest < before.on.earliest:
            return self
        return replace(self, answers={**self.answers, country: answer})

    @property
    def approved(self) -> bool:
        """Whether any state agrees to receive the person."""
        return any(isinstance(answer, Approval) for answer in self.answers.values())

    @property
    def refused(self) -> bool:
        """Whether a state declined."""
        return any(isinstance(answer, Refusal) for answer in self.answers.values())


DECISIONS: Final = Facet("decisions", Decisions())


@DECISIONS.evolves
def _(fact: RepatriationRequested, stamp: Stamp, was: Decisions) -> Decisions:
    before = was.asked.get(fact.country)
    actors = before.actors if before is not None else frozenset[UUID]()
    return replace(was, asked={**was.asked, fact.country: Asked(fact.by, actors | {stamp.actor})})


@DECISIONS.evolves
def _(fact: RepatriationApproved, stamp: Stamp, was: Decisions) -> Decisions:
    return was.answered(fact.country, Approval(fact.authority, fact.basis, stamp.occurred_on))


@DECISIONS.evolves
def _(fact: RepatriationRefused, stamp: Stamp, was: Decisions) -> Decisions:
    answer = Refusal(fact.reasons, fact.review_body, fact.notified_on, stamp.occurred_on)
    return was.answered(fact.country, answer)


class RequestRepatriation(CaseDecision):
    """Ask a state to take the person home. Who asks does not clear (G13)."""

    permission = "case:request-repatriation"
    country: StateCode
    by: RequestedBy

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Ask, unless the state has been asked on the same behalf by the same officer."""
        asked = case.decisions.asked.get(self.country)
        if asked is None or asked.by is not self.by or act.actor not in asked.actors:
            yield RepatriationRequested(country=self.country, by=self.by)

    def concerns(self) -> CountryCode | None:
        """Return the state asked."""
        return self.country


class ApproveRepatriation(CaseDecision):
    """Record the state's agreement to receive the person, and on what basis."""

    permission = "case:approve-repatriation"
    country: StateCode
    authority: AgencyCode
    basis: ApprovalBasis

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Approve, unless the same agreement is in force and the state has made no order of deprivation since."""
        given, order = case.decisions.approval(self.country), case.nationality.deprived.get(self.country)
        day = self.day(act)
        if given is not None and (order is None or given.after(order.order_made_on)) and self.occurred_on is None:
            day = given.on
        if given != Approval(self.authority, self.basis, day):
            yield RepatriationApproved(country=self.country, authority=self.authority, basis=self.basis)

    def concerns(self) -> CountryCode | None:
        """Return the state that agreed."""
        return self.country


class RefuseRepatriation(CaseDecision):
    """Record the state's refusal, with reasons and a review route (I4). A clearance for that state is withdrawn.

    :raises Refused: ``record.in-future`` when the person would have been told on a day to come, ``record.erased``.
    """

    permission = "case:refuse-repatriation"
    opens = frozenset({BlockLabel.JUDICIAL})
    country: StateCode
    reasons: RefusalReasons
    review_body: AgencyCode
    notified_on: PartialDate | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Refuse, unless the same refusal is the state's last answer."""
        not_in_future(self.notified_on, act)
        given = case.decisions.answers.get(self.country)
        if isinstance(given, Refusal):
            known = (readable(given.reasons), given.review_body, given.notified_on)
            if known == (self.reasons, self.review_body, self.notified_on):
                return
        yield RepatriationRefused(
            country=self.country,
            reasons=self.reasons,
            review_body=self.review_body,
            notified_on=self.notified_on,
        )
        yield from withdrawal(case, act, WithdrawalCause.REFUSAL, destination=self.country)

    def concerns(self) -> CountryCode | None:
        """Return the state that declined."""
        return self.country
