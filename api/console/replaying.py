"""``homeward audit replay``: whether the read models are exactly what the record says."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from adapters.views.rebuild import RebuildUnderWay
from adapters.views.replay import ReplayReport, replay
from api.console.progress import bars
from api.console.reaching import database
from api.console.results import print_json
from api.console.starting import FAILED, leave, say, settings_for

DIFFERENT: Final = 1
"""Exit code when something differs; 0 when all is equal."""


def run_replay(*, data_dir: Path | None, sample: int, as_json: bool) -> None:
    """Replay, and say what differs. Changes nothing; writers and readers go on."""
    settings = settings_for(data_dir)
    with database(settings) as (databases, _), bars() as shown:
        bar = shown.add_task("facts replayed", total=None)
        try:
            report = replay(
                databases,
                settings,
                lambda done, total: shown.update(bar, completed=done, total=total),
                sample=sample,
            )
        except RebuildUnderWay as failure:
            leave(str(failure), FAILED)
    if as_json:
        print_json(told(report))
    else:
        _print(report)
    if not report.equal:
        raise SystemExit(DIFFERENT)


def told(report: ReplayReport) -> dict[str, Any]:
    """Return the report as one JSON object."""
    return {
        "equal": report.equal,
        "position": report.position,
        "day": report.day,
        "facts": report.facts,
        "seconds": round(report.seconds, 1),
        "tables": {
            name: {
                "equal": table.equal,
                "rows": table.live.rows,
                "digest": table.live.digest,
                "replayed_rows": table.replayed.rows,
                "replayed_digest": table.replayed.digest,
                "differing": table.differing,
                "streams": table.streams,
                "differing_rows": [{"key": row.key, "fault": row.fault, "columns": row.columns} for row in table.rows],
            }
            for name, table in report.tables.items()
        },
        "sample": {"cases": report.sampled, "differing": report.sample_differing},
    }


def _print(report: ReplayReport) -> None:
    table = Table(title=f"At position {report.position:,}, as of {report.day.isoformat()}", title_justify="left")
    for column in ("read model", "rows", "digest", "replayed", "differing"):
        table.add_column(column)
    for name, found in report.tables.items():
        digests = (found.live.digest, "the same" if found.equal else found.replayed.digest)
        table.add_row(name, f"{found.live.rows:,}", *digests, f"{found.differing:,}")
    Console().print(table)
    say(f"{report.facts:,} facts replayed in {report.seconds:.1f} s; {report.sampled} cases folded by hand.")
    for name, found in report.tables.items():
        for row in found.rows:
            say(f"{name} {' '.join(row.key)}: {row.fault.value}{': ' if row.columns else ''}{', '.join(row.columns)}")
    named = sorted({case for found in report.tables.values() for case in found.streams} | {*report.sample_differing})
    for case in named:
        say(f"differs: {case}")
    say("`homeward rebuild` puts right what differs." if named else "Everything is exactly what the record says.")
