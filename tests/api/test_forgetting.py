"""What people ask about their own data, over HTTP: a report, two people who agree, an erasure, and its certificate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from typer.testing import CliRunner

from adapters.database import Databases
from adapters.evidence.checkpoint import Checkpoint
from adapters.evidence.local import logs_of
from adapters.evidence.merkle import verify_inclusion
from adapters.evidence.note import Verifier
from adapters.forgetting.erasing import Eraser
from adapters.views.projector import Projector
from api.cli import app
from tests.api.conftest import Api, newcomer, running

NAME = {"kind": "full", "name": {"parts": ["Amina", "Yusuf"], "script": "Latn"}}
CASE = "60000000-0000-4000-8000-000000000001"
REQUEST = "70000000-0000-4000-8000-000000000001"
ERASURE = {"by": "person", "ground": "no_longer_needed"}


class Office:
    """An API, its worker whose calendar the test holds, and the officers who answer for people's data."""

    def __init__(self, api: Api, databases: Databases) -> None:
        self.api = api
        self.databases = databases
        self.first = api.officer("data_protection_officer", number=1)
        self.second = api.officer("data_protection_officer", number=2)
        self.caseworker = api.officer("caseworker")
        self.auditor = api.officer("auditor", "UN-OIOS", None)

    def person(self) -> str:
        """Open a case with a name; return its path."""
        case = self.api.case(self.caseworker)
        self.caseworker.granted(f"{case}/record-name", NAME)
        return case

    def asked(self, case: str) -> str:
        """Ask that the person be forgotten; return the path of the request."""
        receipt = self.first.granted("/v1/subject-requests/request-erasure", {**ERASURE, "case_id": id_of(case)})
        return f"/v1/subject-requests/{receipt['subject_request_id']}"

    def erased(self, case: str) -> str:
        """Have the person erased a week later; return the path of the request."""
        request = self.asked(case)
        self.second.granted(f"{request}/approve-erasure", version=1)
        projector = Projector(self.databases, self.api.settings)
        projector.catch_up()
        week = timedelta(days=self.api.settings.erasure_cooling_days, minutes=1)
        eraser = Eraser(self.databases, self.api.settings, clock=lambda: datetime.now(UTC) + week, remembered_seconds=0)
        assert [f"/v1/subject-requests/{one.request_id}" for one in eraser.step()] == [request]
        projector.catch_up()
        for log in logs_of(self.api.settings):
            log.sealer(self.databases).catch_up()
        return request


def id_of(path: str) -> str:
    return path.rpartition("/")[2]


@pytest.fixture
def office(databases: Databases, tmp_path: Path) -> Iterator[Office]:
    with running(databases, newcomer(tmp_path)) as api:
        yield Office(api, databases)


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


# ---------------------------------------------------------------- asking and agreeing
def test_two_people_have_to_agree_and_nobody_else_may(office: Office) -> None:
    case = office.person()
    request = office.asked(case)
    assert code(office.first.ask(f"{request}/approve-erasure", version=1)) == (409, "erasure.same-person")
    assert code(office.caseworker.ask(f"{request}/approve-erasure", version=1)) == (403, "permission.missing")
    receipt = office.second.granted(f"{request}/approve-erasure", version=1)
    assert receipt["versions"] == [2]


def test_nobody_asks_about_a_case_that_is_not_theirs_to_see(office: Office) -> None:
    case = office.person()
    stranger = office.api.officer("data_protection_officer", "DK-MFA", "DK")
    answers = [
        stranger.ask("/v1/subject-requests/request-erasure", {**ERASURE, "case_id": each})
        for each in (id_of(case), str(uuid4()))
    ]
    assert [code(answer) for answer in answers] == [(404, "not-found")] * 2
    assert answers[0].content == answers[1].content
    request = office.asked(case)
    assert code(stranger.ask(f"{request}/approve-erasure", version=1)) == (404, "not-found")
    assert code(stranger.read(f"{request}/certificate")) == (404, "not-found")


def test_a_hold_is_named_as_what_stands_in_the_way(office: Office) -> None:
    case = office.person()
    office.api.officer("supervisor").granted(
        f"{case}/place-retention-hold", {"basis": "claim", "reference": "7"}, version=2
    )
    refused = office.second.ask(f"{office.asked(case)}/approve-erasure", version=1)
    assert code(refused) == (409, "erasure.hindered")
    assert refused.json()["hindrances"] == [{"case_id": id_of(case), "hindrance": "retention_hold"}]


def test_requests_are_listed_by_the_day_by_which_they_have_to_be_answered(office: Office) -> None:
    case = office.person()
    office.asked(case)
    office.caseworker.granted("/v1/subject-requests/request-access", {"by": "person", "case_id": id_of(case)})
    shown = office.first.shown("/v1/subject-requests?min_position=4")
    assert sorted((one["kind"], one["state"]) for one in shown["subject_requests"]) == [
        ("access", "open"),
        ("erasure", "open"),
    ]
    assert {one["case_id"] for one in shown["subject_requests"]} == {id_of(case)}
    only = office.first.shown("/v1/subject-requests?kind=access")
    assert len(only["subject_requests"]) == 1


