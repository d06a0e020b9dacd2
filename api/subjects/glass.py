"""``GET /v1/break-glass/{break_glass_id}``: why somebody broke the glass, for whoever reviews it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import orjson
from fastapi import APIRouter, Request, Response

from adapters.record.door import Reading
from api.commands import stream_named
from api.entrance import Asker, TheServices
from domain.break_glass import BREAK_GLASS, NAME, GlassBroken
from domain.privacy import BlockLabel

router = APIRouter(tags=["break-glass"])

PURPOSE: Final = "break-glass-review"


@router.get("/v1/break-glass/{break_glass_id}", summary="Show why the glass was broken", response_class=Response)
async def show_glass(request: Request, break_glass_id: str, services: TheServices, asker: Asker) -> Response:
    """Who let themselves in, to what, until when, and the justification. For reviewers who may see the case.

    Showing the justification is itself recorded. The ETag is the version on which the review is decided.
    """
    asker.needs("break-glass:review")
    closed = Reading(NAME, stream_named(break_glass_id), asker.caller, request.scope["request_id"])
    known = BREAK_GLASS.fold((await services.door.read(closed)).facts)
    if known.broken is not None:  # whoever may not see the case does not see why others did
        await services.door.read(Reading("case", known.broken.case_id, asker.caller, closed.request))
    opened = replace(closed, opens=frozenset({BlockLabel.NARRATIVE}), purpose=PURPOSE)
    stream = await services.door.read(opened)
    body = {
        "break_glass_id": break_glass_id,
        **({} if known.broken is None else vars(known.broken) | {"classes": sorted(known.broken.classes)}),
        "justification": next(
            (
                fact.model_dump(mode="json")["justification"]
                for _, fact in stream.facts
                if isinstance(fact, GlassBroken)
            ),
            None,
        ),
        "review": None if known.review is None else vars(known.review),
    }
    headers = {"ETag": f'"{stream.version}"'}
    return Response(orjson.dumps(body), headers=headers, media_type="application/json")
