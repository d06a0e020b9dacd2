"""How Alembic reaches the database: with the connection it is handed, or as the settings say when run by hand."""

from __future__ import annotations

from alembic import context
from alembic.runtime.environment import NameFilterParentNames, NameFilterType
from sqlalchemy import Connection

from adapters.database import open_databases
from adapters.migrate import engine
from adapters.schema_version import VERSION_TABLE
from adapters.schemas import SCHEMAS
from adapters.settings import read_settings
from adapters.tables import all_tables

LONGEST_WAIT_FOR_A_LOCK = "10s"  # a waiting migration makes everybody behind it wait, too


def ours(name: str | None, kind: NameFilterType, _parents: NameFilterParentNames) -> bool:
    """Compare our schemas only: what else lives in the database is somebody else's."""
    return kind != "schema" or name in SCHEMAS


def migrate_through(connection: Connection | None) -> None:
    """Run the migrations, or write their SQL when there is no connection."""
    context.configure(
        connection=connection,
        dialect_name=None if connection else "postgresql",
        literal_binds=connection is None,
        target_metadata=all_tables(),
        version_table=VERSION_TABLE,
        include_schemas=True,
        include_name=ours,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT_FOR_A_LOCK}'")
        context.run_migrations()


handed_over: Connection | None = context.config.attributes.get("connection")
if context.is_offline_mode() or handed_over is not None:
    migrate_through(handed_over)
else:
    with open_databases(read_settings()) as databases, engine(databases).begin() as own:
        migrate_through(own)
