"""Digests of the read models: equal when the tables hold the same rows, whatever their order. Computed by the database.

A digest is the number of rows and the sum of a 64-bit hash over every whole row. It tells a wrong projector from a
right one within one server; it is no proof for strangers, and another version may hash otherwise.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import psycopg
from psycopg import sql

from adapters.views.names import TABLES

QUERY: Final = sql.SQL("SELECT count(*), coalesce(sum(hash_record_extended(t, 0)), 0) FROM {} t")


class Digest(NamedTuple):
    """What one table holds."""

    rows: int
    digest: str
    """Equal for equal rows."""


def digests(connection: psycopg.Connection[Any], schema: str) -> dict[str, Digest]:
    """Return the digest of every read model of a schema, as this transaction sees them."""
    return {table: _digest(connection, schema, table) for table in TABLES}


def _digest(connection: psycopg.Connection[Any], schema: str, table: str) -> Digest:
    row = connection.execute(QUERY.format(sql.Identifier(schema, table))).fetchone()
    rows, hashes = row or (0, 0)
    return Digest(rows, f"{int(hashes) % 2**64:016x}")
