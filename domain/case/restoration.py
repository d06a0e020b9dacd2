"""Restoration: an order of deprivation ends, because the state takes it back or restores, or a court allows an appeal.

What is restored may be restored for all the time between (I6; N3 and E3 v Secretary of State for the Home Department,
[2025] UKSC 6): as of any day of that time the person was a national, and what was believed then stays on record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from domain.case.deprivation import Appeal, Reversal, Verdict, review_of_children, standing
from domain.case.nationality import NATIONALITY, Nationality
from domain.case.request import CaseObservation
from domain.case.statelessness import RiskEnd, relief
from domain.dates import PartialDate
from domain.frozen import replace
from domain.kernel import Act, Decision, Fact, FromField, Odd, Stamp
from domain.privacy import BlockLabel, Judicial, Narrative, Open
from domain.text import FreeText
from domain.values import AgencyCode, CountryCode, StateCode

if TYPE_CHECKING:
    from domain.case.case import CaseState


# ---------------------------------------------------------------- facts
class DeprivationAppealLodged(Fact, topic="case.deprivation-appeal-lodged"):
    """Somebody appealed against the orders that a state had made so far."""

    appeal_id: Open[UUID]
    country: Open[CountryCode]
    court: Open[AgencyCode]
    reference: Narrative[FreeText | None]


class DeprivationAppealDecided(Fact, topic="case.deprivation-appeal-decided"):
    """A court decided the appeal. Allowed for good, it ends the orders appealed against."""

    appeal_id: Open[UUID]
    allowed: Open[bool]
    final: Open[bool]
    reasons: Judicial[FreeText | None]


class CitizenshipDeprivationWithdrawn(Fact, topic="case.citizenship-deprivation-withdrawn"):
    """The state took its orders back."""

    country: Open[CountryCode]
    authority: Open[AgencyCode]
    reasons: Judicial[FreeText | None]


class CitizenshipRestored(Fact, topic="case.citizenship-restored", valid=FromField("with_effect_from")):
    """The person is a national again, or is held to have been one from a day on, whatever was believed meanwhile."""

    country: Open[CountryCode]
    authority: Open[AgencyCode]
    with_effect_from: Open[PartialDate]
    reasons: Judicial[FreeText | None]


# ---------------------------------------------------------------- state
@NATIONALITY.evolves
def _(fact: DeprivationAppealLodged, stamp: Stamp, was: Nationality) -> Nationality | Odd[Nationality]:
    if fact.appeal_id in was.appeals:
        return Odd(was, "appeal.lodged-twice")
    return _lodged(was, fact.appeal_id, Appeal(fact.country, fact.court, stamp.occurred_on))


@NATIONALITY.evolves
def _(fact: DeprivationAppealDecided, stamp: Stamp, was: Nationality) -> Nationality | Odd[Nationality]:
    now = _decided(was, fact.appeal_id, Verdict(fact.allowed, fact.final, stamp.occurred_on))
    return now if fact.appeal_id in was.appeals else Odd(now, "appeal.unlodged")


@NATIONALITY.evolves
def _(fact: CitizenshipDeprivationWithdrawn, stamp: Stamp, was: Nationality) -> Nationality:
    return _reversed(was, Reversal(fact.country, stamp.occurred_on, stamp.occurred_on))


@NATIONALITY.evolves
def _(fact: CitizenshipRestored, stamp: Stamp, was: Nationality) -> Nationality:
    return _reversed(was, Reversal(fact.country, stamp.occurred_on, fact.with_effect_from))


def _lodged(was: Nationality, appeal_id: UUID, appeal: Appeal) -> Nationality:
    return standing(replace(was, appeals={**was.appeals, appeal_id: appeal}))


def _decided(was: Nationality, appeal_id: UUID, verdict: Verdict) -> Nationality:
    known = was.verdicts.get(appeal_id)
    if known is not None and verdict.on.earliest < known.on.earliest:
        return was
    return standing(replace(was, verdicts={**was.verdicts, appeal_id: verdict}))


def _reversed(was: Nationality, reversal: Reversal) -> Nationality:
    return standing(replace(was, reversals=was.reversals | {reversal}))


# ---------------------------------------------------------------- commands
class RecordDeprivationAppeal(CaseObservation):
    """Record that somebody appealed against an order of deprivation. The order stands until the appeal is allowed."""

    permission = "case:record"
    country: StateCode
    court: AgencyCode
    reference: FreeText | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the appeal, unless one to this court is pending."""
        known = case.nationality
        for appeal_id, appeal in known.appeals.items():
            verdict = known.verdicts.get(appeal_id)
            pending = verdict is None or not verdict.final
            if pending and (appeal.country, appeal.court) == (self.country, self.court):
                return
        yield DeprivationAppealLodged(
            appeal_id=act.new_id(), country=self.country, court=self.court, reference=self.reference
        )

    def concerns(self) -> CountryCode | None:
        """Return the state that made the order."""
        return self.country


