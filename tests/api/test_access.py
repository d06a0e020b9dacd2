"""Who saw a case: nothing sealed is shown without a row in the log of reads, and only auditors read that log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.api.conftest import Api, Officer

NAME = {"kind": "full", "name": {"parts": ["Amina", "Yusuf"], "script": "Latn"}}
OPEN = "?open=identity&purpose=interview"


@pytest.fixture
def case(fresh_api: Api) -> str:
    path = fresh_api.case()
    fresh_api.officer("caseworker").granted(f"{path}/record-name", NAME)
    return path


def log_of(api: Api, case: str) -> dict[str, Any]:
    shown: dict[str, Any] = api.officer("auditor", "UN-OIOS", None).shown(
        f"/v1/audit/access?case={case.rpartition('/')[2]}"
    )
    return shown


@pytest.fixture
def unwritable(case: str, superuser_url: str) -> Iterator[str]:
    """A case, when nobody can add to the log of reads."""
    with psycopg.connect(superuser_url, autocommit=True) as superuser:
        superuser.execute("REVOKE INSERT ON access.read FROM homeward_writer")
        yield case
        superuser.execute("GRANT INSERT ON access.read TO homeward_writer")


def test_an_auditor_sees_who_opened_what_of_a_case_and_why(fresh_api: Api, case: str) -> None:
    reader = fresh_api.officer("supervisor", number=7)
    answer = reader.read(case + OPEN)
    assert answer.json()["opened"]["identity"]["names"]
    (read,) = log_of(fresh_api, case)["reads"]
    assert read["reader"] == "human"
    assert (read["agency"], read["purpose"], read["classes"]) == ("IQ-MODM", "interview", ["identity"])
    assert read["request"] == answer.headers["X-Request-Id"]
    assert UUID(read["actor"])


def test_a_decision_that_opened_a_name_is_in_the_log_also_when_it_was_refused(fresh_api: Api, case: str) -> None:
    officer = fresh_api.officer("caseworker")
    refused = officer.ask(f"{case}/record-name", {**NAME, "occurred_on": "2099-01-01"})
    assert (refused.status_code, refused.json()["code"]) == (409, "record.in-future")
    (read,) = log_of(fresh_api, case)["reads"]
    assert (read["reader"], read["purpose"], read["classes"]) == ("decision", "decide record-name", ["identity"])


def test_what_cannot_be_written_down_is_not_shown_not_decided_and_not_refused(fresh_api: Api, unwritable: str) -> None:
    case = unwritable
    officer = fresh_api.officer("caseworker")
    asked = [
        officer.read(case + OPEN),
        officer.ask(f"{case}/record-name", {**NAME, "kind": "alias"}),
        officer.ask(f"{case}/record-name", {**NAME, "occurred_on": "2099-01-01"}),
    ]
    for answer in asked:
        assert (answer.status_code, answer.json()["code"]) == (503, "record.unavailable")
        assert "Amina" not in answer.text
    assert officer.read(case).status_code == 200, "what needs no key is shown all the same"


@pytest.mark.parametrize("role", ["caseworker", "supervisor", "security_officer", "authority", "integrator"])
def test_only_auditors_read_the_log(api: Api, role: str) -> None:
    answer = api.officer(role).read(f"/v1/audit/access?case={uuid4()}")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission.missing")


def test_a_case_that_nobody_opened_and_one_that_is_not_there_read_alike(api: Api) -> None:
    auditor = api.officer("auditor", "UN-OIOS", None)
    never_opened = auditor.read(f"/v1/audit/access?case={api.case().rpartition('/')[2]}").json()
    assert auditor.read(f"/v1/audit/access?case={uuid4()}").json()["reads"] == never_opened["reads"] == []


def test_a_long_log_comes_in_pages_by_a_cursor_of_ones_own(fresh_api: Api, case: str) -> None:
    reader: Officer = fresh_api.officer("caseworker")
    purposes = ["interview", "screening", "medical-care", "departure", "aftercare"]
    for purpose in purposes:
        assert reader.read(f"{case}?open=identity&purpose={purpose}").status_code == 200
    auditor, other = (fresh_api.officer("auditor", "UN-OIOS", None, number) for number in (1, 2))
    first = auditor.read(f"/v1/audit/access?case={case.rpartition('/')[2]}&limit=3")
    assert first.headers["Link"] == f'<{first.json()["next"]}>; rel="next"'
    rest = auditor.shown(first.json()["next"])
    assert [read["purpose"] for read in (*first.json()["reads"], *rest["reads"])] == purposes[::-1]
    assert rest["next"] is None
    assert other.read(first.json()["next"]).json()["code"] == "cursor.refused"
