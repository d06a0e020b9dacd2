"""Whether a log may go on from where it stands: asked before the first request, and in every step of the sealer.

The head in the database has to be at or beyond the head that was published outside it, and the published tree has to
be a prefix of the stored one. Otherwise the database was rolled back or rewritten, and only a person can say what
happened: see :mod:`adapters.evidence.loss`.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Any, Final

import psycopg

from adapters.evidence.checkpoint import Checkpoint, LogName
from adapters.evidence.heads import HeadStore
from adapters.evidence.kept import LogRows
from adapters.evidence.log import Log, LogRefused
from adapters.evidence.merkle import ProofError, consistency_path, root_of, verify_consistency
from adapters.evidence.note import NoteError, Signer, Verifier
from adapters.evidence.tiles import TileName, make_sure_that_full_ones_lead_up, nodes_in

OPENING: Final = "SELECT pg_advisory_xact_lock(%s)"


def opened(connection: psycopg.Connection[Any], log: Log, signer: Signer, heads: HeadStore) -> Checkpoint:
    """Return the stored head of a log that may go on; a log that never was is opened, empty.

    :raises LogRefused: when it may not: ``log.key`` (another key signed the published head), ``log.head-missing``,
        ``log.behind`` (the database knows less than was published), ``log.forked`` (it knows something else),
        ``log.tiles`` (its own tree does not hold together), ``log.record-short`` (facts that were sealed are gone).
    """
    with connection.transaction():
        connection.execute(OPENING, (log.lock ^ 1,))  # two processes that start at once
        rows = LogRows(connection, log)
        stored, note = rows.head(), heads.read()
        if stored is None and note is None:
            stored = Checkpoint.empty(LogName(log.origin))
            rows.move(stored)
        if stored is not None and stored.size == 0 and note is None:
            heads.publish(stored.signed(signer).written())
        published = published_head(heads, signer)
        if stored is None:
            raise LogRefused("log.behind", f"The database knows no log; one of {published.size} leaves was published.")
        shown_to_follow(rows, stored, published)
        _check_rows(connection, log, stored)
    return stored


def published_head(heads: HeadStore, signer: Signer) -> Checkpoint:
    """Return the head that was published last.

    :raises LogRefused: ``log.head-missing``, or ``log.key`` when another key signed it.
    """
    return head_in(heads.read(), signer)


def head_in(note: str | None, signer: Signer) -> Checkpoint:
    """Return the head in a note that was read where heads are published; see :func:`published_head`."""
    if note is None:
        raise LogRefused(
            "log.head-missing",
            "There is no published head, although the log was opened. Where nothing was sealed yet, run homeward audit "
            "seal. Otherwise the head was taken away, and whoever keeps a copy of it must be asked.",
        )
    try:
        return _verified(note, signer.verifier)
    except NoteError as wrong:
        raise LogRefused("log.key", f"The published head does not count: {wrong}") from wrong


@lru_cache(maxsize=16)
def _verified(note: str, key: Verifier) -> Checkpoint:
    """Return the head in a note; the sealer reads the same one again for every seal."""
    return Checkpoint.verified(note, key)


def shown_to_follow(rows: LogRows, head: Checkpoint, published: Checkpoint, grown: Collection[TileName] = ()) -> None:
    """Make sure that the tiles lead to a head, and that the published head is a prefix of it.

    Of tiles that have just ``grown``, every hash counts; of the others, what is needed to prove the prefix.

    :raises LogRefused: when that is not so; see :func:`opened`.
    """
    if head.log != published.log:
        raise LogRefused(
            "log.forked", f"The database is in epoch {head.log.epoch}; of {published.log.epoch} a head was published."
        )
    if head.size < published.size:
        raise LogRefused("log.behind", f"The database knows {head.size} leaves; {published.size} were published.")
    read = rows.reader(head.size, published.size, also=grown)
    nodes = nodes_in(read)
    try:
        make_sure_that_full_ones_lead_up(grown, read)
        root, prefix = root_of(head.size, nodes), root_of(published.size, nodes)
        path = consistency_path(published.size, head.size, nodes) if published.size else []
    except ProofError as wrong:
        raise LogRefused("log.tiles", f"The stored tree does not hold together: {wrong}.") from wrong
    if prefix != published.root:
        raise LogRefused("log.forked", "The stored tree is not the one that was published.")
    try:
        if published.size:
            verify_consistency(published.size, head.size, published.root, head.root, path)
    except ProofError as wrong:
        raise LogRefused("log.tiles", f"The stored tree does not lead to its head: {wrong}.") from wrong
    if root != head.root:
        raise LogRefused("log.tiles", "The stored tree does not lead to its head.")


def _check_rows(connection: psycopg.Connection[Any], log: Log, stored: Checkpoint) -> None:
    """Make sure that the last leaf that was sealed is still there."""
    if stored.size > 0 and not log.leaves(connection, stored.size - 1, 1):
        raise LogRefused("log.record-short", f"Leaf {stored.size} was sealed and is gone.")
