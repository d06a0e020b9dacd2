"""What cannot run everywhere is at least held to its promises: the image, the compose file, the login that it makes."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from adapters import migrate
from adapters.database import Databases
from adapters.embedded import EmbeddedPostgres
from adapters.embedded.account import Account
from adapters.embedded.binaries import Binaries
from adapters.roles import ROLE_NAMES
from adapters.settings import read_settings

FOLDER = Path(__file__).parent.parent / "docker"
SAID = {
    "DATABASE_PASSWORD": "0123456789abcdef",
    "HOMEWARD_ISSUER": "https://login.example",
    "HOMEWARD_AUDIENCE": "homeward",
    "HOMEWARD_ORIGIN": "homeward.example/record",
    "HOMEWARD_ACCEPT_LOCAL_KEYS": "yes",
}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return dict(yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"])


def interpolated(environment: dict[str, str]) -> dict[str, str]:
    return {
        name: re.sub(r"\$\{(\w+):\?[^}]*\}", lambda found: SAID[found[1]], text) for name, text in environment.items()
    }


def test_each_part_stands_there(services: dict[str, Any]) -> None:
    assert set(services) == {"postgres", "migrate", "api", "worker"}
    assert [services[name]["command"] for name in ("migrate", "api", "worker")] == [["migrate"], ["serve"], ["worker"]]


def test_no_container_may_more_than_it_needs(services: dict[str, Any]) -> None:
    for service in services.values():
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["user"].split(":")[0] not in {"", "0", "root"}
        assert not service.get("privileged")


def test_only_the_api_is_published_and_only_on_loopback(services: dict[str, Any]) -> None:
    assert {name: service["ports"] for name, service in services.items() if "ports" in service} == {
        "api": ["127.0.0.1:8000:8000"]
    }
    assert services["postgres"]["network_mode"] == "none"


def test_every_image_is_pinned(services: dict[str, Any]) -> None:
    bases = re.findall(r"^FROM (\S+)", (FOLDER / "Dockerfile").read_text(), flags=re.MULTILINE)
    for image in (*bases, services["postgres"]["image"]):
        assert re.search(r":\d+\.\d+(\.\d+)?-", image), image


def test_the_image_runs_as_nobody_in_particular_and_says_whether_it_is_well() -> None:
    lines = (FOLDER / "Dockerfile").read_text()
    assert re.findall(r"^USER (\S+)", lines, flags=re.MULTILINE) == ["10001:10001"]
    assert "HEALTHCHECK" in lines
    assert "/healthz" in lines


def test_its_settings_are_accepted_once_the_operator_has_spoken(services: dict[str, Any]) -> None:
    for name in ("migrate", "api", "worker"):
        settings = read_settings(interpolated(services[name]["environment"]))
        assert settings.mode == "production"
        assert settings.database_url is not None
        assert " " not in settings.database_url


def test_nothing_that_only_the_operator_can_say_has_a_default(services: dict[str, Any]) -> None:
    asked = set(re.findall(r"\$\{(\w+):\?", str(services)))
    assert asked == set(SAID)
    assert set(re.findall(r"\$\{(\w+)", str(services))) == asked


def test_the_login_that_it_makes_owns_the_database_and_stands_above_no_wall(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "data") as cluster:
        with psycopg.connect(cluster.superuser_url(), autocommit=True) as superuser:
            superuser.execute("DROP DATABASE homeward")
            for name in ROLE_NAMES.values():
                superuser.execute(f"DROP ROLE {name}")
            programs = Binaries.reachable_for(Account.for_folder(tmp_path / "data/postgres"))
            subprocess.run(
                [FOLDER / "roles.sh"],
                check=True,
                capture_output=True,
                env={
                    "PATH": f"{programs.folder}:{os.environ['PATH']}",
                    "PGHOST": str(cluster.socket_dir),
                    "PGPASSWORD": superuser.info.password,
                    "POSTGRES_PASSWORD": SAID["DATABASE_PASSWORD"],
                },
            )
        url = f"postgresql://homeward_owner:{SAID['DATABASE_PASSWORD']}@/homeward?host={cluster.socket_dir}"
        databases = Databases.external(url)
        migrate.upgrade(databases)
        databases.check_for_production()