class RecordDeprivationAppealDecision(CaseObservation):
    """Record what a court decided on an appeal. Allowed for good, it ends the order, from that day on.

    Where the court holds that the person was a national all along, the restoration is recorded as well.
    """

    permission = "case:record"
    appeal_id: UUID
    allowed: bool
    final: bool
    reasons: FreeText | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the decision, unless it is the last one on this appeal."""
        was = case.nationality
        known = was.verdicts.get(self.appeal_id)
        day = known.on if known is not None and self.occurred_on is None else self.day(act)
        verdict = Verdict(self.allowed, self.final, day)
        if known == verdict:
            return
        yield DeprivationAppealDecided(
            appeal_id=self.appeal_id, allowed=self.allowed, final=self.final, reasons=self.reasons
        )
        yield from relief(was, _decided(was, self.appeal_id, verdict), act, RiskEnd.APPEAL_ALLOWED)


class RecordDeprivationWithdrawal(CaseObservation):
    """Record that a state took its order back, from that day on. Where it does so for the past, it is a restoration."""

    permission = "case:record"
    country: StateCode
    authority: AgencyCode
    reasons: FreeText | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the withdrawal, unless it is on record, with this day where one is stated."""
        was, day = case.nationality, self.day(act)
        for known in was.reversals:
            same = known.country == self.country and known.since == known.on
            if same and (known.on == day if self.occurred_on is not None else self.country not in was.deprived):
                return
        yield CitizenshipDeprivationWithdrawn(country=self.country, authority=self.authority, reasons=self.reasons)
        yield from relief(was, _reversed(was, Reversal(self.country, day, day)), act, RiskEnd.WITHDRAWN)

    def concerns(self) -> CountryCode | None:
        """Return the state that took its order back."""
        return self.country


class RecordCitizenshipRestoration(CaseObservation):
    """Record that the person is a national again, with effect from a day that may lie before the order (I6).

    As of every day from then on the person was a national; what was believed then stays readable. The nationality of
    children is reviewed and never changed (I7).
    """

    permission = "case:record"
    opens = frozenset({BlockLabel.IDENTITY})
    country: StateCode
    authority: AgencyCode
    with_effect_from: PartialDate
    reasons: FreeText | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the restoration, unless it is on record, with this day where one is stated."""
        was, since = case.nationality, self.with_effect_from
        for known in was.reversals:
            if (known.country, known.since) == (self.country, since) and self.occurred_on in {None, known.on}:
                return
        yield CitizenshipRestored(
            country=self.country, authority=self.authority, with_effect_from=since, reasons=self.reasons
        )
        yield from relief(was, _reversed(was, Reversal(self.country, self.day(act), since)), act, RiskEnd.RESTORED)
        yield from review_of_children(case, act)

    def concerns(self) -> CountryCode | None:
        """Return the state that restored it."""
        return self.country
