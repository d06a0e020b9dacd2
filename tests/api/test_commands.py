"""Commands over HTTP: what makes them safe to send, and what they answer to bad input."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.commands import path_of
from domain.kernel import COMMANDS, CommandKind

TODAY = datetime.now(UTC).date()
SECRET = "Zaynab-al-Mawsiliyya"
"""A name that must not come back in any answer."""


def raw(officer: Any, path: str, body: bytes, **headers: str) -> httpx.Response:
    sent = {
        **officer.authorization,
        "Content-Type": "application/json",
        "Idempotency-Key": str(uuid4()),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    answer: httpx.Response = officer.client.post(path, content=body, headers=sent)
    return answer


def code(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["title"]
    assert problem["detail"]
    return answer.status_code, problem["code"]


# ---------------------------------------------------------------- receipts and repeats
def test_a_receipt_says_where_the_facts_stand_and_where_to_look(api: Any) -> None:
    officer = api.officer("caseworker")
    opened = officer.ask("/v1/cases", {"circumstances": "arrival"})
    receipt = opened.json()
    assert opened.status_code == 201
    assert opened.headers["ETag"] == '"1"'
    assert opened.headers["Location"] == f"/v1/cases/{receipt['case_id']}"
    assert (receipt["epoch"], len(receipt["positions"]), receipt["versions"]) == (1, 1, [1])
    assert len(receipt["leaves"][0]) == 64
    moved = officer.ask(f"{opened.headers['Location']}/report-escape")
    assert (moved.status_code, moved.headers["ETag"]) == (200, '"3"'), "an escape from nowhere is looked at"


def test_a_birth_opens_the_childs_case_and_the_mothers_case_learns_of_it(api: Any) -> None:
    officer, camp = api.officer("caseworker"), api.facility(code=f"SY-{uuid4().hex[:8].upper()}")
    mother = api.case(officer)
    body = {"facility": camp, "mother": mother.rpartition("/")[2], "birth": TODAY.isoformat()}
    born = officer.ask("/v1/cases/register-birth", body)
    assert (born.status_code, born.headers["ETag"]) == (201, '"3"')
    assert born.headers["Location"] == f"/v1/cases/{born.json()['case_id']}"
    assert officer.shown(mother)["version"] == 2
    assert code(officer.ask("/v1/cases/register-birth", {**body, "birth": "1443"})) == (409, "birth.hijri")
    assert officer.ask(f"/v1/cases/{uuid4()}").status_code == 405


def test_the_same_request_under_the_same_key_is_answered_as_the_first_time(api: Any) -> None:
    key = str(uuid4())
    officer = api.officer("caseworker")
    case = api.case(officer)
    first, again = (officer.ask(f"{case}/claim-nationality", {"country": "IQ"}, Idempotency_Key=key) for _ in range(2))
    assert first.content == again.content
    assert first.headers["ETag"] == again.headers["ETag"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert officer.shown(case)["version"] == 2


def test_a_repeated_decision_is_answered_although_the_case_has_moved_on(api: Any) -> None:
    key = str(uuid4())
    officer = api.officer("caseworker")
    case = api.case(officer)
    body = {"country": "IQ", "by": "family"}
    first = officer.ask(f"{case}/request-repatriation", body, version=1, Idempotency_Key=key)
    officer.granted(f"{case}/claim-nationality", {"country": "IQ"})
    again = officer.ask(f"{case}/request-repatriation", body, version=1, Idempotency_Key=key)
    assert first.content == again.content


def test_opening_a_case_twice_under_one_key_opens_one(api: Any) -> None:
    key = str(uuid4())
    officer = api.officer("caseworker")
    ids = {
        officer.ask("/v1/cases", {"circumstances": "arrival"}, Idempotency_Key=key).json()["case_id"] for _ in range(3)
    }
    assert len(ids) == 1


def test_another_request_under_the_same_key_is_refused_and_the_first_stands(api: Any) -> None:
    key = str(uuid4())
    officer = api.officer("caseworker")
    case = api.case(officer)
    officer.ask(f"{case}/claim-nationality", {"country": "IQ"}, Idempotency_Key=key)
    other = officer.ask(f"{case}/claim-nationality", {"country": "SY"}, Idempotency_Key=key)
    assert code(other) == (409, "idempotency-key.reused")
    elsewhere = officer.ask(f"{case}/record-sex", {"sex": "female"}, Idempotency_Key=key)
    assert code(elsewhere) == (409, "idempotency-key.reused")
    assert list(officer.shown(case)["nationality"]["claimed"]) == ["IQ"]


def test_two_officers_may_choose_the_same_key(api: Any) -> None:
    key = str(uuid4())
    ids = {
        api.officer("caseworker", number=number)
        .ask("/v1/cases", {"circumstances": "arrival"}, Idempotency_Key=key)
        .json()["case_id"]
        for number in (1, 2)
    }
    assert len(ids) == 2


def test_what_is_already_so_records_nothing(api: Any) -> None:
    officer = api.officer("caseworker")
    case = api.case(officer)
    officer.granted(f"{case}/claim-nationality", {"country": "IQ"})
    receipt = officer.granted(f"{case}/claim-nationality", {"country": "IQ"})
    assert receipt["positions"] == receipt["versions"] == receipt["leaves"] == []
    assert officer.shown(case)["version"] == 2


@pytest.mark.parametrize("key", ["", "a b", "k" * 256])
def test_a_key_that_is_no_key_is_refused(api: Any, key: str) -> None:
    officer = api.officer("caseworker")
    answer = officer.ask("/v1/cases", {"circumstances": "arrival"}, Idempotency_Key=key)
    assert code(answer) == (400, "idempotency-key.missing")


def test_a_command_without_a_key_is_refused(api: Any) -> None:
    officer = api.officer("caseworker")
    answer = officer.client.post("/v1/cases", json={"circumstances": "arrival"}, headers=officer.authorization)
    assert code(answer) == (400, "idempotency-key.missing")


# ---------------------------------------------------------------- versions
def test_a_decision_says_which_version_it_was_taken_on(api: Any) -> None:
    officer = api.officer("caseworker")
    case = api.case(officer)
    body = {"country": "IQ", "by": "family"}
    assert code(officer.ask(f"{case}/request-repatriation", body)) == (428, "version.missing")
    officer.granted(f"{case}/claim-nationality", {"country": "IQ"})
    stale = officer.ask(f"{case}/request-repatriation", body, version=1)
    assert code(stale) == (412, "version.stale")
    assert stale.json()["version"] == 2
    officer.granted(f"{case}/request-repatriation", body, version=2)


@pytest.mark.parametrize("etag", ["1", "*", 'W/"1"', '"1", "2"', '"one"', '""', '"-1"'])
def test_an_if_match_that_is_no_version_of_ours_is_refused(api: Any, etag: str) -> None:
    officer = api.officer("caseworker")
    case = api.case(officer)
    answer = officer.ask(f"{case}/request-repatriation", {"country": "IQ", "by": "family"}, version=etag)
    assert code(answer) == (400, "if-match.malformed")


def test_an_observation_needs_no_version_and_heeds_one(api: Any) -> None:
    officer = api.officer("caseworker")
    case = api.case(officer)
    officer.granted(f"{case}/record-sex", {"sex": "female"})
    assert code(officer.ask(f"{case}/record-sex", {"sex": "male"}, version=1)) == (412, "version.stale")


def test_of_two_decisions_on_one_version_one_is_taken(api: Any) -> None:
    officer = api.officer("caseworker")
    case = api.case(officer)
    countries = ["IQ", "DK", "DE", "SE", "FR", "NL", "BE", "FI"]
    with ThreadPoolExecutor(8) as desks:
        answers = list(
            desks.map(
                lambda country: (
                    officer.ask(
                        f"{case}/request-repatriation", {"country": country, "by": "state"}, version=1
                    ).status_code
                ),
                countries,
            )
        )
    assert sorted(answers) == [200] + [412] * 7


# ---------------------------------------------------------------- whose case, which command
def test_not_yours_looks_like_not_there_to_the_byte(api: Any) -> None:
    case = api.case()
    stranger = api.officer("caseworker", agency="DK-MFA", country="DK")
    answers = [
        stranger.read(path)
        for path in (case, f"/v1/cases/{uuid4()}", "/v1/cases/nobody", "/v1/cases/{}", f"{case.upper()}")
    ]
    answers += [stranger.ask(f"{path}/record-sex", {"sex": "male"}) for path in (case, f"/v1/cases/{uuid4()}")]
    answers += [stranger.read(f"{path}/timeline") for path in (case, f"/v1/cases/{uuid4()}")]
    answers += [stranger.read(f"{path}/readiness?destination=DK") for path in (case, f"/v1/cases/{uuid4()}")]
    assert {answer.content for answer in answers} == {answers[0].content}
    assert code(answers[0]) == (404, "not-found")
    told = {tuple(name for name in answer.headers if name != "x-request-id") for answer in answers}
    assert len(told) == 1


def test_an_unknown_command_is_not_there(api: Any) -> None:
    officer = api.officer("caseworker")
    assert code(officer.ask(f"{api.case(officer)}/forget-everything")) == (404, "command.unknown")


def test_a_role_that_does_not_carry_a_command_is_told_which_permission_it_needs(api: Any) -> None:
    officer = api.officer("caseworker")
    answer = officer.ask(f"{api.case(officer)}/clear-to-depart", {"destination": "IQ"}, version=1)
    assert code(answer) == (403, "permission.missing")
    assert answer.json()["permission"] == "case:clear-to-depart"


def test_every_command_has_a_route_that_needs_a_token(api: Any) -> None:
    for (_, verb), command in COMMANDS.items():
        path = re.sub(r"{\w+_id}", str(uuid4()), path_of(command))
        if not command.routed:
            assert code(api.officer("data_protection_officer").ask(path)) == (404, "command.unknown"), verb
            continue
        answer = api.client.post(path, json={})
        assert code(answer) == (401, "token.missing"), verb
        assert answer.headers["www-authenticate"].startswith("Bearer")


# ---------------------------------------------------------------- what is refused, and why
def test_a_date_in_the_future_is_refused(api: Any) -> None:
    officer = api.officer("caseworker")
    later = (TODAY + timedelta(days=3)).isoformat()
    answer = officer.ask(f"{api.case(officer)}/report-escape", {"occurred_on": later})
    assert code(answer) == (409, "record.in-future")


def test_a_late_entry_needs_a_reason(api: Any) -> None:
    officer = api.officer("caseworker")
    case, long_ago = api.case(officer), (TODAY - timedelta(days=90)).isoformat()
    assert code(officer.ask(f"{case}/report-escape", {"occurred_on": long_ago})) == (409, "record.late-reason-missing")
    officer.granted(f"{case}/report-escape", {"occurred_on": long_ago, "late_reason": "access_denied"})


def test_a_departure_before_admission_is_refused_as_a_decision_and_an_anomaly_as_an_observation(api: Any) -> None:
    officer, supervisor = api.officer("caseworker"), api.officer("supervisor")
    case = api.case(officer)
    refused = supervisor.ask(f"{case}/depart", {"destination": "IQ"}, version=1)
    assert code(refused) == (409, "departure.not-cleared")
    officer.granted(f"{case}/report-departure", {"destination": "IQ"})
    sheet = officer.shown(case)
    assert sheet["status"] == "in_transit"
    assert {odd["code"] for odd in sheet["anomalies"]} == {"departure.unadmitted"}
    assert "non_compliant_transfer" in sheet["overlays"]


def test_a_clearance_is_refused_with_every_unmet_rule_at_once(api: Any) -> None:
    officer, supervisor = api.officer("caseworker"), api.officer("supervisor")
    case = api.case(officer)
    answer = supervisor.ask(f"{case}/clear-to-depart", {"destination": "IQ"}, version=1)
    assert code(answer) == (409, "departure.not-ready")
    rules = answer.json()["rules"]
    assert [rule["code"] for rule in rules] == ["G2", "G3", "G5", "G7", "G8", "G9", "G11", "G12"]
    assert all(rule.keys() == {"code", "sentence", "cure", "who", "source"} for rule in rules)


NAMES = {
    "ten thousand characters": ("A" * 10_000, "string_too_long"),
    "bidirectional control": (f"{SECRET}\u202e", "value_error"),
    "control character": (f"{SECRET}\u0007", "value_error"),
    "NUL": (f"{SECRET}\u0000", "value_error"),
    "tag character": (f"{SECRET}\U000e0041", "value_error"),
    "stacked marks": (SECRET + "\u0301" * 50, "value_error"),
    "empty": ("", "string_too_short"),
}


@pytest.mark.parametrize("kind", NAMES)
def test_a_name_that_cannot_be_one_is_refused_with_the_reason_and_is_not_echoed(api: Any, kind: str) -> None:
    part, rule = NAMES[kind]
    officer = api.officer("caseworker")
    body = {"kind": "full", "name": {"parts": [part], "script": "Latn"}}
    answer = officer.ask(f"{api.case(officer)}/record-name", body)
    assert code(answer) == (422, "body.malformed")
    (error,) = answer.json()["errors"]
    assert error["field"] == "name.parts[0]"
    assert error["rule"] in {rule, "too_long", "too_short"}
    assert SECRET not in answer.text


BODIES: dict[str, tuple[bytes, str, str]] = {
    "not JSON": (SECRET.encode(), "", "json_invalid"),
    "empty": (b"", "", "json_invalid"),
    "no object": (json.dumps([SECRET]).encode(), "", "model_type"),
    "unknown field": (json.dumps({"sex": "male", SECRET: 1}).encode(), "", "extra_forbidden"),
    "field missing": (b"{}", "sex", "missing"),
    "no member of the list": (json.dumps({"sex": SECRET}).encode(), "sex", "enum"),
    "date no date": (json.dumps({"sex": "male", "occurred_on": SECRET}).encode(), "occurred_on", "value_error"),
    "lone surrogate": (b'{"sex": "\\ud800"}', "", "json_invalid"),
    "not UTF-8": (b'{"sex": "\xff"}', "", "json_invalid"),
    "nested too deep": (b'{"sex": ' + b"[" * 40 + b"]" * 40 + b"}", "", "json_too_deep"),
    "nested without end": (b"[" * 100_000, "", "json_too_deep"),
}


@pytest.mark.parametrize("kind", BODIES)
def test_a_body_that_does_not_fit_names_field_and_rule_and_never_the_input(api: Any, kind: str) -> None:
    body, field, rule = BODIES[kind]
    officer = api.officer("caseworker")
    answer = raw(officer, f"{api.case(officer)}/record-sex", body)
    assert code(answer) == (422, "body.malformed")
    assert {"field": field, "rule": rule} in [
        {name: error[name] for name in ("field", "rule")} for error in answer.json()["errors"]
    ]
    assert SECRET not in answer.text


def test_brackets_inside_text_are_not_nesting(api: Any) -> None:
    officer = api.officer("caseworker")
    body = {"kind": "full", "name": {"parts": ["[" * 60 + '"{' * 20], "script": "Latn"}}
    assert officer.ask(f"{api.case(officer)}/record-name", body).status_code in {200, 422}
    assert "json_too_deep" not in officer.ask(f"{api.case(officer)}/record-name", body).text


def test_a_body_is_read_up_to_a_limit(api: Any) -> None:
    officer = api.officer("caseworker")
    path = f"{api.case(officer)}/record-sex"
    large = b" " * (api.settings.body_limit_bytes + 1)
    assert code(raw(officer, path, large)) == (413, "body.too-large")

    def chunks() -> Any:
        for _ in range(40):
            yield b" " * 65_536

    headers = {**officer.authorization, "Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
    assert code(officer.client.post(path, content=chunks(), headers=headers)) == (413, "body.too-large")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
def test_only_json_is_read(api: Any, content_type: str) -> None:
    officer = api.officer("caseworker")
    answer = raw(officer, f"{api.case(officer)}/record-sex", b'{"sex":"male"}', Content_Type=content_type)
    assert code(answer) == (415, "body.not-json")


def test_json_with_its_charset_named_is_read_and_a_compressed_body_is_not(api: Any) -> None:
    officer = api.officer("caseworker")
    path, body = f"{api.case(officer)}/record-sex", b'{"sex":"male"}'
    assert raw(officer, path, body, Content_Type="application/json; charset=UTF-8").status_code == 200
    assert code(raw(officer, path, body, Content_Encoding="gzip")) == (415, "body.not-json")


def test_a_command_that_the_database_refuses_leaves_its_neighbours_unharmed(api: Any) -> None:
    officer = api.officer("caseworker")
    cases = [api.case(officer) for _ in range(8)]

    def send(numbered: tuple[int, str]) -> int:
        number, case = numbered
        part = "\u0000" if number == 3 else "Amina"
        body = {"kind": "full", "name": {"parts": [part], "script": "Latn"}}
        return int(officer.ask(f"{case}/record-name", body).status_code)

    with ThreadPoolExecutor(8) as desks:
        answers = list(desks.map(send, enumerate(cases)))
    assert answers == [200, 200, 200, 422, 200, 200, 200, 200]


def test_decisions_and_observations_are_told_apart_in_the_document(api: Any) -> None:
    paths = api.client.get("/openapi.json").json()["paths"]
    for (_, verb), command in COMMANDS.items():
        if not command.routed:
            assert f"/{verb}" not in str(paths)
            continue
        (operation,) = [
            one["post"] for one in paths.values() if "post" in one and one["post"].get("operationId") == verb
        ]
        needed = {one["name"] for one in operation["parameters"] if one.get("required")}
        decides = command.nature is CommandKind.DECISION and not command.creates
        assert ("If-Match" in needed) == decides, verb
