"""``GET /v1/cases/{case_id}/timeline``: what happened to one person, in sentences."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Header, Query, Request, Response

from adapters.record.door import Reading
from adapters.views.timeline import Entry, TimelinePlace, timeline
from api.caseworkers.erased import not_erased
from api.caseworkers.facilities import facility_names
from api.commands import stream_named
from api.entrance import Asker, TheServices
from api.messages import CATALOGUES, Catalogue, preferred
from api.moments import MinPosition
from domain.confided import CONFIDED_TOPICS, may_be_told, unsaid

router = APIRouter(tags=["cases"])


@router.get("/v1/cases/{case_id}/timeline", summary="Tell what happened, in plain sentences", response_class=Response)
async def tell(
    request: Request,
    case_id: str,
    services: TheServices,
    asker: Asker,
    after: Annotated[str | None, Query(max_length=1024, description="Cursor of the last page.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    min_position: MinPosition = None,
    accept_language: Annotated[str | None, Header()] = None,
) -> Response:
    """Every fact of the case by the day on which it happened. Nothing personal. Codes stay, sentences improve.

    What somebody needs, fears, wants or was promised is told only to those who may open it, and to auditors.
    A fact that was put right or taken back since stays in its place, and says so: ``retracted`` ones do not count.
    """
    asker.needs("case:read")
    case = stream_named(case_id)
    await services.shown(min_position)
    bound = ("timeline", asker.subject, case_id)
    place = None
    if after is not None:
        day, version = services.cursors.read(after, *bound)
        place = TimelinePlace(date.fromisoformat(day), version)
    told = may_be_told(asker.caller.permissions)
    without = frozenset[str]() if told else CONFIDED_TOPICS
    async with services.reading() as connection:
        page = await timeline(connection, asker.caller.parties, case, after=place, without=without, limit=limit)
    if not page.entries and place is None:  # not there, not theirs, erased, or so new that no read model shows it yet
        stream = await services.door.read(Reading("case", case, asker.caller, request.scope["request_id"]))
        not_erased(asker, stream.facts)
    catalogue = preferred(accept_language, CATALOGUES)
    names = await facility_names(services)
    cursor = services.cursors.write(tuple(page.next), *bound) if page.next else None
    following = f"/v1/cases/{case_id}/timeline?limit={limit}&after={cursor}" if cursor else None
    entries = page.entries if told else [entry._replace(params=dict(unsaid(entry.params))) for entry in page.entries]
    body = {"entries": [_told(entry, catalogue, names) for entry in entries], "next": following}
    headers = {"Content-Language": catalogue.language}
    if following:
        headers["Link"] = f'<{following}>; rel="next"'
    return Response(orjson.dumps(body), headers=headers, media_type="application/json")


def _told(entry: Entry, catalogue: Catalogue, names: dict[UUID, str]) -> dict[str, Any]:
    return {
        "version": entry.version,
        "position": entry.position,
        "fact_id": entry.fact_id,
        "occurred_on": entry.occurred_on,
        "recorded_at": entry.recorded_at,
        "agency": entry.agency,
        "code": entry.code,
        "sentence": catalogue.fact(entry.code, entry.params, names),
        "params": entry.params,
        "corrected": entry.corrected,
        "retracted": entry.retracted,
    }
