"""Documents: papers that say who the person is, and what the biometric systems of others answered.

What was seen is kept as a reference. No template, picture or measure of a body has a field anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique

from domain.privacy import Unreadable
from domain.values import AgencyCode, PersonName


@unique
class PaperKind(StrEnum):
    """What a document is."""

    PASSPORT = "passport"
    IDENTITY_CARD = "identity_card"
    BIRTH_CERTIFICATE = "birth_certificate"
    NATIONALITY_CERTIFICATE = "nationality_certificate"
    FAMILY_BOOK = "family_book"
    MARRIAGE_CERTIFICATE = "marriage_certificate"
    RESIDENCE_CARD = "residence_card"
    CAMP_CARD = "camp_card"
    """A registration card of a camp or of an aid agency."""


@unique
class BiometricResult(StrEnum):
    """What a biometric system answered: the result only."""

    MATCH = "match"
    NO_MATCH = "no_match"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True)
class IdentityPaper:
    """One document."""

    kind: PaperKind
    issued_by: AgencyCode
    number: str | Unreadable | None
    expires_on: date | Unreadable | None
    names: tuple[PersonName, ...] | Unreadable


@dataclass(frozen=True)
class BiometricReference:
    """An entry in a system of somebody else, and what it answered."""

    system: AgencyCode
    reference: str | Unreadable
    result: BiometricResult | Unreadable
