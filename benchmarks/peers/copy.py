"""COPY: the fastest way for rows to enter PostgreSQL, deciding nothing. The same rows, the same tables and indexes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from benchmarks.cpu import spending
from benchmarks.measuring import Speed, stopwatch, verify
from benchmarks.place import Database, Place

BLOCK_BYTES: Final = 1 << 20
Table = tuple[str, str]
"""Schema and name."""


class Copy:
    """Rows of some tables, taken out once, put into fresh databases as often as wanted."""

    name = "copy"

    def __init__(self, place: Place, tables: Sequence[Table], source: Database, folder: Path) -> None:
        self._place: Final = place
        self._files: Final = {table: folder / ".".join(table) for table in tables}
        self._rows: Final = {table: _take_out(source, table, file) for table, file in self._files.items()}

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(self._rows.values())

    def put_into(self, database: Database, events: int) -> Speed:
        """Copy all rows into empty tables; the speed counts ``events``, whatever the number of rows.

        :raises WrongAnswer: when a table holds another number of rows afterwards.
        """
        took = stopwatch()
        with spending(self._place.pid) as spent:
            with psycopg.connect(database.superuser_url) as connection:
                for table, file in self._files.items():
                    _put_in(connection, table, file)
            seconds = took()
        for table, rows in self._rows.items():
            there = database.one(f"SELECT count(*) FROM {'.'.join(table)}")
            verify(there == (rows,), f"COPY left {there} instead of {rows} rows in {'.'.join(table)}")
        return Speed(events, seconds, spent.client, spent.server)


def _take_out(source: Database, table: Table, file: Path) -> int:
    query = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(*table))
    with psycopg.connect(source.superuser_url) as connection, connection.cursor() as cursor, file.open("wb") as out:
        with cursor.copy(query) as copy:
            for block in copy:
                out.write(block)
        return cursor.rowcount


def _put_in(connection: psycopg.Connection, table: Table, file: Path) -> None:
    query = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(*table))
    with connection.cursor() as cursor, cursor.copy(query) as copy, file.open("rb") as rows:
        while block := rows.read(BLOCK_BYTES):
            copy.write(block)
