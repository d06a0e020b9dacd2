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
from collections import Counter, deque
from functools import partial
from typing import Any
from uuid import uuid4

import uvloop

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ETAG = re.compile(rb'\r\netag: *"(\d+)', re.IGNORECASE)


class Officers:
    """One run against one server."""

    def __init__(self, question: dict[str, Any], versions: dict[str, int]) -> None:
        self.waiting: deque[tuple[str, str]] = deque(tuple(one) for one in question["requests"])
        self.token: str = question["token"]
        self.first_version: int = question["first_version"]
        self.versions = versions
        self.busy: set[str] = set()
        self.statuses: Counter[int] = Counter()

    def next_request(self) -> tuple[str, bytes] | None:
        """Return a case on which nobody works, and the request; ``None`` when there is none at this moment."""
        for nth, (case_id, body) in enumerate(self.waiting):
            if case_id not in self.busy:
                del self.waiting[nth]
                self.busy.add(case_id)
                return case_id, self._message(case_id, body.encode())
        return None

    def _message(self, case_id: str, body: bytes) -> bytes:
        version = self.versions.get(case_id, self.first_version)
        head = (
            f"POST /v1/cases/{case_id}/record-birth HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {self.token}\r\nContent-Type: application/json\r\n"
            f'If-Match: "{version}"\r\nIdempotency-Key: {uuid4()}\r\nContent-Length: {len(body)}\r\n\r\n'
        )
        return head.encode() + body

    def take(self, case_id: str, head: bytes) -> None:
        """Take the answer for a case."""
        self.busy.discard(case_id)
        self.statuses[int(head[9:12])] += 1
        if found := _ETAG.search(head):
            self.versions[case_id] = int(found[1])


class Officer(asyncio.Protocol):
    """One connection."""

    def __init__(self, officers: Officers, done: asyncio.Future[None]) -> None:
        self.officers = officers
        self.done = done
        self.case_id = ""
        self.read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        self.transport = transport

    def send(self) -> None:
        """Send the next request, or look again in a moment, or be done."""
        officers = self.officers
        if (request := officers.next_request()) is not None:
            self.case_id, message = request
            self.transport.write(message)  # type: ignore[attr-defined]
        elif officers.waiting:
            asyncio.get_running_loop().call_later(0.001, self.send)
        elif not self.done.done():
            self.done.set_result(None)

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

    def connection_lost(self, _error: Exception | None) -> None:
        """An answer that never came counts as status 0."""
        if not self.done.done():
            self.officers.statuses[0] += 1
            self.done.set_result(None)


async def run(question: dict[str, Any], versions: dict[str, int]) -> dict[str, Any]:
    """Send all requests and return how long it took and what the statuses were."""
    loop = asyncio.get_running_loop()
    officers = Officers(question, versions)
    all_of_them = [Officer(officers, loop.create_future()) for _ in range(question["connections"])]
    for officer in all_of_them:
        await loop.create_connection(partial(_same, officer), "127.0.0.1", question["port"])
    began = time.perf_counter()
    for officer in all_of_them:
        officer.send()
    await asyncio.gather(*(officer.done for officer in all_of_them))
    seconds = time.perf_counter() - began
    for officer in all_of_them:
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
