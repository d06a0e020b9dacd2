"""Points in time as a query names them: a civil day, and what was known at a time or position of the record."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Final

from fastapi import Query
from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

_POSITION: Final = re.compile(r"[0-9]{1,18}", re.ASCII)


def today() -> date:
    """Return the civil day in UTC, by the clock of this server."""
    return datetime.now(UTC).date()


def _time_or_position(given: object) -> int | datetime:
    text = str(given)
    if _POSITION.fullmatch(text):
        return int(text)
    try:
        time = datetime.fromisoformat(text.replace(" ", "+"))  # a plus sign in a query arrives as a space
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise PydanticCustomError("time_or_position", "needs a position or a time with its zone")
    return time


KnownAt = Annotated[
    int | datetime,
    PlainValidator(_time_or_position),
    WithJsonSchema({"type": "string", "examples": ["1042", "2021-10-15T12:00:00Z"]}),
]
"""A position of the record, or a time with its zone: what had been recorded by then."""

AsOf = Annotated[date | None, Query(description="The state on this day, in valid time.", examples=["2021-10-15"])]
MinPosition = Annotated[
    int | None,
    Query(ge=0, le=2**62, description="Wait, within a limit, until this position of a receipt is shown."),
]
