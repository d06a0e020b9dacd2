"""Deprivation: a state takes its citizenship away. An order stands until something ended it (see ``restoration.py``).

A parent's order never changes a living child's nationality; it raises a review (I7).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, unique
from typing import TYPE_CHECKING

from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.kin import Relation
from domain.case.nationality import NATIONALITY, Nationality
from domain.case.request import CaseObservation
from domain.case.statelessness import threat
from domain.case.work import TaskKind, task
from domain.dates import PartialDate
from domain.deciding import not_in_future, readable
from domain.frozen import replace
from domain.kernel import Act, Dated, Decision, Fact, FromField, Stamp
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
    """When it was decided."""
    since: PartialDate
    """With effect from when."""

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
    """A decision on an appeal."""

    allowed: bool
    final: bool
    on: PartialDate


@NATIONALITY.evolves
def _(fact: CitizenshipDeprived, stamp: Stamp, was: Nationality) -> Nationality:
    made_by = min(fact.order_made_on.latest, stamp.recorded_at.date())
    return _ordered(was, fact.country, Deprivation(fact.ground, fact.order_made_on, fact.effective_from, made_by))


def _ordered(was: Nationality, country: CountryCode, order: Deprivation) -> Nationality:
    known = was.orders.get(country)
    if known is not None and order.order_made_on.earliest < known.order_made_on.earliest:
        return was
    return standing(replace(was, orders={**was.orders, country: order}))


def standing(known: Nationality) -> Nationality:
    """Return the nationality with the orders that stand, in whatever order the facts came."""
    ended = list(known.reversals)
    for appeal_id, verdict in known.verdicts.items():
        appeal = known.appeals.get(appeal_id)
        if appeal is not None and verdict.allowed and verdict.final:
            ended.append(Reversal(appeal.country, appeal.lodged_on, verdict.on))
    orders = {
        country: order
        for country, order in known.orders.items()
        if not any(reversal.country == country and reversal.ends(order) for reversal in ended)
    }
    return replace(known, deprived=orders)


def review_of_children(case: CaseState, act: Act) -> Iterator[Dated]:
    """Yield the task to look at the nationality of the person's children, where there may be any (I7)."""
    relations = [link.relation for link in case.kin.links.values()]
    if any(relation is Relation.CHILD or isinstance(relation, Unreadable) for relation in relations):
        yield task(act, 0, TaskKind.REVIEW_CHILDREN_NATIONALITY)


class RecordCitizenshipDeprivation(CaseObservation):
    """Record that a state took its citizenship away. A clearance to depart for that state is withdrawn.

    Where no confirmed nationality is left, a risk of statelessness is flagged and a receiving state looked for (I5);
    the nationality of children is reviewed and never changed (I7).

    :raises Refused: ``record.in-future`` when the order is dated in the future (its effect may be), ``record.erased``.
    """

    permission = "case:record"
    opens = frozenset({BlockLabel.JUDICIAL, BlockLabel.IDENTITY})
    country: StateCode
    ground: DeprivationGround
    order_made_on: PartialDate
    effective_from: PartialDate

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the order, unless the same order is on record."""
        not_in_future(self.order_made_on, act)
        was = case.nationality
        known = was.orders.get(self.country)
        if known is not None:
            readable(known.ground)
        made_by = min(self.order_made_on.latest, act.today)
        order = Deprivation(self.ground, self.order_made_on, self.effective_from, made_by)
        if known == order:
            return
        yield CitizenshipDeprived(
            country=self.country,
            ground=self.ground,
            order_made_on=self.order_made_on,
            effective_from=self.effective_from,
        )
        yield from withdrawal(case, act, WithdrawalCause.DEPRIVATION, destination=self.country)
        yield from threat(was, _ordered(was, self.country, order), act)
        yield from review_of_children(case, act)

    def concerns(self) -> CountryCode | None:
        """Return the state that took it away."""
        return self.country
