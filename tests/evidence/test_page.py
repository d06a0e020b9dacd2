"""The page for auditors does what it says: its commands are run, and what they print is compared."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from adapters.embedded import EmbeddedPostgres

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "verifying.md"
SHIMS = {"homeward": "-m api", "homeward-verify": "-m adapters.evidence.verifier", "python": ""}


class Step(NamedTuple):
    """A command of the page, and what it says that it prints."""

    command: str
    printed: str


def steps() -> list[Step]:
    found: list[Step] = []
    for block in re.findall(r"```console\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = part.splitlines()
            more = [line.removeprefix("> ") for line in lines[1:] if line.startswith("> ")]
            rest = [line.strip() for line in lines[1:] if not line.startswith("> ")]
            found.append(Step("\n".join([lines[0], *more]), "\n".join(rest)))
    return found


def is_as_told(told: str, printed: str) -> bool:
    pattern = re.escape(told).replace("…", ".*")
    return re.fullmatch(pattern, "\n".join(line.strip() for line in printed.splitlines())) is not None


@pytest.mark.slow
def test_an_auditor_who_follows_the_page_sees_what_it_says(tmp_path: Path) -> None:
    shims = tmp_path / "bin"
    shims.mkdir()
    for name, module in SHIMS.items():
        (shims / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n')
        (shims / name).chmod(0o755)
    desk = tmp_path / "desk"
    desk.mkdir()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")},
        "PATH": f"{shims}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    first, *others = steps()
    follow(first, desk, environment)
    with EmbeddedPostgres(desk / "var"):  # or every step would start and end the server
        for step in others:
            follow(step, desk, environment)


def follow(step: Step, desk: Path, environment: Mapping[str, str]) -> None:
    """Type what the page says, and compare what is printed."""
    ended = subprocess.run(
        ["bash", "-c", step.command],
        cwd=desk,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    assert is_as_told(step.printed, ended.stdout), f"$ {step.command}\n{ended.stdout}"


def test_and_a_page_that_says_something_else_is_noticed() -> None:
    assert is_as_told("TAMPERED; first bad position: 5…", "TAMPERED; first bad position: 500")
    assert not is_as_told("TAMPERED; first bad position: 6…", "TAMPERED; first bad position: 500")
    assert len(steps()) > 20
