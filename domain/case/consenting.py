"""Recording what people said: that they agree, refuse, or take it back. Reports of what was said, never refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import UUID

from domain.case.consent import (
    ConsentBasis,
    ConsentGiven,
    ConsentRefused,
    ConsentScope,
    ConsentWithdrawn,
    Voice,
    Word,
)
from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.request import CaseObservation
from domain.case.work import TaskKind, task
from domain.kernel import Act, Dated, Decision, Refused
from domain.text import FreeText
from domain.values import CountryCode, PersonName, StateCode

if TYPE_CHECKING:
    from domain.case.case import CaseState


class _Said(CaseObservation):
    """Who said something, and on what."""

    scope: ConsentScope
    destination: StateCode | None = None
    """Omitted: whatever the destination."""
    given_by: UUID | None = None
    """Subject id of a parent, caregiver or guardian who speaks for the person; omitted when the person speaks."""

    def last(self, case: CaseState) -> Word | None:
        """Return what they said last on this very question."""
        word = case.consent.words.get(Voice(self.scope, self.destination, self.given_by))
        if self.destination is None:
            return word
        said = case.consent.said(self.destination, self.scope).get(self.given_by)
        return word if said is word else None


class RecordConsent(_Said):
    """Record that somebody agreed, or that a court ordered it. Their last word counts, and they can take it back.

    :raises Refused: ``consent.destination-missing`` for a transfer to nowhere in particular, of which nobody can be
        informed; ``consent.court-has-no-giver`` when a court order is told to be somebody's.
    """

    permission = "case:record-consent"
    basis: ConsentBasis = ConsentBasis.INFORMED
    giver: PersonName | None = None
    """Name of who speaks for the person, kept under their own key."""
    interpreter_id: UUID | None = None
    """Subject id of the interpreter."""

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record it, unless it is what they said last, on the same basis, and no other day is meant."""
        if self.scope is ConsentScope.TRANSFER and self.destination is None:
            raise Refused("consent.destination-missing", "Say to which destination: consent is informed.")
        court = self.basis is ConsentBasis.COURT_ORDER
        if court and (self.given_by is not None or self.giver is not None):
            raise Refused("consent.court-has-no-giver", "A court order is nobody's consent.")
        order = case.consent.words.get(Voice(self.scope, self.destination, None, court=True))
        last = order if court else self.last(case)
        if last is not None and last.agrees and last.basis is self.basis and self.occurred_on in {None, last.on}:
            return
        yield ConsentGiven(
            consent_id=act.new_id(),
            scope=self.scope,
            destination=self.destination,
            given_by=self.given_by,
            basis=self.basis,
            interpreter_id=self.interpreter_id,
            giver=self.giver if self.given_by is not None else None,
        )


class RecordConsentRefusal(_Said):
    """Record that somebody does not agree. A clearance that needs them is withdrawn."""

    permission = "case:record-consent"
    reason: FreeText | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record it, unless it is what they said last and no other day is meant."""
        last = self.last(case)
        if last is not None and not last.agrees and self.occurred_on in {None, last.on}:
            return
        yield ConsentRefused(scope=self.scope, destination=self.destination, given_by=self.given_by, reason=self.reason)
        yield from no_longer(case, act, self.scope, self.destination)


class RecordConsentWithdrawal(_Said):
    """Record that somebody took back what they had agreed to, or a court its order: at any moment until the departure.

    A clearance is withdrawn. Who had not agreed refuses by it. Said on the way, it raises a task for whoever receives
    the person.
    """

    permission = "case:record-consent"
    court: bool = False
    """Whether a court lifts its order."""
    reason: FreeText | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record it for every consent of theirs that stands on this question, or on any when none is named."""
        standing = [
            (voice, word)
            for voice, word in case.consent.words.items()
            if word.agrees
            and (voice.scope, voice.given_by, voice.court) == (self.scope, self.given_by, self.court)
            and self.destination in {None, voice.destination}
            and word.on.earliest <= self.day(act).latest
        ]
        for _, word in standing:
            if word.consent_id is not None:
                yield ConsentWithdrawn(consent_id=word.consent_id, given_by=self.given_by, reason=self.reason)
        if not standing:
            if self.court or self._taken_back(case):
                return
            yield ConsentRefused(
                scope=self.scope, destination=self.destination, given_by=self.given_by, reason=self.reason
            )
        yield from no_longer(case, act, self.scope, self.destination, court=self.court)
        if case.in_transit and self.scope is ConsentScope.TRANSFER:
            yield task(act, 0, TaskKind.FOLLOW_UP)

    def _taken_back(self, case: CaseState) -> bool:
        """Whether they have said no already, and no other day is meant."""
        if self.destination is None and self.occurred_on is None:
            theirs = (self.scope, self.given_by, False)
            return any((voice.scope, voice.given_by, voice.court) == theirs for voice in case.consent.words)
        last = self.last(case)
        return last is not None and not last.agrees and self.occurred_on in {None, last.on}


def no_longer(
    case: CaseState, act: Act, scope: ConsentScope, destination: CountryCode | None, *, court: bool = False
) -> Iterator[Dated]:
    """Yield the withdrawal of a clearance that rested on a consent to a transfer, unless a court compels it."""
    given = case.journey.clearance
    if scope is not ConsentScope.TRANSFER or given is None:
        return
    if court or not case.consent.compelled(given.destination):
        yield from withdrawal(case, act, WithdrawalCause.CONSENT, destination=destination)
