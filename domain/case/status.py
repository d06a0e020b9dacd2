"""Status and overlays: derived from what happened, never set.

The first predicate that holds decides. A status changes with a fact, or by the calendar alone (a clearance, a screening
expires; a child comes of age): :func:`settled_until` says when.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final

from domain.case.age import MAJORITY_YEARS, age_on, birthday
from domain.case.whereabouts import Place
from domain.privacy import Unreadable

if TYPE_CHECKING:
    from domain.case.case import CaseState

_A_DAY: Final = timedelta(days=1)


@unique
class Status(StrEnum):
    """Where a case stands, most final first."""

    CLOSED = "closed"
    DECEASED = "deceased"
    MISSING = "missing"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    READY = "ready"
    APPROVED = "approved"
    REFUSED = "refused"
    CLEARED = "cleared"
    SCREENING = "screening"
    REGISTERED = "registered"


@unique
class Overlay(StrEnum):
    """What is true of a case whatever its status."""

    BLOCKED = "blocked"
    STATELESS_RISK = "stateless_risk"
    CHILD = "child"
    POSSIBLY_CHILD = "possibly_child"
    """Some of the days on which the person can have been born make a child of them, or no birth is on record."""
    SEPARATED_FAMILY = "separated_family"
    """The last move separated the person from the family."""
    NON_COMPLIANT_TRANSFER = "non_compliant_transfer"
    """The last departure was not cleared."""


def _ready(case: CaseState, on: date) -> bool:
    given = case.journey.clearance
    return given is not None and given.in_force(on)


def _cleared(case: CaseState, on: date) -> bool:
    last = case.screening.latest()
    return bool(last) and all(known.outcome is not None and known.outcome.clears(on) for known in last)


ORDER: Final[tuple[tuple[Status, Callable[[CaseState, date], bool]], ...]] = (
    (Status.CLOSED, lambda case, _on: case.registration.closed is not None),
    (Status.DECEASED, lambda case, _on: case.life.death is not None),
    (Status.MISSING, lambda case, _on: case.whereabouts.place is Place.MISSING),
    (Status.IN_TRANSIT, lambda case, _on: case.in_transit),
    (Status.RECEIVED, lambda case, _on: case.whereabouts.place is Place.GONE),
    (Status.READY, _ready),
    (Status.APPROVED, lambda case, _on: case.decisions.approved),
    (Status.REFUSED, lambda case, _on: case.decisions.refused),
    (Status.CLEARED, _cleared),
    (Status.SCREENING, lambda case, _on: any(True for _ in case.screening.open)),
)
"""The predicates in the order in which they are asked; a case of which none holds is registered."""

LEADS_TO: Final[Mapping[Status, frozenset[Status]]] = {
    Status.REGISTERED: frozenset({Status.SCREENING, Status.APPROVED, Status.REFUSED}),
    Status.SCREENING: frozenset({Status.CLEARED, Status.REGISTERED, Status.APPROVED, Status.REFUSED}),
    Status.CLEARED: frozenset({Status.APPROVED, Status.REFUSED, Status.SCREENING, Status.REGISTERED}),
    Status.REFUSED: frozenset({Status.APPROVED}),
    Status.APPROVED: frozenset({Status.READY, Status.REFUSED}),
    Status.READY: frozenset({Status.IN_TRANSIT, Status.APPROVED, Status.REFUSED}),
    Status.IN_TRANSIT: frozenset({Status.RECEIVED, Status.MISSING}),
    Status.RECEIVED: frozenset(),
    Status.MISSING: frozenset({Status.REGISTERED, Status.SCREENING, Status.CLEARED, Status.REFUSED, Status.APPROVED}),
    Status.DECEASED: frozenset(),
    Status.CLOSED: frozenset(),
}
"""How people read the life of a case, beside what can happen to anybody at any time: escape, an uncleared transfer,
death, closure."""
AT_ANY_TIME: Final = frozenset({Status.MISSING, Status.IN_TRANSIT, Status.RECEIVED, Status.DECEASED, Status.CLOSED})


def status(case: CaseState, on: date) -> Status:
    """Return where the case stands on a day."""
    return next((status for status, holds in ORDER if holds(case, on)), Status.REGISTERED)


def overlays(case: CaseState, on: date) -> frozenset[Overlay]:
    """Return what is true of the case on a day, whatever its status. Age needs a birth that can be read."""
    return frozenset(_overlays(case, on))


def _overlays(case: CaseState, on: date) -> Iterator[Overlay]:
    if case.blocks.open:
        yield Overlay.BLOCKED
    if case.nationality.stateless_risk(on):
        yield Overlay.STATELESS_RISK
    if case.whereabouts.family_separated:
        yield Overlay.SEPARATED_FAMILY
    left = case.journey.departure
    if left is not None and not left.cleared:
        yield Overlay.NON_COMPLIANT_TRANSFER
    birth = case.identity.birth
    if birth is None:
        yield Overlay.POSSIBLY_CHILD
    elif not isinstance(birth.birth, Unreadable):
        youngest, oldest = age_on(birth.birth, on)
        if oldest < MAJORITY_YEARS:
            yield Overlay.CHILD
        elif youngest < MAJORITY_YEARS:
            yield Overlay.POSSIBLY_CHILD


def settled_until(case: CaseState, on: date) -> date | None:
    """Return the next day on which status or overlays change by the calendar alone; ``None`` when they never do."""
    now = status(case, on), overlays(case, on)
    for day in sorted({day for day in _turning_days(case) if day > on}):
        if (status(case, day), overlays(case, day)) != now:
            return day
    return None


def _turning_days(case: CaseState) -> Iterator[date]:
    given = case.journey.clearance
    expiries = [given.expires_on] if given is not None else []
    outcomes = [known.outcome for known in case.screening.by_id.values() if known.outcome is not None]
    expiries += [outcome.valid_until for outcome in outcomes if outcome.valid_until is not None]
    yield from (day + _A_DAY for day in expiries if day < date.max)
    for order in case.nationality.deprived.values():
        yield order.effective_from.earliest
    birth = case.identity.birth
    if birth is not None and not isinstance(birth.birth, Unreadable):
        for born in (birth.birth.earliest, birth.birth.latest):
            if (majority := birthday(born, MAJORITY_YEARS)) is not None:
                yield majority
