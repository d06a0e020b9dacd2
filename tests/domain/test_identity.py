"""Who the person is: names told and taken back, documents seen, verified, disputed, revoked."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from domain.case.case import CASE
from domain.case.documents import (
    BiometricResult,
    IdentityDocumentRecorded,
    LinkBiometricReference,
    PaperKind,
    RecordIdentityDocument,
)
from domain.case.identity import NameRecorded, NameRetracted, NameRetractionCause, RecordName, RetractName
from domain.case.journey import ClearanceWithdrawn, WithdrawalCause
from domain.case.kin import KinLinked, Relation
from domain.case.registration import CaseClosed, Circumstances, ClosureReason, OpenCase, ToldName
from domain.case.verification import (
    DisputeCause,
    DisputeIdentity,
    IdentityDisputed,
    IdentityVerified,
    RevocationCause,
    RevokeIdentityVerification,
    Verification,
    VerificationMethod,
    VerifyIdentity,
)
from domain.case.work import FlagKind
from domain.clocks import Moment, as_of
from domain.dates import PartialDate
from domain.kernel import Fact
from domain.privacy import ERASED, Unreadable
from domain.values import Evidence, LateReason, NameKind, PersonName, Script
from tests.examples import A_NAME, CLEARED, FACT, HELD, MOTHER, NAME, NAMED, OPENED, READY, VERIFIED
from tests.scenario import TODAY, Scenario, made, recorded

day = PartialDate.parse
DISPUTE = DisputeIdentity(by_agency="IQ-INSS", cause=DisputeCause.NAMESAKE)
REVOKE = RevokeIdentityVerification(authority="IQ-MOI", cause=RevocationCause.NEW_EVIDENCE)
VERIFY = VerifyIdentity(authority="IQ-MOI", method=VerificationMethod.DOCUMENTS)


# ---------------------------------------------------------------- names
def test_a_newborn_may_be_without_a_name(case: Scenario) -> None:
    case.when(OpenCase(circumstances=Circumstances.BIRTH))
    assert case.case.identity.names == {}


@pytest.mark.parametrize(
    "name",
    [
        PersonName(parts=("أم سمية",), script=Script.ARABIC),
        PersonName(parts=("Mohammed",), script=Script.LATIN),
        PersonName(parts=("محمد", "يوسف", "كريم", "التلعفري"), script=Script.ARABIC),
        PersonName(parts=("Мухаммад",), script=Script.CYRILLIC),
        PersonName(parts=("می\u200cخواهم",), script=Script.ARABIC),
    ],
    ids=["kunya", "single", "nasab", "cyrillic", "joiner"],
)
def test_a_name_is_kept_as_it_was_told(case: Scenario, name: PersonName) -> None:
    told = ToldName(kind=NameKind.KUNYA, name=name)
    case.when(OpenCase(circumstances=Circumstances.FOUND, names=(told,)))
    assert [known.name for known in case.case.identity.names.values()] == [name]


@pytest.mark.parametrize("parts", [("Mo\u202ehammed",), ("x" * 10_000,), ("\u200cAmina",), (), ("",)])
def test_a_name_that_hides_something_is_not_accepted(parts: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError):
        PersonName(parts=parts, script=Script.LATIN)


def test_twins_with_similar_names_are_two_people_with_two_cases() -> None:
    twins = [
        Scenario().when(OpenCase(circumstances=Circumstances.BIRTH, names=(ToldName(kind=NameKind.FULL, name=A_NAME),)))
    ]
    twins.append(Scenario().when(OpenCase(circumstances=Circumstances.BIRTH)))
    assert len(twins[0].case.identity.names) == 1
    assert not twins[1].case.identity.names


def test_a_name_that_was_never_theirs_names_nobody_and_was_never_theirs_on_any_day(case: Scenario) -> None:
    case.given(*HELD, NAMED).when(RetractName(name_id=NAME, cause=NameRetractionCause.NAME_OF_ANOTHER))
    assert not case.case.identity.names
    assert not as_of(case.history, Moment(TODAY)).state.identity.names
    assert as_of(case.history, Moment(TODAY, known_at=3)).state.identity.names


def test_a_name_that_is_not_on_record_cannot_be_taken_back(case: Scenario) -> None:
    case.given(*HELD).when(RetractName(name_id=NAME, cause=NameRetractionCause.MISHEARD)).then_refused("name.unknown")
    case.given(FACT["case.name-retracted"]).then_odd("name.unknown")


def test_the_same_name_may_be_told_again_after_it_was_taken_back(case: Scenario) -> None:
    case.given(*HELD, NAMED, FACT["case.name-retracted"]).when(RecordName(kind=NameKind.FULL, name=A_NAME))
    case.then(NameRecorded(name_id=made(), kind=NameKind.FULL, name=A_NAME, strength=Evidence.CLAIMED))


def test_a_name_is_put_right_on_a_closed_case_too(case: Scenario) -> None:
    case.given(*HELD, NAMED, CaseClosed(reason=ClosureReason.LOST_CONTACT))
    case.when(RetractName(name_id=NAME, cause=NameRetractionCause.RECORDED_IN_ERROR))
    case.then(NameRetracted(name_id=NAME, cause=NameRetractionCause.RECORDED_IN_ERROR, reason=None)).then_odd()


# ---------------------------------------------------------------- documents and biometrics
def test_a_document_is_recorded_as_it_was_seen_and_once(case: Scenario) -> None:
    seen = RecordIdentityDocument(kind=PaperKind.PASSPORT, issued_by="IQ-MOI", number="A 1", names=(A_NAME,))
    case.given(*HELD, FACT["case.identity-document-recorded"]).when(seen)
    assert isinstance(case.outcome, list)
    assert isinstance(case.outcome[0][0], IdentityDocumentRecorded)
    assert [paper.number for paper in case.case.identity.papers.values()] == ["A 12345", "A 1"]


def test_two_answers_of_biometric_systems_stand_side_by_side(case: Scenario) -> None:
    answer = LinkBiometricReference(system="UN-UNHCR-BIMS", reference="B 1", result=BiometricResult.NO_MATCH)
    case.given(*HELD).when(answer).when(answer.model_copy(update={"result": BiometricResult.MATCH}))
    assert [known.result for known in case.case.identity.biometrics] == [
        BiometricResult.NO_MATCH,
        BiometricResult.MATCH,
    ]


@pytest.mark.parametrize(
    ("fact", "command"),
    [
        ("case.identity-document-recorded", RecordIdentityDocument(kind=PaperKind.CAMP_CARD, issued_by="UN-UNHCR")),
        (
            "case.biometric-reference-linked",
            LinkBiometricReference(system="UN-UNHCR", reference="B", result=BiometricResult.MATCH),
        ),
        ("case.identity-disputed", DISPUTE.model_copy(update={"cause": DisputeCause.DNA_MISMATCH})),
    ],
)
def test_what_was_erased_is_not_compared_with_what_is_told(fact: str, command: object) -> None:
    erased = FACT[fact].model_copy(
        update={name: ERASED for name, label in FACT[fact].labels().items() if label.value == "identity"}
    )
    scenario = Scenario().given(*HELD)
    scenario.history.append(recorded(erased, 3))
    scenario.when(command).then_refused("record.erased")  # type: ignore[arg-type]


# ---------------------------------------------------------------- verified, disputed, revoked
def test_a_verification_is_in_force_until_somebody_disputes_it(case: Scenario) -> None:
    case.given(*HELD).when(VERIFY)
    assert case.case.identity.verified == Verification("IQ-MOI", VerificationMethod.DOCUMENTS, PartialDate.of(TODAY))
    case.when(DISPUTE)
    identity = case.case.identity
    assert (identity.verified, identity.disputed) == (None, True)
    case.when(VERIFY)
    identity = case.case.identity
    assert (identity.verified is not None, identity.disputed) == (True, False)


def test_each_agency_disputes_for_each_cause_once(case: Scenario) -> None:
    case.given(*HELD, VERIFIED).when(DISPUTE).when(DISPUTE.model_copy(update={"by_agency": "IQ-INIS"}))
    assert [flagged.kind for flagged in case.case.work.flags.values()] == [FlagKind.IDENTITY_CONFLICT]
    case.when(DISPUTE).then_nothing()
    assert [dispute.by_agency for dispute in case.case.identity.disputes] == ["IQ-INSS", "IQ-INIS"]


def test_people_who_present_themselves_as_others_lose_their_clearance(case: Scenario) -> None:
    case.given(*READY, VERIFIED, CLEARED).when(DISPUTE)
    assert isinstance(case.outcome, list)
    assert (ClearanceWithdrawn(cause=WithdrawalCause.IDENTITY), PartialDate.of(TODAY)) in case.outcome


def test_only_what_was_verified_can_be_revoked_and_once(case: Scenario) -> None:
    case.given(*HELD).when(REVOKE).then_refused("identity.not-verified")
    case.given(VERIFIED).when(REVOKE)
    assert case.case.identity.verified is None
    case.when(REVOKE).then_nothing()
    Scenario().given(OPENED, FACT["case.identity-verification-revoked"]).then_odd("identity.revoked-unverified")


def test_a_disputed_verification_can_be_revoked_too(case: Scenario) -> None:
    case.given(*HELD, VERIFIED, FACT["case.identity-disputed"]).when(REVOKE)
    assert case.case.identity.verification is None
    assert case.case.identity.disputed


@pytest.mark.parametrize(
    "late",
    [
        IdentityVerified(authority="TN-MOI", method=VerificationMethod.DNA, reference=None),
        IdentityDisputed(by_agency="TN-MOI", cause=DisputeCause.FAMILY_DENIES, reason=None),
        FACT["case.identity-verification-revoked"],
    ],
    ids=lambda fact: fact.topic,
)
def test_the_last_word_counts_by_the_day_on_which_it_was_said(case: Scenario, late: Fact) -> None:
    case.given(*HELD).given(VERIFIED, on="2021-10-10").given(late, on="2021-10-01", recorded_on=TODAY)
    verified = case.case.identity.verified
    assert verified is not None
    assert verified.authority == "IQ-MOI"
    assert as_of(case.history, Moment(TODAY)).state.identity.verified == verified


def test_the_same_verification_of_an_earlier_day_is_recorded_once(case: Scenario) -> None:
    early = VERIFY.model_copy(update={"occurred_on": day("2021-08-01"), "late_reason": LateReason.NOTIFIED_LATE})
    case.given(*HELD).given(VERIFIED, on="2021-10-10").when(early)
    assert isinstance(case.outcome, list)
    assert len(case.outcome) == 1


# ---------------------------------------------------------------- the child of
BY_PARENT = VerifyIdentity(authority="IQ-MOI", method=VerificationMethod.CHILD_OF_VERIFIED_PARENT)


def mother(strength: Evidence, person: object = MOTHER) -> KinLinked:
    return KinLinked(
        kin_id=made(77), strength=strength, person=person, relation=Relation.MOTHER, primary_caregiver=True
    )


@pytest.mark.parametrize(
    ("strength", "facts"),
    [
        (Evidence.DOCUMENTED, (*HELD, VERIFIED)),
        (Evidence.VERIFIED, HELD),
        (Evidence.VERIFIED, (*HELD, VERIFIED, FACT["case.identity-disputed"])),
        (Evidence.VERIFIED, ()),
    ],
    ids=["kinship-unverified", "parent-unverified", "parent-disputed", "parent-unknown"],
)
def test_nobody_is_verified_by_a_parent_who_is_not(case: Scenario, strength: Evidence, facts: tuple[Fact, ...]) -> None:
    case.given(*HELD, mother(strength))
    if facts:
        case.beside(MOTHER, *facts)
    case.when(BY_PARENT).then_refused("identity.parent-unverified")


def test_a_child_is_verified_by_a_verified_parent(case: Scenario) -> None:
    case.given(*HELD, mother(Evidence.VERIFIED)).beside(MOTHER, *HELD, VERIFIED).when(BY_PARENT)
    case.then(IdentityVerified(authority="IQ-MOI", method=VerificationMethod.CHILD_OF_VERIFIED_PARENT, reference=None))


def test_a_parent_whose_id_was_erased_verifies_nobody() -> None:
    state = CASE.fold([recorded(fact, nth) for nth, fact in enumerate((*HELD, mother(Evidence.VERIFIED, ERASED)), 1)])
    (link,) = state.kin.links.values()
    assert isinstance(link.person, Unreadable)
    assert BY_PARENT.rests_on(state) == frozenset()
