"""Every table that can hold the id of a person is emptied of them when they are erased, or keeps it on purpose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, MetaData, Table, Uuid

from adapters.tables import all_tables
from adapters.views.names import LIVE, NEXT, PERSONAL
from domain.break_glass import BehindGlass, BreakGlass
from domain.case.casework import RaiseFlag, RaiseTask
from domain.case.work import FlagKind, TaskKind
from tests.examples_subject import WHY
from tests.forgetting.house import ForgettingHouse

OF_PEOPLE: Final = frozenset({"case_id", "case_ids", "subject", "stream", "person", "mother"})
"""How a column is called that names a person."""
KEPT: Final[Mapping[str, str]] = {
    "record.fact": "the record itself: what is sealed in it can be read by nobody",
    "access.read": "who read it; the person and their heirs may ask",
    "access.scope": "who may ask about the case, and is told that it is erased",
    "keys.subject_key": "tombstones, so that no key is ever made again",
    **{
        f"{schema}.{table}": why
        for schema in (LIVE, NEXT)
        for table, why in {
            "erased": "that they were erased",
            "subject_request": "who asked for it and who agreed",
            "break_glass": "who let themselves in",
        }.items()
    },
}
"""Table → why it keeps an id of somebody who was erased."""


def of_people(catalogue: MetaData) -> Iterator[str]:
    """Yield the tables with a column that names people."""
    for table in catalogue.tables.values():
        if OF_PEOPLE & set(table.columns.keys()):
            yield table.fullname


def ids_in(table: Table) -> list[str]:
    """Return the columns of a table that hold ids, whatever they are called."""
    return [
        column.name if isinstance(column.type, Uuid) else f"ANY({column.name})"
        for column in table.columns
        if isinstance(column.type, Uuid) or (isinstance(column.type, ARRAY) and isinstance(column.type.item_type, Uuid))
    ]


def holding(house: ForgettingHouse, case: UUID) -> set[str]:
    """Return the tables in which the id of a case stands."""
    found = set()
    for table in all_tables().tables.values():
        columns = [f"%s = {name}" if name.startswith("ANY(") else f"{name} = %s" for name in ids_in(table)]
        if columns:
            where = " OR ".join(columns)
            if house.rows(f"SELECT EXISTS (SELECT FROM {table.fullname} WHERE {where})", *[case] * len(columns))[0][0]:
                found.add(table.fullname)
    return found


def test_every_table_of_people_is_emptied_or_says_why_not() -> None:
    emptied = {f"{schema}.{table}" for schema in (LIVE, NEXT) for table in PERSONAL}
    assert set(of_people(all_tables())) == emptied | KEPT.keys()
    assert not emptied & KEPT.keys()


def test_a_new_table_of_people_is_noticed() -> None:
    catalogue = MetaData()
    all_tables().tables["views.task"].to_metadata(catalogue, schema="x", name="search_token")
    assert list(of_people(catalogue)) == ["x.search_token"]


def test_after_an_erasure_the_id_stands_where_it_is_kept_and_nowhere_else(house: ForgettingHouse) -> None:
    case, other = house.person(), house.person("Layla")
    for each in (case, other):
        house.ask(RaiseTask(kind=TaskKind.FOLLOW_UP, text="Ask the registrar."), each)
        house.ask(RaiseFlag(kind=FlagKind.SAFETY, text="Threatened."), each)
        house.ask(BreakGlass(case_id=each, classes=(BehindGlass.IDENTITY,), justification=WHY))
    house.project()
    before = holding(house, case)
    assert {f"{LIVE}.{table}" for table in ("worklist", "timeline", "people", "task", "flag")} < before
    house.erased(case)
    assert holding(house, case) <= KEPT.keys()
    assert holding(house, case) >= {"record.fact", "keys.subject_key", f"{LIVE}.erased", f"{LIVE}.subject_request"}
    assert holding(house, other) == before - {f"{LIVE}.erased", f"{LIVE}.subject_request"}
