"""Facilities by id, for filters, sentences and figures. Open data: everybody with a token may see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from adapters.views.writing import Kind, View
from domain.facility import FacilityState


class FacilityRow(NamedTuple):
    """One place."""

    facility_id: UUID
    code: str
    name: str
    kind: str
    country: str
    control: str
    """Agency."""


FACILITIES: Final = View(
    "facility",
    FacilityRow,
    (Kind.UUID, Kind.TEXT, Kind.TEXT, Kind.TEXT, Kind.TEXT, Kind.TEXT),
    owner="facility_id",
)


def facility_rows(facility: FacilityState, facility_id: UUID) -> list[FacilityRow]:
    """Return the row of a place; none before it is registered."""
    known = facility.registered
    if known is None:
        return []
    return [FacilityRow(facility_id, known.code, known.name, known.kind.value, known.country, known.control)]


async def facilities(connection: AsyncConnection[Any]) -> Sequence[FacilityRow]:
    """Return every place, by code."""
    async with connection.cursor(row_factory=class_row(FacilityRow)) as cursor:
        await cursor.execute("SELECT facility_id, code, name, kind, country, control FROM views.facility ORDER BY code")
        return await cursor.fetchall()
