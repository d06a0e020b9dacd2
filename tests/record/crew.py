"""Two writers in processes of their own and a durable server: each of them can be killed at any moment."""

from __future__ import annotations

import itertools
import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple, Self, get_args
from uuid import UUID, uuid4

from adapters import migrate
from adapters.database import Databases
from adapters.embedded import EmbeddedPostgres
from adapters.roles import Role
from tests.record.soundness import Promises, contents, faults
from tests.record.submissions import ORIGIN

PROJECT: Final = Path(__file__).parents[2]
PATIENCE_SECONDS: Final = 60
WRITERS: Final = 2


@dataclass(frozen=True)
class Order:
    """A command for a writer. Sent again it is the same command."""

    stream: UUID
    at: int
    facts: int
    guards: tuple[tuple[UUID, int], ...] = ()
    command: UUID = field(default_factory=uuid4)

    @property
    def reaches(self) -> int:
        """Version of the stream afterwards."""
        return self.at + self.facts


class Answer(NamedTuple):
    """What a writer said became of a command."""

    fate: str
    positions: tuple[int, ...]


class Writer:
    """A writer's process."""

    def __init__(self, databases: Databases, folder: Path) -> None:
        self._process: Final = subprocess.Popen(
            [sys.executable, "-m", "tests.record.writer"], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._said: Final[queue.SimpleQueue[dict[str, Any]]] = queue.SimpleQueue()
        self._listener: Final = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self._write([{"folder": str(folder), "urls": {role: databases.url(role) for role in get_args(Role)}}])

    def wait_until_ready(self) -> None:
        """Wait until it has opened the record."""
        assert "ready" in self._said.get(timeout=PATIENCE_SECONDS)

    def send(self, orders: Mapping[int, Order]) -> None:
        """Hand over commands under these numbers, without waiting."""
        self._write(
            {
                "ask": number,
                "command": order.command.hex,
                "stream": order.stream.hex,
                "at": order.at,
                "facts": order.facts,
                "guards": [(stream.hex, version) for stream, version in order.guards],
            }
            for number, order in orders.items()
        )

    def answers(self, asked: Collection[int]) -> dict[int, Answer]:
        """Return the answers to all of these."""
        found: dict[int, Answer] = {}
        until = time.monotonic() + PATIENCE_SECONDS
        while len(found) < len(asked):
            said = self._said.get(timeout=max(0.0, until - time.monotonic()))
            found[said["ask"]] = _answer(said)
        assert found.keys() == set(asked)
        return found

    def kill(self) -> dict[int, Answer]:
        """Kill it and return what it had said by then."""
        self._process.kill()
        self._end()
        found: dict[int, Answer] = {}
        while not self._said.empty():
            if "ask" in (said := self._said.get()):
                found[said["ask"]] = _answer(said)
        return found

    def close(self) -> int:
        """Let it finish and return how it ended."""
        self._end()
        return self._process.returncode

    def _end(self) -> None:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.close()
        except BrokenPipeError:
            assert process.wait() < 0, "only a killed writer leaves orders unread"
        process.wait(PATIENCE_SECONDS)
        self._listener.join()
        process.stdout.close()

    def _write(self, lines: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
        self._process.stdin.flush()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.endswith(b"\n"):
                self._said.put(json.loads(line))


def _answer(said: dict[str, Any]) -> Answer:
    return Answer(said["fate"], tuple(said.get("positions", ())))


class Crew:
    """Gives orders to the writers, kills them and their server, and keeps account of what they were told."""

    def __init__(self, folder: Path) -> None:
        self._folder: Final = folder
        self._server: Final = EmbeddedPostgres(folder / "server")
        self.databases: Final = Databases.embedded(self._server.start())
        migrate.upgrade(self.databases)
        self._writers: Final = [self._hired() for _ in range(WRITERS)]
        for writer in self._writers:
            writer.wait_until_ready()
        self._next = self._hired()
        """Starts while the others work: the place of a killed one is taken at once."""
        self._numbers: Final = itertools.count()
        self.promises: Final = Promises()
        self.versions: Final[dict[UUID, int]] = {}
        """Stream → the version that it has by what was acknowledged."""
        self.sent: Final[list[Order]] = []
        self.found: Final[list[str]] = []
        """Everything that was ever wrong."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._next.wait_until_ready()
        ended = [writer.close() for writer in (*self._writers, self._next)]
        self._server.stop()
        assert ended == [0] * len(ended), "a writer failed"

    def work(self, *shares: Sequence[Order]) -> list[str]:
        """Let each writer do its share of commands at the same time; return everything that is wrong afterwards."""
        asked = self._send(shares)
        for writer, orders in zip(self._writers, asked, strict=True):
            self._note(orders, writer.answers(orders))
        return self.faults()

    def work_and_kill_a_writer(self, *shares: Sequence[Order], victim: int, after_seconds: float) -> list[str]:
        """Kill a writer at work; another is asked for whatever it had not answered."""
        asked = self._send(shares)
        time.sleep(after_seconds)
        said = self._writers[victim].kill()
        self._note(asked[victim], said)
        open_fate = {number: order for number, order in asked[victim].items() if number not in said}
        self._next.wait_until_ready()
        self._writers[victim], self._next = self._next, self._hired()
        for other, orders in enumerate(asked):
            if other != victim:
                self._note(orders, self._writers[other].answers(orders))
        helper = (victim + 1) % WRITERS
        self._writers[helper].send(open_fate)
        self._note(open_fate, self._writers[helper].answers(open_fate), undecided=True)
        return self.faults()

    def work_and_kill_the_server(self, *shares: Sequence[Order], after_seconds: float) -> list[str]:
        """Kill the server under the writers' hands and start it again; they go on, and ask again where they must."""
        asked = self._send(shares)
        time.sleep(after_seconds)
        self._server.kill()
        self._server.start()
        for writer, orders in zip(self._writers, asked, strict=True):
            answers = writer.answers(orders)
            again = {number: orders[number] for number, answer in answers.items() if answer.fate == "UNAVAILABLE"}
            self._note(orders, {number: answer for number, answer in answers.items() if number not in again})
            writer.send(again)
            self._note(again, writer.answers(again))
        return self.faults()

    def faults(self) -> list[str]:
        """Return everything that is wrong with the record now, and keep it."""
        found = faults(contents(self.databases.url("writer")), self.promises, ORIGIN)
        self.found.extend(found)
        return found

    def _hired(self) -> Writer:
        return Writer(self.databases, self._folder / "writers")

    def _send(self, shares: Sequence[Sequence[Order]]) -> list[dict[int, Order]]:
        asked = [{next(self._numbers): order for order in share} for share in shares]
        for writer, orders in zip(self._writers, asked, strict=True):
            self.sent.extend(orders.values())
            writer.send(orders)
        return asked

    def _note(self, orders: Mapping[int, Order], answers: Mapping[int, Answer], *, undecided: bool = False) -> None:
        """Take down what the writers said.

        ``undecided``: what a killed writer handed over may still be recorded after another writer was told that it is
        stale; no such promise is taken down then.
        """
        promises = self.promises
        for number, (fate, positions) in answers.items():
            order = orders[number]
            kept = promises.kept.get(order.command)
            if fate in {"RECORDED", "REPEATED"}:
                assert kept in {None, positions}, f"acknowledged at {kept}, and then at {positions}"
                assert fate == "REPEATED" or kept is None, "recorded twice"
                assert fate == "RECORDED" or order.command not in promises.refused, "it had been recorded after all"
                promises.kept[order.command] = positions
                promises.refused.discard(order.command)
                self.versions[order.stream] = max(self.versions.get(order.stream, 0), order.reaches)
            else:
                assert fate == "STALE", f"{fate}, and nobody had killed the server"
                assert kept is None, f"acknowledged at {kept}, and then refused"
                if not undecided:
                    promises.refused.add(order.command)
