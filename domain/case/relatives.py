"""Linking people as kin, and refuting that they are: on both of their cases at once.

A mother must not leave without her child because the link stands only on the child's case. Where the other person has
no case, the link stands on this one alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from domain.case.age import born, possibly_child
from domain.case.case import CaseState
from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.kin import CARERS, PARENTS, KinLink, KinLinked, KinRefuted, RefutedBy, Relation, too_young
from domain.case.request import CaseObservation
from domain.case.verification import VerificationMethod
from domain.case.work import TaskKind, task
from domain.deciding import readable
from domain.kernel import Act, Dated, Decision, Elsewhere, Refused
from domain.privacy import BlockLabel, Unreadable
from domain.values import Evidence, Sex

_CONVERSE: Final = {
    Relation.MOTHER: Relation.CHILD,
    Relation.FATHER: Relation.CHILD,
    Relation.PARENT: Relation.CHILD,
    Relation.CHILD: Relation.PARENT,
    Relation.SIBLING: Relation.SIBLING,
    Relation.SPOUSE: Relation.SPOUSE,
    Relation.OTHER_CAREGIVER: Relation.CHILD_IN_CARE,
    Relation.CHILD_IN_CARE: Relation.OTHER_CAREGIVER,
}
_PARENT_BY_SEX: Final = {Sex.FEMALE: Relation.MOTHER, Sex.MALE: Relation.FATHER}
_YOUNGER: Final = frozenset({Relation.CHILD, Relation.CHILD_IN_CARE})


def converse(relation: Relation, of: CaseState) -> Relation:
    """Return what this person is to somebody who is that to them; a parent's sex decides between mother and father."""
    back, sex = _CONVERSE[relation], of.identity.sex
    if back is not Relation.PARENT or sex is None or isinstance(sex, Unreadable):
        return back
    return _PARENT_BY_SEX.get(sex, back)


