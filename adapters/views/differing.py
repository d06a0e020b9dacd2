"""Where two copies of a read model differ: whose rows, which rows, which columns. Values are never told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg import sql

from adapters.tables import all_tables
from adapters.views.names import LIVE
from adapters.views.writing import View

NAMED: Final = 100
"""Streams and rows that are named for each table; more streams are only counted."""

_PARTS: Final = sql.SQL(
    "SELECT uuid_hash({owner}) & 4095, count(*), sum(hash_record_extended(t, 0)) FROM {table} t GROUP BY 1"
)
_HASHES: Final = sql.SQL(
    "SELECT {owner}, count(*), sum(hash_record_extended(t, 0)) FROM {table} t WHERE {those} GROUP BY 1"
)
_ROWS: Final = sql.SQL("SELECT {key}, to_jsonb(t) FROM {table} t WHERE {owner} = ANY(%s)")


@unique
class Fault(StrEnum):
    """What is wrong with a live row."""

    MISSING = "missing"
    SURPLUS = "surplus"
    ALTERED = "altered"


@dataclass(frozen=True)
class RowDiffering:
    """A row that is not what the record says."""

    key: tuple[str, ...]
    """Its primary key, as text."""
    fault: Fault
    columns: tuple[str, ...]
    """That hold something else, of an altered row."""


Side = tuple[psycopg.Connection[Any], str]
"""A connection and the schema of the copy that it looks at."""


def differing_streams(view: View[Any], live: Side, replayed: Side) -> list[UUID]:
    """Return the streams whose rows differ, in order; only the parts of a table that differ are read row by row."""
    seen, should_be = _parts(view, live), _parts(view, replayed)
    parts = [part for part in seen.keys() | should_be.keys() if seen.get(part) != should_be.get(part)]
    there = sql.SQL("uuid_hash({}) & 4095 = ANY(%s)").format(sql.Identifier(view.owner))
    found, expected = (hashes(*side, view, there, parts) for side in (live, replayed))
    return sorted(stream for stream in found.keys() | expected.keys() if found.get(stream) != expected.get(stream))


def differing_rows(view: View[Any], live: Side, replayed: Side, streams: list[UUID]) -> list[RowDiffering]:
    """Return the rows of these streams that differ, in order of their keys."""
    found, expected = _rows(view, live, streams), _rows(view, replayed, streams)
    differing = []
    for key in sorted(found.keys() | expected.keys()):
        seen, should_be = found.get(key), expected.get(key)
        if seen is None:
            differing.append(RowDiffering(key, Fault.MISSING, ()))
        elif should_be is None:
            differing.append(RowDiffering(key, Fault.SURPLUS, ()))
        elif seen != should_be:
            columns = tuple(sorted(name for name, value in should_be.items() if seen[name] != value))
            differing.append(RowDiffering(key, Fault.ALTERED, columns))
    return differing


def hashes(
    connection: psycopg.Connection[Any], schema: str, view: View[Any], condition: sql.Composable, *values: object
) -> dict[UUID, tuple[int, Any]]:
    """Return stream → number and hash of its rows, of the rows under a condition."""
    query = _HASHES.format(owner=sql.Identifier(view.owner), table=sql.Identifier(schema, view.name), those=condition)
    return {stream: (rows, hashed) for stream, rows, hashed in connection.execute(query, values)}


def _parts(view: View[Any], side: Side) -> dict[int, tuple[int, Any]]:
    connection, schema = side
    query = _PARTS.format(owner=sql.Identifier(view.owner), table=sql.Identifier(schema, view.name))
    return {part: (rows, hashed) for part, rows, hashed in connection.execute(query)}


def _rows(view: View[Any], side: Side, streams: list[UUID]) -> dict[tuple[str, ...], dict[str, Any]]:
    connection, schema = side
    columns = [column.name for column in all_tables().tables[f"{LIVE}.{view.name}"].primary_key.columns]
    key = sql.SQL("ARRAY[{}]").format(
        sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(c)) for c in columns)
    )
    query = _ROWS.format(key=key, table=sql.Identifier(schema, view.name), owner=sql.Identifier(view.owner))
    return {tuple(found): row for found, row in connection.execute(query, (streams,))}
