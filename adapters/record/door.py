"""The one door: every command of every aggregate enters here, and every stream that somebody reads leaves here.

In this order: permission, a repeated command answers as the first time, whether the caller may see the case at all,
the version that the request was made on, the decision, keys, sealing, append. An observation that loses a race is
decided again on the newer state; a decision is not, because its caller has not seen that state.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from adapters.record.errors import KeyReused, NotPermitted, NotVisible, PreconditionMissing, StaleVersion, TooContended
from adapters.record.load import EVERYONE, LATEST, Found, Remembered, StoredRow, Wanted
from adapters.record.opening import Opener, Opening, aggregate_of
from adapters.record.prepare import LoadedStream, decide, prepare, with_evidence
from adapters.record.read_log import Read
from adapters.record.record import Record
from adapters.record.subject_keys import Needed
from adapters.record.submission import Fate, Outcome, Submission
from adapters.record.turns import Turns
from domain.kernel import Act, Command, CommandKind, Recorded
from domain.privacy import BlockLabel
from domain.registry import AGGREGATES

ATTEMPTS: Final = 8
"""How often an observation is decided anew because others recorded on the same case meanwhile."""
SCOPED: Final = frozenset({"case", "subject-request"})
"""Aggregates of which a caller sees those streams that their parties may see; the others are everybody's."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as their token says."""

    actor: UUID
    agency: str
    country: str | None
    permissions: frozenset[str]
    parties: frozenset[str]
    """Countries and agencies for which they may see cases; ``*`` for all."""


