"""``GET /v1/facilities``: the places that facts name by their ids."""

from __future__ import annotations

from uuid import UUID

import orjson
from fastapi import APIRouter, Response

from adapters.record.errors import NotVisible
from adapters.views.facility import FacilityRow, facilities
from api.commands import stream_named
from api.entrance import Asker, TheServices
from api.moments import MinPosition
from api.services import Services

router = APIRouter(tags=["facilities"])


@router.get("/v1/facilities", summary="List facilities by code", response_class=Response)
async def list_facilities(services: TheServices, asker: Asker, min_position: MinPosition = None) -> Response:
    """Camps, prisons and other places in which people are held or received. Open data."""
    asker.needs("facility:read")
    await services.shown(min_position)
    rows = await _rows(services)
    return Response(orjson.dumps({"facilities": [row._asdict() for row in rows]}), media_type="application/json")


@router.get("/v1/facilities/{facility_id}", summary="Show one facility", response_class=Response)
async def show_facility(
    facility_id: str, services: TheServices, asker: Asker, min_position: MinPosition = None
) -> Response:
    """Show where a facility lies, what it is, and who controls it."""
    asker.needs("facility:read")
    wanted = stream_named(facility_id)
    await services.shown(min_position)
    for row in await _rows(services):
        if row.facility_id == wanted:
            return Response(orjson.dumps(row._asdict()), media_type="application/json")
    raise NotVisible


async def facility_names(services: Services) -> dict[UUID, str]:
    """Return id → name, for sentences."""
    return {row.facility_id: row.name for row in await _rows(services)}


async def _rows(services: Services) -> list[FacilityRow]:
    async with services.reading() as connection:
        return list(await facilities(connection))
