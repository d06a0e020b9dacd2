"""Load: the whole population through its commands, against COPY of the rows that came of it.

One pass of ours fills most of the time that there is; COPY follows as often as the rest allows.
"""

from __future__ import annotations

import random
import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import psycopg

from adapters.population.calibration import people
from adapters.population.load import LoadReport
from adapters.record.frame import leaf_of
from benchmarks.cpu import spending
from benchmarks.measuring import ALTERNATIONS, Result, Say, Speed, cpu_for_1000, stopwatch, verify
from benchmarks.peers.copy import Copy, Table
from benchmarks.place import HERE, Database, place
from benchmarks.prepare import load_population

TABLES: Final[tuple[Table, ...]] = (
    ("record", "fact"), ("record", "command"), ("keys", "wrapping_key"), ("keys", "subject_key"), ("access", "scope"),
    ("access", "read"),
)  # fmt: skip
BARS: Final = {"copy": 0.15}
ENOUGH_SECONDS: Final = 85
"""After this no further COPY is begun."""
SAMPLE: Final = 2_000


def run(data_dir: Path | None, say: Say) -> Result:
    """Measure the loading of 76,284 cases."""
    result = Result("load", "the whole population, loaded through its commands", "facts/s", bars=BARS)
    took = stopwatch()
    with ExitStack() as stack:
        here = stack.enter_context(place(data_dir))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=_ours(data_dir))))
        database = stack.enter_context(here.database("load", migrated=True))
        measured = stopwatch()
        with spending(here.pid) as spent:
            report = load_population(here, database, folder, say)
            seconds = measured()
        say("verifying")
        verify_load(database, report, here.settings.origin)
        ours = Speed(report.facts, seconds, spent.client, spent.server)
        say("taking the rows out")
        copy = Copy(here, TABLES, database, folder)
        copies: list[Speed] = []
        while not copies or (len(copies) < ALTERNATIONS and took() < ENOUGH_SECONDS):
            say(f"COPY, number {len(copies) + 1}")
            with here.database("copy", migrated=True) as target:
                copies.append(copy.put_into(target, report.facts))
    result.ours = ours.rate
    result.limit = result.peers["copy"] = statistics.median(speed.rate for speed in copies)
    result.ratios["copy"] = ours.rate / result.limit
    result.cpu = {"ours": cpu_for_1000([ours]), "copy": cpu_for_1000(copies)}
    result.details = {
        "cases": report.cases, "facts": report.facts, "rows": copy.rows, "load_seconds": seconds, "copies": len(copies),
    }  # fmt: skip
    result.correct = True
    return result


def _ours(data_dir: Path | None) -> Path:
    """Return the folder in which rows are kept meanwhile: on the disk of the server."""
    return data_dir or HERE


def verify_load(database: Database, report: LoadReport, origin: str) -> None:
    """Make sure that every fact is there, dense, in order, and is what its leaf says.

    :raises WrongAnswer: when it is not so.
    """
    verify(report.cases == people(1.0) == 76_284, "it is another population")
    opened = "count(*) FILTER (WHERE topic = 'case.case-opened')"
    counted = database.one(f"SELECT count(*), min(position), max(position), {opened} FROM record.fact")
    verify(counted == (report.facts, 1, report.facts, report.cases), f"positions are not dense: {counted}")
    gaps = database.one(
        "SELECT count(*) FROM (SELECT FROM record.fact GROUP BY stream HAVING max(version) <> count(*)) g"
    )
    verify(gaps == (0,), "the versions of a case are not dense")
    kept = database.one("SELECT sum(facts)::bigint FROM record.command")
    verify(kept == (report.facts,), "the commands do not account for every fact")
    dice = random.Random(report.facts)
    with psycopg.connect(database.superuser_url) as connection:
        rows = connection.execute(
            "SELECT frame, leaf FROM record.fact WHERE position = ANY(%s)",
            [dice.sample(range(1, report.facts + 1), SAMPLE)],
            binary=True,
        ).fetchall()
    verify(len(rows) == SAMPLE and all(leaf_of(frame, origin) == leaf for frame, leaf in rows), "a leaf does not fit")
