"""Who may see a row: a query asks for the scope of the caller's parties, and row-level security asks the same again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from psycopg import AsyncConnection, sql

EVERYONE: Final = "*"
"""A party that sees every case: auditors and machines."""


@asynccontextmanager
async def seen_by(connection: AsyncConnection[Any], parties: frozenset[str]) -> AsyncIterator[None]:
    """Read within one transaction as these parties (countries and agencies); row-level security shows no other case."""
    asked = EVERYONE if EVERYONE in parties else ",".join(sorted(parties))
    async with connection.transaction():
        await connection.execute("SELECT set_config('homeward.parties', %s, true)", (asked,))
        yield


def scope_condition(parties: frozenset[str]) -> sql.SQL:
    """Return the condition on ``case_id`` for the parties, which the query passes as ``parties``."""
    if EVERYONE in parties:
        return sql.SQL("true")
    return sql.SQL("case_id IN (SELECT s.case_id FROM access.scope s WHERE s.party = ANY(%(parties)s))")
