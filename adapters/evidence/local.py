"""The logs of a deployment with what stands on its own disk: the key that signs, the place of the published head."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import psycopg

from adapters.database import Databases
from adapters.evidence.checkpoint import Checkpoint
from adapters.evidence.heads import HeadFile, HeadStore
from adapters.evidence.log import Log, record_log
from adapters.evidence.note import Signer
from adapters.evidence.reads import log_of_reads
from adapters.evidence.sealer import Sealer
from adapters.evidence.signing import LOG_KEY, READS_KEY, local_signer
from adapters.evidence.standing import opened
from adapters.settings import Settings


class LocalLog(NamedTuple):
    """A log, who signs its heads, and where they are published."""

    log: Log
    signer: Signer
    heads: HeadStore

    def sealer(self, databases: Databases) -> Sealer:
        """Return its sealer."""
        return Sealer(databases, self.log, self.signer, self.heads)

    def check(self, databases: Databases) -> Checkpoint:
        """Make sure that the log may go on from where it stands, and return the stored head.

        :raises LogRefused: when it may not; see :func:`adapters.evidence.standing.opened`.
        """
        with psycopg.connect(databases.url("projector"), autocommit=True) as connection:
            return opened(connection, self.log, self.signer, self.heads)


def log_of_record(settings: Settings) -> LocalLog:
    """Return the record's log.

    :raises UnsafePrivateFile: when others may read the signing key.
    :raises UnusableSigningKey: when its file holds something else.
    """
    signer = local_signer(settings.data_dir / "keys" / LOG_KEY, settings.origin)
    log = record_log(settings)
    return LocalLog(log, signer, HeadFile(settings.published_dir, log.name))


def log_of_who_read(settings: Settings) -> LocalLog:
    """Return the log of reads, whose heads are signed by a key of their own.

    :raises UnsafePrivateFile: when others may read the signing key.
    :raises UnusableSigningKey: when its file holds something else.
    """
    log = log_of_reads(settings)
    signer = local_signer(settings.data_dir / "keys" / READS_KEY, log.origin)
    return LocalLog(log, signer, HeadFile(settings.published_dir, log.name))


def logs_of(settings: Settings) -> Sequence[LocalLog]:
    """Return every log of the deployment: each has a sealer, and each is asked before the first request."""
    return (log_of_record(settings), log_of_who_read(settings))
