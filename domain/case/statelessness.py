"""Statelessness: when somebody may be without a nationality, and what an authority finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique

from domain.dates import PartialDate
from domain.values import AgencyCode


@unique
class RiskCause(StrEnum):
    """Why somebody may be without a nationality."""

    DEPRIVATION = "deprivation"
    DENIAL = "denial"
    UNREGISTERED_BIRTH = "unregistered_birth"
    CONFLICT_OF_LAWS = "conflict_of_laws"
    """No law of the states concerned gives a nationality: a mother who cannot pass hers on, say."""
    STATELESS_PARENT = "stateless_parent"
    NO_EVIDENCE = "no_evidence"

    @property
    def by_hand(self) -> bool:
        """Whether an officer flags it; the others follow from the ledger."""
        return self not in {RiskCause.DEPRIVATION, RiskCause.DENIAL}


@dataclass(frozen=True)
class Finding:
    """What an authority determined (Convention relating to the Status of Stateless Persons, article 1(1))."""

    authority: AgencyCode
    de_jure: bool
    de_facto: bool
    on: PartialDate
