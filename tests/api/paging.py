"""Reading the feed as an integrator does: page after page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx


def pages(
    integrator: Any, *, limit: int, link: str = "/v1/events"
) -> Iterator[tuple[list[dict[str, Any]], httpx.Headers]]:
    """Follow the links from the start until caught up."""
    link = f"{link}?limit={limit}"
    while True:
        answer = integrator.read(link)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"] == "application/cloudevents-batch+json"
        yield answer.json(), answer.headers
        if answer.headers["Feed-Caught-Up"] == "true":
            return
        link = answer.links["next"]["url"]
