"""No personal value stands in plain where it rests or leaks: 300 canaries in five scripts, and a sweep for them.

They are recorded through HTTP in every field that takes a text, by the service as it runs, in a process of its own, and
then searched for in its data directory and write-ahead log, a dump, its log, what it answers, the feed, and a bundle.
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
import orjson
import psycopg
import pytest

from adapters.database import Databases
from adapters.embedded import Cluster, EmbeddedPostgres
from adapters.embedded.cluster import DATABASE
from adapters.evidence.bundle import Exporter, Selection
from adapters.evidence.local import log_of_record
from adapters.record.record import Record
from adapters.settings import Settings, read_settings
from domain.facts import Fact, labels_of
from domain.privacy import PERSONAL_CLASSES
from tests.api.conftest import Api, Officer
from tests.examples import FACT
from tests.forgetting.backups import plain
from tests.record.asking import EVERYTHING, Desk, an_officer
from tests.sweep.canaries import CONTROL, STEMS, canary, found_below, found_in, spellings
from tests.sweep.everything import ROUTED, Everything, Sent, changed_at, fits, texts, words_in, written

WAIT_SECONDS = 30
LONG_TEXT = "as long a text as any field asks for, in letters"
EVERY_PAGE = EVERYTHING | {"subject-request:read", "break-glass:read"}
WITH_TEXT = tuple(
    example
    for example in ROUTED
    if example.command.aggregate != "facility" and written(example.command, iter([LONG_TEXT]))[1]
)
"""Every command about a person in which an officer writes something. The name of a camp is nobody's."""
READS = (
    "/healthz",
    "/readyz",
    "/metrics",
    "/docs",
    "/v1/worklist?limit=500",
    "/v1/tasks?limit=500",
    "/v1/flags?limit=500",
    "/v1/blocks?limit=500",
    "/v1/facilities",
    "/v1/figures?as_of=2021-10-15",
    "/v1/audit/corrections?limit=500",
    "/v1/audit/breaches?limit=500",
    "/v1/audit/erasures?limit=500",
    "/v1/audit/break-glass?limit=500",
    "/v1/subject-requests?limit=500",
    "/v1/events?limit=1000",
)


@dataclass
class Left:
    """What a service left behind that recorded canaries: everything that it wrote and said."""

    data_dir: Path
    sent: list[Sent] = field(default_factory=list)
    recorded: set[tuple[str, str]] = field(default_factory=set)
    """(topic, field) in which a canary was read back, with every key."""
    said: list[bytes] = field(default_factory=list)
    """Bodies and headers of answers."""
    refusals: int = 0
    feed: bytes = b""
    dump: bytes = b""
    log: bytes = b""
    bundle: Path = Path()


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    """Record canaries with a service, ask it for everything that it shows, stop it, and look at what it left."""
    folder = tmp_path_factory.mktemp("sweep")
    data_dir, output = folder / "data", folder / "output"
    left = Left(data_dir, bundle=folder / "bundle")
    settings = read_settings({"HOMEWARD_DATA_DIR": str(data_dir)})
    with EmbeddedPostgres(data_dir) as cluster:
        databases = Databases.embedded(cluster)
        with _service(data_dir, output) as client, asyncio.Runner() as runner:
            record = runner.run(Record.open(databases, settings))
            api = Api(client, settings, client.base_url.port or 0)
            everything = Everything(api, record, runner, camp=CONTROL)
            for script in STEMS:
                words = (canary(script, number) for number in count())
                left.sent += everything.send(everything.stand(WITH_TEXT), words)
            left.recorded = runner.run(_read_back(Desk(record, an_officer(may=EVERY_PAGE)), left.sent))
            runner.run(record.close())
            _listen(api, left)
        _write_down(cluster, databases, settings, left)
    left.log = output.read_bytes() + b"".join(file.read_bytes() for file in data_dir.glob("*.log"))
    return left