class LinkKin(CaseObservation):
    """Record that another person is said, or shown, to be this person's kin; with better evidence, the same link anew.

    It stands on both cases, each with an id of its own. A parent who would have been younger than twelve raises a task.
    To who may not see the case of the other there is no such case.

    :raises Refused: ``kin.of-oneself``, ``record.erased`` when a link can no longer be read.
    """

    permission = "case:record"
    opens = frozenset({BlockLabel.IDENTITY, BlockLabel.PROTECTION})
    person: UUID | None = None
    """Case of the other; omitted: somebody who has none, of each relation the same one."""
    relation: Relation
    """What the other is to this person."""
    primary_caregiver: bool | None = None
    """Whether the elder of the two cares for the younger day by day; omitted: as on record, or else not."""
    strength: Evidence = Evidence.CLAIMED

    def named_streams(self) -> frozenset[UUID]:
        """Return the case of the other."""
        return frozenset() if self.person is None else frozenset({self.person})

    def rests_on(self, case: CaseState) -> frozenset[UUID]:
        """Return the case of the other; where none is named, whoever is linked may have one."""
        return self.named_streams() or frozenset(_people(case, self.relation))

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Link the two, unless they are linked so with at least this evidence."""
        if self.person == act.stream:
            raise Refused("kin.of-oneself", "Nobody is their own relative.")
        person = self.person or self._without_case(case, act)
        elder_here = self.relation in _YOUNGER
        cared_for = (False, self.primary_caregiver) if elder_here else (self.primary_caregiver, False)
        here = _linked(case, person, self.relation, cared_for[0], self.strength, act.new_id())
        there: list[KinLinked] = []
        other = act.others.get(person)
        if act.stream is not None and isinstance(other, CaseState):
            back = converse(self.relation, case)
            there = _linked(other, act.stream, back, cared_for[1], self.strength, act.new_id(1))
            parent, child = (case, other) if elder_here else (other, case)
            if here and Relation.CHILD in {self.relation, back} and too_young(born(parent), born(child)):
                yield task(act, 1, TaskKind.REVIEW_ANOMALY)
        yield from here
        yield from (Elsewhere(person, fact) for fact in there)

    def _without_case(self, case: CaseState, act: Act) -> UUID:
        """Return the id of the relative without a case: the one on record, or one made by this request."""
        return next((one for one in _people(case, self.relation) if one not in act.others), act.new_id(2))


def _people(case: CaseState, relation: Relation) -> Iterator[UUID]:
    """Yield whose links of this relation stand."""
    for link in case.kin.of({relation}):
        if not isinstance(link.person, Unreadable):
            yield link.person


def _linked(
    case: CaseState, person: UUID, relation: Relation, caregiver: bool | None, strength: Evidence, new_id: UUID
) -> list[KinLinked]:
    """Return what to record on one side: nothing when it stands, the known link with more evidence, or a new one."""
    kin_id = new_id
    for known_id, known in case.kin.links.items():
        held = readable(known.relation)
        if readable(known.person) != person or not _same(held, relation):
            continue
        cared_for = readable(known.primary_caregiver)
        relation = held if relation is Relation.PARENT else relation
        if known.strength >= strength and caregiver in {None, cared_for} and relation is held:
            return []
        kin_id, strength = known_id, max(known.strength, strength)
        caregiver = cared_for if caregiver is None else caregiver
    linked = KinLinked(
        kin_id=kin_id, strength=strength, person=person, relation=relation, primary_caregiver=bool(caregiver)
    )
    return [linked]


def _same(known: Relation, relation: Relation) -> bool:
    """Whether two relations can be one: a parent whose sex was not on record is the mother or the father."""
    return known is relation or (Relation.PARENT in {known, relation} and {known, relation} <= PARENTS)


class RefuteKin(CaseObservation):
    """Record that a link never held. It stays readable; whatever rested on it does not stand any more.

    A child that has lost a parent or a caregiver by it may be alone: a clearance is withdrawn, and a task is raised.

    :raises Refused: ``record.erased`` when the link can no longer be read.
    """

    permission = "case:refute-kin"
    opens = frozenset({BlockLabel.IDENTITY})
    kin_id: UUID
    cause: RefutedBy

    def rests_on(self, case: CaseState) -> frozenset[UUID]:
        """Return the case of the other."""
        link = case.kin.links.get(self.kin_id)
        return frozenset() if link is None or isinstance(link.person, Unreadable) else frozenset({link.person})

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Refute the link on both cases, unless it is refuted."""
        link = case.kin.links.get(self.kin_id)
        if link is None:
            if self.kin_id not in case.kin.refuted:
                yield KinRefuted(kin_id=self.kin_id, cause=self.cause)
            return
        person, relation = readable(link.person), readable(link.relation)
        yield KinRefuted(kin_id=self.kin_id, cause=self.cause)
        yield from _after_losing(relation, case, act, 0)
        other = act.others.get(person)
        if not isinstance(other, CaseState):
            return
        for back_id, back in other.kin.links.items():
            if back.person == act.stream and _answers(back, relation):
                yield Elsewhere(person, KinRefuted(kin_id=back_id, cause=self.cause))
                for outcome in _after_losing(readable(back.relation), other, act, 1):
                    yield Elsewhere(person, outcome.fact, outcome.occurred_on)


def _answers(back: KinLink, relation: Relation) -> bool:
    """Whether a link on the other's case says the same from their side, whichever parent either says."""
    known = back.relation
    return not isinstance(known, Unreadable) and _CONVERSE[known] is _CONVERSE[_CONVERSE[relation]]


def _after_losing(relation: Relation, case: CaseState, act: Act, nth: int) -> Iterator[Dated]:
    """Yield what follows for a person who has lost a parent or caregiver: they may be a child, and alone."""
    if relation not in CARERS or not possibly_child(case, act.today):
        return
    verified = case.identity.verified
    by_parent = verified is not None and verified.method is VerificationMethod.CHILD_OF_VERIFIED_PARENT
    yield from withdrawal(case, act, WithdrawalCause.IDENTITY if by_parent else WithdrawalCause.BEST_INTERESTS)
    yield task(act, nth, TaskKind.DETERMINE_CARE)
