"""``GET /v1/tasks`` and ``GET /v1/flags``: what is to be done, and what everybody who opens a case must know."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from adapters.views.work import OPEN_FLAGS, OPEN_TASKS, FlagFilter, TaskFilter, TaskRow
from api.entrance import Asker, TheServices
from api.moments import MinPosition, today
from api.pages import After, Limit, listed
from domain.case.work import FlagKind, TaskKind

router = APIRouter(tags=["caseworkers"])

Assignee = Annotated[UUID | None, Query(description="Officer to whom the case is assigned.")]


@router.get("/v1/tasks", summary="List open tasks by what is due first", response_class=Response)
async def list_tasks(
    request: Request,
    services: TheServices,
    asker: Asker,
    kind: Annotated[TaskKind | None, Query(description="What is to be done.")] = None,
    assignee: Assignee = None,
    due_by: Annotated[date | None, Query(description="Due on this day or before.")] = None,
    after: After = None,
    limit: Limit = 50,
    min_position: MinPosition = None,
) -> Response:
    """Every open task of the cases that the caller may see; those without a day come last.

    What an officer wrote about a task is sealed; it is read on the case sheet, with a purpose.
    """
    asker.needs("work:read")
    await services.shown(min_position)
    wanted, day = TaskFilter(kind, assignee, due_by), today()

    def shown(row: TaskRow) -> dict[str, Any]:
        return {**row._asdict(), "overdue": row.due_on is not None and row.due_on < day}

    return await listed(
        OPEN_TASKS, request, services, asker, wanted=wanted, after=after, limit=limit, name="tasks", shown=shown
    )


@router.get("/v1/flags", summary="List flags by when they were raised", response_class=Response)
async def list_flags(
    request: Request,
    services: TheServices,
    asker: Asker,
    kind: Annotated[FlagKind | None, Query(description="What is flagged.")] = None,
    assignee: Assignee = None,
    after: After = None,
    limit: Limit = 50,
    min_position: MinPosition = None,
) -> Response:
    """Every flag that is not resolved, of the cases that the caller may see."""
    asker.needs("work:read")
    await services.shown(min_position)
    wanted = FlagFilter(kind, assignee)
    return await listed(OPEN_FLAGS, request, services, asker, wanted=wanted, after=after, limit=limit, name="flags")
