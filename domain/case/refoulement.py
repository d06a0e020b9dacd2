"""Non-refoulement: nobody is sent where there are substantial grounds to believe that they would be tortured.

CAT, article 3; ICCPR, article 7. Assessed for each state anew; no consent and no approval cures a real risk. A fear
that is told after an assessment asks for another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final

from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.request import CaseDecision, CaseObservation
from domain.dates import PartialDate
from domain.deciding import readable
from domain.frozen import replace
from domain.kernel import Act, Decision, Facet, Fact, Refused, Stamp
from domain.privacy import BlockLabel, Narrative, Open, Protection, Unreadable
from domain.text import FreeText
from domain.values import AgencyCode, CountryCode, StateCode, agency_country

if TYPE_CHECKING:
    from domain.case.case import CaseState


@unique
class RiskOutcome(StrEnum):
    """What an assessment found of the risk in a state."""

    NO_REAL_RISK = "no_real_risk"
    REAL_RISK = "real_risk"
    INCONCLUSIVE = "inconclusive"


@unique
class Feared(StrEnum):
    """What a person fears in a state, in the widest terms."""

    DEATH_PENALTY = "death_penalty"
    TORTURE = "torture"
    UNFAIR_TRIAL = "unfair_trial"
    PERSECUTION = "persecution"
    VIOLENCE_OF_OTHERS = "violence_of_others"
    """Revenge, family or armed groups, from which the state does not protect."""
    SEPARATION = "separation"
    """To lose one's children."""
    NOT_SAID = "not_said"


class NonRefoulementAssessed(Fact, topic="case.non-refoulement-assessed"):
    """The risk in a state was assessed; the answer holds until and including a day."""

    assessor: Open[AgencyCode]
    valid_until: Open[date]
    country: Protection[CountryCode]
    outcome: Protection[RiskOutcome]
    reasons: Narrative[FreeText]


class FearOfReturnExpressed(Fact, topic="case.fear-of-return-expressed"):
    """The person said that they fear to be sent somewhere."""

    country: Protection[CountryCode | None]
    fear: Protection[Feared]
    account: Narrative[FreeText | None]


@dataclass(frozen=True)
class RiskAssessment:
    """The last assessment of one state."""

    country: CountryCode | Unreadable
    outcome: RiskOutcome | Unreadable
    assessor: AgencyCode
    valid_until: date
    on: PartialDate
    feared_since: bool = False
    """Whether the person has told a fear of that state, or one that may be of it, since."""

    def clears(self, on: date) -> bool:
        """Whether it certainly found no real risk, has not expired, and no fear was told since."""
        return self.outcome is RiskOutcome.NO_REAL_RISK and on <= self.valid_until and not self.feared_since


@dataclass(frozen=True)
class Fear:
    """One fear that was told."""

    country: CountryCode | Unreadable | None
    fear: Feared | Unreadable
    on: PartialDate

    def may_be_of(self, country: CountryCode | Unreadable) -> bool:
        """Whether it is a fear of that state, of none that was named, or of one that cannot be read."""
        unsure = self.country is None or isinstance(self.country, Unreadable) or isinstance(country, Unreadable)
        return unsure or self.country == country


@dataclass(frozen=True)
class Risks:
    """The last assessment of each state, and the fears that were told."""

    assessments: tuple[RiskAssessment, ...] = ()
    fears: tuple[Fear, ...] = ()

    def concerning(self, country: CountryCode) -> RiskAssessment | None:
        """Return the last assessment of a state, or one that may be: whose state cannot be read."""
        for known in reversed(self.assessments):
            if known.country == country or isinstance(known.country, Unreadable):
                return known
        return None


RISKS: Final = Facet("risks", Risks())


