"""``GET /v1/subject-requests``: what people ask about their own data, and the certificate of an erasure."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
import psycopg
from fastapi import APIRouter, Query, Request, Response

from adapters.forgetting.certificate import NotErased, certificate
from adapters.record.door import Reading
from adapters.views.requests import REQUEST_BOARD, RequestFilter
from api.commands import stream_named
from api.entrance import Asker, TheServices
from api.moments import MinPosition
from api.pages import After, Limit, listed
from api.problems import Problem
from api.services import Services
from domain.subject_request.facts import RequestKind
from domain.subject_request.state import NAME

router = APIRouter(tags=["subject-requests"])

State = Literal["open", "approved", "answered", "refused", "erased"]


@router.get("/v1/subject-requests", summary="List requests by what is to be answered first", response_class=Response)
async def list_requests(
    request: Request,
    services: TheServices,
    asker: Asker,
    kind: Annotated[RequestKind | None, Query(description="What is asked.")] = None,
    state: Annotated[State | None, Query(description="What became of it.")] = None,
    case_id: Annotated[UUID | None, Query(description="Only of this case.")] = None,
    after: After = None,
    limit: Limit = 50,
    min_position: MinPosition = None,
) -> Response:
    """Requests about cases that the caller may see, with the day by which they have to be answered.

    An approved erasure waits until the time to think again is over, and as long as something stands in its way.
    """
    asker.needs("subject-request:read")
    await services.shown(min_position)
    wanted = RequestFilter(kind.value if kind is not None else None, state, case_id)
    return await listed(
        REQUEST_BOARD, request, services, asker, wanted=wanted, after=after, limit=limit, name="subject_requests"
    )


@router.get(
    "/v1/subject-requests/{subject_request_id}/certificate",
    summary="Certify an erasure",
    response_class=Response,
)
async def certify(request: Request, subject_request_id: str, services: TheServices, asker: Asker) -> Response:
    """What was destroyed, where the log says so with a path to its published head, and since when backups are covered.

    Anyone can check it with the log's public key. It holds ids, digests and dates, and nothing else of the person.
    """
    stream = stream_named(subject_request_id)
    await services.door.read(Reading(NAME, stream, asker.caller, request.scope["request_id"]))
    return Response(orjson.dumps(await _certificate(services, stream)), media_type="application/json")


async def _certificate(services: Services, request: UUID) -> dict[str, Any]:
    def made() -> dict[str, Any]:
        with psycopg.connect(services.databases.url("reader"), autocommit=True) as connection:
            return certificate(connection, services.settings, request)

    try:
        return await asyncio.to_thread(made)
    except NotErased as reason:
        raise Problem(reason.code) from None
