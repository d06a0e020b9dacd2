"""Every thirty days live keys are wrapped anew, and what wrapped them before is destroyed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from adapters.database import Databases
from adapters.keys.rotation import ROTATING, RotationReport, RotationUnderWay, closes_on, rotate
from adapters.keys.status import key_status
from adapters.keys.upkeep import rotate_if_due
from adapters.record.errors import RecordUnavailable
from adapters.record.keys import KeyName, MissingKey, RootKey, first_day, mint, wrapping_epoch
from adapters.record.record import Record
from adapters.record.subject_keys import Needed
from adapters.settings import Settings
from domain.privacy import BlockLabel

pytestmark = pytest.mark.anyio
IDENTITY, MEDICAL = BlockLabel.IDENTITY, BlockLabel.MEDICAL
TODAY = datetime.now(UTC).date()
NOW = wrapping_epoch(TODAY)
NEXT_MONTH = first_day(NOW + 1)
GRACE = 7


def rotated(databases: Databases, root: RootKey, on: date) -> RotationReport:
    return rotate(databases, root, today=on, grace_days=GRACE)


async def people(record: Record, number: int, country: str = "IQ") -> list[UUID]:
    """Give some people keys for two classes."""
    made = [uuid4() for _ in range(number)]
    for person in made:
        await record.keys.chain(Needed(person, frozenset(), frozenset({IDENTITY, MEDICAL}), country))
    return made


async def commitments(record: Record, person: UUID) -> list[str]:
    chain = await record.keys.chain(Needed(person, frozenset({IDENTITY, MEDICAL}), frozenset(), ""))
    keys = [chain.for_reading(KeyName(person, label)) for label in (IDENTITY, MEDICAL)]
    return [key.commitment for key in keys if key is not None]


@asynccontextmanager
async def elsewhere(databases: Databases, settings: Settings) -> AsyncIterator[Record]:
    """The record in a process that remembers no key."""
    async with await Record.open(databases, settings) as opened:
        yield opened


def backup_of_keys(url: str) -> dict[str, Jsonb]:
    """Return every row of the schema of keys, as a backup holds it."""
    with psycopg.connect(url) as superuser:
        return {
            table: Jsonb(
                (superuser.execute(f"SELECT coalesce(jsonb_agg(t), '[]') FROM keys.{table} t").fetchone() or ([],))[0]
            )
            for table in ("wrapping_key", "subject_key")
        }


def restore_keys(url: str, backup: dict[str, Jsonb]) -> None:
    with psycopg.connect(url) as superuser:
        for table, rows in backup.items():
            superuser.execute(f"TRUNCATE keys.{table}")
            superuser.execute(
                f"INSERT INTO keys.{table} SELECT * FROM jsonb_populate_recordset(NULL::keys.{table}, %s)", (rows,)
            )


async def test_within_its_thirty_days_nothing_is_rotated(record: Record, databases: Databases, root: RootKey) -> None:
    await people(record, 3)
    last = NEXT_MONTH - timedelta(days=1)
    assert rotated(databases, root, last) == RotationReport(NOW, 0, 0, (), ())


async def test_a_key_stays_the_same_whatever_wraps_it(
    record: Record, databases: Databases, settings: Settings, root: RootKey
) -> None:
    iraqi, danish = await people(record, 20), await people(record, 5, "DK")
    before = {person: await commitments(record, person) for person in (*iraqi, *danish)}
    assert rotated(databases, root, NEXT_MONTH) == RotationReport(NOW + 1, 50, 0, (), ())
    async with elsewhere(databases, settings) as other:
        assert {person: await commitments(other, person) for person in before} == before
    assert rotated(databases, root, NEXT_MONTH).rewrapped == 0, "asked again, nothing is left to do"


async def test_after_the_days_of_grace_the_old_epoch_is_destroyed_here_and_at_its_provider(
    record: Record, databases: Databases, settings: Settings, root: RootKey
) -> None:
    (person,) = await people(record, 1)
    before = await commitments(record, person)
    rotated(databases, root, NEXT_MONTH)
    assert rotated(databases, root, closes_on(NOW, GRACE) - timedelta(days=1)).epochs_destroyed == ()
    assert root.epochs() == {NOW, NOW + 1}
    report = rotated(databases, root, closes_on(NOW, GRACE))
    assert (report.wrapping_keys_destroyed, report.epochs_destroyed) == (2, (NOW,))
    assert root.epochs() == {NOW + 1}
    async with elsewhere(databases, settings) as other:
        assert await commitments(other, person) == before


async def test_a_backup_of_keys_opens_until_the_grace_is_over_and_never_again(
    record: Record, databases: Databases, settings: Settings, root: RootKey, superuser_url: str
) -> None:
    (person,) = await people(record, 1)
    before = await commitments(record, person)
    backup = backup_of_keys(superuser_url)
    rotated(databases, root, NEXT_MONTH)
    restore_keys(superuser_url, backup)
    async with elsewhere(databases, settings) as other:
        assert await commitments(other, person) == before, "the day after the rotation yesterday's backup is of use"
    rotated(databases, root, closes_on(NOW, GRACE))
    restore_keys(superuser_url, backup)
    async with elsewhere(databases, settings) as other:
        with pytest.raises(MissingKey, match="destroyed"):
            await commitments(other, person)


async def test_months_that_nobody_rotated_are_caught_up_with_at_once(
    record: Record, databases: Databases, settings: Settings, root: RootKey
) -> None:
    (person,) = await people(record, 1)
    before = await commitments(record, person)
    report = rotated(databases, root, first_day(NOW + 7))
    assert report == RotationReport(NOW + 7, 2, 2, (NOW,), ())
    async with elsewhere(databases, settings) as other:
        assert await commitments(other, person) == before


async def test_a_key_that_was_altered_is_left_as_it_is_and_said(
    record: Record, databases: Databases, root: RootKey, superuser_url: str
) -> None:
    victim, bystander = await people(record, 2)
    with psycopg.connect(superuser_url) as superuser:
        superuser.execute(
            "UPDATE keys.subject_key SET wrapped = set_byte(wrapped, 20, get_byte(wrapped, 20) # 1)"
            " WHERE subject = %s AND class = 'medical'",
            (victim,),
        )
    report = rotated(databases, root, closes_on(NOW, GRACE))
    assert report.rewrapped == 3
    assert report.altered == (KeyName(victim, MEDICAL),)
    assert report.epochs_destroyed == (), "while a live key rests under it, altered or not"
    assert await commitments(record, bystander)


async def test_a_tombstone_is_not_wrapped_anew(
    record: Record, databases: Databases, root: RootKey, superuser_url: str
) -> None:
    await people(record, 1)
    with psycopg.connect(superuser_url) as superuser:
        superuser.execute("UPDATE keys.subject_key SET state = 'destroyed', wrapped = ''")
    report = rotated(databases, root, closes_on(NOW, GRACE))
    assert (report.rewrapped, report.epochs_destroyed) == (0, (NOW,))


async def test_whoever_is_late_does_not_store_under_a_wrapping_key_that_was_destroyed(
    record: Record, databases: Databases, root: RootKey, superuser_url: str
) -> None:
    name, cipher = await record.keys.wrapping("IQ", IDENTITY)
    rotated(databases, root, closes_on(NOW, GRACE))
    rows = [mint(cipher, name, KeyName(uuid4(), IDENTITY))[1] for _ in range(2)]
    with pytest.raises(RecordUnavailable):
        await record.keys.store(rows)
    with psycopg.connect(superuser_url) as superuser:
        assert superuser.execute("SELECT FROM keys.subject_key").rowcount == 0


async def test_a_key_is_not_stored_over_another(record: Record, superuser_url: str) -> None:
    (person,) = await people(record, 1)
    name, cipher = await record.keys.wrapping("IQ", IDENTITY)
    rows = [mint(cipher, name, KeyName(each, IDENTITY))[1] for each in (uuid4(), person)]
    with pytest.raises(RecordUnavailable):
        await record.keys.store(rows)
    with psycopg.connect(superuser_url) as superuser:
        assert superuser.execute("SELECT FROM keys.subject_key").rowcount == 2, "none of them, rather than some"


async def test_one_rotation_at_a_time(databases: Databases, root: RootKey) -> None:
    with psycopg.connect(databases.url("owner"), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (ROTATING,))
        with pytest.raises(RotationUnderWay):
            rotated(databases, root, NEXT_MONTH)


async def test_the_status_says_what_rests_where_and_whether_a_rotation_is_due(
    record: Record, databases: Databases, root: RootKey, superuser_url: str
) -> None:
    await people(record, 2)
    with psycopg.connect(superuser_url) as superuser:
        superuser.execute(
            "UPDATE keys.subject_key SET state = 'destroyed', wrapped = ''"
            " WHERE (subject, class) IN (SELECT subject, class FROM keys.subject_key LIMIT 1)"
        )
    status = key_status(databases, root, today=TODAY, grace_days=GRACE)
    (epoch,) = status.epochs
    assert (status.current_epoch, status.rotation_due) == (NOW, False)
    assert epoch == (NOW, first_day(NOW), NEXT_MONTH + timedelta(days=GRACE), True, 2, 3, 1)
    assert key_status(databases, root, today=NEXT_MONTH, grace_days=GRACE).rotation_due
    rotated(databases, root, NEXT_MONTH)
    assert not key_status(databases, root, today=NEXT_MONTH, grace_days=GRACE).rotation_due
    over = closes_on(NOW, GRACE)
    assert key_status(databases, root, today=over, grace_days=GRACE).rotation_due
    rotated(databases, root, over)
    old, new = key_status(databases, root, today=over, grace_days=GRACE).epochs
    assert (old.secret, old.live_keys, old.destroyed_keys, new.secret, new.live_keys) == (False, 0, 1, True, 3)


async def test_a_worker_rotates_when_it_is_due_and_only_then(
    record: Record, databases: Databases, settings: Settings, superuser_url: str
) -> None:
    await people(record, 1)
    assert not rotate_if_due(databases, settings, TODAY)
    assert rotate_if_due(databases, settings, NEXT_MONTH)
    assert not rotate_if_due(databases, settings, NEXT_MONTH)
    with psycopg.connect(superuser_url) as superuser:
        assert superuser.execute("SELECT DISTINCT epoch FROM keys.subject_key").fetchall() == [(NOW + 1,)]
