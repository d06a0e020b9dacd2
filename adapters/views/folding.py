"""From the facts of streams to the rows of every read model. Pure: the day comes from whoever asks.

A case is folded whole with the domain's own fold and all of its rows are made anew; only the timeline takes one row for
each fact and never changes one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

from adapters.views.audit import AUDITED, BREACH, CORRECTION, BreachRow, CorrectionRow, breach_rows, correction_rows
from adapters.views.blocks import BLOCK, BlockRow, block_rows
from adapters.views.facility import FACILITIES, FacilityRow, facility_rows
from adapters.views.glass import GLASS, GlassRow, glass_rows
from adapters.views.people import PEOPLE, PersonRow, people_rows
from adapters.views.requests import ERASURES, SUBJECT_REQUESTS, ErasedRow, SubjectRequestRow, erased_rows, request_rows
from adapters.views.sheet import SHEETS, SheetRow, sheet_row
from adapters.views.timeline import TIMELINE, TimelineRow, timeline_row
from adapters.views.work import FLAG, TASK, FlagRow, TaskRow, flag_rows, task_rows
from adapters.views.worklist import WORKLIST, WorklistRow, worklist_row
from adapters.views.writing import View
from domain.break_glass import BREAK_GLASS
from domain.case.case import CASE, CaseState
from domain.case.status import standing
from domain.facility import FACILITY
from domain.kernel import Recorded
from domain.subject_request.state import SUBJECT_REQUEST


class Stream(NamedTuple):
    """One stream as the folds take it."""

    aggregate: str
    """By name."""
    facts: list[Recorded]
    """In record order."""
    told: list[bytes | None]
    """Of each fact its open fields as the timeline shows them, JSON, where they are so stored."""


@dataclass(slots=True)
class Rows:
    """The rows that streams make, by read model."""

    worklist: list[WorklistRow] = field(default_factory=list)
    sheets: list[SheetRow] = field(default_factory=list)
    timeline: list[TimelineRow] = field(default_factory=list)
    people: list[PersonRow] = field(default_factory=list)
    blocks: list[BlockRow] = field(default_factory=list)
    tasks: list[TaskRow] = field(default_factory=list)
    flags: list[FlagRow] = field(default_factory=list)
    corrections: list[CorrectionRow] = field(default_factory=list)
    breaches: list[BreachRow] = field(default_factory=list)
    facilities: list[FacilityRow] = field(default_factory=list)
    requests: list[SubjectRequestRow] = field(default_factory=list)
    erased: list[ErasedRow] = field(default_factory=list)
    glass: list[GlassRow] = field(default_factory=list)
    facts: int = 0
    """Facts that were folded."""

    def add(self, case: CaseState, facts: Sequence[Recorded], day: date) -> None:
        """Add the rows of a case, as it stands on a day; all but its timeline. Facts in record order.

        Of the facts of an :func:`ordinary` case none are needed but those that people's rows show, and the last one.
        """
        stream = facts[0].stamp.stream
        if case.record.erased is not None:
            self.erased.extend(erased_rows(case, facts))
            return
        now = standing(case, day)
        self.worklist.append(worklist_row(case, facts, day, now))
        self.sheets.append(sheet_row(case, facts, now))
        self.people.extend(people_rows(facts))
        self.blocks.extend(block_rows(case, stream))
        self.tasks.extend(task_rows(case, stream))
        self.flags.extend(flag_rows(case, stream))
        self.corrections.extend(correction_rows(facts))
        self.breaches.extend(breach_rows(case, facts))

    def replaced(self) -> Iterator[tuple[View[Any], Sequence[Any]]]:
        """Yield the read models whose rows of a stream are replaced as a whole, with their rows."""
        yield WORKLIST, self.worklist
        yield SHEETS, self.sheets
        yield PEOPLE, self.people
        yield BLOCK, self.blocks
        yield TASK, self.tasks
        yield FLAG, self.flags
        yield CORRECTION, self.corrections
        yield BREACH, self.breaches
        yield FACILITIES, self.facilities
        yield SUBJECT_REQUESTS, self.requests
        yield ERASURES, self.erased
        yield GLASS, self.glass

    def added(self) -> Iterator[tuple[View[Any], Sequence[Any]]]:
        """Yield the read models that only ever grow, with their rows."""
        yield TIMELINE, self.timeline


VIEWS: Final[Sequence[View[Any]]] = (
    WORKLIST,
    SHEETS,
    TIMELINE,
    PEOPLE,
    BLOCK,
    TASK,
    FLAG,
    CORRECTION,
    BREACH,
    FACILITIES,
    SUBJECT_REQUESTS,
    ERASURES,
    GLASS,
)


def ordinary(case: CaseState, facts: Iterable[Recorded]) -> bool:
    """Whether the rows of a case name no fact of it: nothing is odd about it, put right, or to be audited."""
    return not case.anomalies and case.record.erased is None and AUDITED.isdisjoint(type(fact) for _, fact in facts)


def fold(streams: Iterable[Stream], *, day: date, after: int = 0) -> Rows:
    """Return the rows of whole streams, as they stand on a day.

    The timeline takes the facts after a position only. Of a case whose person was erased nothing is left but that.
    """
    rows = Rows()
    for aggregate, facts, told in streams:
        rows.facts += len(facts)
        if aggregate == CASE.name:
            case = CASE.fold(facts)
            rows.add(case, facts, day)
            if case.record.erased is None:
                rows.timeline.extend(
                    timeline_row(fact, as_stored)
                    for fact, as_stored in zip(facts, told, strict=True)
                    if fact.stamp.position > after
                )
        elif aggregate == FACILITY.name:
            rows.facilities.extend(facility_rows(FACILITY.fold(facts), facts[0].stamp.stream))
        elif aggregate == SUBJECT_REQUEST.name:
            rows.requests.extend(request_rows(SUBJECT_REQUEST.fold(facts), facts))
        elif aggregate == BREAK_GLASS.name:
            rows.glass.extend(glass_rows(BREAK_GLASS.fold(facts), facts))
    return rows