@RISKS.evolves
def _(fact: NonRefoulementAssessed, stamp: Stamp, was: Risks) -> Risks:
    on, country = stamp.occurred_on, fact.country
    others = was.assessments
    if not isinstance(country, Unreadable):
        if any(known.country == country and on.earliest < known.on.earliest for known in others):
            return was
        others = tuple(known for known in others if known.country != country)
    feared = any(fear.may_be_of(country) and fear.on.earliest > on.earliest for fear in was.fears)
    made = RiskAssessment(country, fact.outcome, fact.assessor, fact.valid_until, on, feared)
    return replace(was, assessments=(*others, made))


@RISKS.evolves
def _(fact: FearOfReturnExpressed, stamp: Stamp, was: Risks) -> Risks:
    told = Fear(fact.country, fact.fear, stamp.occurred_on)
    return Risks(tuple(_after(known, told) for known in was.assessments), (*was.fears, told))


def _after(known: RiskAssessment, told: Fear) -> RiskAssessment:
    since = told.may_be_of(known.country) and told.on.earliest >= known.on.earliest
    return replace(known, feared_since=True) if since else known


class AssessNonRefoulement(CaseDecision):
    """Record what an assessment of the risk in a state found. Any but "no real risk" withdraws a clearance for it.

    Whether it is the same as one on record is told by state, assessor, outcome and last day.

    :raises Refused: ``non-refoulement.own-state`` when the assessor belongs to the state that is assessed,
        ``non-refoulement.expires-before-given``, ``record.erased``.
    """

    permission = "case:assess-non-refoulement"
    opens = frozenset({BlockLabel.PROTECTION})
    country: StateCode
    outcome: RiskOutcome
    valid_until: date
    """Last day on which it counts."""
    reasons: FreeText

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the assessment, unless the last one of this state is the same and no fear was told since."""
        if agency_country(act.agency) == self.country:
            raise Refused("non-refoulement.own-state", "A state does not assess the risk that it is itself.")
        if self.valid_until < self.day(act).earliest:
            raise Refused("non-refoulement.expires-before-given", "It would have expired before it was made.")
        for assessed in case.protection.refoulement:
            readable(assessed.country)
        known = case.protection.risks.concerning(self.country)
        if known is not None and not known.feared_since and self.occurred_on in {None, known.on}:
            same = (readable(known.outcome), known.assessor, known.valid_until)
            if same == (self.outcome, act.agency, self.valid_until):
                return
        yield NonRefoulementAssessed(
            assessor=act.agency,
            valid_until=self.valid_until,
            country=self.country,
            outcome=self.outcome,
            reasons=self.reasons,
        )
        if self.outcome is not RiskOutcome.NO_REAL_RISK:
            yield from withdrawal(case, act, WithdrawalCause.NON_REFOULEMENT, destination=self.country)


class RecordFearOfReturn(CaseObservation):
    """Record that the person fears to be sent to a state, or anywhere. A clearance for it is withdrawn.

    The request names no state outside its sealed body: the feared state's officers learn of nothing by it.

    :raises Refused: ``record.erased`` when a fear told before can no longer be read.
    """

    permission = "case:record-protection"
    opens = frozenset({BlockLabel.PROTECTION})
    country: StateCode | None = None
    """Omitted: wherever they would be sent."""
    fear: Feared = Feared.NOT_SAID
    account: FreeText | None = None
    """In the person's own words."""

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the fear, unless it was told and nothing has been assessed since."""
        for known in case.protection.risks.fears:
            if (readable(known.country), readable(known.fear)) != (self.country, self.fear):
                continue
            if self.occurred_on == known.on or (self.occurred_on is None and not _assessed_since(case, known)):
                return
        yield FearOfReturnExpressed(country=self.country, fear=self.fear, account=self.account)
        yield from withdrawal(case, act, WithdrawalCause.NON_REFOULEMENT, destination=self.country)


def _assessed_since(case: CaseState, told: Fear) -> bool:
    """Whether a state of which this is a fear was assessed after it was told, and nothing was told since."""
    return any(told.may_be_of(known.country) and not known.feared_since for known in case.protection.refoulement)
