"""Threads that append one event after the other to fresh streams of an UmaDB server; a line of JSON for each run.

Runs by itself, with the peer's package on its path and nothing of ours.
"""

from __future__ import annotations

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from umadb import AppendCondition, Client, Event, Query, QueryItem  # type: ignore[import-not-found]


def append_until(client: Client, deadline: float, topic: str, size: int) -> int:
    """Append until the time is over, each under the condition that its stream is fresh; return how many."""
    data, events = os.urandom(size), 0
    while time.perf_counter() < deadline:
        stream = f"case:{uuid4()}"
        fresh = AppendCondition(Query([QueryItem(tags=[stream])]))
        client.append([Event(topic, data, [stream], uuid4())], fresh)
        events += 1
    return events


def main() -> None:
    """Answer questions until there are no more."""
    clients: list[Client] = []
    for line in sys.stdin:
        question = json.loads(line)
        writers = question["writers"]
        clients += [Client(sys.argv[1]) for _ in range(writers - len(clients))]
        before = clients[0].head() or 0
        began = time.perf_counter()
        deadline = began + question["seconds"]
        with ThreadPoolExecutor(writers) as threads:
            each = [
                threads.submit(append_until, client, deadline, question["topic"], question["bytes"])
                for client in clients[:writers]
            ]
            events = sum(one.result() for one in each)
        seconds = time.perf_counter() - began
        grown = (clients[0].head() or 0) - before
        print(json.dumps({"events": events, "seconds": seconds, "grown": grown}), flush=True)


if __name__ == "__main__":
    main()
