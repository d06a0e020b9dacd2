"""``GET /v1/audit/cases/{case_id}/clearances/{version}``: what was known when somebody was cleared to depart."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Request, Response

from adapters.record.grounds import Grounds, grounds_of
from api.commands import stream_named
from api.entrance import Asker, TheServices
from domain.case.status import overlays, status

router = APIRouter(tags=["auditors"])


@router.get(
    "/v1/audit/cases/{case_id}/clearances/{version}",
    summary="See on what a clearance rested",
    response_class=Response,
)
async def clearance(
    request: Request,
    case_id: str,
    version: Annotated[int, Path(ge=1, le=2**31 - 1, description="Of the clearance in its case; the timeline has it.")],
    services: TheServices,
    asker: Asker,
) -> Response:
    """Who cleared, what was known then, whether the evidence is still the same to the bit, and the gate asked again.

    The digest is computed anew from the stored bytes of the case and of every stream on which the gate rested. What
    has to be opened for that is opened by the machine and recorded as read; the answer holds verdicts and counts.
    """
    grounds = await grounds_of(
        services.record, stream_named(case_id), version, asker.caller, request.scope["request_id"]
    )
    return Response(orjson.dumps(shown(grounds)), media_type="application/json")


def shown(grounds: Grounds) -> dict[str, Any]:
    """Return what an auditor sees."""
    stamp, fact = grounds.stamp, grounds.clearance
    day = stamp.occurred_on.earliest
    return {
        "case_id": stamp.stream,
        "version": stamp.version,
        "position": stamp.position,
        "destination": fact.destination,
        "cleared_by": stamp.actor,
        "agency": stamp.agency,
        "recorded_at": stamp.recorded_at,
        "expires_on": fact.expires_on,
        "known_then": {
            "status": status(grounds.known, day),
            "overlays": sorted(overlays(grounds.known, day)),
            "facts": grounds.facts,
            "streams": grounds.streams,
            "anomalies": len(grounds.known.anomalies),
        },
        "evidence": {
            "stated_sha256": fact.evidence_sha256,
            "recomputed_sha256": grounds.recomputed,
            "agrees": grounds.agrees,
            "partly_erased": grounds.erased,
        },
        "unmet": [rule.shown() for rule in grounds.unmet],
    }
