"""UmaDB: a Rust event store with its own server, from its wheel; its Python client in threads."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from benchmarks.cpu import seconds_of
from benchmarks.facts import example
from benchmarks.measuring import Absent, Speed, verify
from benchmarks.peers.programs import Conversation, python_packages
from benchmarks.serving import free_port

PACKAGE: Final = "umadb==0.7.8"
SCRIPT: Final = Path(__file__).with_name("umadb_writers.py")
START_SECONDS: Final = 10


class UmaDb:
    """The server on a free port with its data in a folder, and a process of client threads."""

    name = "umadb"

    def __init__(self, folder: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(python_packages(PACKAGE))}
        port = free_port()
        start = "from umadb.umadb_server_cli import main; main()"
        place = ["--listen", f"127.0.0.1:{port}", "--db-path", str(folder / "uma.db")]
        self._log: Final = (folder / "umadb.log").open("w")
        self._server: Final = subprocess.Popen(
            [sys.executable, "-c", start, *place], env=environment, stdout=self._log, stderr=self._log
        )
        try:
            _wait_for(port, self._server)
            self._writers: Final = Conversation(
                [sys.executable, "-P", str(SCRIPT), f"http://127.0.0.1:{port}"], environment, folder
            )
        except Absent:
            self._end_server()
            raise
        fact = example()
        self._topic: Final = fact.topic
        self._bytes: Final = len(fact.state)

    def append(self, writers: int, seconds: float) -> Speed:
        """Append and verify; see :class:`benchmarks.measuring.Contender`."""
        served, spent = seconds_of(self._server.pid), seconds_of(self._writers.pid)
        answer = self._writers.ask(writers=writers, seconds=seconds, topic=self._topic, bytes=self._bytes)
        client, server = seconds_of(self._writers.pid) - spent, seconds_of(self._server.pid) - served
        events = int(answer["events"])
        verify(answer["grown"] == events, "UmaDB did not store what it acknowledged")
        return Speed(events, answer["seconds"], client, server)

    def close(self) -> None:
        """End client and server."""
        self._writers.close()
        self._end_server()

    def _end_server(self) -> None:
        self._server.terminate()
        self._server.wait(timeout=30)
        self._log.close()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise Absent("its server does not start here")
