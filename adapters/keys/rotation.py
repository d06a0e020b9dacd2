"""Rotation: live keys are wrapped anew under the epoch of today, and what wrapped them before is destroyed.

A person's key stays the same, so no fact changes. Once the secret of an epoch is destroyed at its provider, what any
backup holds under it opens nothing: that is how an erasure reaches backups. Until then, for the days of grace, a backup
that was taken before the rotation can still be restored with its keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import psycopg
from psycopg import sql

from adapters.database import Databases
from adapters.keys import wrapping as wrapping_keys
from adapters.record.arrays import ByteaArray, Int4Array, TextArray, UuidArray, register_arrays
from adapters.record.keys import KeyName, RootKey, WrappedKey, WrappingName, first_day, rewrap, wrapping_epoch
from adapters.record.sealing import Tampered
from adapters.record.subject_keys import STORING
from domain.privacy import BlockLabel

ROTATING: Final = 0x726F7461
"""Advisory lock of whoever rotates ("rota")."""
CHUNK: Final = 5_000
PASSES: Final = 3
"""How often rotation looks for keys that others stored meanwhile under an epoch that has passed."""

OLDER: Final = """
SELECT subject, class, version, country, epoch, wrapped, commitment FROM keys.subject_key
WHERE epoch < %s AND state = 'live' ORDER BY country, class, epoch
"""
REWRAPPED: Final = """
UPDATE keys.subject_key k SET epoch = %s, wrapped = u.wrapped
FROM unnest(%s::uuid[], %s::text[], %s::int4[], %s::int4[], %s::bytea[]) AS u (subject, class, version, was, wrapped)
WHERE k.subject = u.subject AND k.class = u.class AND k.version = u.version AND k.epoch = u.was AND k.state = 'live'
"""
"""A key that was destroyed or wrapped anew meanwhile is left alone."""
RETIRED: Final = """
UPDATE keys.wrapping_key w SET wrapped = ''
WHERE w.epoch = ANY(%s) AND w.wrapped <> '' AND NOT EXISTS (
  SELECT FROM keys.subject_key k
  WHERE k.state = 'live' AND k.country = w.country AND k.class = w.class AND k.epoch = w.epoch)
RETURNING w.epoch
"""
SERVING: Final = "SELECT DISTINCT epoch FROM keys.wrapping_key WHERE epoch = ANY(%s) AND wrapped <> ''"


class RotationUnderWay(RuntimeError):  # noqa: N818 - what it is
    """Another rotation is running."""


@dataclass(frozen=True)
class RotationReport:
    """What a rotation did."""

    epoch: int
    """Under which every live key now rests."""
    rewrapped: int
    wrapping_keys_destroyed: int
    epochs_destroyed: tuple[int, ...]
    altered: tuple[KeyName, ...]
    """Keys that do not open: left as they are, with what wraps them. An alarm; somebody must look."""


def closes_on(epoch: int, grace_days: int) -> date:
    """Return the day from which the epoch's secret may be destroyed: thirty days, and the days of grace after them."""
    return first_day(epoch + 1) + timedelta(days=grace_days)


def rotate(databases: Databases, root: RootKey, *, today: date, grace_days: int) -> RotationReport:
    """Wrap every live key under the epoch of today; destroy epochs whose days of grace are over. Safe to repeat.

    Killed at any instant, it has wrapped some keys anew and goes on the next time.

    :raises RotationUnderWay: when another rotation is running.
    :raises MissingKey: when a wrapping key that is needed is gone.
    :raises KeysUnavailable: when the provider does not answer.
    """
    current = wrapping_epoch(today)
    with psycopg.connect(databases.url("owner"), autocommit=True) as keeper:
        register_arrays(keeper)
        row = keeper.execute("SELECT pg_try_advisory_lock(%s)", (ROTATING,)).fetchone()
        if not (row and row[0]):
            raise RotationUnderWay("Another rotation of keys is running; wait for it to end.")
        rewrapped = 0
        altered: tuple[KeyName, ...] = ()
        for _ in range(PASSES):
            done, altered = _rewrap(databases, keeper, root, current)
            rewrapped += done
            if not done:
                break
        over = [epoch for epoch in sorted(_known(keeper, root)) if closes_on(epoch, grace_days) <= today]
        retired = _retire(keeper, over)
        destroyed = _destroy(keeper, root, over)
    return RotationReport(current, rewrapped, retired, destroyed, altered)


