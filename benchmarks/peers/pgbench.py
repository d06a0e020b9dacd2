"""The limit: PostgreSQL's own load generator writing the same rows to the same tables, one transaction an event.

It cannot number densely, decide on versions or recognise a repeat: its positions come from a sequence. One statement
writes fact and command, the cheapest form that there is.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from adapters.embedded.account import Account
from adapters.embedded.binaries import Binaries
from benchmarks.cpu import spending
from benchmarks.facts import REQUEST, example
from benchmarks.measuring import Pace, Speed, verify
from benchmarks.place import Database, Place

THREADS: Final = 2
SCRIPT: Final = """
WITH placed AS (
  INSERT INTO record.fact (position, stream, version, topic, fact_id, recorded_at, recorded_by, leaf, frame)
  VALUES (nextval('benchmark_position'), gen_random_uuid(), 1, :topic, gen_random_uuid(), now(), now(), :leaf, :frame)
  RETURNING position
)
INSERT INTO record.command (command_id, request, first_position, facts)
SELECT gen_random_uuid(), :request, position, 1 FROM placed;
"""


class Pgbench:
    """pgbench on a database with our tables and all their indexes."""

    name = "pgbench"

    def __init__(self, place: Place, database: Database, folder: Path) -> None:
        self._place: Final = place
        self._database: Final = database
        self._pace: Final = Pace()
        self._script: Final = folder / "append.sql"
        self._script.write_text(SCRIPT)
        fact = example()
        self._variables: Final = {
            "topic": fact.topic,
            "leaf": rf"\x{fact.leaf.hex()}",
            "frame": rf"\x{fact.state.hex()}",
            "request": rf"\x{REQUEST.hex()}",
        }
        with psycopg.connect(database.databases.url("owner"), autocommit=True) as connection:
            connection.execute("CREATE SEQUENCE benchmark_position")

    def append(self, writers: int, seconds: float) -> Speed:
        """Append and verify; see :class:`benchmarks.measuring.Contender`."""
        before = self._counts()
        url = self._database.databases.url("owner")
        count = self._pace.events(writers, seconds)
        speed = run_pgbench(self._place, url, self._script, self._variables, writers, count)
        after = self._counts()
        grown = [now - then for now, then in zip(after, before, strict=True)]
        verify(grown == [speed.events] * 2, f"pgbench reports {speed.events} transactions and added {grown} rows")
        return self._pace.learn(writers, speed)

    def close(self) -> None:
        """Nothing is held."""

    def _counts(self) -> list[int]:
        row = self._database.one("SELECT (SELECT count(*) FROM record.fact), (SELECT count(*) FROM record.command)")
        return [int(str(count)) for count in row]


def run_pgbench(place: Place, url: str, script: Path, variables: Mapping[str, str], writers: int, count: int) -> Speed:
    """Run a script with prepared statements about so many times; the clock starts when every writer is connected.

    :raises WrongAnswer: when a transaction failed.
    """
    programs = Binaries.reachable_for(Account.for_folder(place.settings.data_dir / "postgres"))
    where = conninfo_to_dict(url)
    environment = {
        **os.environ,
        "PGHOST": str(where["host"]),
        "PGPORT": str(where["port"]),
        "PGUSER": str(where["user"]),
        "PGPASSWORD": str(where["password"]),
        "PGDATABASE": str(where["dbname"]),
    }
    arguments = [f"-D{name}={value}" for name, value in variables.items()]
    with spending(place.pid) as spent:
        done = subprocess.run(
            [
                programs.folder / "pgbench",
                *("-n", "-M", "prepared", "-f", script, "-t", str(-(-count // writers))),
                *("-c", str(writers), "-j", str(min(writers, THREADS)), *arguments),
            ],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    verify(done.returncode == 0, f"pgbench failed: {done.stderr[-500:]}")
    events = int(_figure(done.stdout, r"transactions actually processed: (\d+)"))
    verify(_figure(done.stdout, r"failed transactions: (\d+)") == 0, "pgbench had failed transactions")
    return Speed(events, events / _figure(done.stdout, r"tps = ([\d.]+)"), spent.client, spent.server)


def _figure(report: str, pattern: str) -> float:
    found = re.search(pattern, report)
    verify(found is not None, f"pgbench's report lacks {pattern}")
    return float(found[1]) if found else 0.0
