"""Merging: one person who was registered twice goes on under one case, and can be two again at any later time.

Nothing is copied. Both streams keep what was recorded on them; the survivor is linked with every case merged into it,
directly or through another, and whatever asks what stands in the way asks all of them. Both sides commit together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.record import CaseAbsorbed, CaseMergedInto, MergeReversed, ReversalCause
from domain.case.request import CaseDecision
from domain.case.work import Line, TaskKind, task
from domain.kernel import Act, Decision, Elsewhere, Recorded, Refused

if TYPE_CHECKING:
    from domain.case.case import CaseState


class MergeInto(CaseDecision):
    """Merge this case into another of the same person, which goes on for both.

    Whatever stands in the way here (blocks, needs, holds, restrictions) stands in the way of the survivor. Clearances
    of both sides are withdrawn. Who may see this case may from now on see the survivor.

    :raises Refused: ``merge.self``, ``merge.unknown-case``, ``merge.cycle`` when the other was merged into this one,
        ``case.merged`` when either was merged before (it names the case that goes on), ``merge.survivor-closed``,
        ``case.in-transit`` while either person is on the way, ``case.erased``.
    """

    permission = "case:merge"
    rests_on_facts = True
    after_closure = True
    after_death = True
    after_merge = True
    survivor: UUID

    def named_streams(self) -> frozenset[UUID]:
        """Return the survivor."""
        return frozenset({self.survivor})

    def rests_on(self, case: CaseState) -> frozenset[UUID]:
        """Return the survivor, and the cases merged into this one: they go on under the survivor too."""
        return frozenset({self.survivor, *case.record.absorbed})

    def shares(self, act: Act) -> frozenset[tuple[str, UUID]]:
        """Let whoever may see this case see the survivor."""
        first = act.facts[0].stamp.agency
        states = {stamp.country for stamp, _ in act.facts if stamp.country is not None}
        return frozenset((party, self.survivor) for party in {first, *states})

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Merge, unless the case is merged into that one."""
        if self.survivor in case.record.survivors:
            return
        other = self._survivor(case, act)
        if case.in_transit or other.in_transit:
            raise Refused("case.in-transit", "The person is on the way: record the arrival first.")
        _not_erased(other)
        yield CaseMergedInto(survivor=self.survivor)
        yield from withdrawal(case, act, WithdrawalCause.MERGE)
        yield from _withdrawal_there(self.survivor, other, act)
        for absorbed in case.record.absorbed:
            yield Elsewhere(self.survivor, CaseAbsorbed(absorbed=absorbed))
            yield Elsewhere(absorbed, CaseMergedInto(survivor=self.survivor))
        if act.stream is not None:  # last: whatever follows on the survivor was recorded on both as one
            yield Elsewhere(self.survivor, CaseAbsorbed(absorbed=act.stream))

    def _survivor(self, case: CaseState, act: Act) -> CaseState:
        if self.survivor == act.stream:
            raise Refused("merge.self", "A case is not merged into itself.")
        _not_merged(case)
        if self.survivor in case.record.absorbed:
            raise Refused("merge.cycle", "That case was merged into this one: reverse that merge first.")
        other: CaseState | None = act.others.get(self.survivor)
        if other is None or type(other) is not type(case):
            raise Refused("merge.unknown-case", "There is no such case.")
        _not_merged(other)
        if other.registration.closed is not None:
            raise Refused("merge.survivor-closed", "The case that would go on is closed: reopen it first.")
        return other


class ReverseMerge(CaseDecision):
    """Reverse the merge of this case into another: the two are two again, whatever was recorded since.

    The cases that were merged into this one come back with it. What was recorded on the survivor in between stays
    there; a task asks somebody to say to which person each of it belongs. A clearance of the survivor is withdrawn.

    :raises Refused: ``case.erased`` when either person was erased: nobody can say any more whose was what.
    """

    permission = "case:merge"
    after_closure = True
    after_death = True
    after_merge = True
    cause: ReversalCause
    reason: Line

    def rests_on(self, case: CaseState) -> frozenset[UUID]:
        """Return every case that this one was merged into, and those merged into this one."""
        return frozenset({*case.record.survivors, *case.record.absorbed})

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Reverse the merge, unless there is none."""
        survivors, own = case.record.survivors, act.stream
        if not survivors or own is None:
            return
        for state in act.others.values():
            _not_erased(state)
        yield self._reversed(survivors[0])
        for survivor in survivors:
            for leaving in (own, *case.record.absorbed):
                yield Elsewhere(survivor, self._reversed(leaving))
            yield from self._left_behind(survivor, own, act)
        for returning in case.record.absorbed:
            yield Elsewhere(returning, self._reversed(survivors[0]))

    def _reversed(self, other: UUID) -> MergeReversed:
        return MergeReversed(other=other, cause=self.cause, reason=self.reason)

    def _left_behind(self, survivor: UUID, own: UUID, act: Act) -> Iterator[Elsewhere]:
        """Withdraw the survivor's clearance, and ask whose is what was recorded there in between."""
        state: Any = act.others.get(survivor)
        if state is None:
            return
        yield from _withdrawal_there(survivor, state, act)
        since = state.record.absorbed_at.get(own)
        if since is not None and state.version > since:
            raised = task(act, 0, TaskKind.ATTRIBUTE_FACTS)
            yield Elsewhere(survivor, raised.fact, raised.occurred_on)


def to_attribute(facts: Sequence[Recorded], other: UUID) -> list[Recorded]:
    """Return what was recorded on a survivor while another case was merged into it, in record order.

    Of the last merge that was reversed; facts are those of the survivor's stream.
    """
    between: list[Recorded] | None = None
    last: list[Recorded] = []
    for known in facts:
        if isinstance(known.fact, CaseAbsorbed) and known.fact.absorbed == other:
            between = []
        elif isinstance(known.fact, MergeReversed) and known.fact.other == other:
            last, between = between or [], None
        elif between is not None:
            between.append(known)
    return last


def _not_merged(state: CaseState) -> None:
    if (survivor := state.record.merged_into) is not None:
        raise Refused(
            "case.merged", "The person has another case, which goes on: decide there.", survivor=str(survivor)
        )


def _not_erased(state: CaseState) -> None:
    if state.record.erased is not None:
        raise Refused("case.erased", "The person was erased: nothing more is decided about them.")


def _withdrawal_there(stream: UUID, state: CaseState, act: Act) -> Iterator[Elsewhere]:
    for withdrawn in withdrawal(state, act, WithdrawalCause.MERGE):
        yield Elsewhere(stream, withdrawn.fact, withdrawn.occurred_on)
