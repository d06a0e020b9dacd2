"""The logs in a running process: asked before anything starts, sealed for as long as it runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.database import Databases
from adapters.evidence.local import logs_of
from adapters.evidence.log import LogRefused
from adapters.settings import Settings
from api.console.reaching import database
from api.console.starting import FAILED, leave, say, settings_for


def check_logs(settings: Settings, databases: Databases) -> None:
    """Leave with one sentence when a log may not go on from where it stands."""
    for each in logs_of(settings):
        try:
            each.check(databases)
        except LogRefused as refused:
            leave(
                f"{refused} ({refused.code}) Nothing was started, because the database is not the one whose head was "
                "published. Bring back the right one; or, when that is lost: homeward audit declare-loss",
                FAILED,
            )


def run_seal(*, data_dir: Path | None) -> None:
    """Seal what is recorded, and say how far every log is sealed."""
    settings = settings_for(data_dir)
    with database(settings) as (databases, _):
        check_logs(settings, databases)
        for each in logs_of(settings):
            try:
                head = each.sealer(databases).catch_up()
            except LogRefused as refused:
                leave(f"{refused} ({refused.code})", FAILED)
            say(f"{each.log.name}: sealed up to {head.size:,}.")


@contextmanager
def sealed(settings: Settings, databases: Databases, stop: threading.Event) -> Iterator[None]:
    """Seal every log in a thread of its own; the threads end when told to stop, and at the latest when this is left."""
    sealers = [
        threading.Thread(target=each.sealer(databases).run, args=(stop,), name=f"sealer {each.log.name}")
        for each in logs_of(settings)
    ]
    for sealer in sealers:
        sealer.start()
    try:
        yield
    finally:
        stop.set()
        for sealer in sealers:
            sealer.join()
