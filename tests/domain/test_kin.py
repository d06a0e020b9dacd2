"""Kin: links that stand on both cases, refuted and never deleted."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.case.births import RegisterBirth
from domain.case.case import CASE, CaseState
from domain.case.consent import ConsentScope
from domain.case.identity import BirthRecorded, SexRecorded
from domain.case.journey import ClearanceWithdrawn, WithdrawalCause
from domain.case.kin import KinLinked, KinRefuted, RefutedBy, Relation
from domain.case.relatives import LinkKin, RefuteKin
from domain.case.verification import IdentityVerified, VerificationMethod
from domain.case.work import TaskKind, task
from domain.dates import PartialDate
from domain.privacy import WITHHELD
from domain.values import Evidence, Sex
from tests.examples import AL_HOL, CLEARED, HELD, OPENED, REGISTERED
from tests.examples_protection import CONSENTED, KIN, LINKED, MOTHER
from tests.scenario import STREAM, Scenario, an_act, made, recorded

HER_CHILD = KinLinked(
    kin_id=made(20), strength=Evidence.DOCUMENTED, person=STREAM, relation=Relation.CHILD, primary_caregiver=False
)
"""The same link as it stands on the mother's case."""
BY_DNA = RefuteKin(kin_id=KIN, cause=RefutedBy.DNA)
CARE = task(an_act(), 0, TaskKind.DETERMINE_CARE).fact
WARNING = task(an_act(), 1, TaskKind.REVIEW_ANOMALY).fact
A_WOMAN = SexRecorded(sex=Sex.FEMALE)


def born(text: str) -> BirthRecorded:
    return BirthRecorded(birth=PartialDate.parse(text), place=None, strength=Evidence.DOCUMENTED)


def elsewhere(case: Scenario) -> list[tuple[UUID, object]]:
    return [(stream, fact) for stream, fact, _ in case.elsewhere]


# ---------------------------------------------------------------- linking
def test_a_link_stands_on_both_cases_each_with_an_id_of_its_own(case: Scenario) -> None:
    case.given(*HELD).beside(MOTHER, OPENED)
    case.when(LinkKin(person=MOTHER, relation=Relation.MOTHER, primary_caregiver=True, strength=Evidence.DOCUMENTED))
    case.then(LINKED.model_copy(update={"kin_id": made()}))


def test_the_other_side_says_what_this_person_is_to_them(case: Scenario) -> None:
    case.given(*HELD).beside(MOTHER, OPENED)
    case.when(LinkKin(person=MOTHER, relation=Relation.MOTHER, strength=Evidence.DOCUMENTED))
    assert elsewhere(case) == [(MOTHER, HER_CHILD.model_copy(update={"kin_id": made(1)}))]


@pytest.mark.parametrize(
    ("relation", "back"),
    [
        (Relation.FATHER, Relation.CHILD),
        (Relation.SIBLING, Relation.SIBLING),
        (Relation.SPOUSE, Relation.SPOUSE),
        (Relation.OTHER_CAREGIVER, Relation.CHILD_IN_CARE),
        (Relation.CHILD_IN_CARE, Relation.OTHER_CAREGIVER),
        (Relation.CHILD, Relation.MOTHER),
    ],
)
def test_every_relation_has_its_converse(case: Scenario, relation: Relation, back: Relation) -> None:
    case.given(*HELD, A_WOMAN).beside(MOTHER, OPENED).when(LinkKin(person=MOTHER, relation=relation))
    ((_, fact),) = elsewhere(case)
    assert isinstance(fact, KinLinked)
    assert fact.relation is back


def test_of_a_person_without_a_sex_on_record_it_is_known_that_they_are_a_parent(case: Scenario) -> None:
    case.given(*HELD).beside(MOTHER, OPENED)
    case.when(LinkKin(person=MOTHER, relation=Relation.CHILD, primary_caregiver=True))
    ((_, fact),) = elsewhere(case)
    assert isinstance(fact, KinLinked)
    assert (fact.relation, fact.primary_caregiver) == (Relation.PARENT, True)
    assert case.case.kin.links[made()].primary_caregiver is False, "the child does not care for its mother"


def test_a_relative_without_a_case_is_linked_on_this_one_and_stays_the_same_one(case: Scenario) -> None:
    case.given(*HELD).when(LinkKin(relation=Relation.FATHER))
    assert elsewhere(case) == []
    (link,) = case.case.kin.links.values()
    better = LinkKin(relation=Relation.FATHER, strength=Evidence.VERIFIED)
    case.when(better).then(KinLinked(kin_id=made(), strength=Evidence.VERIFIED, person=link.person,
                                     relation=Relation.FATHER, primary_caregiver=False))  # fmt: skip


