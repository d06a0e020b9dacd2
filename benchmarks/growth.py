"""Growth: whether a record of a million facts appends and loads as fast as one of ten thousand.

And whether loading a case takes time in proportion to its facts. Copies of a prepared record, cut to length.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import product
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import psycopg

from adapters.record.door import Reading
from adapters.record.submission import Fate
from benchmarks.cases import load_cases
from benchmarks.command import CASEWORKER
from benchmarks.facts import submissions
from benchmarks.measuring import ALTERNATIONS, Result, Say, Series, stopwatch, verify
from benchmarks.place import Database, Place, place
from benchmarks.prepare import prepared
from benchmarks.recording import Recording

SIZES: Final = (10_000, 100_000, 1_000_000)
"""Facts in the record; the last stands for all of the prepared ones."""
WRITERS: Final = 32
SECONDS: Final = 1.0
"""Of one run. With 0.4 the same two records compared as 0.83 and as 0.92; a tenth is what is looked for."""
WARMING_SHARE: Final = 40
"""One append for so many facts touches most index pages; the first touch after a checkpoint writes a whole page."""
AT_ONCE: Final = 500
LENGTHS: Final = {10: 60, 100: 30, 1000: 10}
"""Facts of a case → how many such cases."""
USUAL: Final = 100
"""Length of the cases whose loading is compared between sizes."""
LONG: Final = 1000
MOST_MS: Final = 20.0
"""A case of a thousand facts may take this long."""
BARS: Final = {"append": 0.9, "load": 0.9, "linear": 0.8, "thousand-facts": 1.0}


class Grown(Recording):
    """A record of some size, with cases of known lengths in it."""

    def __init__(self, place: Place, database: Database) -> None:
        super().__init__(place, database, place.settings.data_dir)
        self.cases: Final = {
            length: self.run(load_cases(self.record, cases, length)) for length, cases in LENGTHS.items()
        }

    def warm_up(self, count: int) -> None:
        """Append so many facts in large batches."""
        outcomes = self.run(self._write(submissions(count, self.record.log), AT_ONCE))
        verify(all(outcome.fate is Fate.RECORDED for _, outcome in outcomes), "a command was not recorded")

    def load_ms(self, length: int) -> float:
        """Return the median time to load and open a case of so many facts, in milliseconds.

        :raises WrongAnswer: when not every fact is there, in order.
        """
        return statistics.median(self.run(self._timed(self.cases[length], length)))

    async def _timed(self, cases: Sequence[UUID], length: int) -> list[float]:
        found = []
        for case_id in cases:
            took = stopwatch()
            stream = await self.door.read(Reading("case", case_id, CASEWORKER, uuid4()))
            found.append(1000 * took())
            versions = [recorded.stamp.version for recorded in stream.facts]
            verify(versions == list(range(1, length + 1)), f"a case of {length} facts was not loaded whole")
        return found


def run(data_dir: Path | None, say: Say) -> Result:
    """Measure records of three sizes side by side."""
    result = Result("growth", "events appended by 32 writers to a record of a million facts", "events/s", bars=BARS)
    with ExitStack() as stack:
        here = stack.enter_context(place(data_dir))
        main = prepared(here)
        grown: dict[int, Grown] = {}
        for size in SIZES:
            say(f"making a record of {size:,} facts")
            grown[size] = stack.enter_context(Grown(here, stack.enter_context(_cut(here, main, size))))
        for size, record in grown.items():
            say(f"warming up at {size:,}")
            record.warm_up(size // WARMING_SHARE)
            record.append(WRITERS, SECONDS)
        series = Series()
        loads: dict[int, dict[int, list[float]]] = {size: {length: [] for length in LENGTHS} for size in SIZES}
        for nth in range(1, ALTERNATIONS + 1):
            say(f"{nth} of {ALTERNATIONS}")
            largest = grown[SIZES[-1]].append(WRITERS, SECONDS)
            for size in SIZES[:-1]:
                series.add(f"at {size:,}", largest, grown[size].append(WRITERS, SECONDS))
            for size, length in product(SIZES, LENGTHS):
                loads[size][length].append(grown[size].load_ms(length))
    series.fill(result)
    result.ratios = {"append": result.ratios[f"at {SIZES[0]:,}"], **_load_ratios(loads)}
    result.details["ms_to_load_a_case_of"] = {
        f"at {size:,}": {str(length): statistics.median(found) for length, found in lengths.items()}
        for size, lengths in loads.items()
    }
    result.correct = True
    return result


def _load_ratios(loads: Mapping[int, Mapping[int, Sequence[float]]]) -> dict[str, float]:
    """Return how the largest record compares with the smallest, a long case with a usual one, and with its limit."""
    largest, smallest = loads[SIZES[-1]], loads[SIZES[0]]
    a_thousand = statistics.median(largest[LONG])
    pairs = zip(smallest[USUAL], largest[USUAL], strict=True)
    return {
        "load": statistics.median(small / large for small, large in pairs),
        "linear": statistics.median(largest[USUAL]) * LONG / USUAL / a_thousand,
        "thousand-facts": MOST_MS / a_thousand,
    }


@contextmanager
def _cut(here: Place, main: Database, size: int) -> Iterator[Database]:
    """Make a copy of the prepared record with its first facts only, or with all of them."""
    if size == SIZES[-1]:
        with here.database("growth", like=main.name) as copy:
            yield copy
        return
    with here.database("growth", migrated=True) as cut:
        for query, table in (
            (f"SELECT * FROM record.fact WHERE position <= {size}", "record.fact"),
            (f"SELECT * FROM record.command WHERE first_position <= {size}", "record.command"),
        ):
            _pour(main.superuser_url, query, cut.superuser_url, table)
        verify(cut.one("SELECT max(position), count(*) FROM record.fact") == (size, size), "the copy is not dense")
        yield cut


def _pour(from_url: str, query: str, into_url: str, table: str) -> None:
    with psycopg.connect(from_url) as source, psycopg.connect(into_url) as target:
        with (
            source.cursor().copy(f"COPY ({query}) TO STDOUT (FORMAT binary)".encode()) as out,
            target.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)".encode()) as into,
        ):
            for block in out:
                into.write(block)
        target.execute(f"ANALYZE {table}".encode())
