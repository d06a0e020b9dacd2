"""The record under writers in two processes, conflicts, repeats, lost replies and real kills: it stays sound.

Four runs of eight steps are the daily portion. ``--hypothesis-profile=long`` takes more of everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple
from uuid import UUID, uuid4

import pytest
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from tests.record.crew import WRITERS, Crew, Order

STREAMS: Final = 4
DAILY_EXAMPLES: Final = 4
DAILY_STEPS: Final = 8
USUAL_EXAMPLES: Final = 100
"""Hypothesis' own number; a profile that takes more takes proportionally more here."""


@pytest.fixture(scope="module")
def crew(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    """Writers and a durable server of our own: what is killed here is nobody else's."""
    with Crew(tmp_path_factory.mktemp("crew")) as hired:
        yield hired


class Plan(NamedTuple):
    """A command before it is known which version its stream has."""

    writer: int
    stream: int
    offset: int
    """From the current version: 0 fits, more fits after others, less is stale."""
    facts: int
    guard: int | None


PLANS: Final = st.lists(
    st.builds(
        Plan,
        writer=st.integers(0, WRITERS - 1),
        stream=st.integers(0, STREAMS - 1),
        offset=st.sampled_from([0, 0, 0, 1, 1, 2, 3, -1]),
        facts=st.sampled_from([1, 1, 1, 2, 3, 0]),
        guard=st.sampled_from([None, None, None, 0, 1, 2, 3]),
    ),
    min_size=1,
    max_size=24,
)
MOMENTS: Final = st.floats(0, 0.01)
"""Seconds after which the killer comes: a commit takes a few thousandths."""


class Writers(RuleBasedStateMachine):
    """What can happen to a record, in any order."""

    def __init__(self, crew: Crew) -> None:
        super().__init__()
        self.crew: Final = crew
        self.streams: Final = [uuid4() for _ in range(STREAMS)]
        self.writers_left = 2
        self.servers_left = 1
        self.sent_before: Final = len(crew.sent)

    @rule(plans=PLANS)
    def work(self, plans: Sequence[Plan]) -> None:
        """Both writers record at once."""
        assert self.crew.work(*self.shares(plans)) == []

    @precondition(lambda self: len(self.crew.sent) > self.sent_before)
    @rule(which=st.lists(st.integers(0), min_size=1, max_size=12), plans=PLANS)
    def repeat(self, which: Sequence[int], plans: Sequence[Plan]) -> None:
        """Commands of before are sent again, by whichever writer, among new ones."""
        mine = self.crew.sent[self.sent_before :]
        again = list({order.command: order for order in (mine[nth % len(mine)] for nth in which)}.values())
        first, second = self.shares(plans)
        assert self.crew.work([*again[::2], *first], [*second, *again[1::2]]) == []

    @precondition(lambda self: self.writers_left > 0)
    @rule(plans=PLANS, victim=st.integers(0, WRITERS - 1), moment=MOMENTS)
    def kill_a_writer(self, plans: Sequence[Plan], victim: int, moment: float) -> None:
        """A writer dies at work, and its replies are lost; the other is asked for the same."""
        self.writers_left -= 1
        found = self.crew.work_and_kill_a_writer(*self.shares(plans), victim=victim, after_seconds=moment)
        assert found == []

    @precondition(lambda self: self.servers_left > 0)
    @rule(plans=PLANS, moment=MOMENTS)
    def kill_the_server(self, plans: Sequence[Plan], moment: float) -> None:
        """The server dies under both."""
        self.servers_left -= 1
        assert self.crew.work_and_kill_the_server(*self.shares(plans), after_seconds=moment) == []

    def shares(self, plans: Sequence[Plan]) -> list[list[Order]]:
        """Return the commands of each writer."""
        return [[self.order(plan) for plan in plans if plan.writer == writer] for writer in range(WRITERS)]

    def order(self, plan: Plan) -> Order:
        """Return a command on its stream as it stands."""
        at = max(0, self.version(self.streams[plan.stream]) + plan.offset)
        guards: tuple[tuple[UUID, int], ...] = ()
        if plan.guard is not None and plan.guard != plan.stream:
            guard = self.streams[plan.guard]
            guards = ((guard, self.version(guard)),)
        return Order(self.streams[plan.stream], at, plan.facts, guards)

    def version(self, stream: UUID) -> int:
        """Return the version that a stream has by what was acknowledged."""
        return self.crew.versions.get(stream, 0)


@pytest.mark.kill
@pytest.mark.slow
def test_whatever_happens_to_its_writers_the_record_stays_sound(crew: Crew) -> None:
    class WritersOfThisCrew(Writers):
        def __init__(self) -> None:
            super().__init__(crew)

    portion = max(1, hypothesis_settings().max_examples // USUAL_EXAMPLES)
    try:
        run_state_machine_as_test(
            WritersOfThisCrew,
            settings=hypothesis_settings(
                max_examples=DAILY_EXAMPLES * portion,
                stateful_step_count=DAILY_STEPS * min(portion, 5),
                phases=[Phase.explicit, Phase.generate],  # what a kill did cannot be shrunk: it does not happen twice
                database=None,
            ),
        )
    finally:
        assert crew.found == []  # said in our words, since Hypothesis finds that a kill cannot be played again


@pytest.mark.kill
def test_writers_and_server_killed_in_the_middle_of_their_work_lose_and_double_nothing(crew: Crew) -> None:
    def chains(streams: int, length: int) -> list[Order]:
        fresh = [uuid4() for _ in range(streams)]
        return [Order(stream, at, 1) for at in range(length) for stream in fresh]

    mine, theirs, more, rest = chains(20, 20), chains(20, 20), chains(20, 20), chains(20, 20)
    assert crew.work_and_kill_a_writer(mine, theirs, victim=0, after_seconds=0.01) == []
    assert crew.work_and_kill_the_server(more, rest, after_seconds=0.01) == []
    assert crew.work(theirs[::2], mine[::2]) == [], "asked again, each answers as the first time"
    kept = [crew.promises.kept.get(order.command) for order in (*mine, *theirs, *more, *rest)]
    assert None not in kept
    assert len(set(kept)) == 1_600
