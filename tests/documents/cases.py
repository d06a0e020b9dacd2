"""``docs/cases.md``: what caseworkers really type, and the tests that say what becomes of it."""

from __future__ import annotations

from typing import Final

from tests.cases import CASES

HEAD: Final = """\
# What really happens, and what becomes of it

Made from `tests/cases.toml` by `python -m tests.write_documents`. Each row is something that caseworkers type sooner or
later; beside it stand the tests that say what the register does then, each a sentence. A test fails when one of them is
gone. Those of the domain are also replayed: what they record is written to a real PostgreSQL, read back and folded
again.

| | what happens | what becomes of it |
|---:|---|---|
"""
TAIL: Final = """
What concerns whole operations, facilities and imports (a flight for three states, a camp that closes with people in it,
row 7,341 of a file) is not here: those have no streams of their own yet. Names are kept as they were told; whether two
spellings are one name is asked by nobody yet.
"""


def cases() -> str:
    """Return the page."""
    rows = (
        f"| {nth} | {case.told} | {'<br>'.join(map(_told, case.tests))} |\n" for nth, case in enumerate(CASES, start=1)
    )
    return HEAD + "".join(rows) + TAIL


def _told(test: str) -> str:
    file, _, name = test.partition("::")
    folder, _, stem = file.partition("/")
    return f"[{name.replace('_', ' ')}](../tests/{folder}/test_{stem}.py)"
