"""``GET /v1/worklist``: the cases that an officer may see, by what is due first."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request, Response

from adapters.views.worklist import WorklistFilter, WorklistPage, WorklistPlace, worklist
from api.entrance import Asker, TheServices
from api.guard import Bearer
from api.moments import MinPosition
from api.services import Services
from domain.case.status import Overlay, Status
from domain.values import CountryCode

MAX_LIMIT = 500

router = APIRouter(tags=["caseworkers"])

Statuses = Annotated[list[Status], Query(alias="status", max_length=len(Status), description="Any of these.")]
Overlays = Annotated[list[Overlay], Query(alias="overlay", max_length=len(Overlay), description="All of these.")]


@router.get("/v1/worklist", summary="List cases by what is due first", response_class=Response)
async def list_cases(
    request: Request,
    services: TheServices,
    asker: Asker,
    statuses: Statuses = [],  # noqa: B006  the framework copies it
    overlays: Overlays = [],  # noqa: B006
    facility: Annotated[UUID | None, Query(description="Where the person is.")] = None,
    country: Annotated[CountryCode | None, Query(description="Strongest nationality on record.")] = None,
    due_by: Annotated[date | None, Query(description="Due on this day or before.")] = None,
    after: Annotated[str | None, Query(max_length=1024, description="Cursor of the last page.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    min_position: MinPosition = None,
) -> Response:
    """Cases of the caller's country and agency. References only: names are opened case by case, and that is recorded.

    Pages follow each other by cursor; a case whose due day changes meanwhile moves with it.
    """
    asker.needs("worklist:read")
    await services.shown(min_position)
    wanted = WorklistFilter(frozenset(statuses), frozenset(overlays), facility, country, due_by)
    async with services.reading() as connection:
        page = await worklist(
            connection, asker.caller.parties, wanted, after=_place(services, asker, wanted, after), limit=limit
        )
    following = (
        _following(request, services.cursors.write(tuple(page.next), *_bound(asker, wanted))) if page.next else None
    )
    headers = {"Link": f'<{following}>; rel="next"'} if following else {}
    return Response(_shown(page, following), headers=headers, media_type="application/json")


def _place(services: Services, asker: Bearer, wanted: WorklistFilter, cursor: str | None) -> WorklistPlace | None:
    if cursor is None:
        return None
    due_on, case_id = services.cursors.read(cursor, *_bound(asker, wanted))
    return WorklistPlace(None if due_on is None else date.fromisoformat(due_on), UUID(case_id))


def _bound(asker: Bearer, wanted: WorklistFilter) -> tuple[str, ...]:
    """Return what a cursor is good for: this reader and these conditions."""
    conditions = (sorted(wanted.status), sorted(wanted.overlays), wanted.facility, wanted.country, wanted.due_by)
    return "worklist", asker.subject, *map(str, conditions)


def _following(request: Request, cursor: str) -> str:
    kept = [
        (name, value) for name, value in request.query_params.multi_items() if name not in {"after", "min_position"}
    ]
    return f"/v1/worklist?{urlencode([*kept, ('after', cursor)])}"


def _shown(page: WorklistPage, following: str | None) -> bytes:
    cases: list[dict[str, Any]] = [
        {name: value for name, value in row._asdict().items() if name not in {"settled_until", "position"}}
        for row in page.rows
    ]
    return orjson.dumps({"cases": cases, "next": following})
