"""``homeward worker``: read models and sealers in a process of their own, also where the API starts it.

Folding a busy record takes processor time that requests would wait for within one process (measured: 93 instead of 245
commands a second on the same crowded machine), so ``homeward serve`` keeps a worker beside it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from adapters.settings import Settings
from adapters.views.projector import Projector
from adapters.views.renewing import renew
from api.console.housekeeping import keeping_house
from api.console.reaching import database
from api.console.sealing import check_logs, sealed
from api.console.starting import settings_for
from api.journal import log

RESTART_SECONDS: Final = 2.0


def run_worker(*, data_dir: Path | None) -> None:
    """Follow the record until told to stop."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    _follow(settings_for(data_dir), stop)


def run_beside() -> None:
    """Follow the record until standard input ends: when whoever started this process ends, however that happens."""
    stop = threading.Event()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C reaches the whole group; our parent tells us when to stop
    threading.Thread(target=_wait_for_end, args=(stop,), daemon=True).start()
    _follow(settings_for(None), stop)


def _wait_for_end(stop: threading.Event) -> None:
    sys.stdin.buffer.read()
    stop.set()


def _follow(settings: Settings, stop: threading.Event) -> None:
    with database(settings) as (databases, _):
        check_logs(settings, databases)
        with sealed(settings, databases, stop), keeping_house(settings, databases, stop):
            renew(databases, settings)
            Projector(databases, settings).run(stop)


@asynccontextmanager
async def worker_beside(settings: Settings) -> AsyncIterator[None]:
    """Keep a worker running, and start another when it ends, until this process is done."""
    keeping = asyncio.create_task(_keep(settings), name="worker")
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def _keep(settings: Settings) -> None:
    environment = {**os.environ, "HOMEWARD_DATA_DIR": str(settings.data_dir)}
    while True:
        worker = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "api.console.working", stdin=asyncio.subprocess.PIPE, env=environment
        )
        try:
            code = await worker.wait()
            log.error("worker.ended", code=code)
        finally:
            if worker.returncode is None and worker.stdin is not None:
                worker.stdin.close()
                await worker.wait()
        await asyncio.sleep(RESTART_SECONDS)


if __name__ == "__main__":
    run_beside()
