"""One catalogue of every table, with names for constraints that a migration and an error message can rely on.

The tables themselves stand beside the machine that uses them; whoever needs all of them (Alembic, a test) calls
:func:`all_tables`. The catalogue describes what the migrations made; it never creates anything.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Final

from sqlalchemy import MetaData

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def all_tables() -> MetaData:
    """Import every ``adapters/…/tables.py`` and return the catalogue."""
    for file in sorted(Path(__file__).parent.glob("*/tables.py")):
        import_module(f"adapters.{file.parent.name}.tables")
    return metadata
