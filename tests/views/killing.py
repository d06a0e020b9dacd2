"""A projector that is killed while others write, again and again; after each kill a new one goes on where it was.

``make projector-kills`` does it five hundred times. The figure goes into docs/trust.md.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random
from typing import Final, NamedTuple
from uuid import UUID

import psycopg
import structlog
from rich.console import Console

from adapters import migrate
from adapters.database import Databases
from adapters.embedded import EmbeddedPostgres
from adapters.settings import Settings, read_settings
from adapters.views.digest import digests
from adapters.views.names import LIVE, NEXT
from adapters.views.projector import Projector, checkpoint
from adapters.views.rebuild import alone
from adapters.views.replay import replay
from domain.values import FacilityKind
from tests.views.conftest import House
from tests.views.histories import live

KILLS: Final = 500
PARTS: Final = 20
"""Each with a database of its own: what a replay takes grows with the record."""
LIVES: Final = 2
"""Recorded before each kill and not projected yet; more are recorded meanwhile."""
STEPS: Final = 6
BATCH_FACTS: Final = 3
LONGEST_SECONDS: Final = 0.12
"""From the first word of a projector to its end; the instant is chosen at random."""
PATIENCE_SECONDS: Final = 30.0

_processes: Final = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["adapters.views.projector"])


class Killed(NamedTuple):
    """What became of the kills."""

    kills: int
    equal: int
    """After which the read models were exactly what a fresh replay makes of the record."""
    amid: int
    """That left facts undone."""

    def __add__(self, other: Killed) -> Killed:  # type: ignore[override]
        return Killed(*(one + another for one, another in zip(self, other, strict=True)))


def follow(databases: Databases, settings: Settings, now: datetime, begun: Connection) -> None:
    """Be a projector until killed."""
    projector = Projector(databases, settings, clock=partial(_still, now), batch_facts=BATCH_FACTS)
    begun.send(True)
    projector.run(threading.Event())


def _still(now: datetime) -> datetime:
    return now


@contextmanager
def writing(house: House, place: UUID, seed: int) -> Iterator[None]:
    """Let lives be recorded for as long as this is not left."""
    stop = threading.Event()

    def write() -> None:
        nth = 0
        while not stop.is_set():
            house.run(live(house, Random(f"{seed} {nth}"), [place], STEPS))
            nth += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        stop.set()
        writer.join()


def killed(house: House, kills: int, seed: int) -> Killed:
    """Kill so many projectors; after each, go on in its place and compare every read model with a fresh replay."""
    dice = Random(seed)
    place = house.facility("SY-AL-HOL", FacilityKind.CAMP)
    equal = amid = 0
    for nth in range(kills):
        for life in range(LIVES):
            house.run(live(house, Random(f"{seed} {nth} before {life}"), [place], STEPS))
        with writing(house, place, seed * 10_000 + nth):
            _killed_once(house, dice.uniform(0, LONGEST_SECONDS))
            amid += _behind(house)
        equal += _as_replayed(house)
    assert replay(house.databases, house.settings, clock=house.clock).equal
    return Killed(kills, equal, amid)


def _killed_once(house: House, after_seconds: float) -> None:
    here, there = _processes.Pipe()
    projector: ForkServerProcess = _processes.Process(
        target=follow, args=(house.databases, house.settings, house.clock(), there)
    )
    projector.start()
    there.close()
    assert here.poll(PATIENCE_SECONDS), "the projector did not start"
    assert here.recv()
    time.sleep(after_seconds)
    assert projector.pid is not None
    assert projector.is_alive(), "it ended by itself"
    os.kill(projector.pid, signal.SIGKILL)
    projector.join()
    here.close()


def _as_replayed(house: House) -> bool:
    """Go on where the killed one was, replay everything from the first fact beside it, and compare the digests."""
    at = house.projector().catch_up()
    with alone(house.databases) as keeper:
        assert house.projector(schema=NEXT).catch_up(to=at.position, day=at.day) == at
        return digests(keeper, LIVE) == digests(keeper, NEXT)


def _behind(house: House) -> bool:
    with psycopg.connect(house.databases.url("owner")) as connection:
        return checkpoint(connection).position < house.rows("SELECT max(position) FROM record.fact")[0][0]


def main() -> None:
    """Kill at length, and say what was found."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    found, console, began = Killed(0, 0, 0), Console(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "server", durable=False) as cluster:
        for part in range(1, PARTS + 1):
            name = f"killed_{part}"
            with psycopg.connect(cluster.superuser_url(), autocommit=True) as superuser:
                superuser.execute(f"CREATE DATABASE {name} OWNER homeward_owner")
            databases = Databases.embedded(cluster, name)
            migrate.upgrade(databases)
            settings = read_settings({"HOMEWARD_DATA_DIR": str(Path(folder) / name)})
            with closing(House(databases, settings)) as house:
                found += killed(house, KILLS // PARTS, part)
            with psycopg.connect(cluster.superuser_url(), autocommit=True) as superuser:
                superuser.execute(f"DROP DATABASE {name} WITH (FORCE)")
            console.print(f"{found.kills} kills, {found.amid} amid work, {found.equal} equal to a fresh replay")
    console.print(f"{time.monotonic() - began:,.0f} s")


if __name__ == "__main__":
    main()
