"""What a journey needs on paper: travel documents of any issuer, and plans of how the destination receives a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from typing import TYPE_CHECKING
from uuid import UUID

from domain.case.decisions import DECISIONS, Decisions
from domain.case.identity import ShortText
from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.request import CaseDecision
from domain.dates import PartialDate
from domain.deciding import readable
from domain.frozen import replace
from domain.kernel import Act, Decision, Fact, Odd, Refused, Stamp
from domain.privacy import BlockLabel, Identity, Open, Protection, Unreadable
from domain.values import AgencyCode, CountryCode, StateCode

if TYPE_CHECKING:
    from domain.case.case import CaseState


@unique
class TravelDocumentKind(StrEnum):
    """What a person can cross a border with."""

    PASSPORT = "passport"
    EMERGENCY = "emergency"
    """An emergency travel document of the person's own state."""
    LAISSEZ_PASSER = "laissez_passer"
    CONVENTION = "convention"
    """Of a refugee (1951 Convention, article 28) or a stateless person (1954 Convention, article 28)."""


@unique
class DocumentCancellation(StrEnum):
    """Why a travel document no longer serves."""

    LOST = "lost"
    STOLEN = "stolen"
    ISSUED_IN_ERROR = "issued_in_error"
    REPLACED = "replaced"
    REVOKED = "revoked"


@unique
class ReceptionCare(StrEnum):
    """Who takes a person in on arrival."""

    PARENT = "parent"
    RELATIVES = "relatives"
    FOSTER_FAMILY = "foster_family"
    SUPPORTED_HOME = "supported_home"
    INSTITUTION = "institution"


class TravelDocumentIssued(Fact, topic="case.travel-document-issued"):
    """The person holds a document for the journey; it serves until and including a day, or without end."""

    document_id: Open[UUID]
    kind: Open[TravelDocumentKind]
    issued_by: Open[AgencyCode]
    valid_until: Open[date | None]
    number: Identity[ShortText | None]


class TravelDocumentCancelled(Fact, topic="case.travel-document-cancelled"):
    """A document no longer serves."""

    document_id: Open[UUID]
    cause: Open[DocumentCancellation]


class ReceptionPlanApproved(Fact, topic="case.reception-plan-approved"):
    """The state has settled who takes the person in on arrival."""

    country: Open[CountryCode]
    authority: Open[AgencyCode]
    plan: Protection[ReceptionCare]


@dataclass(frozen=True)
class TravelDocument:
    """A document that was not cancelled."""

    kind: TravelDocumentKind
    issued_by: AgencyCode
    valid_until: date | None
    number: str | Unreadable | None

    def serves(self, on: date) -> bool:
        """Whether it has not expired on the day."""
        return self.valid_until is None or on <= self.valid_until


@dataclass(frozen=True)
class ReceptionPlan:
    """A state's plan."""

    authority: AgencyCode
    plan: ReceptionCare | Unreadable
    on: PartialDate


@DECISIONS.evolves
def _(fact: TravelDocumentIssued, _stamp: Stamp, was: Decisions) -> Decisions | Odd[Decisions]:
    if fact.document_id in was.travel_documents:
        return Odd(was, "document.issued-twice")
    if fact.document_id in was.cancelled_documents:
        return Odd(was, "document.issued-after-cancelling")
    issued = TravelDocument(fact.kind, fact.issued_by, fact.valid_until, fact.number)
    return replace(was, travel_documents={**was.travel_documents, fact.document_id: issued})


@DECISIONS.evolves
def _(fact: TravelDocumentCancelled, _stamp: Stamp, was: Decisions) -> Decisions | Odd[Decisions]:
    others = {
        document_id: issued for document_id, issued in was.travel_documents.items() if document_id != fact.document_id
    }
    cancelled = was.cancelled_documents | {fact.document_id}
    now = replace(was, travel_documents=others, cancelled_documents=cancelled)
    return now if fact.document_id in was.travel_documents else Odd(now, "document.unknown")


@DECISIONS.evolves
def _(fact: ReceptionPlanApproved, stamp: Stamp, was: Decisions) -> Decisions:
    before = was.reception_plans.get(fact.country)
    if before is not None and stamp.occurred_on.earliest < before.on.earliest:
        return was
    plan = ReceptionPlan(fact.authority, fact.plan, stamp.occurred_on)
    return replace(was, reception_plans={**was.reception_plans, fact.country: plan})


class IssueTravelDocument(CaseDecision):
    """Record a document with which the person can travel.

    :raises Refused: ``document.expires-before-issued``, ``record.erased``.
    """

    permission = "case:issue-travel-document"
    opens = frozenset({BlockLabel.IDENTITY})
    kind: TravelDocumentKind
    issued_by: AgencyCode
    number: ShortText | None = None
    valid_until: date | None = None
    """Last day on which it serves; without end when omitted."""

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the document, unless it is on record."""
        for known in case.decisions.travel_documents.values():
            if (known.kind, known.issued_by, known.valid_until) != (self.kind, self.issued_by, self.valid_until):
                continue
            if readable(known.number) == self.number:
                return
        if self.valid_until is not None and self.valid_until < self.day(act).earliest:
            raise Refused("document.expires-before-issued", "The document would have expired before it was issued.")
        yield TravelDocumentIssued(
            document_id=act.new_id(),
            kind=self.kind,
            issued_by=self.issued_by,
            valid_until=self.valid_until,
            number=self.number,
        )


class CancelTravelDocument(CaseDecision):
    """Record that a document no longer serves. A clearance is withdrawn when no other serves today.

    :raises Refused: ``document.unknown``.
    """

    permission = "case:issue-travel-document"
    document_id: UUID
    cause: DocumentCancellation

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Cancel it, unless it is cancelled."""
        issued = case.decisions.travel_documents
        if self.document_id in case.decisions.cancelled_documents and self.document_id not in issued:
            return
        if self.document_id not in issued:
            raise Refused("document.unknown", "No such travel document is on this case.")
        yield TravelDocumentCancelled(document_id=self.document_id, cause=self.cause)
        others = (known for document_id, known in issued.items() if document_id != self.document_id)
        if not any(known.serves(act.today) for known in others):
            yield from withdrawal(case, act, WithdrawalCause.TRAVEL_DOCUMENT)


class ApproveReceptionPlan(CaseDecision):
    """Record the state's plan of who takes the person in on arrival.

    :raises Refused: ``record.erased``.
    """

    permission = "case:approve-repatriation"
    opens = frozenset({BlockLabel.PROTECTION})
    country: StateCode
    authority: AgencyCode
    plan: ReceptionCare

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the plan, unless it is the state's last."""
        del act
        known = case.decisions.reception_plans.get(self.country)
        if known is not None and (known.authority, readable(known.plan)) == (self.authority, self.plan):
            return
        yield ReceptionPlanApproved(country=self.country, authority=self.authority, plan=self.plan)

    def concerns(self) -> CountryCode | None:
        """Return the state of arrival."""
        return self.country
