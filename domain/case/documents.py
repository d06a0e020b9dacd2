"""Documents: papers that say who the person is, and what the biometric systems of others answered.

What was seen is kept as a reference. No template, picture or measure of a body has a field anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import Field

from domain.case.identity import IDENTITY, Particulars, ShortText
from domain.case.request import CaseObservation
from domain.deciding import readable
from domain.frozen import replace
from domain.kernel import Act, Decision, Fact, Stamp, ValidFrom
from domain.privacy import BlockLabel, Identity, Open, Unreadable
from domain.values import AgencyCode, PersonName

if TYPE_CHECKING:
    from domain.case.case import CaseState


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


Names = Annotated[tuple[PersonName, ...], Field(max_length=8)]


class IdentityDocumentRecorded(Fact, topic="case.identity-document-recorded", valid=ValidFrom.ALWAYS):
    """A document that says who the person is was seen."""

    document_id: Open[UUID]
    kind: Open[PaperKind]
    issued_by: Open[AgencyCode]
    number: Identity[ShortText | None]
    expires_on: Identity[date | None]
    names: Identity[Names]


class BiometricReferenceLinked(Fact, topic="case.biometric-reference-linked", valid=ValidFrom.ALWAYS):
    """A biometric system of somebody else answered about the person."""

    system: Open[AgencyCode]
    reference: Identity[ShortText]
    result: Identity[BiometricResult]


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


@IDENTITY.evolves
def _(fact: IdentityDocumentRecorded, _stamp: Stamp, was: Particulars) -> Particulars:
    paper = IdentityPaper(fact.kind, fact.issued_by, fact.number, fact.expires_on, fact.names)
    return replace(was, papers={**was.papers, fact.document_id: paper})


@IDENTITY.evolves
def _(fact: BiometricReferenceLinked, _stamp: Stamp, was: Particulars) -> Particulars:
    return replace(was, biometrics=(*was.biometrics, BiometricReference(fact.system, fact.reference, fact.result)))


class RecordIdentityDocument(CaseObservation):
    """Record a document that says who the person is, as it was seen: its number, names and date of expiry.

    :raises Refused: ``record.erased`` when the person was erased.
    """

    permission = "case:record"
    opens = frozenset({BlockLabel.IDENTITY})
    kind: PaperKind
    issued_by: AgencyCode
    number: ShortText | None = None
    expires_on: date | None = None
    names: Names = ()

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the document, unless it is on record as it was seen."""
        seen = IdentityPaper(self.kind, self.issued_by, self.number, self.expires_on, self.names)
        for known in case.identity.papers.values():
            readable(known.names)
            if known == seen:
                return
        yield IdentityDocumentRecorded(
            document_id=act.new_id(),
            kind=self.kind,
            issued_by=self.issued_by,
            number=self.number,
            expires_on=self.expires_on,
            names=self.names,
        )


class LinkBiometricReference(CaseObservation):
    """Record what a biometric system of somebody else answered about the person: a reference and the result only.

    :raises Refused: ``record.erased`` when the person was erased.
    """

    permission = "case:record"
    opens = frozenset({BlockLabel.IDENTITY})
    system: AgencyCode
    reference: ShortText
    result: BiometricResult

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the answer, unless it is on record."""
        del act
        answer = BiometricReference(self.system, self.reference, self.result)
        for known in case.identity.biometrics:
            readable(known.result)
            if known == answer:
                return
        yield BiometricReferenceLinked(system=self.system, reference=self.reference, result=self.result)