@dataclass(frozen=True, slots=True)
class Request:
    """A command with everything that arrives beside its body."""

    command: Command
    stream: UUID | None
    """``None`` for a command that creates its stream."""
    caller: Caller
    command_id: UUID
    digest: bytes
    if_match: int | None = None
    correlation_id: UUID | None = None
    recorded_at: datetime | None = None
    """``None``: by the clock of this server."""
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an acknowledgement says: where the facts stand and the leaves that prove them. Never changed."""

    stream: UUID
    epoch: int
    positions: tuple[int, ...]
    versions: tuple[int, ...]
    leaves: tuple[str, ...]
    version: int = field(compare=False)
    """Of the stream, after the command."""
    repeated: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """A person reads one stream."""

    aggregate: str
    stream: UUID
    caller: Caller
    request: UUID
    opens: frozenset[BlockLabel] = frozenset()
    purpose: str = ""
    up_to: int = LATEST
    """Position at which it was known."""


@dataclass(frozen=True, slots=True)
class Stream:
    """The facts of one stream, opened as far as was declared."""

    facts: Sequence[Recorded]
    version: int


@dataclass(frozen=True, slots=True)
class Weighed:
    """A stream and the others on which a verdict rests, opened for it: nothing but the verdict may leave."""

    state: Any
    version: int
    others: Mapping[UUID, Any]


class Door:
    """Decides and reads on one record."""

    def __init__(self, record: Record, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._record: Final = record
        self.opener: Final = Opener(record)
        """It remembers for a short time what it opened."""
        self._turns: Final = Turns()
        self._clock: Final = clock

    async def ask(self, request: Request) -> Receipt:
        """Decide a command and record what follows from it. Safe to repeat with the same command id.

        :raises NotPermitted: when the caller's role does not carry the command.
        :raises NotVisible: when there is no such case, or not for this caller.
        :raises KeyReused: when the command id came with another body before.
        :raises PreconditionMissing: when a decision does not say which version it was taken on.
        :raises StaleVersion: when that version is not the current one.
        :raises Refused: when a rule forbids it.
        :raises TooContended: when an observation kept losing races.
        :raises RecordUnavailable: when the database does not answer.
        """
        command, caller = request.command, request.caller
        if command.permission not in caller.permissions:
            raise NotPermitted(command.permission)
        act = self._act(request)
        stream = act.new_id() if request.stream is None else request.stream
        act = act._replace(stream=stream)
        parties = caller.parties if command.aggregate in SCOPED else frozenset({EVERYONE})
        async with self._turns.of(stream):
            return await self._recorded(request, act, stream, parties)

    async def _recorded(self, request: Request, act: Act, stream: UUID, parties: frozenset[str]) -> Receipt:
        """Decide until what follows is recorded, or somebody else turns out to have recorded the same command."""
        for _ in range(ATTEMPTS):
            opening = Opening(self.opener, request.command, act)
            found = await self._record.loader.load(opening.wanted(stream, parties, act.command_id))
            if found.remembered is not None:
                return await self._first_receipt(stream, request, _outcome(found.remembered))
            _check_version(request, opening.version(stream, found) if found.visible else 0)
            try:
                loaded, submission, facts = await self._prepared(request, act, stream, found, opening)
                outcome = await self._record.append(submission)
            except Exception:
                await opening.note()
                raise
            if outcome.fate is Fate.RECORDED:
                opening.recorded(loaded, facts, submission.facts, outcome.positions)
                return self._receipt(stream, submission, outcome, loaded.version + len(facts))
            if outcome.fate is Fate.REPEATED:
                return await self._first_receipt(stream, request, outcome)
            await opening.note()
            opening.doubt()
        raise TooContended

    async def read(self, reading: Reading) -> Stream:
        """Return the facts of a stream, the declared classes opened; that they are read is committed first.

        :raises NotPermitted: when the caller may not read, or not these classes.
        :raises NotVisible: when there is no such stream at that position, or not for this caller.
        :raises RecordUnavailable: when the database does not answer or the read cannot be recorded.
        """
        caller = reading.caller
        for permission in (f"{reading.aggregate}:read", *(f"case:open-{label}" for label in sorted(reading.opens))):
            if permission not in caller.permissions:
                raise NotPermitted(permission)
        parties = caller.parties if reading.aggregate in SCOPED else frozenset({EVERYONE})
        found = await self._record.loader.load(Wanted(reading.stream, parties, up_to=reading.up_to))
        if not found.rows:
            raise NotVisible
        if aggregate_of(found.rows[0]) != reading.aggregate:
            raise NotVisible  # a case must not be had by asking for a place
        facts, _, opened = await self.opener.open(found.rows, reading.opens, caller.country)
        if opened:
            classes = sorted(frozenset().union(*opened.values()))
            people = [reading.stream, *sorted(opened.keys() - {reading.stream})]
            await self._record.reads.note(
                Read("human", caller.actor, caller.agency, reading.purpose, classes, people, reading.request)
            )
        return Stream(facts, found.rows[-1].version)

    async def weigh(self, reading: Reading, rests_on: Callable[[Any], frozenset[UUID]]) -> Weighed:
        """Return a stream, and those on which a verdict about it rests, as deciding would see them.

        Who may read the stream may know the verdict; the caller's scope over the others is not asked. What is opened
        for it is recorded as opened by the caller.

        :raises NotPermitted: when the caller may not read.
        :raises NotVisible: when there is no such stream at that position, or not for this caller.
        :raises RecordUnavailable: when the database does not answer or the read cannot be recorded.
        """
        caller = reading.caller
        if f"{reading.aggregate}:read" not in caller.permissions:
            raise NotPermitted(f"{reading.aggregate}:read")
        parties = caller.parties if reading.aggregate in SCOPED else frozenset({EVERYONE})
        found = await self._record.loader.load(Wanted(reading.stream, parties, up_to=reading.up_to))
        if not found.rows:
            raise NotVisible
        state, opened = await self._weighed(reading, found.rows)
        others: dict[UUID, Any] = {}
        for stream, rows in await self._rested_on(reading, rests_on(state) - {reading.stream}):
            others[stream], more = await self._weighed(reading, rows)
            opened |= more
        if opened:
            await self._record.reads.note(
                *(
                    Read(
                        "decision", caller.actor, caller.agency, reading.purpose, sorted(classes), [person],
                        reading.request,
                    )
                    for person, classes in opened.items()
                )
            )  # fmt: skip
        return Weighed(state, found.rows[-1].version, others)

    async def _weighed(
        self, reading: Reading, rows: Sequence[StoredRow]
    ) -> tuple[Any, dict[UUID, frozenset[BlockLabel]]]:
        """Return a stream folded, and whose data of which classes that opened."""
        facts, _, opened = await self.opener.open(rows, reading.opens, reading.caller.country)
        return AGGREGATES[aggregate_of(rows[0])].fold(facts), dict(opened)

    async def _rested_on(self, reading: Reading, streams: frozenset[UUID]) -> list[tuple[UUID, Sequence[StoredRow]]]:
        """Return other streams as far as they exist."""
        everyone, load = frozenset({EVERYONE}), self._record.loader.load
        found = await asyncio.gather(*(load(Wanted(stream, everyone, up_to=reading.up_to)) for stream in streams))
        return [(stream, one.rows) for stream, one in zip(streams, found, strict=True) if one.rows]

    def _act(self, request: Request) -> Act:
        caller = request.caller
        return Act(
            command_id=request.command_id,
            actor=caller.actor,
            agency=caller.agency,
            recorded_at=request.recorded_at or self._clock(),
            country=caller.country,
            correlation_id=request.correlation_id,
            simulated=request.simulated,
        )

    async def _prepared(
        self, request: Request, act: Act, stream: UUID, found: Found, opening: Opening
    ) -> tuple[LoadedStream, Submission, Sequence[Recorded]]:
        """Fold, decide, fetch keys and seal; return the stream, what to append, and the stream's facts of that."""
        command = request.command
        loaded, facts = await opening.stream(stream, found, command.aggregate)
        if command.rests_on_facts:
            act = act._replace(facts=facts, permissions=request.caller.permissions)
        others: dict[UUID, LoadedStream] = {}
        streams = command.rests_on(loaded.state)
        while further := streams - others.keys() - {stream}:
            others |= await opening.others(further, request.caller.parties)
            known = {one.stream: one.state for one in others.values() if one.version}
            act = act._replace(others=known)
            streams = command.rests_further_on(known)
        act = with_evidence(act, command, [leaf for one in (loaded, *others.values()) for leaf in one.leaves])
        decision = decide(command, loaded, act)
        keys = await self._record.keys.chains(
            Needed(subject, frozenset(), labels, act.country or "") for subject, labels in decision.writes.items()
        )
        submission, recorded = prepare(
            decision, command, loaded, act, log=self._record.log, keys=keys, request=request.digest,
            opened=opening.opened, others=others,
        )  # fmt: skip
        return loaded, submission, recorded

    def _receipt(self, stream: UUID, submission: Submission, outcome: Outcome, version: int) -> Receipt:
        return Receipt(
            stream=stream,
            epoch=self._record.log.epoch,
            positions=tuple(outcome.positions),
            versions=tuple(fact.originator_version for fact in submission.facts),
            leaves=tuple(fact.leaf.hex() for fact in submission.facts),
            version=version,
        )

    async def _first_receipt(self, stream: UUID, request: Request, outcome: Outcome) -> Receipt:
        """Return the receipt of a command that was recorded before, from the stored rows.

        :raises KeyReused: when it was another request.
        """
        if outcome.request != request.digest:
            raise KeyReused
        rows = await self._record.facts(after=(outcome.first or 1) - 1, limit=outcome.facts) if outcome.facts else []
        here = [row.version for row in rows if row.stream == stream]
        version = here[-1] if here else await self._version(stream)
        return Receipt(
            stream=stream,
            epoch=self._record.log.epoch,
            positions=tuple(row.position for row in rows),
            versions=tuple(row.version for row in rows),
            leaves=tuple(row.leaf.hex() for row in rows),
            version=version,
            repeated=True,
        )

    async def _version(self, stream: UUID) -> int:
        found = await self._record.loader.load(Wanted(stream, frozenset({EVERYONE})))
        return found.rows[-1].version if found.rows else 0


def _check_version(request: Request, current: int) -> None:
    """Let a request pass that was made on the current version; 0 where the caller may not know of the stream."""
    if request.command.creates:
        return
    if not current:
        raise NotVisible
    if request.if_match is None:
        if request.command.nature is CommandKind.DECISION:
            raise PreconditionMissing
    elif request.if_match != current:
        raise StaleVersion(current)


def _outcome(remembered: Remembered) -> Outcome:
    return Outcome(Fate.REPEATED, remembered.first, remembered.facts, remembered.request)
