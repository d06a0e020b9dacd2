"""Putting the record right over HTTP: what one types, what one is told, what one sees afterwards."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

TODAY = datetime.now(UTC).date()
SECRET = "Zaynab-al-Mawsiliyya"
"""A name that must not come back in any answer."""


def told(officer: Any, case: str, position: int) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = officer.shown(f"{case}/timeline?min_position={position}")["entries"]
    return sorted(entries, key=lambda entry: int(entry["version"]))


def test_an_entry_is_corrected_by_the_id_that_the_timeline_gives_it(api: Any) -> None:
    officer, supervisor = api.officer("caseworker"), api.officer("supervisor")
    case = api.case(officer)
    last = officer.granted(f"{case}/record-birth", {"birth": "1994", "place": "Mosul"})["positions"][-1]
    birth = told(officer, case, last)[1]
    assert (birth["code"], birth["corrected"]) == ("case.birth-recorded", False)
    body = {
        "target_fact_id": birth["fact_id"],
        "replacement": {"topic": birth["code"], "birth": "1995"},
        "cause": "mistyped",
        "reason": "Read from the paper file again.",
    }
    corrected = supervisor.granted(f"{case}/correct-fact", body, version=2)["positions"][-1]
    entries = told(officer, case, corrected)
    assert [entry["corrected"] for entry in entries] == [False, True, False]
    assert entries[2]["sentence"] == "An entry was corrected (birth recorded: birth): mistyped."
    opened = officer.shown(f"{case}?open=identity&purpose=interview")["opened"]
    assert "1995" in str(opened)
    assert "1994" not in str(opened)
    retraction = {"target_fact_id": entries[2]["fact_id"], "cause": "untrue", "reason": "It was right."}
    undone = supervisor.granted(f"{case}/retract-fact", retraction, version=3)["positions"][-1]
    after = told(officer, case, undone)
    assert [(entry["corrected"], entry["retracted"]) for entry in after] == [
        (False, False), (False, False), (False, True), (False, False),
    ]  # fmt: skip


def test_what_rests_on_an_entry_is_named_when_it_is_not_retracted(api: Any) -> None:
    officer, supervisor = api.officer("caseworker"), api.officer("supervisor")
    camp, case = api.facility(code=f"SY-{uuid4().hex[:8].upper()}"), api.case(officer)
    officer.granted(f"{case}/admit-to-facility", {"facility": camp})
    last = officer.granted(f"{case}/report-escape", {"facility": camp})["positions"][-1]
    _, admitted, escaped = told(officer, case, last)
    body = {"target_fact_id": admitted["fact_id"], "cause": "wrong_person", "reason": "A namesake."}
    answer = supervisor.ask(f"{case}/retract-fact", body, version=3)
    assert (answer.status_code, answer.json()["code"]) == (409, "retraction.rested-on")
    assert [fact["fact_id"] for fact in answer.json()["facts"]] == [escaped["fact_id"]]
    receipt = supervisor.granted(f"{case}/retract-fact", {**body, "together_with": [escaped["fact_id"]]}, version=3)
    assert receipt["versions"] == [4, 5]
    assert officer.shown(case)["whereabouts"]["facility"] is None


def test_a_correction_that_does_not_fit_says_where_and_does_not_repeat_it(api: Any) -> None:
    supervisor = api.officer("supervisor")
    case = api.case(api.officer("caseworker"))
    for replacement in (
        {"topic": "case.birth-recorded", "birth": SECRET},
        {"topic": "case.birth-recorded", "birthday": SECRET},
        {"topic": SECRET},
        SECRET,
    ):
        body = {"target_fact_id": str(uuid4()), "replacement": replacement, "cause": "mistyped", "reason": "x"}
        answer = supervisor.ask(f"{case}/correct-fact", body, version=1)
        assert (answer.status_code, answer.json()["code"]) == (422, "body.malformed")
        assert SECRET not in answer.text
