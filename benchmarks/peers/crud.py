"""The CRUD service: its tables filled, its process started."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import psycopg

from benchmarks.cases import AGENCY, COUNTRY
from benchmarks.facts import FACILITY
from benchmarks.peers.programs import python_packages
from benchmarks.place import Database
from benchmarks.serving import Served

GREENLET: Final = "greenlet==3.2.4"
"""SQLAlchemy's asyncio layer runs on it; nothing of ours does."""
FIRST_VERSION: Final = 12
NAME: Final = "فاطمة أحمد حسن الجبوري"


def crud_server(database: Database, environment: Mapping[str, str], cases: Sequence[UUID]) -> Served:
    """Start the service on a free port, with a row for each case.

    :raises Absent: when a library that it needs cannot be had.
    """
    url = database.databases.url("owner")
    dialect = url.replace("postgresql://", "postgresql+psycopg://", 1)
    served = Served(
        lambda port: ["-m", "benchmarks.peers.crud_server", str(port)],
        {**environment, "DATABASE_URL": dialect, "PYTHONPATH": str(python_packages(GREENLET))},
        ready="/openapi.json",
    )
    columns = "id, version, agency, country, name, sex, nationality, facility, birth, birth_place, changed_at"
    row = (FIRST_VERSION, AGENCY, COUNTRY, NAME, "female", "IQ", FACILITY, "1980-01-01", "Mosul", "2021-03-12")
    with psycopg.connect(url) as connection:
        with connection.cursor().copy(f"COPY case_row ({columns}) FROM STDIN".encode()) as rows:
            for case_id in cases:
                rows.write_row((case_id, *row))
        connection.execute("ANALYZE case_row")
    return served
