"""Rebuild: every read model anew from a million facts, while writers could go on; against COPY of the rows that result.

And against the library's own runner on one small view: events of all views together in a second, ours and theirs.
"""

from __future__ import annotations

import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from adapters.views.names import LIVE, TABLES
from adapters.views.rebuild import RebuildReport, rebuild
from benchmarks.cpu import spending
from benchmarks.measuring import ALTERNATIONS, Result, Say, Speed, cpu_for_1000, stopwatch, verify
from benchmarks.peers.copy import Copy
from benchmarks.peers.stock_projection import StockProjection
from benchmarks.place import HERE, Database, place
from benchmarks.prepare import prepared

BARS: Final = {"copy": 0.25, "stock": 30.0}
ENOUGH_SECONDS: Final = 80
"""After this nothing is measured once more."""


def run(data_dir: Path | None, say: Say) -> Result:
    """Measure the rebuilding of all read models."""
    result = Result("rebuild", "all read models, rebuilt from the record and compared", "facts/s", bars=BARS)
    took = stopwatch()
    with ExitStack() as stack:
        here = stack.enter_context(place(data_dir))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=data_dir or HERE)))
        main = prepared(here)
        measured = stopwatch()
        with spending(here.pid) as spent:
            report = rebuild(main.databases, here.settings, lambda done, total: say(f"{done:,} of {total:,} facts"))
            seconds = measured()
        _verify(main, report)
        ours = Speed(report.facts, seconds, spent.client, spent.server)
        copy = Copy(here, [(LIVE, table) for table in TABLES], main, folder)
        say("setting up the stock projection")
        stock = StockProjection(here, stack.enter_context(here.database("stock")))
        copies: list[Speed] = []
        stocks: list[Speed] = []
        while not copies or (len(copies) < ALTERNATIONS and took() < ENOUGH_SECONDS):
            say(f"COPY and stock, number {len(copies) + 1}")
            with here.database("copy", migrated=True) as target:
                copies.append(copy.put_into(target, report.facts))
            stocks.append(stock.project())
    result.ours = ours.rate
    for name, speeds in (("copy", copies), ("stock", stocks)):
        result.peers[name] = statistics.median(speed.rate for speed in speeds)
        result.ratios[name] = ours.rate / statistics.median(speed.rate for speed in speeds)
        result.cpu[name] = cpu_for_1000(speeds)
    result.limit = statistics.median(speed.rate for speed in copies)
    result.cpu["ours"] = cpu_for_1000([ours])
    result.details = {
        "facts": report.facts, "rows": copy.rows, "rebuild_seconds": seconds, "repetitions": len(copies),
    }  # fmt: skip
    result.correct = True
    return result


def _verify(main: Database, report: RebuildReport) -> None:
    """Make sure that the rebuilt tables are those that were there, and hold every fact.

    :raises WrongAnswer: when they are not.
    """
    head = main.one("SELECT max(position) FROM record.fact")
    verify(head == (report.facts,) == (report.position,), f"{report.facts} facts were read and the head is {head}")
    verify(report.compared_at == report.position, "the rebuilt tables were not compared with the live ones")
    verify(not report.differed, f"rebuilt tables differ from the live ones: {', '.join(report.differed)}")
    timeline = main.one("SELECT count(*) FROM views.timeline")
    facts = main.one("SELECT count(*) FROM record.fact WHERE starts_with(topic, 'case.')")
    verify(timeline == facts, f"the timeline has {timeline} rows for {facts} facts of cases")
