"""Contested nationality: an agency disputes it, or the state itself denies it. The claim and its evidence stay."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum, unique
from typing import TYPE_CHECKING

from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.nationality import NATIONALITY, Nationality, Said, Word
from domain.case.request import CaseObservation
from domain.case.statelessness import threat
from domain.dates import PartialDate
from domain.kernel import Act, Dated, Decision, Fact, Stamp
from domain.privacy import Judicial, Open
from domain.values import AgencyCode, CountryCode, StateCode

if TYPE_CHECKING:
    from domain.case.case import CaseState


@unique
class ContestGround(StrEnum):
    """Why somebody is said not to be a national, in the widest terms."""

    NOT_IN_REGISTER = "not_in_register"
    DOCUMENT_NOT_GENUINE = "document_not_genuine"
    PARENTAGE_NOT_SHOWN = "parentage_not_shown"
    LOST_BY_LAW = "lost_by_law"
    RENOUNCED = "renounced"
    OTHER_NATIONALITY = "other_nationality"
    NOT_STATED = "not_stated"


class NationalityDisputed(Fact, topic="case.nationality-disputed"):
    """An agency said that the person is not a national of this country."""

    country: Open[CountryCode]
    by_agency: Open[AgencyCode]
    ground: Judicial[ContestGround]


class NationalityDenied(Fact, topic="case.nationality-denied"):
    """An authority of the state said that the person is not its national."""

    country: Open[CountryCode]
    authority: Open[AgencyCode]
    ground: Judicial[ContestGround]


@NATIONALITY.evolves
def _(fact: NationalityDisputed, stamp: Stamp, was: Nationality) -> Nationality:
    return was.after(fact.country, Word(Said.DISPUTED, fact.by_agency, stamp.occurred_on, stamp.version))


@NATIONALITY.evolves
def _(fact: NationalityDenied, stamp: Stamp, was: Nationality) -> Nationality:
    return was.after(fact.country, Word(Said.DENIED, fact.authority, stamp.occurred_on, stamp.version))


def _news(
    was: Nationality, country: CountryCode, said: Said, by: AgencyCode, on: PartialDate | None, act: Act
) -> Word | None:
    """Return the word as it will stand; nothing when it is the last one on this nationality."""
    known = was.words.get(country)
    if known is not None and (known.said, known.by) == (said, by) and on in {None, known.on}:
        return None
    return Word(said, by, on or PartialDate.of(act.today), known.version + 1 if known is not None else 1)


def _contested(case: CaseState, act: Act, country: CountryCode) -> Iterator[Dated]:
    """Yield the end of a clearance for a state that approved the person as its national."""
    approval = case.decisions.approval(country)
    if approval is not None and approval.by_nationality:
        yield from withdrawal(case, act, WithdrawalCause.APPROVAL, destination=country)


class DisputeNationality(CaseObservation):
    """Record that an agency disputes a nationality; it is not confirmed until an authority of the state confirms anew.

    A clearance for a state that approved the person as its national is withdrawn.
    """

    permission = "case:dispute"
    country: StateCode
    by_agency: AgencyCode
    ground: ContestGround = ContestGround.NOT_STATED

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the dispute, unless it is the last word on this nationality."""
        was = case.nationality
        word = _news(was, self.country, Said.DISPUTED, self.by_agency, self.occurred_on, act)
        if word is not None:
            yield NationalityDisputed(country=self.country, by_agency=self.by_agency, ground=self.ground)
            yield from _contested(case, act, self.country)
            yield from threat(was, was.after(self.country, word), act)

    def concerns(self) -> CountryCode | None:
        """Return the country."""
        return self.country


class DenyNationality(CaseObservation):
    """Record that a state denies a nationality. The claim stays on record and counts as no nationality.

    A clearance for a state that approved the person as its national is withdrawn. Where no confirmed nationality is
    left, a risk of statelessness is flagged (I5).
    """

    permission = "case:dispute"
    country: StateCode
    authority: AgencyCode
    ground: ContestGround = ContestGround.NOT_STATED

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the denial, unless it is the last word on this nationality."""
        was = case.nationality
        word = _news(was, self.country, Said.DENIED, self.authority, self.occurred_on, act)
        if word is not None:
            yield NationalityDenied(country=self.country, authority=self.authority, ground=self.ground)
            yield from _contested(case, act, self.country)
            yield from threat(was, was.after(self.country, word), act)

    def concerns(self) -> CountryCode | None:
        """Return the country."""
        return self.country
