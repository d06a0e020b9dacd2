"""The projector: what it writes is what the pure fold says, each fact once, whatever happens to it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import date
from uuid import UUID

import psycopg
import pytest

from adapters.views.digest import digests
from adapters.views.rebuild import rebuild
from adapters.views.worklist import worklist, worklist_row
from domain.case.case import CASE
from domain.case.clearance import ClearToDepart
from domain.case.decisions import ApprovalBasis, ApproveRepatriation
from domain.case.identity import RecordBirth, RecordSex
from domain.case.nationality import ConfirmNationality
from domain.case.whereabouts import AdmitToFacility
from domain.values import FacilityKind, Sex
from tests.following import following
from tests.travelling import preparations
from tests.views.conftest import House, caller, on
from tests.views.histories import many_lives
from tests.views.killing import killed

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
    Databases(urls), read_settings({"HOMEWARD_DATA_DIR": folder}), batch_facts=3,
    clock=lambda: datetime.fromisoformat("2021-10-15T12:00:00+00:00"),
)
print("ready", flush=True)
projector.catch_up()
print("done", flush=True)
"""


@pytest.fixture
def lives(house: House) -> list[UUID]:
    """Random lives, not projected yet."""
    return house.run(many_lives(house, 12))


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
    for command, command_id in preparations("DK", alone=True):
        house.run(house.asking(command, case, command_id=command_id))
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
    with following(house.projector().run, house.databases):
        case = house.case(RecordSex(sex=Sex.FEMALE))
        head = house.run(house.record.head())
        deadline = time.monotonic() + 20
        while house.rows("SELECT position FROM views.checkpoint") != [(head,)]:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert house.rows("SELECT version FROM views.worklist WHERE case_id = %s", case) == [(2,)]


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
def test_a_projector_killed_at_any_instant_while_others_write_leaves_what_a_fresh_replay_makes(house: House) -> None:
    assert killed(house, 5, seed=3).equal == 5


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
