from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from adapters import migrate
from adapters.database import DatabaseError, Databases, open_databases
from adapters.embedded import Cluster, EmbeddedPostgres
from adapters.roles import ROLE_NAMES
from adapters.schema_version import pending
from adapters.settings import read_settings
from api.console.reaching import database

OTHER_ENGINES = [
    folder
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if folder.parent.name.isdecimal() and int(folder.parent.name) >= 15 and (folder / "initdb").exists()
]


@pytest.fixture(params=[None, *OTHER_ENGINES], ids=lambda folder: folder.parent.name if folder else "embedded")
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cluster]:
    """A server of its own, of every version found here, as an administrator of databases would hand it out."""
    with EmbeddedPostgres(tmp_path / "elsewhere", binaries=request.param) as cluster:
        with psycopg.connect(cluster.superuser_url(), autocommit=True) as superuser:
            superuser.execute("DROP DATABASE homeward")
            for name in ROLE_NAMES.values():
                superuser.execute(f"DROP ROLE {name}")
            superuser.execute("CREATE ROLE app LOGIN PASSWORD 'app'")
            superuser.execute("CREATE DATABASE outside OWNER app")
        yield cluster


def app_url(cluster: Cluster) -> str:
    return cluster.superuser_url("outside").replace("//postgres:", "//app:").replace(secret(cluster), "app")


def secret(cluster: Cluster) -> str:
    return cluster.superuser_url().partition("postgres:")[2].partition("@")[0]


def as_superuser(cluster: Cluster, statement: str) -> None:
    with psycopg.connect(cluster.superuser_url(), autocommit=True) as superuser:
        superuser.execute(statement)


def test_an_external_server_gets_the_same_tables_and_one_login_acts_as_each_role(elsewhere: Cluster) -> None:
    as_superuser(elsewhere, "ALTER ROLE app CREATEROLE")
    databases = Databases.external(app_url(elsewhere))
    databases.check_version()
    migrate.upgrade(databases)
    migrate.differences(databases)
    databases.check_for_production()
    for role in ("writer", "projector", "reader"):
        with psycopg.connect(databases.url(role)) as connection:
            assert connection.execute("SELECT current_user, session_user").fetchone() == (ROLE_NAMES[role], "app")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("CREATE TABLE record.mine ()")
    migrate.downgrade(databases, "base")
    migrate.upgrade(databases)
    assert not pending(databases)


def test_a_login_that_may_not_create_roles_is_told_what_to_ask_for(elsewhere: Cluster) -> None:
    databases = Databases.external(app_url(elsewhere))
    with pytest.raises(Exception, match="role homeward_writer is missing and this login may not create it"):
        migrate.upgrade(databases)
    for role in ("writer", "projector", "reader"):
        as_superuser(elsewhere, f"CREATE ROLE {ROLE_NAMES[role]}")
        as_superuser(elsewhere, f"GRANT {ROLE_NAMES[role]} TO app")
    migrate.upgrade(databases)
    databases.check_for_production()


def test_production_refuses_a_login_above_the_walls_and_a_server_that_forgets(elsewhere: Cluster) -> None:
    as_superuser(elsewhere, "ALTER ROLE app CREATEROLE")
    databases = Databases.external(app_url(elsewhere))
    with pytest.raises(DatabaseError, match="homeward_writer"):
        databases.check_for_production()  # nothing is migrated yet
    migrate.upgrade(databases)
    as_superuser(elsewhere, "ALTER ROLE app BYPASSRLS")
    with pytest.raises(DatabaseError, match="row-level security"):
        databases.check_for_production()
    as_superuser(elsewhere, "ALTER ROLE app NOBYPASSRLS")
    as_superuser(elsewhere, "ALTER ROLE app SET synchronous_commit = off")
    with pytest.raises(DatabaseError, match="synchronous_commit"):
        databases.check_for_production()
    owner_everywhere = Databases(dict.fromkeys(ROLE_NAMES, app_url(elsewhere)))
    with pytest.raises(DatabaseError, match="owner of the tables"):
        owner_everywhere.check_for_production()


def test_in_production_no_command_starts_on_a_login_above_the_walls(
    elsewhere: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = read_settings(
        {
            "HOMEWARD_MODE": "production",
            "HOMEWARD_DATA_DIR": str(tmp_path / "data"),
            "HOMEWARD_DATABASE_URL": app_url(elsewhere),
            "HOMEWARD_ISSUER": "https://issuer.example",
            "HOMEWARD_AUDIENCE": "homeward",
            "HOMEWARD_ACCEPT_LOCAL_KEYS": "yes",
        }
    )
    as_superuser(elsewhere, "ALTER ROLE app CREATEROLE")
    migrate.upgrade(Databases.external(app_url(elsewhere)))
    with database(settings) as (databases, embedded):
        assert embedded is None
        assert not pending(databases)
    as_superuser(elsewhere, "ALTER ROLE app BYPASSRLS")
    with pytest.raises(SystemExit), database(settings):
        pytest.fail("it started")
    assert "give Homeward an ordinary login" in capsys.readouterr().err


def test_an_external_server_that_does_not_answer_is_one_sentence_without_the_password(tmp_path: Path) -> None:
    url = f"postgresql://app:pomegranate@/homeward?host={tmp_path}"
    with (
        pytest.raises(DatabaseError, match="cannot be reached") as refused,
        open_databases(read_settings({"HOMEWARD_DATABASE_URL": url})),
    ):
        pass
    assert "pomegranate" not in str(refused.value)


def test_without_a_url_the_server_of_the_data_folder_answers(tmp_path: Path) -> None:
    with open_databases(read_settings({"HOMEWARD_DATA_DIR": str(tmp_path / "data")})) as databases:
        migrate.upgrade(databases)
        databases.check_for_production()


def test_a_url_is_never_shown_with_its_object(databases: Databases) -> None:
    assert "postgresql" not in repr(databases)
