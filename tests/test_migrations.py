from __future__ import annotations

from adapters import migrate
from adapters.database import Databases


def test_a_fresh_database_has_nothing_pending(databases: Databases) -> None:
    assert not migrate.pending(databases)


def test_the_migrations_and_the_catalogue_of_tables_agree(databases: Databases) -> None:
    migrate.differences(databases)


def test_every_migration_can_be_undone_and_done_again(databases: Databases) -> None:
    migrate.downgrade(databases, "base")
    assert migrate.pending(databases)
    migrate.upgrade(databases)
    assert not migrate.pending(databases)
    migrate.differences(databases)


def test_the_sql_can_be_written_without_a_database() -> None:
    written = migrate.as_sql()
    assert "CREATE SCHEMA record" in written
    assert written.rstrip().endswith("COMMIT;")
