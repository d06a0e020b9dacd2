"""The desk: asks the commands of a plan one by one, deciding and sealing each as the record's door does.

What the door reads from the database for each request, a desk remembers: the streams that it wrote itself and the keys
with which it sealed them. A stream that an earlier run began is read from the record first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, NamedTuple
from uuid import UUID

from adapters.population.diary import Entry, Namer
from adapters.population.plan import first_entries
from adapters.population.showing import Showing
from adapters.record.bulk import Packed, Prepared, Sealed, packed
from adapters.record.errors import NotPermitted
from adapters.record.frame import parts_of
from adapters.record.keys import KeyChain, KeyName, MissingKey, WrappedKey, mint
from adapters.record.load import EVERYONE, Wanted
from adapters.record.mapper import FactMapper, keys_named
from adapters.record.prepare import LoadedStream, decide, opened_by, scopes_of, stamped, with_evidence
from adapters.record.read_log import Read
from adapters.record.record import Record
from adapters.record.sealer import Sealer
from adapters.record.subject_keys import NO_COUNTRY, Needed
from adapters.record.submission import Opened, Scope
from domain.case.case import CaseState
from domain.dates import PartialDate
from domain.ids import id_of
from domain.kernel import Act, Aggregate, Command, Fact, Recorded
from domain.privacy import PERSONAL_CLASSES, BlockLabel, Unreadable
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


class _Growth(NamedTuple):
    """By what a stream grows."""

    paper: _Paper
    version: int
    """Of the stream before it."""
    facts: list[Recorded]

    def grow(
        self, decided: Sequence[tuple[Fact, PartialDate]], command: Command, act: Act, aggregate: Aggregate[Any]
    ) -> None:
        """Let the stream grow by what was decided of it."""
        loaded = self.paper.loaded
        more = stamped(decided, command, loaded.stream, loaded.version, act)
        self.facts.extend(more)
        loaded.state = aggregate.go_on(more, loaded.state)
        loaded.version += len(more)


class _Decided(NamedTuple):
    """A command that was decided, and waits to be sealed."""

    at: int
    act: Act
    here: _Growth
    elsewhere: Sequence[_Growth]
    writes: Mapping[UUID, frozenset[BlockLabel]]
    opened: Sequence[Opened]
    scopes: Sequence[Scope]


class Desk:
    """Prepares the commands of one part of a plan, in order."""

    def __init__(self, record: Record, namer: Namer, showing: Showing | None = None) -> None:
        self._record: Final = record
        self._showing: Final = showing
        self._namer: Final = namer
        self._secret: Final = record.root.derive(_REQUESTS)
        self._papers: Final[dict[int, _Paper]] = {}
        self._by_id: Final[dict[UUID, _Paper]] = {}
        self._guests: Final[dict[UUID, KeyChain]] = {}
        """Keys of people without a case, such as a guardian."""
        self._earlier_keys: Final[dict[int, KeyChain]] = {}
        """Of streams that an earlier run ended before it began."""

    async def look_at_places(self) -> None:
        """Read the facilities, which are registered before anybody is asked about.

        :raises RecordUnavailable: when the database does not answer.
        """
        places = {self._namer.made_by(entry.stream, 0) for entry in first_entries(self._namer)}
        await asyncio.gather(*(self._read(0, stream) for stream in places))

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
            asked = self._decided(entry, command)
            paper = asked.here.paper
            for subject, labels in asked.writes.items():
                if subject != paper.loaded.stream:
                    made += await self._borrow(asked, subject, labels)
                elif not labels <= paper.holds:
                    made += await self._make_keys(asked.act, paper, labels)
            waiting.append(asked)
        prepared += map(self._sealed, waiting)
        return prepared, made

    def _decided(self, entry: Entry, command: Command) -> _Decided:
        """Decide one command, and let the streams grow of which it decides."""
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
        if streams := command.rests_on(loaded.state):
            act = act._replace(others=self._others(streams - {loaded.stream}), stream=loaded.stream)
        if command.rests_on_evidence:
            beside = (self._by_id[stream].loaded for stream in act.others)
            act = with_evidence(act, command, [leaf for one in (loaded, *beside) for leaf in one.leaves])
        here = _Growth(paper, loaded.version, [])

        def grow(decided: Sequence[tuple[Fact, PartialDate]]) -> Any:
            here.grow(decided, command, act, aggregate)
            return loaded.state

        decision = decide(command, loaded, act, grow)
        if len(here.facts) < len(decision.facts):
            grow(decision.facts[len(here.facts) :])
        elsewhere = self._grown_elsewhere(decision.elsewhere, command, act) if decision.elsewhere else ()
        if self._showing is not None:
            self._showing.take([(one.paper.loaded.state, one.facts) for one in (here, *elsewhere)])
        if entry.last:
            self._papers.pop(entry.stream)
            if not (isinstance(loaded.state, CaseState) and loaded.state.kin.links):
                self._put_away(self._by_id.pop(loaded.stream))
        scopes = scopes_of(command, act, loaded.stream)
        return _Decided(entry.at, act, here, elsewhere, decision.writes, opened, scopes)

    def close(self) -> None:
        """Put every stream away: nothing more is asked."""
        self._papers.clear()
        while self._by_id:
            self._put_away(self._by_id.popitem()[1])

    def _put_away(self, paper: _Paper) -> None:
        if self._showing is not None:
            self._showing.finish(paper.loaded.stream, paper.loaded.state)

    def _grown_elsewhere(
        self, decided: Sequence[tuple[UUID, Fact, PartialDate]], command: Command, act: Act
    ) -> Sequence[_Growth]:
        """Let other streams grow by what was decided of them."""
        grown: dict[UUID, _Growth] = {}
        for stream, fact, day in decided:
            if stream not in grown:
                paper = self._by_id[stream]
                grown[stream] = _Growth(paper, paper.loaded.version, [])
            grown[stream].grow([(fact, day)], command, act, AGGREGATES[command.aggregate])
        return [*grown.values()]

    def _others(self, streams: Iterable[UUID]) -> dict[UUID, Any]:
        """Return the states of other streams: places, and the people of this desk who may be needed again.

        They are not guarded: whoever loads a plan is its only writer, and a household is never on two desks.
        """
        return {stream: self._by_id[stream].loaded.state for stream in streams if stream in self._by_id}

    def _sealed(self, asked: _Decided) -> Packed:
        """Seal what was decided, in the order of deciding: a key is committed to where it is first used."""
        at, act, here, elsewhere, _, opened, scopes = asked
        request, stream = self._digest(act.command_id), here.paper.loaded.stream
        others = [(one.paper.loaded.stream, one.version, _seal(one)) for one in elsewhere] if elsewhere else ()
        return packed(Prepared(act.command_id, request, stream, here.version, at, _seal(here), opened, scopes, others))

    def _begun(self, entry: Entry, aggregate: Aggregate[Any]) -> _Paper:
        keys = self._earlier_keys.pop(entry.stream, None) or KeyChain()
        stream = self._namer.made_by(entry.stream, entry.nth)
        return self._put(entry.stream, LoadedStream(stream, aggregate.empty), keys)

    def _put(self, number: int, loaded: LoadedStream, keys: KeyChain) -> _Paper:
        sealer = Sealer(self._record.log, keys, loaded.known_keys)
        paper = _Paper(loaded, keys, sealer, self._namer.command_id(number, 0).int, set())
        self._papers[number] = paper
        self._by_id[loaded.stream] = paper
        return paper

    def _digest(self, command_id: UUID) -> bytes:
        """Return what tells one request from another under the same id; here the body follows from the id."""
        return blake2b(command_id.bytes, digest_size=32, key=self._secret).digest()

    async def _make_keys(self, act: Act, paper: _Paper, labels: frozenset[BlockLabel]) -> list[WrappedKey]:
        """Put keys of a person on their chain; return those that no earlier run stored."""
        made: list[WrappedKey] = []
        for label in labels - paper.holds:
            made += await self._make_key(act, paper.keys, KeyName(paper.loaded.stream, label))
        paper.holds |= labels
        return made

    async def _make_key(self, act: Act, keys: KeyChain, name: KeyName) -> Sequence[WrappedKey]:
        if _at_hand(keys, name):
            return ()
        wrapping_name, wrapping = await self._record.keys.wrapping(act.country or NO_COUNTRY, name.label)
        key, row = mint(wrapping, wrapping_name, name)
        keys.add({name: key})
        return (row,)

    async def _borrow(self, asked: _Decided, subject: UUID, labels: frozenset[BlockLabel]) -> list[WrappedKey]:
        """Put keys of another person on the chain of the case that writes with them; return those that were made."""
        if (paper := self._by_id.get(subject)) is not None:
            keys, made = paper.keys, await self._make_keys(asked.act, paper, labels)
        else:
            if (guest := self._guests.get(subject)) is None:
                guest = await self._record.keys.chain(Needed(subject, PERSONAL_CLASSES, frozenset(), ""))
                self._guests[subject] = guest
            keys, made = guest, []
            for label in labels:
                made += await self._make_key(asked.act, keys, KeyName(subject, label))
        asked.here.paper.keys.add({KeyName(subject, label): keys.for_writing(subject, label)[1] for label in labels})
        return made

    async def _take_up(self, entry: Entry) -> bool:
        stream = self._namer.made_by(entry.stream, 0)
        if not entry.nth:
            keys = await self._record.keys.chain(Needed(stream, PERSONAL_CLASSES, _NOTHING, ""))
            self._earlier_keys[entry.stream] = keys
            return any(_at_hand(keys, KeyName(stream, label)) for label in PERSONAL_CLASSES)
        paper = await self._read(entry.stream, stream)
        self._papers[entry.stream] = paper
        if isinstance(paper.loaded.state, CaseState):
            for link in paper.loaded.state.kin.links.values():
                if not isinstance(link.person, Unreadable) and link.person not in self._by_id:
                    await self._read(0, link.person)
        return True

    async def _read(self, number: int, stream: UUID) -> _Paper:
        """Return a stream that an earlier run began, as the record holds it."""
        found = await self._record.loader.load(Wanted(stream, frozenset({EVERYONE})))
        loaded = LoadedStream(stream, None, leaves=[row.leaf for row in found.rows])
        of_others = {
            name.subject for name in keys_named(map(parts_of, (row.frame for row in found.rows)), PERSONAL_CLASSES)
        }
        keys = await self._record.keys.chains(
            Needed(subject, PERSONAL_CLASSES, _NOTHING, "") for subject in {stream, *of_others}
        )
        mapper = FactMapper(self._record.log, keys, opens=PERSONAL_CLASSES, known_keys=loaded.known_keys)
        facts = [mapper.open(row.frame, row.position) for row in found.rows]
        loaded.state = AGGREGATES[facts[0].fact.topic.partition(".")[0]].fold(facts)
        loaded.version = len(facts)
        holds = {name.label for name in loaded.known_keys if name.subject == stream}
        first = self._namer.command_id(number, 0).int
        sealer = Sealer(self._record.log, keys, loaded.known_keys)
        self._by_id[stream] = paper = _Paper(loaded, keys, sealer, first, holds)
        return paper


def _seal(growth: _Growth) -> list[Sealed]:
    seal, leaves, sealed = growth.paper.sealer.frame_and_leaf, growth.paper.loaded.leaves, []
    for stamp, fact in growth.facts:
        frame, leaf = seal(stamp, fact)
        leaves.append(leaf)
        sealed.append(Sealed(fact.topic, stamp.fact_id, leaf, frame))
    return sealed


def _at_hand(keys: KeyChain, name: KeyName) -> bool:
    """Whether an earlier run stored the key, though no fact used it yet."""
    try:
        keys.for_writing(name.subject, name.label)
    except MissingKey:
        return False
    return True
