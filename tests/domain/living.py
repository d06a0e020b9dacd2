"""Random lives of one person: any command in any order, by anybody, as the days go by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from hypothesis import strategies as st

from domain.case.case import CASE, CaseState
from domain.case.clearance import ClearToDepart, Depart, ReportDeparture
from domain.deciding import concluded
from domain.kernel import Command, Fact, Refused
from tests.examples import CLEARED, EXAMPLES, HELD, LEFT, READY
from tests.scenario import SUPERVISOR, TODAY, Scenario, an_act, made, recorded

COMMANDS = [example.command for example in EXAMPLES if example.command.aggregate == "case"]
TOWARDS_DEPARTURE = [
    ClearToDepart(destination="IQ"),
    Depart(destination="IQ"),
    ReportDeparture(destination="IQ"),
    *(command for command in COMMANDS if command.verb in {"place-on-manifest", "record-arrival"}),
]
STARTS = (HELD, READY, (*READY, CLEARED), (*READY, CLEARED), LEFT)


class Step(NamedTuple):
    """A command that was granted, and the case before and after it."""

    command: Command
    since: date
    """Day of the step before."""
    on: date
    before: CaseState
    after: CaseState
    facts: Sequence[Fact]
    others: Mapping[UUID, Any]


def lives(data: st.DataObject) -> Iterator[Step]:
    """Yield what is granted of up to 25 random commands, in order; what is refused is part of life."""
    others = Scenario().others
    known = [recorded(fact, nth) for nth, fact in enumerate(data.draw(st.sampled_from(STARTS)), start=1)]
    asked = st.one_of(st.sampled_from(TOWARDS_DEPARTURE), st.sampled_from(COMMANDS))
    since = on = TODAY
    for nth, command in enumerate(data.draw(st.lists(asked, max_size=25))):
        on += timedelta(days=data.draw(st.integers(0, 20)))
        actor = data.draw(st.sampled_from([SUPERVISOR, made(1)]))
        agency = data.draw(st.sampled_from(["IQ-INSS", "SY-AANES"]))
        before = CASE.fold(known)
        act = an_act(on, actor=actor, agency=agency, command_id=made(100 + nth))
        beside = {stream: others[stream] for stream in command.rests_on(before) if stream in others}
        act = act._replace(others=beside, facts=tuple(known), stream=known[0].stamp.stream)
        try:
            facts = concluded(command, before, act).here
        except Refused:
            continue
        for fact, when in facts:
            known.append(recorded(fact, len(known) + 1, occurred_on=when, recorded_on=on, actor=actor))
        yield Step(command, since, on, before, CASE.fold(known), [fact for fact, _ in facts], others)
        since = on
