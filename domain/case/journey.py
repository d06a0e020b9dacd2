"""The journey: cleared to depart, departed, arrived, recorded as repatriated.

The commands that ask the gate stand in :mod:`domain.case.clearance`. What others did is recorded here as it happened,
cleared or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from pydantic import StringConstraints

from domain.case.request import CaseObservation
from domain.dates import PartialDate
from domain.frozen import replace
from domain.kernel import Act, Dated, Decision, Facet, Fact, Odd, Stamp
from domain.privacy import Open
from domain.values import CountryCode, StateCode

if TYPE_CHECKING:
    from domain.case.case import CaseState

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


@unique
class WithdrawalCause(StrEnum):
    """Why a clearance ended before the departure."""

    SECURITY_BLOCK = "security_block"
    SCREENING = "screening"
    REFUSAL = "refusal"
    DEPRIVATION = "deprivation"
    MOVE = "move"
    ESCAPE = "escape"
    DEATH = "death"
    CLOSURE = "closure"
    IDENTITY = "identity"
    BEST_INTERESTS = "best_interests"
    NON_REFOULEMENT = "non_refoulement"
    CONSENT = "consent"
    ASSURANCE = "assurance"
    APPROVAL = "approval"
    TRAVEL_DOCUMENT = "travel_document"
    HOSPITAL = "hospital"
    GUARDIANSHIP = "guardianship"
    CORRECTION = "correction"
    MERGE = "merge"
    RELEASE = "release"
    RESTRICTION = "restriction"
    RECONSIDERED = "reconsidered"
    """An officer took it back."""


class ClearedToDepart(Fact, topic="case.cleared-to-depart"):
    """Every rule of the gate held; the person may depart for the destination until the clearance expires."""

    destination: Open[CountryCode]
    evidence_sha256: Open[Sha256]
    expires_on: Open[date]


class ClearanceWithdrawn(Fact, topic="case.clearance-withdrawn"):
    """The clearance ended before the departure."""

    cause: Open[WithdrawalCause]


class Departed(Fact, topic="case.departed"):
    """The person left the facility of origin for a country."""

    destination: Open[CountryCode | None]


class ArrivedInCountry(Fact, topic="case.arrived-in-country"):
    """The person arrived."""

    country: Open[CountryCode]


class RepatriationRecorded(Fact, topic="case.repatriation-recorded"):
    """The state, or a source that is trusted, says that the person has returned."""

    country: Open[CountryCode]


@dataclass(frozen=True)
class Clearance:
    """Permission to depart, until and including the day on which it expires."""

    destination: CountryCode
    given_on: PartialDate
    expires_on: date
    actor: UUID

    def in_force(self, on: date) -> bool:
        """Whether it has not expired on the day."""
        return on <= self.expires_on


@dataclass(frozen=True)
class Departure:
    """The last departure, and whether a clearance for that destination was in force."""

    destination: CountryCode | None
    on: PartialDate
    cleared: bool


@dataclass(frozen=True)
class Return:
    """Where and when the person arrived, or was recorded as returned."""

    country: CountryCode
    on: PartialDate


@dataclass(frozen=True)
class Journey:
    """The clearance, and the last journey made."""

    clearance: Clearance | None = None
    departure: Departure | None = None
    arrival: Return | None = None
    repatriation: Return | None = None

    @property
    def returned(self) -> Return | None:
        """The end of the last journey: the arrival, else what was recorded later."""
        return self.arrival or self.repatriation


JOURNEY: Final = Facet("journey", Journey())


@JOURNEY.evolves
def _(fact: ClearedToDepart, stamp: Stamp, was: Journey) -> Journey | Odd[Journey]:
    given = Clearance(fact.destination, stamp.occurred_on, fact.expires_on, stamp.actor)
    now = replace(was, clearance=given)
    twice = was.clearance is not None and was.clearance.in_force(stamp.occurred_on.earliest)
    return Odd(now, "clearance.twice") if twice else now


@JOURNEY.evolves
def _(_fact: ClearanceWithdrawn, _stamp: Stamp, was: Journey) -> Journey | Odd[Journey]:
    return Odd(was, "clearance.none-in-force") if was.clearance is None else replace(was, clearance=None)


@JOURNEY.evolves
def _(fact: Departed, stamp: Stamp, was: Journey) -> Journey | Odd[Journey]:
    left, on = was.departure, stamp.occurred_on
    if left is not None and on.earliest < left.on.earliest:
        return was
    given = was.clearance
    cleared = given is not None and given.destination == fact.destination and given.in_force(on.latest)
    now = Journey(departure=Departure(fact.destination, on, cleared))
    return now if cleared else Odd(now, "departure.uncleared")


@JOURNEY.evolves
def _(fact: ArrivedInCountry, stamp: Stamp, was: Journey) -> Journey | Odd[Journey]:
    now = replace(was, arrival=Return(fact.country, stamp.occurred_on))
    code = _odd_return(fact.country, stamp.occurred_on, was.departure)
    return Odd(now, f"arrival.{code}") if code else now


@JOURNEY.evolves
def _(fact: RepatriationRecorded, stamp: Stamp, was: Journey) -> Journey | Odd[Journey]:
    now = replace(was, repatriation=Return(fact.country, stamp.occurred_on))
    code = _odd_return(fact.country, stamp.occurred_on, was.departure)
    return Odd(now, f"repatriation.{code}") if code else now


def _odd_return(country: CountryCode, on: PartialDate, left: Departure | None) -> str | None:
    if left is None:
        return "undeparted"
    if on.latest < left.on.earliest:
        return "before-departure"
    return "elsewhere" if left.destination not in {None, country} else None


def withdrawal(
    case: CaseState, act: Act, cause: WithdrawalCause, *, destination: CountryCode | None = None
) -> Iterator[Dated]:
    """Yield the withdrawal of the clearance in force, today, as a consequence of an adverse fact.

    With a destination: only of a clearance for that destination.
    """
    given = case.journey.clearance
    if given is not None and given.in_force(act.today) and destination in {None, given.destination}:
        yield act.now(ClearanceWithdrawn(cause=cause))


class ReportDeparture(CaseObservation):
    """Report that the person was taken away by others, cleared or not."""

    permission = "case:record"
    destination: StateCode | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the departure, unless it is on record with this day and destination."""
        del act
        left = case.journey.departure
        known = case.in_transit and left is not None and left.destination == self.destination
        if left is None or not known or self.occurred_on not in {None, left.on}:
            yield Departed(destination=self.destination)

    def concerns(self) -> CountryCode | None:
        """Return the destination, where it is known."""
        return self.destination


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
