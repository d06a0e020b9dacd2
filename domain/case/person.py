"""The person as read models and figures need them: one flat record of a folded case.

What depends on the day as well (status, overlays, age) stands in :mod:`domain.case.status` and :mod:`domain.case.age`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple
from uuid import UUID

from domain.case.age import Born, born
from domain.case.case import CaseState
from domain.case.identity import IDENTITY
from domain.case.journey import JOURNEY
from domain.case.life import LIFE, DeathManner
from domain.case.nationality import NATIONALITY
from domain.case.protection import CARE, CareStatus
from domain.case.record import RECORD
from domain.case.registration import REGISTRATION
from domain.case.whereabouts import WHEREABOUTS
from domain.dates import PartialDate
from domain.frozen import replace
from domain.kernel import Odd, Recorded, by_fact
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


_EVOLVERS: Final = by_fact((REGISTRATION, IDENTITY, NATIONALITY, WHEREABOUTS, LIFE, CARE, JOURNEY, RECORD))


def person_after(facts: Iterable[Recorded], case: CaseState) -> CaseState:
    """Return the case after more facts as far as :func:`person_at` looks at it; all else stays as it was.

    The facets that it reads evolve as in every fold. What spans facets, versions and anomalies, it does not read.
    """
    values = case.__dict__.copy()
    for stamp, fact in facts:
        for name, function in _EVOLVERS.get(type(fact), ()):
            outcome = function(fact, stamp, values[name])
            values[name] = outcome.state if type(outcome) is Odd else outcome
    return replace(case, **values)


def person_at(case: CaseState) -> PersonAt:
    """Return the person as a folded case shows them."""
    death, returned = case.life.death, case.journey.returned
    nationality, whereabouts = case.nationality, case.whereabouts
    facility = whereabouts.located_at
    # In the order of the fields: by name it takes twice as long, and every day on which a case changes passes here.
    return PersonAt(
        facility is not None and death is None and case.registration.closed is None and case.record.merged_into is None,
        facility,
        case.identity.sex,
        born(case),
        nationality.strongest,
        tuple(nationality.deprived),
        case.protection.status,
        death.on if death is not None else None,
        death.manner if death is not None else None,
        death.facility if death is not None else None,
        whereabouts.left_from,
        returned.country if returned is not None else None,
        returned.on if returned is not None else None,
    )
