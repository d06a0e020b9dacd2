"""Somebody whose case is another country's lies unconscious: an officer breaks the glass, looks, and is reviewed."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from adapters.database import Databases
from adapters.record.door import Caller, Door, Request
from adapters.record.record import Record
from domain.break_glass import BehindGlass, BreakGlass
from tests.api.conftest import Api, Officer, newcomer, running
from tests.examples_subject import WHY

NAME = {"kind": "full", "name": {"parts": ["Amina", "Yusuf"], "script": "Latn"}}


@pytest.fixture
def case(api: Api) -> str:
    """The path of a case of Iraq's, with a name."""
    caseworker = api.officer("caseworker")
    path = api.case(caseworker)
    caseworker.granted(f"{path}/record-name", NAME)
    return path


@pytest.fixture
def stranger(api: Api) -> Officer:
    """An officer of another country."""
    return api.officer("caseworker", "DK-RC", "DK", number=7)


def id_of(path: str) -> str:
    return path.rpartition("/")[2]


def broken_by(officer: Officer, case: str, *classes: str, **more: Any) -> str:
    """Break the glass; return the id."""
    body = {"case_id": id_of(case), "classes": classes or ["identity"], "justification": WHY, **more}
    return str(officer.granted("/v1/break-glass", body)["break_glass_id"])


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_who_breaks_the_glass_reads_that_case_and_the_log_says_under_which_glass(
    api: Api, case: str, stranger: Officer
) -> None:
    opening = f"{case}?open=identity&purpose=emergency"
    assert code(stranger.read(opening)) == (404, "not-found")
    glass = broken_by(stranger, case)
    assert code(stranger.read(opening)) == (404, "not-found"), "only where the glass is named"
    shown = stranger.shown(f"{opening}&under={glass}")
    assert "Amina" in str(shown["opened"])
    assert "confided" not in shown
    reads = api.officer("auditor", "UN-OIOS", None).shown(f"/v1/audit/access?case={id_of(case)}")["reads"]
    assert (reads[0]["agency"], reads[0]["purpose"]) == ("DK-RC", f"break-glass.{glass}")


def test_the_glass_opens_nothing_else_to_nobody_else(api: Api, case: str, stranger: Officer) -> None:
    glass = broken_by(stranger, case, "identity")
    other = api.case()
    refused = (
        stranger.read(f"{case}?open=medical&under={glass}"),
        stranger.read(f"{other}?open=identity&under={glass}"),
        api.officer("caseworker", "DK-RC", "DK", number=8).read(f"{case}?open=identity&under={glass}"),
    )
    assert [code(answer) for answer in refused] == [(403, "glass.closed")] * 3
    assert code(stranger.read(f"{case}?open=identity&under={uuid4()}")) == (404, "not-found")
    assert code(stranger.read(f"{case}/timeline")) == (404, "not-found")


def test_nobody_breaks_it_without_the_role_a_reason_or_a_case(api: Api, case: str, stranger: Officer) -> None:
    body = {"case_id": id_of(case), "classes": ["identity"], "justification": WHY}
    for role in ("integrator", "auditor", "security_officer", "data_protection_officer"):
        assert code(api.officer(role, "DK-RC", "DK").ask("/v1/break-glass", body)) == (403, "permission.missing")
    assert code(stranger.ask("/v1/break-glass", {**body, "justification": "urgent"})) == (422, "body.malformed")
    assert code(stranger.ask("/v1/break-glass", {**body, "minutes": 181})) == (422, "body.malformed")
    assert code(stranger.ask("/v1/break-glass", {**body, "case_id": str(uuid4())})) == (
        409,
        "break-glass.unknown-case",
    )


def test_after_its_time_the_glass_is_closed(databases: Databases, tmp_path: Path) -> None:
    with running(databases, newcomer(tmp_path)) as api:
        case, stranger = api.case(), api.officer("caseworker", "DK-RC", "DK", number=7)
        subject = reference_of(stranger)

        async def three_hours_ago() -> UUID:
            async with await Record.open(databases, api.settings) as record:
                caller = Caller(subject, "DK-RC", "DK", frozenset({"case:break-glass"}), frozenset({"DK"}))
                glass = BreakGlass(case_id=UUID(id_of(case)), classes=(BehindGlass.IDENTITY,), justification=WHY)
                before = datetime.now(UTC) - timedelta(hours=3)
                asked = Request(glass, None, caller, uuid4(), sha256(b"").digest(), recorded_at=before)
                return (await Door(record).ask(asked)).stream

        glass = asyncio.run(three_hours_ago())
        assert code(stranger.read(f"{case}?under={glass}")) == (403, "glass.closed")


def reference_of(officer: Officer) -> UUID:
    """Return the reference under which an officer is known."""
    payload = officer.token.split(".")[1]
    return UUID(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"])


def test_an_officer_of_the_case_reviews_it_and_the_register_says_who(api: Api, case: str, stranger: Officer) -> None:
    glass = broken_by(stranger, case, minutes=30)
    reviewer, auditor = api.officer("data_protection_officer"), api.officer("auditor", "UN-OIOS", None)
    elsewhere = api.officer("data_protection_officer", "DK-MFA", "DK")
    register = f"/v1/audit/break-glass?case_id={id_of(case)}"
    position = int(api.client.get("/readyz").json()["head"])
    (row,) = auditor.shown(f"{register}&reviewed=false&min_position={position}")["break_glass"]
    assert (row["break_glass_id"], row["agency"], row["classes"]) == (glass, "DK-RC", ["identity"])
    assert (row["outcome"], row["reviewed_by"]) == (None, None)
    assert datetime.fromisoformat(row["until"]) - datetime.fromisoformat(row["broken_at"]) == timedelta(minutes=30)
    review = {"case_id": id_of(case), "outcome": "unjustified"}
    assert code(elsewhere.ask(f"/v1/break-glass/{glass}/review-access", review, version=1)) == (404, "not-found")
    assert code(elsewhere.read(f"/v1/break-glass/{glass}")) == (404, "not-found")
    assert code(auditor.read(f"/v1/break-glass/{glass}")) == (403, "permission.missing")
    assert reviewer.shown(f"/v1/break-glass/{glass}")["justification"] == WHY
    done = reviewer.granted(f"/v1/break-glass/{glass}/review-access", review, version=1)
    (row,) = auditor.shown(f"{register}&reviewed=true&min_position={done['positions'][-1]}")["break_glass"]
    assert (row["outcome"], row["reviewed_for"]) == ("unjustified", "IQ-MODM")
    assert UUID(row["reviewed_by"]) == reference_of(reviewer)
    assert reviewer.shown(register)["break_glass"] == [row]
    assert elsewhere.shown(register)["break_glass"] == []
    assert code(stranger.read(f"{case}?under={glass}")) == (403, "glass.closed"), "a bad review ends it"
