"""What caseworkers really type: each case has its test, and what those record is the same when it is read back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

import pytest

from adapters.record.mapper import FactMapper
from adapters.record.record import Record
from adapters.record.sealer import subjects_of
from adapters.record.subject_keys import Needed
from adapters.record.submission import Expected, Fate, Scope, Submission
from domain.ids import named_id
from domain.kernel import Recorded
from domain.privacy import PERSONAL_CLASSES, Unreadable
from tests.cases import CASES, defined, functions, scenarios
from tests.examples_record import fact_id
from tests.record.asking import Desk, an_officer
from tests.scenario import Scenario

pytestmark = pytest.mark.anyio
AT_LEAST = 40


def test_each_case_has_a_test_that_is_there() -> None:
    assert len(CASES) >= AT_LEAST
    assert len({case.told for case in CASES}) == len(CASES)
    for case in CASES:
        assert case.tests, case.told
        for told in case.tests:
            file, name = functions(told)
            assert name in defined(file), f"{case.told} {told}"


async def test_what_each_case_records_is_the_same_when_it_is_read_back_from_the_record(record: Record) -> None:
    kept: list[tuple[str, Scenario, list[Recorded]]] = []
    for told in sorted({told for case in CASES for told in case.tests if told.startswith("domain/")}):
        for nth, tell in enumerate(scenarios(told)):
            tell(whole := Scenario())
            meant = elsewhere(whole, f"{told}/{nth}")
            kept += [(told, one, moved(one.history, meant)) for one in whole.house.values() if recordable(one.history)]
    assert len({told for told, scenario, _ in kept if scenario.aggregate.name == "case"}) >= AT_LEAST
    await asyncio.gather(*(stored(record, facts) for _, _, facts in kept))
    desk = Desk(record, an_officer(parties="*"))
    for told, scenario, facts in kept:
        reading = await desk.read(facts[0].stamp.stream, *PERSONAL_CLASSES, aggregate=scenario.aggregate.name)
        assert [known.fact for known in reading.facts] == [known.fact for known in facts], told
        again, once = scenario.aggregate.fold(reading.facts), scenario.aggregate.fold(facts)
        assert unplaced(again) == unplaced(once), told


def recordable(history: Sequence[Recorded]) -> bool:
    """Whether there is something, and nothing in it that a test has made unreadable."""
    return bool(history) and not any(
        isinstance(value, Unreadable) for _, fact in history for value in vars(fact).values()
    )


def elsewhere(scenario: Scenario, tag: str) -> dict[UUID, UUID]:
    """Return ids under which the streams of a scenario, and their facts, stand beside those of others."""
    meant = {stream: uuid5(stream, tag) for stream in scenario.house}
    longest = max(len(one.history) for one in scenario.house.values())
    facts = {
        fact_id(version, stream): fact_id(version, to) for stream, to in meant.items() for version in range(longest + 2)
    }
    return meant | facts


def moved(history: Sequence[Recorded], meant: Mapping[UUID, UUID]) -> list[Recorded]:
    """Return facts under other ids."""
    return [
        Recorded(
            stamp._replace(stream=meant[stamp.stream], fact_id=meant[stamp.fact_id]),
            fact.model_copy(update={name: meant[one] for name, one in vars(fact).items() if named(one, meant)}),
        )
        for stamp, fact in history
    ]


def named(value: object, meant: Mapping[UUID, UUID]) -> bool:
    return isinstance(value, UUID) and value in meant


def unplaced(state: Any) -> dict[str, object]:
    """Return a state without where its facts stand in this record."""
    return {
        name: [(odd.code, odd.fact_id) for odd in value] if name == "anomalies" else value
        for name, value in vars(state).items()
    }


async def stored(record: Record, facts: Sequence[Recorded]) -> None:
    """Seal the facts of one stream and append them."""
    stream = facts[0].stamp.stream
    sealed = {pair for _, fact in facts for pair in subjects_of(stream, fact)}
    keys = await record.keys.chains(
        Needed(person, frozenset(), frozenset({label}), "IQ") for label, person in sorted(sealed)
    )
    mapper = FactMapper(record.log, keys)
    outcome = await record.append(
        Submission(
            command_id=named_id(stream, "told"),
            request=b"told",
            facts=[mapper.seal(*each) for each in facts],
            writes=[Expected(stream, 0)],
            scopes=[Scope("*", stream)],
        )
    )
    assert outcome.fate is Fate.RECORDED
