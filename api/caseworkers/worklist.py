"""``GET /v1/worklist``: the cases that an officer may see, by what is due first."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from adapters.views.worklist import WORKLIST_BY_DUE, WorklistFilter, WorklistRow
from api.entrance import Asker, TheServices
from api.moments import MinPosition
from api.pages import After, Limit, listed
from domain.case.status import Overlay, Status
from domain.values import CountryCode

router = APIRouter(tags=["caseworkers"])

Statuses = Annotated[list[Status], Query(alias="status", max_length=len(Status), description="Any of these.")]
Overlays = Annotated[list[Overlay], Query(alias="overlay", max_length=len(Overlay), description="All of these.")]

OURS: Final = frozenset({"settled_until", "position"})
"""What a row needs for its own upkeep."""


@router.get("/v1/worklist", summary="List cases by what is due first", response_class=Response)
async def list_cases(
    request: Request,
    services: TheServices,
    asker: Asker,
    statuses: Statuses = [],  # noqa: B006  the framework copies it
    overlays: Overlays = [],  # noqa: B006
    facility: Annotated[UUID | None, Query(description="Where the person is.")] = None,
    country: Annotated[CountryCode | None, Query(description="Strongest nationality on record.")] = None,
    assignee: Annotated[UUID | None, Query(description="Officer to whom the case is assigned.")] = None,
    due_by: Annotated[date | None, Query(description="Due on this day or before.")] = None,
    after: After = None,
    limit: Limit = 50,
    min_position: MinPosition = None,
) -> Response:
    """Cases of the caller's country and agency. References only: names are opened case by case, and that is recorded.

    A case is due on the earliest day of its open tasks, screenings without an answer, reviews of blocks, and the end
    of its clearance. Pages follow each other by cursor; a case whose due day changes meanwhile moves with it.
    """
    asker.needs("worklist:read")
    await services.shown(min_position)
    wanted = WorklistFilter(frozenset(statuses), frozenset(overlays), facility, country, assignee, due_by)
    return await listed(
        WORKLIST_BY_DUE, request, services, asker, wanted=wanted, after=after, limit=limit, shown=_shown, name="cases"
    )


def _shown(row: WorklistRow) -> dict[str, Any]:
    return {name: value for name, value in row._asdict().items() if name not in OURS}
