"""Where the keys of people are kept and fetched from, with a short memory of unwrapped ones."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import reduce
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg
import structlog
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from psycopg_pool import AsyncConnectionPool

from adapters.keys import wrapping as wrapping_keys
from adapters.keys.wrapping import LEASE_SECONDS, Lease, Unwrapped
from adapters.record.arrays import ByteaArray, Int4Array, TextArray, UuidArray
from adapters.record.errors import RecordUnavailable
from adapters.record.gather import Gatherer
from adapters.record.keys import (
    DataKey,
    Fences,
    KeyChain,
    KeyName,
    MissingKey,
    PersonIsErased,
    RootKey,
    WrappedKey,
    WrappingName,
    mint,
    unwrap,
    wrapping_epoch,
)
from adapters.record.reading import with_connection
from adapters.record.sealing import Tampered
from domain.privacy import BlockLabel

__all__ = ["LEASE_SECONDS", "NO_COUNTRY", "Needed", "SubjectKeys"]

LIVE: Final = "live"
STORING: Final = 0x6B657973
"""Advisory lock: shared by whoever stores keys, alone for whoever destroys wrapping keys ("keys")."""
REMEMBERED_KEYS: Final = 20_000
NO_COUNTRY: Final = "XXX"

FIND: Final = """
SELECT k.subject, k.class, k.version, k.country, k.epoch, k.wrapped, k.commitment, k.state
FROM unnest(%s::uuid[], %s::text[]) AS w (subject, class) JOIN keys.subject_key k USING (subject, class)
"""
STORE: Final = """
INSERT INTO keys.subject_key (subject, class, version, country, epoch, wrapped, commitment)
SELECT k.subject, k.class, k.version, k.country, k.epoch, k.wrapped, k.commitment
FROM unnest(%s::uuid[], %s::text[], %s::int4[], %s::text[], %s::int4[], %s::bytea[], %s::bytea[])
  AS k (subject, class, version, country, epoch, wrapped, commitment)