def _known(keeper: psycopg.Connection[Any], root: RootKey) -> set[int]:
    """Return the epochs of which anything is left, here or at the provider."""
    here = keeper.execute("SELECT DISTINCT epoch FROM keys.wrapping_key WHERE wrapped <> ''").fetchall()
    return {epoch for (epoch,) in here} | root.epochs()


def _rewrap(
    databases: Databases, keeper: psycopg.Connection[Any], root: RootKey, current: int
) -> tuple[int, tuple[KeyName, ...]]:
    """Wrap older keys anew; return how many, and those that do not open."""
    done, altered = 0, []
    for rows in _older(databases, current):
        ciphers = _wrapping_keys(keeper, root, rows, current)
        anew: list[tuple[int, WrappedKey]] = []
        for row in rows:
            to = row.wrapping._replace(epoch=current)
            try:
                anew.append((row.wrapping.epoch, rewrap(ciphers[row.wrapping], ciphers[to], to, row)))
            except Tampered:
                altered.append(row.name)
        done += _store(keeper, current, anew)
    return done, tuple(altered)


def _older(databases: Databases, current: int) -> Iterator[list[WrappedKey]]:
    """Yield the keys of earlier epochs, from one snapshot."""
    with psycopg.connect(databases.url("owner")) as reading, reading.cursor("older", binary=True) as cursor:
        cursor.execute(sql.SQL(OLDER), (current,))
        while rows := cursor.fetchmany(CHUNK):
            yield [_row(*row) for row in rows]


def _row(
    subject: Any, label: str, version: int, country: str, epoch: int, wrapped: bytes, commitment: bytes
) -> WrappedKey:
    mark = BlockLabel(label)
    return WrappedKey(KeyName(subject, mark, version), WrappingName(country, mark, epoch), wrapped, commitment)


def _wrapping_keys(
    keeper: psycopg.Connection[Any], root: RootKey, rows: Sequence[WrappedKey], current: int
) -> dict[WrappingName, Any]:
    """Return the wrapping keys of the rows, and those of today in their place, made where there are none."""
    old = {row.wrapping for row in rows}
    new = sorted({name._replace(epoch=current) for name in old})
    there = keeper.execute(wrapping_keys.FIND, wrapping_keys.named(new)).fetchall()
    known = {(country, label) for country, label, _, _ in there}
    absent = [name for name in new if (name.country, name.label) not in known]
    if absent:
        keeper.execute(wrapping_keys.STORE, wrapping_keys.fresh(root, absent))
    names = sorted(old | set(new))
    ready = wrapping_keys.unwrapped(
        root, names, keeper.execute(wrapping_keys.FIND, wrapping_keys.named(names)).fetchall()
    )
    for failure in ready.unusable.values():
        raise failure
    return ready.keys


def _store(keeper: psycopg.Connection[Any], current: int, anew: Sequence[tuple[int, WrappedKey]]) -> int:
    arguments = (
        current,
        UuidArray.of(row.name.subject for _, row in anew),
        TextArray.of(row.name.label for _, row in anew),
        Int4Array.of(row.name.version for _, row in anew),
        Int4Array.of(was for was, _ in anew),
        ByteaArray.of(row.wrapped for _, row in anew),
    )
    return keeper.execute(REWRAPPED, arguments).rowcount


def _retire(keeper: psycopg.Connection[Any], over: Sequence[int]) -> int:
    """Destroy the wrapping keys of epochs under which nothing live rests; nobody stores a key meanwhile."""
    with keeper.transaction():
        keeper.execute("SELECT pg_advisory_xact_lock(%s)", (STORING,))
        return keeper.execute(RETIRED, (list(over),)).rowcount


def _destroy(keeper: psycopg.Connection[Any], root: RootKey, over: Sequence[int]) -> tuple[int, ...]:
    """Destroy at the provider the epochs of which no wrapping key is left."""
    serving = {epoch for (epoch,) in keeper.execute(SERVING, (list(over),)).fetchall()}
    gone = tuple(sorted(root.epochs() & set(over) - serving))
    for epoch in gone:
        root.destroy(epoch)
    return gone
