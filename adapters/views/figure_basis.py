"""On what a figure rests: the rule that chooses, the people it chooses, and all facts of theirs, to count anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from psycopg import AsyncConnection, sql
from psycopg.rows import tuple_row

from adapters.views.figures import FIGURES, PERSON_BY_PERSON, Definition, value_of
from adapters.views.scope import EVERYONE, seen_by

BASIS: Final = """
{counted}, chosen AS MATERIALIZED (SELECT DISTINCT case_id FROM {among} WHERE {where}
), shown AS MATERIALIZED (SELECT position FROM views.checkpoint
), ground AS MATERIALIZED (
  SELECT f.stream, f.position, f.leaf FROM chosen JOIN record.fact f ON f.stream = chosen.case_id
  WHERE f.position <= (SELECT position FROM shown)
), listed AS (
  SELECT stream, count(*) AS facts, max(position) AS position FROM ground
  WHERE %(after)s::uuid IS NULL OR stream > %(after)s GROUP BY stream ORDER BY stream LIMIT %(limit)s
)
SELECT (SELECT position FROM shown), coalesce((SELECT {value} FROM {among} LIMIT 1), 0),
  (SELECT count(*) FROM chosen), count(*),
  encode(sha256(coalesce(string_agg(leaf, '' ORDER BY leaf), '')), 'hex'),
  (SELECT coalesce(array_agg(ARRAY[stream::text, facts::text, position::text] ORDER BY stream), '{{}}') FROM listed)
FROM ground
"""


class UnknownFigure(Exception):  # noqa: N818 - what it is
    """No figure has this code."""


@dataclass(frozen=True)
class CaseCounted:
    """A case that is counted, and how far its facts were known."""

    case_id: UUID
    facts: int
    last_position: int


@dataclass(frozen=True)
class FigureBasis:
    """What a figure rests on, at one position of the record."""

    definition: Definition
    position: int
    """Every fact up to it is taken into account, and no later one."""
    value: int
    people: int
    facts: int
    """Of these people, up to the position."""
    leaves_sha256: str
    """SHA-256 over the leaves of these facts, sorted, hex: the same whenever the same facts are counted."""
    cases: Sequence[CaseCounted]
    """A page of them, in order of their ids."""


async def figure_basis(
    connection: AsyncConnection[Any], code: str, as_of: date, *, after: UUID | None, limit: int
) -> FigureBasis:
    """Return on what a figure rests as of a date, from all cases; the page of cases begins behind ``after``.

    :raises UnknownFigure: when no figure has this code.
    """
    figure = next((each for each in FIGURES if each.code == code), None)
    if figure is None:
        raise UnknownFigure
    query = sql.SQL(
        BASIS.format(counted=PERSON_BY_PERSON, among=figure.among.value, where=figure.where, value=value_of(figure))
    )
    async with seen_by(connection, frozenset({EVERYONE})), connection.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(query, {"day": as_of, "after": after, "limit": limit})
        row = await cursor.fetchone()
    position, value, people, facts, digest, cases = row or (0, 0, 0, 0, "", [])
    counted = [CaseCounted(UUID(case_id), int(known), int(last)) for case_id, known, last in cases]
    return FigureBasis(figure, position, int(value), people, facts, digest, counted)
