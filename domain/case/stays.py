"""Stays: in which facilities the person has ever been held, and since when, in whatever order it became known.

Whereabouts tell the last known place; whether somebody is under suspicion also depends on the places before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from domain.case.absence import Recaptured, WhereaboutsRegained
from domain.case.hospital import ReturnedFromHospital
from domain.case.newborn import BornInFacility
from domain.case.transfers import ReturnedAfterAbort
from domain.case.whereabouts import AdmittedToFacility, MovedToFacility
from domain.dates import PartialDate
from domain.kernel import Facet, Stamp


@dataclass(frozen=True)
class Stays:
    """Every facility in which the person was ever held."""

    facilities: frozenset[UUID] = frozenset()
    since: PartialDate | None = None
    """The first day on which the person was held, as far as is known."""

    def also(self, facility: UUID, on: PartialDate) -> Stays:
        """Return the stays with one more."""
        first = on if self.since is None or on < self.since else self.since
        if facility in self.facilities and first is self.since:
            return self
        return Stays(self.facilities | {facility}, first)


STAYS: Final = Facet("stays", Stays())


@STAYS.evolves
def _(fact: AdmittedToFacility, stamp: Stamp, was: Stays) -> Stays:
    return was.also(fact.facility, stamp.occurred_on)


@STAYS.evolves
def _(fact: MovedToFacility, stamp: Stamp, was: Stays) -> Stays:
    return was.also(fact.facility, stamp.occurred_on)


@STAYS.evolves
def _(fact: Recaptured, stamp: Stamp, was: Stays) -> Stays:
    return was.also(fact.facility, stamp.occurred_on)


@STAYS.evolves
def _(fact: WhereaboutsRegained, stamp: Stamp, was: Stays) -> Stays:
    return was.also(fact.facility, stamp.occurred_on)


@STAYS.evolves
def _(fact: ReturnedFromHospital, stamp: Stamp, was: Stays) -> Stays:
    return was.also(fact.facility, stamp.occurred_on)


@STAYS.evolves
def _(fact: BornInFacility, stamp: Stamp, was: Stays) -> Stays:
    return was.also(fact.facility, stamp.occurred_on)


@STAYS.evolves
def _(fact: ReturnedAfterAbort, stamp: Stamp, was: Stays) -> Stays:
    return was.also(fact.facility, stamp.occurred_on)
