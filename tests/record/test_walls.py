"""The walls inside the database hold also against our own programs: append only, each role in its rooms."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from adapters.database import Databases
from adapters.embedded import Cluster
from adapters.record.load import EVERYONE, Wanted
from adapters.record.record import Record
from adapters.record.subject_keys import Needed
from adapters.record.submission import Opened, Scope, Submission
from adapters.roles import Role
from adapters.settings import read_settings
from domain.privacy import BlockLabel
from tests.record.submissions import a_command

IRAQI, DANISH, BOTH, NOBODYS = (UUID(int=n) for n in range(1, 5))


@pytest.fixture(scope="module")
def databases(cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """One database for all: nothing here may change it, and every table of the record holds a row."""
    name = f"test_walls_{uuid4().hex}"
    with psycopg.connect(cluster.superuser_url(), autocommit=True) as superuser:
        superuser.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER homeward_owner")
        reached = Databases.embedded(cluster, name)
        asyncio.run(fill(reached, tmp_path_factory.mktemp("walls")))
        yield reached
        superuser.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def fill(databases: Databases, folder: Path) -> None:
    """Record a fact of four cases: an Iraqi one, a Danish one, one of both, and one that is nobody's."""
    async with await Record.open(databases, read_settings({"HOMEWARD_DATA_DIR": str(folder)})) as record:
        for case, parties in ((IRAQI, ["IQ"]), (DANISH, ["DK"]), (BOTH, ["IQ", "DK"]), (NOBODYS, [])):
            await record.keys.chain(Needed(case, frozenset(), frozenset({BlockLabel.IDENTITY}), "IQ"))
            command = a_command(case)
            await record.append(
                Submission(
                    command.command_id,
                    b"",
                    command.facts,
                    command.writes,
                    opened=[Opened(case, frozenset({BlockLabel.IDENTITY}), uuid4(), "IQ-MOMD", "decide it")],
                    scopes=[Scope(party, case) for party in parties],
                    tracking=[("follower", case.int)],
                )
            )


# ---------------------------------------------------------------- append only
@pytest.mark.parametrize("table", ["record.fact", "access.read"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_not_even_the_owner_changes_or_removes_what_was_recorded(
    databases: Databases, table: str, statement: str
) -> None:
    column = {"record.fact": "topic", "access.read": "purpose"}[table]
    with (
        psycopg.connect(databases.url("owner")) as owner,
        pytest.raises(psycopg.errors.RestrictViolation, match="never changed or removed"),
    ):
        owner.execute(statement.format(table, column, column))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record.fact SET frame = frame",
        "DELETE FROM record.fact",
        "TRUNCATE record.fact",
        "UPDATE record.command SET facts = 0",
        "TRUNCATE record.command",
        "UPDATE record.tracking SET notification_id = 0",
        "DELETE FROM record.tracking",
        "UPDATE access.read SET purpose = ''",
        "DELETE FROM access.read",
        "UPDATE access.scope SET party = 'DK'",
        "DELETE FROM access.scope",
        "UPDATE keys.subject_key SET state = 'destroyed'",
        "DELETE FROM keys.subject_key",
        "UPDATE keys.wrapping_key SET wrapped = ''",
        "DELETE FROM keys.wrapping_key",
        "DROP TABLE record.fact",
        "ALTER TABLE record.fact DISABLE TRIGGER append_only",
        "ALTER TABLE access.scope DISABLE ROW LEVEL SECURITY",
        "CREATE TABLE record.mine ()",
        "SET ROLE homeward_owner",
        "SET session_replication_role = replica",
    ],
)
@pytest.mark.parametrize("role", ["writer", "projector", "reader"])
def test_no_program_may_change_the_past_or_the_walls(databases: Databases, role: Role, statement: str) -> None:
    with psycopg.connect(databases.url(role)) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


