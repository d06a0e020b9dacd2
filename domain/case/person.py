"""The person as read models and figures need them: one flat record of a folded case.

What depends on the day as well (status, overlays, age) stands in :mod:`domain.case.status` and :mod:`domain.case.age`.
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from domain.case.age import Born, born
from domain.case.case import CaseState
from domain.case.life import DeathManner
from domain.case.protection import CareStatus
from domain.dates import PartialDate
from domain.privacy import Unreadable
from domain.values import CountryCode, Sex


class PersonAt(NamedTuple):
    """One person at one moment. Personal values are unreadable where their class was not opened."""

    present: bool
    """Alive, admitted, not departed, missing, released or merged: held somewhere that we know, by an open case."""
    facility: UUID | None
    """Where the person is; ``None`` when not located."""
    sex: Sex | Unreadable | None
    birth: Born | Unreadable | None
    """The first and the last day on which the person can have been born; see :func:`domain.case.age.born`."""
    nationality: CountryCode
    """The best supported on record, claimed or better; XXX for none."""
    deprived_by: tuple[CountryCode, ...]
    """States whose order stands, in the order recorded, whether or not it has taken effect."""
    care: CareStatus | Unreadable | None
    died_on: PartialDate | None
    death_manner: DeathManner | Unreadable | None
    death_facility: UUID | None
    departed_from: UUID | None
    """The facility that the person left on the last journey."""
    returned_to: CountryCode | None
    returned_on: PartialDate | None


def person_at(case: CaseState) -> PersonAt:
    """Return the person as a folded case shows them."""
    death, returned = case.life.death, case.journey.returned
    facility = case.whereabouts.located_at
    return PersonAt(
        present=facility is not None
        and death is None
        and case.registration.closed is None
        and case.record.merged_into is None,
        facility=facility,
        sex=case.identity.sex,
        birth=born(case),
        nationality=case.nationality.strongest,
        deprived_by=tuple(case.nationality.deprived),
        care=case.protection.status,
        died_on=death.on if death is not None else None,
        death_manner=death.manner if death is not None else None,
        death_facility=death.facility if death is not None else None,
        departed_from=case.whereabouts.left_from,
        returned_to=returned.country if returned is not None else None,
        returned_on=returned.on if returned is not None else None,
    )
