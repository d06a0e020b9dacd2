"""Nothing is opened that the log of reads does not hold: whatever any route decrypts is compared with the log."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from adapters.database import Databases
from adapters.embedded import Cluster
from adapters.record import mapper, sealing
from adapters.record.frame import parts_of, subject_of
from adapters.record.opened import ShortMemory, Standing
from adapters.record.record import Record
from adapters.views.projector import Projector
from domain.kernel import Recorded
from domain.privacy import PERSONAL_CLASSES
from tests.api.conftest import Api, newcomer, serving
from tests.examples import CLEARED, NAMED, READY
from tests.examples_subject import WHY
from tests.record.asking import Desk
from tests.sweep.at_noon import at_noon
from tests.sweep.canaries import canary
from tests.sweep.everything import ROUTED, Everything
from tests.views.conftest import fresh_database

Opened = tuple[str, UUID]
"""A class of a person."""


OPENED = sorted(PERSONAL_CLASSES)
PAGES = {
    "GET /v1/cases/{}",
    "GET /v1/cases/{}/diff",
    "GET /v1/cases/{}/readiness",
    "GET /v1/cases/{}/subject-report",
    "GET /v1/audit/cases/{}/clearances/{}",
    "GET /v1/break-glass/{}",
}
"""Every page that opens anything."""


@dataclass
class Watch:
    """What is decrypted or taken from memory, and what the log of reads holds of it, request by request."""

    superuser: psycopg.Connection[Any]
    opened: set[Opened] = field(default_factory=set)
    calls: int = 0
    unrecorded: list[tuple[str, Opened]] = field(default_factory=list)
    opening_routes: set[str] = field(default_factory=set)
    answered: list[int] = field(default_factory=list)
    """Status of each answer for which something was opened."""
    nameless: int = 0
    _last: int = 0

    def saw(self, label: str, subject: UUID) -> None:
        self.opened.add((label, subject))
        self.calls += 1

    def begins(self, _request: httpx.Request) -> None:
        self.opened = set()

    def ends(self, answer: httpx.Response) -> None:
        """Compare as soon as an answer is there: what it rests on has to be committed by then."""
        rows = self.superuser.execute(
            "SELECT read_id, actor, agency, purpose, classes, case_ids, request FROM access.read"
            " WHERE read_id > %s AND reader IN ('human', 'decision')",
            (self._last,),
        ).fetchall()
        noted = {(label, subject) for *_, classes, people, _ in rows for label in classes for subject in people}
        self._last = max([self._last, *(row[0] for row in rows)])
        self.nameless += sum(None in row[1:4] or row[6] is None for row in rows)
        route = f"{answer.request.method} {'/'.join(_step(part) for part in answer.request.url.path.split('/'))}"
        self.unrecorded += [(route, one) for one in self.opened - noted]
        if self.opened:
            self.opening_routes.add(route)
            self.answered.append(answer.status_code)


def _step(part: str) -> str:
    return "{}" if len(part) == len(str(uuid4())) or part.isdigit() else part


@contextmanager
def watched(superuser: psycopg.Connection[Any]) -> Iterator[Watch]:
    """Count at the one place where blocks are decrypted, and where opened facts are remembered."""
    watch = Watch(superuser)
    find = ShortMemory.find

    def unseal(cipher: AESGCMSIV, payload: bytes, bound_to: bytes) -> bytes:
        label, subject = bound_to.decode().splitlines()[-3:-1]
        watch.saw(label, UUID(subject))
        return sealing.unseal(cipher, payload, bound_to)

    def found(self: ShortMemory[Any, Any], name: Any) -> Any:
        remembered = find(self, name)
        if isinstance(remembered, Recorded):
            frame, classes = name
            for label, _, subject, _, _ in parts_of(frame)[1:]:
                if label in classes:
                    watch.saw(label.value, subject_of(subject))
        if isinstance(remembered, Standing):
            for subject, labels in remembered.opened.items():
                for label in labels:
                    watch.saw(label.value, subject)
        return remembered

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(mapper, "unseal", unseal)
        patched.setattr(ShortMemory, "find", found)
        yield watch


@dataclass
class Office:
    """A service that is watched, and people in it of whom something is sealed."""

    api: Api
    everything: Everything
    desk: Desk
    runner: asyncio.Runner
    watch: Watch
    databases: Databases

    def person(self) -> tuple[str, str]:
        """Return the path of somebody who is cleared, with a name, and that of a glass broken for them."""
        case = self.runner.run(self.desk.given(*READY, CLEARED, NAMED))
        body = {"case_id": str(case), "classes": ["identity"], "justification": WHY}
        broken = self.api.officer("caseworker", "DK-RC", "DK").granted("/v1/break-glass", body)
        return f"/v1/cases/{case}", f"/v1/break-glass/{broken['break_glass_id']}"

    def pages(self, case: str, glass: str) -> list[httpx.Response]:
        """Ask for every page that opens something of a person."""
        supervisor, keeper = self.api.officer("supervisor"), self.api.officer("data_protection_officer")
        auditor = self.api.officer("auditor", "UN-OIOS", None)
        everything = "&".join(f"open={each}" for each in OPENED)
        return [
            keeper.read(f"{case}?{everything}&purpose=interview"),
            keeper.read(f"{case}?{everything}&purpose=interview&known_at=99999&as_of=2021-10-10"),
            keeper.read(f"{case}/diff?{everything}&purpose=interview&from_as_of=2021-09-01"),
            supervisor.read(f"{case}/readiness?destination=IQ"),
            keeper.read(f"{case}/subject-report?answering={uuid4()}"),
            auditor.read(f"/v1/audit{case.removeprefix('/v1')}/clearances/{len(READY) + 1}"),
            keeper.read(glass),
        ]


@pytest.fixture(scope="module")
def office(cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    settings = newcomer(tmp_path_factory.mktemp("reads"))
    with (
        fresh_database(cluster, template) as name,
        psycopg.connect(cluster.superuser_url(name), autocommit=True) as superuser,
        watched(superuser) as watch,
        serving(databases := Databases.embedded(cluster, name), settings, at_noon) as port,
        httpx.Client(
            base_url=f"http://127.0.0.1:{port}", event_hooks={"request": [watch.begins], "response": [watch.ends]}
        ) as client,
        asyncio.Runner() as runner,
    ):
        record = runner.run(Record.open(databases, settings))
        api = Api(client, settings, port)
        yield Office(api, Everything(api, record, runner, senders=1), Desk(record), runner, watch, databases)
        runner.run(record.close())


def test_whatever_any_route_opens_is_in_the_log_before_the_answer(office: Office) -> None:
    words = (canary("Latn", number) for number in range(10_000))
    sent = office.everything.send(office.everything.stand(ROUTED), words)
    assert all(one.answer.is_success for one in sent)
    keeper, everything = office.api.officer("data_protection_officer"), "&".join(f"open={each}" for each in OPENED)
    for one in sent:
        if one.command.aggregate == "case" and not one.command.creates:
            assert keeper.read(f"/v1/cases/{one.stream}?{everything}&purpose=interview").is_success
    for answer in office.pages(*office.person()):
        assert answer.status_code == 200, answer.text
    watch = office.watch
    assert watch.unrecorded == []
    assert watch.nameless == 0
    assert watch.calls > 200
    assert {route for route in watch.opening_routes if route.startswith("GET")} == PAGES
    opening = {example.command.verb for example in ROUTED if example.command.opening()}
    assert {route.rpartition("/")[2] for route in watch.opening_routes if route.startswith("POST")} <= opening


def test_a_projector_opens_nothing_outside_the_range_that_it_records(office: Office) -> None:
    office.watch.opened = set()
    Projector(office.databases, office.api.settings).catch_up()
    covered = {
        (label, subject)
        for label, subject in office.watch.superuser.execute(
            "SELECT DISTINCT l.label, k.subject FROM access.read r, unnest(r.classes) AS l (label), record.fact f"
            " JOIN keys.subject_key k ON k.subject = f.stream"
            " WHERE r.reader = 'projector' AND f.position BETWEEN r.from_position AND r.to_position"
        )
    }
    assert office.watch.opened
    assert office.watch.opened <= covered


def test_where_reads_cannot_be_recorded_nothing_is_opened_to_anybody(office: Office) -> None:
    """Also shows that the watch can find: what was decrypted and is not in the log, it counts."""
    person, watch = office.person(), office.watch
    stands = office.everything.stand([example for example in ROUTED if example.command.opening()])
    watch.answered.clear()
    watch.superuser.execute("REVOKE INSERT ON access.read FROM homeward_writer")
    answers = [*office.pages(*person), *(one.answer for one in office.everything.send(stands, iter(())))]
    assert len(watch.answered) >= len(PAGES) + len(stands) / 2
    assert set(watch.answered) == {503}
    assert watch.unrecorded
    refused = [answer for answer in answers if answer.status_code == 503]
    assert {answer.json()["code"] for answer in refused} == {"record.unavailable"}