# ---------------------------------------------------------------- rooms
@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("reader", "SELECT * FROM keys.subject_key"),
        ("reader", "SELECT * FROM keys.wrapping_key"),
        ("reader", "SELECT * FROM access.read"),
        ("reader", "SELECT * FROM record.command"),
        ("reader", "INSERT INTO access.scope VALUES ('DK', gen_random_uuid())"),
        ("reader", "INSERT INTO keys.wrapping_key VALUES ('IQ', 'identity', 1, '')"),
        ("projector", "SELECT * FROM record.command"),
        ("projector", "SELECT * FROM access.read"),
        ("projector", "INSERT INTO access.scope VALUES ('DK', gen_random_uuid())"),
        (
            "projector",
            "INSERT INTO keys.subject_key VALUES (gen_random_uuid(), 'identity', 1, 'IQ', 1, '', '', 'destroyed')",
        ),
    ],
)
def test_a_role_enters_only_its_rooms(databases: Databases, role: Role, statement: str) -> None:
    with psycopg.connect(databases.url(role)) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


@pytest.mark.parametrize("role", ["projector", "reader"])
def test_only_the_writer_records(databases: Databases, role: Role) -> None:
    with psycopg.connect(databases.url(role)) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(
            "INSERT INTO record.fact SELECT 5, gen_random_uuid(), 1, topic, null, recorded_at, recorded_by, leaf, frame"
            " FROM record.fact LIMIT 1"
        )


@pytest.mark.parametrize("role", ["writer", "projector", "reader"])
def test_everybody_may_say_that_they_read_and_nobody_may_unsay_it(databases: Databases, role: Role) -> None:
    with psycopg.connect(databases.url(role)) as connection:
        connection.execute(
            "INSERT INTO access.read (reader, purpose, classes, case_ids) VALUES ('projector', 'test', '{}', '{}')"
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM access.read")
        connection.rollback()


# ---------------------------------------------------------------- whose cases
def seen(databases: Databases, role: Role, parties: str | None) -> set[UUID]:
    with psycopg.connect(databases.url(role)) as connection:
        if parties is not None:
            connection.execute("SELECT set_config('homeward.parties', %s, true)", (parties,))
        return {case_id for (case_id,) in connection.execute("SELECT case_id FROM access.scope")}


@pytest.mark.parametrize(
    ("parties", "cases"),
    [
        (None, set()),
        ("", set()),
        ("IQ", {IRAQI, BOTH}),
        ("DK", {DANISH, BOTH}),
        ("DK,IQ", {IRAQI, DANISH, BOTH}),
        ("*", {IRAQI, DANISH, BOTH}),
        ("SE", set()),
        ("I", set()),
        ("IQ%", set()),
        ("iq", set()),
        ("SE,*", set()),
    ],
)
@pytest.mark.parametrize("role", ["writer", "projector", "reader"])
def test_a_party_sees_the_scopes_of_its_own_cases_and_no_other(
    databases: Databases, role: Role, parties: str | None, cases: set[UUID]
) -> None:
    assert seen(databases, role, parties) == cases


def test_the_parties_of_one_request_are_gone_with_its_transaction(databases: Databases) -> None:
    with psycopg.connect(databases.url("writer"), autocommit=True) as connection:
        with connection.transaction():
            connection.execute("SELECT set_config('homeward.parties', '*', true)")
        assert connection.execute("SELECT case_id FROM access.scope").fetchall() == []


@pytest.mark.anyio
async def test_askers_who_are_served_together_each_see_their_own_cases_only(
    databases: Databases, tmp_path: Path
) -> None:
    askers = [frozenset(parties) for parties in ({"IQ"}, {"DK"}, {"DK", "IQ"}, {"SE"}, {EVERYONE}, {"*", "SE"}, set())]
    cases = (IRAQI, DANISH, BOTH, NOBODYS, UUID(int=5))
    async with await Record.open(databases, read_settings({"HOMEWARD_DATA_DIR": str(tmp_path)})) as record:
        asked = [(asker, case) for asker in askers for case in cases]
        found = await asyncio.gather(*(record.loader.load(Wanted(case, asker)) for asker, case in asked))
        async with record._pool.connection() as connection:
            cursor = await connection.execute("SELECT current_setting('homeward.parties', true)")
            left_behind = await cursor.fetchone()
    seen = {(asker, case) for (asker, case), one in zip(asked, found, strict=True) if one.visible}
    own = {"IQ": {IRAQI, BOTH}, "DK": {DANISH, BOTH}, EVERYONE: {IRAQI, DANISH, BOTH, NOBODYS}}
    assert seen == {(asker, case) for asker in askers for party in asker for case in own.get(party, ())}
    assert all(bool(one.rows) == one.visible for one in found)
    assert left_behind in {("",), (None,)}
