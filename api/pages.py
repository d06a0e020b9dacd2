"""Lists in pages: a signed cursor says where the last page ended, and is good for its reader and question only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final, NamedTuple, TypeVar
from urllib.parse import urlencode

import orjson
from fastapi import Query, Request, Response

from adapters.views.register import MAX_PAGE, Filter, Register, page
from api.guard import Bearer
from api.services import Services

Row = TypeVar("Row", bound=NamedTuple)

After = Annotated[str | None, Query(max_length=1024, description="Cursor of the last page.")]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="Rows on a page.")]

_NOT_THE_QUESTION: Final = frozenset({"after", "limit", "min_position"})


async def listed(
    register: Register[Row],
    request: Request,
    services: Services,
    asker: Bearer,
    *,
    wanted: Filter,
    after: str | None,
    limit: int,
    name: str,
    shown: Callable[[Row], dict[str, Any]] = lambda row: row._asdict(),
) -> Response:
    """Return one page of a register's rows that the asker may see, under a name.

    :raises Problem: ``cursor.refused`` when the cursor is another's, or of another question.
    """
    path: str = request.scope["path"]
    given = request.query_params.multi_items()
    bound = (path, asker.subject, urlencode(sorted(pair for pair in given if pair[0] not in _NOT_THE_QUESTION)))
    place = None if after is None else tuple(services.cursors.read(after, *bound))
    async with services.reading() as connection:
        found = await page(connection, asker.caller.parties, register, wanted, after=place, limit=limit)
    following, headers = None, {}
    if found.next is not None:
        kept = [(name, value) for name, value in given if name not in {"after", "min_position"}]
        following = f"{path}?{urlencode([*kept, ('after', services.cursors.write(found.next, *bound))])}"
        headers["Link"] = f'<{following}>; rel="next"'
    body = {name: [shown(row) for row in found.rows], "next": following}
    return Response(orjson.dumps(body), headers=headers, media_type="application/json")
