"""Nationality: what is claimed, what a state confirmed, and what a state took away.

Claims may conflict and may be many. Only a confirmed nationality counts where a rule asks for one (I5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final

from domain.case.identity import ShortText
from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.request import CaseDecision, CaseObservation
from domain.dates import PartialDate
from domain.deciding import not_in_future, readable
from domain.frozen import replace
from domain.kernel import Act, Decision, Facet, Fact, FromField, Stamp, ValidFrom
from domain.privacy import BlockLabel, Identity, Judicial, Open, Unreadable
from domain.values import AgencyCode, CountryCode, Evidence, StateCode

if TYPE_CHECKING:
    from domain.case.case import CaseState

UNKNOWN_NATIONALITY: Final = "XXX"


@unique
class DeprivationGround(StrEnum):
    """On what ground a state took a citizenship away."""

    PUBLIC_GOOD = "public_good"
    FRAUD = "fraud"
    TERRORISM_CONVICTION = "terrorism_conviction"
    FOREIGN_SERVICE = "foreign_service"
    NOT_STATED = "not_stated"


class NationalityClaimed(Fact, topic="case.nationality-claimed", valid=ValidFrom.ALWAYS):
    """The person was said to be a national of this country."""

    country: Open[CountryCode]
    strength: Open[Evidence]


class NationalityConfirmed(Fact, topic="case.nationality-confirmed", valid=ValidFrom.ALWAYS):
    """An authority of the state confirmed the nationality."""

    country: Open[CountryCode]
    authority: Open[AgencyCode]
    document: Identity[ShortText | None]


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

    def in_force(self, on: date) -> bool:
        """Whether it can have taken effect by that day."""
        return self.effective_from.earliest <= on


@dataclass(frozen=True)
class Nationality:
    """Claims, confirmations and deprivations, each by country."""

    claims: Mapping[CountryCode, Evidence] = field(default_factory=dict)
    """The best evidence of each claim, in the order of the first claims."""
    confirmed: Mapping[CountryCode, frozenset[AgencyCode]] = field(default_factory=dict)
    """The authorities that confirmed, in the order of the first confirmations."""
    deprived: Mapping[CountryCode, Deprivation] = field(default_factory=dict)
    """The last order of each state."""

    @property
    def strongest(self) -> CountryCode:
        """The best supported nationality on record, confirmed before claimed, then first before last; XXX for none."""
        if self.confirmed:
            return next(iter(self.confirmed))
        return max(self.claims, key=lambda country: self.claims[country], default=UNKNOWN_NATIONALITY)

    def stateless_risk(self, on: date) -> bool:
        """Whether a deprivation in force leaves no other confirmed nationality; claims do not count (I5)."""
        lost = {country for country, order in self.deprived.items() if order.in_force(on)}
        return bool(lost) and not self.confirmed.keys() - lost


NATIONALITY: Final = Facet("nationality", Nationality())


@NATIONALITY.evolves
def _(fact: NationalityClaimed, _stamp: Stamp, was: Nationality) -> Nationality:
    best = max(fact.strength, was.claims.get(fact.country, fact.strength))
    return replace(was, claims={**was.claims, fact.country: best})


@NATIONALITY.evolves
def _(fact: NationalityConfirmed, _stamp: Stamp, was: Nationality) -> Nationality:
    authorities = was.confirmed.get(fact.country, frozenset()) | {fact.authority}
    return replace(was, confirmed={**was.confirmed, fact.country: authorities})


@NATIONALITY.evolves
def _(fact: CitizenshipDeprived, _stamp: Stamp, was: Nationality) -> Nationality:
    order = Deprivation(fact.ground, fact.order_made_on, fact.effective_from)
    known = was.deprived.get(fact.country)
    if known is not None and order.order_made_on.earliest < known.order_made_on.earliest:
        return was
    return replace(was, deprived={**was.deprived, fact.country: order})


class ClaimNationality(CaseObservation):
    """Record that the person is said to be a national of a country; XXA says stateless, XXX unknown."""

    permission = "case:record"
    country: CountryCode
    strength: Evidence = Evidence.CLAIMED

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the claim, unless it is on record with at least this evidence."""
        del act
        known = case.nationality.claims.get(self.country)
        if known is None or known < self.strength:
            yield NationalityClaimed(country=self.country, strength=self.strength)

    def concerns(self) -> CountryCode | None:
        """Return the country claimed."""
        return self.country


class ConfirmNationality(CaseDecision):
    """Confirm a nationality on behalf of an authority of the state."""

    permission = "case:confirm-nationality"
    country: StateCode
    authority: AgencyCode
    document: ShortText | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Confirm, unless this authority has confirmed it."""
        del act
        if self.authority not in case.nationality.confirmed.get(self.country, ()):
            yield NationalityConfirmed(country=self.country, authority=self.authority, document=self.document)

    def concerns(self) -> CountryCode | None:
        """Return the country confirmed."""
        return self.country


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
        known = case.nationality.deprived.get(self.country)
        if known is not None:
            readable(known.ground)
        if known == Deprivation(self.ground, self.order_made_on, self.effective_from):
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
