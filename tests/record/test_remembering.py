"""The worker forgets old commands by itself, at once and then every day."""

from __future__ import annotations

import asyncio
import threading
import time
from uuid import uuid4

import psycopg
import pytest

from adapters.database import Databases
from adapters.record.record import Record
from adapters.record.remembering import keep_forgetting
from tests.record.submissions import a_command

pytestmark = pytest.mark.anyio
PATIENCE_SECONDS = 30


async def test_old_commands_are_forgotten_again_and_again_until_told_to_stop(
    record: Record, databases: Databases, superuser_url: str
) -> None:
    stop = threading.Event()
    worker = threading.Thread(target=keep_forgetting, args=(databases, stop), kwargs={"every_seconds": 0.05})
    worker.start()
    try:
        for _ in range(2):
            await record.append(a_command(uuid4()))
            with psycopg.connect(superuser_url, autocommit=True) as superuser:
                superuser.execute("UPDATE record.command SET committed_at = now() - interval '31 days'")
                until = time.monotonic() + PATIENCE_SECONDS
                while superuser.execute("SELECT count(*) FROM record.command").fetchone() != (0,):
                    assert time.monotonic() < until, "nobody forgets"
                    await asyncio.sleep(0.02)
    finally:
        stop.set()
        worker.join(PATIENCE_SECONDS)
    assert not worker.is_alive()
    assert await record.head() == 2, "the facts stay"


def test_a_database_that_is_gone_is_waited_for() -> None:
    stop = threading.Event()
    gone = Databases({"writer": "postgresql://nobody@/nothing?host=/nowhere"})
    worker = threading.Thread(target=keep_forgetting, args=(gone, stop), kwargs={"every_seconds": 0.01})
    worker.start()
    time.sleep(0.1)
    assert worker.is_alive()
    stop.set()
    worker.join(PATIENCE_SECONDS)
    assert not worker.is_alive()
