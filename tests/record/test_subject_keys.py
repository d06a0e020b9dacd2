"""Keys of people where they are kept: made once, committed before they are used, and never mistaken for another's."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import psycopg
import pytest

from adapters.record.keys import KeyChain, KeyName, MissingKey, PersonIsErased, commitment_of
from adapters.record.record import Record
from adapters.record.sealing import Tampered
from adapters.record.subject_keys import LEASE_SECONDS, Needed
from adapters.settings import Settings
from domain.privacy import BlockLabel
from tests.record.erasing import destroy

pytestmark = pytest.mark.anyio
IDENTITY, MEDICAL = BlockLabel.IDENTITY, BlockLabel.MEDICAL


def writing(person: UUID, *labels: BlockLabel, country: str = "IQ") -> Needed:
    return Needed(person, frozenset(), frozenset(labels or [IDENTITY]), country)


def reading(person: UUID, *labels: BlockLabel) -> Needed:
    return Needed(person, frozenset(labels or [IDENTITY]), frozenset(), "")


def commitment(chain: KeyChain, person: UUID, label: BlockLabel = IDENTITY) -> str:
    return chain.for_writing(person, label)[1].commitment


def rows(url: str) -> list[tuple[UUID, str, int, str, str]]:
    with psycopg.connect(url) as superuser:
        return superuser.execute(
            "SELECT subject, class, version, country, state FROM keys.subject_key ORDER BY subject, class"
        ).fetchall()


async def test_a_key_is_made_when_it_is_first_written_with(record: Record, superuser_url: str) -> None:
    person = uuid4()
    await record.keys.chain(writing(person, IDENTITY, MEDICAL))
    assert rows(superuser_url) == [(person, label, 1, "IQ", "live") for label in ("identity", "medical")]


async def test_reading_makes_no_key(record: Record, superuser_url: str) -> None:
    person = uuid4()
    chain = await record.keys.chain(reading(person))
    with pytest.raises(MissingKey):
        chain.for_reading(KeyName(person, IDENTITY))
    assert rows(superuser_url) == []


async def test_a_key_is_the_same_for_whoever_asks_again(record: Record, elsewhere: Record) -> None:
    person = uuid4()
    first = commitment(await record.keys.chain(writing(person)), person)
    assert commitment(await record.keys.chain(writing(person)), person) == first
    assert commitment(await elsewhere.keys.chain(writing(person)), person) == first


async def test_processes_that_meet_a_person_at_once_use_one_key(
    record: Record, elsewhere: Record, superuser_url: str
) -> None:
    people = [uuid4() for _ in range(100)]
    async with asyncio.timeout(10):
        chains = await asyncio.gather(
            *(who.keys.chain(writing(person, IDENTITY, MEDICAL)) for person in people for who in (record, elsewhere)),
            *(elsewhere.keys.chain(writing(person, MEDICAL, IDENTITY)) for person in reversed(people)),
        )
    for label in (IDENTITY, MEDICAL):
        per_person = [
            {commitment(chain, person, label) for chain in chains if _has(chain, person)} for person in people
        ]
        assert [len(commitments) for commitments in per_person] == [1] * 100
    assert len(rows(superuser_url)) == 200


def _has(chain: KeyChain, person: UUID) -> bool:
    try:
        return bool(chain.for_writing(person, IDENTITY))
    except MissingKey:
        return False


async def test_keys_lie_wrapped_in_the_database(record: Record, superuser_url: str) -> None:
    person = uuid4()
    await record.keys.chain(writing(person))
    with psycopg.connect(superuser_url) as superuser:
        wrapped, committed = superuser.execute("SELECT wrapped, commitment FROM keys.subject_key").fetchone() or (
            b"",
            b"",
        )
        (of_country,) = superuser.execute("SELECT wrapped FROM keys.wrapping_key").fetchone() or (b"",)
    assert len(wrapped) == len(of_country) == 12 + 32 + 16, "nonce, key, tag"
    assert commitment_of(wrapped[12:44]) != committed


async def test_a_person_of_no_country_has_keys_all_the_same(record: Record, superuser_url: str) -> None:
    await record.keys.chain(writing(uuid4(), country=""))
    assert [country for _, _, _, country, _ in rows(superuser_url)] == ["XXX"]


async def test_a_destroyed_key_leaves_a_tombstone_under_which_nothing_is_written(
    record: Record, elsewhere: Record, superuser_url: str, settings: Settings
) -> None:
    person = uuid4()
    await record.keys.chain(writing(person))
    destroy(superuser_url, settings, person)
    chain = await elsewhere.keys.chain(reading(person))
    assert chain.for_reading(KeyName(person, IDENTITY)) is None
    with pytest.raises(PersonIsErased, match="tombstone accepts no new"):
        await elsewhere.keys.chain(writing(person))
    assert [state for *_, state in rows(superuser_url)] == ["destroyed"]
    assert 2 * LEASE_SECONDS <= 30, "whoever remembers the key, or what it opened, forgets it within this time"


async def test_a_key_that_somebody_destroyed_without_a_fence_is_an_alarm_and_no_erasure(
    record: Record, elsewhere: Record, superuser_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    person, bystander = uuid4(), uuid4()
    await asyncio.gather(*(record.keys.chain(writing(each)) for each in (person, bystander)))
    with psycopg.connect(superuser_url) as superuser:
        superuser.execute("UPDATE keys.subject_key SET state = 'destroyed', wrapped = '' WHERE subject = %s", (person,))
    answers = await asyncio.gather(
        *(elsewhere.keys.chain(needed) for needed in (reading(person), writing(person), reading(bystander))),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [MissingKey, MissingKey, KeyChain], "and it stops nobody else"
    assert "keys.destroyed-without-a-fence" in capsys.readouterr().out


async def test_a_key_that_came_back_although_a_fence_names_it_opens_nothing(
    record: Record, elsewhere: Record, superuser_url: str, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    person = uuid4()
    await record.keys.chain(writing(person))
    with psycopg.connect(superuser_url) as superuser:
        before = superuser.execute("SELECT wrapped FROM keys.subject_key").fetchone()
    destroy(superuser_url, settings, person)
    with psycopg.connect(superuser_url) as superuser:
        superuser.execute("UPDATE keys.subject_key SET state = 'live', wrapped = %s", before)
    assert (await elsewhere.keys.chain(reading(person))).for_reading(KeyName(person, IDENTITY)) is None
    with pytest.raises(PersonIsErased):
        await elsewhere.keys.chain(writing(person))
    assert "keys.fenced-key-is-live" in capsys.readouterr().out


async def test_rows_swapped_between_two_people_are_tampering(
    record: Record, elsewhere: Record, superuser_url: str
) -> None:
    amina, layla, bystander = (uuid4() for _ in range(3))
    await asyncio.gather(*(record.keys.chain(writing(person)) for person in (amina, layla, bystander)))
    with psycopg.connect(superuser_url) as superuser:
        superuser.execute(
            "UPDATE keys.subject_key k SET wrapped = o.wrapped, commitment = o.commitment FROM keys.subject_key o"
            " WHERE (k.subject, o.subject) IN ((%(a)s, %(l)s), (%(l)s, %(a)s))",
            {"a": amina, "l": layla},
        )
    answers = await asyncio.gather(
        *(elsewhere.keys.chain(reading(person)) for person in (amina, bystander, layla)), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [Tampered, KeyChain, Tampered], "and it stops nobody else"


async def test_a_commitment_that_was_changed_is_tampering(
    record: Record, elsewhere: Record, superuser_url: str
) -> None:
    person = uuid4()
    await record.keys.chain(writing(person))
    with psycopg.connect(superuser_url) as superuser:
        superuser.execute("UPDATE keys.subject_key SET commitment = sha256(commitment)")
    with pytest.raises(Tampered, match="committed"):
        await elsewhere.keys.chain(reading(person))


async def test_without_its_wrapping_key_a_key_is_missing_and_not_erased(
    record: Record, elsewhere: Record, superuser_url: str
) -> None:
    person, bystander = uuid4(), uuid4()
    await asyncio.gather(record.keys.chain(writing(person)), record.keys.chain(writing(bystander, country="DK")))
    with psycopg.connect(superuser_url) as superuser:
        superuser.execute("DELETE FROM keys.wrapping_key WHERE country = 'IQ'")
    answers = await asyncio.gather(
        *(elsewhere.keys.chain(reading(each)) for each in (person, bystander)), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [MissingKey, KeyChain], "and it stops nobody else"
