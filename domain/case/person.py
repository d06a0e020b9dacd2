"""The person as read models and figures need them: one flat record of a folded case on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.case.case import CaseState
from domain.case.life import DeathManner
from domain.case.protection import CareStatus
from domain.case.registration import ClosureReason
from domain.case.status import Overlay, Status, overlays, status
from domain.dates import PartialDate
from domain.privacy import Unreadable
from domain.values import CountryCode, Sex


@dataclass(frozen=True, slots=True)
class PersonAt:
    """One person at one moment. Personal values are unreadable where their class was not opened."""

    present: bool
    """Alive, admitted, not departed, missing, released or merged: held somewhere that we know, by an open case."""
    facility: UUID | None
    """Where the person is; ``None`` when not located."""
    sex: Sex | Unreadable | None
    birth: PartialDate | Unreadable | None
    """The account to go by; for ages see :func:`domain.case.age.age_on`."""
    nationality: CountryCode
    """The best supported on record, claimed or better; XXX for none."""
    deprived_by: tuple[CountryCode, ...]
    """States whose order is on record, in the order recorded, whether or not it has taken effect."""
    care: CareStatus | Unreadable | None
    died_on: PartialDate | None
    death_manner: DeathManner | Unreadable | None
    death_facility: UUID | None
    departed_from: UUID | None
    """The facility that the person left on the last journey."""
    departed_on: PartialDate | None
    returned_to: CountryCode | None
    returned_on: PartialDate | None
    blocked_by: tuple[str, ...]
    """Agencies with an open block, in the order imposed."""
    closed_for: ClosureReason | None
    status: Status
    overlays: frozenset[Overlay]


def person_at(case: CaseState, on: date) -> PersonAt:
    """Return the person as the folded case shows them on a day (status and overlays depend on the day)."""
    death, left, returned, closed = (
        case.life.death,
        case.journey.departure,
        case.journey.returned,
        case.registration.closed,
    )
    facility = case.whereabouts.located_at
    birth = case.identity.birth
    return PersonAt(
        present=facility is not None and death is None and closed is None,
        facility=facility,
        sex=case.identity.sex,
        birth=birth.birth if birth is not None else None,
        nationality=case.nationality.strongest,
        deprived_by=tuple(case.nationality.deprived),
        care=case.protection.status,
        died_on=death.on if death is not None else None,
        death_manner=death.manner if death is not None else None,
        death_facility=death.facility if death is not None else None,
        departed_from=case.whereabouts.left_from,
        departed_on=left.on if left is not None else None,
        returned_to=returned.country if returned is not None else None,
        returned_on=returned.on if returned is not None else None,
        blocked_by=tuple(block.agency for block in case.blocks.open.values()),
        closed_for=closed.reason if closed is not None else None,
        status=status(case, on),
        overlays=overlays(case, on),
    )
