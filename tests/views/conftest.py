"""A record on a fresh database, filled through the one door, and a projector whose calendar the test holds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import psycopg
import pytest

import domain.registry  # noqa: F401 - every command, whatever else a test imports
from adapters.database import Databases
from adapters.embedded import Cluster
from adapters.record.door import Caller, Door, Reading, Receipt, Request
from adapters.record.record import Record
from adapters.settings import Settings, read_settings
from adapters.views.projector import Projector
from domain.case.registration import Circumstances, OpenCase
from domain.dates import PartialDate
from domain.facility import RegisterFacility
from domain.kernel import COMMANDS, Command, Recorded
from domain.privacy import PERSONAL_CLASSES
from domain.values import FacilityKind

T = TypeVar("T")

PERMISSIONS = frozenset(command.permission for command in COMMANDS.values()) | {
    "case:read",
    *(f"case:open-{label}" for label in PERSONAL_CLASSES),
}


def caller(agency: str = "UN-OFFICE", *parties: str) -> Caller:
    return Caller(uuid4(), agency, None, PERMISSIONS, frozenset(parties or "*"))


OFFICER = caller()


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def on(text: str) -> PartialDate:
    return PartialDate.parse(text)


class House:
    """The record and its door; a command is recorded at noon of the day on which it occurred, or else of ``today``."""

    def __init__(self, databases: Databases, settings: Settings, *, simulated: bool = True) -> None:
        self.simulated = simulated
        self.databases = databases
        self.settings = settings
        self.today = date(2021, 10, 15)
        self._runner = asyncio.Runner()
        self.record = self.run(Record.open(databases, settings))
        self.door = Door(self.record)
        self.versions: dict[UUID, int] = {}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    def close(self) -> None:
        self.run(self.record.close())
        self._runner.close()

    async def asking(
        self, command: Command, case: UUID | None = None, *, by: Caller = OFFICER, command_id: UUID | None = None
    ) -> Receipt:
        late = command.late_reason is not None or command.occurred_on is None
        receipt = await self.door.ask(
            Request(
                command=command,
                stream=case,
                caller=by,
                command_id=command_id or uuid4(),
                digest=b"test",
                if_match=self.versions.get(case) if case is not None else None,
                recorded_at=noon(self.today if late or not command.occurred_on else command.occurred_on.earliest),
                simulated=self.simulated,
            )
        )
        self.versions[receipt.stream] = receipt.version
        return receipt

    def ask(self, command: Command, case: UUID | None = None, *, by: Caller = OFFICER) -> Receipt:
        return self.run(self.asking(command, case, by=by))

    def case(self, *commands: Command, since: str = "2019-03-01", by: Caller = OFFICER) -> UUID:
        """Open a case and ask for each command in turn."""
        opened = self.ask(OpenCase(circumstances=Circumstances.ARRIVAL, occurred_on=on(since)), by=by).stream
        for command in commands:
            self.ask(command, opened, by=by)
        return opened

    def facility(self, code: str, kind: FacilityKind, country: str = "SY") -> UUID:
        name = code.replace("-", " ").title()
        return self.ask(RegisterFacility(code=code, name=name, kind=kind, country=country, control="SY-AANES")).stream

    def facts(self, case: UUID) -> list[Recorded]:
        """The facts of a case, everything opened."""
        return self.run(self.reading(case))

    async def reading(self, case: UUID) -> list[Recorded]:
        """The facts of a case, everything opened."""
        reading = Reading("case", case, OFFICER, uuid4(), PERSONAL_CLASSES, "test")
        return list((await self.door.read(reading)).facts)

    def clock(self) -> datetime:
        return noon(self.today)

    def projector(self, **options: Any) -> Projector:
        return Projector(self.databases, self.settings, clock=self.clock, **options)

    def project(self) -> None:
        self.projector().catch_up()

    def query(self, work: Callable[[psycopg.AsyncConnection[Any]], Awaitable[T]]) -> T:
        """Run a query as the role that answers queries."""

        async def connected() -> T:
            async with await psycopg.AsyncConnection.connect(self.databases.url("reader")) as connection:
                return await work(connection)

        return self.run(connected())

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Look at the tables from behind the wall."""
        with psycopg.connect(self.databases.url("owner")) as connection:
            return connection.execute(statement, values).fetchall()

    def rows_changed(self, statement: str, *values: object) -> None:
        """Change the tables from behind the wall."""
        with psycopg.connect(self.databases.url("owner")) as connection:
            connection.execute(statement, values)


@contextmanager
def fresh_database(cluster: Cluster, template: str) -> Iterator[str]:
    """Clone the migrated database for as long as a test module needs it."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(cluster.superuser_url(), autocommit=True) as superuser:
        superuser.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER homeward_owner")
        try:
            yield name
        finally:
            superuser.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"HOMEWARD_DATA_DIR": str(tmp_path)})


@pytest.fixture
def house(databases: Databases, settings: Settings) -> Iterator[House]:
    opened = House(databases, settings)
    yield opened
    opened.close()
