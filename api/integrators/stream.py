"""``GET /v1/events/stream``: the feed as server-sent events, as it grows."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Final

from fastapi import APIRouter, Header, Response
from sse_starlette import EventSourceResponse
from starlette.types import Receive, Scope, Send

from adapters.feed.tail import Tail, grown_within
from adapters.record.errors import RecordUnavailable
from api.entrance import Asker, TheServices
from api.guard import Bearer
from api.integrators.events import After
from api.integrators.feed import Feed, Page
from api.integrators.streams import OpenStreams

PAGE: Final = 256
CHECKPOINT_SECONDS: Final = 15.0
CHECKPOINT_POSITIONS: Final = 1_000
"""A checkpoint is sent after so many positions of which nothing leaves: a restart need not look at them again."""
SEND_SECONDS: Final = 30.0
"""A reader that takes nothing for so long is cut off; it goes on from its last id, here or page by page."""

router = APIRouter(tags=["integrators"])


class _Stream(EventSourceResponse):
    """A stream that takes its place among its consumer's before the first byte, and gives it back after the last."""

    def __init__(self, frames: AsyncIterator[bytes], streams: OpenStreams, consumer: str) -> None:
        super().__init__(frames, ping=0, send_timeout=SEND_SECONDS)
        self._streams: Final = streams
        self._consumer: Final = consumer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._streams.one_more(self._consumer):
            await super().__call__(scope, receive, send)


@router.get(
    "/v1/events/stream",
    summary="Follow published facts as they are recorded",
    response_class=Response,
    responses={
        200: {
            "description": "Server-sent events. The data of each is a CloudEvent; its id is the cursor to go on from. "
            "An event named checkpoint carries an id and no fact.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    },
)
async def stream(
    services: TheServices,
    asker: Asker,
    after: After = None,
    last_event_id: Annotated[str | None, Header(max_length=1024, description="Cursor to go on from.")] = None,
) -> Response:
    """The facts of ``GET /v1/events``, sent as they are recorded. At most 4 streams at a time; pages have no limit."""
    asker.needs("feed:read")
    position = services.feed.position(last_event_id or after)
    frames = _frames(services.feed, services.tail, asker, position)
    return _Stream(frames, services.streams, asker.subject)


async def _frames(feed: Feed, tail: Tail, asker: Bearer, position: int) -> AsyncIterator[bytes]:
    """Yield frames until the token expires or the record does not answer; the reader comes back with its last id."""
    told, told_at = position, time.monotonic()
    while time.time() < asker.expires_at:
        growth = tail.next_growth()
        try:
            page = await feed.page(position, PAGE)
        except RecordUnavailable:
            return
        for frame in _facts(feed, page):
            yield frame
        position = page.scanned_to
        if page.events:
            told, told_at = page.events[-1][0], time.monotonic()
        if position - told >= CHECKPOINT_POSITIONS or time.monotonic() - told_at >= CHECKPOINT_SECONDS:
            told, told_at = position, time.monotonic()
            yield f"event: checkpoint\nid: {feed.cursor(position)}\ndata: {{}}\n\n".encode()
        if page.caught_up:
            await grown_within(growth, max(0.0, told_at + CHECKPOINT_SECONDS - time.monotonic()))


def _facts(feed: Feed, page: Page) -> Iterator[bytes]:
    for position, event in page.events:
        yield b"id: " + feed.cursor(position).encode() + b"\ndata: " + event + b"\n\n"
