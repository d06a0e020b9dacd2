"""Answering: what was decided about a request. Forgetting a person takes two people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from domain.case.erasing import linked, not_hindered
from domain.case.record import ErasureBasis, Fence
from domain.kernel import Act, Command, CommandKind, Decision, Refused
from domain.subject_request.facts import (
    AccessAnswered,
    AnswerOutcome,
    ErasureApproved,
    ErasureRefusal,
    ErasureRefused,
    RectificationAnswered,
    RequestKind,
    SubjectKeyDestroyed,
)
from domain.subject_request.state import NAME, Asked, SubjectRequestState


class _Answering(Command):
    """A decision about a request."""

    aggregate = NAME
    nature = CommandKind.DECISION


def _must_ask(request: SubjectRequestState, kind: RequestKind) -> Asked:
    if request.asked is None or request.asked.kind is not kind:
        raise Refused("subject-request.other-kind", f"This is no request for {kind.value}.", kind=kind.value)
    return request.asked


def _not_destroyed(request: SubjectRequestState) -> None:
    if request.destroyed is not None:
        raise Refused("erasure.done", "The keys of the person are destroyed; nothing can be decided any more.")


class AnswerAccess(_Answering):
    """Record how a request to see was answered.

    :raises Refused: ``subject-request.other-kind``, ``subject-request.already-answered`` with another outcome.
    """

    permission = "subject-request:answer"
    outcome: AnswerOutcome

    def decide(self, request: SubjectRequestState, act: Act) -> Decision:
        """Record the answer, unless it is on record."""
        del act
        _must_ask(request, RequestKind.ACCESS)
        if _first_answer(request, self.outcome):
            yield AccessAnswered(outcome=self.outcome)


class AnswerRectification(_Answering):
    """Record how a request to put right was answered. The correction itself is recorded on the case.

    :raises Refused: ``subject-request.other-kind``, ``subject-request.already-answered`` with another outcome.
    """

    permission = "subject-request:answer"
    outcome: AnswerOutcome

    def decide(self, request: SubjectRequestState, act: Act) -> Decision:
        """Record the answer, unless it is on record."""
        del act
        _must_ask(request, RequestKind.RECTIFICATION)
        if _first_answer(request, self.outcome):
            yield RectificationAnswered(outcome=self.outcome)


def _first_answer(request: SubjectRequestState, outcome: AnswerOutcome) -> bool:
    if request.outcome not in {None, outcome}:
        raise Refused("subject-request.already-answered", "The request was answered otherwise.")
    return request.outcome is None


class ApproveErasure(_Answering):
    """Agree, as a second person, that the person be forgotten. The keys are destroyed after a time to think again.

    :raises Refused: ``subject-request.other-kind``, ``erasure.done``, ``erasure.same-person`` when the officer who
        wrote the request down agrees to it, ``case.erased``, ``erasure.hindered`` during a retention hold or a journey
        of any case of the person (rule I14).
    """

    permission = "subject-request:approve-erasure"
    basis: ErasureBasis = ErasureBasis.REQUEST

    def rests_on(self, request: SubjectRequestState) -> frozenset[UUID]:
        """Return the case."""
        return frozenset() if request.asked is None else frozenset({request.asked.case_id})

    def rests_further_on(self, others: Mapping[UUID, Any]) -> frozenset[UUID]:
        """Return the cases that were merged with it."""
        return linked(others)

    def decide(self, request: SubjectRequestState, act: Act) -> Decision:
        """Agree, unless it is agreed."""
        asked = _must_ask(request, RequestKind.ERASURE)
        _not_destroyed(request)
        if request.approved is not None:
            return
        if asked.recorded_by == act.actor:
            raise Refused("erasure.same-person", "A second person must agree: you wrote the request down.")
        if any(case.record.erased is not None for case in act.others.values()):
            raise Refused("case.erased", "The person was erased: nothing more is decided about them.")
        not_hindered(act.others, act.today)
        yield ErasureApproved(basis=self.basis)


class RefuseErasure(_Answering):
    """Refuse that the person be forgotten, or take an approval back while the keys are still there.

    :raises Refused: ``subject-request.other-kind``, ``erasure.done``.
    """

    permission = "subject-request:refuse-erasure"
    basis: ErasureRefusal

    def rests_on(self, request: SubjectRequestState) -> frozenset[UUID]:
        """Return the case."""
        return frozenset() if request.asked is None else frozenset({request.asked.case_id})

    def decide(self, request: SubjectRequestState, act: Act) -> Decision:
        """Refuse, unless it is refused on this ground."""
        _must_ask(request, RequestKind.ERASURE)
        _not_destroyed(request)
        if any(case.record.erased is not None for case in act.others.values()):
            raise Refused("erasure.done", "The keys of the person are destroyed; nothing can be decided any more.")
        if request.refused is not self.basis:
            yield ErasureRefused(basis=self.basis)


class ConfirmErasure(_Answering):
    """Record that the keys were destroyed. Asked by the machine that destroyed them.

    :raises Refused: ``subject-request.other-kind``, ``erasure.unapproved``.
    """

    permission = "person:erase"
    routed = False
    covers: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=1_000)]
    fence_sha256: Fence
    keys: Annotated[int, Field(ge=0)]
    backups_covered_from: date

    def decide(self, request: SubjectRequestState, act: Act) -> Decision:
        """Record it, unless it is recorded."""
        del act
        _must_ask(request, RequestKind.ERASURE)
        if request.destroyed is not None:
            return
        if request.approved is None:
            raise Refused("erasure.unapproved", "Nobody has agreed to this erasure.")
        yield SubjectKeyDestroyed(
            covers=self.covers,
            fence_sha256=self.fence_sha256,
            keys=self.keys,
            backups_covered_from=self.backups_covered_from,
        )
