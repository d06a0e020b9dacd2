"""Status and overlays: derived from what happened, never set.

The first predicate that holds decides, and none of them needs a key: nothing sealed ever decides a status. A status
changes with a fact, or by the calendar alone (a clearance, a screening expires; a child comes of age):
:func:`settled_until` says when.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final, NamedTuple

from domain.case.age import MAJORITY_YEARS, Born, age_on, birthday, born
from domain.case.record import Restriction
from domain.case.whereabouts import Place

if TYPE_CHECKING:
    from domain.case.case import CaseState

_A_DAY: Final = timedelta(days=1)


@unique
class Status(StrEnum):
    """Where a case stands, most final first."""

    CLOSED = "closed"
    """The case is closed and was not reopened."""
    MERGED = "merged"
    """The person has another case, which goes on for both."""
    DECEASED = "deceased"
    """A death is on record and was not taken back."""
    MISSING = "missing"
    """The person escaped or was lost, and was not found again."""
    IN_TRANSIT = "in_transit"
    """The person departed, cleared or not, and is not known to have arrived."""
    AFTERCARE = "aftercare"
    """The person is received, and a referral that was accepted is still open."""
    RECEIVED = "received"
    """The person was handed over, arrived, or is recorded as repatriated."""
    MANIFESTED = "manifested"
    """A clearance is in force and the person stands on a manifest."""
    READY = "ready"
    """A clearance is in force."""
    RELEASED_LOCALLY = "released_locally"
    """The person was released where they were held."""
    APPROVED = "approved"
    """A state agrees to receive the person."""
    REFUSED = "refused"
    """A state declined and no other agrees."""
    CLEARED = "cleared"
    """Every last screening is answered with cleared and has not expired."""
    SCREENING = "screening"
    """A screening is still to be answered."""
    IDENTIFIED = "identified"
    """The identity is verified and a nationality is confirmed."""
    REGISTERED = "registered"
    """None of the others."""


@unique
class Overlay(StrEnum):
    """What is true of a case whatever its status."""

    BLOCKED = "blocked"
    """A security block is open."""
    STATELESS_RISK = "stateless_risk"
    """Citizenship was taken and no confirmed nationality is left."""
    NATIONALITY_DISPUTED = "nationality_disputed"
    """A state disputes or denies a nationality."""
    CHILD = "child"
    """On every day on which the person can have been born, they are under eighteen."""
    POSSIBLY_CHILD = "possibly_child"
    """Some of the days on which the person can have been born make a child of them, or no birth is on record."""
    SEPARATED_FAMILY = "separated_family"
    """The last move separated the person from the family."""
    NON_COMPLIANT_TRANSFER = "non_compliant_transfer"
    """The last departure was not cleared."""
    RESTRICTED = "restricted"
    """The case may not be used like any other."""
    HOLD = "hold"
    """Nothing of the person may be erased."""
    ERASED = "erased"
    """The person's keys were destroyed."""


def _closed(case: CaseState, _on: date) -> bool:
    return case.registration.closed is not None


def _merged(case: CaseState, _on: date) -> bool:
    return case.record.merged_into is not None


def _deceased(case: CaseState, _on: date) -> bool:
    return case.life.death is not None


def _missing(case: CaseState, _on: date) -> bool:
    return case.whereabouts.place is Place.MISSING


def _in_transit(case: CaseState, _on: date) -> bool:
    return case.in_transit


def _in_aftercare(case: CaseState, on: date) -> bool:
    return _received(case, on) and case.work.accepted_open


def _received(case: CaseState, _on: date) -> bool:
    return case.whereabouts.place is Place.GONE


def _manifested(case: CaseState, on: date) -> bool:
    return case.journey.manifest is not None and _ready(case, on)


def _ready(case: CaseState, on: date) -> bool:
    given = case.journey.clearance
    return given is not None and given.in_force(on)


def _released(case: CaseState, _on: date) -> bool:
    return case.whereabouts.place is Place.RELEASED


def _approved(case: CaseState, _on: date) -> bool:
    return case.decisions.approved


def _refused(case: CaseState, _on: date) -> bool:
    return case.decisions.refused


def _cleared(case: CaseState, on: date) -> bool:
    last = case.screening.latest()
    return bool(last) and all(known.outcome is not None and known.outcome.clears(on) for known in last)


def _in_screening(case: CaseState, _on: date) -> bool:
    return any(True for _ in case.screening.open)


def _identified(case: CaseState, _on: date) -> bool:
    return case.identity.verified is not None and bool(case.nationality.confirmed)


ORDER: Final[tuple[tuple[Status, Callable[[CaseState, date], bool]], ...]] = (
    (Status.CLOSED, _closed),
    (Status.MERGED, _merged),
    (Status.DECEASED, _deceased),
    (Status.MISSING, _missing),
    (Status.IN_TRANSIT, _in_transit),
    (Status.AFTERCARE, _in_aftercare),
    (Status.RECEIVED, _received),
    (Status.MANIFESTED, _manifested),
    (Status.READY, _ready),
    (Status.RELEASED_LOCALLY, _released),
    (Status.APPROVED, _approved),
    (Status.REFUSED, _refused),
    (Status.CLEARED, _cleared),
    (Status.SCREENING, _in_screening),
    (Status.IDENTIFIED, _identified),
)
"""The predicates in the order in which they are asked; a case of which none holds is registered."""

