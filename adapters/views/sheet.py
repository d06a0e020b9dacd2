"""The case sheet: what the open data of a case says on a day. Names and ages are read through the door, not here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson
from psycopg import AsyncConnection, sql
from psycopg.rows import class_row

from adapters.views.open_sheet import open_sheet
from adapters.views.scope import of_one_case, seen_by
from adapters.views.writing import Kind, View
from domain.case.case import CaseState
from domain.case.status import Standing
from domain.kernel import Recorded


class SheetRow(NamedTuple):
    """The sheet of one case."""

    case_id: UUID
    version: int
    position: int
    """Of the last fact of the case."""
    sheet: bytes
    """JSON."""


SHEETS: Final = View("case_sheet", SheetRow, (Kind.UUID, Kind.INT4, Kind.INT8, Kind.JSON), owner="case_id")


def sheet_row(case: CaseState, facts: Sequence[Recorded], now: Standing) -> SheetRow:
    """Return the row of a case, folded from these facts in record order, as it stands."""
    last = facts[-1].stamp
    return SheetRow(last.stream, last.version, last.position, orjson.dumps(open_sheet(case, now.status)))


# ---------------------------------------------------------------- query
class Sheet(NamedTuple):
    """The sheet of one case as a reader gets it; ``version`` is its ETag."""

    case_id: UUID
    version: int
    position: int
    sheet: dict[str, Any]


async def sheet(connection: AsyncConnection[Any], parties: frozenset[str], case_id: UUID) -> Sheet | None:
    """Return the sheet of a case as it stands today; ``None`` when there is no such case for these parties."""
    query = sql.SQL(
        "SELECT case_id, version, position, sheet FROM views.case_sheet t WHERE case_id = %(case)s AND {}"
    ).format(of_one_case(parties))
    async with seen_by(connection, parties), connection.cursor(row_factory=class_row(Sheet)) as cursor:
        await cursor.execute(query, {"case": case_id, "parties": list(parties)})
        return await cursor.fetchone()
