"""``homeward audit export``: a bundle for somebody who need not trust us."""

from __future__ import annotations

from pathlib import Path

import psycopg

from adapters.evidence.bundle import Exporter, NoSuchFacts, Selection
from adapters.evidence.checkpoint import Checkpoint
from adapters.evidence.local import log_of_record
from adapters.evidence.log import LogRefused
from adapters.evidence.note import NoteError
from api.console.reaching import database
from api.console.starting import FAILED, leave, say, settings_for


def run_export(
    selection: Selection, out: Path, *, since: Path | None, head: Path | None, data_dir: Path | None
) -> None:
    """Write a bundle, and say what is in it and with which key it is verified."""
    settings = settings_for(data_dir)
    local = log_of_record(settings)
    with database(settings) as (databases, _), psycopg.connect(databases.url("projector"), autocommit=True) as own:
        try:
            written = Exporter(own, local).write(
                selection,
                out,
                since=Checkpoint.verified(since.read_text(encoding="utf-8"), local.signer.verifier) if since else None,
                note=head.read_text(encoding="utf-8") if head else None,
            )
        except (NoSuchFacts, LogRefused, NoteError) as failure:
            leave(str(failure), FAILED)
    say(f"{written.facts:,} facts under the head of {written.head.size:,} facts.")
    say(f"homeward-verify {out} --key {local.signer.verifier.text()}")
