"""What every request about a case shares: decisions are ours and may be refused, observations report what happened."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Final
from uuid import UUID

from domain.case.work import TaskKind, task
from domain.dates import PartialDate
from domain.kernel import Act, Command, CommandKind, Dated, Fact, Recorded, Refused, Stamp
from domain.privacy import Unreadable

if TYPE_CHECKING:
    from domain.case.case import CaseState
    from domain.kernel import Decision


class CaseRequest(Command):
    """A request about one person."""

    aggregate = "case"

    def known(self, case: CaseState, fact: Fact, day: PartialDate) -> bool:
        """Whether this fact is on record as part of the past and changed nothing of the present."""
        return bool(case.past) and (fact, day) in case.past

    @abstractmethod
    def decide(self, case: CaseState, act: Act) -> Decision:
        """Yield what follows from the request."""


class CaseDecision(CaseRequest):
    """A decision about a person: needs the version it was taken on, and rules may refuse it.

    :raises Refused: ``case.merged``, ``case.erased``, ``case.closed``, ``case.deceased`` or ``record.before-birth``,
        whatever the decision.
    """

    nature = CommandKind.DECISION
    after_closure: ClassVar[bool] = False
    """Whether it may be taken on a closed case."""
    after_death: ClassVar[bool] = False
    """Whether it may be taken on a day on which the person was dead."""
    after_merge: ClassVar[bool] = False
    """Whether it may be taken on a case that was merged into another."""
    after_erasure: ClassVar[bool] = False
    """Whether it may be taken on the case of a person who was erased: what it seals could not be sealed."""

    def check(self, case: CaseState, act: Act) -> None:
        """Refuse a decision on a merged, erased or closed case, after death, or before a birth that can be read."""
        survivor = case.record.merged_into
        if survivor is not None and not self.after_merge:
            raise Refused(
                "case.merged", "The person has another case, which goes on: decide there.", survivor=str(survivor)
            )
        if case.record.erased is not None and not self.after_erasure:
            raise Refused("case.erased", "The person was erased: nothing more is decided about them.")
        if case.registration.closed is not None and not self.after_closure:
            raise Refused("case.closed", "The case is closed: reopen it before deciding anything.")
        day = self.day(act)
        death = case.life.death
        if death is not None and not self.after_death and day.latest >= death.on.earliest:
            raise Refused("case.deceased", "The person has died: nothing more is decided about them.")
        birth = case.identity.birth
        if birth is not None and not isinstance(birth.birth, Unreadable) and day.latest < birth.birth.earliest:
            raise Refused("record.before-birth", "This day lies before the person was born.")


class CaseObservation(CaseRequest):
    """A report of what happened to a person: never refused for the state that it meets.

    What does not fit is an anomaly, and a task is raised for somebody to look at it. Only of who was erased nothing is
    recorded any more.

    :raises Refused: ``case.erased``.
    """

    nature = CommandKind.OBSERVATION

    def check(self, case: CaseState, act: Act) -> None:
        """Let everything pass but what is said of a person who was erased."""
        del act
        if case.record.erased is not None:
            raise Refused("case.erased", "The person was erased: nothing more is recorded about them.")

    def consequences(
        self,
        case: CaseState,
        facts: Sequence[tuple[Fact, PartialDate]],
        act: Act,
        fold: Callable[[Sequence[tuple[Fact, PartialDate]]], CaseState] | None = None,
    ) -> Iterator[Dated]:
        """Raise a task when the facts leave an anomaly."""
        after = fold(facts) if fold is not None else _tried_on(case, facts, act)
        if len(after.anomalies) > len(case.anomalies):
            yield task(act, 0, TaskKind.REVIEW_ANOMALY)


def _tried_on(case: CaseState, facts: Sequence[tuple[Fact, PartialDate]], act: Act) -> CaseState:
    after = case
    for version, (fact, day) in enumerate(facts, start=case.version + 1):
        stamp = Stamp(_NOWHERE, version, 0, _NOWHERE, act.command_id, act.actor, act.agency, act.recorded_at, day)
        after = after.after(Recorded(stamp, fact))
    return after


_NOWHERE: Final = UUID(int=0)
"""Stream and id of a fact that is only tried on."""
