"""Places and offices: the facilities in which the people are held, and the officers who write about them.

Camps and the larger prisons bear their public names; every other place and every officer is invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from domain.roles import Role
from domain.values import FacilityKind, agency_country

_OFFICERS: Final = uuid5(NAMESPACE_URL, "homeward:synthetic-officers")


@dataclass(frozen=True, slots=True)
class PlaceOfStay:
    """A facility as it is registered."""

    code: str
    name: str
    kind: FacilityKind
    control: str

    @property
    def country(self) -> str:
        """Return the country in which it lies."""
        return self.code[:2]


AL_HOL: Final = PlaceOfStay("SY-AL-HOL", "Al-Hol", FacilityKind.CAMP, "SY-AANES")
ROJ: Final = PlaceOfStay("SY-ROJ", "Roj", FacilityKind.CAMP, "SY-AANES")
AIN_ISSA: Final = PlaceOfStay("SY-AIN-ISSA", "Ain Issa", FacilityKind.CAMP, "SY-AANES")
GHWERAN: Final = PlaceOfStay("SY-GHWERAN", "Ghweran Al-Sinaa Hasakah", FacilityKind.DETENTION, "SY-SDF")
SHADDADI: Final = PlaceOfStay("SY-SHADDADI", "Shaddadi", FacilityKind.DETENTION, "SY-SDF")
DERIK: Final = PlaceOfStay("SY-DERIK", "Derik", FacilityKind.DETENTION, "SY-SDF")
JERKIN: Final = PlaceOfStay("SY-JERKIN", "Jerkin Qamishli", FacilityKind.DETENTION, "SY-SDF")
TABQA: Final = PlaceOfStay("SY-TABQA", "Tabqa Converted School", FacilityKind.DETENTION, "SY-SDF")
RUMAYLAN: Final = PlaceOfStay("SY-RUMAYLAN", "Rumaylan Converted Depot", FacilityKind.DETENTION, "SY-SDF")
HOURI: Final = PlaceOfStay("SY-HOURI", "Houri Centre", FacilityKind.JUVENILE, "SY-AANES")
HASAKAH_HOSPITAL: Final = PlaceOfStay("SY-HASAKAH-HOSP", "Hasakah Referral Hospital", FacilityKind.HOSPITAL, "SY-AANES")
BAGHDAD_CUSTODY: Final = PlaceOfStay("IQ-BAGHDAD-CUST", "Baghdad Custody Centre", FacilityKind.DETENTION, "IQ-MOJ")
BAGHDAD_TRANSIT: Final = PlaceOfStay(
    "IQ-BAGHDAD-TRAN", "Baghdad Family Transit Centre", FacilityKind.TRANSIT, "IQ-MOLSA"
)
JEDDAH: Final = PlaceOfStay("IQ-JEDDAH", "Jeddah Centre Qayyarah", FacilityKind.REHABILITATION, "IQ-MOMD")

MOSUL: Final = PlaceOfStay(
    "IQ-MOSUL-REHAB", "Mosul Family Rehabilitation Centre", FacilityKind.REHABILITATION, "IQ-MOMD"
)
"""Opened when the figures are drawn: the last entry of a population."""

FACILITIES: Final = (
    AL_HOL, ROJ, AIN_ISSA, GHWERAN, SHADDADI, DERIK, JERKIN, TABQA, RUMAYLAN, HOURI, HASAKAH_HOSPITAL,
    BAGHDAD_CUSTODY, BAGHDAD_TRANSIT, JEDDAH, MOSUL,
)  # fmt: skip
PRISONS: Final = (GHWERAN, SHADDADI, DERIK, JERKIN, TABQA, RUMAYLAN)

SECURITY_AGENCIES: Final = {"IQ": "IQ-INSS", "DK": "DK-PET", "GB": "GB-MI5"}
"""Where the public name is used; elsewhere the code ends in SEC."""
ABOLISHED: Final = "IQ-MSNS"
"""An Iraqi agency whose blocks its successor lifts."""
ABOLISHED_IN: Final = 2018


class Officer(NamedTuple):
    """Who writes: a random reference of a person who does not exist, acting for an agency in a role."""

    actor: UUID
    agency: str
    country: str | None
    role: Role


@cache
def officer(agency: str, role: Role, nth: int = 0) -> Officer:
    """Return the nth officer of an agency in a role: always the same one."""
    return Officer(uuid5(_OFFICERS, f"{agency}/{role}/{nth}"), agency, agency_country(agency), role)


def security_agency(country: str) -> str:
    """Return the agency of a state that screens and blocks."""
    return SECURITY_AGENCIES.get(country, f"{country}-SEC")