_UNANSWERED: Final = frozenset({Status.REGISTERED, Status.IDENTIFIED, Status.SCREENING, Status.CLEARED})
"""No state has answered, or its answer has ended."""
_HELD: Final = _UNANSWERED | {Status.REFUSED, Status.APPROVED}
"""Where somebody stands who is found again, brought back, alive after all, or two people again."""

LEADS_TO: Final[Mapping[Status, frozenset[Status]]] = {
    Status.REGISTERED: _HELD - {Status.REGISTERED},
    Status.IDENTIFIED: _HELD - {Status.IDENTIFIED},
    Status.SCREENING: _HELD - {Status.SCREENING},
    Status.CLEARED: _HELD - {Status.CLEARED},
    Status.REFUSED: _HELD - {Status.REFUSED},
    Status.APPROVED: (_HELD - {Status.APPROVED}) | {Status.READY, Status.MANIFESTED},
    Status.READY: _HELD | {Status.MANIFESTED},
    Status.MANIFESTED: _HELD | {Status.READY},
    Status.RELEASED_LOCALLY: _HELD,
    Status.IN_TRANSIT: _HELD,
    Status.RECEIVED: _HELD,
    Status.AFTERCARE: _HELD,
    Status.MISSING: _HELD,
    Status.DECEASED: _HELD,
    Status.MERGED: _HELD,
    Status.CLOSED: _HELD,
}
"""Where a case can stand next, beside what can happen to anybody at any time (:data:`AT_ANY_TIME`).

Every step through the gate passes through approved and ready; nobody is ready otherwise."""
AT_ANY_TIME: Final = frozenset(
    {
        Status.MISSING,
        Status.IN_TRANSIT,
        Status.RECEIVED,
        Status.AFTERCARE,
        Status.RELEASED_LOCALLY,
        Status.DECEASED,
        Status.MERGED,
        Status.CLOSED,
    }
)
"""What others do, and what life does, is recorded in any state."""


def status(case: CaseState, on: date) -> Status:
    """Return where the case stands on a day."""
    for found, holds in ORDER:
        if holds(case, on):
            return found
    return Status.REGISTERED


def overlays(case: CaseState, on: date) -> frozenset[Overlay]:
    """Return what is true of the case on a day, whatever its status. Age needs a birth that can be read."""
    return frozenset(_overlays(case, on))


def _overlays(case: CaseState, on: date) -> Iterator[Overlay]:
    if case.blocks.open:
        yield Overlay.BLOCKED
    if case.nationality.stateless_risk(on):
        yield Overlay.STATELESS_RISK
    if case.nationality.disputed:
        yield Overlay.NATIONALITY_DISPUTED
    if case.whereabouts.family_separated:
        yield Overlay.SEPARATED_FAMILY
    if case.journey.non_compliant:
        yield Overlay.NON_COMPLIANT_TRANSFER
    if case.record.restriction is not Restriction.NONE:
        yield Overlay.RESTRICTED
    if case.record.held(on):
        yield Overlay.HOLD
    if case.record.erased is not None:
        yield Overlay.ERASED
    yield from _age(case, on)


def _age(case: CaseState, on: date) -> Iterator[Overlay]:
    known = born(case)
    if known is None:
        yield Overlay.POSSIBLY_CHILD
    elif isinstance(known, Born):
        youngest, oldest = age_on(known, on)
        if oldest < MAJORITY_YEARS:
            yield Overlay.CHILD
        elif youngest < MAJORITY_YEARS:
            yield Overlay.POSSIBLY_CHILD


class Standing(NamedTuple):
    """Status and overlays of a day."""

    status: Status
    overlays: frozenset[Overlay]


def standing(case: CaseState, on: date) -> Standing:
    """Return both."""
    return Standing(status(case, on), overlays(case, on))


def settled_until(case: CaseState, on: date, now: Standing | None = None) -> date | None:
    """Return the next day on which status or overlays change by the calendar alone; ``None`` when they never do.

    ``now`` is how the case stands on the day, for whoever knows that already.
    """
    now = now or standing(case, on)
    for day in sorted(_turning_days(case, on)):
        if status(case, day) is not now.status or overlays(case, day) != now.overlays:
            return day
    return None


def _turning_days(case: CaseState, after: date) -> set[date]:
    """Return the days after a day on which something of a case begins or ends."""
    given = case.journey.clearance
    ends = [given.expires_on] if given is not None else []
    outcomes = [known.outcome for known in case.screening.by_id.values() if known.outcome is not None]
    ends += [outcome.valid_until for outcome in outcomes if outcome.valid_until is not None]
    ends += [hold.until for hold in case.record.holds.values() if hold.until is not None]
    days = {day + _A_DAY for day in ends if after <= day < date.max}
    days |= {order.effective_from.earliest for order in case.nationality.deprived.values()}
    known = born(case)
    if isinstance(known, Born):
        days |= {majority for day in known if (majority := birthday(day, MAJORITY_YEARS)) is not None}
    return {day for day in days if day > after}
