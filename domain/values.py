"""Small values that facts and commands are made of: codes, evidence, names. Dates stand in :mod:`domain.dates`."""

from __future__ import annotations

from enum import IntEnum, StrEnum, unique
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from domain.dates import PartialDate
from domain.text import SAFE_TEXT, SafeText

__all__ = [
    "COUNTRIES",
    "SAFE_TEXT",
    "AgencyCode",
    "CountryCode",
    "Evidence",
    "FacilityKind",
    "LateReason",
    "LegalBasis",
    "NameKind",
    "NamePart",
    "PartialDate",
    "PersonName",
    "Reliability",
    "SafeText",
    "Script",
    "Sex",
    "SourceType",
    "StateCode",
    "agency_country",
]

COUNTRIES: Final = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
    GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT
    JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
    MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY
    QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW XK XXA XXX
    """.split()  # noqa: SIM905 - a table of codes reads as a table
)
"""ISO 3166-1 alpha-2, and of ICAO Doc 9303: XXA stateless person, XXX unspecified; XK is in common use for Kosovo."""


def _known_country(code: str) -> str:
    if code not in COUNTRIES:
        message = "not a country code: two capital letters of ISO 3166-1, XK, XXA (stateless) or XXX (unspecified)"
        raise ValueError(message)
    return code


CountryCode = Annotated[str, StringConstraints(min_length=2, max_length=3), AfterValidator(_known_country)]
"""A state, or XXA for a stateless person, or XXX where it is not known."""

STATES: Final = COUNTRIES - {"XXA", "XXX"}


def _a_state(code: str) -> str:
    if code not in STATES:
        message = "not a state: XXA and XXX say that there is none, or that it is not known"
        raise ValueError(message)
    return code


StateCode = Annotated[CountryCode, AfterValidator(_a_state)]
"""A country that can confirm, deprive, ask, approve, refuse or receive."""

AgencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,3}(-[A-Z0-9]{1,16}){1,3}$", max_length=48)]
"""An agency as country or body, then its short name: ``IQ-INSS``, ``UN-UNHCR``, ``DK-MFA``."""


def agency_country(agency: str) -> str | None:
    """Return the state to which an agency belongs; ``None`` for a body of no state (``UN-UNHCR``)."""
    country = agency.partition("-")[0]
    return country if country in STATES else None


@unique
class Evidence(IntEnum):
    """Strength of what supports a claim, weakest first."""

    CLAIMED = 1
    DOCUMENTED = 2
    VERIFIED = 3
    JUDICIAL = 4


@unique
class SourceType(StrEnum):
    """How we know."""

    INTERVIEW = "interview"
    DOCUMENT = "document"
    OFFICIAL_NOTICE = "official_notice"
    OBSERVATION = "observation"
    FAMILY = "family"
    PARTNER = "partner"
    MEDIA = "media"
    REGISTER = "register"


@unique
class Reliability(StrEnum):
    """How far a source can be relied on, after the Admiralty scale."""

    RELIABLE = "A"
    USUALLY = "B"
    FAIRLY = "C"
    NOT_USUALLY = "D"
    UNRELIABLE = "E"
    UNJUDGED = "F"


@unique
class LateReason(StrEnum):
    """Why something was recorded long after it happened."""

    ACCESS_DENIED = "access_denied"
    NOTIFIED_LATE = "notified_late"
    PAPER_BACKLOG = "paper_backlog"
    FOUND_IN_REVIEW = "found_in_review"
    HISTORY_ON_REGISTRATION = "history_on_registration"
    CORRECTION = "correction"


@unique
class LegalBasis(StrEnum):
    """On which basis a fact is recorded."""

    CONSENT = "consent"
    VITAL_INTEREST = "vital_interest"
    PUBLIC_INTEREST = "public_interest"
    LEGAL_OBLIGATION = "legal_obligation"
    COURT_ORDER = "court_order"


@unique
class FacilityKind(StrEnum):
    """What a place is."""

    CAMP = "camp"
    DETENTION = "detention"
    TRANSIT = "transit"
    REHABILITATION = "rehabilitation"
    HOSPITAL = "hospital"
    JUVENILE = "juvenile"


@unique
class Sex(StrEnum):
    """As recorded; ``unknown`` is an answer."""

    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


@unique
class NameKind(StrEnum):
    """Which of a person's names it is."""

    FULL = "full"
    KUNYA = "kunya"
    ALIAS = "alias"
    MARRIED = "married"


@unique
class Script(StrEnum):
    """Writing system of a name, ISO 15924."""

    ARABIC = "Arab"
    LATIN = "Latn"
    CYRILLIC = "Cyrl"
    OTHER = "Zyyy"


NamePart = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True), SAFE_TEXT]
"""One part of a name: given name, father's, grandfather's, family, nisba; one line, at most 120 characters."""


MAX_NAME_PARTS: Final = 16


class PersonName(BaseModel):
    """A name as it was told: its parts in the order told, in one script."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    parts: Annotated[tuple[NamePart, ...], Field(min_length=1, max_length=MAX_NAME_PARTS)]
    script: Script
