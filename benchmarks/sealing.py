"""A sealer in a process of its own, for ``benchmarks.seal``: until standard input ends, it says what it publishes.

Settings and databases come as one line on standard input: URLs hold passwords, which must not be arguments.
"""

from __future__ import annotations

import base64
import json
import pickle
import sys
import threading
import time
from typing import Any

import psycopg

from adapters.evidence.checkpoint import Checkpoint
from adapters.evidence.local import log_of_record
from adapters.evidence.sealer import Sealer
from benchmarks.cpu import seconds_of


class Telling(Sealer):
    """A sealer that knows which server process is its own."""

    backend: int = 0
    telling: float = 0.0
    """Seconds of CPU that went into saying what was published; no sealer spends them otherwise."""

    def connected(self) -> psycopg.Connection[Any]:
        """Connect, and remember to whom."""
        connection = super().connected()
        self.backend = connection.info.backend_pid
        return connection


def main() -> None:
    """Seal until standard input ends."""
    settings, databases = pickle.loads(base64.b64decode(sys.stdin.buffer.readline()))  # noqa: S301 - from our parent
    local, stop = log_of_record(settings), threading.Event()

    def tell(head: Checkpoint) -> None:
        at, spent = time.monotonic(), time.thread_time()
        print(json.dumps([head.size, at, spent - sealer.telling, seconds_of(sealer.backend)]), flush=True)
        sealer.telling += time.thread_time() - spent

    sealer = Telling(databases, local.log, local.signer, local.heads, noted=tell)
    working = threading.Thread(target=sealer.run, args=(stop,))
    working.start()
    sys.stdin.buffer.read()
    stop.set()
    working.join()


if __name__ == "__main__":
    main()
