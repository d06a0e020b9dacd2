"""Local release: out of a facility and into the country around it, often on the word of a sponsor.

The sponsor is another person: what says who they are rests under their own key, the case holds an id.
"""

from __future__ import annotations

from enum import StrEnum, unique
from typing import TYPE_CHECKING
from uuid import UUID

from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.request import CaseObservation
from domain.case.whereabouts import WHEREABOUTS, Place, Whereabouts
from domain.kernel import Act, Decision, Fact, Odd, Stamp
from domain.privacy import BlockLabel, Identity, Judicial, Open
from domain.text import FreeText
from domain.values import PersonName

if TYPE_CHECKING:
    from domain.case.case import CaseState


@unique
class ReleaseBasis(StrEnum):
    """On what a release rests."""

    SPONSORSHIP = "sponsorship"
    """Somebody of standing vouches for the person."""
    COURT = "court"
    AMNESTY = "amnesty"
    NOT_SUSPECTED = "not_suspected"
    HUMANITARIAN = "humanitarian"
    NOT_STATED = "not_stated"


class ReleasedLocally(Fact, topic="case.released-locally", subjects={BlockLabel.IDENTITY: "sponsor_id"}):
    """The person was released into the country around the facility."""

    basis: Open[ReleaseBasis]
    sponsor_id: Open[UUID | None]
    """Subject id of the sponsor: that of their case, where they have one."""
    sponsor: Identity[PersonName | None]
    terms: Judicial[FreeText | None]


@WHEREABOUTS.evolves
def _(_fact: ReleasedLocally, stamp: Stamp, was: Whereabouts) -> Whereabouts | Odd[Whereabouts]:
    if was.past(stamp.occurred_on):
        return was
    now = was.now(Place.RELEASED, was.facility, stamp.occurred_on)
    return now if was.place is Place.LOCATED else Odd(now, "whereabouts.released-unlocated")


class ReportLocalRelease(CaseObservation):
    """Report that the person was released locally, and who vouches for them. A clearance in force is withdrawn.

    A sponsor without an id is given one; a sponsor who has a case, or vouched for others, keeps theirs.
    """

    permission = "case:record"
    basis: ReleaseBasis
    sponsor_id: UUID | None = None
    sponsor: PersonName | None = None
    terms: FreeText | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the release, unless the person is known to be released by then."""
        if case.whereabouts.place is Place.RELEASED and not case.whereabouts.past(self.day(act)):
            return
        sponsor_id = self.sponsor_id or (act.new_id() if self.sponsor is not None else None)
        yield ReleasedLocally(basis=self.basis, sponsor_id=sponsor_id, sponsor=self.sponsor, terms=self.terms)
        yield from withdrawal(case, act, WithdrawalCause.RELEASE)
