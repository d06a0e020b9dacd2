"""Opening streams: with the keys of the classes that were declared, and never without a note of what was opened."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

from adapters.record.errors import NotVisible
from adapters.record.frame import decode, parts_of
from adapters.record.header import read_header
from adapters.record.keys import KeyChain, KeyName
from adapters.record.load import EVERYONE, Found, StoredRow, Wanted
from adapters.record.mapper import FactMapper, StoredFact, as_opened, keys_named
from adapters.record.opened import UNKNOWN, ShortMemory, Standing
from adapters.record.prepare import LoadedStream, opened_by
from adapters.record.read_log import Read
from adapters.record.record import Record
from adapters.record.subject_keys import Needed
from adapters.record.submission import Opened
from domain.corrections import CHANGES
from domain.kernel import Act, Command, Recorded
from domain.privacy import PERSONAL_CLASSES, BlockLabel
from domain.registry import AGGREGATES

Classes: TypeAlias = frozenset[BlockLabel]


class OpenedStream(NamedTuple):
    """The facts of a stream, and what that opened."""

    facts: Sequence[Recorded]
    known_keys: set[KeyName]
    """That its sealed blocks name, opened or not."""
    opened: Mapping[UUID, Classes]
    """Whose data of which classes was opened; nobody's when there was none of these classes."""


class Opener:
    """Opens stored facts of one record, and remembers for a short time what it opened."""

    def __init__(self, record: Record) -> None:
        self.record: Final = record
        self._facts: Final[ShortMemory[tuple[bytes, Classes], Recorded]] = ShortMemory()
        """By the stored bytes: a frame that differs by a bit is another one."""
        self.standing: Final[ShortMemory[tuple[UUID, Classes], Standing]] = ShortMemory()
        """Of streams that were decided about; what was recorded since is read each time."""

    async def open(self, rows: Sequence[StoredRow], opens: Classes, country: str | None) -> OpenedStream:
        """Return the facts of a stream, opened as far as was declared. Whoever asks notes it before anybody sees it.

        :raises MissingKey: when a declared block has neither a key nor a tombstone.
        :raises Tampered: when one does not open under its own key.
        """
        parts = [parts_of(row.frame) for row in rows]
        known = [self._facts.find((row.frame, opens)) for row in rows]
        fresh = [nth for nth, one in enumerate(known) if one is None]
        needed = by_subject(keys_named([parts[nth] for nth in fresh], opens), opens)
        keys = await self._keys(needed, country)
        open_one = FactMapper(self.record.log, keys, opens=opens).open
        for nth in fresh:
            recorded = open_one(rows[nth].frame, rows[nth].position, parts[nth])
            known[nth] = recorded
            self._facts.keep((rows[nth].frame, opens), recorded)
        named = keys_named(parts, PERSONAL_CLASSES)
        return OpenedStream([one for one in known if one is not None], named, by_subject(named, opens))

    async def anew(self, rows: Sequence[StoredRow], opens: Classes, country: str | None) -> OpenedStream:
        """Return the facts as :meth:`open` does, for whoever remembers them in another way."""
        parts = [parts_of(row.frame) for row in rows]
        named = keys_named(parts, PERSONAL_CLASSES)
        opened = by_subject(named, opens)
        keys = await self._keys(opened, country)
        open_one = FactMapper(self.record.log, keys, opens=opens).open
        facts = [open_one(row.frame, row.position, its_parts) for row, its_parts in zip(rows, parts, strict=True)]
        return OpenedStream(facts, named, opened)

    async def _keys(self, needed: Mapping[UUID, Classes], country: str | None) -> KeyChain:
        return await self.record.keys.chains(
            Needed(subject, labels, frozenset(), country or "") for subject, labels in needed.items()
        )


