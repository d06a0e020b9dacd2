"""Facts to append: real ones, as the record stores them, ready before the clock runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid4

from adapters.record.header import Provenance
from adapters.record.keys import KeyChain
from adapters.record.mapper import FactMapper, StoredFact
from adapters.record.record import FIRST_EPOCH
from adapters.record.submission import Expected, Submission
from adapters.settings import read_settings
from domain.case.whereabouts import AdmittedToFacility
from domain.dates import PartialDate
from domain.kernel import Stamp
from domain.values import SourceType

REQUEST: Final = bytes(32)
"""In the place of the HMAC of a request: the same number of bytes."""
ACTOR: Final = UUID("5f0c1c52-6f0a-4f5e-9a53-1f1d6f3a7a10")
FACILITY: Final = UUID("0b8f9f0e-51f5-4a0f-8f4e-6a3fd6c2b111")


def admission(stream: UUID, mapper: FactMapper, now: datetime) -> StoredFact:
    """Return the first fact of a fresh stream: header and open block."""
    stamp = Stamp(
        stream=stream,
        version=1,
        position=0,
        fact_id=uuid4(),
        command_id=uuid4(),
        actor=ACTOR,
        agency="HW-CASEWORK",
        recorded_at=now,
        occurred_on=PartialDate.of(now.date()),
        source=SourceType.REGISTER,
    )
    return mapper.seal(stamp, AdmittedToFacility(facility=FACILITY))


def submissions(count: int, log: Provenance) -> list[Submission]:
    """Return so many commands of one fact each, every one to a stream of its own."""
    mapper, now = FactMapper(log, KeyChain()), datetime.now(UTC)
    made = []
    for _ in range(count):
        stream = uuid4()
        made.append(Submission(uuid4(), REQUEST, (admission(stream, mapper, now),), (Expected(stream, 0),)))
    return made


def example() -> StoredFact:
    """Return one such fact, whose bytes the peers store."""
    log = Provenance(read_settings({}).origin, FIRST_EPOCH)
    return admission(uuid4(), FactMapper(log, KeyChain()), datetime.now(UTC))
