"""Heads of a log as others see them (C2SP tlog-checkpoint): which log, how many leaves, what root.

A log is named by its origin. A declared loss opens a new epoch, and so a log of another name: ``origin/epoch-2``. The
key keeps the plain origin as its name, so that auditors need one key for all epochs.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from typing import Final, NamedTuple, Self

from adapters.evidence.merkle import EMPTY_ROOT, HASH_BYTES
from adapters.evidence.note import Note, NoteError, Signer, Verifier, signed

FIRST_EPOCH: Final = 1
_LINES: Final = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\n((?:[^\n]+\n)*)")
_EPOCH: Final = re.compile(r"/epoch-([1-9][0-9]{0,8})\Z")


class LogName(NamedTuple):
    """One log in one epoch."""

    origin: str
    epoch: int = FIRST_EPOCH

    def text(self) -> str:
        """Return the first line of its heads."""
        return self.origin if self.epoch == FIRST_EPOCH else f"{self.origin}/epoch-{self.epoch}"

    @classmethod
    def parse(cls, text: str, origin: str) -> Self:
        """Return the epoch of a log whose origin one knows.

        :raises NoteError: when the text names another log.
        """
        if text == origin:
            return cls(origin)
        match = _EPOCH.fullmatch(text.removeprefix(origin)) if text.startswith(origin) else None
        if match is None or int(match[1]) == FIRST_EPOCH:
            raise NoteError("This is the head of another log.")
        return cls(origin, int(match[1]))


class Checkpoint(NamedTuple):
    """A head of a log."""

    log: LogName
    size: int
    root: bytes

    def text(self) -> str:
        """Return what is signed."""
        return f"{self.log.text()}\n{self.size}\n{b64encode(self.root).decode()}\n"

    def signed(self, signer: Signer) -> Note:
        """Return the head as a note."""
        return signed(self.text(), signer)

    @classmethod
    def empty(cls, log: LogName) -> Self:
        """Return the head of a log before its first leaf."""
        return cls(log, 0, EMPTY_ROOT)

    @classmethod
    def verified(cls, note: str, key: Verifier, origin: str | None = None) -> Self:
        """Return the head in a note that a log's key signed; the log is named like its key unless said otherwise.

        :raises NoteError: when the key did not sign it, or it is no head of this log.
        """
        return cls.parse(Note.parse(note).verified(key), origin or key.name)

    @classmethod
    def parse(cls, text: str, origin: str) -> Self:
        """Read the text of a head. Further lines are allowed, and mean nothing here.

        :raises NoteError: when it is no head of this log.
        """
        if (match := _LINES.fullmatch(text)) is None:
            raise NoteError("This is not the head of a log.")
        root = b64decode(match[3])
        if len(root) != HASH_BYTES or (match[2] == "0" and root != EMPTY_ROOT):
            raise NoteError("This is not the head of a log.")
        return cls(LogName.parse(match[1], origin), int(match[2]), root)
