"""One case from the gate of a camp to the gate of home, through HTTP, as the people who work on it would tell it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.api.paging import pages
from tests.api.travelling import prepared

TODAY = datetime.now(UTC).date()
IN_A_MONTH = (TODAY + timedelta(days=30)).isoformat()


def test_a_woman_is_registered_blocked_released_from_the_block_cleared_and_goes_home(  # noqa: PLR0915  a story has as many sentences as it takes
    api: Any,
) -> None:
    caseworker = api.officer("caseworker")
    supervisor = api.officer("supervisor", number=2)
    security = api.officer("security_officer", agency="IQ-INSS")
    ministry = api.officer("authority", agency="IQ-MOI")

    # She arrives at al-Hol; a caseworker writes down what she tells.
    al_hol = api.facility()
    case = api.case(caseworker)
    caseworker.granted(f"{case}/admit-to-facility", {"facility": al_hol})
    name = {"parts": ["أمينة", "يوسف"], "script": "Arab"}
    caseworker.granted(f"{case}/record-name", {"kind": "full", "name": name})
    caseworker.granted(f"{case}/record-birth", {"birth": "1994~", "place": "Tal Afar"})
    caseworker.granted(f"{case}/record-sex", {"sex": "female"})
    caseworker.granted(f"{case}/claim-nationality", {"country": "IQ"})

    # What would her return to Iraq need?
    unmet = caseworker.shown(f"{case}/readiness?destination=IQ")["unmet"]
    assert [rule["code"] for rule in unmet] == ["G2", "G3", "G5", "G7", "G9", "G11"]
    assert all(rule["cure"] and rule["who"] and rule["source"] for rule in unmet)

    # The caseworker asks Iraq, and Iraq's agencies screen her.
    version = caseworker.shown(case)["version"]
    caseworker.granted(f"{case}/request-repatriation", {"country": "IQ", "by": "family"}, version=version)
    asked = {"agency": "IQ-INSS", "kind": "security", "destination": "IQ", "due_on": IN_A_MONTH}
    caseworker.granted(f"{case}/request-screening", asked, version=version + 1)
    assert caseworker.shown(case)["status"] == "screening"
    (screening,) = security.shown(case)["screenings"]
    answer = {"screening_id": screening["screening_id"], "result": "cleared"}
    security.granted(f"{case}/complete-screening", answer, version=version + 2)

    # The ministry confirms that she is Iraqi, and agrees.
    confirmed = {"country": "IQ", "authority": "IQ-MOI", "document": "A 12345"}
    ministry.granted(f"{case}/confirm-nationality", confirmed, version=version + 3)
    approved = {"country": "IQ", "authority": "IQ-MOI", "basis": "nationality"}
    ministry.granted(f"{case}/approve-repatriation", approved, version=version + 4)

    # Who she is, that nothing threatens her there, that she agrees, papers and health are settled.
    prepared(api, case)
    assert caseworker.shown(f"{case}/readiness?destination=IQ")["ready"]

    # A second person clears her. Then an agency blocks the transfer, and the clearance is gone with the same commit.
    supervisor.granted(f"{case}/clear-to-depart", {"destination": "IQ"}, version=caseworker.read(case).headers["ETag"])
    sheet = caseworker.read(case)
    assert sheet.json()["status"] == "ready"
    block = {"agency": "IQ-INSS", "ground": "identity_in_doubt", "review_due_on": IN_A_MONTH}
    receipt = security.granted(f"{case}/impose-security-block", block, version=sheet.headers["ETag"])
    assert len(receipt["positions"]) == 2
    sheet = caseworker.read(case)
    assert (sheet.json()["status"], sheet.json()["overlays"]) == ("approved", ["blocked"])
    refused = supervisor.ask(f"{case}/depart", {"destination": "IQ"}, version=sheet.headers["ETag"])
    assert (refused.status_code, refused.json()["code"]) == (409, "departure.not-cleared")

    # The agency lifts its block. That gives no clearance back: she is cleared anew, and leaves.
    (block,) = sheet.json()["blocks"]
    security.granted(f"{case}/lift-security-block", {"block_id": block["block_id"]}, version=sheet.headers["ETag"])
    assert caseworker.shown(case)["status"] == "approved"
    etag = caseworker.read(case).headers["ETag"]
    supervisor.granted(f"{case}/clear-to-depart", {"destination": "IQ"}, version=etag)
    etag = caseworker.read(case).headers["ETag"]
    supervisor.granted(f"{case}/depart", {"destination": "IQ"}, version=etag)
    assert caseworker.shown(case)["status"] == "in_transit"
    receipt = caseworker.granted(f"{case}/record-arrival", {"country": "IQ"})
    assert caseworker.shown(case)["status"] == "received"

    # It is all there to be told, without her name; and her name is opened only by saying so.
    told = caseworker.shown(f"{case}/timeline?min_position={receipt['positions'][-1]}")["entries"]
    sentences = [entry["sentence"] for entry in told]
    assert sentences[1] == "The person was admitted to Al-Hol."
    assert sentences[-1] == "The person arrived in Iraq."
    assert "أمينة" not in str(told)
    opened = caseworker.shown(f"{case}?open=identity&purpose=casework")["opened"]
    assert opened["identity"]["names"][0]["name"] == name

    # The outside world learns that somebody left for Iraq, and not who.
    integrator = api.officer("integrator", agency="UN-UNHCR", country=None)
    events = [event for batch, _ in pages(integrator, limit=100) for event in batch]
    (position,) = receipt["positions"]
    (arrival,) = (event for event in events if int(event["sequence"]) == position)
    assert arrival["type"] == "org.homeward.case.arrived-in-country.v1"
    assert case.rpartition("/")[2] not in str(events)