@contextmanager
def _service(data_dir: Path, output: Path) -> Iterator[httpx.Client]:
    """Run ``homeward serve`` with its worker, saying all that it has to say; ends both."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with output.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.sweep.at_noon", str(data_dir), str(port)],
            stdout=said,
            stderr=said,
            env={**os.environ, "HOMEWARD_LOG_LEVEL": "debug"},
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=WAIT_SECONDS) as client:
            until = time.monotonic() + WAIT_SECONDS
            while not _answers(client):
                assert time.monotonic() < until, output.read_text()
                time.sleep(0.1)
            yield client
    finally:
        process.terminate()
        process.wait(WAIT_SECONDS)


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").is_success
    except httpx.TransportError:
        return False


async def _read_back(desk: Desk, sent: list[Sent]) -> set[tuple[str, str]]:
    """Return in which fields of which facts canaries were recorded."""
    words = {word for one in sent for word in one.words}
    recorded: set[tuple[str, str]] = set()
    for one in sent:
        if one.words:
            stream = UUID(next(value for name, value in one.answer.json().items() if name.endswith("_id")))
            found = await desk.read(stream, *PERSONAL_CLASSES, aggregate=one.command.aggregate)
            for known in found.facts:
                for name, value in known.fact:
                    if words_in(value, words):
                        recorded.add((known.fact.topic, name))
    return recorded


def _listen(api: Api, left: Left) -> None:
    """Ask for everything that is shown without opening anything, and be refused in every way; keep what is answered."""
    head = api.client.get("/readyz").json()["head"]
    auditor, caseworker = api.officer("auditor", "UN-OIOS", None), api.officer("caseworker")
    keeper = api.officer("data_protection_officer")
    until = time.monotonic() + WAIT_SECONDS
    while api.client.get("/readyz").json()["projected"] < head:
        assert time.monotonic() < until
        time.sleep(0.05)
    left.said += [_whole(one.answer) for one in left.sent]
    for path in READS:
        left.said += [_whole(officer.read(path)) for officer in (auditor, caseworker, keeper)]
    cases = [one for one in left.sent if one.command.aggregate == "case" and not one.command.creates]
    for one in cases[::20]:
        paths = ("", "/timeline", "/readiness?destination=IQ", "/diff?from_known_at=1&to_known_at=99999")
        left.said += [_whole(auditor.read(f"/v1/cases/{one.stream}{path}")) for path in paths]
        left.said += [_whole(caseworker.read(f"/v1/cases/{one.stream}{path}")) for path in paths]
    left.feed = b"".join(_feed(api.officer("integrator")))
    for script in STEMS:
        for answer in _refused(caseworker, cases[0].stream, canary(script, 1)):
            assert answer.is_client_error, answer.text
            left.refusals += 1
            left.said.append(_whole(answer))


def _whole(answer: httpx.Response) -> bytes:
    return str(answer.headers).encode() + answer.content


def _feed(integrator: Officer) -> Iterator[bytes]:
    """Yield the feed as pages and as it is streamed."""
    page, events = integrator.read("/v1/events?limit=1000"), 0
    while page.json():
        events += len(page.json())
        yield _whole(page)
        page = integrator.read(page.links["next"]["url"])
    headers = {**integrator.authorization, "Accept": "text/event-stream"}
    with integrator.client.stream("GET", "/v1/events/stream?after=0", headers=headers) as stream:
        for line in stream.iter_lines():
            yield line.encode()
            events -= line.startswith("data: {")
            if events == 0:
                return


def _refused(officer: Officer, case: UUID, word: str) -> Iterator[httpx.Response]:
    """Yield answers to requests that hold a canary where it does not belong."""
    path, name = f"/v1/cases/{case}", {"kind": "full", "name": {"parts": [word], "script": "Latn"}}
    for body in (
        {**name, word: word},
        {**name, "kind": word},
        {"kind": "full", "name": {"parts": [word * 40], "script": "Latn"}},
        {"kind": "full", "name": {"parts": [f"{word}\u202e"], "script": "Latn"}},
        {**name, "occurred_on": word},
        {**name, "source": {word: word}},
        [word],
        word,
    ):
        yield officer.ask(f"{path}/record-name", body)
    spelled = quote(word)
    yield officer.ask(f"{path}/{spelled}", name)
    yield officer.ask(f"/v1/cases/{spelled}/record-name", name)
    for query in (f"as_of={spelled}", f"known_at={spelled}", f"open={spelled}", f"open=identity&purpose={spelled}"):
        yield officer.read(f"{path}?{query}")
    yield officer.read(f"{path}/readiness?destination={spelled}")
    yield officer.read(f"/v1/worklist?after={spelled}")
    yield officer.read(f"/v1/{spelled}")
    yield officer.read(path, Authorization=f"Bearer {spelled}")
    yield officer.ask(f"{path}/record-name", {**name, "name": 7}, version=f'"{spelled}"')
    raw = f'{{"kind": "{word}'.encode()
    sent = {**officer.authorization, "Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
    yield officer.client.post(f"{path}/record-name", content=raw, headers=sent)
    yield officer.client.post(f"{path}/record-name", content=word.encode("utf-16"), headers=sent)


def _write_down(cluster: Cluster, databases: Databases, settings: Settings, left: Left) -> None:
    """Dump, export, and have the server write everything to its files."""
    local = log_of_record(settings)
    local.sealer(databases).catch_up()
    with psycopg.connect(databases.url("projector"), autocommit=True) as connection:
        Exporter(connection, local).write(Selection(), left.bundle)
    left.dump = plain(cluster, DATABASE)
    with psycopg.connect(cluster.superuser_url(), autocommit=True) as superuser:
        superuser.execute("CHECKPOINT")


# ---------------------------------------------------------------- that they were recorded
@pytest.mark.slow
def test_every_field_that_holds_a_text_holds_a_canary_in_each_script(left: Left) -> None:
    assert all(one.answer.is_success for one in left.sent), [
        one.answer.text for one in left.sent if one.answer.is_error
    ]
    words = {word for one in left.sent for word in one.words}
    assert len(words) >= 200
    assert {script: any(stem in word for word in words) for script, stem in STEMS.items()} == dict.fromkeys(STEMS, True)
    assert left.recorded >= {place for topic, fact in FACT.items() for place in _take_texts(topic, fact)}


def _take_texts(topic: str, fact: Fact) -> Iterator[tuple[str, str]]:
    """Yield the sealed fields of a fact that take any text, also within (a part of a name)."""
    body = fact.model_dump(mode="json")
    for name, label in labels_of(type(fact)).items():
        places = [place for place in texts(body) if place[0] == name]
        if label in PERSONAL_CLASSES and any(fits(type(fact), changed_at(body, place, LONG_TEXT)) for place in places):
            yield topic, name


# ---------------------------------------------------------------- that none is anywhere in plain
@pytest.mark.slow
def test_none_stands_in_the_data_directory_or_the_write_ahead_log(left: Left) -> None:
    assert list(left.data_dir.rglob("pg_wal/0*"))
    assert found_below(left.data_dir) == {}


def test_none_stands_in_a_dump(left: Left) -> None:
    assert found_in(left.dump) == set()


def test_none_stands_in_the_log_of_the_service(left: Left) -> None:
    assert left.log.count(b"/record-name") > len(STEMS)
    assert found_in(left.log) == set()


def test_none_comes_back_in_an_answer(left: Left) -> None:
    assert left.refusals >= 20 * len(STEMS)
    assert found_in(b"\n".join(left.said)) == set()


def test_none_leaves_with_the_feed_or_a_bundle(left: Left) -> None:
    assert left.feed.count(b"org.homeward.case.name-recorded.v1") >= 2 * len(STEMS)
    assert found_in(left.feed) == set()
    assert found_below(left.bundle) == {}


# ---------------------------------------------------------------- that the sweep can find
def test_what_is_no_secret_is_found_where_it_rests_and_where_it_is_shown(left: Left) -> None:
    stored = found_below(left.data_dir, "control")
    assert any("pg_wal" in file for file in stored)
    assert any("/base/" in file for file in stored)
    assert found_in(left.dump, "control")
    assert found_in(b"\n".join(left.said), "control")
    assert found_in(left.feed, "control") == {("control", "utf-8")}
    assert found_below(left.bundle, "control")


@pytest.mark.parametrize("script", STEMS)
def test_a_canary_is_found_however_it_is_written(script: str, tmp_path: Path) -> None:
    dice, word = random.Random(7), canary(script, 42)
    said = {
        "utf-8": word.encode(),
        "lower": word.lower().encode(),
        "upper": word.upper().encode(),
        "utf-16-le": word.encode("utf-16-le"),
        "utf-16-be": word.encode("utf-16-be"),
        "url": quote(f"name={word}&").encode(),
        "json": orjson.dumps({"name": word}),
        "ascii json": ("".join(f"\\u{ord(letter):04x}" for letter in word) if not word.isascii() else word).encode(),
        "hex": word.encode().hex().encode(),
        **{f"base64 {nth}": b64encode(b"x" * nth + word.encode() + b"y") for nth in range(4)},
        **{f"utf-16 base64 {nth}": b64encode(b"x" * nth + word.encode("utf-16-le")) for nth in range(4)},
    }
    for nth, (name, content) in enumerate(said.items()):
        noise = dice.randbytes(10_000)
        (tmp_path / f"{nth}").write_bytes(noise[:nth] + content + noise[nth:])
        assert {stem for stem, _ in found_in((tmp_path / f"{nth}").read_bytes())} == {script}, name
    assert len(found_below(tmp_path)) == len(said)
    assert found_in(dice.randbytes(1_000_000)) == set()


def test_every_spelling_is_long_enough_not_to_occur_by_chance() -> None:
    assert all(len(pattern) >= 8 for stem in STEMS.values() for _, pattern in spellings(stem))
