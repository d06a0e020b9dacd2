"""The eldest daughter of a family, from the gate of al-Hol to aftercare, through HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.api.travelling import prepared

TODAY = datetime.now(UTC).date()
IN_A_MONTH = (TODAY + timedelta(days=30)).isoformat()
NINETEEN, TWENTY_ONE = str(TODAY.year - 20), str(TODAY.year - 21)


class Case:
    """Her case, as officers work on it: each decision is taken on what they last saw."""

    def __init__(self, path: str) -> None:
        self.path = path

    def asks(self, officer: Any, verb: str, **body: object) -> Any:
        etag = officer.read(self.path).headers["ETag"]
        return officer.granted(f"{self.path}/{verb}", body, version=etag)

    def unmet(self, officer: Any) -> list[str]:
        return [rule["code"] for rule in officer.shown(f"{self.path}/readiness?destination=IQ")["unmet"]]


def test_the_eldest_daughter_goes_home_and_is_looked_after(  # noqa: PLR0915  a story has as many sentences as it takes
    api: Any,
) -> None:
    caseworker, supervisor = api.officer("caseworker"), api.officer("supervisor", number=2)
    security = api.officer("security_officer", agency="IQ-INSS")
    ministry = api.officer("authority", agency="IQ-MOI")

    # She comes to al-Hol with her mother.
    al_hol = api.facility()
    mother = api.case(caseworker)
    caseworker.granted(f"{mother}/admit-to-facility", {"facility": al_hol})
    hers = Case(api.case(caseworker))
    caseworker.granted(f"{hers.path}/admit-to-facility", {"facility": al_hol})
    caseworker.granted(f"{hers.path}/record-birth", {"birth": NINETEEN, "strength": 2})
    caseworker.granted(f"{hers.path}/claim-nationality", {"country": "IQ"})
    hers.asks(caseworker, "link-kin", person=mother.rpartition("/")[2], relation="mother", primary_caregiver=False)

    # Iraq is asked, screens her, confirms that she is Iraqi, agrees; papers, health and consent are settled.
    hers.asks(caseworker, "request-repatriation", country="IQ", by="family")
    hers.asks(caseworker, "request-screening", agency="IQ-INSS", kind="security", destination="IQ", due_on=IN_A_MONTH)
    (screening,) = security.shown(hers.path)["screenings"]
    hers.asks(security, "complete-screening", screening_id=screening["screening_id"], result="cleared")
    hers.asks(ministry, "confirm-nationality", country="IQ", authority="IQ-MOI")
    hers.asks(ministry, "approve-repatriation", country="IQ", authority="IQ-MOI", basis="nationality")
    prepared(api, hers.path)
    assert hers.unmet(caseworker) == []

    # An agency blocks the transfer, and lifts its block again.
    hers.asks(security, "impose-security-block", agency="IQ-INSS", ground="watch_list", review_due_on=IN_A_MONTH)
    assert "G1" in hers.unmet(caseworker)
    (block,) = caseworker.shown(hers.path)["blocks"]
    hers.asks(security, "lift-security-block", block_id=block["block_id"])

    # Her screening is reversed after the approval; the agency looks again.
    hers.asks(
        security, "reverse-screening-result",
        screening_id=screening["screening_id"], to_result="inconclusive", reason="new_information",
    )  # fmt: skip
    assert hers.unmet(caseworker) == ["G2"]
    hers.asks(caseworker, "request-screening", agency="IQ-INSS", kind="security", destination="IQ", due_on=IN_A_MONTH)
    again = next(known for known in security.shown(hers.path)["screenings"] if known["result"] is None)
    hers.asks(security, "complete-screening", screening_id=again["screening_id"], result="cleared")
    assert hers.unmet(caseworker) == []

    # She is cleared, and takes her consent back at the bus; the clearance is gone with it. She consents anew.
    hers.asks(supervisor, "clear-to-depart", destination="IQ")
    withdrawn = hers.asks(caseworker, "record-consent-withdrawal", scope="transfer", destination="IQ")
    assert len(withdrawn["positions"]) == 2
    assert hers.unmet(caseworker) == ["G9"]
    hers.asks(caseworker, "record-consent", scope="transfer", destination="IQ", basis="informed")
    assert hers.unmet(caseworker) == []

    # The convoy turns back before the border: she is cleared anew, leaves again, and is handed over.
    hers.asks(supervisor, "clear-to-depart", destination="IQ")
    hers.asks(supervisor, "depart", destination="IQ")
    assert caseworker.shown(hers.path)["status"] == "in_transit"
    hers.asks(caseworker, "record-return-after-abort", facility=al_hol, operation_id=str(uuid4()))
    assert caseworker.shown(hers.path)["status"] == "approved"
    hers.asks(supervisor, "clear-to-depart", destination="IQ")
    hers.asks(supervisor, "depart", destination="IQ")
    hers.asks(caseworker, "record-handover", country="IQ", authority="IQ-MODM")
    arrived = hers.asks(caseworker, "record-arrival", country="IQ")
    assert caseworker.shown(hers.path)["status"] == "received"

    # A service takes her on.
    made = hers.asks(caseworker, "make-referral", service="psychosocial", agency="UN-UNICEF")
    told = caseworker.shown(f"{hers.path}/timeline?min_position={made['positions'][-1]}")["entries"]
    referral = next(entry for entry in reversed(told) if entry["code"] == "case.referral-made")
    accepted = hers.asks(caseworker, "accept-referral", referral_id=referral["params"]["referral_id"])
    assert caseworker.shown(hers.path)["status"] == "aftercare"
    mine = caseworker.shown(f"/v1/worklist?status=aftercare&min_position={accepted['positions'][-1]}")["cases"]
    assert hers.path.rpartition("/")[2] in [row["case_id"] for row in mine]

    # Late, her birth certificate is found: the year was wrong. What was believed before stays readable.
    birth = next(entry for entry in told if entry["code"] == "case.birth-recorded")
    right = {"topic": "case.birth-recorded", "birth": TWENTY_ONE, "strength": 2}
    corrected = hers.asks(
        supervisor, "correct-fact",
        target_fact_id=birth["fact_id"], replacement=right, cause="misunderstood", reason="Read in another calendar.",
    )  # fmt: skip
    then, now = arrived["positions"][-1], corrected["positions"][0]
    births = [
        caseworker.shown(f"{hers.path}?open=identity&purpose=casework{known}")["opened"]["identity"]["births"]
        for known in ("", f"&known_at={then}")
    ]
    assert [told[0]["birth"] for told in births] == [TWENTY_ONE, NINETEEN]

    # Of the same day: what was known on arrival, what is known now, and the facts behind each change.
    learned = caseworker.shown(
        f"{hers.path}/diff?to_as_of={TODAY}&from_known_at={then}&to_known_at={now}&open=identity&purpose=casework"
    )
    changed = {tuple(change["path"]): change for change in learned["changes"]}
    (year,) = [change for path, change in changed.items() if path[:2] == ("identity", "births")]
    assert (NINETEEN in str(year["before"]), TWENTY_ONE in str(year["after"])) == (True, True)
    assert [learned["facts"][fact_id]["code"] for fact_id in year["facts"]] == [
        "case.birth-recorded", "case.fact-corrected",
    ]  # fmt: skip
    assert learned["facts"][year["facts"][-1]]["position"] == now
    status = changed["status",]
    assert (status["before"], status["after"]) == ("received", "aftercare")
    assert [learned["facts"][fact_id]["code"] for fact_id in status["facts"]] == ["case.referral-accepted"]
    assert not {path[0] for path in changed} & {"blocks", "screening", "consent", "journey", "whereabouts"}

    # What happened that day is none of what was learned of it: asked of what was known, each answer is the old one.
    before = caseworker.shown(f"{hers.path}/diff?to_as_of={TODAY}&from_known_at={then}&to_known_at={then}")
    assert before["changes"] == []
