"""``GET /v1/cases/{case_id}/readiness``: what stands between a person and a departure, without acting."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request, Response

from adapters.record.door import Reading
from api.commands import stream_named
from api.entrance import Asker, TheServices
from api.moments import today
from api.problems import Problem
from domain.case.departure import OPENS, DepartureRequest, rests_on
from domain.case.gate import unmet
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

    The same gate decides about a clearance, with one rule more: who clears is not who requested. What it opens to
    find out is recorded; nothing of it is shown but the verdict.
    """
    case = stream_named(case_id)
    reading = Reading("case", case, asker.caller, request.scope["request_id"], opens=OPENS, purpose="readiness")
    weighed = await services.door.weigh(reading, rests_on)
    if weighed.state.record.erased is not None:
        raise Problem("case.erased")
    asked = DepartureRequest.of(
        weighed.state, destination, on=today(), others=weighed.others, operation=weighed.state.journey.manifest
    )
    rules = unmet(weighed.state, asked)
    body = {
        "case_id": case,
        "version": weighed.version,
        "destination": destination,
        "ready": not rules,
        "unmet": [rule.shown() for rule in rules],
    }
    return Response(orjson.dumps(body), headers={"ETag": f'"{weighed.version}"'}, media_type="application/json")