class Opening:
    """The streams that one decision looks at, and what it opened of them."""

    def __init__(self, opener: Opener, command: Command, act: Act) -> None:
        self._opener: Final = opener
        self._command: Final = command
        self._act: Final = act
        self._opens: Final = command.opening()
        self._stood: Final[dict[UUID, Standing]] = {}
        """How each stream stood: when it was asked for, then with what was recorded since."""
        self.opened: Final[list[Opened]] = []

    def wanted(self, stream: UUID, parties: frozenset[str], command_id: UUID | None = None) -> Wanted:
        """Return what has to be read of a stream: what was recorded since it was decided about last."""
        before = self._stood[stream] = self._opener.standing.find((stream, self._opens)) or UNKNOWN
        return Wanted(stream, parties, command_id, after=before.version)

    def version(self, stream: UUID, found: Found) -> int:
        """Return the version of a stream with what was found; 0 when there is no such stream."""
        return found.rows[-1].version if found.rows else self._stood[stream].version

    async def stream(
        self, stream: UUID, found: Found, aggregate: str | None = None
    ) -> tuple[LoadedStream, Sequence[Recorded]]:
        """Return a stream folded, and its facts; of any aggregate where none is named.

        :raises NotVisible: when it is one of another aggregate.
        """
        standing = await self._with(stream, found.rows)
        if aggregate not in {None, _aggregate(standing, aggregate)}:
            raise NotVisible
        for subject, labels in standing.opened.items():
            self.opened.extend(opened_by(self._command, self._act, subject, labels))
        loaded = LoadedStream(
            stream, standing.state, standing.version, known_keys=set(standing.known_keys), leaves=[*standing.leaves]
        )
        if aggregate is not None and not standing.facts:
            loaded.state = AGGREGATES[aggregate].empty
        return loaded, standing.facts

    async def _with(self, stream: UUID, rows: Sequence[StoredRow]) -> Standing:
        """Return how a stream stands with the rows that came since, and remember it."""
        if not rows:
            return self._stood[stream]
        facts, known_keys, _ = await self._opener.anew(rows, self._opens, self._act.country)
        return self._grow(stream, facts, known_keys, [row.leaf for row in rows])

    def _grow(
        self, stream: UUID, facts: Sequence[Recorded], known_keys: AbstractSet[KeyName], leaves: Sequence[bytes]
    ) -> Standing:
        before = self._stood[stream]
        every = (*before.facts, *facts)
        aggregate = AGGREGATES.get(every[0].fact.topic.partition(".")[0])
        keys = before.known_keys | known_keys
        after = self._stood[stream] = Standing(
            state=aggregate and aggregate.fold_on(before.facts, before.state, facts),
            version=facts[-1].stamp.version,
            facts=every,
            known_keys=keys,
            leaves=(*before.leaves, *leaves),
            opened=by_subject(keys, self._opens),
        )
        self._opener.standing.keep((stream, self._opens), after, len(every))
        return after

    def recorded(
        self, loaded: LoadedStream, facts: Sequence[Recorded], stored: Sequence[StoredFact], positions: Sequence[int]
    ) -> None:
        """Remember how a stream stands with the facts that were now recorded of it."""
        if facts and all(type(fact) not in CHANGES for _, fact in facts):
            opened = [
                Recorded(stamp._replace(position=position), as_opened(fact, self._opens))
                for (stamp, fact), position in zip(facts, positions, strict=False)
            ]
            self._grow(loaded.stream, opened, loaded.known_keys, [one.leaf for one in stored[: len(facts)]])

    async def others(self, streams: Collection[UUID], parties: frozenset[str]) -> dict[UUID, LoadedStream]:
        """Return the streams that a decision rests on; the caller's scope is asked only of those that they name.

        :raises NotVisible: when one of these does not exist, or not for a caller of these parties.
        """
        everyone, load = frozenset({EVERYONE}), self._opener.record.loader.load
        named = self._command.named_streams()
        found = await asyncio.gather(
            *(load(self.wanted(stream, parties if stream in named else everyone)) for stream in streams)
        )
        if not all(one.visible for stream, one in zip(streams, found, strict=True) if stream in named):
            raise NotVisible
        loaded = await asyncio.gather(*(self.stream(stream, one) for stream, one in zip(streams, found, strict=True)))
        return {one.stream: one for one, _ in loaded}

    def doubt(self) -> None:
        """Let go of how the streams stood: the record says that they do not stand there."""
        for stream in self._stood:
            self._opener.standing.drop((stream, self._opens))

    async def note(self) -> None:
        """Record what was opened for a decision from which nothing followed: a refusal tells something of it.

        :raises RecordUnavailable: when it cannot be recorded; then the refusal is not told either.
        """
        if self.opened:
            request = self._act.command_id
            await self._opener.record.reads.note(
                *(
                    Read("decision", one.actor, one.agency, one.purpose, list(one.classes), [one.case_id], request)
                    for one in self.opened
                )
            )


def _aggregate(standing: Standing, of_nothing: str | None) -> str | None:
    return standing.facts[0].fact.topic.partition(".")[0] if standing.facts else of_nothing


def by_subject(names: Collection[KeyName], opens: Classes) -> dict[UUID, Classes]:
    """Return whose keys these are and of which of the declared classes."""
    found: dict[UUID, Classes] = {}
    for name in names:
        if name.label in opens:
            found[name.subject] = found.get(name.subject, frozenset()) | {name.label}
    return found


def aggregate_of(first: StoredRow) -> str:
    """Return the name of the aggregate to which a stream belongs, from its first fact, unopened."""
    return str(read_header(decode(first.frame)[0].payload)["topic"]).partition(".")[0]
