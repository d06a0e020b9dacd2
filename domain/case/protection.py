"""Protection: whether a child is with those who care for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final

from domain.case.request import CaseDecision
from domain.dates import PartialDate
from domain.deciding import readable
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
    """The last determination."""

    status: CareStatus | Unreadable | None = None
    since: PartialDate | None = None


CARE: Final = Facet("protection", Care())


@CARE.evolves
def _(fact: CareStatusDetermined, stamp: Stamp, was: Care) -> Care:
    if was.since is not None and stamp.occurred_on.earliest < was.since.earliest:
        return was
    return Care(fact.status, stamp.occurred_on)


class DetermineCareStatus(CaseDecision):
    """Determine with whom the child is.

    :raises Refused: ``record.erased`` when the last determination can no longer be read.
    """

    permission = "case:determine-care"
    opens = frozenset({BlockLabel.PROTECTION})
    status: CareStatus

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the determination, unless it stands."""
        del act
        known = case.protection.status
        if known is None or readable(known) is not self.status:
            yield CareStatusDetermined(status=self.status)
