"""``GET /v1/cases/{case_id}/subject-report``: everything that is held of a person, and who read it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request, Response

from adapters.forgetting.report import PERMISSION, SubjectReport, subject_report
from api.commands import stream_named
from api.entrance import Asker, TheServices
from domain.kernel import Recorded
from domain.purposes import ANSWERING

router = APIRouter(tags=["subject-requests"])


@router.get("/v1/cases/{case_id}/subject-report", summary="Show a person what is held of them", response_class=Response)
async def report(
    request: Request,
    case_id: str,
    services: TheServices,
    asker: Asker,
    answering: Annotated[UUID, Query(description="The request of the person that is answered.")],
) -> Response:
    """Every fact of every case of the person, everything opened, and everybody who ever opened any of it.

    Showing it is itself recorded, with the request as its purpose. What was erased is shown as erased.
    """
    asker.needs(PERMISSION)
    found = await subject_report(
        services.record,
        services.door,
        stream_named(case_id),
        asker.caller,
        purpose=ANSWERING.format(answering),
        request=request.scope["request_id"],
    )
    return Response(orjson.dumps(shown_report(found)), media_type="application/json")


def shown_report(report: SubjectReport) -> dict[str, Any]:
    """Return a report as JSON shows it."""
    return {
        "cases": [
            {"case_id": held.case_id, "facts": [_fact(recorded) for recorded in held.facts]} for held in report.cases
        ],
        "reads": [read._asdict() for read in report.reads],
        "machines": [machine._asdict() for machine in report.machines],
    }


def _fact(recorded: Recorded) -> dict[str, Any]:
    stamp, fact = recorded
    return {
        "position": stamp.position,
        "version": stamp.version,
        "fact_id": stamp.fact_id,
        "code": fact.topic,
        "occurred_on": stamp.occurred_on.text,
        "recorded_at": stamp.recorded_at,
        "recorded_by": stamp.actor,
        "agency": stamp.agency,
        "source": stamp.source,
        "legal_basis": stamp.legal_basis,
        "fields": fact.model_dump(mode="json"),
    }
