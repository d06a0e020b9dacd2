"""From a command to a submission: decide on a loaded stream, number and stamp the facts, seal them.

Synchronous and without the database: the door calls it for one request, the loader of a population for a million.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import Any, Final, NamedTuple
from uuid import UUID

from adapters.record.chance import random_id
from adapters.record.header import Provenance
from adapters.record.keys import KeyChain, KeyName
from adapters.record.mapper import FactMapper, StoredFact
from adapters.record.sealer import subjects_of
from adapters.record.submission import Expected, Opened, Scope, Submission
from domain.corrections import FactCorrected
from domain.dates import PartialDate
from domain.deciding import concluded
from domain.kernel import Act, Command, Fact, Recorded, Stamp, TryOn
from domain.privacy import BlockLabel

_NOTHING: Final[frozenset[BlockLabel]] = frozenset()


@dataclass(slots=True)
class LoadedStream:
    """One stream as deciding needs it. Mutable: a loader keeps it and lets it grow."""

    stream: UUID
    state: Any
    version: int = 0
    known_keys: set[KeyName] = field(default_factory=set)
    """Keys that its facts used so far."""
    leaves: list[bytes] = field(default_factory=list)
    """Of its facts, in order of version."""


class Decided(NamedTuple):
    """Facts that follow from a command, and whose keys of which classes must seal them."""

    facts: Sequence[tuple[Fact, PartialDate]]
    """Of the stream that was asked."""
    elsewhere: Sequence[tuple[UUID, Fact, PartialDate]]
    """Of streams that the command rests on."""
    writes: Mapping[UUID, frozenset[BlockLabel]]
    """Person → personal classes."""


def decide(command: Command, loaded: LoadedStream, act: Act, fold: TryOn | None = None) -> Decided:
    """Decide a command on a stream as it stands; ``fold`` as in :func:`domain.deciding.concluded`.

    :raises Refused: when a rule forbids it.
    """
    here, elsewhere = concluded(command, loaded.state, act, fold)
    stream = loaded.stream
    mine = _NOTHING
    apart: list[tuple[UUID, Fact]] = []
    for fact, _ in here:
        if fact.subjects or type(fact) is FactCorrected:
            apart.append((stream, fact))
        elif (classes := _classes(type(fact))) and classes is not mine:
            mine |= classes
    writes = {stream: mine} if mine else {}
    for place, fact in (*apart, *((place, fact) for place, fact, _ in elsewhere)):
        for label, subject in subjects_of(place, fact):
            writes[subject] = writes.get(subject, _NOTHING) | {label}
    return Decided(here, elsewhere, writes)


def with_evidence(act: Act, command: Command, leaves: Sequence[bytes]) -> Act:
    """Return the act, with the digest of the evidence (SHA-256 over sorted leaves) for a command that rests on it."""
    if not command.rests_on_evidence:
        return act
    return act._replace(evidence_sha256=sha256(b"".join(sorted(leaves))).hexdigest())


def prepare(
    decision: Decided,
    command: Command,
    loaded: LoadedStream,
    act: Act,
    *,
    log: Provenance,
    keys: KeyChain,
    request: bytes,
    opened: Sequence[Opened] = (),
    others: Mapping[UUID, LoadedStream] | None = None,
) -> tuple[Submission, list[Recorded]]:
    """Stamp and seal decided facts; return what to append, and the facts as they will stand (without positions).

    ``others`` are the streams that the decision rests on: those that it writes to are expected, and the rest are
    guarded, to stand at the version loaded. ``known_keys`` of each stream take up the keys that were used.

    :raises MissingKey: when a key to write with is not on the chain.
    :raises KeyError: when the command decided about a stream that it does not rest on.
    """
    mapper = FactMapper(log, keys, known_keys=loaded.known_keys)
    recorded = stamped(decision.facts, command, loaded.stream, loaded.version, act)
    stored = [mapper.seal(stamp, fact) for stamp, fact in recorded]
    writes: tuple[Expected, ...] = (Expected(loaded.stream, loaded.version),) if stored else ()
    guards: tuple[Expected, ...] = ()
    if others or decision.elsewhere:
        others = others or {}
        stored += _sealed_elsewhere(decision, command, act, others, log, keys)
        touched = {stream for stream, _, _ in decision.elsewhere}
        writes += tuple(Expected(stream, others[stream].version) for stream in sorted(touched))
        guards = tuple(Expected(one.stream, one.version) for one in others.values() if one.stream not in touched)
        if touched and not recorded:
            guards = (Expected(loaded.stream, loaded.version), *guards)
    submission = Submission(
        command_id=act.command_id,
        request=request,
        facts=stored,
        writes=writes,
        guards=guards if stored else (),
        opened=opened,
        scopes=(*scopes_of(command, act, loaded.stream), *_shared(command, act)) if stored else (),
    )
    return submission, recorded


def _sealed_elsewhere(
    decision: Decided,
    command: Command,
    act: Act,
    others: Mapping[UUID, LoadedStream],
    log: Provenance,
    keys: KeyChain,
) -> Iterable[StoredFact]:
    written: dict[UUID, int] = {}
    for stream, fact, occurred_on in decision.elsewhere:
        loaded = others[stream]
        version = written.get(stream, loaded.version)
        written[stream] = version + 1
        ((stamp, _),) = stamped([(fact, occurred_on)], command, stream, version, act)
        yield FactMapper(log, keys, known_keys=loaded.known_keys).seal(stamp, fact)


def opened_by(command: Command, act: Act, stream: UUID, classes: frozenset[BlockLabel]) -> tuple[Opened, ...]:
    """Return the read rows of a decision that opened these classes."""
    if not classes:
        return ()
    return (Opened(stream, classes, act.actor, act.agency, f"decide {command.verb}"),)


def stamped(
    facts: Sequence[tuple[Fact, PartialDate]], command: Command, stream: UUID, version: int, act: Act
) -> list[Recorded]:
    """Return facts decided of a stream at a version as they will stand there, without positions."""
    country = command.concerns()
    # By position: with seventeen names it takes twice as long, for every fact.
    return [
        Recorded(
            Stamp(
                stream,
                nth,
                0,
                random_id(),
                act.command_id,
                act.actor,
                act.agency,
                act.recorded_at,
                occurred_on,
                command.late_reason,
                command.source,
                command.reliability,
                command.legal_basis,
                country,
                act.causation_id,
                act.correlation_id,
                act.simulated,
            ),
            fact,
        )
        for nth, (fact, occurred_on) in enumerate(facts, start=version + 1)
    ]


def scopes_of(command: Command, act: Act, stream: UUID) -> tuple[Scope, ...]:
    """Whoever opens a case and every state that it concerns may see it."""
    if command.aggregate != "case":
        return ()
    country = command.concerns()
    if command.creates:
        return (Scope(act.agency, stream),) if country is None else (Scope(act.agency, stream), Scope(country, stream))
    return () if country is None else (Scope(country, stream),)


def _shared(command: Command, act: Act) -> tuple[Scope, ...]:
    """Whoever may see one case may see those that it was joined with."""
    return tuple(Scope(party, stream) for party, stream in sorted(command.shares(act)))


@cache
def _classes(cls: type[Fact]) -> frozenset[BlockLabel]:
    return frozenset(cls.labels().values()) - {BlockLabel.OPEN}
