"""Seal: what sealing adds to appending, how soon a fact is sealed, and how fast a stranger verifies.

The sealer works in a process beside 32 writers, as it works in the worker beside the API. Its CPU time and that of its
server process is compared with what appending the same facts took. Then facts come in at a steady
pace, and each is timed from its acknowledgement to the published head that covers it. At the end a bundle of everything
is verified: of what was appended here, or with a prepared data folder of its million facts, sealed anew from the first.
"""

from __future__ import annotations

import asyncio
import base64
import bisect
import json
import pickle
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import IO, Final, NamedTuple, Self

from adapters.database import Databases
from adapters.settings import Settings
from benchmarks.facts import submissions
from benchmarks.measuring import ALTERNATIONS, Result, Say, Speed, verify
from benchmarks.place import place
from benchmarks.prepare import prepared
from benchmarks.recording import Recording
from benchmarks.whole_log import whole_log

BARS: Final = {"append-cpu": 10.0, "second-p99": 1.0, "verified-million": 1.0}
"""Sealing takes a tenth of the CPU of appending at most; of a hundred facts, 99 are sealed within a second; a million
are verified within a minute, measured where there is a million."""
WRITERS: Final = 32
SECONDS: Final = 1.5
PACE: Final = 500
"""Facts a second, when the time to the seal is measured."""
PACED_SECONDS: Final = 6
PATIENCE_SECONDS: Final = 30


def run(data_dir: Path | None, say: Say) -> Result:
    """Measure the sealer and the verifier."""
    result = Result(
        "seal", "facts sealed beside 32 writers: leaves, tiles, self-check, signed head", "facts/s", bars=BARS
    )
    with ExitStack() as stack:
        here = stack.enter_context(place(data_dir))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = stack.enter_context(here.database("seal", migrated=True))
        settings = replace(here.fresh_keys(folder), published_dir=folder / "published")
        recording = stack.enter_context(Recording(here, database, folder))
        recording.append(WRITERS, 0.3)
        ratios, seals, speeds = [], [], []
        with Sealing(settings, database.databases) as sealing:
            sealing.wait_for(recording.run(recording.record.head()))
            for nth in range(1, ALTERNATIONS + 1):
                say(f"{nth} of {ALTERNATIONS}")
                before = sealing.cost()
                speed = recording.append(WRITERS, SECONDS)
                sealing.wait_for(recording.run(recording.record.head()))
                cost = sealing.cost() - before
                ratios.append((speed.client_cpu + speed.server_cpu - cost.server) / cost.spent)
                seals.append(Speed(speed.events, speed.seconds, cost.client, cost.server))
                speeds.append(speed.events / cost.spent)
            say(f"{PACE} facts a second")
            waits = recording.run(_paced(recording, sealing))
        if data_dir is None:
            log = whole_log(settings, database, folder / "anew", say)
        else:
            million = stack.enter_context(here.database("sealed", like=prepared(here).name))
            log = whole_log(settings, million, folder / "anew", say)
            result.ratios["verified-million"] = log.verified_in_a_minute
    result.ours = statistics.median(speeds)
    result.limit, result.peers = log.facts / log.hashing, {"hashlib": log.facts / log.hashing}
    result.ratios |= {
        "append-cpu": statistics.median(ratios),
        "second-p99": 1 / _quantile(waits, 0.99),
        "hashlib": log.hashing / log.sealing,
    }
    result.cpu["ours"] = {
        "client_ms": 1e6 * sum(seal.client_cpu for seal in seals) / sum(seal.events for seal in seals),
        "server_ms": 1e6 * sum(seal.server_cpu for seal in seals) / sum(seal.events for seal in seals),
    }
    result.details = {
        "unit": "facts sealed in a second of CPU, the sealer's and that of its server process",
        "to_the_seal_ms": {
            name: 1000 * _quantile(waits, at) for name, at in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))
        },
        "paced_facts": len(waits),
        "whole_log": log.told(),
    }
    result.correct = True
    return result


class Cost(NamedTuple):
    """CPU seconds of a sealer and of its server process."""

    client: float
    server: float

    @property
    def spent(self) -> float:
        """Both."""
        return self.client + self.server

    def __sub__(self, earlier: Cost) -> Cost:
        """Return what was spent since."""
        return Cost(self.client - earlier.client, self.server - earlier.server)


class Sealing:
    """A sealer in a process of its own, as the worker is; it says when each head was published, and what it spent."""

    def __init__(self, settings: Settings, databases: Databases) -> None:
        self._seal: Final = pickle.dumps((settings, databases))
        self.heads: Final[list[Published]] = []
        self._reading: Final = threading.Thread(target=self._read)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.sealing"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._stdin.write(base64.b64encode(self._seal) + b"\n")
        self._stdin.flush()
        self._reading.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stdin.close()
        self._process.wait()
        self._reading.join()

    @property
    def _stdin(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    def wait_for(self, size: int) -> None:
        """Return when so many facts are sealed.

        :raises WrongAnswer: when that takes longer than half a minute.
        """
        until = time.monotonic() + PATIENCE_SECONDS
        while size and (not self.heads or self.heads[-1].size < size):
            verify(time.monotonic() < until, f"{size} facts were not sealed in {PATIENCE_SECONDS} s")
            time.sleep(0.01)

    def cost(self) -> Cost:
        """Return what was spent until the last head."""
        return self.heads[-1].cost if self.heads else Cost(0, 0)

    def sealed_at(self, position: int) -> float:
        """Return when a head that covers a position was published."""
        return self.heads[bisect.bisect_left(self.heads, position, key=lambda head: head.size)].at

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            size, at, client, server = json.loads(line)
            self.heads.append(Published(size, at, Cost(client, server)))


class Published(NamedTuple):
    """A head, when it was published, and what had been spent by then."""

    size: int
    at: float
    cost: Cost


async def _paced(recording: Recording, sealing: Sealing) -> list[float]:
    """Append facts at a steady pace and return, in order, how many seconds each waited for its seal."""
    asked = submissions(PACE * PACED_SECONDS, recording.record.log)
    began = time.monotonic()
    acknowledged: dict[int, float] = {}

    async def one(nth: int) -> None:
        await asyncio.sleep(max(0.0, began + nth / PACE - time.monotonic()))
        outcome = await recording.record.append(asked[nth])
        acknowledged[outcome.positions[0]] = time.monotonic()

    await asyncio.gather(*(one(nth) for nth in range(len(asked))))
    await asyncio.to_thread(sealing.wait_for, max(acknowledged))
    return sorted(max(0.0, sealing.sealed_at(position) - at) for position, at in acknowledged.items())


def _quantile(ordered: list[float], at: float) -> float:
    return ordered[min(len(ordered) - 1, int(at * len(ordered)))]
