"""Submissions on their way from the process that prepared them to the one that appends them, as plain bytes."""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final, TypeAlias
from uuid import UUID

from adapters.record.mapper import StoredFact
from adapters.record.submission import Expected, Opened, Scope, Submission
from domain.ids import id_of
from domain.privacy import BlockLabel

PackedFact: TypeAlias = tuple[str, bytes, bytes, bytes]
"""Topic, fact id, leaf, frame."""
PackedRead: TypeAlias = tuple[bytes, str, str, tuple[str, ...]]
"""Actor, agency, purpose, classes opened."""
Packed: TypeAlias = tuple[int, bytes, bytes, bytes, int, tuple[PackedFact, ...], PackedRead | None, tuple[str, ...]]
"""Time in microseconds, command id, request, stream, version before, facts, what was opened, parties that may see."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def packed(at: int, submission: Submission) -> Packed:
    """Return a submission of one stream as plain values; its facts were all recorded at the same time.

    :raises ValueError: when it writes nothing, or more than one stream, or is no command's.
    """
    (place,) = submission.writes
    if submission.command_id is None:
        message = "a population is made of commands"
        raise ValueError(message)
    opened = [(one.actor.bytes, one.agency, one.purpose, _texts(one.classes)) for one in submission.opened]
    return (
        at,
        submission.command_id.bytes,
        submission.request,
        place.stream.bytes,
        place.version,
        tuple((fact.topic, fact.fact_id.bytes, fact.leaf, fact.state) for fact in submission.facts if fact.fact_id),
        opened[0] if opened else None,
        tuple(scope.party for scope in submission.scopes),
    )


def pack(entries: Iterable[Packed]) -> bytes:
    """Return many as one message."""
    return marshal.dumps(list(entries))


def unpack(message: bytes) -> list[Packed]:
    """Return the entries of a message, in order."""
    entries: list[Packed] = marshal.loads(message)  # noqa: S302 - from our own child, over its pipe
    return entries


def submissions(entries: Sequence[Packed]) -> list[Submission]:
    """Return the submissions as the record takes them."""
    return [_submission(*entry) for entry in entries]


def _submission(
    at: int,
    command_id: bytes,
    request: bytes,
    stream_id: bytes,
    version: int,
    facts: Sequence[tuple[str, bytes, bytes, bytes]],
    opened: PackedRead | None,
    parties: Sequence[str],
) -> Submission:
    stream, recorded_at = _id(stream_id), _EPOCH + timedelta(microseconds=at)
    stored = [
        StoredFact(stream, version + nth, topic, frame, _id(fact_id), recorded_at, leaf)
        for nth, (topic, fact_id, leaf, frame) in enumerate(facts, start=1)
    ]
    return Submission(
        command_id=_id(command_id),
        request=request,
        facts=stored,
        writes=(Expected(stream, version),),
        opened=() if opened is None else (_opened(stream, *opened),),
        scopes=[Scope(party, stream) for party in parties],
    )


def _id(raw: bytes) -> UUID:
    return id_of(int.from_bytes(raw, "big"))


def _opened(stream: UUID, actor: bytes, agency: str, purpose: str, classes: Sequence[str]) -> Opened:
    return Opened(stream, _labels(classes), UUID(bytes=actor), agency, purpose)


@cache
def _texts(classes: frozenset[BlockLabel]) -> tuple[str, ...]:
    return tuple(label.value for label in classes)


@cache
def _labels(classes: Sequence[str]) -> frozenset[BlockLabel]:
    return frozenset(BlockLabel(label) for label in classes)
