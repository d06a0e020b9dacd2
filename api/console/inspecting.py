"""``homeward audit fsck`` and ``homeward audit receipts``: the live record against its log and against its clients."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import psycopg

from adapters.evidence.fsck import Inspection
from adapters.evidence.ledger import Ledger
from adapters.evidence.local import log_of_record
from adapters.evidence.log import LogRefused
from adapters.evidence.receipts import notary_of
from api.console.progress import bars
from api.console.reaching import database
from api.console.results import print_json
from api.console.starting import FAILED, leave, say, settings_for

GIVEN_UP: Final = 2


def run_fsck(*, data_dir: Path | None, as_json: bool) -> None:
    """Inspect, and say what is wrong."""
    settings = settings_for(data_dir)
    with database(settings) as (databases, _), bars() as shown:
        bar = shown.add_task("facts hashed again", total=None)
        with psycopg.connect(databases.url("projector"), autocommit=True) as connection:
            try:
                report = Inspection(connection, log_of_record(settings)).run(
                    lambda done, total: shown.update(bar, completed=done, total=total)
                )
            except LogRefused as refused:
                leave(f"{refused} ({refused.code})", FAILED)
    if as_json:
        faults = [{"position": position, "what": what} for position, what in report.listed]
        print_json(
            {
                "sound": not report.faults,
                "facts": report.facts,
                "sealed": report.sealed,
                "faults": report.faults,
                "first_bad_position": report.first,
                "listed": faults,
            }
        )
    else:
        for position, what in report.listed:
            say(f"{position}: {what}" if position else what)
        say(f"{report.facts:,} facts, {report.sealed:,} of them sealed: {report.faults or 'no'} faults.")
    if report.faults:
        raise SystemExit(FAILED)


def run_receipts(file: Path, *, data_dir: Path | None, as_json: bool) -> None:
    """Compare a ledger, and say what is wrong."""
    settings = settings_for(data_dir)
    with database(settings) as (databases, _), psycopg.connect(databases.url("projector")) as connection:
        try:
            ledger = Ledger(connection, log_of_record(settings), notary_of(settings).verifier)
            with file.open(encoding="utf-8") as lines:
                report = ledger.compare(lines)
        except LogRefused as refused:
            leave(f"{refused} ({refused.code})", FAILED)
        except UnicodeDecodeError:
            leave(f"{file} is no text.", FAILED)
    if as_json:
        wrong = [{"line": line, "what": what} for line, what in report.wrong]
        print_json(
            {
                "receipts": report.receipts,
                "facts": report.facts,
                "unsealed": report.unsealed,
                "given_up": report.given_up,
                "wrong": wrong,
            }
        )
    else:
        for line, what in report.wrong:
            say(f"line {line}: {what}")
        say(
            f"{report.receipts:,} receipts, {report.facts:,} facts as acknowledged, {report.unsealed:,} of them not "
            f"sealed yet, {report.given_up:,} given up by a declared loss, {len(report.wrong):,} wrong."
        )
    if report.wrong:
        raise SystemExit(FAILED)
    if report.given_up:
        raise SystemExit(GIVEN_UP)
