"""The log of reads as a log with a tree of its own: who read what cannot be unsaid either.

Rows are added in whatever order their transactions end, so they wait in a queue and get their place when they are
sealed. The leaf is made as a row is added; :func:`leaf_of` makes it again from the row, for whoever checks.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg

from adapters.evidence.kept import LogRows
from adapters.evidence.log import Log
from adapters.evidence.merkle import HASH_BYTES
from adapters.evidence.tiles import WIDTH, TileName
from adapters.settings import Settings

READS: Final = "reads"
CHANNEL: Final = "homeward_reads"
"""Nobody speaks on it: reads are sealed when the sealer looks, every second."""

PLACED: Final = "SELECT leaf FROM access.read_leaf WHERE leaf_index >= %s ORDER BY leaf_index LIMIT %s"
PLACE: Final = """
WITH next AS MATERIALIZED (
  SELECT read_id, leaf FROM access.read_waiting
  WHERE %(after)s = (SELECT coalesce(max(leaf_index) + 1, 0) FROM access.read_leaf)
  ORDER BY read_id LIMIT %(limit)s),
gone AS (DELETE FROM access.read_waiting w USING next n WHERE w.read_id = n.read_id),
placed AS (
  INSERT INTO access.read_leaf (leaf_index, read_id, leaf)
  SELECT %(after)s + row_number() OVER (ORDER BY read_id) - 1, read_id, leaf FROM next)
SELECT leaf FROM next ORDER BY read_id
"""


SEALED: Final = """
SELECT l.leaf_index, r.read_id, r.at, r.reader, r.actor, r.agency, r.purpose, r.classes, r.case_ids, r.from_position,
  r.to_position, r.request
FROM access.read_leaf l LEFT JOIN access.read r USING (read_id)
WHERE l.leaf_index < %s ORDER BY l.leaf_index
"""
AT_ONCE: Final = 5_000


class ReadRow(NamedTuple):
    """A row of the log of reads, whole."""

    read_id: int
    at: datetime
    reader: str
    actor: UUID | None
    agency: str | None
    purpose: str
    classes: Sequence[str]
    case_ids: Sequence[UUID]
    from_position: int | None
    to_position: int | None
    request: UUID | None


def log_of_reads(settings: Settings) -> Log:
    """Return the log of reads: one leaf for each row, in the order in which they were sealed."""
    return Log(READS, f"{settings.origin}/reads", leaves_of_reads, CHANNEL)


def leaves_of_reads(connection: psycopg.Connection[Any], after: int, limit: int) -> list[bytes]:
    """Return the leaves that follow the first ``after`` ones; those that wait get their place in this transaction."""
    placed = connection.execute(PLACED, (after, limit), prepare=True, binary=True).fetchall()
    if not placed:
        placed = connection.execute(PLACE, {"after": after, "limit": limit}, prepare=True, binary=True).fetchall()
    return [leaf for (leaf,) in placed]


def leaf_of(row: ReadRow) -> bytes:
    """Return the leaf of a row: SHA-256 over 0x00 and a JSON array of everything that it says."""
    said = [
        "homeward/1 read",
        row.read_id,
        row.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        row.reader,
        str(row.actor) if row.actor is not None else None,
        row.agency,
        row.purpose,
        list(row.classes),
        list(map(str, row.case_ids)),
        row.from_position,
        row.to_position,
        str(row.request) if row.request is not None else None,
    ]
    return sha256(b"\x00" + json.dumps(said, ensure_ascii=False).encode()).digest()


class AlteredRead(NamedTuple):
    """The first place in the tree whose row is not the one that was sealed."""

    leaf_index: int
    read_id: int | None
    """``None`` when the row is gone."""


def first_altered(connection: psycopg.Connection[Any], rows: LogRows, sealed: int) -> AlteredRead | None:
    """Hash every sealed row again and compare it with the tiles; return the first that differs.

    The tiles themselves are compared with the published head when the log is checked.
    """
    read = rows.reader(sealed)
    expected = 0
    with connection.transaction(), connection.cursor("sealed_reads") as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(SEALED, (sealed,))
        for leaf_index, *row in cursor:
            if leaf_index != expected or row[0] is None:
                return AlteredRead(expected, None)
            number, offset = divmod(leaf_index, WIDTH)
            hashes = read(TileName(0, number))
            if leaf_of(ReadRow(*row)) != hashes[offset * HASH_BYTES : (offset + 1) * HASH_BYTES]:
                return AlteredRead(leaf_index, row[0])
            expected += 1
    return None if expected == sealed else AlteredRead(expected, None)
