"""Officers at 32 connections, in a process of their own: each sends a command and waits for the answer.

A raw client, because a comfortable one takes more time than the server. Nobody sends to a case whose last answer is
still under way, and everybody names the version that the last answer gave. A line of JSON asks for a run.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections import Counter, defaultdict, deque
from functools import partial
from typing import Any, cast
from uuid import uuid4

import uvloop

PATIENCE_SECONDS = 120
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ETAG = re.compile(rb'\r\netag: *"(\d+)', re.IGNORECASE)


class Officers:
    """One run against one server."""

    def __init__(self, question: dict[str, Any], versions: dict[str, int], done: asyncio.Future[None]) -> None:
        self.waiting: deque[tuple[str, bytes]] = deque((case, body.encode()) for case, body in question["requests"])
        self.left = len(self.waiting)
        self.done = done
        self.versions = versions
        self.first_version: int = question["first_version"]
        self.headers = (
            f"HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {question['token']}\r\n"
            "Content-Type: application/json\r\n"
        )
        self.busy: set[str] = set()
        self.blocked: defaultdict[str, deque[bytes]] = defaultdict(deque)
        """Requests whose case is busy."""
        self.idle: deque[Officer] = deque()
        self.statuses: Counter[int] = Counter()

    def next_request(self) -> tuple[str, bytes] | None:
        """Return a case on which nobody works, and the request; ``None`` when there is none at this moment."""
        while self.waiting:
            case_id, body = self.waiting.popleft()
            if case_id in self.busy:
                self.blocked[case_id].append(body)
                continue
            self.busy.add(case_id)
            version = self.versions.get(case_id, self.first_version)
            head = (
                f"POST /v1/cases/{case_id}/record-birth {self.headers}"
                f'If-Match: "{version}"\r\nIdempotency-Key: {uuid4()}\r\nContent-Length: {len(body)}\r\n\r\n'
            )
            return case_id, head.encode() + body
        return None

    def take(self, case_id: str, head: bytes) -> None:
        """Take the answer for a case; whoever waited for the case goes first."""
        self.busy.discard(case_id)
        self.left -= 1
        self.statuses[int(head[9:12])] += 1
        if found := _ETAG.search(head):
            self.versions[case_id] = int(found[1])
        if blocked := self.blocked.get(case_id):
            self.waiting.appendleft((case_id, blocked.popleft()))
        if self.left == 0 and not self.done.done():
            self.done.set_result(None)

    def wake(self) -> None:
        """Let those who have nothing to do look again."""
        while self.idle and self.waiting:
            self.idle.popleft().send()


class Officer(asyncio.Protocol):
    """One connection."""

    transport: asyncio.Transport

    def __init__(self, officers: Officers) -> None:
        self.officers = officers
        self.case_id = ""
        self.read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        self.transport = cast("asyncio.Transport", transport)

    def send(self) -> None:
        """Send the next request, or wait until there is one."""
        if (request := self.officers.next_request()) is None:
            self.officers.idle.append(self)
            return
        self.case_id, message = request
        self.transport.write(message)

    def data_received(self, data: bytes) -> None:
        """Take a whole answer."""
        self.read += data
        end = self.read.find(b"\r\n\r\n")
        if end < 0:
            return
        length = _LENGTH.search(self.read, 0, end)
        if len(self.read) < end + 4 + (int(length[1]) if length else 0):
            return
        head, self.read = self.read[:end], b""
        self.officers.take(self.case_id, head)
        self.send()
        self.officers.wake()

    def connection_lost(self, _error: Exception | None) -> None:
        """Leave; an answer that is outstanding will never come, and the run ends without it."""
        if self in self.officers.idle:
            self.officers.idle.remove(self)
        elif not self.officers.done.done():
            self.officers.done.set_result(None)


async def run(question: dict[str, Any], versions: dict[str, int]) -> dict[str, Any]:
    """Send all requests and return how long it took and what the statuses were."""
    loop = asyncio.get_running_loop()
    officers = Officers(question, versions, loop.create_future())
    crew = [Officer(officers) for _ in range(question["connections"])]
    for officer in crew:
        await loop.create_connection(partial(_same, officer), "127.0.0.1", question["port"])
    began = time.perf_counter()
    for officer in crew:
        officer.send()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await officers.done
    seconds = time.perf_counter() - began
    for officer in crew:
        officer.transport.close()
    return {"seconds": seconds, "ok": officers.statuses[200], "statuses": dict(officers.statuses)}


def _same(officer: Officer) -> Officer:
    return officer


def main() -> None:
    """Answer questions until there are no more."""
    versions: dict[int, dict[str, int]] = {}
    for line in sys.stdin:
        question = json.loads(line)
        answer = uvloop.run(run(question, versions.setdefault(question["port"], {})))
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
