"""Erasing a person: what stands in its way, whom it covers, and the fact that it was done.

Who is asked and who agrees stands in :mod:`domain.subject_request`; keys are destroyed by the machines. Erasing covers
the closure of merges: one person may have been registered under several cases, each sealed under keys of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple
from uuid import UUID

from pydantic import Field

from domain.case.record import ErasureBasis, Fence, PersonErased
from domain.case.request import CaseDecision
from domain.kernel import Act, Decision, Elsewhere, Refused

if TYPE_CHECKING:
    from domain.case.case import CaseState


@unique
class Hindrance(StrEnum):
    """What stands in the way of an erasure (rule I14)."""

    RETENTION_HOLD = "retention_hold"
    """Also for as long as a proceeding or a tracing request is open: whoever opens one places a hold."""
    TRANSIT = "transit"


class Hindered(NamedTuple):
    """One case of the person, and what stands in the way there."""

    case_id: UUID
    hindrance: Hindrance


def linked(states: Mapping[UUID, Any]) -> frozenset[UUID]:
    """Return every case that these were merged into, or that was merged into one of them."""
    return frozenset(other for case in states.values() for other in (*case.record.survivors, *case.record.absorbed))


def hindrances(states: Mapping[UUID, Any], on: date) -> Iterator[Hindered]:
    """Yield what stands in the way of erasing the person of these cases on a day, in the order of ids."""
    for case_id, case in sorted(states.items()):
        if case.record.held(on):
            yield Hindered(case_id, Hindrance.RETENTION_HOLD)
        if case.in_transit:
            yield Hindered(case_id, Hindrance.TRANSIT)


def not_hindered(states: Mapping[UUID, Any], on: date) -> None:
    """Let an erasure pass that nothing stands in the way of.

    :raises Refused: ``erasure.hindered``, with every case and what stands in the way there.
    """
    if found := list(hindrances(states, on)):
        raise Refused(
            "erasure.hindered",
            "A hold or a journey under way stands in the way of the erasure.",
            hindrances=[{"case_id": str(one.case_id), "hindrance": one.hindrance.value} for one in found],
        )


class ErasePerson(CaseDecision):
    """Record that the person is erased, on every case of theirs at once. Asked by the machine that destroys the keys.

    The person is known under the case that goes on; what is recorded here comes before any key is destroyed, so that a
    sealed block without a key is an erasure only where the record says so.

    :raises Refused: ``erasure.hindered``, ``erasure.other-fence`` when the person was erased with other keys,
        ``erasure.other-cases`` when a merge came in between, ``case.merged`` when another case goes on for the person.
    """

    permission = "person:erase"
    routed = False
    after_closure = True
    after_death = True
    after_erasure: ClassVar[bool] = True
    basis: ErasureBasis
    fence_sha256: Fence
    covers: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=1_000)]
    """The cases whose keys the fence names, in the order of ids."""

    def rests_on(self, case: CaseState) -> frozenset[UUID]:
        """Return the cases merged into this one."""
        return linked({UUID(int=0): case})

    def rests_further_on(self, others: Mapping[UUID, Any]) -> frozenset[UUID]:
        """Return the cases that those are linked with."""
        return linked(others)

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the erasure, unless it is recorded."""
        if act.stream is None:
            return
        if (erased := case.record.erased) is not None:
            if erased.fence_sha256 != self.fence_sha256:
                raise Refused("erasure.other-fence", "The person was erased before, with other keys.")
            return
        states = {**act.others, act.stream: case}
        not_hindered(states, act.today)
        if tuple(sorted(states)) != self.covers:
            raise Refused("erasure.other-cases", "The person has other cases than those whose keys are named.")
        fact = PersonErased(covers=self.covers, fence_sha256=self.fence_sha256, basis=self.basis)
        yield fact
        for other in sorted(states.keys() - {act.stream}):
            yield Elsewhere(other, fact)
