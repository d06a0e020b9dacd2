"""A rebuild's walk through the record: stream by stream, in processes of their own, by COPY beside the live tables."""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import psycopg

from adapters.database import Databases
from adapters.settings import Settings
from adapters.views.folding import Rows, fold
from adapters.views.names import NEXT
from adapters.views.source import Range, Source

PIECES: Final = 64
"""Pieces of the walk: enough that processes end together, few enough that each is a long COPY."""
_IDS: Final = 2**128


@dataclass(frozen=True)
class Walk:
    """What every piece of a walk has in common. Travels to other processes."""

    databases: Databases
    settings: Settings
    up_to: int
    day: date
    worth_a_process: int = 20_000
    """Facts that take longer to walk than other interpreters take to start."""


def walk_record(walk: Walk, *, processes: int) -> Iterator[int]:
    """Fill the empty tables beside the live ones from every fact up to a position; yield each piece's number of facts.

    Pieces are ranges of stream ids; ids are random, so the pieces are alike. A short record is walked in this process.
    """
    if walk.up_to < walk.worth_a_process:
        yield _walk_piece(walk, Range(UUID(int=0), None))
        return
    pieces = [
        Range(UUID(int=_IDS // PIECES * nth), UUID(int=_IDS // PIECES * (nth + 1)) if nth + 1 < PIECES else None)
        for nth in range(PIECES)
    ]
    # A fresh interpreter: a fork would copy the threads' locks and the event loop of whoever asks.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_settle) as pool:
        for done in as_completed([pool.submit(_walk_piece, walk, piece) for piece in pieces]):
            yield done.result()


def _settle() -> None:
    """Switch the collector of cycles off: facts and states make none, and looking for them takes time."""
    gc.disable()


def _walk_piece(walk: Walk, piece: Range) -> int:
    with psycopg.connect(walk.databases.url("owner"), autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")  # nobody reads these tables before the swap commits
        rows = fold(Source(connection, walk.settings).streams(piece, walk.up_to), day=walk.day)
        _copy(connection, rows)
        return rows.facts


def _copy(connection: psycopg.Connection[Any], rows: Rows) -> None:
    with connection.transaction(), connection.cursor() as cursor:
        for views in (rows.replaced(), rows.added()):
            for view, made in views:
                view.copy(cursor, NEXT, made)
        parent = multiprocessing.parent_process()
        if parent is not None and not parent.is_alive():
            # Whoever rebuilds next has emptied the tables: they wait for transactions, not for what comes after.
            raise BrokenProcessPool("the process that began this rebuild is gone")
