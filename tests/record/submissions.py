"""Commands without a case behind them: what the record does with them does not depend on what they say."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid4

from adapters.record.mapper import StoredFact
from adapters.record.submission import Expected, Submission
from tests.record.by_hand import HandBlock, framed, leaf_by_hand, salted

ORIGIN: Final = "homeward.test/record"
TOPIC: Final = "test.it-happened"


def a_fact(
    stream: UUID, version: int, command: UUID, *, topic: str = TOPIC, recorded_at: datetime | None = None
) -> StoredFact:
    """Return a stored fact whose header says where it stands and which command it follows from."""
    fact_id, at = uuid4(), recorded_at or datetime.now(UTC)
    header = {
        "stream": stream.hex,
        "version": version,
        "topic": topic,
        "fact": fact_id.hex,
        "command": command.hex,
        "recorded_at": at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z",
    }
    frame = framed(HandBlock("header", salted(header, os.urandom(16))))
    return StoredFact(
        originator_id=stream,
        originator_version=version,
        topic=topic,
        state=frame,
        fact_id=fact_id,
        recorded_at=at,
        leaf=leaf_by_hand(frame, ORIGIN),
    )


def a_command(
    stream: UUID,
    at: int = 0,
    *,
    facts: int = 1,
    command: UUID | None = None,
    guards: Sequence[tuple[UUID, int]] = (),
    topic: str = TOPIC,
    recorded_at: datetime | None = None,
    request: bytes = b"request",
) -> Submission:
    """Return a command that was decided on a stream at a version."""
    command_id = command or uuid4()
    return Submission(
        command_id=command_id,
        request=request,
        facts=[
            a_fact(stream, at + nth, command_id, topic=topic, recorded_at=recorded_at) for nth in range(1, facts + 1)
        ],
        writes=(Expected(stream, at),) if facts else (),
        guards=[Expected(*guard) for guard in guards],
    )
