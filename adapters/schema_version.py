"""Which form the database has and which one this code expects, told without Alembic: every command asks it first.

Alembic and SQLAlchemy take a third of a second to import, and hardly ever is there anything for them to do. What this
code expects is read from the migrations themselves; a test compares both answers with Alembic's.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import psycopg

import migrations
from adapters.database import Databases

VERSION_TABLE: Final = "schema_version"
"""In schema ``public``: it must be there before our schemas are and after they are gone."""

_REVISION: Final = re.compile(r'^(down_)?revision = "([^"]+)"$', re.MULTILINE)


def pending(databases: Databases) -> bool:
    """Whether the database is not of the form that this code expects."""
    return reached(databases) != expected()


def reached(databases: Databases) -> frozenset[str]:
    """Return the last migrations that ran in the database; none where it is empty."""
    with psycopg.connect(databases.url("owner")) as connection:
        there = connection.execute("SELECT to_regclass(%s)", (f"public.{VERSION_TABLE}",)).fetchone()
        if there == (None,):
            return frozenset()
        return frozenset(name for (name,) in connection.execute(f"SELECT version_num FROM public.{VERSION_TABLE}"))  # noqa: S608


def expected() -> frozenset[str]:
    """Return the migrations that no other follows."""
    made, followed = set[str](), set[str]()
    for file in (Path(migrations.__file__).parent / "versions").glob("*.py"):
        for before, name in _REVISION.findall(file.read_text(encoding="utf-8")):
            (followed if before else made).add(name)
    return frozenset(made - followed)
