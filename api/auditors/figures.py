"""``GET /v1/figures``: the published figures, as the record gives them on a day; and on which facts each rests."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Path, Query, Response

from adapters.record.errors import NotVisible
from adapters.views.figure_basis import UnknownFigure, figure_basis
from adapters.views.figures import figures
from adapters.views.requests import erased_since
from api.auditors.telling import told_figures
from api.entrance import Asker, TheServices
from api.moments import AsOf, MinPosition, today

router = APIRouter(tags=["auditors"])


@router.get("/v1/figures", summary="Count people as of a day", response_class=Response)
async def show_figures(
    services: TheServices, asker: Asker, as_of: AsOf = None, min_position: MinPosition = None
) -> Response:
    """Every published figure of autumn 2021, counted from the record in valid time. Counts only, of all cases.

    Each says how it is counted, what was published, and whether invented people are in it (``synthetic``). People who
    were erased are in none of them: ``erased_since`` is how many were, after that day.
    """
    asker.needs("figures:read")
    await services.shown(min_position)
    day = as_of or today()
    async with services.reading() as connection:
        counted, erased = await figures(connection, day), await erased_since(connection, day)
    body = {"as_of": day, "erased_since": erased, "figures": told_figures(counted)}
    return Response(orjson.dumps(body), media_type="application/json")


@router.get("/v1/audit/figures/{code}", summary="See on what a figure rests", response_class=Response)
async def show_basis(
    services: TheServices,
    asker: Asker,
    code: Annotated[str, Path(pattern="^F[0-9]{1,2}$", description="Of the figure.", examples=["F9"])],
    as_of: AsOf = None,
    after: Annotated[UUID | None, Query(description="The case that ended the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    min_position: MinPosition = None,
) -> Response:
    """How it is counted, at which position of the record, and whom it counts: their cases, page by page.

    ``leaves_sha256`` covers every fact of everybody counted, up to that position: whoever holds a bundle of everything
    computes it from the sorted leaves, and counts anew.
    """
    asker.needs("audit:read")
    await services.shown(min_position)
    day = as_of or today()
    async with services.reading() as connection:
        try:
            basis = await figure_basis(connection, code, day, after=after, limit=limit)
        except UnknownFigure:
            raise NotVisible from None
    body = {
        "code": code,
        "as_of": day,
        "sentence": basis.definition.sentence,
        "basis": basis.definition.basis.format(day=day.isoformat()),
        "rule": {"among": basis.definition.among.value, "condition": basis.definition.where},
        "value": basis.value,
        "position": basis.position,
        "people": basis.people,
        "facts": basis.facts,
        "leaves_sha256": basis.leaves_sha256,
        "cases": [asdict(case) for case in basis.cases],
        "next": basis.cases[-1].case_id if len(basis.cases) == limit else None,
    }
    return Response(orjson.dumps(body), media_type="application/json")
