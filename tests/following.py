"""Whoever follows the record in a thread, for as long as a test wants it to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from adapters.database import Databases


@contextmanager
def following(run: Callable[[threading.Event], None], databases: Databases) -> Iterator[None]:
    """Let it run beside the block; at the end it is woken, as by a fact: it would notice within a second by itself."""
    stop = threading.Event()
    running = threading.Thread(target=run, args=(stop,))
    running.start()
    try:
        yield
    finally:
        stop.set()
        with psycopg.connect(databases.url("reader"), autocommit=True) as connection:
            connection.execute("NOTIFY homeward_facts")
        running.join()
