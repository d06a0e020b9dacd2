"""The API as its users meet it: a real server on a real socket, a fresh database, tokens of its own issuer."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
import uvicorn

from adapters.database import Databases
from adapters.embedded import Cluster
from adapters.settings import Settings, read_settings
from adapters.views.projector import Projector
from api.app import make_front
from api.console.serving import server_configuration
from api.issuer import LocalIssuer
from api.lifespan import services
from api.services import Services
from tests.following import following

WAIT_SECONDS = 20


@dataclass
class Officer:
    """Somebody with a token, who asks and reads."""

    client: httpx.Client
    token: str

    def ask(self, path: str, body: Any = None, *, version: int | str | None = None, **headers: str) -> httpx.Response:
        """Send a command under a new key, on a version of the case where one is given."""
        sent = {"Idempotency-Key": str(uuid4()), **{name.replace("_", "-"): value for name, value in headers.items()}}
        if version is not None:
            sent["If-Match"] = version if isinstance(version, str) else f'"{version}"'
        return self.client.post(path, json={} if body is None else body, headers={**self.authorization, **sent})

    def granted(self, path: str, body: Any = None, *, version: int | str | None = None) -> dict[str, Any]:
        """Send a command that is granted; return the receipt."""
        answer = self.ask(path, body, version=version)
        assert answer.status_code in {200, 201}, answer.text
        receipt: dict[str, Any] = answer.json()
        return receipt

    def read(self, path: str, **headers: str) -> httpx.Response:
        """Read something."""
        return self.client.get(path, headers={**self.authorization, **headers})

    def shown(self, path: str) -> Any:
        """Read something that is shown; return its JSON."""
        answer = self.read(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    @property
    def authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass
class Api:
    """A running service."""

    client: httpx.Client
    settings: Settings
    port: int

    def officer(self, role: str, agency: str = "IQ-MODM", country: str | None = "IQ", number: int = 1) -> Officer:
        """Return an officer with a token of the service's own issuer."""
        issuer = LocalIssuer.open(self.settings)
        token = issuer.issue(role=role, agency=agency, country=country, officer=number, life_seconds=600)
        return Officer(self.client, token)

    def facility(self, code: str = "SY-AL-HOL", name: str = "Al-Hol", kind: str = "camp") -> str:
        """Register a place; return its id."""
        body = {"code": code, "name": name, "kind": kind, "country": "SY", "control": "SY-AANES"}
        return str(self.officer("supervisor").granted("/v1/facilities", body)["facility_id"])

    def case(self, officer: Officer | None = None) -> str:
        """Open a case; return its path."""
        opener = officer or self.officer("caseworker")
        return f"/v1/cases/{opener.granted('/v1/cases', {'circumstances': 'arrival'})['case_id']}"


@pytest.fixture(scope="session")
def api(cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One service for every test that is content with cases of its own."""
    name = f"test_api_{uuid4().hex}"
    with psycopg.connect(cluster.superuser_url(), autocommit=True) as superuser:
        superuser.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER homeward_owner")
    with running(Databases.embedded(cluster, name), newcomer(tmp_path_factory.mktemp("api"))) as service:
        yield service
    with psycopg.connect(cluster.superuser_url(), autocommit=True) as superuser:
        superuser.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def fresh_api(databases: Databases, tmp_path: Path) -> Iterator[Api]:
    """A service on an empty record."""
    with running(databases, newcomer(tmp_path)) as service:
        yield service


def newcomer(data_dir: Path) -> Settings:
    """Return the settings of a newcomer."""
    return read_settings({"HOMEWARD_DATA_DIR": str(data_dir), "HOMEWARD_WAIT_SECONDS": "3"})


@contextmanager
def running(databases: Databases, settings: Settings) -> Iterator[Api]:
    """Run a service, its read models kept by a projector beside it."""
    with (
        following(Projector(databases, settings).run, databases),
        serving(databases, settings) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        yield Api(client, settings, port)


class _Server(uvicorn.Server):
    """A server in a thread: signals are the main thread's; says when it listens."""

    def __init__(self, config: uvicorn.Config, listening: threading.Event) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


Opening = Callable[[Settings, Databases], AbstractAsyncContextManager[Services]]


@contextmanager
def serving(databases: Databases, settings: Settings, opening: Opening = services) -> Iterator[int]:
    """Serve in a thread until the block ends; the port is any free one."""
    servers: list[_Server] = []
    listening = threading.Event()

    async def serve() -> None:
        async with opening(settings, databases) as opened:
            servers.append(_Server(server_configuration(make_front(opened), host="127.0.0.1", port=0), listening))
            await servers[0].serve()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert listening.wait(WAIT_SECONDS)
        yield servers[0].servers[0].sockets[0].getsockname()[1]
    finally:
        for server in servers:
            server.should_exit = True
        thread.join()
