"""Open tasks and flags: one row each, with the officer to whom the case is assigned. Their texts are sealed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from adapters.views.register import Column, Condition, Register, by_day, equal
from adapters.views.writing import Kind, View
from domain.case.case import CaseState
from domain.case.work import FlagKind, TaskKind


class TaskRow(NamedTuple):
    """One open task."""

    case_id: UUID
    task_id: UUID
    kind: str
    raised_on: date
    """Earliest day that it can have been."""
    due_on: date | None
    assignee: UUID | None
    """Officer to whom the case is assigned."""


class FlagRow(NamedTuple):
    """One flag that is not resolved."""

    case_id: UUID
    flag_id: UUID
    kind: str
    raised_on: date
    """Earliest day that it can have been."""
    assignee: UUID | None
    """Officer to whom the case is assigned."""


TASK: Final = View("task", TaskRow, (Kind.UUID, Kind.UUID, Kind.TEXT, Kind.DATE, Kind.DATE, Kind.UUID), owner="case_id")
FLAG: Final = View("flag", FlagRow, (Kind.UUID, Kind.UUID, Kind.TEXT, Kind.DATE, Kind.UUID), owner="case_id")

OPEN_TASKS: Final = Register(
    TASK, (Column("due_on", "date", optional=True), Column("case_id", "uuid"), Column("task_id", "uuid"))
)
"""What is due first; those without a day last."""
OPEN_FLAGS: Final = Register(FLAG, (Column("raised_on", "date"), Column("case_id", "uuid"), Column("flag_id", "uuid")))
"""What was raised first."""


def task_rows(case: CaseState, case_id: UUID) -> list[TaskRow]:
    """Return a row for each open task of a folded case."""
    work = case.work
    return [
        TaskRow(case_id, task_id, task.kind.value, task.raised_on.earliest, task.due_on, work.officer)
        for task_id, task in work.tasks.items()
    ]


def flag_rows(case: CaseState, case_id: UUID) -> list[FlagRow]:
    """Return a row for each open flag of a folded case."""
    work = case.work
    return [
        FlagRow(case_id, flag_id, flag.kind.value, flag.raised_on.earliest, work.officer)
        for flag_id, flag in work.flags.items()
    ]


@dataclass(frozen=True)
class TaskFilter:
    """Which tasks to list; every condition that is given has to hold."""

    kind: TaskKind | None = None
    assignee: UUID | None = None
    due_by: date | None = None
    """Due on this day or before."""

    def conditions(self) -> Iterator[Condition]:
        """Yield what has to hold of a row."""
        yield from equal("kind", self.kind)
        yield from equal("assignee", self.assignee)
        yield from by_day("due_on", self.due_by)


@dataclass(frozen=True)
class FlagFilter:
    """Which flags to list; every condition that is given has to hold."""

    kind: FlagKind | None = None
    assignee: UUID | None = None

    def conditions(self) -> Iterator[Condition]:
        """Yield what has to hold of a row."""
        yield from equal("kind", self.kind)
        yield from equal("assignee", self.assignee)
