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
FRAMES: Final = "SELECT position, frame FROM record.fact WHERE position > %s ORDER BY position LIMIT %s"


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
        rows = connection.execute(FRAMES, (after, limit), prepare=True, binary=True).fetchall()
        for expected, (position, _) in enumerate(rows, start=after + 1):
            if position != expected:
                raise LogRefused("log.gap", f"Position {expected} of the record is missing.")
        try:
            return [leaf_of(frame, origin) for _, frame in rows]
        except MalformedFrame as wrong:
            at = next(position for position, frame in rows if not _is_fact(frame, origin))
            raise LogRefused("log.malformed", f"Position {at} of the record holds no fact: it was altered.") from wrong

    return leaves


def _is_fact(frame: bytes, origin: str) -> bool:
    try:
        leaf_of(frame, origin)
    except MalformedFrame:
        return False
    return True
