"""Best interests of a child: assessed by one officer, determined by a panel, reopened by what is learned later.

CRC, article 3; UNHCR, Best Interests Procedure Guidelines (2021): an assessment for every child, a determination by a
panel before a child without its family is sent anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from domain.dates import PartialDate
from domain.frozen import replace
from domain.kernel import Facet, Fact, Stamp
from domain.privacy import Narrative, Open, Protection, Unreadable
from domain.text import FreeText
from domain.values import AgencyCode, CountryCode

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
