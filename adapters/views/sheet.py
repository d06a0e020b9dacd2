"""The case sheet: what the open data of a case says on a day. Names and ages are read through the door, not here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson
from psycopg import AsyncConnection, sql
from psycopg.rows import class_row

from adapters.views.scope import of_one_case, seen_by
from adapters.views.writing import Kind, View
from domain.case.case import CaseState
from domain.case.decisions import Answer, Approval, Ended
from domain.case.journey import Return
from domain.case.status import status
from domain.dates import PartialDate
from domain.kernel import Recorded


class SheetRow(NamedTuple):
    """The sheet of one case."""

    case_id: UUID
    version: int
    position: int
    """Of the last fact of the case."""
    sheet: bytes
    """JSON."""


SHEETS: Final = View("case_sheet", SheetRow, (Kind.UUID, Kind.INT4, Kind.INT8, Kind.JSON), owner="case_id")


def sheet_row(case: CaseState, facts: Sequence[Recorded], day: date) -> SheetRow:
    """Return the row of a case, folded from these facts in record order, as it stands on a day."""
    last = facts[-1].stamp
    return SheetRow(last.stream, last.version, last.position, orjson.dumps(open_sheet(case, day)))


def open_sheet(case: CaseState, day: date) -> dict[str, Any]:
    """Return what the open data of a folded case says on a day; dates are EDTF, lists are in the order recorded."""
    registration, whereabouts = case.registration, case.whereabouts
    closed, death = registration.closed, case.life.death
    return {
        "status": status(case, day).value,
        "circumstances": registration.circumstances,
        "opened_on": _text(registration.opened_on),
        "closed": {"reason": closed.reason, "on": closed.on.text} if closed is not None else None,
        "nationality": _nationality(case),
        "whereabouts": {
            "place": whereabouts.place,
            "facility": whereabouts.facility,
            "since": _text(whereabouts.since),
        },
        "death": {"on": death.on.text, "facility": death.facility, "strength": death.strength.name.lower()}
        if death is not None
        else None,
        "screenings": _screenings(case),
        "blocks": [
            {"block_id": block_id, "agency": block.agency, "review_due_on": block.review_due_on}
            for block_id, block in case.blocks.open.items()
        ],
        "decisions": {country: _answer(answer) for country, answer in case.decisions.answers.items()},
        "journey": _journey(case),
        "anomalies": [
            {"code": odd.code, "fact_id": odd.fact_id, "position": odd.position} for odd in case.anomalies
        ],
    }  # fmt: skip


def _nationality(case: CaseState) -> dict[str, Any]:
    known = case.nationality
    return {
        "strongest": known.strongest,
        "claimed": {country: strength.name.lower() for country, strength in known.claims.items()},
        "confirmed": {country: sorted(authorities) for country, authorities in known.confirmed.items()},
        "deprived": {country: order.effective_from.text for country, order in known.deprived.items()},
    }


def _screenings(case: CaseState) -> list[dict[str, Any]]:
    return [
        {
            "screening_id": screening_id,
            "agency": asked.agency,
            "kind": asked.kind,
            "destination": asked.destination,
            "due_on": asked.due_on,
            "result": asked.outcome.result if asked.outcome is not None else None,
            "valid_until": asked.outcome.valid_until if asked.outcome is not None else None,
        }
        for screening_id, asked in case.screening.by_id.items()
    ]


def _answer(answer: Answer) -> dict[str, Any]:
    if isinstance(answer, Approval):
        return {"answer": "approved", "on": answer.on.text, "authority": answer.authority, "basis": answer.basis}
    if isinstance(answer, Ended):
        return {"answer": "revoked" if answer.approval else "quashed", "on": answer.on.text}
    return {"answer": "refused", "on": answer.on.text, "review_body": answer.review_body}


def _journey(case: CaseState) -> dict[str, Any]:
    given, left = case.journey.clearance, case.journey.departure
    return {
        "clearance": {
            "destination": given.destination,
            "given_on": given.given_on.text,
            "expires_on": given.expires_on,
        }
        if given is not None
        else None,
        "departure": {"destination": left.destination, "on": left.on.text, "cleared": left.cleared}
        if left is not None
        else None,
        "arrival": _return(case.journey.arrival),
        "repatriation": _return(case.journey.repatriation),
    }


def _return(known: Return | None) -> dict[str, Any] | None:
    return {"country": known.country, "on": known.on.text} if known is not None else None


def _text(day: PartialDate | None) -> str | None:
    return day.text if day is not None else None


# ---------------------------------------------------------------- query
class Sheet(NamedTuple):
    """The sheet of one case as a reader gets it; ``version`` is its ETag."""

    case_id: UUID
    version: int
    position: int
    sheet: dict[str, Any]


async def sheet(connection: AsyncConnection[Any], parties: frozenset[str], case_id: UUID) -> Sheet | None:
    """Return the sheet of a case as it stands today; ``None`` when there is no such case for these parties."""
    query = sql.SQL(
        "SELECT case_id, version, position, sheet FROM views.case_sheet t WHERE case_id = %(case)s AND {}"
    ).format(of_one_case(parties))
    async with seen_by(connection, parties), connection.cursor(row_factory=class_row(Sheet)) as cursor:
        await cursor.execute(query, {"case": case_id, "parties": list(parties)})
        return await cursor.fetchone()
