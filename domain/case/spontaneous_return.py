"""Spontaneous return: the person made their own way to a country; no journey of ours brought them there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.case.journey import JOURNEY, Journey, Return, WithdrawalCause, withdrawal
from domain.case.request import CaseObservation
from domain.case.whereabouts import WHEREABOUTS, Place, Whereabouts
from domain.kernel import Act, Decision, Fact, Odd, Stamp
from domain.privacy import Narrative, Open
from domain.text import FreeText
from domain.values import CountryCode, StateCode

if TYPE_CHECKING:
    from domain.case.case import CaseState


class SpontaneousReturnReported(Fact, topic="case.spontaneous-return-reported"):
    """The person was reported to be in a country, having made their own way."""

    country: Open[CountryCode]
    circumstances: Narrative[FreeText | None]


@WHEREABOUTS.evolves
def _(_fact: SpontaneousReturnReported, stamp: Stamp, was: Whereabouts) -> Whereabouts | Odd[Whereabouts]:
    if was.past(stamp.occurred_on):
        return was
    now = was.gone(stamp.occurred_on)
    return Odd(now, "whereabouts.returned-while-located") if was.place is Place.LOCATED else now


@JOURNEY.evolves
def _(fact: SpontaneousReturnReported, stamp: Stamp, was: Journey) -> Journey:
    known = was.returned
    if was.past(stamp.occurred_on) or (known is not None and stamp.occurred_on.earliest < known.on.earliest):
        return was
    # No departure of ours: who made their own way was not moved by others without a clearance.
    return Journey(clearance=was.clearance, manifest=was.manifest, arrival=Return(fact.country, stamp.occurred_on))


class ReportSpontaneousReturn(CaseObservation):
    """Report that the person made their own way to a country. A clearance in force is withdrawn."""

    permission = "case:record"
    country: StateCode
    circumstances: FreeText | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the return, unless the person is known to have arrived there on this day."""
        known = case.journey.arrival if case.whereabouts.place is Place.GONE else None
        if known is not None and known == Return(self.country, self.occurred_on or known.on):
            return
        yield SpontaneousReturnReported(country=self.country, circumstances=self.circumstances)
        yield from withdrawal(case, act, WithdrawalCause.MOVE)

    def concerns(self) -> CountryCode | None:
        """Return the country."""
        return self.country
