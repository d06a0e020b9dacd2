"""Rebuilding: beside the live tables, while writers go on; what differs is found, and the walls stay up."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from datetime import timedelta
from random import Random
from uuid import UUID

import psycopg
import pytest

from adapters.views.digest import digests
from adapters.views.projector import checkpoint
from adapters.views.rebuild import REBUILDING, RebuildReport, RebuildUnderWay, rebuild
from adapters.views.renewing import renew
from adapters.views.walk import Walk, walk_record
from adapters.views.worklist import worklist
from domain.case.identity import RecordSex
from domain.kernel import FACTS
from domain.values import FacilityKind, Sex
from tests.following import following
from tests.views.conftest import House
from tests.views.histories import live, many_lives

ALL = frozenset({"*"})


@pytest.fixture
def place(house: House) -> UUID:
    return house.facility("SY-AL-HOL", FacilityKind.CAMP)


def rebuilt(house: House) -> RebuildReport:
    return rebuild(house.databases, house.settings, clock=house.clock)


def test_a_rebuild_makes_the_rows_that_the_projector_made(house: House) -> None:
    house.run(many_lives(house, 10))
    house.project()
    with psycopg.connect(house.databases.url("owner")) as connection:
        before = digests(connection, "views")
        head = checkpoint(connection).position
    report = rebuilt(house)
    assert (report.facts, report.position, report.compared_at, report.differed) == (head, head, head, ())
    with psycopg.connect(house.databases.url("owner")) as connection:
        assert digests(connection, "views") == dict(report.tables) == before
        assert all(not digest.rows for digest in digests(connection, "views_next").values())


def test_two_processes_make_the_rows_that_one_makes(house: House) -> None:
    house.run(many_lives(house, 10))
    house.project()
    with psycopg.connect(house.databases.url("projector")) as connection:
        head, day = checkpoint(connection)
    walk = Walk(house.databases, house.settings, head, day, worth_a_process=0)
    assert sum(walk_record(walk, processes=2)) == head
    with psycopg.connect(house.databases.url("owner")) as connection:
        assert digests(connection, "views_next") == digests(connection, "views")


def test_a_wrong_row_is_found_and_put_right(house: House, place: UUID) -> None:
    case = house.run(live(house, Random(1), [place], 5))
    house.project()
    with psycopg.connect(house.databases.url("owner")) as connection:
        connection.execute("UPDATE views.worklist SET country = 'XXA' WHERE case_id = %s", (case,))
    assert rebuilt(house).differed == ("worklist",)
    assert rebuilt(house).differed == ()


def test_writers_and_the_projector_go_on_while_a_rebuild_runs(house: House, place: UUID) -> None:
    house.run(many_lives(house, 10))
    reports: list[RebuildReport] = []
    rebuilding = threading.Thread(target=lambda: reports.append(rebuilt(house)))
    written = 0
    with following(house.projector().run, house.databases):
        rebuilding.start()
        while rebuilding.is_alive():
            house.run(live(house, Random(100 + written), [place], 4))
            written += 1
    (report,) = reports
    assert written > 0
    assert report.differed == ()
    house.project()
    again = rebuilt(house)
    assert again.differed == ()
    assert again.position == house.run(house.record.head())


def test_a_connection_that_asked_before_the_swap_sees_the_new_rows_after_it(house: House, place: UUID) -> None:
    first = house.run(live(house, Random(1), [place], 3))

    async def seen(reader: psycopg.AsyncConnection[tuple[object, ...]]) -> set[UUID]:
        return {row.case_id for row in (await worklist(reader, ALL)).rows}

    async def work() -> None:
        async with await psycopg.AsyncConnection.connect(house.databases.url("reader")) as reader:
            house.projector().catch_up()
            for _ in range(10):  # by now the driver has prepared the statement on the server
                assert await seen(reader) == {first}
            second = await live(house, Random(2), [place], 3)
            rebuilt(house)
            assert await seen(reader) == {first, second}

    house.run(work())


def test_the_wall_stands_after_a_rebuild_too(house: House, place: UUID) -> None:
    house.run(live(house, Random(1), [place], 3))
    for _ in range(2):
        rebuilt(house)
        for table in ("worklist", "case_sheet", "timeline", "people"):
            with psycopg.connect(house.databases.url("reader")) as reader:
                assert reader.execute(f"SELECT count(*) FROM views.{table}").fetchone() == (0,)
                reader.execute("SELECT set_config('homeward.parties', '*', true)")
                assert reader.execute(f"SELECT count(*) > 0 FROM views.{table}").fetchone() == (True,)
        with (
            psycopg.connect(house.databases.url("reader")) as reader,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            reader.execute("DELETE FROM views.worklist")


def test_a_rebuild_turns_the_day_too(house: House) -> None:
    house.run(many_lives(house, 10))
    house.project()
    house.today += timedelta(days=30)
    assert rebuilt(house).differed == ()


def test_tables_that_an_earlier_version_filled_are_made_anew_once(house: House) -> None:
    assert not renew(house.databases, house.settings)  # nothing is recorded: there is nothing to make anew
    house.run(many_lives(house, 2))
    house.project()
    with psycopg.connect(house.databases.url("owner")) as connection:
        before = digests(connection, "views")
        connection.execute("TRUNCATE views.correction, views.timeline")
        connection.execute("UPDATE views.checkpoint SET form = 'an earlier one'")
    assert renew(house.databases, house.settings)
    with psycopg.connect(house.databases.url("owner")) as connection:
        assert digests(connection, "views")["timeline"] == before["timeline"]
    assert not renew(house.databases, house.settings)


REBUILD = """
import json, sys
from adapters.database import Databases
from adapters.settings import read_settings
from adapters.views.rebuild import rebuild
rebuild(Databases(json.loads(sys.stdin.readline())), read_settings({"HOMEWARD_DATA_DIR": sys.argv[1]}))
"""


@pytest.mark.kill
def test_a_killed_rebuild_leaves_the_live_tables_and_the_next_one_begins_anew(house: House, place: UUID) -> None:
    house.run(live(house, Random(1), [place], 5))
    house.project()
    with psycopg.connect(house.databases.url("owner")) as connection:
        before = digests(connection, "views")
        connection.rollback()
        connection.execute("LOCK TABLE views_next.people IN SHARE MODE")  # its COPY waits, half of the tables filled
        process = subprocess.Popen(
            [sys.executable, "-c", REBUILD, str(house.settings.data_dir)], stdin=subprocess.PIPE, text=True
        )
        assert process.stdin is not None
        roles = ("owner", "writer", "projector", "reader")
        process.stdin.write(json.dumps({role: house.databases.url(role) for role in roles}) + "\n")
        process.stdin.flush()
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'views_next.people'::regclass"
        while connection.execute(waiting).fetchone() == (0,):
            assert process.poll() is None
        process.kill()
        process.communicate()
    with psycopg.connect(house.databases.url("owner"), autocommit=True) as connection:
        assert digests(connection, "views") == before
        held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s"
        while connection.execute(held, (REBUILDING,)).fetchone() != (0,):
            pass  # the server has yet to notice that the process is gone
    assert rebuilt(house).differed == ()


def test_only_one_rebuild_runs_at_a_time(house: House) -> None:
    with psycopg.connect(house.databases.url("owner")) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (REBUILDING,))
        with pytest.raises(RebuildUnderWay):
            rebuilt(house)


def test_a_rebuild_says_how_far_it_is(house: House) -> None:
    house.run(many_lives(house, 3))
    said: list[tuple[int, int]] = []
    rebuild(house.databases, house.settings, lambda done, total: said.append((done, total)), clock=house.clock)
    head = house.run(house.record.head())
    assert said[-1] == (head, head)


def test_a_fact_that_cannot_be_read_stops_the_rebuild_and_leaves_the_live_tables(
    house: House, place: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.run(live(house, Random(1), [place], 3))
    house.project()
    with psycopg.connect(house.databases.url("owner")) as connection:
        before = digests(connection, "views")
    house.case(RecordSex(sex=Sex.MALE))
    monkeypatch.delitem(FACTS, "case.sex-recorded")  # a program that is older than the record
    with pytest.raises(ValueError, match=r"does not know case\.sex-recorded"):
        rebuilt(house)
    with psycopg.connect(house.databases.url("owner")) as connection:
        assert digests(connection, "views") == before
