"""What the gate is asked: a destination, a day, who clears, and what lies outside the case.

Everything from outside comes in as one frozen value. Whoever decides has loaded and guarded the streams it is made of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from domain.case.kin import KinLink
from domain.case.requirements import Destination, destination
from domain.case.screening import Screenings
from domain.case.whereabouts import Place
from domain.facility import FacilityState
from domain.privacy import BlockLabel, Unreadable
from domain.values import CountryCode, FacilityKind

if TYPE_CHECKING:
    from domain.case.case import CaseState

OPENS: Final = frozenset({BlockLabel.IDENTITY, BlockLabel.PROTECTION, BlockLabel.SECURITY, BlockLabel.JUDICIAL})
"""The personal classes on which the rules of the gate rest."""


@dataclass(frozen=True)
class Relative:
    """Somebody to whom the person is linked, and their case; ``None`` when there is none or it was not loaded."""

    link: KinLink
    case: CaseState | None


@dataclass(frozen=True)
class Outside:
    """What the gate needs to know that is not in the case."""

    destination: Destination
    facilities: Mapping[UUID, FacilityKind] = field(default_factory=dict)
    """Kind of each facility in which the person was ever held, as far as it is registered."""
    relatives: tuple[Relative, ...] = ()
    absorbed: tuple[CaseState, ...] = ()
    """The cases merged into this one: a merge launders nothing."""

    @classmethod
    def of(cls, case: CaseState, to: Destination, others: Mapping[UUID, Any]) -> Outside:
        """Return it from the states of the streams named by :func:`rests_on`."""
        kinds = {}
        for stream, state in others.items():
            if isinstance(state, FacilityState) and state.registered is not None:
                kinds[stream] = state.registered.kind
        relatives = tuple(Relative(link, _case(link.person, others)) for link in case.kin.links.values())
        absorbed = (_case(stream, others) for stream in case.record.absorbed)
        return cls(to, kinds, relatives, tuple(other for other in absorbed if other is not None))


def _case(stream: UUID | Unreadable, others: Mapping[UUID, Any]) -> CaseState | None:
    state: CaseState | FacilityState | None = None if isinstance(stream, Unreadable) else others.get(stream)
    return None if isinstance(state, FacilityState) else state


def rests_on(case: CaseState) -> frozenset[UUID]:
    """Return the streams on which the gate rests beside the case: relatives, absorbed cases, facilities."""
    relatives = {link.person for link in case.kin.links.values() if not isinstance(link.person, Unreadable)}
    return frozenset({*relatives, *case.record.absorbed, *case.stays.facilities})


@dataclass(frozen=True)
class DepartureRequest:
    """For which destination, on which day, and who clears (``None`` when nobody acts and one only asks)."""

    outside: Outside
    on: date
    cleared_by: UUID | None = None
    leaving: bool = False
    """Whether the person leaves now; until then those who travel together may be cleared one after the other."""
    operation: UUID | None = None
    """The operation with which the person travels, where it has a manifest."""

    @classmethod
    def of(
        cls,
        case: CaseState,
        country: CountryCode,
        *,
        on: date,
        others: Mapping[UUID, Any] | None = None,
        cleared_by: UUID | None = None,
        leaving: bool = False,
        operation: UUID | None = None,
    ) -> DepartureRequest:
        """Return the request with what the destination requires on the day, and what was loaded from outside."""
        outside = Outside.of(case, destination(country, on), others or {})
        return cls(outside, on, cleared_by, leaving, operation)

    @property
    def country(self) -> CountryCode:
        """The destination's code."""
        return self.outside.destination.country

    def cases(self, case: CaseState) -> Iterator[CaseState]:
        """Yield the case and those merged into it."""
        yield case
        yield from self.outside.absorbed

    def screenings(self, case: CaseState) -> Screenings:
        """Return the screenings of the person, whichever of their cases holds them."""
        if not self.outside.absorbed:
            return case.screening
        merged = [asked for known in self.cases(case) for asked in known.screening.by_id.items()]
        return Screenings(dict(merged))

    def ahead(self, other: CaseState) -> bool:
        """Whether somebody else is cleared for the same destination, on the way there, or there."""
        given, left, returned = other.journey.clearance, other.journey.departure, other.journey.returned
        if given is not None and given.destination == self.country and given.in_force(self.on):
            return True
        if other.whereabouts.place is not Place.GONE:
            return False
        if returned is not None:
            return returned.country == self.country
        return left is not None and left.destination == self.country

    def going(self, other: CaseState) -> bool:
        """Whether somebody else travels to the same destination, or is there.

        Before anybody leaves it is enough that the destination has agreed to receive them: of a family one must be
        cleared first. Whoever leaves, leaves with those who are cleared.
        """
        agreed = other.decisions.approval(self.country) is not None and present(other)
        return self.ahead(other) or (agreed and not self.leaving)


def present(case: CaseState) -> bool:
    """Whether somebody is alive and in a facility that we know."""
    return case.life.death is None and case.whereabouts.located_at is not None
