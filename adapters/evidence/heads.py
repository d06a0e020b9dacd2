"""Where signed heads are published: outside the database, which whoever rewrites it has not rewritten as well."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Protocol

from adapters.private_file import replace_durably


class HeadStore(Protocol):
    """A place that keeps the last published head of one log."""

    def read(self) -> str | None:
        """Return the note that was published last; ``None`` when there never was one."""

    def publish(self, note: str) -> None:
        """Keep a note in the place of the last one; it is there for good when this returns."""


class HeadFile:
    """A file in a folder that no database writes to: on another disk or machine where that can be had."""

    def __init__(self, folder: Path, log: str) -> None:
        self._file: Final = folder / f"{log}.checkpoint"

    def read(self) -> str | None:
        """Return the note that was published last."""
        try:
            return self._file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def publish(self, note: str) -> None:
        """Keep a note in the place of the last one."""
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_durably(self._file, note.encode())
