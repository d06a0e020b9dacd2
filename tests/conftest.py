"""What tests stand on: one real PostgreSQL for the whole run, a fresh migrated database for each test that asks."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator, Iterator
from itertools import islice
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from hypothesis import settings as hypothesis_settings
from psycopg import sql

from adapters.database import Databases
from adapters.embedded import Cluster, EmbeddedPostgres
from adapters.embedded.cluster import SUPERUSER, password
from adapters.embedded.lease import alone
from adapters.roles import ROLE_NAMES

TEMPLATE = "homeward_template"
MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes a private folder in it
ROOM_BYTES = 2 << 30
"""Four times of what a whole run takes there at a time."""

hypothesis_settings.register_profile("here", deadline=None)
hypothesis_settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis_settings.register_profile("long", deadline=None, max_examples=1_000)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_configure() -> None:
    """Keep what tests write in memory, where there is room: no test cuts the power, and a process finds it either way.

    Making the 300 files of a database and removing them took 0.38 s of CPU on a disk with a journal, 0.02 s in memory.
    """
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK):
        there = os.statvfs(MEMORY)
        if there.f_bavail * there.f_frsize >= ROOM_BYTES and not there.f_flag & os.ST_NOEXEC:
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage among modules and tests, which stay as long as the run: that took seconds of each worker."""
    gc.disable()
    collected = yield
    gc.freeze()
    gc.enable()
    return collected


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let each worker begin with its part of the modules that take long: then all of them end together.

    A worker gets as many tests as the others, one after the other; who is done takes over what another has last.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    slow = [item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("kill")]
    modules = list(dict.fromkeys(slow))
    rest = iter([item for item in items if item.path not in modules])
    ordered: list[pytest.Item] = []
    for nth in range(workers):
        first = [item for item in items if item.path in modules[nth::workers]]
        ordered += [*first, *islice(rest, max(0, len(items) // workers - len(first)))]
    items[:] = [*ordered, *rest]


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that every worker of this run sees."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def cluster(shared_folder: Path) -> Iterator[Cluster]:
    """The server of this run: the first worker starts it, the last ends it. It forgets; a kill test makes its own."""
    with EmbeddedPostgres(shared_folder / "server", durable=False) as running:
        yield running


@pytest.fixture(scope="session")
def template(cluster: Cluster, shared_folder: Path) -> str:
    """The name of a migrated database, made once, that tests clone."""
    with alone(shared_folder / "template.lock"), psycopg.connect(cluster.superuser_url(), autocommit=True) as superuser:
        if superuser.execute("SELECT FROM pg_database WHERE datname = %s", [TEMPLATE]).rowcount == 0:
            from adapters import migrate  # noqa: PLC0415 - half a second that one process of a run needs

            unfinished = f"{TEMPLATE}_unfinished"
            superuser.execute(f"CREATE DATABASE {unfinished} OWNER homeward_owner")
            migrate.upgrade(Databases.embedded(cluster, unfinished))
            _let_in_at_once(cluster, superuser)
            superuser.execute(f"ALTER DATABASE {unfinished} RENAME TO {TEMPLATE}")
    return TEMPLATE


def _let_in_at_once(cluster: Cluster, superuser: psycopg.Connection[tuple[object, ...]]) -> None:
    """Keep the passwords, hashed once instead of 4,096 times: that was half of each of thousands of connections."""
    superuser.execute("SET scram_iterations = 1")
    for user in (SUPERUSER, *ROLE_NAMES.values()):
        secret = sql.Literal(password(cluster.secrets_dir, user))
        superuser.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(user), secret))


@pytest.fixture
def database_name(cluster: Cluster, template: str) -> Iterator[str]:
    """A fresh migrated database, gone after the test even when connections to it were forgotten."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(cluster.superuser_url(), autocommit=True) as superuser:
        superuser.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER homeward_owner").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
    yield name
    with psycopg.connect(cluster.superuser_url(), autocommit=True) as superuser:
        superuser.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def databases(cluster: Cluster, database_name: str) -> Databases:
    """The fresh database as each role reaches it."""
    return Databases.embedded(cluster, database_name)


@pytest.fixture
def superuser_url(cluster: Cluster, database_name: str) -> str:
    """The fresh database as nobody of the product reaches it: for looking behind the walls, and for tampering."""
    return cluster.superuser_url(database_name)
