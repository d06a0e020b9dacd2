"""Replay and compare: an edit behind the record's back is found and named, and nobody is stopped."""

from __future__ import annotations

import threading
from random import Random
from uuid import UUID

import psycopg
import pytest

from adapters.views.differing import Fault, RowDiffering
from adapters.views.rebuild import REBUILDING, RebuildUnderWay
from adapters.views.replay import ReplayReport, replay
from domain.values import FacilityKind
from tests.following import following
from tests.views.conftest import House
from tests.views.histories import live, many_lives


@pytest.fixture
def place(house: House) -> UUID:
    return house.facility("SY-AL-HOL", FacilityKind.CAMP)


def replayed(house: House, sample: int = 200) -> ReplayReport:
    return replay(house.databases, house.settings, clock=house.clock, sample=sample)


def edited(house: House, statement: str, *values: object) -> None:
    with psycopg.connect(house.databases.url("owner")) as connection:
        assert connection.execute(statement, values).rowcount == 1


def test_read_models_that_follow_the_record_are_found_equal_and_are_left_alone(house: House) -> None:
    lives = house.run(many_lives(house, 10))
    house.project()
    before = house.rows("SELECT * FROM views.worklist ORDER BY case_id")
    report = replayed(house)
    assert report.equal
    assert (report.position, report.day) == (house.run(house.record.head()), house.today)
    assert report.sampled == len(lives)
    assert report.tables["worklist"].live.rows == len(lives)
    assert house.rows("SELECT * FROM views.worklist ORDER BY case_id") == before
    assert house.rows("SELECT count(*) FROM views_next.timeline") == [(0,)]


EDITS = {
    "worklist": "UPDATE views.worklist SET country = 'XXA' WHERE case_id = %s",
    "case_sheet": 'UPDATE views.case_sheet SET sheet = sheet || \'{"status": "ready"}\' WHERE case_id = %s',
    "timeline": "DELETE FROM views.timeline WHERE case_id = %s AND version = 1",
}
FAULTS = {
    "worklist": (Fault.ALTERED, ("country",)),
    "case_sheet": (Fault.ALTERED, ("sheet",)),
    "timeline": (Fault.MISSING, ()),
}


@pytest.mark.parametrize("table", EDITS)
def test_an_edited_row_is_named_by_the_replay_and_by_the_sample(house: House, place: UUID, table: str) -> None:
    case, other = (house.run(live(house, Random(seed), [place], 5)) for seed in (1, 2))
    house.project()
    edited(house, EDITS[table], case)
    report = replayed(house)
    assert not report.equal
    assert (report.tables[table].differing, report.tables[table].streams) == (1, (case,))
    assert [name for name, found in report.tables.items() if not found.equal] == [table]
    ((row,),) = [found.rows for found in report.tables.values() if not found.equal]
    assert row.key == ((str(case), "1") if table == "timeline" else (str(case),))
    assert (row.fault, row.columns) == FAULTS[table]
    assert report.sample_differing == (case,)
    assert other not in report.tables[table].streams


def test_a_row_of_nobody_is_named(house: House, place: UUID) -> None:
    case = house.run(live(house, Random(1), [place], 5))
    house.project()
    nobody = UUID(int=7)
    edited(
        house,
        "INSERT INTO views.worklist SELECT (jsonb_populate_record(w, jsonb_build_object('case_id', %s::uuid))).*"
        " FROM views.worklist w WHERE case_id = %s",
        nobody,
        case,
    )
    found = replayed(house).tables["worklist"]
    assert found.streams == (nobody,)
    assert found.rows == (RowDiffering((str(nobody),), Fault.SURPLUS, ()),)


def test_every_read_model_that_there_is_is_compared(house: House) -> None:
    there = house.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'views' AND tablename <> 'checkpoint'")
    assert replayed(house).tables.keys() == {name for (name,) in there}


def test_a_replay_stops_nobody(house: House, place: UUID) -> None:
    house.run(many_lives(house, 10))
    house.project()
    reports: list[ReplayReport] = []
    replaying = threading.Thread(target=lambda: reports.extend(replayed(house) for _ in range(2)))
    recorded = 0
    with following(house.projector(batch_facts=5).run, house.databases):
        replaying.start()
        while replaying.is_alive():
            house.run(live(house, Random(recorded), [place], 5))
            recorded += 1
    assert recorded > 1
    assert [report.equal for report in reports] == [True, True]
    assert reports[0].position < reports[1].position <= house.run(house.record.head())


def test_read_models_that_are_behind_are_brought_forward_and_compared(house: House, place: UUID) -> None:
    house.run(live(house, Random(1), [place], 5))
    house.project()
    house.run(live(house, Random(2), [place], 5))
    report = replayed(house)
    assert report.equal
    assert report.position == house.run(house.record.head())


def test_a_replay_waits_for_no_rebuild(house: House) -> None:
    with psycopg.connect(house.databases.url("owner")) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (REBUILDING,))
        with pytest.raises(RebuildUnderWay):
            replayed(house)
