"""Best interests of a child: assessed by one officer, determined by a panel, reopened by what is learned later.

CRC, article 3; UNHCR, Best Interests Procedure Guidelines (2021): an assessment for every child, a determination by a
panel before a child without its family is sent anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from pydantic import Field

from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.request import CaseDecision
from domain.dates import PartialDate
from domain.deciding import readable
from domain.frozen import replace
from domain.kernel import Act, Decision, Facet, Fact, Refused, Stamp
from domain.privacy import BlockLabel, Narrative, Open, Protection, Unreadable
from domain.text import FreeText
from domain.values import AgencyCode, CountryCode, StateCode

if TYPE_CHECKING:
    from domain.case.case import CaseState

LEAST_PANEL: Final = 2
"""One person alone is no panel."""
LARGEST_PANEL: Final = 12
Panel = Annotated[tuple[UUID, ...], Field(min_length=LEAST_PANEL, max_length=LARGEST_PANEL)]
"""Who sat, as actor references: officers of the register, whose names live outside the record."""


@unique
class AssessmentOutcome(StrEnum):
    """What an assessment found."""

    NOTHING_AGAINST = "nothing_against"
    """What is planned for the child serves it."""
    MEASURES_NEEDED = "measures_needed"
    DETERMINATION_NEEDED = "determination_needed"
    """A panel has to decide."""


@unique
class DeterminedOutcome(StrEnum):
    """What a panel found to be in the best interests of the child."""

    TRANSFER = "transfer"
    """To go to the destination."""
    REMAIN = "remain"
    """Not to go there, also when the family goes."""
    DEFERRED = "deferred"


@unique
class ReopenCause(StrEnum):
    """Why the question is open again."""

    NEW_INFORMATION = "new_information"
    FAMILY_TRACED = "family_traced"
    CAREGIVER_LOST = "caregiver_lost"
    VIEWS_CHANGED = "views_changed"
    CHILD_OR_GUARDIAN_ASKED = "child_or_guardian_asked"
    PROCEDURE_FLAWED = "procedure_flawed"


class BestInterestsAssessed(Fact, topic="case.best-interests-assessed"):
    """An officer assessed what serves the child."""

    assessor: Open[AgencyCode]
    outcome: Protection[AssessmentOutcome]


class BestInterestsDetermined(Fact, topic="case.best-interests-determined"):
    """A panel determined whether a transfer to a destination serves the child; it holds until and including a day."""

    panel: Open[Panel]
    valid_until: Open[date]
    destination: Protection[CountryCode]
    outcome: Protection[DeterminedOutcome]
    reasons: Narrative[FreeText]


class BestInterestsReopened(Fact, topic="case.best-interests-reopened"):
    """The question is open again: what was assessed and determined no longer stands."""

    cause: Protection[ReopenCause]


@dataclass(frozen=True)
class Assessment:
    """The last assessment."""

    assessor: AgencyCode
    outcome: AssessmentOutcome | Unreadable
    on: PartialDate


@dataclass(frozen=True)
class Determination:
    """One determination of a panel."""

    destination: CountryCode | Unreadable
    outcome: DeterminedOutcome | Unreadable
    panel: tuple[UUID, ...]
    valid_until: date
    on: PartialDate
    actor: UUID
    """Who recorded it."""

    @property
    def took_part(self) -> frozenset[UUID]:
        """Everybody who had a hand in it: the panel, and who recorded it."""
        return frozenset((*self.panel, self.actor))

    def in_force(self, on: date) -> bool:
        """Whether it has not expired on the day."""
        return on <= self.valid_until

    def favours(self, destination: CountryCode, on: date) -> bool:
        """Whether it certainly says that going to this destination serves the child, and has not expired."""
        positive = self.outcome is DeterminedOutcome.TRANSFER and self.destination == destination
        return positive and self.in_force(on)


@dataclass(frozen=True)
class BestInterests:
    """What stands since the question was last opened."""

    assessment: Assessment | None = None
    determinations: tuple[Determination, ...] = ()
    """In the order in which they were made."""
    reopened_on: PartialDate | None = None

    @property
    def assessed(self) -> bool:
        """Whether the child's best interests were looked into; a determination is the fuller form of it."""
        return self.assessment is not None or bool(self.determinations)

    @property
    def determination(self) -> Determination | None:
        """The last one, for whatever destination."""
        return self.determinations[-1] if self.determinations else None

    def concerning(self, destination: CountryCode) -> Determination | None:
        """Return the last one for a destination, or one that may be: whose destination cannot be read."""
        for known in reversed(self.determinations):
            if known.destination == destination or isinstance(known.destination, Unreadable):
                return known
        return None

    def before(self, on: PartialDate) -> bool:
        """Whether a day lies before the question was last opened."""
        return self.reopened_on is not None and on.earliest < self.reopened_on.earliest


BEST_INTERESTS: Final = Facet("best_interests", BestInterests())


@BEST_INTERESTS.evolves
def _(fact: BestInterestsAssessed, stamp: Stamp, was: BestInterests) -> BestInterests:
    on, known = stamp.occurred_on, was.assessment
    if was.before(on) or (known is not None and on.earliest < known.on.earliest):
        return was
    return replace(was, assessment=Assessment(fact.assessor, fact.outcome, on))


@BEST_INTERESTS.evolves
def _(fact: BestInterestsDetermined, stamp: Stamp, was: BestInterests) -> BestInterests:
    on = stamp.occurred_on
    if was.before(on):
        return was
    made = Determination(fact.destination, fact.outcome, fact.panel, fact.valid_until, on, stamp.actor)
    in_order = sorted((*was.determinations, made), key=lambda known: known.on.earliest)
    return replace(was, determinations=tuple(in_order))


@BEST_INTERESTS.evolves
def _(_fact: BestInterestsReopened, stamp: Stamp, was: BestInterests) -> BestInterests:
    on = stamp.occurred_on
    if was.before(on):
        return was
    known = was.assessment
    return BestInterests(
        known if known is not None and known.on.earliest > on.earliest else None,
        tuple(made for made in was.determinations if made.on.earliest > on.earliest),
        on,
    )


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
