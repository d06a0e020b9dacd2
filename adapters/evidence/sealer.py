"""The sealer: follows a log's rows, lets the tree grow, checks itself, and only then signs and publishes the head.

One flipped bit once ended a public log: its head was signed before anyone looked. So each step computes the root twice,
from the leaves and from the tiles as the database gives them back, and proves that the head published last is a prefix;
what does not agree is never signed. Killed at any instant, a log has taken a step or not.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final

import psycopg
import structlog

from adapters.database import Databases
from adapters.evidence.checkpoint import Checkpoint
from adapters.evidence.heads import HeadStore
from adapters.evidence.kept import LogRows
from adapters.evidence.log import Log, LogRefused
from adapters.evidence.merkle import Frontier, ProofError, peaks
from adapters.evidence.note import Signer
from adapters.evidence.standing import opened, published_head, shown_to_follow
from adapters.evidence.tiles import grow, nodes_in
from adapters.evidence.turn import become_sealer, is_sealer

BATCH_LEAVES: Final = 5_000
POLL_SECONDS: Final = 1.0
"""How long a lost notification can delay a seal."""
LINGER_SECONDS: Final = 0.01
"""How long a notified sealer waits for more to come."""
RESTS: Final = 9.0
"""A seal is followed by a rest this many times as long, so that sealing takes a tenth of a processor at most …"""
REST_SECONDS_PER_LEAF: Final = 0.001
"""… and by a millisecond for each leaf: above a thousand facts a second, seals come seldom and are large, for most of
what a small one costs does not depend on its leaves …"""
LONGEST_REST_SECONDS: Final = 0.5
"""… but never by a longer one: what is acknowledged is sealed within a second."""
RETRY_SECONDS: Final = 1.0
REFUSED_SECONDS: Final = 60.0
"""After a refusal: it is said again, until somebody has looked."""

log: Final = structlog.get_logger()


class Sealer:
    """Seals one log. Synchronous: give it a thread or a process of its own."""

    def __init__(
        self,
        databases: Databases,
        sealed: Log,
        signer: Signer,
        heads: HeadStore,
        *,
        batch_leaves: int = BATCH_LEAVES,
        noted: Callable[[Checkpoint], None] = lambda _head: None,
    ) -> None:
        self._databases: Final = databases
        self._log: Final = sealed
        self._signer: Final = signer
        self._heads: Final = heads
        self._batch: Final = batch_leaves
        self._noted: Final = noted
        self._frontier: Frontier | None = None

    def run(self, stop: threading.Event) -> None:
        """Seal until told to stop; waits out a database that is gone and another sealer that is there."""
        while not stop.is_set():
            try:
                with self.connected() as connection:
                    if is_sealer(connection, self._log):
                        self._follow(connection, stop)
                    else:
                        stop.wait(POLL_SECONDS)
            except psycopg.OperationalError as error:
                log.warning("sealer.database-gone", log=self._log.name, sqlstate=error.sqlstate)
                stop.wait(RETRY_SECONDS)
            except OSError as error:  # a full disk, say: what is sealed and not published is published by the next seal
                log.error("sealer.cannot-publish", log=self._log.name, errno=error.errno)  # noqa: TRY400 - said by errno
                stop.wait(RETRY_SECONDS)
            except LogRefused as refused:
                log.error("sealer.refused", log=self._log.name, code=refused.code)  # noqa: TRY400 - no fault of ours
                stop.wait(REFUSED_SECONDS)

    def catch_up(self) -> Checkpoint:
        """Seal what there is and return the head; waits a moment for a sealer that is about to end.

        :raises LogRefused: when the log is not what was signed, or ``log.busy`` while another sealer is at work.
        """
        with self.connected() as connection:
            become_sealer(connection, self._log)
            head = opened(connection, self._log, self._signer, self._heads)
            while (further := self.seal(connection)) is not None:
                head = further
            return head

    def connected(self) -> psycopg.Connection[Any]:
        """Return a connection of the role that keeps what follows from the record."""
        return psycopg.connect(self._databases.url("projector"), autocommit=True)

    def seal(self, connection: psycopg.Connection[Any]) -> Checkpoint | None:
        """Take one step: seal the next leaves, and return the new head; ``None`` when there was nothing to seal.

        :raises LogRefused: when what is stored is not what was signed. Then nothing was changed.
        """
        try:
            with connection.transaction():
                head = self._extended(connection)
        except BaseException:
            self._frontier = None
            raise
        if head is not None:
            self._heads.publish(head.signed(self._signer).written())
            self._noted(head)
        return head

    def _follow(self, connection: psycopg.Connection[Any], stop: threading.Event) -> None:
        """Seal, and listen only when there is nothing to seal: under load, to be told of each commit would be dear."""
        size = opened(connection, self._log, self._signer, self._heads).size
        listening = False
        while not stop.is_set():
            began = time.monotonic()
            if (head := self.seal(connection)) is not None:
                if listening:
                    connection.execute(f"UNLISTEN {self._log.channel}")
                listening = False
                stop.wait(self._rest(head.size - size, time.monotonic() - began))
                size = head.size
            elif not listening:
                connection.execute(f"LISTEN {self._log.channel}")
                listening = True  # and look once more: something may have come in between
            else:
                for _ in connection.notifies(timeout=POLL_SECONDS, stop_after=1):
                    pass  # of however many
                stop.wait(LINGER_SECONDS)

    def _rest(self, leaves: int, seconds: float) -> float:
        """Return how long to rest after a seal of so many leaves that took so long; after a full one, more waits."""
        if leaves >= self._batch:
            return 0.0
        return min(LONGEST_REST_SECONDS, max(RESTS * seconds, REST_SECONDS_PER_LEAF * leaves))

    def _extended(self, connection: psycopg.Connection[Any]) -> Checkpoint | None:
        rows = LogRows(connection, self._log)
        if (stored := rows.head_and_edge()) is None:
            raise LogRefused("log.unopened", "The log was never opened.")
        before, edge = stored
        leaves = self._log.leaves(connection, before.size, self._batch)
        if not leaves:
            return None
        frontier = self._frontier_at(rows, before)
        try:
            grown = grow(before.size, frontier.extend(leaves), lambda name: edge.get(name, b""))
        except ProofError as wrong:
            raise LogRefused("log.tiles", f"The tiles do not fit the head: {wrong}.") from wrong
        after = Checkpoint(before.log, frontier.size, frontier.root())
        rows.step(grown, after)
        shown_to_follow(rows, after, published_head(self._heads, self._signer), grown)
        return after

    def _frontier_at(self, rows: LogRows, head: Checkpoint) -> Frontier:
        """Return the tree as it was left, or as the tiles have it when it was not we who left it there."""
        if self._frontier is None or self._frontier.size != head.size:
            nodes = nodes_in(rows.reader(head.size))
            try:
                self._frontier = Frontier(head.size, [nodes(*peak) for peak in peaks(head.size)])
            except ProofError as wrong:
                raise LogRefused("log.tiles", f"The tiles do not fit the head: {wrong}.") from wrong
        if self._frontier.root() != head.root:
            raise LogRefused("log.tiles", "The tiles do not lead to the root of the stored head.")
        return self._frontier
