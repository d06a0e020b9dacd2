"""The command line: results on standard output and nothing else there, a wrong setting in one sentence."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from adapters.settings import read_settings
from api.cli import app, audit
from api.issuer import LocalIssuer, pinned_keys
from api.tokens import NEWCOMER_LIFE_SECONDS, TokenVerifier
from domain.registry import FACTS
from domain.rulebook import RULEBOOK

COMMANDS = ["demo", "serve", "worker", "migrate", "token", "figures", "facts", "rules", "rebuild"]


def homeward(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
        timeout=120,
    )


def test_help_names_every_command_and_is_there_at_once() -> None:
    began = time.process_time()
    shown = homeward("--help")
    assert time.process_time() - began < 2
    assert shown.returncode == 0
    assert all(command in shown.stdout for command in COMMANDS)


@pytest.mark.parametrize(
    ("command", "heavy"),
    [
        ("api.cli", {"fastapi", "psycopg", "sqlalchemy", "domain.registry"}),
        ("api.console.figures", {"fastapi", "sqlalchemy", "alembic", "domain.registry"}),
        ("api.console.listening", {"fastapi", "uvicorn", "domain.registry"}),
        ("api.console.serving", {"sqlalchemy", "alembic"}),
    ],
)
def test_a_command_imports_no_machine_that_it_does_not_need(command: str, heavy: set[str]) -> None:
    asked = f"import sys, {command}; print(*sys.modules)"
    shown = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True, text=True)
    assert not heavy & set(shown.stdout.split())


@pytest.mark.parametrize(
    "command", [*app.registered_commands, *audit.registered_commands], ids=lambda one: one.callback.__name__
)
def test_every_command_explains_itself(command: Any) -> None:
    assert len((command.callback.__doc__ or "").split()) > 10


def test_the_facts_are_told_with_tier_and_class_of_every_field() -> None:
    shown = homeward("facts", "--format", "json")
    told = {fact["topic"]: fact for fact in json.loads(shown.stdout)}
    assert told.keys() == FACTS.keys()
    block = told["case.security-block-imposed"]
    assert (block["name"], block["aggregate"], block["version"]) == ("SecurityBlockImposed", "case", 1)
    fields = {field["name"]: (field["tier"], field["personal_class"]) for field in block["fields"]}
    assert fields == {
        "block_id": (1, None), "agency": (1, None), "ground": (2, "security"), "review_due_on": (0, None)
    }  # fmt: skip


def test_the_rules_are_told_with_cure_and_source() -> None:
    told = json.loads(homeward("rules", "--format", "json").stdout)
    assert [rule["code"] for rule in told] == [rule.code for rule in RULEBOOK]
    assert all({"code", "sentence", "cure", "who", "source", "kind"} == rule.keys() for rule in told)


def test_a_token_is_printed_and_nothing_else(tmp_path: Path) -> None:
    shown = homeward("token", "--role", "caseworker", "--country", "IQ", "--agency", "IQ-MODM", "--data-dir", tmp_path)
    assert (shown.returncode, shown.stderr) == (0, "")
    (token,) = shown.stdout.split()
    settings = read_settings({"HOMEWARD_DATA_DIR": str(tmp_path)})
    verifier = TokenVerifier(
        pinned_keys(settings),
        issuer=settings.issuer,
        audience=settings.audience,
        longest_life_seconds=NEWCOMER_LIFE_SECONDS,
    )
    claims = verifier.verify(token.encode())
    assert (claims.roles, claims.agency, claims.country) == ({"caseworker"}, "IQ-MODM", "IQ")
    assert (tmp_path / "secrets" / "token-issuer.pem").stat().st_mode & 0o777 == 0o600


def test_the_same_officer_is_the_same_person_in_every_token_and_another_is_another(tmp_path: Path) -> None:
    issuer = LocalIssuer.open(read_settings({"HOMEWARD_DATA_DIR": str(tmp_path)}))
    verifier = TokenVerifier(issuer.public_keys(), issuer="http://127.0.0.1:8000", audience="homeward")
    subjects = [
        verifier.verify(
            issuer.issue(role="supervisor", agency="IQ-MODM", country="IQ", life_seconds=60, officer=number).encode()
        ).subject
        for number in (1, 1, 2)
    ]
    assert subjects[0] == subjects[1] != subjects[2]


WRONG = {
    "unknown setting": (("figures", "--as-of", "2021-10-15"), {"HOMEWARD_PROT": "1"}),
    "wrong port": (("serve",), {"HOMEWARD_PORT": "many"}),
    "not loopback": (("serve",), {"HOMEWARD_HOST": "192.0.2.1"}),
    "unknown role": (("token", "--role", "king", "--agency", "IQ-MODM"), {}),
    "no agency code": (("token", "--role", "caseworker", "--agency", "us"), {}),
    "no state": (("token", "--role", "caseworker", "--agency", "IQ-MODM", "--country", "XXX"), {}),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_wrong_is_said_in_one_sentence_with_code_two(kind: str, tmp_path: Path) -> None:
    arguments, environment = WRONG[kind]
    ended = homeward(*arguments, "--data-dir", tmp_path, **environment)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stderr.rstrip()[-1] in ".?"


def test_a_port_that_is_taken_is_said_before_anything_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = homeward("serve", "--port", str(taken.getsockname()[1]), "--data-dir", tmp_path / "data")
    assert (ended.returncode, len(ended.stderr.splitlines())) == (1, 1)
    assert not (tmp_path / "data").exists()


def test_tokens_are_not_made_in_production(tmp_path: Path) -> None:
    production = {
        "HOMEWARD_MODE": "production",
        "HOMEWARD_ACCEPT_LOCAL_KEYS": "yes",
        "HOMEWARD_DATABASE_URL": "postgresql://db.example/h?sslmode=verify-full",
        "HOMEWARD_ISSUER": "https://issuer.example",
        "HOMEWARD_AUDIENCE": "homeward",
    }
    ended = homeward("token", "--role", "auditor", "--agency", "UN-AUDIT", "--data-dir", tmp_path, **production)
    assert ended.returncode != 0
    assert ended.stdout == ""


@pytest.mark.slow
def test_a_scaled_demonstration_prints_one_json_object_and_is_found_again(tmp_path: Path) -> None:
    arguments = ("demo", "--no-serve", "--scale", "0.002", "--format", "json", "--data-dir", tmp_path)
    first = homeward(*arguments)
    assert first.returncode == 0, first.stderr
    result = json.loads(first.stdout)
    assert (result["as_of"], result["scale"]) == ("2021-10-15", 0.002)
    assert result["facts"] > result["cases"] > 100
    assert result["figures"]["F1"]["published"] == "around 11,000"
    again = json.loads(homeward(*arguments).stdout)
    assert {**again, "seconds": 0} == {**result, "seconds": 0}
    earlier = homeward("figures", "--as-of", "2021-10-01", "--data-dir", tmp_path, "--format", "json")
    assert json.loads(earlier.stdout)["figures"]["F9"]["value"] == 0
    rebuilt = homeward("rebuild", "--data-dir", tmp_path)
    assert "exactly what the record says" in rebuilt.stderr
