"""Who may see a row: a query asks for the scope of the caller's parties, and row-level security asks the same again.

Under row-level security the planner knows little of how many rows a party sees, so the query says how to go about it:
those who see few cases begin with their cases; those who see many look at rows in their order and ask for each.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from psycopg import AsyncConnection, sql

EVERYONE: Final = "*"
"""A party that sees every case: auditors and machines."""
FEW: Final = 2_000
"""Cases that are found one by one faster than as many rows are looked at."""

ALL: Final = sql.SQL("true")
EACH: Final = sql.SQL(
    "(SELECT true FROM access.scope s WHERE s.case_id = t.case_id AND s.party = ANY(%(parties)s) LIMIT 1)"
)
"""Condition on a table called ``t``, asked for each row; the query passes ``parties``."""
OWN: Final = sql.SQL("t.case_id = ANY (ARRAY(SELECT s.case_id FROM access.scope s WHERE s.party = ANY(%(parties)s)))")
"""The same, asked once for all rows."""
COUNT: Final = """
SELECT count(*) FROM (SELECT FROM access.scope WHERE party = ANY(%(parties)s) LIMIT %(enough)s) s
"""


@asynccontextmanager
async def seen_by(connection: AsyncConnection[Any], parties: frozenset[str]) -> AsyncIterator[None]:
    """Read within one transaction as these parties (countries and agencies); row-level security shows no other case."""
    asked = EVERYONE if EVERYONE in parties else ",".join(sorted(parties))
    async with connection.transaction():
        await connection.execute("SELECT set_config('homeward.parties', %s, true)", (asked,))
        yield


def of_one_case(parties: frozenset[str]) -> sql.SQL:
    """Return the condition for rows of a single case."""
    return ALL if EVERYONE in parties else EACH


async def of_many_cases(connection: AsyncConnection[Any], parties: frozenset[str]) -> sql.SQL:
    """Return the condition for rows of any case that suits the number of cases that the parties see."""
    if EVERYONE in parties:
        return ALL
    row = await (await connection.execute(COUNT, {"parties": list(parties), "enough": FEW + 1})).fetchone()
    return OWN if row and row[0] <= FEW else EACH
