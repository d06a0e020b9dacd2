"""What is asked about one's own data, and what became of it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum, unique
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.case.record import ErasureBasis, Fence
from domain.case.work import Line
from domain.kernel import Fact
from domain.privacy import BlockLabel, Narrative, Open


@unique
class RequestKind(StrEnum):
    """What is asked."""

    ACCESS = "access"
    """To see everything that is held, and who read it (GDPR, article 15)."""
    RECTIFICATION = "rectification"
    """To have something put right (article 16)."""
    ERASURE = "erasure"
    """To be forgotten (article 17)."""


@unique
class AskedBy(StrEnum):
    """Who asks."""

    PERSON = "person"
    GUARDIAN = "guardian"
    REPRESENTATIVE = "representative"
    SUPERVISORY_AUTHORITY = "supervisory_authority"
    KEEPER = "keeper"
    """Whoever keeps the register: a retention period ended, or the case was opened in error."""


@unique
class ErasureGround(StrEnum):
    """Why a person is to be forgotten (GDPR, article 17(1), letters a to f)."""

    NO_LONGER_NEEDED = "no_longer_needed"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    OBJECTION = "objection"
    UNLAWFULLY_KEPT = "unlawfully_kept"
    LEGAL_OBLIGATION = "legal_obligation"
    COLLECTED_FROM_CHILD = "collected_from_child"


@unique
class AnswerOutcome(StrEnum):
    """What became of a request."""

    GRANTED = "granted"
    GRANTED_IN_PART = "granted_in_part"
    REFUSED = "refused"


@unique
class ErasureRefusal(StrEnum):
    """Why a person is not forgotten, or not now."""

    RETENTION_HOLD = "retention_hold"
    PROCEEDING = "proceeding"
    TRACING = "tracing"
    TRANSIT = "transit"
    LEGAL_CLAIM = "legal_claim"
    """GDPR, article 17(3)(e)."""
    LEGAL_OBLIGATION = "legal_obligation"
    """Article 17(3)(b)."""
    ARCHIVE = "archive"
    """Article 17(3)(d)."""
    NOT_IDENTIFIED = "not_identified"
    """Whoever asked did not show who they are (article 12(6))."""
    WITHDRAWN = "withdrawn"
    """Whoever asked thought again."""


class AccessRequested(Fact, topic="subject-request.access-requested"):
    """Somebody asked to see what is held of a person."""

    case_id: Open[UUID]
    by: Open[AskedBy]
    due_on: Open[date]


class AccessAnswered(Fact, topic="subject-request.access-answered"):
    """The request to see was answered."""

    outcome: Open[AnswerOutcome]


class RectificationRequested(
    Fact, topic="subject-request.rectification-requested", subjects={BlockLabel.NARRATIVE: "case_id"}
):
    """Somebody asked to have something put right."""

    case_id: Open[UUID]
    by: Open[AskedBy]
    due_on: Open[date]
    target_fact_id: Open[UUID | None]
    account: Narrative[Line]


class RectificationAnswered(Fact, topic="subject-request.rectification-answered"):
    """The request to put right was answered; what was put right is a correction on the case."""

    outcome: Open[AnswerOutcome]


class ErasureRequested(Fact, topic="subject-request.erasure-requested"):
    """Somebody asked that a person be forgotten."""

    case_id: Open[UUID]
    by: Open[AskedBy]
    due_on: Open[date]
    ground: Open[ErasureGround]


class ErasureApproved(Fact, topic="subject-request.erasure-approved"):
    """A second person agreed. The keys are destroyed when the time to think again is over."""

    basis: Open[ErasureBasis]


class ErasureRefused(Fact, topic="subject-request.erasure-refused"):
    """The person is not forgotten."""

    basis: Open[ErasureRefusal]


class SubjectKeyDestroyed(Fact, topic="subject-request.subject-key-destroyed"):
    """The keys of the person were destroyed: what is sealed of them can be read by nobody any more."""

    covers: Open[Annotated[tuple[UUID, ...], Field(min_length=1, max_length=1_000)]]
    """The cases whose keys were destroyed."""
    fence_sha256: Open[Fence]
    keys: Open[int]
    """Keys that there were."""
    backups_covered_from: Open[date]
    """From this day no backup of the keys opens anything of the person either."""