# ---------------------------------------------------------------- the report
def test_the_report_shows_everything_that_is_held_and_who_read_it(office: Office) -> None:
    case = office.person()
    assert office.caseworker.read(f"{case}?open=identity&purpose=interview").status_code == 200
    report = office.first.shown(f"{case}/subject-report?answering={REQUEST}")
    (held,) = report["cases"]
    name = next(fact for fact in held["facts"] if fact["code"] == "case.name-recorded")
    assert name["fields"]["name"]["parts"] == ["Amina", "Yusuf"]
    assert [(read["reader"], read["purpose"]) for read in report["reads"]][:2] == [
        ("human", f"subject-request.{REQUEST}"),
        ("human", "interview"),
    ]


def test_only_who_answers_for_peoples_data_shows_it_all(office: Office) -> None:
    case = office.person()
    for officer in (office.caseworker, office.api.officer("supervisor"), office.auditor):
        assert code(officer.read(f"{case}/subject-report?answering={REQUEST}")) == (403, "permission.missing")
    assert code(office.first.read(f"{case}/subject-report")) == (422, "query.malformed")


# ---------------------------------------------------------------- who was erased
def test_of_who_was_erased_nothing_is_shown_and_nothing_is_taken(office: Office) -> None:
    case = office.person()
    position = office.caseworker.granted(f"{case}/record-sex", {"sex": "female"})["positions"][-1]
    office.erased(case)
    for path in (
        case,
        f"{case}?open=identity&purpose=interview",
        f"{case}?known_at={position}",
        f"{case}/timeline",
        f"{case}/readiness?destination=IQ",
    ):
        assert code(office.caseworker.read(path)) == (410, "case.erased"), path
    asked = [
        office.caseworker.ask(f"{case}/record-name", NAME),
        office.caseworker.ask(f"{case}/report-escape", {}),
        office.caseworker.ask(f"{case}/request-repatriation", {"country": "IQ", "by": "family"}, version=4),
    ]
    assert [code(answer) for answer in asked] == [(410, "case.erased")] * 3
    assert office.caseworker.shown("/v1/worklist")["cases"] == []


def test_an_auditor_still_replays_the_journey_and_reads_no_name(office: Office) -> None:
    case = office.person()
    office.erased(case)
    shown = office.auditor.read(case)
    assert shown.status_code == 200
    assert "Amina" not in shown.text
    (row,) = office.auditor.shown("/v1/audit/erasures")["erasures"]
    assert (row["case_id"], row["basis"]) == (id_of(case), "request")


def test_figures_say_how_many_were_erased_since(office: Office) -> None:
    office.erased(office.person())
    today = datetime.now(UTC).date()
    assert office.auditor.shown("/v1/figures?as_of=2021-10-15")["erased_since"] == 1
    assert office.auditor.shown(f"/v1/figures?as_of={today + timedelta(days=8)}")["erased_since"] == 0


# ---------------------------------------------------------------- the certificate
def test_the_certificate_is_checked_with_nothing_but_the_logs_public_key(office: Office) -> None:
    case = office.person()
    request = office.erased(case)
    shown = office.auditor.shown(f"{request}/certificate")
    assert (shown["covers"], shown["keys_destroyed"]) == ([id_of(case)], 1)
    head = Checkpoint.verified(shown["checkpoint"], Verifier.parse(shown["log_key"]))
    for fact in shown["facts"]:
        path = [bytes.fromhex(step) for step in fact["path"]]
        verify_inclusion(fact["position"] - 1, head.size, bytes.fromhex(fact["leaf"]), path, head.root)
    assert [fact["topic"] for fact in shown["facts"]] == [
        "subject-request.erasure-requested",
        "subject-request.erasure-approved",
        "subject-request.subject-key-destroyed",
        "case.person-erased",
    ]


def test_there_is_no_certificate_for_what_was_not_done(office: Office) -> None:
    request = office.asked(office.person())
    assert code(office.first.read(f"{request}/certificate")) == (404, "erasure.not-done")
    assert code(office.first.read(f"/v1/subject-requests/{uuid4()}/certificate")) == (404, "not-found")


def test_whoever_destroys_a_key_by_hand_raises_an_alarm_and_erases_nobody(office: Office, superuser_url: str) -> None:
    case = office.person()
    with psycopg.connect(superuser_url) as superuser:
        superuser.execute("UPDATE keys.subject_key SET state = 'destroyed', wrapped = ''")
    with running(office.databases, office.api.settings) as again:
        answer = again.officer("caseworker").read(f"{case}?open=identity&purpose=interview")
    assert code(answer) == (500, "record.altered")


# ---------------------------------------------------------------- the console
@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (["report", CASE, "--officer", CASE, "--answering", "Amina Yusuf asks"], "UUID", 2),
        (["report", "7", "--officer", CASE, "--answering", CASE], "UUID", 2),
        (["report", CASE], "--officer", 2),
        (["certificate", "7"], "UUID", 2),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_wrong_words_at_the_console_are_refused_in_a_sentence(arguments: list[str], said: str, code: int) -> None:
    asked = CliRunner().invoke(app, ["subject", *arguments])
    assert asked.exit_code == code
    assert said in asked.stderr
    assert "Amina" not in asked.output
