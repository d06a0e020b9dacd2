"""Who the person is: verified by an authority, disputed by an agency, and a verification revoked.

A dispute ends the verification until somebody verifies anew. The last word counts by the day on which it was said.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique

from domain.dates import PartialDate
from domain.values import AgencyCode


@unique
class VerificationMethod(StrEnum):
    """How an identity was verified."""

    DOCUMENTS = "documents"
    BIOMETRIC = "biometric"
    DNA = "dna"
    CONSULAR_INTERVIEW = "consular_interview"
    CHILD_OF_VERIFIED_PARENT = "child_of_verified_parent"


@dataclass(frozen=True)
class Verification:
    """By which authority, how and when the identity was verified."""

    authority: AgencyCode
    method: VerificationMethod
    on: PartialDate