def test_a_relative_who_is_not_named_is_not_one_who_has_a_case(case: Scenario) -> None:
    case.given(*HELD, LINKED).beside(MOTHER, OPENED, HER_CHILD).when(LinkKin(relation=Relation.MOTHER))
    assert len(case.case.kin.links) == 2


def test_better_evidence_strengthens_the_same_link_and_worse_is_no_news(case: Scenario) -> None:
    verified = LinkKin(person=MOTHER, relation=Relation.MOTHER, strength=Evidence.VERIFIED)
    case.given(*HELD, LINKED).when(verified).then(LINKED.model_copy(update={"strength": Evidence.VERIFIED}))
    case.when(LinkKin(person=MOTHER, relation=Relation.MOTHER)).then_nothing()
    assert len(case.case.kin.links) == 1


def test_that_a_parent_is_the_mother_is_news_and_the_caregiver_stays(case: Scenario) -> None:
    parent = LINKED.model_copy(update={"relation": Relation.PARENT})
    case.given(*HELD, parent).when(LinkKin(person=MOTHER, relation=Relation.MOTHER)).then(LINKED)
    case.when(LinkKin(person=MOTHER, relation=Relation.PARENT)).then_nothing()


def test_two_mothers_stand_side_by_side(case: Scenario) -> None:
    case.given(*HELD, LINKED).when(LinkKin(person=made(5), relation=Relation.MOTHER))
    assert len(list(case.case.kin.of({Relation.MOTHER}))) == 2


def test_nobody_is_their_own_relative(case: Scenario) -> None:
    case.given(*HELD).when(LinkKin(person=STREAM, relation=Relation.SIBLING)).then_refused("kin.of-oneself")
    case.given(LINKED.model_copy(update={"person": STREAM})).then_odd("kin.of-oneself")
    assert not case.case.kin.links


def test_a_parent_of_eleven_is_a_warning_and_never_a_refusal(case: Scenario) -> None:
    case.given(*HELD, born("2010-06")).beside(MOTHER, OPENED, born("1999-07"))
    case.when(LinkKin(person=MOTHER, relation=Relation.MOTHER))
    case.then(WARNING, KinLinked(
        kin_id=made(), strength=Evidence.CLAIMED, person=MOTHER, relation=Relation.MOTHER, primary_caregiver=False
    ))  # fmt: skip


@pytest.mark.parametrize("mother", ["1998-06", "1999~", "XXXX"])
def test_a_parent_who_can_have_been_twelve_is_none(case: Scenario, mother: str) -> None:
    case.given(*HELD, born("2010-06")).beside(MOTHER, OPENED, born(mother))
    case.when(LinkKin(person=MOTHER, relation=Relation.MOTHER))
    assert isinstance(case.outcome, list)
    assert WARNING not in [fact for fact, _ in case.outcome]


def test_a_place_is_nobodys_mother(case: Scenario) -> None:
    case.given(*HELD).beside(AL_HOL, REGISTERED, aggregate="facility")
    case.when(LinkKin(person=AL_HOL, relation=Relation.MOTHER))
    assert elsewhere(case) == []


# ---------------------------------------------------------------- births
def test_a_birth_links_the_child_to_its_mother_and_the_mother_to_her_child(case: Scenario) -> None:
    birth = RegisterBirth(facility=AL_HOL, mother=MOTHER, birth=PartialDate.parse("2021-10-12"))
    case.beside(MOTHER, OPENED).when(birth)
    (link,) = case.case.kin.links.values()
    assert (link.person, link.relation, link.primary_caregiver) == (MOTHER, Relation.MOTHER, True)
    assert elsewhere(case) == [(MOTHER, HER_CHILD.model_copy(update={"kin_id": made()}))]


def test_a_child_born_of_an_eleven_year_old_is_registered_and_looked_at(case: Scenario) -> None:
    birth = RegisterBirth(facility=AL_HOL, mother=MOTHER, birth=PartialDate.parse("2021-10-12"))
    case.beside(MOTHER, OPENED, born("2010-06")).when(birth)
    assert isinstance(case.outcome, list)
    assert WARNING in [fact for fact, _ in case.outcome]


