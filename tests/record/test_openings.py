"""Whoever opens what is sealed is written down first, and a decision says on which evidence it rests."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import AsyncConnection

from adapters.record.errors import NotPermitted, RecordUnavailable
from adapters.record.keys import MissingKey
from adapters.record.record import Record
from adapters.record.sealing import Tampered
from adapters.settings import Settings
from domain.case.clearance import ClearToDepart
from domain.case.identity import NameRecorded, RecordName
from domain.case.journey import ClearedToDepart
from domain.dates import PartialDate
from domain.kernel import Refused
from domain.privacy import ERASED, WITHHELD, BlockLabel
from tests.examples import A_NAME, AL_HOL, EXAMPLE, FACT, HELD, NAMED, READY, REGISTERED
from tests.record.asking import EVERYTHING, Desk, an_officer
from tests.record.erasing import destroy

pytestmark = pytest.mark.anyio
IDENTITY, MEDICAL, SECURITY = BlockLabel.IDENTITY, BlockLabel.MEDICAL, BlockLabel.SECURITY
NAME = EXAMPLE[RecordName].command
CLEAR = EXAMPLE[ClearToDepart].command


class ReadRow(NamedTuple):
    """A row of the log of reads."""

    reader: str
    actor: UUID
    agency: str
    purpose: str
    classes: list[str]
    case_ids: list[UUID]
    request: UUID


def reads(url: str) -> list[ReadRow]:
    with psycopg.connect(url) as superuser:
        rows = superuser.execute(
            "SELECT reader, actor, agency, purpose, classes, case_ids, request FROM access.read ORDER BY read_id"
        ).fetchall()
    return [ReadRow(*row) for row in rows]


def forbid_writing_reads(url: str) -> None:
    with psycopg.connect(url) as superuser:
        superuser.execute("REVOKE INSERT ON access.read FROM homeward_writer")


@pytest.fixture
async def desk(record: Record) -> Desk:
    """The desk of an Iraqi officer who may do everything."""
    return Desk(record)


# ---------------------------------------------------------------- people who read
async def test_a_person_sees_what_they_declared_and_nothing_else(desk: Desk) -> None:
    case = await desk.given(*HELD, NAMED, FACT["case.death-recorded"])
    stream = await desk.read(case, IDENTITY)
    name, death = (fact.fact for fact in stream.facts[2:])
    assert name == NAMED
    assert death == FACT["case.death-recorded"].model_copy(update={"manner": WITHHELD})


async def test_a_read_is_written_down_with_who_what_whose_and_why(desk: Desk, superuser_url: str) -> None:
    case, request = await desk.given(*HELD, NAMED, FACT["case.death-recorded"]), uuid4()
    await desk.read(case, IDENTITY, MEDICAL, request=request)
    assert reads(superuser_url) == [
        ReadRow("human", desk.officer.actor, "IQ-MOMD", "interview", ["identity", "medical"], [case], request)
    ]


async def test_only_what_is_there_to_be_opened_is_written_down(desk: Desk, superuser_url: str) -> None:
    case = await desk.given(*HELD, NAMED)
    await desk.read(case, IDENTITY, MEDICAL, SECURITY)
    assert [row.classes for row in reads(superuser_url)] == [["identity"]]


async def test_a_reading_that_opens_nothing_leaves_no_trace(desk: Desk, superuser_url: str) -> None:
    case = await desk.given(*HELD, NAMED)
    stream = await desk.read(case)
    assert stream.facts[2].fact == NAMED.model_copy(update={"name": WITHHELD})
    await desk.read(case, MEDICAL)
    assert reads(superuser_url) == []


async def test_a_class_needs_its_permission(desk: Desk, superuser_url: str) -> None:
    case = await desk.given(*HELD, NAMED)
    reader = desk.as_(an_officer(may=EVERYTHING - {"case:open-identity"}))
    with pytest.raises(NotPermitted) as refused:
        await reader.read(case, IDENTITY)
    assert refused.value.permission == "case:open-identity"
    assert (await reader.read(case, MEDICAL)).version == 3
    assert reads(superuser_url) == []


async def test_when_the_read_cannot_be_written_down_nothing_is_shown(desk: Desk, superuser_url: str) -> None:
    case = await desk.given(*HELD, NAMED)
    forbid_writing_reads(superuser_url)
    with pytest.raises(RecordUnavailable):
        await desk.read(case, IDENTITY)
    assert (await desk.read(case)).version == 3, "what needs no key is shown all the same"


async def test_nothing_is_shown_before_the_read_is_written_down(desk: Desk, superuser_url: str) -> None:
    case = await desk.given(*HELD, NAMED)
    async with await AsyncConnection.connect(superuser_url) as other:
        await other.execute("LOCK TABLE access.read IN EXCLUSIVE MODE")
        reading = asyncio.create_task(desk.read(case, IDENTITY))
        shown, _ = await asyncio.wait([reading], timeout=0.3)
        assert not shown
    assert (await reading).facts[2].fact == NAMED
    assert len(reads(superuser_url)) == 1


# ---------------------------------------------------------------- commands that read
async def test_a_command_that_opens_a_name_to_compare_it_is_written_down_with_its_facts(
    desk: Desk, superuser_url: str
) -> None:
    case, key = await desk.given(*HELD), uuid4()
    await desk.ask(NAME, case)
    assert reads(superuser_url) == [], "there was no name to open"
    await desk.ask(NAME, case, key=key)
    expected = ReadRow("decision", desk.officer.actor, "IQ-MOMD", "decide record-name", ["identity"], [case], key)
    assert reads(superuser_url) == [expected], "though it found the name already there"
    await desk.ask(NAME, case, key=key)
    assert reads(superuser_url) == [expected], "a retry opens nothing"


async def test_a_command_whose_opening_cannot_be_written_down_records_nothing(desk: Desk, superuser_url: str) -> None:
    case = await desk.given(*HELD, NAMED)
    forbid_writing_reads(superuser_url)
    other = NAME.model_copy(update={"name": A_NAME.model_copy(update={"parts": ("Layla",)})})
    with pytest.raises(RecordUnavailable) as unavailable:
        await desk.ask(other, case)
    assert unavailable.value.fate_known
    assert await desk.record.head() == 3


async def test_a_refusal_that_rests_on_something_opened_is_written_down_before_it_is_told(
    desk: Desk, superuser_url: str
) -> None:
    case, key = await desk.given(*HELD, NAMED), uuid4()
    with pytest.raises(Refused) as refused:
        await desk.ask(NAME.model_copy(update={"occurred_on": PartialDate.parse("2031-01-01")}), case, key=key)
    assert refused.value.code == "record.in-future"
    assert reads(superuser_url) == [
        ReadRow("decision", desk.officer.actor, "IQ-MOMD", "decide record-name", ["identity"], [case], key)
    ]
    assert await desk.record.head() == 3


async def test_a_refusal_that_cannot_be_written_down_is_not_told(desk: Desk, superuser_url: str) -> None:
    case = await desk.given(*HELD, NAMED)
    forbid_writing_reads(superuser_url)
    with pytest.raises(RecordUnavailable):
        await desk.ask(NAME.model_copy(update={"occurred_on": PartialDate.parse("2031-01-01")}), case)


async def test_of_a_decision_that_lost_its_race_the_opening_is_written_down_all_the_same(
    desk: Desk, superuser_url: str
) -> None:
    case = await desk.given(*HELD, NAMED)
    names = [NAME.model_copy(update={"name": A_NAME.model_copy(update={"parts": (part,)})}) for part in ("A", "B", "C")]
    await asyncio.gather(*(desk.ask(name, case) for name in names))
    recorded = [row for row in reads(superuser_url) if row.request is not None]
    assert {row.purpose for row in recorded} == {"decide record-name"}
    assert len({row.request for row in recorded}) == 3
    assert len(recorded) >= 3, "once for each time that it was decided"


# ---------------------------------------------------------------- keys that are gone
async def test_a_person_who_was_erased_is_read_as_erased_for_ever(
    desk: Desk, elsewhere: Record, superuser_url: str, settings: Settings
) -> None:
    case = await desk.given(*HELD, NAMED)
    destroy(superuser_url, settings, case)
    later = Desk(elsewhere, desk.officer)
    assert (await later.read(case, IDENTITY)).facts[2].fact == NAMED.model_copy(update={"name": ERASED})
    with pytest.raises(Refused) as refused:
        await later.ask(NAME, case)
    assert refused.value.code == "record.erased"
    assert await desk.record.head() == 3


async def test_a_key_row_that_vanished_stops_the_reading(desk: Desk, elsewhere: Record, superuser_url: str) -> None:
    case = await desk.given(*HELD, NAMED)
    with psycopg.connect(superuser_url) as superuser:
        superuser.execute("DELETE FROM keys.subject_key")
    with pytest.raises(MissingKey):
        await Desk(elsewhere, desk.officer).read(case, IDENTITY)


async def test_keys_swapped_between_two_people_stop_the_reading(
    desk: Desk, elsewhere: Record, superuser_url: str
) -> None:
    amina, layla = await desk.given(*HELD, NAMED), await desk.given(*HELD, NAMED)
    with psycopg.connect(superuser_url) as superuser:
        superuser.execute(
            "UPDATE keys.subject_key k SET wrapped = o.wrapped, commitment = o.commitment FROM keys.subject_key o"
            " WHERE k.subject <> o.subject"
        )
    for case in (amina, layla):
        with pytest.raises(Tampered):
            await Desk(elsewhere, desk.officer).read(case, IDENTITY)


async def test_a_key_exists_before_the_fact_that_needs_it(desk: Desk, elsewhere: Record, superuser_url: str) -> None:
    case = await desk.given(*HELD)
    with psycopg.connect(superuser_url) as superuser:
        superuser.execute("REVOKE INSERT ON keys.subject_key FROM homeward_writer")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await desk.ask(NAME, case)
    assert await desk.record.head() == 2
    with psycopg.connect(superuser_url) as superuser:
        superuser.execute("GRANT INSERT ON keys.subject_key TO homeward_writer")
    await desk.ask(NAME, case)
    (fact,) = (await Desk(elsewhere, desk.officer).read(case, IDENTITY)).facts[2:]
    assert isinstance(fact.fact, NameRecorded)
    assert fact.fact.name == NAMED.name


# ---------------------------------------------------------------- evidence
async def test_a_clearance_rests_on_every_fact_of_the_case_as_it_was(desk: Desk) -> None:
    await desk.given(REGISTERED, seen_by=(), stream=AL_HOL)
    case = await desk.given(*READY)
    leaves = [row.leaf for row in await desk.record.facts(after=0, limit=100)]
    await desk.ask(CLEAR, case, on=len(READY))
    (*_, cleared) = (await desk.read(case)).facts
    assert isinstance(cleared.fact, ClearedToDepart)
    assert cleared.fact.evidence_sha256 == sha256(b"".join(sorted(leaves))).hexdigest()


async def test_a_clearance_on_evidence_that_has_moved_on_is_refused(desk: Desk) -> None:
    await desk.given(REGISTERED, seen_by=(), stream=AL_HOL)
    case = await desk.given(*READY[:-1])
    with pytest.raises(Refused) as refused:
        await desk.ask(CLEAR, case, on=len(READY) - 1)
    assert refused.value.code == "departure.not-ready"
    rules = refused.value.details["rules"]
    assert isinstance(rules, list)
    assert [rule["code"] for rule in rules] == ["G3"]
