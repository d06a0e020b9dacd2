"""Append: writers that each append one event after the other to fresh streams.

Ours goes through the record: dense positions, version checks, idempotency rows, leaves. Everyone stores the same bytes
on the same server; each repetition measures us next to the peer, and once more while an old snapshot is held open.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import psycopg

from benchmarks.facts import example
from benchmarks.measuring import ALTERNATIONS, Absent, Contender, Result, Say, Series
from benchmarks.peers.emmett import Emmett
from benchmarks.peers.message_db import MessageDb
from benchmarks.peers.pgbench import Pgbench
from benchmarks.peers.stock import Stock
from benchmarks.peers.umadb import UmaDb
from benchmarks.place import Database, Place, place
from benchmarks.recording import Recording

WRITERS: Final = (1, 8, 128)
"""Measured once each, for the picture."""
AT: Final = 32
"""The number of writers at which the bars stand."""
SECONDS: Final = 0.5
SECONDS_ASIDE: Final = 0.3
CLOSE: Final = frozenset({"pgbench", "umadb"})
"""Peers about as fast as we are: measured as long."""
AGAIN_BEFORE: Final = "umadb"
"""Before this peer we are measured once more; pgbench stands beside the first measurement."""
SNAPSHOT: Final = "snapshot"
SQL_PEERS: Final = ("stock", "message-db", "emmett")
BARS: Final = {"pgbench": 1.0, "stock": 10.0, "best-sql": 3.0, "umadb": 1.0, "snapshot": 0.9}


def run(data_dir: Path | None, say: Say) -> Result:
    """Measure us against every peer that can run here."""
    result = Result("append", "events appended by 32 writers, one each to fresh streams", "events/s", bars=BARS)
    with ExitStack() as stack:
        here = stack.enter_context(place(data_dir))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = stack.enter_context(here.database("append", migrated=True))
        ours = stack.enter_context(Recording(here, database, folder))
        peers = _peers(here, folder, stack, result, say)
        series = _alternate(ours, peers, database, say)
        aside = {writers: _aside(ours, peers, writers, say) for writers in WRITERS}
    series.fill(result)
    result.limit = series.rate("pgbench")
    result.ratios["snapshot"] = 1 / result.ratios.pop(SNAPSHOT)
    result.details["under_old_snapshot"] = result.peers.pop(SNAPSHOT)
    result.ratios["best-sql"] = min(result.ratios[name] for name in SQL_PEERS if name in result.ratios)
    result.details["frame_bytes"] = len(example().state)
    result.details["by_writers"] = {str(writers): rates for writers, rates in aside.items()}
    result.correct = True
    return result


def _peers(here: Place, folder: Path, stack: ExitStack, result: Result, say: Say) -> list[Contender]:
    """Set up each peer on a database of its own; those that cannot run are noted."""

    def database(purpose: str, *, migrated: bool = False) -> Database:
        return stack.enter_context(here.database(purpose, migrated=migrated))

    makers: Sequence[tuple[str, Callable[[], Contender]]] = (
        ("pgbench", lambda: Pgbench(here, database("pgbench", migrated=True), folder)),
        ("umadb", lambda: UmaDb(folder)),
        ("stock", lambda: Stock(here, database("stock"))),
        ("message-db", lambda: MessageDb(here, database("message_db"), folder)),
        ("emmett", lambda: Emmett(here, database("emmett"))),
    )
    peers = []
    for name, make in makers:
        say(f"setting up {name}")
        try:
            peer = make()
        except Absent as why:
            result.absent[name] = str(why)
            result.peers[name] = "absent"
            continue
        stack.callback(peer.close)
        peers.append(peer)
    return peers


def _alternate(ours: Recording, peers: Sequence[Contender], database: Database, say: Say) -> Series:
    """Let everyone warm up, then measure them in turn; beside those that are close we are measured anew."""
    for contender in (ours, *peers):
        for seconds in (0.1, SECONDS_ASIDE):
            contender.append(AT, seconds)
    series = Series()
    for nth in range(1, ALTERNATIONS + 1):
        say(f"{nth} of {ALTERNATIONS}")
        with _old_snapshot(database):
            under = ours.append(AT, SECONDS)
        mine = ours.append(AT, SECONDS)
        series.add(SNAPSHOT, mine, under)
        for peer in peers:
            say(f"{nth} of {ALTERNATIONS}: {peer.name}")
            if peer.name == AGAIN_BEFORE:
                mine = ours.append(AT, SECONDS)
            series.add(peer.name, mine, peer.append(AT, SECONDS if peer.name in CLOSE else SECONDS_ASIDE))
    return series


def _aside(ours: Recording, peers: Sequence[Contender], writers: int, say: Say) -> dict[str, float]:
    """Measure everyone once with another number of writers."""
    rates = {}
    for contender in (ours, *peers):
        say(f"{writers} writers: {contender.name}")
        contender.append(writers, 0.05)
        rates[contender.name] = contender.append(writers, SECONDS_ASIDE).rate
    return rates


@contextmanager
def _old_snapshot(database: Database) -> Iterator[None]:
    """Hold a snapshot as a dump or an export does, while others commit."""
    with psycopg.connect(database.superuser_url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection.execute("SELECT count(*) FROM record.command WHERE facts = 0").fetchone()
        yield
