"""Why somebody opens what is sealed of a person. A closed list: what stands in the log of reads names nobody.

A free text would let a name into a URL and into a log that is never changed. A purpose that is missing is added here.
"""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class Purpose(StrEnum):
    """Why an officer reads. Kept in the open, for ever."""

    INTERVIEW = "interview"
    CASEWORK = "casework"
    IDENTIFICATION = "identification"
    SCREENING = "screening"
    FAMILY_TRACING = "family-tracing"
    CHILD_PROTECTION = "child-protection"
    MEDICAL_CARE = "medical-care"
    LEGAL_AID = "legal-aid"
    COURT_PROCEEDINGS = "court-proceedings"
    DEPARTURE = "departure"
    AFTERCARE = "aftercare"
    CORRECTION = "correction"
    COMPLAINT = "complaint"
    EMERGENCY = "emergency"
    SUPERVISION = "supervision"
    AUDIT = "audit"


ANSWERING = "subject-request.{}"
"""Purpose of showing a person what is held of them: the request that is answered."""
UNDER_GLASS = "break-glass.{}"
"""Purpose of reading another's case: the broken glass."""
