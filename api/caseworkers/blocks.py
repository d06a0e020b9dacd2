"""``GET /v1/blocks``: the block board, by what is to be reviewed first."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from adapters.views.blocks import BLOCK_BOARD, BlockFilter, BlockRow
from api.entrance import Asker, TheServices
from api.moments import MinPosition, today
from api.pages import After, Limit, listed
from domain.values import AgencyCode, CountryCode

router = APIRouter(tags=["caseworkers"])


@router.get("/v1/blocks", summary="List open security blocks by their review", response_class=Response)
async def list_blocks(
    request: Request,
    services: TheServices,
    asker: Asker,
    agency: Annotated[AgencyCode | None, Query(description="That imposed it.", examples=["IQ-INSS"])] = None,
    facility: Annotated[UUID | None, Query(description="Where the person is.")] = None,
    country: Annotated[CountryCode | None, Query(description="Strongest nationality on record.")] = None,
    overdue: Annotated[bool, Query(description="Only those whose review was due before today.")] = False,
    review_due_by: Annotated[date | None, Query(description="Review due on this day or before.")] = None,
    after: After = None,
    limit: Limit = 50,
    min_position: MinPosition = None,
) -> Response:
    """Every open block of the cases that the caller may see: who imposed it, how long ago, when it is to be reviewed.

    A block goes overdue; it never lapses. Its ground is sealed and is read on the case sheet, with a purpose.
    """
    asker.needs("block:read")
    await services.shown(min_position)
    day = today()
    wanted = BlockFilter(agency, facility, country, day if overdue else None, review_due_by)

    def shown(row: BlockRow) -> dict[str, Any]:
        return {**row._asdict(), "age_days": (day - row.imposed_on).days, "overdue": row.review_due_on < day}

    return await listed(
        BLOCK_BOARD, request, services, asker, wanted=wanted, after=after, limit=limit, name="blocks", shown=shown
    )
