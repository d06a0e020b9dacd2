"""The projector: what it writes is what the pure fold says, each fact once, whatever happens to it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from uuid import UUID

import psycopg
import pytest

from adapters.views.digest import digests
from adapters.views.people import PersonRow, people_on, people_rows
from adapters.views.projector import checkpoint
from adapters.views.rebuild import rebuild
from adapters.views.sheet import open_sheet, sheet
from adapters.views.timeline import timeline
from adapters.views.worklist import worklist, worklist_row
from domain.case.case import CASE
from domain.case.clearance import ClearToDepart
from domain.case.decisions import ApprovalBasis, ApproveRepatriation
from domain.case.identity import RecordBirth, RecordSex
from domain.case.nationality import ConfirmNationality
from domain.case.person import person_at
from domain.case.whereabouts import AdmitToFacility
from domain.clocks import as_of
from domain.kernel import Moment
from domain.values import FacilityKind, Sex
from tests.views.conftest import House, caller, on
from tests.views.histories import many_lives

ALL = frozenset({"*"})
FOLLOW = """
import json, sys
from datetime import datetime
from pathlib import Path
from adapters.database import Databases
from adapters.settings import read_settings
from adapters.views.projector import Projector
urls, folder = json.loads(sys.stdin.readline()), sys.argv[1]
projector = Projector(
    Databases(urls), read_settings({"HOMEWARD_DATA_DIR": folder}), batch_facts=9,
    clock=lambda: datetime.fromisoformat("2021-10-15T12:00:00+00:00"),
)
print("ready", flush=True)
projector.catch_up()
print("done", flush=True)
"""


@pytest.fixture
def lives(house: House) -> list[UUID]:
    """Random lives in three places, not projected yet."""
    places = [
        house.facility("SY-AL-HOL", FacilityKind.CAMP),
        house.facility("SY-HASAKA", FacilityKind.DETENTION),
        house.facility("IQ-TRANSIT", FacilityKind.TRANSIT, "IQ"),
    ]
    return house.run(many_lives(house, 30, places))


def test_every_worklist_row_equals_the_pure_fold(house: House, lives: list[UUID]) -> None:
    house.project()
    page = house.query(lambda reader: worklist(reader, ALL, limit=500))
    assert {row.case_id for row in page.rows} == set(lives)
    for row in page.rows:
        facts = house.facts(row.case_id)
        expected = worklist_row(CASE.fold(facts), facts, house.today)
        assert row._replace(overlays=tuple(row.overlays)) == expected


def test_every_sheet_says_what_the_pure_fold_says(house: House, lives: list[UUID]) -> None:
    house.project()
    for case in lives:
        facts = house.facts(case)
        shown = house.query(lambda reader, case=case: sheet(reader, ALL, case))
        assert shown is not None
        assert shown.version == len(facts)
        assert shown.sheet["status"] == open_sheet(CASE.fold(facts), house.today)["status"]
        assert len(shown.sheet["anomalies"]) == len(CASE.fold(facts).anomalies)


def test_the_timeline_has_every_fact_once(house: House, lives: list[UUID]) -> None:
    house.project()
    for case in lives:
        entries = house.query(lambda reader, case=case: timeline(reader, ALL, case, limit=500)).entries
        facts = house.facts(case)
        assert sorted(entry.version for entry in entries) == [recorded.stamp.version for recorded in facts]
        assert {entry.version: entry.code for entry in entries} == {
            recorded.stamp.version: recorded.fact.topic for recorded in facts
        }
        assert [entry.occurred_from for entry in entries] == sorted(entry.occurred_from for entry in entries)


def test_people_as_of_any_day_are_the_fold_of_the_facts_that_held(house: House, lives: list[UUID]) -> None:
    house.project()
    days = [date(2018, 12, 31), *(date(2019, 1, 1) + timedelta(90 * n) for n in range(14)), date(2030, 1, 1)]
    known = {case: house.facts(case) for case in lives}
    for day in days:
        shown = {row.case_id: row for row in house.query(lambda r, day=day: people_on(r, ALL, day, limit=500))}
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
            # The record may be unsure of a fact that a row does not show; never the other way round.
            assert dossier.imprecise or row.settled_on <= day


def test_periods_of_a_person_follow_each_other_without_gap(house: House, lives: list[UUID]) -> None:
    for case in lives:
        rows: list[PersonRow] = people_rows(house.facts(case))
        for earlier, later in pairwise(rows):
            assert earlier.valid_from < earlier.valid_to == later.valid_from
        assert not rows or rows[-1].valid_to == date.max


def test_batches_of_any_size_leave_what_a_fresh_rebuild_leaves(house: House, lives: list[UUID]) -> None:
    assert lives
    house.projector(batch_facts=7).catch_up()
    assert rebuild(house.databases, house.settings, clock=house.clock).differed == ()


def test_two_projectors_take_turns(house: House, lives: list[UUID]) -> None:
    assert lives
    projectors = [threading.Thread(target=house.projector(batch_facts=3).catch_up) for _ in range(2)]
    for projector in projectors:
        projector.start()
    for projector in projectors:
        projector.join()
    assert rebuild(house.databases, house.settings, clock=house.clock).differed == ()


def test_a_status_changes_when_its_day_comes_without_a_fact(house: House) -> None:
    case = house.case(
        AdmitToFacility(facility=house.facility("SY-ROJ", FacilityKind.CAMP), occurred_on=on("2019-03-01")),
        RecordBirth(birth=on("2003-10-20"), occurred_on=on("2019-03-01")),
    )
    house.ask(ConfirmNationality(country="DK", authority="DK-MFA"), case)
    house.ask(ApproveRepatriation(country="DK", authority="DK-MFA", basis=ApprovalBasis.NATIONALITY), case)
    house.ask(ClearToDepart(destination="DK", expires_on=date(2021, 10, 16)), case, by=caller())

    def shown() -> tuple[str, list[str]]:
        house.project()
        (row,) = house.query(lambda reader: worklist(reader, ALL)).rows
        assert row == worklist_row(CASE.fold(house.facts(case)), house.facts(case), house.today)._replace(
            overlays=row.overlays
        )
        return row.status, list(row.overlays)

    assert shown() == ("ready", ["child"])
    house.today = date(2021, 10, 17)
    assert shown() == ("approved", ["child"])
    house.today = date(2021, 10, 20)
    assert shown() == ("approved", [])


def test_a_waiting_projector_is_woken_by_a_fact(house: House) -> None:
    stop = threading.Event()
    following = threading.Thread(target=house.projector().run, args=(stop,))
    following.start()
    try:
        case = house.case(RecordSex(sex=Sex.FEMALE))
        head = house.run(house.record.head())
        deadline = time.monotonic() + 20
        while house.rows("SELECT position FROM views.checkpoint") != [(head,)]:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert house.rows("SELECT version FROM views.worklist WHERE case_id = %s", case) == [(2,)]
    finally:
        stop.set()
        following.join()


def _follower(house: House) -> subprocess.Popen[str]:
    urls = {role: house.databases.url(role) for role in ("owner", "writer", "projector", "reader")}
    process = subprocess.Popen(
        [sys.executable, "-c", FOLLOW, str(house.settings.data_dir)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(f"{json.dumps(urls)}\n")
    process.stdin.flush()
    return process


@pytest.mark.kill
def test_a_projector_killed_at_any_instant_has_done_a_step_or_not(house: House, lives: list[UUID]) -> None:
    assert lives
    random = Random(3)
    head = house.run(house.record.head())
    seen = set()
    for _ in range(4):
        process = _follower(house)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(random.uniform(0.02, 0.25))
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        with psycopg.connect(house.databases.url("owner")) as connection:
            position = checkpoint(connection).position
        seen.add(position)
        assert house.rows("SELECT count(*), max(position) FROM views.timeline")[0][1] in {None, *range(1, position + 1)}
    assert any(0 < position < head for position in seen)
    house.project()
    assert rebuild(house.databases, house.settings, clock=house.clock).differed == ()


@pytest.mark.kill
def test_a_projector_killed_inside_a_step_has_not_begun_it(house: House, lives: list[UUID]) -> None:
    house.project()
    with psycopg.connect(house.databases.url("owner")) as connection:
        before = digests(connection, "views")
    house.ask(RecordSex(sex=Sex.UNKNOWN), lives[0])
    with psycopg.connect(house.databases.url("owner")) as blocker:
        blocker.execute("LOCK TABLE views.timeline IN SHARE MODE")  # rows are replaced; the new one cannot be added
        process = _follower(house)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        deadline = time.monotonic() + 20
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'views.timeline'::regclass"
        while blocker.execute(waiting).fetchone() != (1,):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    with psycopg.connect(house.databases.url("owner")) as connection:
        assert digests(connection, "views") == before
    house.project()
    assert rebuild(house.databases, house.settings, clock=house.clock).differed == ()
