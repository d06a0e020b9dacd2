"""``homeward access who-saw`` and ``homeward access verify``: the log of reads, from a terminal."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import orjson
import psycopg
from rich.console import Console
from rich.table import Table

from adapters.evidence.kept import LogRows
from adapters.evidence.local import log_of_who_read
from adapters.evidence.log import LogRefused
from adapters.evidence.reads import first_altered
from adapters.record.read_log import WhoSaw
from adapters.record.record import Record
from api.auditors.telling import told_reads
from api.console.reaching import database
from api.console.starting import FAILED, leave, say, settings_for

PAGE: Final = 500


def run_who_saw(case: UUID, *, data_dir: Path | None, as_json: bool) -> None:
    """Print every opening of what is sealed of one person, the latest first."""
    settings = settings_for(data_dir)
    with database(settings) as (databases, _):

        async def pages() -> list[WhoSaw]:
            async with await Record.open(databases, settings) as record:
                found = [await record.reads.who_saw(case, limit=PAGE)]
                while (before := found[-1].next) is not None:
                    found.append(await record.reads.who_saw(case, before=before, limit=PAGE))
                return found

        found = asyncio.run(pages())
    reads = [read for page in found for read in page.reads]
    if as_json:
        everything: dict[str, Any] = told_reads(WhoSaw(reads, None, found[0].machines))
        sys.stdout.buffer.write(orjson.dumps(everything) + b"\n")
        return
    _print(WhoSaw(reads, None, found[0].machines))


def _print(found: WhoSaw) -> None:
    table = Table(title="Opened", title_justify="left")
    for heading in ("at", "by", "agency", "why", "classes", "sealed"):
        table.add_column(heading, overflow="fold")  # an officer whose reference is cut off is nobody
    for read in found.reads:
        sealed = "" if read.leaf_index is None else str(read.leaf_index)
        by = str(read.actor) if read.reader == "human" else f"a machine, for {read.actor}"
        table.add_row(read.at.isoformat("T", "seconds"), by, read.agency, read.purpose, ", ".join(read.classes), sealed)
    Console().print(table)
    for machine in found.machines:
        say(
            f"{machine.times:,} times, between {machine.first:%Y-%m-%d} and {machine.last:%Y-%m-%d}: {machine.purpose}."
        )


def run_verify(*, data_dir: Path | None) -> None:
    """Hash every sealed read again, compare it with the tree, and the tree with the published head."""
    settings = settings_for(data_dir)
    local = log_of_who_read(settings)
    with database(settings) as (databases, _):
        try:
            head = local.check(databases)
        except LogRefused as refused:
            leave(f"{refused} ({refused.code})", FAILED)
        with psycopg.connect(databases.url("owner"), autocommit=True) as connection:
            altered = first_altered(connection, LogRows(connection, local.log), head.size)
    if altered is not None:
        what = "is gone" if altered.read_id is None else f"(row {altered.read_id}) is not what was sealed"
        leave(f"TAMPERED: read {altered.leaf_index} {what}.", FAILED)
    say(f"{head.size:,} reads are what was sealed.")
