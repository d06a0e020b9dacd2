"""Who the person is: verified by an authority, disputed by an agency, and a verification revoked.

A dispute ends the verification until somebody verifies anew. The last word counts by the day on which it was said.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import TYPE_CHECKING
from uuid import UUID

from domain.case.identity import IDENTITY, Particulars
from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.kin import PARENTS
from domain.case.request import CaseDecision, CaseObservation
from domain.case.work import FlagKind, flag
from domain.dates import PartialDate
from domain.deciding import readable
from domain.frozen import replace
from domain.kernel import Act, Decision, Fact, Odd, Refused, Stamp
from domain.privacy import BlockLabel, Identity, Narrative, Open, Unreadable
from domain.text import FreeText
from domain.values import AgencyCode, Evidence

if TYPE_CHECKING:
    from domain.case.case import CaseState


@unique
class VerificationMethod(StrEnum):
    """How an identity was verified."""

    DOCUMENTS = "documents"
    BIOMETRIC = "biometric"
    DNA = "dna"
    CONSULAR_INTERVIEW = "consular_interview"
    CHILD_OF_VERIFIED_PARENT = "child_of_verified_parent"


@unique
class DisputeCause(StrEnum):
    """Why an agency says that the person is not who they are said to be."""

    CLAIMED_BY_ANOTHER = "claimed_by_another"
    """Two people claim one identity."""
    DOCUMENT_NOT_GENUINE = "document_not_genuine"
    BIOMETRIC_MISMATCH = "biometric_mismatch"
    DNA_MISMATCH = "dna_mismatch"
    NAMESAKE = "namesake"
    FAMILY_DENIES = "family_denies"
    CONTRADICTING_STATEMENT = "contradicting_statement"


@unique
class RevocationCause(StrEnum):
    """Why an authority takes a verification back."""

    NEW_EVIDENCE = "new_evidence"
    DOCUMENT_NOT_GENUINE = "document_not_genuine"
    MISTAKEN_PERSON = "mistaken_person"
    FAULT_OF_PROCEDURE = "fault_of_procedure"


# ---------------------------------------------------------------- facts
class IdentityVerified(Fact, topic="case.identity-verified"):
    """An authority verified who the person is."""

    authority: Open[AgencyCode]
    method: Open[VerificationMethod]
    reference: Narrative[FreeText | None]


class IdentityDisputed(Fact, topic="case.identity-disputed"):
    """An agency said that the person is not who they are said to be."""

    by_agency: Open[AgencyCode]
    cause: Identity[DisputeCause]
    reason: Narrative[FreeText | None]


class IdentityVerificationRevoked(Fact, topic="case.identity-verification-revoked"):
    """An authority took the verification back."""

    authority: Open[AgencyCode]
    cause: Open[RevocationCause]
    reason: Narrative[FreeText | None]


# ---------------------------------------------------------------- state
@dataclass(frozen=True)
class Verification:
    """By which authority, how and when the identity was verified."""

    authority: AgencyCode
    method: VerificationMethod
    on: PartialDate


@dataclass(frozen=True)
class Dispute:
    """By which agency and why the identity is disputed."""

    by_agency: AgencyCode
    cause: DisputeCause | Unreadable


def _past(was: Particulars, stamp: Stamp) -> bool:
    """Whether a later word on the identity is on record."""
    return was.settled_on is not None and stamp.occurred_on.earliest < was.settled_on.earliest


@IDENTITY.evolves
def _(fact: IdentityVerified, stamp: Stamp, was: Particulars) -> Particulars:
    if _past(was, stamp):
        return was
    on = stamp.occurred_on
    return replace(
        was, verification=Verification(fact.authority, fact.method, on), disputes=(), revoked=False, settled_on=on
    )


@IDENTITY.evolves
def _(fact: IdentityDisputed, stamp: Stamp, was: Particulars) -> Particulars:
    if _past(was, stamp):
        return was
    disputes = (*was.disputes, Dispute(fact.by_agency, fact.cause))
    return replace(was, disputes=disputes, settled_on=stamp.occurred_on)


@IDENTITY.evolves
def _(_fact: IdentityVerificationRevoked, stamp: Stamp, was: Particulars) -> Particulars | Odd[Particulars]:
    if _past(was, stamp):
        return was
    now = replace(was, verification=None, revoked=True, settled_on=stamp.occurred_on)
    return Odd(now, "identity.revoked-unverified") if was.verification is None else now


# ---------------------------------------------------------------- commands
class VerifyIdentity(CaseDecision):
    """Verify who the person is, on behalf of an authority. Disputes before are settled by it.

    :raises Refused: ``identity.parent-unverified`` for the child of a verified parent, when no parent is on record
        whose kinship and identity are both verified.
    """

    permission = "case:verify-identity"
    opens = frozenset({BlockLabel.IDENTITY})
    authority: AgencyCode
    method: VerificationMethod
    reference: FreeText | None = None

    def rests_on(self, case: CaseState) -> frozenset[UUID]:
        """Return the parents whose kinship is verified, where the child is verified by theirs."""
        return _verified_parents(case) if self.method is VerificationMethod.CHILD_OF_VERIFIED_PARENT else frozenset()

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Verify, unless this authority's verification by this method is in force."""
        known = case.identity.verified
        on = self.occurred_on or (known.on if known is not None else None)
        if known is not None and (known.authority, known.method, known.on) == (self.authority, self.method, on):
            return
        if self.method is VerificationMethod.CHILD_OF_VERIFIED_PARENT:
            parents: list[CaseState] = [act.others[one] for one in _verified_parents(case) if one in act.others]
            if all(parent.identity.verified is None for parent in parents):
                sentence = "No parent is on record whose kinship and identity are both verified."
                raise Refused("identity.parent-unverified", sentence)

        yield IdentityVerified(authority=self.authority, method=self.method, reference=self.reference)


