"""The desk: asks the commands of a plan one by one, deciding and sealing each as the record's door does.

What the door reads from the database for each request, a desk remembers: the streams that it wrote itself and the keys
with which it sealed them. A stream that an earlier run began is read from the record first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, NamedTuple
from uuid import UUID

from adapters.population.diary import Entry, Namer
from adapters.population.plan import facility_states
from adapters.record.bulk import Packed, Prepared, Sealed, packed
from adapters.record.errors import NotPermitted
from adapters.record.keys import KeyChain, KeyName, MissingKey, WrappedKey, mint
from adapters.record.load import EVERYONE, Wanted
from adapters.record.mapper import FactMapper
from adapters.record.prepare import LoadedStream, decide, opened_by, scopes_of, stamped, with_evidence
from adapters.record.read_log import Read
from adapters.record.record import Record
from adapters.record.sealer import Sealer
from adapters.record.subject_keys import NO_COUNTRY, Needed
from adapters.record.submission import Opened, Scope
from domain.dates import PartialDate
from domain.ids import id_of
from domain.kernel import Act, Aggregate, Command, Fact, Recorded
from domain.privacy import PERSONAL_CLASSES, BlockLabel
from domain.registry import AGGREGATES
from domain.roles import ROLES

_NOTHING: Final[frozenset[BlockLabel]] = frozenset()
_REQUESTS: Final = "requests of the synthetic population"
_RESUMING: Final = "population: go on with what an earlier run began"
"""The purpose for which the streams of an earlier run are opened."""


@dataclass(slots=True)
class _Paper:
    """A stream on the desk: as far as it is decided, and what it is sealed with."""

    loaded: LoadedStream
    keys: KeyChain
    sealer: Sealer
    first_command: int
    """Id of its first command, as a number; those of the others follow."""
    holds: set[BlockLabel]
    """Personal classes of which it holds anything."""


class _Decided(NamedTuple):
    """A command that was decided, and waits to be sealed."""

    at: int
    act: Act
    paper: _Paper
    version: int
    """Of the stream before it."""
    facts: Sequence[Recorded]
    opened: Sequence[Opened]
    scopes: Sequence[Scope]


class Desk:
    """Prepares the commands of one part of a plan, in order."""

    def __init__(self, record: Record, namer: Namer) -> None:
        self._record: Final = record
        self._namer: Final = namer
        self._secret: Final = record.root.derive(_REQUESTS)
        self._papers: Final[dict[int, _Paper]] = {}
        self._by_id: Final[dict[UUID, LoadedStream]] = {}
        self._places: Final = facility_states(namer)
        self._earlier_keys: Final[dict[int, KeyChain]] = {}
        """Of streams that an earlier run ended before it began."""

    async def take_up(self, entries: Iterable[Entry]) -> bool:
        """Read what earlier runs left of the streams of the entries; return whether they left anything.

        A run that ended early may have stored a key for a fact that was never appended. That key stays the person's:
        another one would never be stored, and what it sealed could never be read.

        :raises RecordUnavailable: when the database does not answer, or the reading cannot be recorded.
        """
        first: dict[int, Entry] = {}
        for entry in entries:
            if entry.stream not in self._papers and entry.stream not in self._earlier_keys:
                first.setdefault(entry.stream, entry)
        if begun := [self._namer.made_by(entry.stream, 0) for entry in first.values() if entry.nth]:
            classes = [label.value for label in PERSONAL_CLASSES]
            await self._record.reads.note(Read("loader", None, None, _RESUMING, classes, begun, None))
        return any(await asyncio.gather(*(self._take_up(entry) for entry in first.values())))

    async def ask(self, entries: Sequence[Entry]) -> tuple[list[Packed], list[WrappedKey]]:
        """Return what to append for the entries, in order, and the keys that must be stored before.

        :raises NotPermitted: when an officer's role does not carry a command.
        :raises Refused: when a rule forbids it; either way the plan is wrong.
        """
        # Decided first and sealed together afterwards: each of the two is quicker when nothing comes in between.
        prepared: list[Packed] = []
        waiting: list[_Decided] = []
        made: list[WrappedKey] = []
        for entry in entries:
            command = entry.command(**entry.fields)
            if command.rests_on_evidence:
                prepared += map(self._sealed, waiting)
                waiting.clear()
            asked, writes = self._decided(entry, command)
            for label in writes - asked.paper.holds:
                made += await self._make_key(asked, label)
            asked.paper.holds |= writes
            waiting.append(asked)
        prepared += map(self._sealed, waiting)
        return prepared, made

    def _decided(self, entry: Entry, command: Command) -> tuple[_Decided, frozenset[BlockLabel]]:
        """Decide one command; let its stream grow; return the personal classes that it writes as well."""
        officer = entry.officer
        if command.permission not in ROLES[officer.role]:
            raise NotPermitted(command.permission)
        aggregate = AGGREGATES[command.aggregate]
        paper = self._begun(entry, aggregate) if command.creates else self._papers[entry.stream]
        act = Act(
            id_of(paper.first_command + entry.nth),
            officer.actor,
            officer.agency,
            entry.recorded_at(),
            officer.country,
            simulated=True,
        )
        loaded = paper.loaded
        opened = opened_by(command, act, loaded.stream, command.opening() & paper.holds) if command.opens else ()
        act = with_evidence(act, command, loaded.leaves)
        if streams := command.rests_on(loaded.state):
            act = act._replace(others=self._others(streams - {loaded.stream}), stream=loaded.stream)
        version = loaded.version
        facts: list[Recorded] = []

        def grow(decided: Sequence[tuple[Fact, PartialDate]]) -> Any:
            more = stamped(decided, command, loaded.stream, loaded.version, act)
            facts.extend(more)
            loaded.state = aggregate.go_on(more, loaded.state)
            loaded.version += len(more)
            return loaded.state

        decision = decide(command, loaded, act, grow)
        if decision.elsewhere or decision.writes.keys() - {loaded.stream}:
            message = f"{command.verb} writes about more than one person, which no plan does"
            raise ValueError(message)
        if len(facts) < len(decision.facts):
            grow(decision.facts[len(facts) :])
        if entry.last:
            self._by_id.pop(self._papers.pop(entry.stream).loaded.stream)
        asked = _Decided(entry.at, act, paper, version, facts, opened, scopes_of(command, act, loaded.stream))
        return asked, decision.writes.get(loaded.stream, _NOTHING)

    def _others(self, streams: Iterable[UUID]) -> dict[UUID, Any]:
        """Return the states of other streams: places, and the people of this desk about whom there is more to ask.

        They are not guarded: whoever loads a plan is its only writer, and a household is never on two desks.
        """
        known = {stream: self._by_id[stream].state for stream in streams if stream in self._by_id}
        return known | {stream: self._places[stream] for stream in streams if stream in self._places}

    def _sealed(self, asked: _Decided) -> Packed:
        """Seal what was decided, in the order of deciding: a key is committed to where it is first used."""
        at, act, paper, version, facts, opened, scopes = asked
        seal, leaves, sealed = paper.sealer.frame_and_leaf, paper.loaded.leaves, []
        for stamp, fact in facts:
            frame, leaf = seal(stamp, fact)
            leaves.append(leaf)
            sealed.append(Sealed(fact.topic, stamp.fact_id, leaf, frame))
        request = self._digest(act.command_id)
        return packed(Prepared(act.command_id, request, paper.loaded.stream, version, at, sealed, opened, scopes))

    def _begun(self, entry: Entry, aggregate: Aggregate[Any]) -> _Paper:
        keys = self._earlier_keys.pop(entry.stream, None) or KeyChain()
        stream = self._namer.made_by(entry.stream, entry.nth)
        return self._put(entry.stream, LoadedStream(stream, aggregate.empty), keys)

    def _put(self, number: int, loaded: LoadedStream, keys: KeyChain) -> _Paper:
        sealer = Sealer(self._record.log, keys, loaded.known_keys)
        paper = _Paper(loaded, keys, sealer, self._namer.command_id(number, 0).int, set())
        self._papers[number] = paper
        self._by_id[loaded.stream] = loaded
        return paper

    def _digest(self, command_id: UUID) -> bytes:
        """Return what tells one request from another under the same id; here the body follows from the id."""
        return blake2b(command_id.bytes, digest_size=32, key=self._secret).digest()

    async def _make_key(self, asked: _Decided, label: BlockLabel) -> Sequence[WrappedKey]:
        """Put a key of a person on their chain; return it, unless an earlier run stored it."""
        name = KeyName(asked.paper.loaded.stream, label)
        if _at_hand(asked.paper.keys, name):
            return ()
        wrapping_name, wrapping = await self._record.keys.wrapping(asked.act.country or NO_COUNTRY, label)
        key, row = mint(wrapping, wrapping_name, name)
        asked.paper.keys.add({name: key})
        return (row,)

    async def _take_up(self, entry: Entry) -> bool:
        stream = self._namer.made_by(entry.stream, 0)
        keys = await self._record.keys.chain(Needed(stream, PERSONAL_CLASSES, frozenset(), ""))
        if not entry.nth:
            self._earlier_keys[entry.stream] = keys
            return any(_at_hand(keys, KeyName(stream, label)) for label in PERSONAL_CLASSES)
        found = await self._record.loader.load(Wanted(stream, frozenset({EVERYONE})))
        aggregate = AGGREGATES[entry.command.aggregate]
        paper = self._put(
            entry.stream, LoadedStream(stream, aggregate.empty, leaves=[row.leaf for row in found.rows]), keys
        )
        mapper = FactMapper(self._record.log, keys, opens=PERSONAL_CLASSES, known_keys=paper.loaded.known_keys)
        paper.loaded.state = aggregate.fold([mapper.open(row.frame, row.position) for row in found.rows])
        paper.loaded.version = len(found.rows)
        paper.holds |= {name.label for name in paper.loaded.known_keys}
        return True


def _at_hand(keys: KeyChain, name: KeyName) -> bool:
    """Whether an earlier run stored the key, though no fact used it yet."""
    try:
        keys.for_writing(name.subject, name.label)
    except MissingKey:
        return False
    return True
