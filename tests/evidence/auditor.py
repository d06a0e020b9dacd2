"""An auditor: exports bundles and runs the verifier on them, as anyone would."""

from __future__ import annotations

import io
import json
import shutil
from contextlib import redirect_stdout
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

import psycopg

from adapters.evidence import verifier
from adapters.evidence.bundle import Exporter, Selection
from adapters.evidence.local import LocalLog
from adapters.evidence.note import Signer, Verifier
from tests.evidence.archive import Archive

VERIFIED, TAMPERED, INCOMPLETE, USAGE = range(4)
ALL: Final = Selection()


class Finding(NamedTuple):
    """What the verifier said."""

    code: int
    told: dict[str, Any]

    @property
    def first(self) -> int | None:
        found: int | None = self.told["first_bad_position"]
        return found

    @property
    def facts(self) -> dict[str, int]:
        counts: dict[str, int] = self.told["facts"]
        return counts


def verify(folder: Path, *keys: Verifier, options: tuple[str | Path, ...] = ()) -> Finding:
    """Run the verifier in this process."""
    told = io.StringIO()
    given = [argument for key in keys for argument in ("--key", key.text())]
    with redirect_stdout(told):
        code = verifier.main([str(folder), *given, *map(str, options), "--format", "json"])
    return Finding(code, json.loads(told.getvalue()))


class Auditor:
    """Somebody with the log's public key and a folder."""

    def __init__(self, archive: Archive, folder: Path) -> None:
        self.archive = archive
        self.folder = folder
        self.key = archive.signer.verifier
        self._connection = psycopg.connect(archive.databases.url("projector"), autocommit=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def export(
        self, selection: Selection = ALL, folder: Path | None = None, *, by: Signer | None = None, **options: Any
    ) -> Path:
        """Have a bundle written; without a folder of its own, in the place of the last one."""
        into = folder or self.folder / "bundle"
        if folder is None:
            shutil.rmtree(into, ignore_errors=True)
        local = LocalLog(self.archive.log, by or self.archive.signer, self.archive.heads)
        Exporter(self._connection, local).write(selection, into, **options)
        return into

    def verify(self, *options: str | Path, bundle: Path | None = None) -> Finding:
        """Verify a bundle."""
        return verify(bundle or self.folder / "bundle", self.key, options=options)

    def keep_head(self, name: str = "kept.note") -> Path:
        """Keep the head that is published now."""
        file = self.folder / name
        file.write_text(self.archive.heads.read() or "", encoding="utf-8")
        return file
