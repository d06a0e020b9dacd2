"""Which logs there are: a name, an origin, and where the leaves come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, TypeAlias

import psycopg

from adapters.record.frame import MalformedFrame, leaf_of
from adapters.settings import Settings

Leaves: TypeAlias = Callable[[psycopg.Connection[Any], int, int], list[bytes]]
"""(connection, after, limit) → the leaf hashes that follow the first ``after`` ones, in order; fewer at the end."""

RECORD: Final = "record"
CHANNEL: Final = "homeward_facts"
FRAMES: Final = """
SELECT last, array(SELECT frame FROM record.fact
  WHERE position > first AND position <= least(first + 256, last) ORDER BY position)
FROM (SELECT last, first
  FROM (SELECT least(coalesce(max(position), 0), %(after)s::int8 + %(limit)s) AS last FROM record.fact) AS known,
    generate_series(%(after)s::int8, last - 1, 256) AS first
  ORDER BY first) AS run
"""
"""In runs of 256: a row for each fact costs both sides half as much again."""
MISSING: Final = """
SELECT min(position) FROM generate_series(%s::int8, %s) AS expected (position)
WHERE NOT EXISTS (SELECT FROM record.fact AS f WHERE f.position = expected.position)
"""


class LogRefused(Exception):  # noqa: N818 - what it is
    """A log is not what was signed, or cannot go on from it. Nothing is signed; a person has to look.

    ``code`` is stable; the sentence says what was found and holds no stored data.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code: Final = code


@dataclass(frozen=True)
class Log:
    """One log of a deployment; the record's, or another that is made of other rows."""

    name: str
    """In tables and names of files."""
    origin: str
    """In its heads."""
    leaves: Leaves
    channel: str
    """On which its writers say that there is more."""

    @property
    def lock(self) -> int:
        """Key of the advisory lock that its one sealer holds."""
        return int.from_bytes(sha256(f"homeward/1 sealer {self.name}".encode()).digest()[:8], signed=True)


def record_log(settings: Settings) -> Log:
    """Return the log of the record: one leaf for each fact, in the order of positions."""
    return Log(RECORD, settings.origin, leaves_of_record(settings.origin), CHANNEL)


def leaves_of_record(origin: str) -> Leaves:
    """Return how leaves are had from stored frames. The column ``leaf`` is not looked at: it could say anything.

    They raise :exc:`LogRefused`: ``log.gap`` where a position is missing, ``log.malformed`` where it holds no fact.
    """

    def leaves(connection: psycopg.Connection[Any], after: int, limit: int) -> list[bytes]:
        runs = connection.execute(FRAMES, {"after": after, "limit": limit}, prepare=True, binary=True).fetchall()
        frames = [frame for _, run in runs for frame in run]
        if runs and after + len(frames) != (last := runs[0][0]):
            missing = connection.execute(MISSING, (after + 1, last)).fetchone()
            raise LogRefused("log.gap", f"Position {missing and missing[0]} of the record is missing.")
        try:
            return [leaf_of(frame, origin) for frame in frames]
        except MalformedFrame as wrong:
            at = next(at for at, frame in enumerate(frames, start=after + 1) if not _is_fact(frame, origin))
            raise LogRefused("log.malformed", f"Position {at} of the record holds no fact: it was altered.") from wrong

    return leaves


def _is_fact(frame: bytes, origin: str) -> bool:
    try:
        leaf_of(frame, origin)
    except MalformedFrame:
        return False
    return True