JOIN keys.wrapping_key w USING (country, class, epoch)
WHERE w.wrapped <> ''
ON CONFLICT DO NOTHING
"""
"""Under a wrapping key that was destroyed nothing is stored any more."""


log: Final = structlog.get_logger()


class Needed(NamedTuple):
    """Keys of one person for one piece of work."""

    subject: UUID
    reading: frozenset[BlockLabel]
    writing: frozenset[BlockLabel]
    """Classes that will be written with; a key that does not exist yet is made, and committed before it is used."""
    country: str


class _FoundKeys(NamedTuple):
    """What became of the keys that were looked for."""

    keys: dict[KeyName, DataKey]
    destroyed: set[KeyName]
    unusable: dict[KeyName, Exception]
    """Altered, or without a wrapping key: whoever needs one of these is told so, and nobody else."""

    def knows(self, name: KeyName) -> bool:
        """Whether there is a row of this name, in whatever condition."""
        return name in self.keys or name in self.destroyed or name in self.unusable

    def and_also(self, more: _FoundKeys) -> _FoundKeys:
        """Return both findings as one."""
        return _FoundKeys(self.keys | more.keys, self.destroyed | more.destroyed, self.unusable | more.unusable)

    def chain(self, needed: Needed) -> KeyChain | Exception:
        """Return the keys for one piece of work, or why it cannot have them."""
        for label in sorted(needed.reading | needed.writing):
            name = KeyName(needed.subject, label)
            if (failure := self.unusable.get(name)) is not None:
                return failure
            if label in needed.writing and name in self.destroyed:
                return PersonIsErased(f"the {label} key was destroyed; a tombstone accepts no new one")
            if label in needed.writing and name not in self.keys:
                return MissingKey(f"no {label} key could be made")
        return KeyChain(
            {name: key for name, key in self.keys.items() if name.subject == needed.subject},
            (name for name in self.destroyed if name.subject == needed.subject),
        )


class SubjectKeys:
    """Finds, makes and stores the keys of people; the only place that unwraps them."""

    def __init__(self, pool: AsyncConnectionPool, root: RootKey, fences: Fences) -> None:
        self._pool: Final = pool
        self._root: Final = root
        self._fences: Final = fences
        self._wrapping: Final = Lease()
        self._leased: Final[dict[KeyName, tuple[float, DataKey]]] = {}
        self._gatherer: Final[Gatherer[Needed, KeyChain]] = Gatherer(self._serve, limit=256)

    async def chain(self, needed: Needed) -> KeyChain:
        """Return the keys at hand for one piece of work.

        :raises RecordUnavailable: when the database does not answer.
        :raises PersonIsErased: when a key to write with was destroyed: a tombstone accepts no new key.
        :raises MissingKey: when a key was destroyed and no fence says so, or its wrapping key is gone.
        :raises Tampered: when a key row was altered.
        """
        wanted = needed.reading | needed.writing
        if not wanted:
            return KeyChain()
        if (chain := self._from_memory(needed.subject, wanted)) is not None:
            return chain
        return await self._gatherer.ask(needed)

    async def chains(self, needed: Iterable[Needed]) -> KeyChain:
        """Return one chain with the keys of several people; see :meth:`chain`."""
        pieces = list(needed)
        if len(pieces) == 1:
            return await self.chain(pieces[0])
        return reduce(KeyChain.with_all_of, await asyncio.gather(*map(self.chain, pieces)), KeyChain())

    async def wrapping(self, country: str, label: BlockLabel) -> tuple[WrappingName, AESGCMSIV]:
        """Return the wrapping key of a country and class for the current thirty days; made on first use.

        :raises Tampered: when its row was altered.
        """
        name = WrappingName(country, label, wrapping_epoch(datetime.now(UTC).date()))
        if (key := self._wrapping.get(name)) is not None:
            return name, key
        async with self._pool.connection() as connection:
            found = await self._unwrapped(connection, {name}, create=True)
        if name in found.unusable:
            raise found.unusable[name]
        return name, found.keys[name]

    async def store(self, rows: Sequence[WrappedKey]) -> None:
        """Keep freshly made keys; committed when this returns, and no later on disk than whatever is committed next.

        :raises RecordUnavailable: when one of these people has such a key already, or a wrapping key was destroyed
            meanwhile; none of them was stored.
        """
        async with self._pool.connection() as connection, connection.transaction():
            # A crash loses the end of the write-ahead log: never these keys alone without the facts they seal.
            await connection.execute("SET LOCAL synchronous_commit = off", prepare=True)
            if await _store(connection, rows) != len(rows):
                raise RecordUnavailable(fate_known=True)

    def _from_memory(self, subject: UUID, wanted: Collection[BlockLabel]) -> KeyChain | None:
        now = time.monotonic()
        keys = {}
        for label in wanted:
            lease = self._leased.get(name := KeyName(subject, label))
            if lease is None or lease[0] < now:
                return None
            keys[name] = lease[1]
        return KeyChain(keys)

    def _remember(self, keys: Mapping[KeyName, DataKey]) -> None:
        until = time.monotonic() + LEASE_SECONDS
        for name, key in keys.items():
            self._leased.pop(name, None)
            self._leased[name] = (until, key)
        while len(self._leased) > REMEMBERED_KEYS:
            del self._leased[next(iter(self._leased))]

    async def _serve(self, batch: list[Needed]) -> Sequence[KeyChain | Exception]:
        return await with_connection(self._pool, lambda connection: self._gather_keys(connection, batch))

    async def _gather_keys(
        self, connection: psycopg.AsyncConnection, batch: Sequence[Needed]
    ) -> list[KeyChain | Exception]:
        wanted = {(one.subject, label) for one in batch for label in one.reading | one.writing}
        found = await self._find(connection, wanted)
        found.destroyed.update(
            name for pair in wanted if not found.knows(name := KeyName(*pair)) and self._fences.hold(name)
        )
        missing = {
            (one.subject, label): one.country or NO_COUNTRY
            for one in batch
            for label in one.writing
            if not found.knows(KeyName(one.subject, label))
        }
        if missing:
            await self._make(connection, missing)
            found = found.and_also(await self._find(connection, missing.keys()))
        self._remember(found.keys)
        return [found.chain(one) for one in batch]

    async def _find(self, connection: psycopg.AsyncConnection, wanted: Iterable[tuple[UUID, BlockLabel]]) -> _FoundKeys:
        pairs = list(wanted)
        cursor = await connection.execute(
            FIND,
            (UuidArray.of(subject for subject, _ in pairs), TextArray.of(label for _, label in pairs)),
            prepare=True,
            binary=True,
        )
        rows = await cursor.fetchall()
        live, destroyed, unfenced = told_apart([(_wrapped(row), row[-1]) for row in rows], self._fences)
        wrapping = await self._unwrapped(connection, {row.wrapping for row in live}, create=False)
        found = _FoundKeys({}, destroyed, dict(unfenced))
        for row in live:
            if (failure := wrapping.unusable.get(row.wrapping)) is not None:
                found.unusable[row.name] = failure
                continue
            try:
                found.keys[row.name] = unwrap(wrapping.keys[row.wrapping], row)
            except Tampered as tampered:
                found.unusable[row.name] = tampered
        return found

    async def _make(self, connection: psycopg.AsyncConnection, missing: Mapping[tuple[UUID, BlockLabel], str]) -> None:
        epoch = wrapping_epoch(datetime.now(UTC).date())
        names = {pair: WrappingName(missing[pair], pair[1], epoch) for pair in sorted(missing)}
        wrapping = await self._unwrapped(connection, set(names.values()), create=True)
        rows = [
            mint(wrapping.keys[name], name, KeyName(*pair))[1] for pair, name in names.items() if name in wrapping.keys
        ]
        async with connection.transaction():
            await _store(connection, rows)

    async def _unwrapped(
        self, connection: psycopg.AsyncConnection, names: Collection[WrappingName], *, create: bool
    ) -> Unwrapped:
        """Return wrapping keys from memory or else from the database; with ``create`` those not there are made."""
        remembered = self._wrapping.of(names)
        absent = sorted(set(names) - remembered.keys())
        if not absent:
            return Unwrapped(remembered, {})
        if create:
            fresh = await asyncio.to_thread(wrapping_keys.fresh, self._root, absent)
            await connection.execute(wrapping_keys.STORE, fresh)
        cursor = await connection.execute(wrapping_keys.FIND, wrapping_keys.named(absent))
        rows = await cursor.fetchall()
        found = await asyncio.to_thread(wrapping_keys.unwrapped, self._root, absent, rows)
        self._wrapping.take(found.keys)
        return Unwrapped(remembered | found.keys, found.unusable)


def told_apart(
    rows: Iterable[tuple[WrappedKey, str]], fences: Fences
) -> tuple[list[WrappedKey], set[KeyName], dict[KeyName, MissingKey]]:
    """Return the keys that can be used, those that were destroyed, and those of which no fence says why they were.

    What a fence names is destroyed, whatever the database says: an older copy of it may have come back.
    """
    live: list[WrappedKey] = []
    destroyed: set[KeyName] = set()
    unfenced: dict[KeyName, MissingKey] = {}
    for row, state in rows:
        if fences.hold(row.name):
            if state == LIVE:
                log.error("keys.fenced-key-is-live")
            destroyed.add(row.name)
        elif state == LIVE:
            live.append(row)
        else:
            log.error("keys.destroyed-without-a-fence")
            unfenced[row.name] = MissingKey(f"the {row.name.label.value} key of a person was destroyed without a fence")
    return live, destroyed, unfenced


async def _store(connection: psycopg.AsyncConnection, rows: Sequence[WrappedKey]) -> int:
    """Store rows in the transaction that is open; return how many were not there before."""
    arguments = (
        UuidArray.of(row.name.subject for row in rows),
        TextArray.of(row.name.label for row in rows),
        Int4Array.of(row.name.version for row in rows),
        TextArray.of(row.wrapping.country for row in rows),
        Int4Array.of(row.wrapping.epoch for row in rows),
        ByteaArray.of(row.wrapped for row in rows),
        ByteaArray.of(row.commitment for row in rows),
    )
    async with connection.pipeline():
        await connection.execute("SELECT pg_advisory_xact_lock_shared(%s)", (STORING,), prepare=True)
        cursor = await connection.execute(STORE, arguments, prepare=True)
    return cursor.rowcount


def _wrapped(row: Sequence[Any]) -> WrappedKey:
    subject, label, version, country, epoch, wrapped, commitment, _ = row
    mark = BlockLabel(label)
    return WrappedKey(KeyName(subject, mark, version), WrappingName(country, mark, epoch), wrapped, commitment)
