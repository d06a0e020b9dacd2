"""A declared loss: the database no longer leads to the head that was published, and a person says so under our key.

The log is then built anew from the record as it stands, in the next epoch. Nobody is deceived by it: the declaration
names the head that is given up and goes into every bundle, and whoever holds an older head or a receipt sees what no
longer holds.
"""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import UTC, datetime
from enum import StrEnum, unique
from typing import Any, Final, NamedTuple

import psycopg

from adapters.database import Databases
from adapters.evidence.checkpoint import FIRST_EPOCH, Checkpoint, LogName
from adapters.evidence.kept import LogRows
from adapters.evidence.local import LocalLog
from adapters.evidence.log import LogRefused
from adapters.evidence.merkle import Frontier
from adapters.evidence.note import Note, signed
from adapters.evidence.sealer import BATCH_LEAVES
from adapters.evidence.standing import opened, published_head
from adapters.evidence.tiles import grow
from adapters.evidence.turn import become_sealer

FORM: Final = "homeward/1 declared loss"
_LOST: Final = re.compile(
    r"^opens epoch (\d+) .*\nlost (?:unknown|epoch (\d+) size (\d+) root \S+)$", re.ASCII | re.MULTILINE
)
FORGET_TILES: Final = "DELETE FROM evidence.tile WHERE log = %s"
KEEP: Final = "INSERT INTO evidence.declaration (log, epoch, note) VALUES (%s, %s, %s)"
LAST_EPOCH: Final = """
SELECT max(epoch) FROM
  (SELECT epoch FROM evidence.declaration WHERE log = %s UNION ALL SELECT epoch FROM evidence.head WHERE log = %s) e
"""


@unique
class LossGround(StrEnum):
    """Why a log does not go on from its published head."""

    RESTORED = "restored-from-backup"
    """The database was lost, and brought back from a backup that is older than the head."""
    FAILED_OVER = "failed-over"
    """A replica that was behind took over."""
    ALTERED = "altered"
    """Somebody changed the database, and it could not be brought back."""
    KEY_LOST = "key-lost"
    """The signing key is gone; heads are signed by another one from now on."""
    HEAD_LOST = "head-lost"
    """The published head is gone."""


class Declaration(NamedTuple):
    """What is declared."""

    lost: Checkpoint | None
    """The published head that is given up; ``None`` when it is gone or does not count."""
    opens: Checkpoint
    """The head of the epoch that begins, over the record as it stands."""
    ground: LossGround
    declared_at: datetime

    def text(self) -> str:
        """Return what is signed."""
        lost = "unknown"
        if self.lost is not None:
            lost = f"epoch {self.lost.log.epoch} size {self.lost.size} root {b64encode(self.lost.root).decode()}"
        lines = (
            FORM,
            self.opens.log.origin,
            f"opens epoch {self.opens.log.epoch} size {self.opens.size} root {b64encode(self.opens.root).decode()}",
            f"lost {lost}",
            f"ground {self.ground.value}",
            f"declared {self.declared_at.astimezone(UTC).isoformat(timespec='seconds').removesuffix('+00:00')}Z",
        )
        return "".join(f"{line}\n" for line in lines)


def gives_up(declaration: str, epoch: int, position: int) -> bool:
    """Whether a declaration, whose signature was verified, gives up a position that was acknowledged in an epoch."""
    match = _LOST.search(declaration)
    if match is None:
        return False
    opened, lost_epoch, lost_size = match.groups()
    return int(opened) > epoch and (lost_epoch is None or (int(lost_epoch) >= epoch and int(lost_size) >= position))


def declare_loss(databases: Databases, local: LocalLog, ground: LossGround, at: datetime) -> Declaration:
    """Open the next epoch on the record as it stands. Nothing may be recorded meanwhile: stop the service first.

    :raises LogRefused: ``log.not-lost`` when the log may go on as it is, ``log.busy`` while a sealer is at work,
        ``log.gap`` when positions are missing: such a record has to be brought back first.
    """
    log, signer, heads = local
    with psycopg.connect(databases.url("owner"), autocommit=True) as connection:
        become_sealer(connection, log)
        _refuse_needless(connection, local)
        with connection.transaction():
            lost = _given_up(local)
            name = LogName(log.origin, _next_epoch(connection, log.name, lost))
            opens = _built(connection, local, name)
            declaration = Declaration(lost, opens, ground, at)
            note: Note = signed(declaration.text(), signer)
            connection.execute(KEEP, (log.name, name.epoch, note.written()))
            LogRows(connection, log).move(opens)
        heads.publish(opens.signed(signer).written())
    return declaration


def _refuse_needless(connection: psycopg.Connection[Any], local: LocalLog) -> None:
    try:
        opened(connection, *local)
    except LogRefused:
        return
    raise LogRefused("log.not-lost", "The log goes on from its published head. Nothing is lost, and nothing was done.")


def _given_up(local: LocalLog) -> Checkpoint | None:
    try:
        return published_head(local.heads, local.signer)
    except LogRefused:
        return None


def _next_epoch(connection: psycopg.Connection[Any], name: str, lost: Checkpoint | None) -> int:
    row = connection.execute(LAST_EPOCH, (name, name)).fetchone()
    return max((row and row[0]) or FIRST_EPOCH, lost.log.epoch if lost else FIRST_EPOCH) + 1


def _built(connection: psycopg.Connection[Any], local: LocalLog, name: LogName) -> Checkpoint:
    """Build the whole tree again from the record."""
    connection.execute(FORGET_TILES, (local.log.name,))
    rows, frontier = LogRows(connection, local.log), Frontier()
    while leaves := local.log.leaves(connection, frontier.size, BATCH_LEAVES):
        size = frontier.size
        rows.put(grow(size, frontier.extend(leaves), rows.reader(size)))
    return Checkpoint(name, frontier.size, frontier.root())
