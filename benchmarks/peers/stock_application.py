"""The library's own Application (``eventsourcing``): load, decide, save, every event under one cipher."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg
from eventsourcing.application import Application
from eventsourcing.cipher import AESCipher
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import IntegrityError
from psycopg.conninfo import conninfo_to_dict

from benchmarks.cpu import spending
from benchmarks.measuring import Speed, stopwatch, verify
from benchmarks.place import Database, Place

THREADS: Final = 32


class StockCase(Aggregate):
    """A case as its users write one."""

    def __init__(self, circumstances: str) -> None:
        self.circumstances = circumstances
        self.names: list[dict[str, Any]] = []
        self.births: list[dict[str, str]] = []
        self.nationalities: list[str] = []
        self.facility = ""
        self.sex = ""

    @event("NameRecorded")
    def record_name(self, kind: str, parts: list[str], script: str, strength: str) -> None:
        """Record a name."""
        self.names.append({"kind": kind, "parts": parts, "script": script, "strength": strength})

    @event("SexRecorded")
    def record_sex(self, sex: str) -> None:
        """Record the sex."""
        self.sex = sex

    @event("NationalityClaimed")
    def claim_nationality(self, country: str, strength: str) -> None:
        """Record a claimed nationality."""
        del strength
        self.nationalities.append(country)

    @event("AdmittedToFacility")
    def admit(self, facility: str) -> None:
        """Record an admission."""
        self.facility = facility

    @event("MovedToFacility")
    def move(self, facility: str, reason: str) -> None:
        """Record a move."""
        del reason
        self.facility = facility

    @event("BirthRecorded")
    def _birth_recorded(self, birth: str, place: str, strength: str) -> None:
        self.births.append({"birth": birth, "place": place, "strength": strength})

    def record_birth(self, birth: str, place: str, strength: str) -> None:
        """Record an account of the birth, unless it is there."""
        told = {"birth": birth, "place": place, "strength": strength}
        if told not in self.births:
            self._birth_recorded(birth, place, strength)


def environment(database: Database, *, connections: int) -> dict[str, str]:
    """Return the library's settings for a database, with its own cipher."""
    where = conninfo_to_dict(database.databases.url("owner"))
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(where["dbname"]),
        "POSTGRES_HOST": str(where["host"]),
        "POSTGRES_PORT": str(where["port"]),
        "POSTGRES_USER": str(where["user"]),
        "POSTGRES_PASSWORD": str(where["password"]),
        "POSTGRES_POOL_SIZE": str(connections),
        "POSTGRES_CONNECT_TIMEOUT": "30",
        "CIPHER_TOPIC": "eventsourcing.cipher:AESCipher",
        "CIPHER_KEY": AESCipher.create_key(32),
    }


class StockApplication:
    """The stock Application on a database of its own, with as many threads as commands are in flight."""

    name = "stock"

    def __init__(self, place: Place, database: Database) -> None:
        self._place: Final = place
        self._database: Final = database
        self._application: Final[Application[UUID]] = Application(env=environment(database, connections=THREADS))
        self._table: Final = "application_events"

    def load_cases(self, cases: int) -> list[UUID]:
        """Store so many cases of twelve events each, and return their ids.

        By COPY, all with the same states (its cipher does not bind them to a case): saving a few thousand at once
        hangs for ever in the stock recorder's pipeline.
        """
        states = [self._application.mapper.to_stored_event(each) for each in twelve().collect_events()]
        ids = [uuid4() for _ in range(cases)]
        copy = f"COPY {self._table} (originator_id, originator_version, topic, state) FROM STDIN"
        with (
            psycopg.connect(self._database.databases.url("owner")) as connection,
            connection.cursor().copy(copy.encode()) as rows,
        ):
            for case_id in ids:
                for stored in states:
                    rows.write_row((case_id, stored.originator_version, stored.topic, stored.state))
        verify(self._count() == 12 * cases, "the stock application's cases were not loaded")
        return ids

    def command(self, asked: Sequence[tuple[UUID, str, str]]) -> Speed:
        """Record births (case, date, place), 32 at a time.

        :raises WrongAnswer: when not every one was saved once.
        """
        before = self._count()
        with ThreadPoolExecutor(THREADS) as threads:
            took = stopwatch()
            with spending(self._place.pid) as spent:
                receipts = list(threads.map(self._record_birth, asked))
                elapsed = took()
        verify(len(set(receipts)) == len(asked), "the stock application acknowledged one command twice")
        verify(self._count() - before == len(asked), "the stock application did not store what it acknowledged")
        return Speed(len(asked), elapsed, spent.client, spent.server)

    def close(self) -> None:
        """Close its connections."""
        self._application.close()

    def _record_birth(self, asked: tuple[UUID, str, str]) -> int:
        """Load, decide and save, again when another command on the case was faster; return the notification's id."""
        case_id, birth, place = asked
        while True:
            case: StockCase = self._application.repository.get(case_id)
            case.record_birth(birth, place, "claimed")
            try:
                return int(self._application.save(case)[0].notification.id)
            except IntegrityError:
                continue

    def _count(self) -> int:
        return int(str(self._database.one(f"SELECT count(*) FROM {self._table}")[0]))


def twelve() -> StockCase:
    """Return a case with the usual twelve events, not saved yet."""
    case = StockCase("arrival")
    case.record_name("full", ["فاطمة", "أحمد", "حسن", "الجبوري"], "Arab", "claimed")
    case.admit("0b8f9f0e-51f5-4a0f-8f4e-6a3fd6c2b111")
    case.record_sex("female")
    case.claim_nationality("IQ", "claimed")
    case.claim_nationality("SY", "claimed")
    case.record_name("alias", ["Fatima", "Ahmad", "Hassan", "al-Jubouri"], "Latn", "claimed")
    case.move("0b8f9f0e-51f5-4a0f-8f4e-6a3fd6c2b222", "not_stated")
    case.record_birth("1980-01-01", "Mosul", "claimed")
    case.move("0b8f9f0e-51f5-4a0f-8f4e-6a3fd6c2b111", "not_stated")
    case.record_name("kunya", ["Umm 0"], "Latn", "claimed")
    case.move("0b8f9f0e-51f5-4a0f-8f4e-6a3fd6c2b222", "not_stated")
    return case
