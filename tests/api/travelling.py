"""A person made ready for the gate through HTTP, apart from what the destination decides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.travelling import preparations

WHO = {
    "request-screening": "caseworker",
    "complete-screening": "security_officer",
    "verify-identity": "authority",
    "assess-non-refoulement": "protection_officer",
    "issue-travel-document": "authority",
    "record-consent": "caseworker",
}
"""Verb → the role that asks for it."""


def prepared(api: Any, case: str, country: str = "IQ") -> None:
    """Ask for everything that the gate wants about an adult beside screening, approval and clearance."""
    for command, _ in preparations(country, until=datetime.now(UTC).date() + timedelta(days=200)):
        agency = "UN-UNHCR" if command.verb == "assess-non-refoulement" else f"{country}-MODM"
        officer = api.officer(WHO[command.verb], agency=agency, country=country, number=7)
        body = command.model_dump(mode="json", exclude_defaults=True)
        if command.verb == "complete-screening":
            open_ones = [known for known in officer.shown(case)["screenings"] if known["result"] is None]
            body["screening_id"] = next(known["screening_id"] for known in open_ones if known["kind"] == "medical")
        etag = officer.read(case).headers["ETag"]
        officer.granted(f"{case}/{command.verb}", body, version=etag)
