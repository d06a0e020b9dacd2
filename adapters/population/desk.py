"""The desk: asks the commands of a plan one by one, deciding and sealing each as the record's door does.

What the door reads from the database for each request, a desk remembers: the streams that it wrote itself and the keys
with which it sealed them. A stream that an earlier run began is read from the record first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from adapters.population.diary import Entry, Namer
from adapters.population.plan import facility_states
from adapters.record.errors import NotPermitted
from adapters.record.keys import KeyChain, KeyName, MissingKey, WrappedKey, WrappingName, mint
from adapters.record.load import EVERYONE, Wanted
from adapters.record.mapper import FactMapper
from adapters.record.prepare import Decided, LoadedStream, advance, decide, opened_by, prepare, with_evidence
from adapters.record.record import Record
from adapters.record.subject_keys import NO_COUNTRY, Needed
from adapters.record.submission import Submission
from domain.kernel import Act, Aggregate, Command
from domain.privacy import PERSONAL_CLASSES, BlockLabel
from domain.registry import AGGREGATES
from domain.roles import ROLES

_REQUESTS: Final = "requests of the synthetic population"


class Desk:
    """Prepares the commands of one part of a plan, in order."""

    def __init__(self, record: Record, namer: Namer) -> None:
        self._record: Final = record
        self._namer: Final = namer
        self._secret: Final = record.root.derive(_REQUESTS)
        self._streams: Final[dict[int, LoadedStream]] = {}
        self._by_id: Final[dict[UUID, LoadedStream]] = {}
        self._places: Final = facility_states(namer)
        self._keys: Final[dict[int, KeyChain]] = {}
        self._wrapping: Final[dict[tuple[str, BlockLabel], tuple[WrappingName, AESGCMSIV]]] = {}

    async def take_up(self, entries: Iterable[Entry]) -> bool:
        """Read what earlier runs left of the streams of the entries; return whether they left anything.

        A run that ended early may have stored a key for a fact that was never appended. That key stays the person's:
        another one would never be stored, and what it sealed could never be read.

        :raises RecordUnavailable: when the database does not answer.
        """
        first: dict[int, Entry] = {}
        for entry in entries:
            if entry.stream not in self._keys:
                first.setdefault(entry.stream, entry)
        return any(await asyncio.gather(*(self._take_up(entry) for entry in first.values())))

    async def ask(self, entry: Entry) -> tuple[Submission, Sequence[WrappedKey]]:
        """Return what to append for an entry, and the keys that must be stored before.

        :raises NotPermitted: when the officer's role does not carry the command.
        :raises Refused: when a rule forbids it; either way the plan is wrong.
        """
        officer = entry.officer
        command = entry.command(**entry.fields)
        if command.permission not in ROLES[officer.role]:
            raise NotPermitted(command.permission)
        act = Act(
            command_id=self._namer.command_id(entry.stream, entry.nth),
            actor=officer.actor,
            agency=officer.agency,
            recorded_at=entry.recorded_at(),
            country=officer.country,
            simulated=True,
        )
        aggregate = AGGREGATES[command.aggregate]
        loaded = self._loaded(entry, command, act, aggregate)
        opened = opened_by(command, act, loaded.stream, _present(loaded, command))
        act = with_evidence(act, command, loaded.leaves)
        if streams := command.rests_on(loaded.state):
            act = replace(act, others=self._others(streams - {loaded.stream}))
        decision = decide(command, loaded, act)
        keys, made = await self._keys_for(entry.stream, loaded, decision, act)
        submission, recorded = prepare(
            decision,
            command,
            loaded,
            act,
            log=self._record.log,
            keys=keys,
            request=self._digest(act),
            opened=opened,
        )
        advance(aggregate, loaded, recorded, submission.facts)
        if entry.last:
            self._by_id.pop(self._streams.pop(entry.stream).stream, None)
            self._keys.pop(entry.stream)
        return submission, made

    def _loaded(self, entry: Entry, command: Command, act: Act, aggregate: Aggregate[Any]) -> LoadedStream:
        if command.creates:
            created = self._streams[entry.stream] = LoadedStream(act.new_id(), aggregate.empty)
            self._by_id[created.stream] = created
            self._keys.setdefault(entry.stream, KeyChain())
        return self._streams[entry.stream]

    def _others(self, streams: Iterable[UUID]) -> dict[UUID, Any]:
        """Return the states of other streams: places, and the people of this desk about whom there is more to ask.

        They are not guarded: whoever loads a plan is its only writer, and a household is never on two desks.
        """
        known = {stream: self._by_id[stream].state for stream in streams if stream in self._by_id}
        return known | {stream: self._places[stream] for stream in streams if stream in self._places}

    def _digest(self, act: Act) -> bytes:
        """Return what tells one request from another under the same id; here the body follows from the id."""
        return blake2b(act.command_id.bytes, digest_size=32, key=self._secret).digest()

    async def _keys_for(
        self, stream: int, loaded: LoadedStream, decision: Decided, act: Act
    ) -> tuple[KeyChain, Sequence[WrappedKey]]:
        """Return the keys of a person, and those that had to be made for this decision."""
        keys, made = self._keys[stream], []
        for label in decision.writes.get(loaded.stream, ()):
            name = KeyName(loaded.stream, label)
            if name in loaded.known_keys or _at_hand(keys, name):
                continue
            wrapping_name, wrapping = await self._wrapping_key(act.country or NO_COUNTRY, label)
            key, row = mint(wrapping, wrapping_name, name)
            keys.add({name: key})
            made.append(row)
        return keys, made

    async def _wrapping_key(self, country: str, label: BlockLabel) -> tuple[WrappingName, AESGCMSIV]:
        if (country, label) not in self._wrapping:
            self._wrapping[country, label] = await self._record.keys.wrapping(country, label)
        return self._wrapping[country, label]

    async def _take_up(self, entry: Entry) -> bool:
        stream = self._namer.made_by(entry.stream, 0)
        keys = await self._record.keys.chain(Needed(stream, PERSONAL_CLASSES, frozenset(), ""))
        self._keys[entry.stream] = keys
        if not entry.nth:
            return any(_at_hand(keys, KeyName(stream, label)) for label in PERSONAL_CLASSES)
        found = await self._record.loader.load(Wanted(stream, frozenset({EVERYONE})))
        aggregate = AGGREGATES[entry.command.aggregate]
        loaded = LoadedStream(stream, aggregate.empty, leaves=[row.leaf for row in found.rows])
        mapper = FactMapper(self._record.log, keys, opens=PERSONAL_CLASSES, known_keys=loaded.known_keys)
        loaded.state = aggregate.fold(mapper.open(row.frame, row.position) for row in found.rows)
        loaded.version = len(found.rows)
        self._streams[entry.stream] = self._by_id[stream] = loaded
        return True


def _at_hand(keys: KeyChain, name: KeyName) -> bool:
    """Whether an earlier run stored the key, though no fact used it yet."""
    try:
        keys.for_writing(name.subject, name.label)
    except MissingKey:
        return False
    return True


def _present(loaded: LoadedStream, command: Command) -> frozenset[BlockLabel]:
    """Return the classes that the command opens and of which the stream holds anything."""
    if not command.opens:
        return command.opens
    return command.opens & {name.label for name in loaded.known_keys}
