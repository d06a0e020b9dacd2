"""Consent: who agreed to what, who refused, who took it back. The last word of each person counts.

Consent is informed and given freely, or a court orders a transfer; it can be withdrawn until the departure, also at
the bus. For a child its caregiver or guardian speaks. Whose word is needed is for the gate to say; here stands what
was said.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import Final, NamedTuple
from uuid import UUID

from domain.case.majority import MajorityReached
from domain.dates import PartialDate
from domain.frozen import replace
from domain.kernel import Facet, Fact, Odd, Stamp
from domain.privacy import BlockLabel, Identity, Narrative, Open
from domain.text import FreeText
from domain.values import CountryCode, PersonName


@unique
class ConsentScope(StrEnum):
    """To what somebody consents."""

    TRANSFER = "transfer"
    """To be taken to the destination."""
    SHARING = "sharing"
    """That the destination's authorities learn of the case."""
    EXAMINATION = "examination"
    """A medical examination."""
    DNA_TEST = "dna_test"
    TRACING = "tracing"
    """That relatives are looked for."""


@unique
class ConsentBasis(StrEnum):
    """On what a consent rests."""

    INFORMED = "informed"
    SUPPORTED = "supported"
    """Informed, with the support that the person needs in order to decide (CRPD, article 12)."""
    COURT_ORDER = "court_order"
    """Nobody's consent: a court compels it lawfully."""


class ConsentGiven(Fact, topic="case.consent-given", subjects={BlockLabel.IDENTITY: "given_by"}):
    """Somebody agreed, or a court ordered it."""

    consent_id: Open[UUID]
    scope: Open[ConsentScope]
    destination: Open[CountryCode | None]
    given_by: Open[UUID | None]
    """Subject id of who speaks for the person; nobody when the person speaks, or a court."""
    basis: Open[ConsentBasis]
    interpreter_id: Open[UUID | None]
    giver: Identity[PersonName | None]
    """Name of who speaks for the person, under their own key."""


class ConsentRefused(Fact, topic="case.consent-refused"):
    """Somebody did not agree."""

    scope: Open[ConsentScope]
    destination: Open[CountryCode | None]
    given_by: Open[UUID | None]
    reason: Narrative[FreeText | None]


class ConsentWithdrawn(Fact, topic="case.consent-withdrawn"):
    """Somebody took back that they had agreed."""

    consent_id: Open[UUID]
    given_by: Open[UUID | None]
    reason: Narrative[FreeText | None]


class Voice(NamedTuple):
    """Who speaks to what: one person on one question, or a court."""

    scope: ConsentScope
    destination: CountryCode | None
    """``None``: whatever the destination."""
    given_by: UUID | None
    court: bool = False


@dataclass(frozen=True)
class Word:
    """The last thing that was said by one voice."""

    agrees: bool
    on: PartialDate
    basis: ConsentBasis | None = None
    """Of an agreement."""
    consent_id: UUID | None = None
    """Of an agreement, and of one that was taken back."""


@dataclass(frozen=True)
class Consents:
    """The last word of every voice."""

    words: Mapping[Voice, Word] = field(default_factory=dict)
    voices: Mapping[UUID, Voice] = field(default_factory=dict)
    """Consent id → whose consent it is."""
    of_age_since: PartialDate | None = None
    """What others said before that day does not count any more."""

    @property
    def by_others(self) -> bool:
        """Whether somebody agreed on behalf of the person."""
        return any(word.agrees and voice.given_by is not None for voice, word in self.words.items())

    def said(self, destination: CountryCode, scope: ConsentScope = ConsentScope.TRANSFER) -> Mapping[UUID | None, Word]:
        """Return the last word of each person on a destination; the person of the case is nobody (``None``).

        What was said of every destination counts until something else is said of this one. Courts are left out.
        """
        last: dict[UUID | None, Word] = {}
        for voice, word in self.words.items():
            if voice.scope is scope and voice.destination in {None, destination} and not voice.court:
                known = last.get(voice.given_by)
                if known is None or word.on.earliest >= known.on.earliest:
                    last[voice.given_by] = word
        return last

    def compelled(self, destination: CountryCode, scope: ConsentScope = ConsentScope.TRANSFER) -> bool:
        """Whether a court ordered it and nobody has withdrawn the order."""
        ordered = (self.words.get(Voice(scope, to, None, court=True)) for to in (destination, None))
        return any(word is not None and word.agrees for word in ordered)

    def agreed(
        self,
        destination: CountryCode,
        by: AbstractSet[UUID | None],
        scope: ConsentScope = ConsentScope.TRANSFER,
    ) -> bool:
        """Whether one of these people at least has agreed and none of them has refused or withdrawn.

        ``None`` among them is the person of the case.
        """
        words = [word for giver, word in self.said(destination, scope).items() if giver in by]
        return bool(words) and all(word.agrees for word in words)


CONSENT: Final = Facet("consent", Consents())


@CONSENT.evolves
def _(fact: ConsentGiven, stamp: Stamp, was: Consents) -> Consents:
    court = fact.basis is ConsentBasis.COURT_ORDER
    voice = Voice(fact.scope, fact.destination, fact.given_by, court)
    now = _heard(was, voice, Word(True, stamp.occurred_on, fact.basis, fact.consent_id))
    return replace(now, voices={**was.voices, fact.consent_id: voice})


@CONSENT.evolves
def _(fact: ConsentRefused, stamp: Stamp, was: Consents) -> Consents:
    return _heard(was, Voice(fact.scope, fact.destination, fact.given_by), Word(False, stamp.occurred_on))


@CONSENT.evolves
def _(fact: ConsentWithdrawn, stamp: Stamp, was: Consents) -> Consents | Odd[Consents]:
    voice = was.voices.get(fact.consent_id)
    if voice is None:
        return Odd(was, "consent.unknown")
    return _heard(was, voice, Word(False, stamp.occurred_on, consent_id=fact.consent_id))


@CONSENT.evolves
def _(_fact: MajorityReached, stamp: Stamp, was: Consents) -> Consents:
    """What others agreed to until then ends; what they refused binds an adult no more."""
    if was.of_age_since is not None and was.of_age_since.earliest <= stamp.occurred_on.earliest:
        return was
    day = stamp.occurred_on.earliest
    kept = {voice: word for voice, word in was.words.items() if voice.given_by is None or word.on.earliest > day}
    return replace(was, words=kept, of_age_since=stamp.occurred_on)


def _heard(was: Consents, voice: Voice, word: Word) -> Consents:
    """Return the words with one more, unless that voice has said something since. They stand as they were said."""
    known, of_age = was.words.get(voice), was.of_age_since
    if known is not None and word.on.earliest < known.on.earliest:
        return was
    if of_age is not None and voice.given_by is not None and word.on.earliest <= of_age.earliest:
        return was
    others = {other: said for other, said in was.words.items() if other != voice}
    return replace(was, words={**others, voice: word})
