"""``GET /v1/cases/{case_id}/readiness``: what stands between a person and a departure, without acting."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request, Response

from adapters.record.door import Reading
from api.commands import stream_named
from api.entrance import Asker, TheServices
from api.moments import today
from domain.case.case import CASE
from domain.case.gate import DepartureRequest, unmet
from domain.values import StateCode

router = APIRouter(tags=["cases"])


@router.get("/v1/cases/{case_id}/readiness", summary="Ask what a departure would need", response_class=Response)
async def readiness(
    request: Request,
    case_id: str,
    services: TheServices,
    asker: Asker,
    destination: Annotated[StateCode, Query(description="The state that would receive the person.", examples=["IQ"])],
) -> Response:
    """Every rule of the departure gate that does not hold today, with what cures it, who can, and its source.

    The same gate decides about a clearance, with one rule more: who clears is not who requested.
    """
    case = stream_named(case_id)
    reading = Reading("case", case, asker.caller, request.scope["request_id"])
    stream = await services.door.read(reading)
    rules = unmet(CASE.fold(stream.facts), DepartureRequest.of(destination, on=today()))
    body = {
        "case_id": case,
        "version": stream.version,
        "destination": destination,
        "ready": not rules,
        "unmet": [rule.shown() for rule in rules],
    }
    return Response(orjson.dumps(body), headers={"ETag": f'"{stream.version}"'}, media_type="application/json")