def _verified_parents(case: CaseState) -> frozenset[UUID]:
    links = case.kin.links.values()
    return frozenset(
        link.person
        for link in links
        if link.strength >= Evidence.VERIFIED and link.relation in PARENTS and not isinstance(link.person, Unreadable)
    )


class DisputeIdentity(CaseObservation):
    """Record that an agency disputes who the person is. A clearance in force is withdrawn, and the case is flagged.

    :raises Refused: ``record.erased`` when the person was erased and a dispute is on record.
    """

    permission = "case:dispute"
    opens = frozenset({BlockLabel.IDENTITY})
    by_agency: AgencyCode
    cause: DisputeCause
    reason: FreeText | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the dispute, unless this agency disputes it for this cause."""
        for known in case.identity.disputes:
            if known.by_agency == self.by_agency and readable(known.cause) is self.cause:
                return
        yield IdentityDisputed(by_agency=self.by_agency, cause=self.cause, reason=self.reason)
        yield from withdrawal(case, act, WithdrawalCause.IDENTITY)
        if all(raised.kind is not FlagKind.IDENTITY_CONFLICT for raised in case.work.flags.values()):
            yield flag(act, FlagKind.IDENTITY_CONFLICT)


class RevokeIdentityVerification(CaseDecision):
    """Take a verification back, on behalf of an authority. A clearance in force is withdrawn.

    :raises Refused: ``identity.not-verified`` when there is none to take back.
    """

    permission = "case:verify-identity"
    authority: AgencyCode
    cause: RevocationCause
    reason: FreeText | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Revoke the verification, unless it is revoked."""
        known = case.identity
        if known.verification is None and known.revoked:
            return
        if known.verification is None:
            raise Refused("identity.not-verified", "No verification is on record that could be taken back.")
        yield IdentityVerificationRevoked(authority=self.authority, cause=self.cause, reason=self.reason)
        yield from withdrawal(case, act, WithdrawalCause.IDENTITY)
