"""The log of reads has a tree of its own: a row that is changed, removed or put in later is noticed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from adapters.database import Databases
from adapters.evidence.kept import LogRows
from adapters.evidence.local import LocalLog, log_of_who_read, logs_of
from adapters.evidence.log import LogRefused
from adapters.evidence.reads import AlteredRead, ReadRow, first_altered, leaf_of
from adapters.record.read_log import Read, WhoSaw
from adapters.record.record import Record
from adapters.settings import Settings
from domain.privacy import BlockLabel
from tests.examples import HELD, NAMED
from tests.record.asking import Desk

pytestmark = pytest.mark.anyio
IDENTITY = BlockLabel.IDENTITY
ODD = 'because "quotes", back\\slashes,\nlines, أمينة and \U0001f54a'


@pytest.fixture
def log(settings: Settings) -> LocalLog:
    return log_of_who_read(settings)


def rows(url: str) -> Iterator[ReadRow]:
    with psycopg.connect(url) as superuser:
        cursor = superuser.execute(
            "SELECT read_id, at, reader, actor, agency, purpose, classes, case_ids, from_position, to_position, request"
            " FROM access.read ORDER BY read_id"
        )
        yield from (ReadRow(*row) for row in cursor.fetchall())


def as_superuser(url: str, statement: str, *values: object) -> None:
    with psycopg.connect(url) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute(statement, values)


def sealed(databases: Databases, log: LocalLog) -> int:
    return log.sealer(databases).catch_up().size


def altered(databases: Databases, log: LocalLog) -> AlteredRead | None:
    with psycopg.connect(databases.url("owner"), autocommit=True) as owner:
        return first_altered(owner, LogRows(owner, log.log), log.check(databases).size)


async def some_reads(record: Record, number: int, case: UUID | None = None) -> None:
    for nth in range(number):
        await record.reads.note(
            Read("human", uuid4(), "IQ-MOMD", f"interview-{nth}", ["identity"], [case or uuid4()], uuid4())
        )


# ---------------------------------------------------------------- leaves
async def test_the_leaf_of_a_read_can_be_made_by_anyone_who_has_the_row(record: Record, superuser_url: str) -> None:
    case, other, actor, request = (uuid4() for _ in range(4))
    await record.reads.note(
        Read("human", actor, "IQ-MOMD", ODD, ["medical", "identity"], [case, other], request),
        Read("loader", None, "IQ-MOMD", "resume", [], [], request),
    )
    found = list(rows(superuser_url))
    with psycopg.connect(superuser_url) as superuser:
        waiting = superuser.execute("SELECT read_id, leaf FROM access.read_waiting ORDER BY read_id").fetchall()
    assert waiting == [(row.read_id, leaf_of(row)) for row in found]
    first = found[0]
    at = first.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    said: list[Any] = ["homeward/1 read", first.read_id, at, "human", str(actor), "IQ-MOMD", ODD]
    said += [["identity", "medical"], [str(case), str(other)], None, None, str(request)]
    assert leaf_of(first) == sha256(b"\x00" + json.dumps(said, ensure_ascii=False).encode()).digest()


async def test_projectors_reads_are_queued_like_any_other(databases: Databases, log: LocalLog) -> None:
    with psycopg.connect(databases.url("projector")) as projector:
        projector.execute(
            "INSERT INTO access.read (reader, purpose, classes, case_ids, from_position, to_position)"
            " VALUES ('projector', 'read models', '{identity}', '{}', 1, 9)"
        )
    assert sealed(databases, log) == 1
    assert altered(databases, log) is None


# ---------------------------------------------------------------- the tree
async def test_every_deployment_seals_its_reads_beside_its_facts(settings: Settings) -> None:
    assert [each.log.origin for each in logs_of(settings)] == ["homeward.test/record", "homeward.test/record/reads"]


async def test_reads_are_sealed_once_each_and_in_steps(
    record: Record, databases: Databases, log: LocalLog, superuser_url: str
) -> None:
    assert sealed(databases, log) == 0
    await some_reads(record, 3)
    assert sealed(databases, log) == 3
    await some_reads(record, 300)
    assert sealed(databases, log) == 303
    assert altered(databases, log) is None
    with psycopg.connect(superuser_url) as superuser:
        assert superuser.execute("SELECT FROM access.read_waiting").rowcount == 0


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE access.read SET purpose = 'nothing' WHERE read_id = 2",
        "UPDATE access.read SET actor = gen_random_uuid() WHERE read_id = 2",
        "UPDATE access.read SET case_ids = '{}' WHERE read_id = 2",
        "UPDATE access.read SET at = at + interval '1 microsecond' WHERE read_id = 2",
        "UPDATE access.read SET classes = classes || '{medical}' WHERE read_id = 2",
        "UPDATE access.read SET request = NULL WHERE read_id = 2",
        "DELETE FROM access.read WHERE read_id = 2",
        "DELETE FROM access.read_leaf WHERE leaf_index = 1",
        "UPDATE access.read_leaf SET read_id = 10 - read_id WHERE read_id IN (2, 8)",
    ],
)
async def test_a_superuser_who_unsays_a_read_is_found_out(
    record: Record, databases: Databases, log: LocalLog, superuser_url: str, tampering: str
) -> None:
    await some_reads(record, 9)
    sealed(databases, log)
    assert altered(databases, log) is None
    if "10 - read_id" in tampering:
        as_superuser(superuser_url, "ALTER TABLE access.read_leaf DROP CONSTRAINT uq_read_leaf_read_id")
    as_superuser(superuser_url, tampering)
    found = altered(databases, log)
    assert found is not None
    assert found.leaf_index == 1


async def test_a_row_that_is_put_in_the_place_of_another_is_found_out_though_its_leaf_fits(
    record: Record, databases: Databases, log: LocalLog, superuser_url: str
) -> None:
    await some_reads(record, 5)
    sealed(databases, log)
    as_superuser(superuser_url, "UPDATE access.read SET agency = 'XX-NOBODY' WHERE read_id = 3")
    as_superuser(
        superuser_url,
        "UPDATE access.read_leaf SET leaf = (SELECT access.leaf_of(r) FROM access.read r WHERE read_id = 3)"
        " WHERE read_id = 3",
    )
    assert altered(databases, log) == AlteredRead(2, 3)


async def test_a_database_whose_reads_are_behind_the_published_head_is_refused(
    record: Record, databases: Databases, log: LocalLog, superuser_url: str
) -> None:
    await some_reads(record, 5)
    sealed(databases, log)
    as_superuser(superuser_url, "DELETE FROM access.read_leaf WHERE leaf_index = 4")
    with pytest.raises(LogRefused, match="was sealed and is gone"):
        log.check(databases)
    as_superuser(superuser_url, "UPDATE evidence.head SET size = 4 WHERE log = 'reads'")
    with pytest.raises(LogRefused):
        log.check(databases)


async def test_a_row_that_was_rolled_back_leaves_no_gap(record: Record, databases: Databases, log: LocalLog) -> None:
    await some_reads(record, 1)
    with psycopg.connect(databases.url("writer")) as writer:
        writer.execute("INSERT INTO access.read (reader, purpose, classes, case_ids) VALUES ('human', 'x', '{}', '{}')")
        writer.rollback()
    await some_reads(record, 1)
    assert sealed(databases, log) == 2
    assert altered(databases, log) is None


# ---------------------------------------------------------------- who saw
async def test_the_log_tells_who_saw_a_person_and_nobody_elses_readers(
    record: Record, databases: Databases, log: LocalLog
) -> None:
    desk = Desk(record)
    amina, layla = await desk.given(*HELD, NAMED), await desk.given(*HELD, NAMED)
    await desk.read(amina, IDENTITY)
    await desk.read(layla, IDENTITY)
    sealed(databases, log)
    await desk.read(amina, IDENTITY)
    seen = await record.reads.who_saw(amina, limit=10)
    assert [(one.reader, one.actor, one.classes, one.leaf_index) for one in seen.reads] == [
        ("human", desk.officer.actor, ["identity"], None),
        ("human", desk.officer.actor, ["identity"], 0),
    ]
    assert seen.next is None
    assert await record.reads.who_saw(uuid4(), limit=10) == WhoSaw([], None, [])


async def test_a_long_list_comes_in_pages(record: Record) -> None:
    case = uuid4()
    await some_reads(record, 7, case)
    purposes, before = [], None
    while True:
        page = await record.reads.who_saw(case, before=before, limit=3)
        purposes += [one.purpose for one in page.reads]
        if (before := page.next) is None:
            break
    assert purposes == [f"interview-{nth}" for nth in reversed(range(7))]


async def test_machines_are_told_by_the_purpose_that_covers_the_case(record: Record, databases: Databases) -> None:
    desk = Desk(record)
    amina, layla = await desk.given(*HELD, NAMED), await desk.given(*HELD, NAMED)
    with psycopg.connect(databases.url("projector")) as projector:
        for first, last, cases in ((1, 3, []), (1, 3, []), (4, 6, []), (1, 6, [layla])):
            projector.execute(
                "INSERT INTO access.read (reader, purpose, classes, case_ids, from_position, to_position)"
                " VALUES ('projector', 'read models', '{identity,medical}', %s, %s, %s)",
                (cases, first, last),
            )
    (of_amina,) = (await record.reads.who_saw(amina, limit=1)).machines
    (of_layla,) = (await record.reads.who_saw(layla, limit=1)).machines
    assert (of_amina.purpose, of_amina.classes, of_amina.times) == ("read models", ["identity", "medical"], 2)
    assert of_layla.times == 2
