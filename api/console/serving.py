"""``homeward serve``: one process, from the socket to the record; ends cleanly on SIGTERM and SIGINT."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Final

import uvicorn
import uvloop

from adapters.database import Databases
from adapters.embedded import EmbeddedPostgres
from adapters.settings import Settings
from api.app import make_front
from api.console.reaching import database
from api.console.sealing import check_logs
from api.console.starting import say
from api.console.working import worker_beside
from api.front import Front
from api.lifespan import services, watch

GRACE_SECONDS: Final = 5
"""How long open requests and streams may take to end."""
KEEP_ALIVE_SECONDS: Final = 15
COLLECT_AFTER: Final = (200_000, 20, 50)
"""Thresholds of the collector of cycles. Facts and states make none and are many: looking through them as often as the
interpreter would by itself took a tenth of the time of a command."""
BANNER: Final = """
    NOT FOR REAL PEOPLE. Newcomer mode: keys and tokens made on this machine protect nobody.
    http://{host}:{port}/docs   (this machine only; end with Ctrl-C)
"""


def run_server(settings: Settings, line: socket.socket) -> None:
    """Serve on a port that was taken, until told to stop."""
    with database(settings) as (databases, embedded):
        serve(settings, databases, embedded, line)


def serve(settings: Settings, databases: Databases, embedded: EmbeddedPostgres | None, line: socket.socket) -> None:
    """Serve on a database that is migrated, until told to stop; not at all on one that is not what was published."""
    check_logs(settings, databases)
    if settings.mode == "newcomer":
        say(BANNER.format(host=settings.host, port=settings.port))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, databases, embedded, line))


async def _serve(
    settings: Settings, databases: Databases, embedded: EmbeddedPostgres | None, line: socket.socket
) -> None:
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(services(settings, databases))
        await stack.enter_async_context(_watched(embedded, databases))
        if settings.projector:
            await stack.enter_async_context(worker_beside(settings))
        front = make_front(opened)
        _settle()
        server = _Server(server_configuration(front, host=settings.host, port=settings.port))
        await server.serve(sockets=[line])


def _settle() -> None:
    """Let the collector leave alone what was made to stay, and look less often through the rest."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def server_configuration(front: Front, *, host: str, port: int) -> uvicorn.Config:
    """Return how the server runs: no header about itself, no log of its own, nothing believed about proxies."""
    return uvicorn.Config(
        front,
        host=host,
        port=port,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


class _Server(uvicorn.Server):
    """Ends on a signal and lets us finish: the stock one raises the signal again, which would end us before that."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals for as long as it serves; a second one does not wait for open requests."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


@asynccontextmanager
async def _watched(embedded: EmbeddedPostgres | None, databases: Databases) -> AsyncIterator[None]:
    """Keep the server in the folder alive."""
    async with AsyncExitStack() as stack:
        if embedded is not None:
            watching = asyncio.create_task(watch(embedded, databases.url("reader")), name="watch")
            stack.callback(watching.cancel)
        yield
