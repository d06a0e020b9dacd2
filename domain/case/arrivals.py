"""Arrivals: what is reported of the end of a journey. None of it is refused for the state that it meets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.case.journey import ArrivedInCountry, HandedOver, RepatriationRecorded, WithdrawalCause, withdrawal
from domain.case.request import CaseObservation
from domain.case.whereabouts import WHEREABOUTS, Whereabouts
from domain.kernel import Act, Decision, Stamp
from domain.text import FreeText
from domain.values import AgencyCode, CountryCode, StateCode

if TYPE_CHECKING:
    from domain.case.case import CaseState


@WHEREABOUTS.evolves
def _(_fact: HandedOver, stamp: Stamp, was: Whereabouts) -> Whereabouts:
    return was if was.past(stamp.occurred_on) else was.gone(stamp.occurred_on)


class RecordHandover(CaseObservation):
    """Record that an authority of the country took charge of the person, against a document.

    A clearance on which nobody departed is withdrawn.
    """

    permission = "case:record"
    country: StateCode
    authority: AgencyCode
    document: FreeText | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the handover, unless it is on record with this day."""
        known = case.journey.handover
        if known is None or known.country != self.country or self.occurred_on not in {None, known.on}:
            yield HandedOver(country=self.country, authority=self.authority, document=self.document)
            yield from withdrawal(case, act, WithdrawalCause.MOVE)

    def concerns(self) -> CountryCode | None:
        """Return the country."""
        return self.country


class RecordArrival(CaseObservation):
    """Record that the person arrived in a country. A clearance on which nobody departed is withdrawn."""

    permission = "case:record"
    country: StateCode

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the arrival, unless it is on record with this day."""
        known = case.journey.arrival
        if known is None or known.country != self.country or self.occurred_on not in {None, known.on}:
            yield ArrivedInCountry(country=self.country)
            yield from withdrawal(case, act, WithdrawalCause.MOVE)

    def concerns(self) -> CountryCode | None:
        """Return the country of arrival."""
        return self.country


class RecordRepatriation(CaseObservation):
    """Record that the person has returned, as the state or a trusted source says.

    A clearance on which nobody departed is withdrawn.
    """

    permission = "case:record"
    country: StateCode

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the return, unless it is on record with this day."""
        known = case.journey.repatriation
        if known is None or known.country != self.country or self.occurred_on not in {None, known.on}:
            yield RepatriationRecorded(country=self.country)
            yield from withdrawal(case, act, WithdrawalCause.MOVE)

    def concerns(self) -> CountryCode | None:
        """Return the country."""
        return self.country
