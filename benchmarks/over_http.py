"""The same command over HTTP: token, policy, If-Match, Idempotency-Key; one API process, 32 connections.

Against a CRUD service behind the same guard, which updates a row and inserts an audit row.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from adapters import migrate
from adapters.embedded.cluster import DATABASE
from api.issuer import LocalIssuer
from benchmarks.cases import AGENCY, COUNTRY
from benchmarks.command import CASES, IN_FLIGHT, Commanding, told
from benchmarks.cpu import seconds_of
from benchmarks.measuring import ALTERNATIONS, Absent, Result, Say, Series, Speed, verify
from benchmarks.peers.crud import FIRST_VERSION, crud_server
from benchmarks.peers.programs import Conversation
from benchmarks.place import HERE, Database, Place, place
from benchmarks.serving import Served

REQUESTS: Final = 600
"""In one alternation."""
BARS: Final = {"crud": 3.0}
ISSUER: Final = "http://127.0.0.1"
OFFICERS: Final = Path(__file__).resolve().parent / "peers" / "http_officers.py"
SERVE: Final = "from api.cli import main; main()"


def run(data_dir: Path | None, say: Say) -> Result:
    """Measure one API process. Uses a folder of its own beside the data, because it records cases."""
    result = Result("http", "commands over HTTP on a case of twelve facts, 32 connections", "requests/s", bars=BARS)
    beside = data_dir or HERE
    beside.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=beside, prefix="http-")))
        here = stack.enter_context(place(folder))
        main = here.existing(DATABASE)
        migrate.upgrade(main.databases)
        say(f"loading {CASES:,} cases")
        with Commanding(here, main, folder) as loaded:
            cases = loaded.cases
        say("starting both services")
        environment = {"HOMEWARD_DATA_DIR": str(folder), "HOMEWARD_ISSUER": ISSUER, "HOMEWARD_PROJECTOR": "off"}
        ours = stack.enter_context(
            Served(lambda port: ["-c", SERVE, "serve", "--port", str(port)], environment, ready="/readyz")
        )
        rows = stack.enter_context(here.database("crud"))
        crud = _crud(rows, environment, cases, result)
        if crud is not None:
            stack.callback(crud.close)
        officers = Conversation([sys.executable, str(OFFICERS)], dict(os.environ), folder)
        stack.callback(officers.close)
        client = Client(here, officers, cases, _token(here))
        series = Series()
        for nth in range(ALTERNATIONS + 1):
            say(f"{nth} of {ALTERNATIONS}")
            before = _head(main)
            mine = client.send(ours, nth)
            _verify_recorded(main, before)
            theirs = None
            if crud is not None:
                theirs = client.send(crud, nth)
                _verify_updated(rows, (nth + 1) * REQUESTS)
            if nth == 0:
                continue  # for warming up
            if theirs is None:
                series.ours.append(mine)
            else:
                series.add("crud", mine, theirs)
    series.fill(result)
    result.details["ms_of_the_service_itself_for_1,000"] = {
        name: statistics.median(client.api_ms[service.port])
        for name, service in (("ours", ours), ("crud", crud))
        if service is not None
    }
    result.correct = True
    return result


def _crud(rows: Database, environment: Mapping[str, str], cases: Sequence[UUID], result: Result) -> Served | None:
    try:
        return crud_server(rows, environment, cases)
    except Absent as why:
        result.absent["crud"] = str(why)
        result.peers["crud"] = "absent"
        return None


class Client:
    """Sends the same requests to one service or the other."""

    def __init__(self, here: Place, officers: Conversation, cases: Sequence[UUID], token: str) -> None:
        self._here: Final = here
        self._officers: Final = officers
        self._cases: Final = cases
        self._token: Final = token
        self.api_ms: Final[defaultdict[int, list[float]]] = defaultdict(list)
        """Port → CPU of the service's own process for 1,000 requests, one for each alternation."""

    def send(self, service: Served, nth: int) -> Speed:
        """Send the requests of one alternation.

        :raises WrongAnswer: when one of them is not answered with 200.
        """
        requests = [
            (str(self._cases[one.case]), json.dumps({"birth": one.birth, "place": one.place}))
            for one in told(nth, REQUESTS)
        ]
        before = [seconds_of(pid) for pid in (self._officers.pid, service.pid, self._here.pid)]
        answer: dict[str, Any] = self._officers.ask(
            requests=requests,
            token=self._token,
            port=service.port,
            connections=IN_FLIGHT,
            first_version=FIRST_VERSION,
        )
        after = [seconds_of(pid) for pid in (self._officers.pid, service.pid, self._here.pid)]
        verify(answer["ok"] == len(requests), f"answers were {answer['statuses']}")
        client, api, database = (later - earlier for later, earlier in zip(after, before, strict=True))
        self.api_ms[service.port].append(1e6 * api / len(requests))
        return Speed(len(requests), answer["seconds"], client, api + database)


def _token(here: Place) -> str:
    issuer = LocalIssuer.open(here.with_issuer(ISSUER))
    return issuer.issue(role="caseworker", agency=AGENCY, country=COUNTRY, life_seconds=3_600)


def _head(database: Database) -> int:
    return int(str(database.one("SELECT max(position) FROM record.fact")[0]))


def _verify_recorded(database: Database, before: int) -> None:
    """Make sure that every request became one fact, densely.

    :raises WrongAnswer: when it is not so.
    """
    counted = database.one("SELECT count(*), max(position) FROM record.fact WHERE position > %s", before)
    verify(counted == (REQUESTS, before + REQUESTS), f"{REQUESTS} requests made facts {counted} after {before}")
    gap = "SELECT FROM record.fact GROUP BY stream HAVING max(version) <> count(*)"
    verify(database.one(f"SELECT count(*) FROM ({gap}) gap") == (0,), "the versions of a case are not dense")


def _verify_updated(database: Database, requests: int) -> None:
    """Make sure that the CRUD service updated, audited and remembered every request.

    :raises WrongAnswer: when it did not.
    """
    counted = database.one(
        "SELECT (SELECT count(*) FROM audit_row), (SELECT count(*) FROM key_row),"
        " (SELECT sum(version - %s)::bigint FROM case_row)",
        FIRST_VERSION,
    )
    verify(counted == (requests,) * 3, f"the CRUD service made {counted} of {requests} requests")