# ---------------------------------------------------------------- refuting
def test_dna_refutes_a_parent_and_the_link_stays_readable(case: Scenario) -> None:
    case.given(*HELD, LINKED, CLEARED).beside(MOTHER, OPENED, HER_CHILD).when(BY_DNA)
    case.then(
        KinRefuted(kin_id=KIN, cause=RefutedBy.DNA),
        ClearanceWithdrawn(cause=WithdrawalCause.BEST_INTERESTS),
        CARE,
    )
    assert not case.case.kin.links
    refuted = case.case.kin.refuted[KIN]
    assert (refuted.person, refuted.relation, refuted.refuted_by) == (MOTHER, Relation.MOTHER, RefutedBy.DNA)


def test_it_is_refuted_on_the_other_case_too(case: Scenario) -> None:
    case.given(*HELD, LINKED).beside(MOTHER, OPENED, HER_CHILD, born("1990")).when(BY_DNA)
    assert elsewhere(case) == [(MOTHER, KinRefuted(kin_id=HER_CHILD.kin_id, cause=RefutedBy.DNA))]


def test_a_child_verified_by_its_parent_is_verified_no_more(case: Scenario) -> None:
    by_parent = IdentityVerified(
        authority="IQ-MOI", method=VerificationMethod.CHILD_OF_VERIFIED_PARENT, reference="File 3"
    )
    case.given(*HELD, LINKED, by_parent, CLEARED).when(BY_DNA)
    case.then(KinRefuted(kin_id=KIN, cause=RefutedBy.DNA), ClearanceWithdrawn(cause=WithdrawalCause.IDENTITY), CARE)


def test_refuted_from_the_mothers_case_the_child_loses_its_clearance(case: Scenario) -> None:
    child = UUID(int=77)
    here = HER_CHILD.model_copy(update={"person": child})
    there = LINKED.model_copy(update={"person": STREAM})
    case.given(*HELD, here, born("1990")).beside(child, OPENED, there, CLEARED)
    case.when(RefuteKin(kin_id=here.kin_id, cause=RefutedBy.COURT))
    case.then(KinRefuted(kin_id=here.kin_id, cause=RefutedBy.COURT))
    told = task(an_act(), 1, TaskKind.DETERMINE_CARE).fact
    assert elsewhere(case) == [
        (child, KinRefuted(kin_id=KIN, cause=RefutedBy.COURT)),
        (child, ClearanceWithdrawn(cause=WithdrawalCause.BEST_INTERESTS)),
        (child, told),
    ]


def test_an_adult_who_loses_a_sibling_loses_nothing_else(case: Scenario) -> None:
    case.given(*HELD, born("1990"), LINKED.model_copy(update={"relation": Relation.SIBLING}), CLEARED).when(BY_DNA)
    case.then(KinRefuted(kin_id=KIN, cause=RefutedBy.DNA))


def test_a_link_that_is_not_on_record_is_refuted_as_an_anomaly(case: Scenario) -> None:
    case.given(*HELD).when(BY_DNA).then(KinRefuted(kin_id=KIN, cause=RefutedBy.DNA)).then_odd("kin.unknown")


def test_a_refuted_relative_can_be_linked_again_under_a_new_id(case: Scenario) -> None:
    case.given(*HELD, LINKED).when(BY_DNA).when(LinkKin(person=MOTHER, relation=Relation.MOTHER))
    assert set(case.case.kin.links) == {made()}
    assert set(case.case.kin.refuted) == {KIN}
    case.given(LINKED).then_odd("kin.linked-after-refutation")


def test_a_refuted_mother_has_said_what_she_said(case: Scenario) -> None:
    case.given(*HELD, LINKED, CONSENTED).when(BY_DNA)
    speaking = {link.person for link in case.case.kin.of({Relation.MOTHER, Relation.FATHER})}
    assert speaking == set()
    assert case.case.consent.said("IQ", ConsentScope.TRANSFER)[MOTHER].agrees


def test_links_that_cannot_be_read_are_of_any_relation() -> None:
    hidden = LINKED.model_copy(update={"person": WITHHELD, "relation": WITHHELD})
    state = CASE.fold([recorded(OPENED, 1), recorded(hidden, 2)])
    assert isinstance(state, CaseState)
    assert [link.person for link in state.kin.of({Relation.CHILD})] == [WITHHELD]
    assert RefuteKin(kin_id=KIN, cause=RefutedBy.DNA).rests_on(state) == frozenset()
