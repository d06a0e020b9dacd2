"""``GET /v1/cases/{case_id}``: the case sheet, today or as it was on a day, as far as it was known at a time.

Folded from the record itself, so that what was just acknowledged is in it and its ETag is the version to decide on.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

import orjson
from fastapi import APIRouter, Header, Query, Request, Response

from adapters.record.door import Reading, Stream
from adapters.record.load import LATEST
from adapters.views.open_sheet import open_sheet
from api.caseworkers.confided import confided_part, of_what_is_confided
from api.caseworkers.erased import not_erased
from api.caseworkers.opened import OPENABLE, opened_part
from api.caseworkers.under_glass import under_glass
from api.commands import stream_named
from api.entrance import Asker, TheServices
from api.moments import AsOf, KnownAt, MinPosition, today
from api.problems import Problem
from api.services import Services
from domain.case.case import CASE, CaseState
from domain.case.status import settled_until, standing
from domain.clocks import Moment
from domain.clocks import as_of as state_as_of
from domain.confided import may_be_told
from domain.privacy import BlockLabel
from domain.purposes import Purpose

router: Final = APIRouter(tags=["cases"])


@router.get("/v1/cases/{case_id}", summary="Show the case sheet", response_class=Response)
async def show(
    request: Request,
    case_id: str,
    services: TheServices,
    asker: Asker,
    as_of: AsOf = None,
    known_at: Annotated[KnownAt | None, Query(description="What had been recorded by then.")] = None,
    min_position: MinPosition = None,
    opens: Annotated[
        list[OPENABLE], Query(alias="open", max_length=6, description="Personal classes to open; this is recorded.")
    ] = [],  # noqa: B006  the framework copies it
    purpose: Annotated[Purpose | None, Query(description="Why they are opened; needed with open.")] = None,
    under: Annotated[UUID | None, Query(description="The broken glass under which another's case is read.")] = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """What the record says of one person: open data, and the personal classes that are asked for by name.

    What somebody needs, fears, wants or was promised stands under ``confided``, for those who may open it and for
    auditors. Opening personal data is recorded before the answer leaves. The ETag is the version on which a decision
    is taken; a part after a dot is the day on which the sheet changes by the calendar alone. Under a broken glass
    the purpose in the log of reads is the glass.
    """
    if opens and purpose is None and under is None:
        raise Problem("purpose.missing")
    case = stream_named(case_id)
    await services.recorded(min_position)
    reading = Reading(
        "case",
        case,
        asker.caller,
        request.scope["request_id"],
        opens=frozenset(opens),
        purpose=purpose or "",
        up_to=await _position(services, known_at),
    )
    if under is not None:
        reading = await under_glass(services.door, reading, under)
    stream = await services.door.read(reading)
    whole = stream if known_at is None else await services.door.read(_of_now(reading))
    not_erased(asker, whole.facts)
    now, live = _day(stream, as_of, known_at), as_of is None and known_at is None
    state, imprecise = _state(stream, as_of)
    headers = {"ETag": etag(stream.version, settled_until(state, now))} if live else {}
    if live and not opens and if_none_match is not None and headers["ETag"] in _tags(if_none_match):
        return Response(status_code=304, headers=headers)
    stands = standing(state, now)
    body: dict[str, Any] = {
        "case_id": case,
        "version": stream.version,
        "as_of": now,
        "overlays": sorted(stands.overlays),
        **open_sheet(state, stands.status),
    }
    told = may_be_told(asker.caller.permissions) and (under is None or BlockLabel.PROTECTION in opens)
    if told:
        body["confided"] = confided_part(state)
    else:
        hidden = of_what_is_confided(stream.facts)
        body["anomalies"] = [odd for odd in body["anomalies"] if odd["fact_id"] not in hidden]
    if not live:
        body["imprecise"] = imprecise
    if opens:
        body["opened"] = opened_part(state, stream.facts, frozenset(opens), now, told=told)
    return Response(orjson.dumps(body), headers=headers, media_type="application/json")


def etag(version: int, settled: date | None) -> str:
    """Return the validator of a sheet: its version, and the day on which the calendar alone changes it, if any."""
    return f'"{version}"' if settled is None else f'"{version}.{settled.isoformat()}"'


def _tags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}


def _of_now(reading: Reading) -> Reading:
    return Reading(reading.aggregate, reading.stream, reading.caller, reading.request)


async def _position(services: Services, known_at: int | datetime | None) -> int:
    if isinstance(known_at, datetime):
        return await services.record.position_at(known_at)
    return LATEST if known_at is None else known_at


def _day(stream: Stream, as_of: date | None, known_at: int | datetime | None) -> date:
    """Return the day for which status is derived: as asked; else the day of what was known; else today."""
    if as_of is not None:
        return as_of
    if isinstance(known_at, datetime):
        return known_at.astimezone(UTC).date()
    return today() if known_at is None else stream.facts[-1].stamp.recorded_at.date()


def _state(stream: Stream, as_of: date | None) -> tuple[CaseState, tuple[UUID, ...]]:
    """Return the fold in record order, or for a day in order of validity with the facts whose date is unsure."""
    if as_of is None:
        return CASE.fold(stream.facts), ()
    dossier = state_as_of(stream.facts, Moment(as_of))
    return dossier.state, dossier.imprecise
