"""Facilities: camps, prisons and other places in which people are held or received."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import StringConstraints

from domain.kernel import Act, Aggregate, Anomaly, Command, CommandKind, Decision, Fact, Recorded, Refused, ValidFrom
from domain.privacy import Open
from domain.values import AgencyCode, CountryCode, FacilityKind, StateCode

FacilityCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,16}){1,4}$", max_length=48)]
"""Country, then a short name: ``SY-AL-HOL``."""

PublicName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]*([ '-][A-Za-z0-9]+){0,7}$", max_length=60)]
"""The name of a place in Latin letters and digits. The pattern keeps sentences out: it rests in the open."""


class FacilityRegistered(Fact, topic="facility.facility-registered", valid=ValidFrom.ALWAYS):
    """A place became known to us."""

    code: Open[FacilityCode]
    name: Open[PublicName]
    kind: Open[FacilityKind]
    country: Open[CountryCode]
    control: Open[AgencyCode]


@dataclass(frozen=True)
class FacilityState:
    """What is known about one place."""

    registered: FacilityRegistered | None = None
    version: int = 0
    anomalies: tuple[Anomaly, ...] = ()


def evolve(facility: FacilityState, recorded: Recorded) -> FacilityState:
    """Return the facility after one more fact. Never raises."""
    stamp, fact = recorded
    version = max(facility.version, stamp.version)
    if isinstance(fact, FacilityRegistered) and facility.registered is None:
        return FacilityState(fact, version, facility.anomalies)
    code = "facility.registered-twice" if isinstance(fact, FacilityRegistered) else "record.foreign-fact"
    odd = Anomaly(code, stamp.fact_id, stamp.position)
    return FacilityState(facility.registered, version, (*facility.anomalies, odd))


FACILITY: Final = Aggregate("facility", FacilityState(), evolve)


class RegisterFacility(Command):
    """Register a place.

    :raises Refused: ``facility.already-registered`` when the stream holds another place.
    """

    aggregate = "facility"
    nature = CommandKind.DECISION
    permission = "facility:register"
    creates = True
    code: FacilityCode
    name: PublicName
    kind: FacilityKind
    country: StateCode
    control: AgencyCode

    def decide(self, facility: FacilityState, act: Act) -> Decision:
        """Register the place, unless it is registered."""
        del act
        asked = FacilityRegistered(
            code=self.code, name=self.name, kind=self.kind, country=self.country, control=self.control
        )
        if facility.registered is not None and facility.registered != asked:
            raise Refused("facility.already-registered", "Another place is registered here.")
        if facility.registered is None:
            yield asked

    def concerns(self) -> CountryCode | None:
        """Return the country in which the place lies."""
        return self.country
