"""Emmett's PostgreSQL event store, driven by a script in node."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from benchmarks.cpu import seconds_of
from benchmarks.facts import example
from benchmarks.measuring import Absent, Speed, verify
from benchmarks.peers.programs import Conversation, node_packages
from benchmarks.place import Database, Place

PACKAGES: Final = ("@event-driven-io/emmett-postgresql@0.42.0",)
SCRIPT: Final = Path(__file__).with_name("emmett_writers.mjs")


class Emmett:
    """Emmett on a database of its own."""

    name = "emmett"

    def __init__(self, place: Place, database: Database) -> None:
        folder = node_packages(*PACKAGES)
        script = folder / SCRIPT.name  # node looks for packages beside the script
        script.write_text(SCRIPT.read_text())
        self._place: Final = place
        self._database: Final = database
        self._writers: Final = Conversation(
            ["node", str(script)],
            {**os.environ, "DATABASE_URL": database.databases.url("owner")},
            folder,
        )
        if self._writers.ask(prepare=True).get("ready") != 1:
            raise Absent("it could not make its tables")
        self._bytes: Final = len(example().state)

    def append(self, writers: int, seconds: float) -> Speed:
        """Append and verify; see :class:`benchmarks.measuring.Contender`."""
        before, served, spent = self._count(), seconds_of(self._place.pid), seconds_of(self._writers.pid)
        answer = self._writers.ask(writers=writers, seconds=seconds, bytes=self._bytes)
        client, server = seconds_of(self._writers.pid) - spent, seconds_of(self._place.pid) - served
        events = int(answer["events"])
        verify(self._count() - before == events, "Emmett did not store what it acknowledged")
        return Speed(events, answer["seconds"], client, server)

    def close(self) -> None:
        """End the script."""
        self._writers.close()

    def _count(self) -> int:
        return int(str(self._database.one("SELECT count(*) FROM emt_messages")[0]))
