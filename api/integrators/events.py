"""``GET /v1/events``: the feed page by page, for whoever prefers to ask."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from api.entrance import Asker, TheServices
from api.integrators.feed import FROM_THE_START

MEDIA_TYPE: Final = "application/cloudevents-batch+json"
MAX_LIMIT: Final = 1_000

router = APIRouter(tags=["integrators"])

After = Annotated[
    str | None,
    Query(max_length=1024, description="Cursor of the last page, from its Link header. Omitted or 0: from the start."),
]


@router.get(
    "/v1/events",
    summary="Read published facts, page by page",
    response_class=Response,
    responses={
        200: {
            "description": "A batch of CloudEvents 1.0 in position order; it can be empty and still lead on.",
            "content": {
                MEDIA_TYPE: {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/CloudEvent"}}}
            },
            "headers": {
                "Feed-Head": {"description": "Last position of the record.", "schema": {"type": "integer"}},
                "Feed-Scanned-To": {"description": "Last position looked at.", "schema": {"type": "integer"}},
                "Feed-Caught-Up": {"description": "Whether nothing lay beyond.", "schema": {"type": "boolean"}},
                "Link": {"description": "The next page, rel=next.", "schema": {"type": "string"}},
            },
        }
    },
)
async def events(
    services: TheServices,
    asker: Asker,
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Positions to look at.")] = 256,
) -> Response:
    """Facts that leave the house, with nothing personal in them, in the order in which they were recorded.

    The cursor leads on over facts that do not leave. When Feed-Caught-Up is true, ask the same link again later.
    """
    asker.needs("feed:read")
    feed = services.feed
    page = await feed.page(feed.position(after), limit)
    following = feed.cursor(page.scanned_to) if page.scanned_to else FROM_THE_START
    return Response(
        b"[" + b",".join(event for _, event in page.events) + b"]",
        media_type=MEDIA_TYPE,
        headers={
            "Feed-Head": str(page.head),
            "Feed-Scanned-To": str(page.scanned_to),
            "Feed-Caught-Up": "true" if page.caught_up else "false",
            "Link": f'</v1/events?after={following}&limit={limit}>; rel="next"',
        },
    )
