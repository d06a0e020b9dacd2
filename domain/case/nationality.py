"""Nationality: what is claimed, confirmed, disputed and denied, and by whom.

Claims may conflict and may be many. Only a confirmed nationality counts where a rule asks for one (I5), and only while
nobody disputes or denies it: of what is said about one nationality the last word counts, by the day it was said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

from domain.case.identity import ShortText
from domain.case.request import CaseDecision, CaseObservation
from domain.case.statelessness import RiskEnd, relief
from domain.dates import PartialDate
from domain.frozen import replace
from domain.kernel import Act, Decision, Facet, Fact, Stamp, ValidFrom
from domain.privacy import Identity, Open
from domain.values import AgencyCode, CountryCode, Evidence, StateCode

if TYPE_CHECKING:
    from domain.case.case import CaseState
    from domain.case.deprivation import Appeal, Deprivation, Reversal, Verdict
    from domain.case.statelessness import Finding, RiskCause

UNKNOWN_NATIONALITY: Final = "XXX"
_NOWHERE: Final = frozenset[CountryCode]()


class NationalityClaimed(Fact, topic="case.nationality-claimed", valid=ValidFrom.ALWAYS):
    """The person was said to be a national of this country."""

    country: Open[CountryCode]
    strength: Open[Evidence]


class NationalityConfirmed(Fact, topic="case.nationality-confirmed", valid=ValidFrom.ALWAYS):
    """An authority of the state confirmed the nationality."""

    country: Open[CountryCode]
    authority: Open[AgencyCode]
    document: Identity[ShortText | None]


@unique
class Said(StrEnum):
    """What is said of one nationality."""

    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    DENIED = "denied"


class Word(NamedTuple):
    """What was said of one nationality, by whom and when."""

    said: Said
    by: AgencyCode
    on: PartialDate
    version: int
    """Of the fact in its stream: of two words of one day the one recorded later counts."""


@dataclass(frozen=True)
class Nationality:
    """Claims and confirmations by country, orders of deprivation, and what became of each."""

    claims: Mapping[CountryCode, Evidence] = field(default_factory=dict)
    """The best evidence of each claim, in the order of the first claims."""
    confirmations: Mapping[CountryCode, frozenset[AgencyCode]] = field(default_factory=dict)
    """The authorities that ever confirmed, in the order of the first confirmations."""
    words: Mapping[CountryCode, Word] = field(default_factory=dict)
    """The last word on each nationality that was confirmed, disputed or denied."""
    confirmed: Mapping[CountryCode, frozenset[AgencyCode]] = field(default_factory=dict)
    """The confirmations that stand: neither disputed nor denied since."""
    orders: Mapping[CountryCode, Deprivation] = field(default_factory=dict)
    """The last order of each state, whatever became of it."""
    reversals: frozenset[Reversal] = frozenset()
    appeals: Mapping[UUID, Appeal] = field(default_factory=dict)
    verdicts: Mapping[UUID, Verdict] = field(default_factory=dict)
    """The last decision on each appeal."""
    deprived: Mapping[CountryCode, Deprivation] = field(default_factory=dict)
    """The orders that stand: not withdrawn, the citizenship not restored, no appeal allowed for good."""
    flagged: frozenset[RiskCause] = frozenset()
    """Why the person was said to be at risk of statelessness and has not been cleared of it."""
    flagged_on: PartialDate | None = None
    """Day on which the risk was last flagged or cleared."""
    finding: Finding | None = None
    """What an authority determined last."""

    @property
    def disputed(self) -> frozenset[CountryCode]:
        """The nationalities that are disputed."""
        return self._said(Said.DISPUTED) if self.words else _NOWHERE

    @property
    def denied(self) -> frozenset[CountryCode]:
        """The nationalities that their states deny."""
        return self._said(Said.DENIED) if self.words else _NOWHERE

    @property
    def strongest(self) -> CountryCode:
        """The best supported nationality on record, XXX for none.

        Confirmed before disputed before claimed, the better evidence before the weaker, the first before the last. What
        a state denies is not its nationality.
        """
        if self.confirmed:
            return next(iter(self.confirmed))
        denied = self.denied
        for country in self.confirmations:
            if country not in denied:
                return country
        claimed = [country for country in self.claims if country not in denied] if denied else self.claims
        return max(claimed, key=self.claims.__getitem__, default=UNKNOWN_NATIONALITY)

    def left(self, on: date) -> frozenset[CountryCode]:
        """Return the confirmed nationalities of which no order in force on a day deprives the person."""
        lost = {country for country, order in self.deprived.items() if order.in_force(on)}
        return frozenset(self.confirmed) - lost

    @property
    def threatened(self) -> bool:
        """Whether a denial, or an order in force or still to take effect, leaves no confirmed nationality (I5)."""
        return bool(self.deprived or self.denied) and not self.confirmed.keys() - self.deprived.keys()

    def stateless_risk(self, on: date) -> bool:
        """Whether the person may be without a nationality on a day (I5).

        An order of deprivation in force, a denial, a flag or a determination counts where no confirmed nationality is
        left: claims do not count. Who was found to be stateless in fact is so whatever a register says.
        """
        if self.finding is not None and self.finding.de_facto:
            return True
        if self.left(on):
            return False
        ledger = any(order.in_force(on) for order in self.deprived.values()) or bool(self.denied)
        found = self.finding is not None and self.finding.de_jure
        return ledger or found or any(cause.by_hand for cause in self.flagged)

    def after(self, country: CountryCode, word: Word) -> Nationality:
        """Return the nationality after it was contested; a word that is older than the last changes nothing."""
        if not self._new(country, word):
            return self
        left = {one: authorities for one, authorities in self.confirmed.items() if one != country}
        return replace(self, words={**self.words, country: word}, confirmed=left)

    def confirmed_by(self, country: CountryCode, word: Word) -> Nationality:
        """Return the nationality after one more confirmation, which may be older than the last word."""
        authorities = self.confirmations.get(country, frozenset()) | {word.by}
        confirmations = {**self.confirmations, country: authorities}
        words = {**self.words, country: word} if self._new(country, word) else self.words
        if words[country].said is not Said.CONFIRMED:
            return replace(self, confirmations=confirmations)
        confirmed = {**self.confirmed, country: authorities}
        if country in self.confirmations and country not in self.confirmed:  # confirmed anew: it keeps its first place
            confirmed = {one: confirmed[one] for one in confirmations if one in confirmed}
        return replace(self, confirmations=confirmations, words=words, confirmed=confirmed)

    def _said(self, said: Said) -> frozenset[CountryCode]:
        return frozenset(country for country, word in self.words.items() if word.said is said)

    def _new(self, country: CountryCode, word: Word) -> bool:
        known = self.words.get(country)
        return known is None or (word.on.earliest, word.version) >= (known.on.earliest, known.version)


NATIONALITY: Final = Facet("nationality", Nationality())


@NATIONALITY.evolves
def _(fact: NationalityClaimed, _stamp: Stamp, was: Nationality) -> Nationality:
    best = max(fact.strength, was.claims.get(fact.country, fact.strength))
    return replace(was, claims={**was.claims, fact.country: best})


@NATIONALITY.evolves
def _(fact: NationalityConfirmed, stamp: Stamp, was: Nationality) -> Nationality:
    return was.confirmed_by(fact.country, Word(Said.CONFIRMED, fact.authority, stamp.occurred_on, stamp.version))


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
    """Confirm a nationality on behalf of an authority of the state. A dispute or denial before is settled by it."""

    permission = "case:confirm-nationality"
    country: StateCode
    authority: AgencyCode
    document: ShortText | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Confirm, unless this authority has confirmed it and nobody disputed or denied it since."""
        was, country = case.nationality, self.country
        word, day = was.words.get(country), self.day(act)
        known = self.authority in was.confirmations.get(country, ())
        if known and word is not None and (word.said is Said.CONFIRMED or day.earliest < word.on.earliest):
            return
        yield NationalityConfirmed(country=country, authority=self.authority, document=self.document)
        now = was.confirmed_by(country, Word(Said.CONFIRMED, self.authority, day, word.version + 1 if word else 1))
        yield from relief(was, now, act, RiskEnd.NATIONALITY_CONFIRMED)

    def concerns(self) -> CountryCode | None:
        """Return the country confirmed."""
        return self.country
