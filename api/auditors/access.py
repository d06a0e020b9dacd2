"""``GET /v1/audit/access``: who saw one case, from the log of reads. For auditors; caseworkers do not read it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Response

from api.auditors.telling import told_reads
from api.entrance import Asker, TheServices

router = APIRouter(tags=["auditors"])


@router.get("/v1/audit/access", summary="Tell who saw a case", response_class=Response)
async def who_saw(
    services: TheServices,
    asker: Asker,
    case: Annotated[UUID, Query(description="The case; or another person whom facts name by an id.")],
    after: Annotated[str | None, Query(max_length=1024, description="Cursor of the last page.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """Every opening of what is sealed of one person, the latest first: who, for which agency, why, which classes.

    Machines that keep the read models are told apart, by their standing purposes. A row with a ``leaf_index`` is
    sealed in the log's own tree.
    """
    asker.needs("audit:read")
    bound = ("access", asker.subject, str(case))
    before = None if after is None else services.cursors.read(after, *bound)
    page = await services.record.reads.who_saw(case, before=before, limit=limit)
    cursor = services.cursors.write(page.next, *bound) if page.next is not None else None
    following = f"/v1/audit/access?case={case}&limit={limit}&after={cursor}" if cursor else None
    headers = {"Link": f'<{following}>; rel="next"'} if following else {}
    return Response(
        orjson.dumps({**told_reads(page), "next": following}), headers=headers, media_type="application/json"
    )
