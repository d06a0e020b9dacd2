"""A plan decided in memory, without a record: what each command of a population leads to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from adapters.population.diary import FACILITIES_FROM, Entry, Namer
from adapters.population.plan import plan
from domain.case.case import CaseState
from domain.dates import PartialDate
from domain.deciding import concluded
from domain.facility import FacilityState
from domain.kernel import Act, Command, Fact, Recorded, Stamp
from domain.registry import AGGREGATES


class Asked(NamedTuple):
    """An entry, the command that it became, and what followed."""

    entry: Entry
    command: Command
    facts: list[Recorded]
    elsewhere: list[tuple[int, Recorded]]
    """Facts of other streams, each with its number."""


@dataclass
class Rehearsal:
    """What became of a plan."""

    namer: Namer
    asked: list[Asked] = field(default_factory=list)
    facts: dict[int, list[Recorded]] = field(default_factory=lambda: defaultdict(list))
    """By number of the stream, in the order recorded."""
    states: dict[int, CaseState | FacilityState] = field(default_factory=dict)
    numbers: dict[UUID, int] = field(default_factory=dict)
    """Number of each stream, by its id."""

    @property
    def cases(self) -> dict[int, CaseState]:
        """The cases by number."""
        return {number: state for number, state in self.states.items() if isinstance(state, CaseState)}

    def ask(self, entry: Entry) -> None:
        """Decide one command on the state of its stream; a refusal is the test's failure."""
        command = entry.command(**entry.fields)
        aggregate = AGGREGATES[command.aggregate]
        state = self.states.get(entry.stream, aggregate.empty)
        act = Act(
            self.namer.command_id(entry.stream, entry.nth),
            entry.officer.actor,
            entry.officer.agency,
            entry.recorded_at(),
            entry.officer.country,
            evidence_sha256="0" * 64,
        )
        stream = self.namer.made_by(entry.stream, 0)
        self.numbers[stream] = entry.stream
        if streams := command.rests_on(state):
            others = {other: self.states[self.numbers[other]] for other in streams if other in self.numbers}
            act = act._replace(others=others, stream=stream)
        here, elsewhere = concluded(command, state, act)
        facts = self._recorded(command, act, entry.stream, here)
        there = [
            (self.numbers[other], recorded)
            for other, fact, on in elsewhere
            for recorded in self._recorded(command, act, self.numbers[other], [(fact, on)])
        ]
        self.asked.append(Asked(entry, command, facts, there))

    def _recorded(
        self, command: Command, act: Act, number: int, decided: Sequence[tuple[Fact, PartialDate]]
    ) -> list[Recorded]:
        aggregate = AGGREGATES[command.aggregate]
        state, stream = self.states.get(number, aggregate.empty), self.namer.made_by(number, 0)
        facts = [
            Recorded(_stamp(command, act, stream, state.version + nth, on), fact)
            for nth, (fact, on) in enumerate(decided, start=1)
        ]
        self.states[number] = aggregate.go_on(facts, state)
        self.facts[number] += facts
        return facts


def _stamp(command: Command, act: Act, stream: object, version: int, occurred_on: object) -> Stamp:
    return Stamp(
        stream=stream,
        version=version,
        position=0,
        fact_id=act.new_id(version),
        command_id=act.command_id,
        actor=act.actor,
        agency=act.agency,
        recorded_at=act.recorded_at,
        occurred_on=occurred_on,
        late_reason=command.late_reason,
    )


def rehearsed(namer: Namer) -> Rehearsal:
    """Decide every command of a population."""
    rehearsal = Rehearsal(namer)
    for entry in plan(namer):
        rehearsal.ask(entry)
    assert rehearsal.asked[-1].entry.stream >= FACILITIES_FROM
    return rehearsal
