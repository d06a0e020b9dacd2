"""What caseworkers really type, case by case, and the tests that say what becomes of it."""

from __future__ import annotations

import ast
import importlib
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from inspect import signature
from itertools import product
from pathlib import Path
from typing import Any, Final, NamedTuple

TESTS: Final = Path(__file__).parent


class Case(NamedTuple):
    """One thing that happens, as an officer would tell it."""

    told: str
    tests: tuple[str, ...]
    """``folder/file::name``, without the ``test_`` of either."""


CASES: Final = tuple(
    Case(one["told"], tuple(one["tests"])) for one in tomllib.loads((TESTS / "cases.toml").read_text())["case"]
)


def functions(told: str) -> tuple[Path, str]:
    """Return the file and the function of a test of the table."""
    place, _, name = told.partition("::")
    folder, _, file = place.partition("/")
    return TESTS / folder / f"test_{file}.py", f"test_{name}"


@cache
def defined(file: Path) -> frozenset[str]:
    """Return the functions that a file defines."""
    tree = ast.parse(file.read_text()) if file.exists() else ast.Module([], [])
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def scenarios(told: str) -> Iterator[Callable[..., None]]:
    """Yield a test of the domain, once for each of its parameters: called with a scenario, it tells its case."""
    file, name = functions(told)
    test = getattr(importlib.import_module(f"tests.{file.parent.name}.{file.stem}"), name)
    if "case" not in signature(test).parameters:
        return
    marks = [mark.args for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
    for chosen in product(*(values for _, values in marks)):
        given: dict[str, Any] = {}
        for (names, _), values in zip(marks, chosen, strict=True):
            each = (names,) if isinstance(names, str) else names
            plain = getattr(values, "values", values)
            given |= zip(each, plain if len(each) > 1 else (plain,), strict=True)
        yield lambda case, test=test, given=given: test(case, **given)
