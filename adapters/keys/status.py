"""What keys there are: by epoch, how many people's keys rest under it and until when it can be opened."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

import psycopg

from adapters.database import Databases
from adapters.keys.rotation import closes_on
from adapters.record.keys import RootKey, first_day, wrapping_epoch

COUNTS: Final = """
SELECT coalesce(w.epoch, k.epoch), coalesce(w.serving, 0), coalesce(k.live, 0), coalesce(k.destroyed, 0)
FROM (SELECT epoch, count(*) FILTER (WHERE wrapped <> '') AS serving FROM keys.wrapping_key GROUP BY epoch) w
FULL JOIN (
  SELECT epoch, count(*) FILTER (WHERE state = 'live') AS live, count(*) FILTER (WHERE state <> 'live') AS destroyed
  FROM keys.subject_key GROUP BY epoch) k ON k.epoch = w.epoch
"""


class EpochStatus(NamedTuple):
    """One epoch of thirty days."""

    epoch: int
    begins_on: date
    closes_on: date
    """From this day its secret may be destroyed."""
    secret: bool
    """Whether its secret still exists at the provider: without it nothing under the epoch opens, nor in a backup."""
    wrapping_keys: int
    """Not destroyed, of every country and class."""
    live_keys: int
    """Keys of people that rest under it."""
    destroyed_keys: int
    """Tombstones: keys that rested under it when they were destroyed."""


class KeyStatus(NamedTuple):
    """All keys of a record."""

    current_epoch: int
    rotation_due: bool
    """Whether live keys rest under an epoch that has passed, or one is to be destroyed."""
    epochs: tuple[EpochStatus, ...]
    """Oldest first."""


def key_status(databases: Databases, root: RootKey, *, today: date, grace_days: int) -> KeyStatus:
    """Count the keys.

    :raises KeysUnavailable: when the provider does not answer.
    """
    with psycopg.connect(databases.url("owner"), autocommit=True) as connection:
        counted = {epoch: numbers for epoch, *numbers in connection.execute(COUNTS).fetchall()}
    secrets, current = root.epochs(), wrapping_epoch(today)
    epochs = tuple(
        EpochStatus(
            epoch,
            first_day(epoch),
            closes_on(epoch, grace_days),
            epoch in secrets,
            *counted.get(epoch, (0, 0, 0)),
        )
        for epoch in sorted(counted.keys() | secrets)
    )
    due = any((one.epoch < current and one.live_keys > 0) or (one.secret and one.closes_on <= today) for one in epochs)
    return KeyStatus(current, due, epochs)
