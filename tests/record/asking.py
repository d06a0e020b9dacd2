"""Officers who ask at the record's door, on the day of the scenarios."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Final, TypeVar
from uuid import UUID, uuid4

from pydantic import BaseModel

from adapters.record.door import Caller, Door, Reading, Receipt, Request, Stream
from adapters.record.load import LATEST
from adapters.record.mapper import FactMapper
from adapters.record.record import Record
from adapters.record.sealer import subjects_of
from adapters.record.subject_keys import Needed
from adapters.record.submission import Expected, Fate, Scope, Submission
from domain.case.journey import ClearedToDepart
from domain.kernel import COMMANDS, Command, Fact
from domain.privacy import PERSONAL_CLASSES, BlockLabel
from tests.examples import Example
from tests.examples_record import OTHER_CASE, STREAM, fact_id
from tests.scenario import CASEWORKER, SUPERVISOR, TODAY, recorded

NOON: Final = datetime.combine(TODAY, time(12), tzinfo=UTC)
EVERYTHING: Final = frozenset(command.permission for command in COMMANDS.values()) | {
    "case:read",
    "facility:read",
    *(f"case:open-{label}" for label in PERSONAL_CLASSES),
}


def an_officer(
    country: str = "IQ", agency: str = "IQ-MOMD", *, may: Iterable[str] = EVERYTHING, parties: Iterable[str] = ()
) -> Caller:
    """Return an officer of a country who sees its cases, and those of their agency."""
    return Caller(uuid4(), agency, country, frozenset(may), frozenset(parties) or frozenset({country, agency}))


class Desk:
    """One officer at the door of one record."""

    def __init__(self, record: Record, officer: Caller | None = None) -> None:
        self.record: Final = record
        self.officer: Final = officer or an_officer()
        self.door: Final = Door(record, clock=lambda: NOON)

    def as_(self, officer: Caller) -> Desk:
        """Return the desk of another officer at the same record."""
        return Desk(self.record, officer)

    async def ask(
        self,
        command: Command,
        stream: UUID | None = None,
        *,
        on: int | None = None,
        key: UUID | None = None,
        body: bytes = b"body",
        correlation: UUID | None = None,
        simulated: bool = False,
    ) -> Receipt:
        """Ask for a command, on a version where one is given, under a key of its own unless one is given."""
        return await self.door.ask(
            Request(command, stream, self.officer, key or uuid4(), body, on, correlation, simulated=simulated)
        )

    async def read(
        self,
        stream: UUID,
        *opens: BlockLabel,
        up_to: int = LATEST,
        aggregate: str = "case",
        request: UUID | None = None,
    ) -> Stream:
        """Read a stream."""
        return await self.door.read(
            Reading(aggregate, stream, self.officer, request or uuid4(), frozenset(opens), "interview", up_to)
        )

    async def given(self, *facts: Fact, seen_by: Iterable[str] = ("IQ",), stream: UUID | None = None) -> UUID:
        """Let a stream hold these facts and return it; as in scenarios, who cleared is not who requested."""
        stream = stream or uuid4()
        stamped = [
            recorded(fact, nth, stream=stream, actor=SUPERVISOR if isinstance(fact, ClearedToDepart) else CASEWORKER)
            for nth, fact in enumerate(facts, start=1)
        ]
        sealed = {pair for fact in facts for pair in subjects_of(stream, fact)}
        keys = await self.record.keys.chains(
            Needed(person, frozenset(), frozenset({label}), "IQ") for label, person in sorted(sealed)
        )
        mapper = FactMapper(self.record.log, keys)
        outcome = await self.record.append(
            Submission(
                command_id=uuid4(),
                request=b"given",
                facts=[mapper.seal(*each) for each in stamped],
                writes=[Expected(stream, 0)],
                scopes=[Scope(party, stream) for party in seen_by],
            )
        )
        assert outcome.fate is Fate.RECORDED
        return stream


async def begun(record: Record, example: Example) -> tuple[Desk, UUID | None, Command]:
    """Return a desk that may ask the command of an example, the stream that it is asked of, and the command."""
    given, command, _, agency, beside = example
    desk, here, there = Desk(record, an_officer(agency=agency)), uuid4(), uuid4()
    stream = await desk.given(*(aimed(fact, here, there) for fact in given), stream=here) if given else None
    if beside:
        await desk.given(*(aimed(fact, here, there) for fact in beside), stream=there)
    return desk, stream, aimed(command, here, there)


M = TypeVar("M", bound=BaseModel)


def aimed(told: M, stream: UUID, other: UUID) -> M:
    """Return a fact or a command about a stream and another one, where it was told of those of a scenario."""
    meant = {fact_id(version): fact_id(version, stream) for version in range(1, 40)}
    meant |= {STREAM: stream, OTHER_CASE: other}
    named: dict[str, object] = {}
    for name, value in vars(told).items():
        if isinstance(value, UUID) and value in meant:
            named[name] = meant[value]
        elif isinstance(value, tuple) and any(each in meant for each in value):
            named[name] = tuple(meant.get(each, each) for each in value)
    return told.model_copy(update=named)
