"""The logs in a running process: asked before anything starts, sealed for as long as it runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from adapters.database import Databases
from adapters.evidence.local import logs_of
from adapters.evidence.log import LogRefused
from adapters.settings import Settings
from api.console.starting import FAILED, leave


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
