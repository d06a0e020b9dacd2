"""Cases to work on: of a given length, with names and births sealed under a key of their own, loaded in bulk."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count, islice
from typing import Final
from uuid import UUID, uuid4

from adapters.record.keys import KeyChain, KeyName, mint
from adapters.record.mapper import FactMapper, StoredFact
from adapters.record.record import Record
from adapters.record.submission import Expected, Fate, Scope, Submission
from benchmarks.facts import ACTOR, FACILITY, REQUEST
from benchmarks.measuring import verify
from domain.case.identity import BirthRecorded, NameRecorded, SexRecorded
from domain.case.nationality import NationalityClaimed
from domain.case.registration import CaseOpened, Circumstances
from domain.case.whereabouts import AdmittedToFacility, MovedToFacility, MoveReason
from domain.dates import PartialDate
from domain.kernel import Fact, Stamp
from domain.privacy import BlockLabel
from domain.values import Evidence, NameKind, PersonName, Script, Sex

AGENCY: Final = "UN-CASEWORK"
COUNTRY: Final = "IQ"
OPENED_ON: Final = date(2021, 3, 1)
CHUNK: Final = 1_000
OTHER_FACILITY: Final = UUID("0b8f9f0e-51f5-4a0f-8f4e-6a3fd6c2b222")
ARABIC: Final = PersonName(parts=("فاطمة", "أحمد", "حسن", "الجبوري"), script=Script.ARABIC)
LATIN: Final = PersonName(parts=("Fatima", "Ahmad", "Hassan", "al-Jubouri"), script=Script.LATIN)


def facts_of_a_case() -> Iterator[Fact]:
    """Yield what happens to a person, without end; half of it is personal. The first twelve make the usual case."""
    yield CaseOpened(circumstances=Circumstances.ARRIVAL)
    yield _name(NameKind.FULL, ARABIC)
    yield AdmittedToFacility(facility=FACILITY)
    yield SexRecorded(sex=Sex.FEMALE)
    yield NationalityClaimed(country=COUNTRY, strength=Evidence.CLAIMED)
    yield NationalityClaimed(country="SY", strength=Evidence.CLAIMED)
    for nth in count():
        yield _name(NameKind.ALIAS, LATIN if nth % 2 else ARABIC)
        yield _move(OTHER_FACILITY)
        yield BirthRecorded(birth=_birth(nth), place="Mosul", strength=Evidence.CLAIMED)
        yield _move(FACILITY)
        yield _name(NameKind.KUNYA, PersonName(parts=(f"Umm {nth}",), script=Script.LATIN))
        yield _move(OTHER_FACILITY)


async def load_cases(record: Record, cases: int, facts_each: int) -> list[UUID]:
    """Record so many cases of so many facts each, and return their ids."""
    made: list[UUID] = []
    while len(made) < cases:
        chunk = min(CHUNK, cases - len(made))
        made += await _load(record, [uuid4() for _ in range(chunk)], facts_each)
    return made


async def _load(record: Record, streams: Sequence[UUID], facts_each: int) -> Sequence[UUID]:
    wrapping_name, wrapping = await record.keys.wrapping(COUNTRY, BlockLabel.IDENTITY)
    keys = [mint(wrapping, wrapping_name, KeyName(stream, BlockLabel.IDENTITY)) for stream in streams]
    await record.keys.store([row for _, row in keys])
    facts = list(islice(facts_of_a_case(), facts_each))
    submissions = [
        Submission(
            uuid4(),
            REQUEST,
            _stored(FactMapper(record.log, KeyChain({row.name: key})), row.name.subject, facts),
            (Expected(row.name.subject, 0),),
            scopes=(Scope(AGENCY, row.name.subject), Scope(COUNTRY, row.name.subject)),
        )
        for key, row in keys
    ]
    outcomes = await asyncio.gather(*(record.append(submission) for submission in submissions))
    verify(all(outcome.fate is Fate.RECORDED for outcome in outcomes), "a case was not loaded")
    return streams


def _stored(mapper: FactMapper, stream: UUID, facts: Sequence[Fact]) -> list[StoredFact]:
    now, command = datetime.now(UTC), uuid4()
    return [
        mapper.seal(
            Stamp(
                stream=stream,
                version=version,
                position=0,
                fact_id=uuid4(),
                command_id=command,
                actor=ACTOR,
                agency=AGENCY,
                recorded_at=now,
                occurred_on=PartialDate.of(OPENED_ON + timedelta(days=version)),
                simulated=True,
            ),
            fact,
        )
        for version, fact in enumerate(facts, start=1)
    ]


def _name(kind: NameKind, name: PersonName) -> NameRecorded:
    return NameRecorded(name_id=uuid4(), kind=kind, name=name, strength=Evidence.CLAIMED)


def _move(facility: UUID) -> MovedToFacility:
    return MovedToFacility(facility=facility, reason=MoveReason.NOT_STATED, separates_family=False)


def _birth(nth: int) -> PartialDate:
    return PartialDate.of(date(1980, 1, 1) + timedelta(days=nth))
