"""Random lives of one person: any command in any order, by anybody, as the days go by, most of them near the gate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from hypothesis import strategies as st

from domain.case.case import CASE, CaseState
from domain.case.clearance import ClearToDepart, Depart, ReportDeparture
from domain.deciding import concluded
from domain.kernel import Command, Fact, Recorded, Refused
from tests.domain.gating import GONE_HOME, WITH_CHILD, WITH_GUARDIAN, WITH_MOTHER
from tests.examples import CLEARED, EXAMPLES, HELD, LEFT, OPERATION, READY
from tests.examples_protection import MOTHER
from tests.scenario import CASEWORKER, SUPERVISOR, TODAY, Scenario, an_act, made, recorded

COMMANDS: Final = [example.command for example in EXAMPLES if example.command.aggregate == "case"]
CLEAR: Final = ClearToDepart(destination="IQ")
LEAVE: Final = (Depart(destination="IQ"), ReportDeparture(destination="IQ"))
ON_THE_WAY: Final = (
    Depart(destination="IQ", operation_id=OPERATION),
    ClearToDepart(destination="IQ", operation_id=OPERATION),
    *(command for command in COMMANDS if command.verb in {"place-on-manifest", "record-arrival", "withdraw-clearance"}),
)
UNSETTLING: Final = [
    example.command
    for example in EXAMPLES
    if example.command.aggregate == "case" and "case.clearance-withdrawn" in example.yields
]
"""What ends a clearance of somebody."""
STARTS: Final = (
    (HELD, False),
    (READY, False),
    ((*READY, CLEARED), False),
    (WITH_GUARDIAN, False),
    ((*WITH_GUARDIAN, CLEARED), False),
    ((*WITH_MOTHER, CLEARED), True),
    ((*WITH_CHILD, CLEARED), True),
    (LEFT, False),
)
"""How a life begins, and whether somebody of the family stands beside."""
OF_THE_FAMILY: Final = (HELD, READY, (*READY, CLEARED), (*READY, *GONE_HOME))
"""What is on record of the mother, or of a child of unknown age; it changes as the days go by."""


class Step(NamedTuple):
    """A command that was granted or refused, and the case before and after it."""

    command: Command
    since: date
    """Day of the step before."""
    on: date
    before: CaseState
    after: CaseState
    facts: Sequence[Fact]
    others: Mapping[UUID, Any]
    refusal: Refused | None


@cache
def beginning(nth: int) -> tuple[list[Recorded], Sequence[Mapping[UUID, Any]]]:
    """Return the facts with which a life begins, and each way in which the streams beside may stand."""
    facts, has_family = STARTS[nth]
    house = Scenario().given(*facts)
    if not has_family:
        return house.history, [house.others]
    beside = [Scenario().beside(MOTHER, *theirs).others for theirs in OF_THE_FAMILY]
    return house.history, beside


def lives(data: st.DataObject) -> Iterator[Step]:
    """Yield what becomes of a dozen random commands, in order; what is refused is part of life."""
    history, families = beginning(data.draw(st.integers(0, len(STARTS) - 1)))
    known = list(history)
    pools = st.sampled_from([(CLEAR,), LEAVE, LEAVE, ON_THE_WAY, UNSETTLING, COMMANDS, COMMANDS])
    asked = data.draw(st.lists(pools.flatmap(st.sampled_from), min_size=1, max_size=12))
    since = on = TODAY
    after = CASE.fold(known)
    for nth, command in enumerate(asked):
        on += timedelta(days=data.draw(st.sampled_from([0, 0, 1, 10, 40])))
        actor = data.draw(st.sampled_from([SUPERVISOR, SUPERVISOR, CASEWORKER]))
        agency = data.draw(st.sampled_from(["IQ-INSS", "SY-AANES"]))
        others = data.draw(st.sampled_from(families))
        before = after
        act = an_act(on, actor=actor, agency=agency, command_id=made(100 + nth))
        beside = {stream: others[stream] for stream in command.rests_on(before) if stream in others}
        act = act._replace(others=beside, facts=tuple(known), stream=known[0].stamp.stream)
        refusal = None
        try:
            facts = concluded(command, before, act).here
        except Refused as refused:
            facts, refusal = [], refused
        for fact, when in facts:
            known.append(recorded(fact, len(known) + 1, occurred_on=when, recorded_on=on, actor=actor))
        after = CASE.fold(known) if facts else before
        yield Step(command, since, on, before, after, [fact for fact, _ in facts], others, refusal)
        since = on
