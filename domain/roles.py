"""Roles and what each may ask. A role opens a door; whose case it is decides which rooms, and four eyes are by person.

The table is small on purpose: a permission is added with the command or the page that needs it, never by analogy.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import Final


@unique
class Role(StrEnum):
    """What an officer is, as their token says."""

    CASEWORKER = "caseworker"
    SUPERVISOR = "supervisor"
    SECURITY_OFFICER = "security_officer"
    AUTHORITY = "authority"
    """An officer of a state's ministry: confirms, approves, refuses."""
    CAMP_ADMINISTRATION = "camp_administration"
    PROTECTION_OFFICER = "protection_officer"
    """Assesses and determines what protects a person; neither clears nor lets depart."""
    DATA_PROTECTION_OFFICER = "data_protection_officer"
    """Answers for what is held of people: shows it to them, has it put right, has them forgotten."""
    AUDITOR = "auditor"
    INTEGRATOR = "integrator"


CASEWORK: Final = frozenset(
    {
        "block:read",
        "case:dispute",
        "case:break-glass",
        "case:open",
        "case:record",
        "case:read",
        "case:open-identity",
        "case:open-narrative",
        "case:open-protection",
        "case:propose-lift",
        "case:record-assurance",
        "case:record-consent",
        "case:record-protection",
        "case:request-repatriation",
        "case:work",
        "case:request-screening",
        "facility:read",
        "work:read",
        "worklist:read",
        "figures:read",
        "subject-request:record",
    }
)

ROLES: Final[Mapping[Role, frozenset[str]]] = {
    Role.CASEWORKER: CASEWORK,
    Role.SUPERVISOR: CASEWORK
    | {
        "case:assign",
        "subject-request:read",
        "subject-request:refuse-erasure",
        "case:clear-to-depart",
        "case:hold",
        "case:merge",
        "case:restrict",
        "case:close",
        "case:correct",
        "case:depart",
        "case:determine-care",
        "case:issue-travel-document",
        "case:note-overdue",
        "case:open-medical",
        "case:record-majority",
        "case:determine-statelessness",
        "case:retract-death",
        "case:refute-kin",
        "case:request-assurance",
        "case:verify-identity",
        "case:place-on-manifest",
        "case:withdraw-clearance",
        "facility:register",
    },
    Role.SECURITY_OFFICER: frozenset(
        {
            "block:read",
            "case:complete-screening",
            "case:correct",
            "case:dispute",
            "case:impose-block",
            "case:lift-block",
            "case:open-identity",
            "case:open-security",
            "case:propose-lift",
            "case:read",
            "facility:read",
            "worklist:read",
        }
    ),
    Role.AUTHORITY: frozenset(
        {
            "block:read",
            "case:approve-repatriation",
            "case:confirm-nationality",
            "case:determine-statelessness",
            "case:dispute",
            "case:decide-review",
            "case:issue-travel-document",
            "case:correct",
            "case:open-identity",
            "case:open-judicial",
            "case:propose-lift",
            "case:read",
            "case:refuse-repatriation",
            "case:verify-identity",
            "facility:read",
            "figures:read",
            "worklist:read",
        }
    ),
    Role.PROTECTION_OFFICER: frozenset(
        {
            "case:appoint-guardian",
            "case:assess-best-interests",
            "case:break-glass",
            "case:assess-non-refoulement",
            "case:correct",
            "case:determine-best-interests",
            "case:determine-care",
            "case:judge-assurance",
            "case:open-identity",
            "case:open-judicial",
            "case:open-narrative",
            "case:open-protection",
            "case:read",
            "case:record",
            "case:record-assurance",
            "case:record-consent",
            "case:record-majority",
            "case:record-protection",
            "case:refute-kin",
            "case:request-assurance",
            "facility:read",
            "figures:read",
            "work:read",
            "worklist:read",
        }
    ),
    Role.DATA_PROTECTION_OFFICER: frozenset(
        {
            "break-glass:read",
            "break-glass:review",
            "case:hold",
            "case:open-identity",
            "case:open-judicial",
            "case:open-medical",
            "case:open-narrative",
            "case:open-protection",
            "case:open-security",
            "case:read",
            "subject-request:answer",
            "subject-request:approve-erasure",
            "subject-request:read",
            "subject-request:record",
            "subject-request:refuse-erasure",
            "subject-request:report",
        }
    ),
    Role.AUDITOR: frozenset(
        {
            "audit:read",
            "block:read",
            "break-glass:read",
            "work:read",
            "case:read",
            "facility:read",
            "feed:read",
            "figures:read",
            "subject-request:read",
        }
    ),
    Role.CAMP_ADMINISTRATION: frozenset(
        {"case:correct", "case:open", "case:record", "facility:read", "facility:register"}
    ),
    Role.INTEGRATOR: frozenset({"feed:read"}),
}
"""Role → permissions. The auditor reads and never writes; an integrator sees the feed and no case."""
