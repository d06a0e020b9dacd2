"""The rows of a read model are what the pure fold says: compared case by case, not with itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import orjson
import pytest

from adapters.database import Databases
from adapters.embedded import Cluster
from adapters.settings import read_settings
from adapters.views.audit import BREACHES, CORRECTIONS, breach_rows, correction_rows
from adapters.views.blocks import BLOCK_BOARD, block_rows
from adapters.views.open_sheet import open_sheet
from adapters.views.people import people_on, people_rows
from adapters.views.register import Place, Register, page
from adapters.views.sheet import sheet
from adapters.views.timeline import timeline, timeline_row
from adapters.views.work import OPEN_FLAGS, OPEN_TASKS, flag_rows, task_rows
from adapters.views.worklist import worklist, worklist_row
from domain.case.case import CASE, CaseState
from domain.case.person import person_at
from domain.case.status import status
from domain.clocks import Moment, as_of
from domain.corrections import FactCorrected, undone
from domain.kernel import Recorded
from tests.views.conftest import House, fresh_database
from tests.views.histories import many_lives

ALL = frozenset({"*"})


class Lived(NamedTuple):
    """Random lives, projected."""

    house: House
    cases: list[UUID]


@pytest.fixture(scope="module")
def lived(cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    folder: Path = tmp_path_factory.mktemp("lived")
    with fresh_database(cluster, template) as name:
        house = House(Databases.embedded(cluster, name), read_settings({"HOMEWARD_DATA_DIR": str(folder)}))
        cases = house.run(many_lives(house, 40))
        house.project()
        yield Lived(house, cases)
        house.close()


def test_every_worklist_row_equals_the_pure_fold(lived: Lived) -> None:
    page = lived.house.query(lambda reader: worklist(reader, ALL, limit=500))
    assert {row.case_id for row in page.rows} == set(lived.cases)
    for row in page.rows:
        facts = lived.house.facts(row.case_id)
        expected = worklist_row(CASE.fold(facts), facts, lived.house.today)
        assert row._replace(overlays=tuple(row.overlays)) == expected


def every_row(house: House, register: Register[Any]) -> Iterator[Any]:
    """Read a register to its end, in short pages."""
    after: Place | None = ()
    while after is not None:
        found = house.query(lambda reader, after=after: page(reader, ALL, register, after=after or None, limit=7))
        yield from found.rows
        after = found.next


def plain(row: Any) -> tuple[str, ...]:
    """The row as text, so that it can be sorted; an array of the database is a list."""
    return tuple(str(list(value) if isinstance(value, tuple) else value) for value in row)


REGISTERS = [
    pytest.param(BLOCK_BOARD, lambda case, facts: block_rows(case, facts[0].stamp.stream), id="blocks"),
    pytest.param(OPEN_TASKS, lambda case, facts: task_rows(case, facts[0].stamp.stream), id="tasks"),
    pytest.param(OPEN_FLAGS, lambda case, facts: flag_rows(case, facts[0].stamp.stream), id="flags"),
    pytest.param(CORRECTIONS, lambda _case, facts: correction_rows(facts), id="corrections"),
    pytest.param(BREACHES, breach_rows, id="breaches"),
]


@pytest.mark.parametrize(("register", "rows_of"), REGISTERS)
def test_every_row_of_a_register_is_one_of_the_pure_fold_and_none_is_missing(
    lived: Lived, register: Register[Any], rows_of: Callable[[CaseState, Sequence[Recorded]], list[Any]]
) -> None:
    shown = list(every_row(lived.house, register))
    assert len(shown) > 3
    known = [lived.house.facts(case) for case in lived.cases]
    expected = [row for facts in known for row in rows_of(CASE.fold(facts), facts)]
    assert sorted(map(plain, shown)) == sorted(map(plain, expected))
    first = register.order[0].name
    assert sorted(shown, key=lambda row: getattr(row, first) or date.max) == shown


def test_every_sheet_says_what_the_pure_fold_says(lived: Lived) -> None:
    for case in lived.cases:
        facts = lived.house.facts(case)
        shown = lived.house.query(lambda reader, case=case: sheet(reader, ALL, case))
        assert shown is not None
        assert shown.version == len(facts)
        state = CASE.fold(facts)  # with everything opened
        pure = orjson.dumps(open_sheet(state, status(state, lived.house.today)))
        assert shown.sheet == orjson.loads(pure)


def test_the_timeline_has_every_fact_once(lived: Lived) -> None:
    for case in lived.cases:
        entries = lived.house.query(lambda reader, case=case: timeline(reader, ALL, case, limit=500)).entries
        facts = lived.house.facts(case)
        assert sorted(entry.version for entry in entries) == [recorded.stamp.version for recorded in facts]
        assert {entry.version: entry.code for entry in entries} == {
            recorded.stamp.version: recorded.fact.topic for recorded in facts
        }
        told = {recorded.stamp.version: orjson.loads(timeline_row(recorded).params) for recorded in facts}
        assert {entry.version: entry.params for entry in entries} == told  # as stored, and as the fact writes it
        gone = undone(facts) | CASE.fold(facts).life.retracted
        assert {entry.fact_id for entry in entries if entry.retracted} == gone & {stamp.fact_id for stamp, _ in facts}
        standing = [one.fact for one in facts if type(one.fact) is FactCorrected and one.stamp.fact_id not in gone]
        assert {entry.fact_id for entry in entries if entry.corrected} == {fact.target_fact_id for fact in standing}
        assert [entry.occurred_from for entry in entries] == sorted(entry.occurred_from for entry in entries)


def test_people_as_of_any_day_are_the_fold_of_the_facts_that_held(lived: Lived) -> None:
    days = [date(2018, 12, 31), *(date(2019, 1, 1) + timedelta(90 * n) for n in range(14)), date(2030, 1, 1)]
    known = {case: lived.house.facts(case) for case in lived.cases}
    for day in days:
        shown = {row.case_id: row for row in lived.house.query(lambda r, day=day: people_on(r, ALL, day, limit=500))}
        for case, facts in known.items():
            dossier = as_of(facts, Moment(day))
            if dossier.state.registration.opened_on is None and case not in shown:
                continue
            expected = person_at(dossier.state)
            row = shown[case]
            assert (row.present, row.facility, row.nationality) == (
                expected.present, expected.facility, expected.nationality,
            )  # fmt: skip
            assert (row.sex, row.returned_to, row.departed_from) == (
                expected.sex, expected.returned_to, expected.departed_from,
            )  # fmt: skip
            born = (row.birth_earliest, row.birth_latest) if row.birth_earliest is not None else None
            assert born == expected.birth
            # The record may be unsure of a fact that a row does not show; never the other way round.
            assert dossier.imprecise or row.settled_on <= day


def test_periods_of_a_person_follow_each_other_without_gap(lived: Lived) -> None:
    for case in lived.cases:
        rows = people_rows(lived.house.facts(case))
        for earlier, later in pairwise(rows):
            assert earlier.valid_from < earlier.valid_to == later.valid_from
        assert not rows or rows[-1].valid_to == date.max
