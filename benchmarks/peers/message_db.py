"""Message DB: an event store in PL/pgSQL. Its SQL comes from npm; pgbench drives it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import psycopg

from benchmarks.facts import example
from benchmarks.measuring import Pace, Speed, verify
from benchmarks.peers.pgbench import run_pgbench
from benchmarks.peers.programs import node_packages
from benchmarks.place import Database, Place

PACKAGE: Final = "@eventide/message-db@1.3.1"
PARTS: Final = ("schema", "tables", "types", "functions", "indexes")
"""Folders of SQL, in order. Extensions are left out: what it needs of pgcrypto is built into the server by now."""
SCRIPT: Final = """
SELECT write_message(
  gen_random_uuid()::varchar, 'case-' || gen_random_uuid(), :topic::varchar, :data::jsonb, NULL::jsonb, -1::bigint);
"""
EARLIER: Final = ("category.sql", "hash-64.sql", "id.sql")
"""Functions that indexes and other functions use."""


class MessageDb:
    """Message DB on a database of its own, one category of streams as one kind of aggregate has it."""

    name = "message-db"

    def __init__(self, place: Place, database: Database, folder: Path) -> None:
        sources = node_packages(PACKAGE) / "node_modules" / "@eventide" / "message-db" / "database"
        self._place: Final = place
        self._database: Final = database
        self._pace: Final = Pace()
        self._script: Final = folder / "message_db.sql"
        self._script.write_text(SCRIPT)
        self._url: Final = database.superuser_url
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(f'ALTER DATABASE "{database.name}" SET search_path TO message_store, public'.encode())
            connection.execute("SET search_path TO message_store, public")
            for part in PARTS:
                for file in sorted(
                    (sources / part).glob("*.sql"), key=lambda file: (file.name not in EARLIER, file.name)
                ):
                    connection.execute(file.read_bytes())
        fact = example()
        body = "x" * (len(fact.state) - len(json.dumps({"frame": ""})))
        self._variables: Final = {"topic": fact.topic, "data": json.dumps({"frame": body})}

    def append(self, writers: int, seconds: float) -> Speed:
        """Append and verify; see :class:`benchmarks.measuring.Contender`."""
        before = self._count()
        count = self._pace.events(writers, seconds)
        speed = run_pgbench(self._place, self._url, self._script, self._variables, writers, count)
        verify(self._count() - before == speed.events, "Message DB did not store what it acknowledged")
        return self._pace.learn(writers, speed)

    def close(self) -> None:
        """Nothing is held."""

    def _count(self) -> int:
        return int(str(self._database.one("SELECT count(*) FROM message_store.messages")[0]))
