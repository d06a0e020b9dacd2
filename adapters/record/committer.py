"""Group commit: the commands that wait in this process go into one transaction, and each gets an outcome of its own.

A conflict fails only its own command; an error of the database in a batch has its commands tried one by one; a lost
reply to COMMIT is resolved by submitting the same commands again, which finds them recorded if they were.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final, TypeAlias
from uuid import UUID

import psycopg
import structlog

from adapters.record.append import APPEND, LOCK, PLAN, parameters
from adapters.record.arrays import register_arrays
from adapters.record.errors import RecordUnavailable
from adapters.record.gather import Gatherer
from adapters.record.submission import Fate, Outcome, Submission

RETRY_SECONDS: Final = (0.0, 0.05, 0.2, 0.5, 1.0, 2.0)
"""Pauses before the same batch is submitted again after the connection was lost; then its fate is unknown."""
STATEMENT_TIMEOUT_MS: Final = 60_000
NO_COMMANDS_FAULT: Final = frozenset({"53", "55", "57", "58"})
"""Classes of SQLSTATE by which the server says that it cannot now, and recorded nothing: out of resources, locked,
cancelled, broken."""

_Waiting: TypeAlias = deque[tuple[Submission, asyncio.Future[Outcome]]]

log = structlog.get_logger()


class Committer:
    """The only writer of facts in a process."""

    def __init__(self, url: str, *, batch_commands: int) -> None:
        self._url: Final = url
        self._limit: Final = batch_commands
        self._connection: psycopg.AsyncConnection | None = None
        self._gatherer: Final[Gatherer[Submission, Outcome]] = Gatherer(
            self._serve, limit=batch_commands, choose=self._choose, again=lambda outcome: outcome.fate is Fate.AGAIN
        )

    async def submit(self, submission: Submission) -> Outcome:
        """Record one command with its neighbours and return what became of it.

        Safe to repeat with the same command id. A caller that is cancelled does not undo it.

        :raises RecordUnavailable: when the database does not answer; ``fate_known`` says whether nothing was recorded.
        :raises psycopg.Error: when the database refuses this very command (a NUL byte, say).
        :raises ValueError: when it cannot even be sent (half a character, say).
        """
        return await self._gatherer.ask(submission)

    async def close(self) -> None:
        """Finish what is under way and leave."""
        await self._gatherer.drain()
        if self._connection is not None:
            await self._connection.close()

    def _choose(self, waiting: _Waiting) -> list[tuple[Submission, asyncio.Future[Outcome]]]:
        """Take every command that can share a transaction with those before it; the rest keeps its order."""
        chosen: list[tuple[Submission, asyncio.Future[Outcome]]] = []
        later: _Waiting = deque()
        versions: dict[UUID, int] = {}
        commands: set[UUID] = set()
        blocked: set[UUID] = set()
        while waiting and len(chosen) < self._limit:
            entry = waiting.popleft()
            submission = entry[0]
            if submission.command_id in commands or not _follows(submission, versions, blocked):
                blocked.update(one.stream for one in submission.writes)
                later.append(entry)
                continue
            versions.update((one.stream, one.version) for one in (*submission.writes, *submission.guards))
            versions.update((fact.stream, fact.originator_version) for fact in submission.facts)
            if submission.command_id is not None:
                commands.add(submission.command_id)
            chosen.append(entry)
        waiting.extendleft(reversed(later))
        return chosen

    async def _serve(self, batch: list[Submission]) -> Sequence[Outcome | Exception]:
        try:
            return await self._commit(batch)
        except RecordUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - the database's or our encoder's: it goes to the command at fault
            if len(batch) == 1:
                return [error]
            log.warning("record.batch-retried-singly", commands=len(batch), sqlstate=getattr(error, "sqlstate", None))
            return [await self._commit_alone(submission) for submission in batch]

    async def _commit_alone(self, submission: Submission) -> Outcome | Exception:
        try:
            return (await self._commit([submission]))[0]
        except Exception as error:  # noqa: BLE001 - the same
            return error

    async def _commit(self, batch: Sequence[Submission]) -> list[Outcome]:
        """Submit until the database answers.

        :raises RecordUnavailable: when it does not, for as long as :data:`RETRY_SECONDS` says.
        """
        sent = False
        for pause in RETRY_SECONDS:
            await asyncio.sleep(pause)
            try:
                connection = await self._connected()
            except psycopg.OperationalError:
                continue
            try:
                sent = True
                return await self._transact(connection, batch)
            except psycopg.errors.InsufficientPrivilege as error:
                raise RecordUnavailable(fate_known=True) from error  # what has to be recorded with it cannot be
            except psycopg.OperationalError as error:
                if connection.closed:
                    log.warning("record.connection-lost", commands=len(batch))
                    continue
                if (error.sqlstate or "")[:2] in NO_COMMANDS_FAULT:
                    raise RecordUnavailable(fate_known=True) from error
                raise
        raise RecordUnavailable(fate_known=not sent)

    async def _transact(self, connection: psycopg.AsyncConnection, batch: Sequence[Submission]) -> list[Outcome]:
        arguments = parameters(batch, bundles_of(batch))
        try:
            async with connection.pipeline():
                await connection.execute("BEGIN")
                await connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,), prepare=True)
                cursor = await connection.execute(APPEND, arguments, prepare=True, binary=True)
                await connection.execute("COMMIT")
        except psycopg.Error:
            if not connection.broken:
                await connection.rollback()
            raise
        outcomes = [Outcome(Fate.AGAIN, None, 0)] * len(batch)
        for idx, fate, first, count, request, _ in await cursor.fetchall():
            outcomes[idx] = Outcome(Fate(fate), first, count, request)
        return outcomes

    async def _connected(self) -> psycopg.AsyncConnection:
        if self._connection is None or self._connection.closed:
            connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True, connect_timeout=5)
            register_arrays(connection)
            await connection.execute(PLAN)
            await connection.execute(f"SET statement_timeout = {STATEMENT_TIMEOUT_MS}")
            self._connection = connection
        return self._connection


def _follows(submission: Submission, versions: dict[UUID, int], blocked: set[UUID]) -> bool:
    """Whether every stream it expects stands, after the commands chosen so far, where it expects it."""
    return all(
        one.stream not in blocked and versions.get(one.stream, one.version) == one.version
        for one in (*submission.writes, *submission.guards)
    )


def bundles_of(batch: Sequence[Submission]) -> list[int]:
    """Return for each submission the index of the first one that it is linked with through shared streams."""
    leader = list(range(len(batch)))

    def find(idx: int) -> int:
        while leader[idx] != idx:
            idx = leader[idx]
        return idx

    first: dict[UUID, int] = {}
    for idx, submission in enumerate(batch):
        for one in (*submission.writes, *submission.guards):
            other = find(first.setdefault(one.stream, idx))
            mine = find(idx)
            leader[max(other, mine)] = min(other, mine)
    return [find(idx) for idx in range(len(batch))]
