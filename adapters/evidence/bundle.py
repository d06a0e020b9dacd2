"""Bundles: facts as they are stored, with all that a stranger needs to check them, in a folder.

The same facts under the same head make the same bytes. Nothing is looked at while it is written: what somebody altered
is written as it is, so that the verifier finds it. The form is described in ``docs/verifying.md``.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import orjson
import psycopg

from adapters.evidence.checkpoint import FIRST_EPOCH, Checkpoint
from adapters.evidence.kept import LogRows
from adapters.evidence.local import LocalLog
from adapters.evidence.merkle import HASH_BYTES, peaks
from adapters.evidence.standing import head_in
from adapters.evidence.tiles import HEIGHT, WIDTH, TileName, path_of, width_at
from adapters.record.frame import MalformedFrame, decode

FORM: Final = "homeward-bundle/1"
FETCHED: Final = 1_000
TILES_AT_ONCE: Final = 64
RANGE: Final = "SELECT position, frame FROM record.fact WHERE position >= %s AND position <= %s ORDER BY position"
CASE: Final = "SELECT position, frame FROM record.fact WHERE stream = %s AND position <= %s ORDER BY position"
DESTROYED: Final = """
SELECT class, version, subject FROM keys.subject_key
WHERE state <> 'live' AND subject = ANY(%s) ORDER BY subject, class, version
"""


class NoSuchFacts(Exception):  # noqa: N818 - what it is
    """What a bundle should hold is not in the sealed record. The sentence says what."""


@dataclass(frozen=True)
class Selection:
    """Which facts a bundle holds: all, those of a case, or a range of positions."""

    case: UUID | None = None
    first: int | None = None
    last: int | None = None

    def described(self) -> dict[str, object]:
        """Return what the bundle says of it."""
        if self.case is not None:
            return {"kind": "case", "case": self.case.hex}
        if self.first is not None:
            return {"kind": "positions", "from": self.first, "to": self.last}
        return {"kind": "all"}

    def query(self, size: int) -> tuple[str, tuple[object, ...]]:
        """Return the query for its facts under a head, and the values.

        :raises NoSuchFacts: when the positions are not sealed.
        """
        if self.case is not None:
            return CASE, (self.case, size)
        first, last = 1 if self.first is None else self.first, size if self.last is None else self.last
        if self.first is not None and not 0 < first <= last <= size:
            raise NoSuchFacts(f"Positions {first} to {last} are not sealed; the published head is at {size}.")
        return RANGE, (first, last)


@dataclass(frozen=True)
class Written:
    """What was written."""

    head: Checkpoint
    facts: int


class Exporter:
    """Writes bundles of the record's log, on one connection of a reader and one snapshot."""

    def __init__(self, connection: psycopg.Connection[Any], local: LocalLog) -> None:
        self._connection: Final = connection
        self._local: Final = local

    def write(
        self, selection: Selection, folder: Path, *, since: Checkpoint | None = None, note: str | None = None
    ) -> Written:
        """Write a bundle into a folder that is empty or not there yet.

        ``since`` adds the tiles that prove an older head to be a prefix, where the facts alone would not need them.
        ``note`` is a head that was published before, for one that a witness has cosigned since; ``None``: the last.

        :raises NoSuchFacts: when there is nothing to write, or the folder holds something.
        :raises LogRefused: when there is no published head that counts.
        """
        note = note or self._local.heads.read()
        head = head_in(note, self._local.signer)
        query, values = selection.query(head.size)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise NoSuchFacts(f"{folder} holds something already. Choose another folder.")
        needed: set[TileName] = set(_edges(head.size))
        needed.update(name for size in ([since.size] if since else []) for name in _edges(size))
        with self._connection.transaction():
            self._connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            facts, subjects = self._write_facts(query, values, folder, needed)
            if selection.case is not None and not facts:
                raise NoSuchFacts("There is no sealed fact of such a case.")
            self._write_tiles(needed, head.size, folder)
            self._write_declarations(folder)
            _put(folder / "destroyed", "".join(f"{name}\n" for name in self._destroyed(subjects)))
        _put(folder / "checkpoint", note or "")
        about = {
            "format": FORM,
            "origin": head.log.origin,
            "epoch": head.log.epoch,
            "size": head.size,
            "selection": selection.described(),
            "facts": facts,
        }
        _put(folder / "bundle.json", orjson.dumps(about, option=orjson.OPT_INDENT_2).decode() + "\n")
        return Written(head, facts)

    def _write_facts(
        self, query: str, values: tuple[object, ...], folder: Path, needed: set[TileName]
    ) -> tuple[int, set[UUID]]:
        """Write the facts one a line; note which tiles prove them, and whose keys they were sealed with."""
        count, tile, subjects = 0, -1, set[UUID]()
        with self._connection.cursor("exported") as cursor, (folder / "facts.jsonl").open("wb") as file:
            cursor.itersize = FETCHED
            cursor.execute(query, values, binary=True)
            for position, frame in cursor:
                file.write(b'{"position":%d,"frame":"%s"}\n' % (position, b64encode(frame)))
                if (number := (position - 1) // WIDTH) != tile:
                    tile = number
                    needed.update(_above(position))
                subjects.update(_subjects(frame))
                count += 1
        return count, subjects

    def _write_tiles(self, needed: Iterable[TileName], size: int, folder: Path) -> None:
        """Write tiles as they were when the log had this size; a missing one is missing in the bundle, too."""
        rows = LogRows(self._connection, self._local.log)
        names = sorted(name for name in needed if width_at(name, size))
        for start in range(0, len(names), TILES_AT_ONCE):
            for name, hashes in rows.tiles(names[start : start + TILES_AT_ONCE]).items():
                width = width_at(name, size)
                file = folder / path_of(name, width)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(hashes[: width * HASH_BYTES])

    def _write_declarations(self, folder: Path) -> None:
        for epoch, note in enumerate(LogRows(self._connection, self._local.log).declarations(), start=FIRST_EPOCH + 1):
            (folder / "declarations").mkdir(exist_ok=True)
            _put(folder / "declarations" / str(epoch), note)

    def _destroyed(self, subjects: set[UUID]) -> Iterator[str]:
        """Yield the names of destroyed keys, as headers name keys."""
        rows = self._connection.execute(DESTROYED, (sorted(subjects),)).fetchall()
        for label, version, subject in rows:
            yield f"{label}:{version}:{subject.hex}"


def _edges(size: int) -> Iterator[TileName]:
    """Yield the tiles that a root is computed from."""
    for height, index in peaks(size):
        level, above = divmod(height, HEIGHT)
        yield TileName(level, (index << above) // WIDTH)


def _above(position: int) -> Iterator[TileName]:
    """Yield the tiles that a leaf and its path stand in; those above the tree are passed over later."""
    index = position - 1
    for level in range(8):
        index //= WIDTH
        yield TileName(level, index)


def _subjects(frame: bytes) -> set[UUID]:
    """Return whose keys a fact is sealed with; nobody's when it was altered beyond recognition."""
    try:
        return {block.subject for block in decode(frame) if block.subject is not None}
    except MalformedFrame:
        return set()


def _put(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
