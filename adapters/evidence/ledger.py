"""A client's ledger of receipts against the record: one acknowledgement a line, as the service answered.

For whoever runs the record. A client who trusts nobody checks the same ledger with ``homeward-verify --receipts``.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Annotated, Any, Final, NamedTuple

import psycopg
from pydantic import BaseModel, Field, ValidationError

from adapters.evidence.kept import LogRows
from adapters.evidence.local import LocalLog
from adapters.evidence.loss import gives_up
from adapters.evidence.merkle import ProofError, root_through
from adapters.evidence.note import Note, Verifier
from adapters.evidence.receipts import leaf_of_receipt, receipts_text
from adapters.evidence.standing import published_head
from adapters.record.frame import MalformedFrame, leaf_of

FRAMES: Final = "SELECT position, frame FROM record.fact WHERE position = ANY(%s)"
LINES_AT_ONCE: Final = 500


class Acknowledged(NamedTuple):
    """A fact as a receipt tells it."""

    position: int
    version: int
    leaf: str


class Proof(BaseModel):
    """The signed part of an acknowledgement."""

    index: Annotated[int, Field(ge=0)]
    path: list[str]
    note: str


class Line(BaseModel):
    """An acknowledgement. The id of the stream stands beside it under a name of its own; the leaves commit to it."""

    epoch: Annotated[int, Field(ge=1)]
    positions: list[int]
    versions: list[int]
    leaves: list[str]
    receipt: Proof

    def facts(self) -> list[Acknowledged]:
        """Return what was acknowledged.

        :raises ValueError: when the lists are not equally long.
        """
        return [Acknowledged(*each) for each in zip(self.positions, self.versions, self.leaves, strict=True)]


@dataclass
class LedgerReport:
    """What came of comparing a ledger with the record."""

    receipts: int = 0
    facts: int = 0
    """Acknowledged, and as they were acknowledged."""
    unsealed: int = 0
    """Of these, not sealed yet: only the receipt proves them."""
    given_up: int = 0
    """Acknowledged, and given up by a declared loss since."""
    wrong: list[tuple[int, str]] = field(default_factory=list)
    """Line of the ledger, and what is wrong with it."""


class Ledger:
    """Compares ledgers with one record, on one connection of the role that keeps what follows from it."""

    def __init__(self, connection: psycopg.Connection[Any], local: LocalLog, key: Verifier) -> None:
        self._connection: Final = connection
        self._origin: Final = local.log.origin
        self._head: Final = published_head(local.heads, local.signer)
        self._declarations: Final = [
            Note.parse(note).verified(local.signer.verifier) for note in LogRows(connection, local.log).declarations()
        ]
        self._key: Final = key
        self._signed: Final = lru_cache(maxsize=1_024)(self._signed_text)

    def compare(self, lines: Iterable[str]) -> LedgerReport:
        """Compare every line; nothing that is wrong with one hides the others."""
        report = LedgerReport()
        numbered = enumerate(lines, start=1)
        while some := list(islice(numbered, LINES_AT_ONCE)):
            read = [(number, line) for number, text in some if (line := self._read(number, text, report)) is not None]
            stored = self._stored([fact.position for _, line in read for fact in line.facts()])
            for number, line in read:
                for fact in line.facts():
                    self._judge(number, line.epoch, fact, stored, report)
        return report

    def _read(self, number: int, text: str, report: LedgerReport) -> Line | None:
        """Return a line whose signature holds."""
        report.receipts += 1
        try:
            line = Line.model_validate_json(text)
            self._check_signature(line)
        except ValidationError:
            report.wrong.append((number, "This is no acknowledgement."))
        except (IndexError, ValueError) as wrong:
            report.wrong.append((number, f"It does not count: {wrong}."))
        else:
            return line
        return None

    def _check_signature(self, line: Line) -> None:
        """Make sure that what a line says was signed.

        :raises ValueError: when it was not; :exc:`NoteError` and :exc:`ProofError` are such.
        """
        told = self._signed(line.receipt.note)
        count = int(told.splitlines()[2].partition(" ")[0])
        leaf = leaf_of_receipt(self._origin, line.epoch, line.facts())
        path = [b64decode(each, validate=True) for each in line.receipt.path]
        root = root_through(line.receipt.index, count, leaf, path)
        if told != receipts_text(self._origin, count, root):
            raise ProofError("what it says is not what was signed")

    def _signed_text(self, note: str) -> str:
        return Note.parse(note).verified(self._key)

    def _stored(self, positions: Sequence[int]) -> dict[int, str]:
        rows = self._connection.execute(FRAMES, (list(positions),), binary=True).fetchall()
        return {position: _leaf(frame, self._origin) for position, frame in rows}

    def _judge(self, number: int, epoch: int, fact: Acknowledged, stored: dict[int, str], report: LedgerReport) -> None:
        if stored.get(fact.position) == fact.leaf:
            report.facts += 1
            report.unsealed += fact.position > self._head.size
        elif any(gives_up(each, epoch, fact.position) for each in self._declarations):
            report.given_up += 1
        elif fact.position not in stored:
            report.wrong.append((number, f"Position {fact.position} was acknowledged and is gone."))
        else:
            report.wrong.append((number, f"At position {fact.position} stands another fact than was acknowledged."))


def _leaf(frame: bytes, origin: str) -> str:
    try:
        return leaf_of(frame, origin).hex()
    except MalformedFrame:
        return ""
