"""The check that finds nothing wrong with the record can find something: it is shown records that were doctored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import pytest

from tests.record.soundness import CommandRow, Contents, FactRow, Promises, faults
from tests.record.submissions import ORIGIN, a_fact

NOON: Final = datetime(2021, 10, 15, 12, tzinfo=UTC)
AMINA, LAYLA = UUID(int=1), UUID(int=2)
COMMANDS: Final = {
    UUID(int=10): [(AMINA, 1), (AMINA, 2)],
    UUID(int=11): [(LAYLA, 1)],
    UUID(int=12): [],
    UUID(int=13): [(AMINA, 3)],
}
REFUSED: Final = UUID(int=14)


def a_record() -> Contents:
    """Return a sound record of three commands with four facts, and one that changed nothing."""
    facts: list[FactRow] = []
    commands: list[CommandRow] = []
    for command, written in COMMANDS.items():
        commands.append(CommandRow(command, len(facts) + 1 if written else None, len(written)))
        for stream, version in written:
            fact, now = a_fact(stream, version, command), NOON + timedelta(minutes=len(facts))
            facts.append(FactRow(len(facts) + 1, stream, version, now, now, fact.leaf, fact.state))
    return Contents(facts, commands)


PROMISES: Final = Promises({UUID(int=10): (1, 2), UUID(int=11): (3,), UUID(int=12): (), UUID(int=13): (4,)}, {REFUSED})
Doctor = Callable[[list[FactRow], list[CommandRow]], None]


def lose_the_last(facts: list[FactRow], commands: list[CommandRow]) -> None:
    del facts[-1], commands[-1]


def lose_one_in_the_middle(facts: list[FactRow], commands: list[CommandRow]) -> None:
    del facts[2], commands[1]


def lose_one_and_close_ranks(facts: list[FactRow], commands: list[CommandRow]) -> None:
    del facts[2], commands[1]
    facts[2] = facts[2]._replace(position=3)
    commands[2] = commands[2]._replace(first_position=3)


def lose_a_fact_of_a_command(facts: list[FactRow], _: list[CommandRow]) -> None:
    del facts[-1]


def forget_a_command(_: list[FactRow], commands: list[CommandRow]) -> None:
    del commands[1]


def forget_that_nothing_changed(_: list[FactRow], commands: list[CommandRow]) -> None:
    del commands[2]


def record_a_command_twice(facts: list[FactRow], _: list[CommandRow]) -> None:
    again = a_fact(AMINA, 4, UUID(int=13))
    facts.append(facts[3]._replace(position=5, version=4, leaf=again.leaf, frame=again.state))


def store_the_same_bytes_twice(facts: list[FactRow], commands: list[CommandRow]) -> None:
    facts.append(facts[3]._replace(position=5))
    commands[3] = commands[3]._replace(facts=2)


def leave_a_gap(facts: list[FactRow], commands: list[CommandRow]) -> None:
    facts[3] = facts[3]._replace(position=5)
    commands[3] = commands[3]._replace(first_position=5)


def take_a_place_twice(facts: list[FactRow], _: list[CommandRow]) -> None:
    facts[3] = facts[3]._replace(position=3)


def swap_two_leaves(facts: list[FactRow], _: list[CommandRow]) -> None:
    facts[0], facts[1] = facts[0]._replace(leaf=facts[1].leaf), facts[1]._replace(leaf=facts[0].leaf)


def swap_two_frames(facts: list[FactRow], _: list[CommandRow]) -> None:
    (one, two) = facts[:2]
    facts[0] = one._replace(leaf=two.leaf, frame=two.frame)
    facts[1] = two._replace(leaf=one.leaf, frame=one.frame)


def alter_a_byte(facts: list[FactRow], _: list[CommandRow]) -> None:
    frame = facts[1].frame
    facts[1] = facts[1]._replace(frame=frame[:30] + bytes([frame[30] ^ 1]) + frame[31:])


def swap_two_versions(facts: list[FactRow], _: list[CommandRow]) -> None:
    facts[0], facts[1] = facts[0]._replace(version=2), facts[1]._replace(version=1)


def skip_a_version(facts: list[FactRow], _: list[CommandRow]) -> None:
    later = a_fact(AMINA, 4, UUID(int=13))
    facts[3] = facts[3]._replace(version=4, leaf=later.leaf, frame=later.state)


def move_a_fact_to_another_stream(facts: list[FactRow], _: list[CommandRow]) -> None:
    facts[3] = facts[3]._replace(stream=LAYLA, version=2)


def move_a_command(_: list[FactRow], commands: list[CommandRow]) -> None:
    commands[0] = commands[0]._replace(first_position=2)


def record_what_was_refused(facts: list[FactRow], commands: list[CommandRow]) -> None:
    fact = a_fact(LAYLA, 2, REFUSED)
    facts.append(facts[3]._replace(position=5, stream=LAYLA, version=2, leaf=fact.leaf, frame=fact.state))
    commands.append(CommandRow(REFUSED, 5, 1))


def turn_back_the_clock(facts: list[FactRow], _: list[CommandRow]) -> None:
    facts[3] = facts[3]._replace(recorded_by=NOON)


def test_a_sound_record_has_no_faults() -> None:
    assert faults(a_record(), PROMISES, ORIGIN) == []
    assert faults(Contents([], []), Promises(), ORIGIN) == []


@pytest.mark.parametrize(
    "doctor",
    [
        *(lose_the_last, lose_one_in_the_middle, lose_one_and_close_ranks, lose_a_fact_of_a_command),
        *(forget_a_command, forget_that_nothing_changed, record_a_command_twice, store_the_same_bytes_twice),
        *(leave_a_gap, take_a_place_twice, swap_two_leaves, swap_two_frames, alter_a_byte, swap_two_versions),
        *(skip_a_version, move_a_fact_to_another_stream, move_a_command, record_what_was_refused, turn_back_the_clock),
    ],
    ids=lambda doctor: doctor.__name__,
)
def test_a_doctored_record_is_objected_to(doctor: Doctor) -> None:
    sound = a_record()
    facts, commands = list(sound.facts), list(sound.commands)
    doctor(facts, commands)
    assert faults(Contents(facts, commands), PROMISES, ORIGIN) != []


def test_an_acknowledgement_of_what_is_not_there_is_objected_to() -> None:
    told = replace(PROMISES, kept={**PROMISES.kept, UUID(int=99): (5,)})
    assert len(faults(a_record(), told, ORIGIN)) == 1


def test_an_acknowledgement_of_another_place_is_objected_to() -> None:
    told = replace(PROMISES, kept={**PROMISES.kept, UUID(int=13): (3,)})
    assert len(faults(a_record(), told, ORIGIN)) == 1


def test_a_record_of_another_log_is_objected_to() -> None:
    assert len(faults(a_record(), PROMISES, "homeward.test/another")) == 4
