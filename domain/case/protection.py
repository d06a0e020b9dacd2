"""Protection: with whom a child is, who acts for it, what it needs and fears, and what serves it best.

Each part has a file of its own; here they become one state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final
from uuid import UUID

from domain.case.best_interests import BEST_INTERESTS, BestInterests
from domain.case.child_views import CHILD_VIEWS, ChildViews, ViewsHeard
from domain.case.guardianship import GUARDIANSHIPS, Guardian, Guardianships
from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.majority import MAJORITY
from domain.case.needs import NEEDS, Need, Needs
from domain.case.refoulement import RISKS, RiskAssessment, Risks
from domain.case.request import CaseDecision
from domain.dates import PartialDate
from domain.deciding import readable
from domain.frozen import replace
from domain.kernel import Act, Decision, Facet, Fact, Stamp
from domain.privacy import BlockLabel, Protection, Unreadable

if TYPE_CHECKING:
    from domain.case.case import CaseState


@unique
class CareStatus(StrEnum):
    """With whom a child is (Inter-agency Guiding Principles on Unaccompanied and Separated Children)."""

    ACCOMPANIED = "accompanied"
    SEPARATED = "separated"
    UNACCOMPANIED = "unaccompanied"
    ORPHANED = "orphaned"


class CareStatusDetermined(Fact, topic="case.care-status-determined"):
    """It was determined with whom the child is."""

    status: Protection[CareStatus]


@dataclass(frozen=True)
class Care:
    """What protects the person."""

    status: CareStatus | Unreadable | None = None
    """With whom the child is, as last determined."""
    since: PartialDate | None = None
    guardianships: Guardianships = GUARDIANSHIPS.empty
    specific_needs: Needs = NEEDS.empty
    best_interests: BestInterests = BEST_INTERESTS.empty
    views: ChildViews = CHILD_VIEWS.empty
    risks: Risks = RISKS.empty
    of_age_since: PartialDate | None = MAJORITY.empty
    """Since when it is on record that the person has come of age."""

    @property
    def guardians(self) -> Mapping[UUID, Guardian]:
        """Who acts for the child, by subject id."""
        return self.guardianships.open

    @property
    def needs(self) -> Mapping[UUID, Need]:
        """The open needs."""
        return self.specific_needs.open

    @property
    def views_heard(self) -> ViewsHeard | None:
        """What the child last said."""
        return self.views.last

    @property
    def refoulement(self) -> tuple[RiskAssessment, ...]:
        """The last assessment of each state."""
        return self.risks.assessments


CARE: Final = Facet("protection", Care())
CARE.consists_of(GUARDIANSHIPS, NEEDS, BEST_INTERESTS, CHILD_VIEWS, RISKS, MAJORITY)


@CARE.evolves
def _(fact: CareStatusDetermined, stamp: Stamp, was: Care) -> Care:
    if was.since is not None and stamp.occurred_on.earliest < was.since.earliest:
        return was
    return replace(was, status=fact.status, since=stamp.occurred_on)


class DetermineCareStatus(CaseDecision):
    """Determine with whom the child is. A clearance in force is withdrawn from a child found to be without its family.

    :raises Refused: ``record.erased`` when the last determination can no longer be read.
    """

    permission = "case:determine-care"
    opens = frozenset({BlockLabel.PROTECTION})
    status: CareStatus

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the determination, unless it stands."""
        known = case.protection.status
        if known is None or readable(known) is not self.status:
            yield CareStatusDetermined(status=self.status)
            if self.status is not CareStatus.ACCOMPANIED:
                yield from withdrawal(case, act, WithdrawalCause.BEST_INTERESTS)
