"""``GET /v1/figures``: the published figures, as the record gives them on a day."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson
from fastapi import APIRouter, Response

from adapters.views.figures import Figure, figures
from adapters.views.requests import erased_since
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
    body = {"as_of": day, "erased_since": erased, "figures": shown(counted)}
    return Response(orjson.dumps(body), media_type="application/json")


def shown(counted: dict[str, Figure]) -> dict[str, dict[str, Any]]:
    """Return code → what is said of each figure."""
    return {
        code: {name: value for name, value in asdict(figure).items() if name != "code"}
        for code, figure in counted.items()
    }
