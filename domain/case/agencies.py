"""Which agency stands in for which: reference data that decides who may lift a block (I2).

A change is made here, with its source in the commit. Courts are known by their code: country, then COURT.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from domain.values import AgencyCode, agency_country

SUCCESSORS: Final[Mapping[AgencyCode, AgencyCode]] = {
    # The ministry of state for national security was abolished; the national security service took over.
    "IQ-MSNS": "IQ-INSS",
}
"""Abolished agency → the agency that took over its business."""

SUPERIORS: Final[Mapping[AgencyCode, AgencyCode]] = {
    "IQ-INSS": "IQ-PMO",
    "IQ-INIS": "IQ-PMO",
    "DK-PET": "DK-MOJ",
    "GB-MI5": "GB-HO",
}
"""Agency → the office to which it answers."""


def is_successor(agency: AgencyCode, of: AgencyCode) -> bool:
    """Whether an agency took over the business of another, directly or through others."""
    seen = {of}
    while (following := SUCCESSORS.get(of)) is not None and following not in seen:
        if following == agency:
            return True
        seen.add(following)
        of = following
    return False


def is_superior(agency: AgencyCode, of: AgencyCode) -> bool:
    """Whether an agency, or one that took over its business, answers to the other."""
    heirs = {of} | {heir for heir in SUPERIORS if is_successor(heir, of)}
    return any(SUPERIORS.get(heir) == agency for heir in heirs)


def is_court_over(agency: AgencyCode, of: AgencyCode) -> bool:
    """Whether an agency is a court of the state to which the other belongs."""
    state = agency_country(of)
    return state is not None and f"{agency}-".startswith(f"{state}-COURT-")
