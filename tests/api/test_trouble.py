"""Trouble: the database dies and comes back, the service dies and comes back, clients hang up."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from adapters.settings import read_settings
from api.issuer import LocalIssuer

SECRET = "Zaynab-al-Mawsiliyya"
PATIENCE_SECONDS = 60
RECOVERY_SECONDS = 180
"""After a crash PostgreSQL first syncs every file of the cluster: seconds here, and as long as a busy disk takes."""


class Service:
    """``homeward serve`` in a process of its own."""

    def __init__(self, data_dir: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.data_dir = data_dir
        self.log = data_dir.parent / f"{self.port}.log"
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=30)
        arguments = [sys.executable, "-m", "api", "serve", "--port", str(self.port), "--data-dir", str(data_dir)]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(arguments, stderr=log, stdout=log)

    def ready(self) -> None:
        """Wait until it serves."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            with suppress(httpx.TransportError):
                if self.client.get("/readyz").status_code == 200:
                    return
            time.sleep(0.05)
        pytest.fail(f"the service does not come up:\n{self.log.read_text()}")

    def officer(self) -> dict[str, str]:
        issuer = LocalIssuer.open(read_settings({"HOMEWARD_DATA_DIR": str(self.data_dir)}))
        token = issuer.issue(role="caseworker", agency="IQ-MODM", country="IQ", life_seconds=3_600)
        return {"Authorization": f"Bearer {token}"}

    def postmaster(self) -> int:
        return int((self.data_dir / "postgres" / "cluster" / "postmaster.pid").read_text().split()[0])


@contextmanager
def service(data_dir: Path) -> Iterator[Service]:
    running = Service(data_dir)
    try:
        running.ready()
        yield running
    finally:
        running.client.close()
        running.process.terminate()
        assert running.process.wait(PATIENCE_SECONDS) in {0, -signal.SIGKILL}


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.kill
@pytest.mark.slow
def test_the_database_dies_under_the_service_and_both_come_back_without_a_restart(tmp_path: Path) -> None:
    with service(tmp_path / "data") as running:
        officer = running.officer()
        acknowledged: list[int] = []
        unavailable = 0
        for turn in range(3):
            os.kill(running.postmaster(), signal.SIGKILL)
            until = time.monotonic() + RECOVERY_SECONDS
            key, recorded = str(uuid4()), False
            while not recorded and time.monotonic() < until:
                answer = running.client.post(
                    "/v1/cases", json={"circumstances": "arrival"}, headers={**officer, "Idempotency-Key": key}
                )
                recorded = answer.status_code == 201
                if recorded:
                    acknowledged += answer.json()["positions"]
                else:
                    unavailable += 1
                    assert answer.status_code == 503, answer.text
                    assert answer.json()["code"] in {"record.unavailable", "record.fate-unknown"}
                    assert answer.headers["Retry-After"]
            assert recorded, f"turn {turn}"
        assert acknowledged == [1, 2, 3]
        until = time.monotonic() + PATIENCE_SECONDS
        while (shown := running.client.get("/v1/worklist?min_position=3", headers=officer)).status_code == 503:
            assert time.monotonic() < until, shown.text
        assert len(shown.json()["cases"]) == 3, shown.text


@pytest.mark.kill
@pytest.mark.slow
def test_a_service_that_was_killed_goes_on_where_it_was_and_one_that_is_asked_to_end_leaves_nothing_running(
    tmp_path: Path,
) -> None:
    with service(tmp_path / "data") as running:
        officer = running.officer()
        body = {"json": {"circumstances": "arrival"}, "headers": {**officer, "Idempotency-Key": "k"}}
        first = running.client.post("/v1/cases", **body)
        running.process.kill()
        running.process.wait()
    with service(tmp_path / "data") as running:
        again = running.client.post("/v1/cases", **body)
        assert again.content == first.content
        postmaster = running.postmaster()
        assert not gone(postmaster)
    until = time.monotonic() + PATIENCE_SECONDS
    while not gone(postmaster) and time.monotonic() < until:
        time.sleep(0.05)
    assert gone(postmaster)


def test_a_client_that_hangs_up_harms_nobody(api: Any) -> None:
    officer = api.officer("caseworker")
    cases = [api.case(officer) for _ in range(6)]
    for case in cases[:3]:
        hang_up(
            api, officer, f"{case}/record-sex", b'{"sex":"female"}', promise=16
        )  # the whole body, no wait for the answer
        hang_up(api, officer, f"{case}/record-sex", b'{"sex":', promise=16)  # half a body
    for case in cases[3:]:
        officer.granted(f"{case}/record-sex", {"sex": "male"})
    until = time.monotonic() + PATIENCE_SECONDS
    while [officer.shown(case)["version"] for case in cases] != [2] * 6 and time.monotonic() < until:
        time.sleep(0.05)
    assert [officer.shown(case)["version"] for case in cases] == [2] * 6


def hang_up(api: Any, officer: Any, path: str, body: bytes, *, promise: int) -> None:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {officer.token}\r\n"
        "Content-Type: application/json\r\n"
        f"Idempotency-Key: {uuid4()}\r\nContent-Length: {promise}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", api.port)) as line:
        line.sendall(head.encode() + body)


@pytest.mark.parametrize(
    "sent",
    [
        b"GARBAGE\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /v1/cases HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n",
        b"POST /v1/cases HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"GET /v1/worklist HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\xfe\r\nConnection: close\r\n\r\n",
        b"GET /%00%ff/../v1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ],
)
def test_what_is_no_request_is_answered_and_the_service_goes_on(api: Any, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", api.port), timeout=10) as line:
        line.sendall(sent)
        answer = line.recv(65_536)
    assert answer.split(b" ")[1] in {b"400", b"401", b"404"}
    assert api.client.get("/healthz").status_code == 200


@pytest.mark.slow
def test_the_journal_holds_nothing_that_was_sent(tmp_path: Path) -> None:
    with service(tmp_path / "data") as running:
        officer = running.officer()
        for path, body in {
            "/v1/cases": {"circumstances": SECRET},
            f"/v1/cases/{SECRET}/record-sex": {"sex": SECRET},
            f"/v1/{SECRET}": {},
        }.items():
            running.client.post(path, json=body, headers={**officer, "Idempotency-Key": SECRET, "X-Name": SECRET})
        running.client.get(f"/v1/worklist?country={SECRET}", headers=officer)
        running.client.request(SECRET.upper(), "/v1/worklist", headers=officer)
        opened = running.client.post(
            "/v1/cases", json={"circumstances": "arrival"}, headers={**officer, "Idempotency-Key": SECRET}
        )
        assert opened.status_code == 201
    text = running.log.read_text()
    assert SECRET.lower() not in text.lower()
    assert opened.json()["case_id"] not in text
    assert officer["Authorization"].split(".")[2] not in text
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    requests = [line for line in lines if line["event"] == "request"]
    assert {line["route"] for line in requests} >= {"/v1/cases", "/v1/worklist", "unmatched"}
    assert all(
        line.keys() <= {"event", "level", "timestamp", "request", "method", "route", "status", "ms"}
        for line in requests
    )
    assert "NOT FOR REAL PEOPLE" in text
