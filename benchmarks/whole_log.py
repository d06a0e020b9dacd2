"""A log from nothing, for ``benchmarks.seal``: every fact of a record sealed, exported, and verified by a stranger."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

import psycopg

from adapters.database import Databases
from adapters.evidence import verifier
from adapters.evidence.bundle import Exporter, Selection
from adapters.evidence.local import LocalLog, log_of_record
from adapters.settings import Settings
from benchmarks.measuring import Say, stopwatch, verify
from benchmarks.place import Database

FORGET: Final = "TRUNCATE evidence.head, evidence.tile, evidence.declaration"
FRAMES: Final = "SELECT frame FROM record.fact ORDER BY position"
AT_ONCE: Final = 5_000


class WholeLog(NamedTuple):
    """How long each part took, in seconds, for so many facts."""

    facts: int
    hashing: float
    """``hashlib`` alone, over the same bytes, once; reading them is not counted."""
    sealing: float
    exporting: float
    verifying: float

    @property
    def verified_in_a_minute(self) -> float:
        """How many millions of facts the verifier manages in a minute."""
        return self.facts / 1e6 * 60 / self.verifying

    def told(self) -> dict[str, float]:
        """Return the figures by name."""
        return {
            "facts": self.facts,
            **{f"{name}_seconds": getattr(self, name) for name in ("hashing", "sealing", "exporting", "verifying")},
        }


def whole_log(settings: Settings, database: Database, folder: Path, say: Say) -> WholeLog:
    """Seal a record from its first fact, export everything, and let the verifier check it in a process of its own.

    :raises WrongAnswer: when it does not say that all are verified.
    """
    with psycopg.connect(database.superuser_url, autocommit=True) as superuser:
        superuser.execute(FORGET)
        say("hashing alone")
        facts, hashing = _hashed(superuser)
    local = log_of_record(replace(settings, published_dir=folder / "published"))
    say(f"sealing {facts:,} facts")
    took = stopwatch()
    head = local.sealer(database.databases).catch_up()
    sealing = took()
    verify(head.size == facts, f"{head.size} of {facts} facts were sealed")
    say(f"exporting {facts:,} facts")
    took = stopwatch()
    written = exported(database.databases, local, folder / "bundle")
    exporting = took()
    verify(written == facts, f"{written} of {facts} facts were exported")
    say(f"verifying {facts:,} facts")
    return WholeLog(facts, hashing, sealing, exporting, seconds_to_verify(local, folder / "bundle"))


def exported(databases: Databases, local: LocalLog, folder: Path) -> int:
    """Write a bundle of everything and return how many facts it holds."""
    with psycopg.connect(databases.url("projector"), autocommit=True) as connection:
        return Exporter(connection, local).write(Selection(), folder).facts


def seconds_to_verify(local: LocalLog, folder: Path) -> float:
    """Return how long the verifier takes for a bundle, alone, in a process of its own.

    :raises WrongAnswer: when it does not say that all are verified.
    """
    command = [sys.executable, "-I", "-S", verifier.__file__, str(folder), "--key", local.signer.verifier.text()]
    took = stopwatch()
    ended = subprocess.run(command, check=False, capture_output=True)
    seconds = took()
    verify(ended.returncode == 0, f"the verifier ended with {ended.returncode}")
    return seconds


def _hashed(connection: psycopg.Connection) -> tuple[int, float]:
    """Return how many facts there are, and how long hashing their bytes takes."""
    facts, seconds = 0, 0.0
    with connection.transaction(), connection.cursor("frames", binary=True) as cursor:
        cursor.execute(FRAMES)
        while rows := cursor.fetchmany(AT_ONCE):
            took = stopwatch()
            for (frame,) in rows:
                sha256(frame).digest()
            seconds += took()
            facts += len(rows)
    return facts, seconds
