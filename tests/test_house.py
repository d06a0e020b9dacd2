"""The house checks itself; beside every guard stands the proof that it can fail."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("domain", "adapters", "api", "migrations")

PURE = frozenset(sys.stdlib_module_names) | {"domain", "pydantic", "pydantic_core", "typing_extensions"}
IMPURE = frozenset(
    """
    asyncio concurrent ctypes fcntl ftplib glob http io logging mmap multiprocessing os pathlib pickle platform queue
    random sched secrets select selectors shelve shutil signal smtplib socket socketserver sqlite3 ssl subprocess sys
    syslog tempfile threading time urllib
    """.split()  # noqa: SIM905  words to read, not a list to scroll
)
CLOCK_OR_DICE = frozenset(
    """
    now utcnow today uuid1 uuid4 uuid6 uuid7 urandom getrandbits token_bytes token_hex token_urlsafe
    datetime_now_with_tzinfo create_utc_datetime_now trigger_event
    """.split()  # noqa: SIM905  the same
)
DEVICES = frozenset({"open", "print", "input", "breakpoint", "exec", "eval", "__import__"})
LONGEST_FILE = 450
ONE_FILE_ON_PURPOSE = "adapters/evidence/verifier.py"
"""An auditor copies it to a machine where nothing else of us is."""


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield str(file.relative_to(ROOT)), ast.parse(file.read_text())


def impurities(tree: ast.AST) -> list[str]:
    """What in a module needs a computer: a clock, dice, a device, a foreign library."""
    found = []
    imported = {each.asname or each.name.partition(".")[0] for each in aliases(tree)}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found += [f"import {each.name}" for each in names if not is_pure(each.name)]
            case ast.ImportFrom(module=str(module), level=0, names=names):
                found += [f"from {module}"] if not is_pure(module) else []
                found += [f"from {module} import {each.name}" for each in names if each.name in CLOCK_OR_DICE]
            case ast.Attribute(attr=name) if name in CLOCK_OR_DICE and root(node) in imported:
                found.append(f"{root(node)}.{name}")  # act.today, which came with the request, is no clock
            case ast.Call(func=ast.Name(id=name)) if name in DEVICES:
                found.append(f"{name}()")
    return found


def aliases(tree: ast.AST) -> Iterator[ast.alias]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from node.names


def root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def is_pure(module: str) -> bool:
    top = module.partition(".")[0]
    if top == "eventsourcing":
        return module == "eventsourcing.domain"
    return top in PURE and top not in IMPURE


def test_the_domain_needs_no_clock_no_dice_and_no_machine() -> None:
    assert {where: found for where, tree in sources("domain") if (found := impurities(tree))} == {}


@pytest.mark.parametrize(
    "planted",
    [
        "from datetime import datetime\nwhen = datetime.now()",
        "import datetime\nwhen = datetime.datetime.now(datetime.UTC)",
        "from datetime import date as day\nwhen = day.today",
        "import time\nwhen = time.time()",
        "from time import monotonic",
        "from uuid import uuid4\nwho = uuid4()",
        "import uuid\nwho = uuid.uuid4()",
        "import random",
        "import secrets",
        "import os\nluck = os.urandom(8)",
        "import pathlib",
        "rows = open('rows.csv')",
        "print('hello')",
        "import psycopg",
        "from eventsourcing.persistence import StoredEvent",
        "from eventsourcing.domain import datetime_now_with_tzinfo",
        "from adapters.settings import read_settings",
        "def late():\n    import socket",
    ],
)
def test_and_the_guard_of_the_domain_can_fail(planted: str) -> None:
    assert impurities(ast.parse(planted))


def imports_are_kept(house: Path) -> subprocess.CompletedProcess[str]:
    linter = Path(sys.executable).parent / "lint-imports"
    return subprocess.run([linter, "--no-cache"], cwd=house, check=False, capture_output=True, text=True)


def test_the_layers_hold() -> None:
    kept = imports_are_kept(ROOT)
    assert kept.returncode == 0, kept.stdout + kept.stderr


@pytest.mark.parametrize(
    ("file", "planted", "broken"),
    [
        ("domain/planted.py", "import psycopg", "true without a computer"),
        ("domain/planted.py", "from adapters import settings", "The house stands"),
        ("adapters/planted.py", "import api", "The house stands"),
        ("adapters/planted.py", "import fastapi", "knows no HTTP"),
    ],
)
def test_and_the_guard_of_the_layers_can_fail(tmp_path: Path, file: str, planted: str, broken: str) -> None:
    for folder in ("domain", "adapters", "api"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / file).write_text(planted + "\n")
    kept = imports_are_kept(tmp_path)
    assert kept.returncode == 1, kept.stdout + kept.stderr
    assert any(broken in line and "BROKEN" in line for line in kept.stdout.splitlines()), kept.stdout


def judgements(text: str) -> list[str]:
    """Words that call a person what no court has: none of them stands anywhere in the product."""
    words = ("fight" + "er", "terror" + "ist", "illeg" + "al")
    return [word for word in words if word in text.lower()]


def test_no_word_of_the_product_condemns_anybody() -> None:
    files = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py")]
    assert {str(file.relative_to(ROOT)): found for file in files if (found := judgements(file.read_text()))} == {}
    assert judgements("A Foreign Fight" + "er")


def excuses(tree: ast.AST) -> list[str]:
    """What makes a test say yes without looking: skipping, expecting to fail, pretending to be the thing tested."""
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr="skip" | "skipif" | "xfail" | "importorskip" | "monkeypatch" as name):
                found.append(name)
            case ast.Import(names=[ast.alias(name="unittest.mock")]) | ast.ImportFrom(module="unittest.mock"):
                found.append("unittest.mock")
            case ast.ImportFrom(module="unittest", names=names) if any(each.name == "mock" for each in names):
                found.append("unittest.mock")
    return found


def test_no_test_is_excused() -> None:
    assert {where: found for where, tree in sources("tests") if (found := excuses(tree))} == {}
    assert excuses(ast.parse("import pytest\n@pytest.mark.skip\ndef test(): ..."))
    assert excuses(ast.parse("from unittest import mock"))


def test_the_verifier_is_one_file_that_needs_nothing_but_python() -> None:
    needed = {
        each.name if isinstance(node, ast.Import) else str(node.module)
        for node in ast.walk(ast.parse((ROOT / ONE_FILE_ON_PURPOSE).read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for each in node.names
    }
    assert {name.partition(".")[0] for name in needed} <= sys.stdlib_module_names
    assert not needed & {"socket", "urllib", "urllib.request", "http", "http.client", "ssl", "subprocess"}


def test_no_file_swallows_the_house() -> None:
    lengths = {file: len(file.read_text().splitlines()) for folder in FOLDERS for file in (ROOT / folder).rglob("*.py")}
    long = {str(file.relative_to(ROOT)): lines for file, lines in lengths.items() if lines > LONGEST_FILE}
    assert long.pop(ONE_FILE_ON_PURPOSE) < 2 * LONGEST_FILE
    assert long == {}
