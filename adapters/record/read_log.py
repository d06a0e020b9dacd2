"""The log of reads: who opened what is sealed, of whom, why and on which request. Written before anything is shown.

Nothing that was opened leaves without a row here: a person's reading is committed before the answer, a decision's
opening with what followed from it or, where it was refused, before the refusal is told. Rows are only ever added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, NamedTuple, TypeAlias
from uuid import UUID

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from adapters.record.errors import RecordUnavailable
from adapters.record.reading import with_connection

Reader: TypeAlias = Literal["human", "decision", "loader"]

NOTE: Final = """
INSERT INTO access.read (reader, actor, agency, purpose, classes, case_ids, request)
SELECT r.reader, r.actor, r.agency, r.purpose, string_to_array(r.classes, ','), string_to_array(r.cases, ',')::uuid[],
  r.request
FROM unnest(%s::text[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::uuid[])
  AS r (reader, actor, agency, purpose, classes, cases, request)
"""
SEEN: Final = """
SELECT r.read_id, r.at, r.reader, r.actor, r.agency, r.purpose, r.classes, r.request, l.leaf_index
FROM (
  SELECT * FROM access.read WHERE reader = 'human' AND case_ids @> ARRAY[%(case)s::uuid]
  UNION ALL
  SELECT * FROM access.read WHERE reader = 'decision' AND case_ids[1] = %(case)s
) r
LEFT JOIN access.read_leaf l USING (read_id)
WHERE r.read_id < %(before)s ORDER BY r.read_id DESC LIMIT %(limit)s
"""
BY_MACHINES: Final = """
SELECT r.reader, r.purpose, array_agg(DISTINCT c.label ORDER BY c.label) AS classes,
  count(DISTINCT r.read_id) AS times, min(r.at) AS first, max(r.at) AS last
FROM access.read r CROSS JOIN LATERAL unnest(r.classes) AS c (label)
WHERE r.reader NOT IN ('human', 'decision') AND (
  r.case_ids @> ARRAY[%(case)s::uuid]
  OR r.case_ids = '{}' AND EXISTS (
    SELECT FROM record.fact f
    WHERE f.stream = %(case)s AND f.position BETWEEN r.from_position AND r.to_position))
GROUP BY r.reader, r.purpose ORDER BY 1, 2
"""
LAST: Final = 2**63 - 1


class Read(NamedTuple):
    """Somebody, or something, opens sealed data of people."""

    reader: Reader
    actor: UUID | None
    """``None`` for a machine that asks for nobody, here and below."""
    agency: str | None
    purpose: str
    classes: Sequence[str]
    case_ids: Sequence[UUID]
    """Of a decision: one."""
    request: UUID | None


class Seen(NamedTuple):
    """A row of the log as it is told of one case."""

    read_id: int
    at: datetime
    reader: str
    """``human``, or ``decision``: a machine opened it to decide what an officer asked for."""
    actor: UUID
    agency: str
    purpose: str
    classes: list[str]
    request: UUID
    leaf_index: int | None
    """Place in the tree of the log; ``None`` until it is sealed."""


class SeenByMachine(NamedTuple):
    """What machines opened of one case under one standing purpose."""

    reader: str
    purpose: str
    classes: list[str]
    times: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class WhoSaw:
    """A page of who opened anything of one case, the latest first, and what machines opened of it."""

    reads: Sequence[Seen]
    next: int | None
    """Pass it on as ``before`` to go on; ``None`` at the end."""
    machines: Sequence[SeenByMachine] = field(default=())
    """On the first page only."""


class ReadLog:
    """Adds to the log of one record, and tells of one case who is in it."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool: Final = pool

    async def note(self, *reads: Read) -> None:
        """Commit that something is opened; only then may anybody see it.

        :raises RecordUnavailable: when it cannot be recorded; then nothing may be shown.
        """
        arguments = (
            [read.reader for read in reads],
            [read.actor for read in reads],
            [read.agency for read in reads],
            [read.purpose for read in reads],
            [",".join(sorted(read.classes)) for read in reads],
            [",".join(map(str, read.case_ids)) for read in reads],
            [read.request for read in reads],
        )
        try:
            async with self._pool.connection() as connection:
                await connection.execute(NOTE, arguments)
        except (psycopg.Error, PoolTimeout) as error:
            raise RecordUnavailable(fate_known=True) from error

    async def who_saw(self, case: UUID, *, before: int | None = None, limit: int) -> WhoSaw:
        """Return who opened anything of a case, the latest first; ``before`` goes on where a page ended.

        :raises RecordUnavailable: when the database does not answer.
        """

        async def page(connection: AsyncConnection) -> WhoSaw:
            place = {"case": case, "before": LAST if before is None else before, "limit": limit + 1}
            async with connection.cursor(row_factory=class_row(Seen)) as cursor:
                await cursor.execute(SEEN, place)
                found = await cursor.fetchall()
            machines: list[SeenByMachine] = []
            if before is None:
                async with connection.cursor(row_factory=class_row(SeenByMachine)) as cursor:
                    await cursor.execute(BY_MACHINES, {"case": case})
                    machines = await cursor.fetchall()
            shown = found[:limit]
            return WhoSaw(shown, shown[-1].read_id if len(found) > limit else None, machines)

        return await with_connection(self._pool, page)
