"""The reactor: follows the record, and asks of other cases what a fact of one asks of them.

How far it has come stands in the record, not in the read models: a rebuild asks nothing again. It begins at the head:
what was recorded before it was there was nobody's to react to.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid5

import psycopg
import structlog

from adapters.database import Databases
from adapters.record.door import Caller, Door, Reading, Request
from adapters.record.errors import NotVisible, RecordUnavailable, StaleVersion
from adapters.record.load import EVERYONE
from adapters.record.record import Record
from adapters.settings import Settings
from domain.case.case import CaseState
from domain.kernel import Command, Refused
from domain.privacy import BlockLabel
from domain.reactions import CAUSES, REACTIONS, Reaction, asked_of

POLL_SECONDS: Final = 1.0
BATCH_FACTS: Final = 10_000
ATTEMPTS: Final = 8
"""How often it asks again because others recorded on the same case meanwhile."""
REACTOR: Final = UUID("c2b6a1de-0f43-4a5c-8d0a-6f5a6a1d7c11")
"""Reference of the machine in the record, and the namespace of its commands."""
AGENCY: Final = "XX-HOMEWARD"
PERMISSIONS: Final = frozenset({"case:read", "case:react", "case:note-overdue", "case:record-majority"})
CALLER: Final = Caller(REACTOR, AGENCY, None, PERMISSIONS, frozenset({EVERYONE}))

FOLLOWED: Final = "SELECT max(notification_id) FROM record.tracking WHERE application_name = 'homeward.reactions'"
FOLLOW: Final = "INSERT INTO record.tracking VALUES ('homeward.reactions', %s) ON CONFLICT DO NOTHING"
HEAD: Final = "SELECT coalesce(max(position), 0) FROM record.fact"
NEXT: Final = """
SELECT position, stream, topic, fact_id FROM record.fact
WHERE position > %s AND position <= %s AND topic = ANY(%s) ORDER BY position
"""

log: Final = structlog.get_logger()


class Cause(NamedTuple):
    """A fact to which something reacts, unopened."""

    position: int
    stream: UUID
    topic: str
    fact_id: UUID


class Asked(NamedTuple):
    """A command that the machine asks of one case, under an id that follows from its cause."""

    stream: UUID
    command: Command
    command_id: UUID


def caused(name: str, *what: object) -> UUID:
    """Return the id of a command that a reaction or a clock asks because of something."""
    return uuid5(REACTOR, " ".join([name, *map(str, what)]))


class Reactor:
    """Asks what facts ask. Synchronous: give it a thread or a process of its own; two of them ask the same."""

    def __init__(
        self, databases: Databases, settings: Settings, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._databases: Final = databases
        self._settings: Final = settings
        self._clock: Final = clock
        self._at = 0

    def run(self, stop: threading.Event) -> None:
        """React to whatever is recorded until told to stop; waits out a database that is gone."""
        while not stop.is_set():
            try:
                with self._connected() as connection:
                    while not stop.is_set():
                        if not self._step(connection):
                            stop.wait(POLL_SECONDS)
            except (psycopg.OperationalError, RecordUnavailable):
                log.warning("reactor.database-gone")
                stop.wait(POLL_SECONDS)

    def step(self) -> bool:
        """React to the next facts, and return whether there may be more."""
        with self._connected() as connection:
            return self._step(connection)

    def _connected(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self._databases.url("writer"), autocommit=True)

    def _step(self, connection: psycopg.Connection[Any]) -> bool:
        head = _one(connection, HEAD) or 0
        followed = _one(connection, FOLLOWED)
        if followed is None:
            connection.execute(FOLLOW, (head,))
            followed = head
        at = max(followed, self._at)
        last = min(head, at + BATCH_FACTS)
        if last <= at:
            return False
        found = connection.execute(NEXT, (at, last, sorted(CAUSES))).fetchall()
        if found:
            asyncio.run(self._react([Cause(*row) for row in found]))
        if found or last - followed >= BATCH_FACTS:  # where there was nothing to ask, it can look again
            connection.execute(FOLLOW, (last,))
        self._at = last
        return last < head

    async def _react(self, causes: Sequence[Cause]) -> None:
        async with await Record.open(self._databases, self._settings) as record:
            door = Door(record, self._clock)
            for cause in causes:
                for reaction in REACTIONS:
                    if reaction.cause.topic == cause.topic:
                        for asked in await _asked(door, cause, reaction):
                            await ask(door, asked)


async def _asked(door: Door, cause: Cause, reaction: Reaction) -> list[Asked]:
    """Return what a fact asks of the cases of others. Only where it stands are the links of the person opened."""
    if not reaction.stands(await _case(door, cause, reaction)):
        return []
    case = await _case(door, cause, reaction, BlockLabel.IDENTITY)
    return [
        Asked(person, reaction.command(cause.stream), caused(reaction.name, cause.fact_id, person))
        for person in dict.fromkeys(asked_of(reaction, case))
    ]


async def _case(door: Door, cause: Cause, reaction: Reaction, *opens: BlockLabel) -> CaseState:
    request = caused(reaction.name, cause.fact_id)
    reading = Reading("case", cause.stream, CALLER, request, frozenset(opens), f"reaction {reaction.name}")
    case: CaseState = (await door.weigh(reading, lambda _case: frozenset())).state
    return case


async def ask(door: Door, asked: Asked) -> None:
    """Ask a command of a case on its version of now; what is refused, or asked of who has no case, is passed over."""
    digest = sha256(asked.command.model_dump_json().encode()).digest()
    for _ in range(ATTEMPTS):
        reading = Reading("case", asked.stream, CALLER, asked.command_id)
        with suppress(StaleVersion):
            try:
                version = (await door.weigh(reading, lambda _case: frozenset())).version
                await door.ask(Request(asked.command, asked.stream, CALLER, asked.command_id, digest, if_match=version))
            except NotVisible:
                log.info("reactor.no-case", verb=asked.command.verb)
            except Refused as refusal:
                log.info("reactor.refused", verb=asked.command.verb, code=refusal.code)
            return
    log.warning("reactor.too-contended", verb=asked.command.verb)


def _one(connection: psycopg.Connection[Any], query: str) -> int | None:
    row = connection.execute(query).fetchone()
    return row[0] if row else None
