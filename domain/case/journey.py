"""The journey: cleared to depart, departed, handed over, arrived, recorded as repatriated.

Manifests stand in :mod:`domain.case.manifests`, arrivals in :mod:`domain.case.arrivals`, transfers that nobody cleared
and those that were broken off in :mod:`domain.case.transfers`, the commands that ask the gate in
:mod:`domain.case.clearance`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from pydantic import StringConstraints

from domain.dates import PartialDate
from domain.frozen import replace
from domain.kernel import Act, Dated, Facet, Fact, Odd, Stamp
from domain.privacy import Narrative, Open
from domain.text import FreeText
from domain.values import AgencyCode, CountryCode

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


class HandedOver(Fact, topic="case.handed-over"):
    """An authority of the country took charge of the person, against a document."""

    country: Open[CountryCode]
    authority: Open[AgencyCode]
    document: Narrative[FreeText | None]


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
    by_agency: AgencyCode | None = None
    """Who took the person away without a clearance, where that is known."""


@dataclass(frozen=True)
class Return:
    """Where and when the person arrived, was handed over, or was recorded as returned."""

    country: CountryCode
    on: PartialDate


@dataclass(frozen=True)
class Journey:
    """The clearance, the manifest, and the last journey made."""

    clearance: Clearance | None = None
    manifest: UUID | None = None
    """The operation on whose manifest the person is."""
    departure: Departure | None = None
    arrival: Return | None = None
    handover: Return | None = None
    repatriation: Return | None = None
    broken_off_on: PartialDate | None = None
    """When the person was brought back from the last journey; a clearance has to be given anew."""

    @property
    def returned(self) -> Return | None:
        """The end of the last journey: the arrival, else the handover, else what was recorded later."""
        return self.arrival or self.handover or self.repatriation

    @property
    def non_compliant(self) -> bool:
        """Whether the last departure was not cleared."""
        return self.departure is not None and not self.departure.cleared

    def past(self, on: PartialDate) -> bool:
        """Whether a day lies before the last departure."""
        return self.departure is not None and on.earliest < self.departure.on.earliest

    def departed(self, departure: Departure) -> Journey:
        """Return the journey begun by a departure: what was before it is over."""
        return Journey(departure=departure)


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
    on = stamp.occurred_on
    if was.past(on):
        return was
    given = was.clearance
    cleared = given is not None and given.destination == fact.destination and given.in_force(on.latest)
    now = was.departed(Departure(fact.destination, on, cleared))
    return now if cleared else Odd(now, "departure.uncleared")


@JOURNEY.evolves
def _(fact: HandedOver, stamp: Stamp, was: Journey) -> Journey | Odd[Journey]:
    now = replace(was, handover=Return(fact.country, stamp.occurred_on))
    code = _odd_return(fact.country, stamp.occurred_on, was.departure)
    return Odd(now, f"handover.{code}") if code else now


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
