"""Deprivation: a state takes its citizenship away, a court or the state gives it back.

An order stands until it is withdrawn, the citizenship is restored, or an appeal against it is allowed for good. What is
restored may be restored for all the time between (I6; N3 and E3 v Secretary of State for the Home Department, [2025]
UKSC 6): as of any day of that time the person was a national, and what was believed then stays on record.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, unique
from typing import TYPE_CHECKING

from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.nationality import NATIONALITY, Nationality
from domain.case.request import CaseObservation
from domain.dates import PartialDate
from domain.deciding import not_in_future, readable
from domain.frozen import replace
from domain.kernel import Act, Decision, Fact, FromField, Stamp
from domain.privacy import BlockLabel, Judicial, Open, Unreadable
from domain.values import AgencyCode, CountryCode, StateCode

if TYPE_CHECKING:
    from domain.case.case import CaseState


@unique
class DeprivationGround(StrEnum):
    """On what ground a state took a citizenship away."""

    PUBLIC_GOOD = "public_good"
    FRAUD = "fraud"
    TERRORISM_CONVICTION = "terrorism_conviction"
    FOREIGN_SERVICE = "foreign_service"
    NOT_STATED = "not_stated"


class CitizenshipDeprived(Fact, topic="case.citizenship-deprived", valid=FromField("effective_from")):
    """A state took its citizenship away, with effect from a day of its own."""

    country: Open[CountryCode]
    ground: Judicial[DeprivationGround]
    order_made_on: Open[PartialDate]
    effective_from: Open[PartialDate]


@dataclass(frozen=True)
class Deprivation:
    """One state's order."""

    ground: DeprivationGround | Unreadable
    order_made_on: PartialDate
    effective_from: PartialDate
    made_by: date = field(compare=False)
    """Latest day on which it can have been made: nothing is made after it was recorded."""

    def in_force(self, on: date) -> bool:
        """Whether it can have taken effect by that day."""
        return self.effective_from.earliest <= on


@dataclass(frozen=True)
class Reversal:
    """Something that ended the orders that a state had made by a day."""

    country: CountryCode
    on: PartialDate

    def ends(self, order: Deprivation) -> bool:
        """Whether the order was certainly made by then."""
        return order.made_by <= self.on.latest


@dataclass(frozen=True)
class Appeal:
    """An appeal against the orders that a state had made by the day on which it was lodged."""

    country: CountryCode
    court: AgencyCode
    lodged_on: PartialDate


@dataclass(frozen=True)
class Verdict:
    """The last decision on an appeal."""

    allowed: bool
    final: bool
    on: PartialDate


@NATIONALITY.evolves
def _(fact: CitizenshipDeprived, stamp: Stamp, was: Nationality) -> Nationality:
    made_by = min(fact.order_made_on.latest, stamp.recorded_at.date())
    order = Deprivation(fact.ground, fact.order_made_on, fact.effective_from, made_by)
    known = was.orders.get(fact.country)
    if known is not None and order.order_made_on.earliest < known.order_made_on.earliest:
        return was
    return _settled(replace(was, orders={**was.orders, fact.country: order}))


def _settled(known: Nationality) -> Nationality:
    """Return the nationality with the orders that stand, whatever the order in which the facts came."""
    won = (
        known.appeals[one]
        for one, verdict in known.verdicts.items()
        if verdict.allowed and verdict.final and one in known.appeals
    )
    ended = [*known.reversals, *(Reversal(appeal.country, appeal.lodged_on) for appeal in won)]
    standing = {
        country: order
        for country, order in known.orders.items()
        if not any(reversal.country == country and reversal.ends(order) for reversal in ended)
    }
    return replace(known, deprived=standing)


class RecordCitizenshipDeprivation(CaseObservation):
    """Record that a state took its citizenship away. A clearance to depart for that state is withdrawn.

    :raises Refused: ``record.in-future`` when the order is dated in the future (its effect may be), ``record.erased``.
    """

    permission = "case:record"
    opens = frozenset({BlockLabel.JUDICIAL})
    country: StateCode
    ground: DeprivationGround
    order_made_on: PartialDate
    effective_from: PartialDate

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the order, unless the same order is on record."""
        not_in_future(self.order_made_on, act)
        known = case.nationality.orders.get(self.country)
        if known is not None and (readable(known.ground), known.order_made_on, known.effective_from) == (
            self.ground,
            self.order_made_on,
            self.effective_from,
        ):
            return
        yield CitizenshipDeprived(
            country=self.country,
            ground=self.ground,
            order_made_on=self.order_made_on,
            effective_from=self.effective_from,
        )
        yield from withdrawal(case, act, WithdrawalCause.DEPRIVATION, destination=self.country)

    def concerns(self) -> CountryCode | None:
        """Return the state that took it away."""
        return self.country
