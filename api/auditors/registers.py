"""``GET /v1/audit/corrections``, ``breaches``, ``erasures``, ``break-glass``: what an auditor looks at first."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from adapters.views.audit import BREACHES, CORRECTIONS, AuditFilter
from adapters.views.glass import GLASS_REGISTER, GlassFilter
from adapters.views.register import Everything
from adapters.views.requests import ERASURES_AS_RECORDED
from api.entrance import Asker, TheServices
from api.moments import MinPosition
from api.pages import After, Limit, listed
from domain.corrections import Topic
from domain.values import AgencyCode

router = APIRouter(tags=["auditors"])

OfCase = Annotated[UUID | None, Query(description="Only of this case.")]
Agency = Annotated[AgencyCode | None, Query(description="That recorded it.", examples=["SY-AANES"])]
Code = Annotated[Topic | None, Query(description="Kind of fact.", examples=["case.fact-retracted"])]


@router.get("/v1/audit/corrections", summary="List corrections and retractions as recorded", response_class=Response)
async def list_corrections(
    request: Request,
    services: TheServices,
    asker: Asker,
    case_id: OfCase = None,
    agency: Agency = None,
    code: Code = None,
    target_topic: Annotated[Topic | None, Query(description="Kind of fact that was put right.")] = None,
    after: After = None,
    limit: Limit = 50,
    min_position: MinPosition = None,
) -> Response:
    """Which fact was put right or taken back, why, by whom, when it occurred and when that was recorded.

    One that was taken back itself stays, and does not stand. What it says is sealed; both readings are on the case,
    known before and after its position.
    """
    asker.needs("audit:read")
    await services.shown(min_position)
    wanted = AuditFilter(case_id, agency, code, target_topic)
    return await listed(
        CORRECTIONS, request, services, asker, wanted=wanted, after=after, limit=limit, name="corrections"
    )


@router.get("/v1/audit/breaches", summary="List breaches as recorded", response_class=Response)
async def list_breaches(
    request: Request,
    services: TheServices,
    asker: Asker,
    case_id: OfCase = None,
    agency: Agency = None,
    code: Code = None,
    after: After = None,
    limit: Limit = 50,
    min_position: MinPosition = None,
) -> Response:
    """Departures and transfers that nobody had cleared, and promises that a state is reported not to have kept.

    One that was taken back stays, and does not stand.
    """
    asker.needs("audit:read")
    await services.shown(min_position)
    wanted = AuditFilter(case_id, agency, code)
    return await listed(BREACHES, request, services, asker, wanted=wanted, after=after, limit=limit, name="breaches")


@router.get("/v1/audit/erasures", summary="List who was erased as recorded", response_class=Response)
async def list_erasures(
    request: Request,
    services: TheServices,
    asker: Asker,
    after: After = None,
    limit: Limit = 50,
    min_position: MinPosition = None,
) -> Response:
    """Cases whose person was erased: when, on which ground, and by which fence. Nothing else of them is left here."""
    asker.needs("audit:read")
    await services.shown(min_position)
    return await listed(
        ERASURES_AS_RECORDED, request, services, asker, wanted=Everything(), after=after, limit=limit, name="erasures"
    )


@router.get("/v1/audit/break-glass", summary="List who broke the glass, the earliest first", response_class=Response)
async def list_glass(
    request: Request,
    services: TheServices,
    asker: Asker,
    case_id: OfCase = None,
    agency: Annotated[AgencyCode | None, Query(description="For whom the officer acted.")] = None,
    reviewed: Annotated[bool | None, Query(description="Whether somebody has said if it was justified.")] = None,
    after: After = None,
    limit: Limit = 50,
    min_position: MinPosition = None,
) -> Response:
    """Who let themselves in to a case that was not theirs, to which classes, until when, and what the reviewer found.

    Auditors see all of them, who answers for people's data those of cases of theirs. The justification is sealed; the
    log of reads says what was looked at, under the purpose ``break-glass.{break_glass_id}``.
    """
    asker.needs("break-glass:read")
    await services.shown(min_position)
    wanted = GlassFilter(case_id, agency, reviewed)
    return await listed(
        GLASS_REGISTER, request, services, asker, wanted=wanted, after=after, limit=limit, name="break_glass"
    )
