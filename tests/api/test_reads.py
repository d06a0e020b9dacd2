"""Reading: one case on both clocks, its timeline, what it needs, and the worklist page by page."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

TODAY = datetime.now(UTC).date()
IN_A_MONTH = (TODAY + timedelta(days=30)).isoformat()


def day(days_ago: int) -> str:
    return (TODAY - timedelta(days=days_ago)).isoformat()


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


# ---------------------------------------------------------------- sheet
def test_a_sheet_shows_what_was_just_acknowledged(api: Any) -> None:
    officer = api.officer("caseworker")
    case = api.case(officer)
    for strength in (1, 2, 3):
        receipt = officer.granted(f"{case}/claim-nationality", {"country": "IQ", "strength": strength})
        assert officer.shown(case)["version"] == receipt["versions"][-1]


def test_a_sheet_as_of_a_day_shows_what_was_so_then(api: Any) -> None:
    officer = api.officer("caseworker")
    camp, prison = api.facility(), api.facility("SY-GHW", "Ghwayran", "detention")
    case = api.case(officer)
    officer.granted(f"{case}/admit-to-facility", {"facility": camp, "occurred_on": day(20)})
    officer.granted(f"{case}/move-to-facility", {"facility": prison, "reason": "judicial", "occurred_on": day(10)})
    assert officer.shown(case)["whereabouts"]["facility"] == prison
    assert officer.shown(f"{case}?as_of={day(15)}")["whereabouts"]["facility"] == camp
    assert officer.shown(f"{case}?as_of={day(25)}")["whereabouts"]["place"] == "nowhere"
    assert officer.shown(f"{case}?as_of={day(10)}")["whereabouts"]["facility"] == prison


def test_a_sheet_known_at_a_position_or_a_time_shows_what_was_known_then(api: Any) -> None:
    officer = api.officer("caseworker")
    case = api.case(officer)
    receipt = officer.granted(f"{case}/claim-nationality", {"country": "IQ"})
    known = receipt["positions"][0]
    time = officer.shown(f"{case}/timeline?min_position={known}")["entries"][-1]["recorded_at"]
    officer.granted(f"{case}/report-escape", {"occurred_on": day(5)})
    assert officer.shown(case)["status"] == "missing"
    for then in (str(known), time.replace("+", "%2B"), time):
        sheet = officer.shown(f"{case}?known_at={then}")
        assert (sheet["status"], sheet["version"]) == ("registered", 2)
    assert officer.shown(f"{case}?as_of={day(3)}&known_at={known}")["status"] == "registered"
    assert officer.shown(f"{case}?as_of={day(3)}")["status"] == "missing"
    assert problem(officer.read(f"{case}?known_at={known - 2}")) == (404, "not-found")


def test_an_imprecise_date_on_both_sides_of_the_day_makes_the_answer_say_so(api: Any) -> None:
    officer = api.officer("caseworker")
    case = api.case(officer)
    officer.granted(f"{case}/report-escape", {"occurred_on": f"{day(20)}/{day(10)}"})
    assert officer.shown(f"{case}?as_of={day(25)}")["imprecise"] == []
    assert len(officer.shown(f"{case}?as_of={day(15)}")["imprecise"]) == 1
    assert officer.shown(f"{case}?as_of={day(5)}")["imprecise"] == []


def test_an_unchanged_sheet_is_not_sent_again(api: Any) -> None:
    officer = api.officer("caseworker")
    case = api.case(officer)
    first = officer.read(case)
    assert first.headers["ETag"] == '"1"'
    again = officer.read(case, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    officer.granted(f"{case}/claim-nationality", {"country": "IQ"})
    assert officer.read(case, **{"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_sheet_that_the_calendar_will_change_says_when_in_its_etag_and_that_etag_decides(api: Any) -> None:
    officer, security = api.officer("caseworker"), api.officer("security_officer", agency="IQ-INSS")
    case = api.case(officer)
    officer.granted(f"{case}/request-screening", {"agency": "IQ-INSS", "kind": "security"}, version=1)
    (screening,) = officer.shown(case)["screenings"]
    answer = {"screening_id": screening["screening_id"], "result": "cleared", "valid_until": IN_A_MONTH}
    security.granted(f"{case}/complete-screening", answer, version=2)
    etag = officer.read(case).headers["ETag"]
    assert etag == f'"3.{(TODAY + timedelta(days=31)).isoformat()}"'
    officer.granted(f"{case}/request-repatriation", {"country": "IQ", "by": "person"}, version=etag)


def test_a_position_that_is_not_there_yet_is_waited_for_and_then_said(api: Any) -> None:
    officer = api.officer("caseworker")
    case = api.case(officer)
    paths = (case, f"{case}/timeline", "/v1/worklist")
    with ThreadPoolExecutor(len(paths)) as together:
        answers = list(together.map(lambda path: officer.read(f"{path}?min_position={2**40}"), paths))
    for answer in answers:
        assert problem(answer) == (503, "position.not-reached")
        assert answer.headers["Retry-After"] == "1"


BAD_QUERIES = [
    "as_of=yesterday",
    "as_of=2021-02-30",
    "known_at=2021-10-15",
    "known_at=just-now",
    "min_position=-1",
    "open=all",
]


@pytest.mark.parametrize("query", BAD_QUERIES)
def test_a_query_that_does_not_fit_names_the_parameter_and_not_the_input(api: Any, query: str) -> None:
    officer = api.officer("caseworker")
    name, _, value = query.partition("=")
    answer = officer.read(f"{api.case(officer)}?{query}")
    assert problem(answer) == (422, "query.malformed")
    assert answer.json()["errors"][0]["field"].startswith(name)
    assert value not in str(answer.json()["errors"]) or value == "2021-10-15"  # the day of every example


# ---------------------------------------------------------------- personal data
def test_personal_data_is_shown_only_when_asked_for_with_a_purpose_by_who_may(api: Any) -> None:
    officer = api.officer("caseworker")
    case = api.case(officer)
    name = {"parts": ["Zaynab", "Idris"], "script": "Latn"}
    officer.granted(f"{case}/record-name", {"kind": "full", "name": name})
    assert "Zaynab" not in officer.read(case).text
    assert problem(officer.read(f"{case}?open=identity")) == (403, "purpose.missing")
    assert problem(officer.read(f"{case}?open=judicial&purpose=casework")) == (403, "permission.missing")
    auditor = api.officer("auditor", agency="UN-AUDIT", country=None)
    assert problem(auditor.read(f"{case}?open=identity&purpose=audit")) == (403, "permission.missing")
    opened = officer.shown(f"{case}?open=identity&open=protection&purpose=casework")["opened"]
    assert opened["identity"]["names"] == [{"kind": "full", "name": name, "strength": "claimed"}]
    assert (opened["protection"]["care_status"], opened["protection"]["fears"]) == (None, [])


def test_a_purpose_is_a_word_of_the_list_and_names_nobody(api: Any) -> None:
    officer = api.officer("caseworker")
    case = api.case(officer)
    refused = officer.read(f"{case}?open=identity&purpose=for-amina-yusuf")
    assert problem(refused) == (422, "query.malformed")
    assert "amina" not in refused.text
    auditor = api.officer("auditor", agency="UN-AUDIT", country=None)
    assert auditor.shown(f"/v1/audit/access?case={case.rpartition('/')[2]}")["reads"] == []


def test_what_a_person_fears_is_told_to_those_who_protect_them_and_not_to_the_state(api: Any) -> None:
    officer = api.officer("caseworker")
    ministry = api.officer("authority", agency="IQ-MOI")
    case = api.case(officer)
    officer.granted(f"{case}/claim-nationality", {"country": "IQ"})
    fear = {"country": "IQ", "fear": "persecution"}
    receipt = officer.granted(f"{case}/record-fear-of-return", fear)
    told = officer.shown(f"{case}?open=protection&purpose=casework")
    assert told["opened"]["protection"]["fears"] == [{**fear, "on": day(0)}]
    assert told["confided"]["consent"] == []
    assert "confided" not in ministry.shown(case)
    fact_id = officer.shown(f"{case}/timeline?min_position={receipt['positions'][-1]}")["entries"][-1]["fact_id"]
    right = {"topic": "case.fear-of-return-expressed", "fear": "torture"}
    correction = {"target_fact_id": fact_id, "replacement": right, "cause": "misunderstood", "reason": "Interpreter."}
    supervisor = api.officer("supervisor", number=2)
    version = officer.shown(case)["version"]
    position = supervisor.granted(f"{case}/correct-fact", correction, version=version)["positions"][-1]
    for reader, codes in ((officer, 4), (ministry, 2)):
        assert len(reader.shown(f"{case}/timeline?min_position={position}")["entries"]) == codes
    assert "fear" not in str(ministry.shown(f"{case}/diff?from_as_of={day(9)}"))
    assert "fear" in str(officer.shown(f"{case}/diff?from_as_of={day(9)}"))


def test_what_was_written_is_read_with_a_purpose_only(api: Any) -> None:
    officer = api.officer("caseworker")
    case = api.case(officer)
    officer.granted(f"{case}/add-note", {"text": "Her aunt asks for news."}, version=1)
    assert officer.shown(case)["work"]["notes"] == 1
    assert "aunt" not in officer.read(case).text
    opened = officer.shown(f"{case}?open=narrative&purpose=casework")["opened"]
    assert opened["narrative"] == [{"version": 2, "code": "case.note-added", "text": "Her aunt asks for news."}]


# ---------------------------------------------------------------- two clocks
def test_a_difference_between_two_days_says_what_happened_and_by_which_fact(api: Any) -> None:
    officer = api.officer("caseworker")
    camp, prison = api.facility("SY-ROJ-2", "Roj 2"), api.facility("SY-GHW-2", "Ghwayran 2", "detention")
    case = api.case(officer)
    officer.granted(f"{case}/admit-to-facility", {"facility": camp, "occurred_on": day(20)})
    last = officer.granted(
        f"{case}/move-to-facility", {"facility": prison, "reason": "judicial", "occurred_on": day(10)}
    )
    officer.shown(f"/v1/worklist?min_position={last['positions'][0]}")  # the names of places are read there
    told = officer.shown(f"{case}/diff?from_as_of={day(15)}&to_as_of={day(5)}")
    (moved,) = [change for change in told["changes"] if change["path"] == ["whereabouts", "facility"]]
    assert (moved["before"], moved["after"], moved["imprecise"]) == (camp, prison, False)
    (fact_id,) = moved["facts"]
    assert told["facts"][fact_id]["occurred_on"] == day(10)
    assert "Ghwayran 2" in told["facts"][fact_id]["sentence"]
    assert officer.shown(f"{case}/diff?from_as_of={day(15)}&to_as_of={day(14)}")["changes"] == []


def test_a_difference_between_two_times_says_what_was_learned_of_one_day(api: Any) -> None:
    officer, auditor = api.officer("caseworker"), api.officer("auditor", agency="UN-AUDIT", country=None)
    camp = api.facility("SY-ROJ-3", "Roj 3")
    case = api.case(officer)
    known = officer.granted(f"{case}/admit-to-facility", {"facility": camp, "occurred_on": day(20)})["positions"][-1]
    late = officer.granted(f"{case}/report-escape", {"facility": camp, "occurred_on": day(10)})["positions"][-1]
    told = auditor.shown(f"{case}/diff?to_as_of={day(5)}&from_known_at={known}&to_known_at={late}")
    (status,) = [change for change in told["changes"] if change["path"] == ["status"]]
    assert (status["before"], status["after"]) == ("registered", "missing")
    assert [told["facts"][fact_id]["position"] for fact_id in status["facts"]] == [late]
    assert auditor.shown(f"{case}/diff?to_as_of={day(15)}&from_known_at={known}")["changes"] == []
    assert problem(auditor.read(f"{case}/diff?open=identity")) == (403, "purpose.missing")
    assert problem(auditor.read(f"{case}/diff?open=identity&purpose=audit")) == (403, "permission.missing")
    stranger = api.officer("caseworker", agency="LU-MFA", country="LU")
    assert problem(stranger.read(f"{case}/diff")) == problem(stranger.read(case)) == (404, "not-found")


def test_an_opened_sheet_is_always_sent_and_never_kept(api: Any) -> None:
    officer = api.officer("caseworker")
    case = api.case(officer)
    answer = officer.read(f"{case}?open=identity&purpose=casework", **{"If-None-Match": '"1"'})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


# ---------------------------------------------------------------- timeline
def test_a_timeline_is_told_by_the_day_on_which_it_happened_page_by_page(api: Any) -> None:
    officer = api.officer("caseworker")
    camp = api.facility()
    case = api.case(officer)
    officer.granted(f"{case}/admit-to-facility", {"facility": camp, "occurred_on": day(3)})
    last = officer.granted(f"{case}/report-escape", {"occurred_on": day(1)})["positions"][-1]
    first = officer.shown(f"{case}/timeline?min_position={last}&limit=2")
    assert [entry["sentence"] for entry in first["entries"]] == [
        "The person was admitted to Al-Hol.",
        "An escape from a facility not stated was reported.",
    ]
    rest = officer.shown(first["next"])
    assert ([entry["code"] for entry in rest["entries"]], rest["next"]) == (["case.case-opened"], None)


def test_a_language_that_is_not_there_is_answered_in_one_that_is(api: Any) -> None:
    officer = api.officer("caseworker")
    answer = officer.read(f"{api.case(officer)}/timeline", **{"Accept-Language": "ckb, ar;q=0.8"})
    assert (answer.status_code, answer.headers["Content-Language"]) == (200, "en")


def test_a_feared_state_is_not_told_of_the_fear(api: Any) -> None:
    officer, authority, auditor = (api.officer(role) for role in ("caseworker", "authority", "auditor"))
    case = api.case(officer)
    body = {"country": "IQ", "fear": "torture", "account": "They know my name."}
    last = officer.granted(f"{case}/record-fear-of-return", body)["positions"][-1]
    path = f"{case}/timeline?min_position={last}"
    told, untold = ["case.case-opened", "case.fear-of-return-expressed"], ["case.case-opened"]
    for reader, expected in ((officer, told), (auditor, told), (authority, untold)):
        assert [entry["code"] for entry in reader.shown(path)["entries"]] == expected


# ---------------------------------------------------------------- worklist
def test_a_worklist_pages_through_every_case_once_by_what_is_due_first(api: Any) -> None:
    officer = api.officer("caseworker", agency="SE-MFA", country="SE")
    cases = set()
    for due in (None, day(-9), day(-3), day(-3), None):
        case = api.case(officer)
        if due is not None:
            body = {"agency": "SE-SAPO", "kind": "security", "due_on": due}
            officer.granted(f"{case}/request-screening", body, version=1)
        cases.add(case.rpartition("/")[2])
    position = officer.granted(f"{case}/claim-nationality", {"country": "SE"})["positions"][-1]
    shown, following = [], f"/v1/worklist?limit=2&min_position={position}"
    while following:
        page = officer.shown(following)
        shown += page["cases"]
        following = page["next"]
    assert [case["due_on"] for case in shown] == [day(-3), day(-3), day(-9), None, None]
    assert len(shown) == 5
    assert {case["case_id"] for case in shown} == cases


def test_a_worklist_is_filtered(api: Any) -> None:
    officer = api.officer("caseworker", agency="NO-MFA", country="NO")
    camp = api.facility("SY-ROJ", "Roj")
    one, other = api.case(officer), api.case(officer)
    officer.granted(f"{one}/admit-to-facility", {"facility": camp})
    officer.granted(f"{one}/claim-nationality", {"country": "NO"})
    due = {"agency": "NO-PST", "kind": "security", "due_on": day(-5)}
    position = officer.granted(f"{other}/request-screening", due, version=1)["positions"][-1]
    base = f"/v1/worklist?min_position={position}"

    def found(query: str) -> set[str]:
        return {f"/v1/cases/{case['case_id']}" for case in officer.shown(f"{base}&{query}")["cases"]}

    assert found("") == found("status=registered&status=screening") == {one, other}
    assert found("status=screening") == found(f"due_by={day(-5)}") == {other}
    assert found(f"facility={camp}") == found("country=NO") == {one}
    assert found("overlay=blocked") == found(f"due_by={day(-4)}") == set()
    assert problem(officer.read(f"{base}&status=gone")) == (422, "query.malformed")


def test_a_cursor_is_good_for_its_reader_and_its_question_only(api: Any) -> None:
    officer = api.officer("caseworker", agency="FI-MFA", country="FI")
    position = 0
    for _ in range(3):
        position = officer.granted("/v1/cases", {"circumstances": "arrival"})["positions"][-1]
    following = officer.shown(f"/v1/worklist?limit=1&country=XXX&min_position={position}")["next"]
    assert officer.shown(following)["cases"]
    colleague = api.officer("caseworker", agency="FI-MFA", country="FI", number=2)
    answers = [
        colleague.read(following),
        officer.read(following.replace("country=XXX", "country=FI")),
        officer.read(following[:-2] + ("AA" if following[-2:] != "AA" else "BB")),
        officer.read("/v1/worklist?after=" + "A" * 500),
        officer.read("/v1/worklist?after=..%2F..%2Fetc"),
    ]
    assert {problem(answer) for answer in answers} == {(400, "cursor.refused")}


# ---------------------------------------------------------------- blocks
def test_the_block_board_shows_who_blocks_since_when_and_what_is_overdue_page_by_page(api: Any) -> None:
    officer = api.officer("caseworker", agency="BE-MFA", country="BE")
    security = api.officer("security_officer", agency="BE-VSSE", country="BE")
    for days, agency in ((0, "BE-VSSE"), (-9, "BE-VSSE"), (-20, "BE-OCAM")):
        case = api.case(officer)
        officer.granted(f"{case}/claim-nationality", {"country": "BE"})
        block = {"agency": agency, "ground": "wanted", "review_due_on": day(days), "occurred_on": day(12)}
        receipt = security.granted(f"{case}/impose-security-block", block, version=2)
    first = officer.shown(f"/v1/blocks?limit=2&min_position={receipt['positions'][-1]}")
    assert [(row["review_due_on"], row["age_days"], row["overdue"]) for row in first["blocks"]] == [
        (day(0), 12, False),
        (day(-9), 12, False),
    ]
    (last,) = officer.shown(first["next"])["blocks"]
    assert (last["agency"], last["review_due_on"]) == ("BE-OCAM", day(-20))
    assert not {"ground", "actor"} & last.keys()
    assert officer.shown("/v1/blocks?overdue=true")["blocks"] == []
    assert len(officer.shown(f"/v1/blocks?agency=BE-VSSE&review_due_by={day(-9)}")["blocks"]) == 2
    assert [row["country"] for row in officer.shown("/v1/blocks?country=BE")["blocks"]] == ["BE"] * 3
    stranger = api.officer("caseworker", agency="LU-MFA", country="LU")
    assert stranger.shown("/v1/blocks")["blocks"] == []
    assert problem(stranger.read(first["next"])) == (400, "cursor.refused")
    camp = api.officer("camp_administration", agency="SY-AANES", country=None)
    assert problem(camp.read("/v1/blocks")) == (403, "permission.missing")


# ---------------------------------------------------------------- tasks, flags
def test_what_does_not_fit_is_a_task_that_somebody_finds(api: Any) -> None:
    officer = api.officer("caseworker", agency="AT-MFA", country="AT")
    case = api.case(officer)
    position = officer.granted(f"{case}/record-recapture", {"facility": api.facility()})["positions"][-1]
    (task,) = officer.shown(f"/v1/tasks?min_position={position}")["tasks"]
    assert f"/v1/cases/{task['case_id']}" == case
    assert (task["kind"], task["due_on"], task["overdue"], task["assignee"]) == ("review_anomaly", None, False, None)
    assert officer.shown("/v1/tasks?kind=review_anomaly")["tasks"] == [task]
    assert officer.shown("/v1/tasks?kind=follow_up")["tasks"] == []
    assert officer.shown(f"/v1/tasks?due_by={day(0)}")["tasks"] == []
    assert officer.shown("/v1/flags") == {"flags": [], "next": None}
    security = api.officer("security_officer", agency="AT-DSN", country="AT")
    for path in ("/v1/tasks", "/v1/flags"):
        assert problem(security.read(path)) == (403, "permission.missing")


# ---------------------------------------------------------------- registers of auditors
def test_an_auditor_sees_what_was_taken_back_and_who_was_moved_uncleared_and_nobody_else_does(api: Any) -> None:
    officer = api.officer("caseworker", agency="NL-BZ", country="NL")
    supervisor = api.officer("supervisor", agency="NL-BZ", country="NL", number=2)
    auditor = api.officer("auditor", agency="UN-AUDIT", country=None)
    case = api.case(officer)
    case_id = case.rpartition("/")[2]
    body = {"destination": "NL", "by_agency": "SY-AANES", "occurred_on": day(2)}
    position = officer.granted(f"{case}/report-uncleared-transfer", body)["positions"][0]
    ours = f"case_id={case_id}&min_position={position}"
    (breach,) = auditor.shown(f"/v1/audit/breaches?{ours}")["breaches"]
    assert (breach["position"], breach["occurred_on"], breach["country"], breach["stands"]) == (
        position,
        day(2),
        "NL",
        True,
    )
    told = officer.shown(f"{case}/timeline")["entries"]
    (moved,) = [entry for entry in told if entry["position"] == position]
    assert (moved["fact_id"], moved["retracted"], moved["corrected"]) == (breach["fact_id"], False, False)

    taken_back = {"target_fact_id": moved["fact_id"], "cause": "untrue", "reason": "It was her sister."}
    receipt = supervisor.granted(f"{case}/retract-fact", taken_back, version=officer.shown(case)["version"])
    ours = f"case_id={case_id}&min_position={receipt['positions'][0]}"
    (correction,) = auditor.shown(f"/v1/audit/corrections?{ours}&target_topic={moved['code']}")["corrections"]
    assert (correction["target_version"], correction["cause"], correction["agency"]) == (2, "untrue", "NL-BZ")
    assert "sister" not in str(correction)
    assert not auditor.shown(f"/v1/audit/breaches?{ours}")["breaches"][0]["stands"]
    (moved,) = [entry for entry in officer.shown(f"{case}/timeline")["entries"] if entry["position"] == position]
    assert moved["retracted"]
    for path in ("/v1/audit/corrections", "/v1/audit/breaches"):
        assert problem(supervisor.read(path)) == (403, "permission.missing")
    assert problem(auditor.ask(f"{case}/retract-fact", taken_back, version=4)) == (403, "permission.missing")


# ---------------------------------------------------------------- facilities, figures, operations
def test_a_facility_is_shown_under_its_location(api: Any) -> None:
    supervisor = api.officer("supervisor")
    body = {"code": "IQ-JADDAH", "name": "Jeddah 1", "kind": "rehabilitation", "country": "IQ", "control": "IQ-MODM"}
    registered = supervisor.ask("/v1/facilities", body)
    location, position = registered.headers["Location"], registered.json()["positions"][0]
    shown = supervisor.shown(f"{location}?min_position={position}")
    assert shown == {"facility_id": registered.json()["facility_id"], **body}
    assert shown in supervisor.shown("/v1/facilities")["facilities"]
    assert problem(supervisor.read("/v1/facilities/none")) == (404, "not-found")


def test_figures_move_with_the_record(fresh_api: Any) -> None:
    officer = fresh_api.officer("caseworker")
    case = fresh_api.case(officer)
    officer.granted(f"{case}/admit-to-facility", {"facility": fresh_api.facility(), "occurred_on": day(10)})
    position = officer.granted(f"{case}/record-sex", {"sex": "female"})["positions"][-1]
    figures = officer.shown(f"/v1/figures?min_position={position}")["figures"]
    assert (figures["F3"]["value"], figures["F3"]["published"], figures["F3"]["synthetic"]) == (1, "62,000", False)
    assert officer.shown(f"/v1/figures?as_of={day(11)}")["figures"]["F3"]["value"] == 0
    auditor = fresh_api.officer("auditor", "UN-OIOS", None)
    basis = auditor.shown("/v1/audit/figures/F3")
    assert (basis["value"], basis["position"], [one["case_id"] for one in basis["cases"]]) == (
        1,
        position,
        [case.rpartition("/")[2]],
    )
    assert auditor.read("/v1/audit/figures/F99").status_code == 404
    assert officer.read("/v1/audit/figures/F3").status_code == 403


def test_whoever_runs_the_service_sees_how_it_stands_without_a_token(api: Any) -> None:
    assert api.client.get("/healthz").json() == {"alive": True}
    ready = api.client.get("/readyz").json()
    assert ready["ready"]
    assert ready.keys() >= {"head", "projected", "lag_positions", "lag_seconds"}
    api.officer("caseworker").shown("/v1/worklist")
    metrics = api.client.get("/metrics").text
    assert 'homeward_request_seconds_count{method="GET",route="/v1/worklist",status="200"}' in metrics
    assert "homeward_projector_lag_seconds" in metrics
    assert "homeward_seal_lag_seconds" in metrics
