"""Change the gate and the status in small ways, and see that a test notices: ``make mutation``.

Works on a copy in a temporary folder, writes ``docs/mutation.md``, and ends with 1 when less than nine tenths of the
changes are noticed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parent.parent
PAGE: Final = ROOT / "docs" / "mutation.md"
COPIED: Final = ("domain", "adapters", "api", "benchmarks", "docs", "migrations", "tests", "pyproject.toml")
BAR_PERCENT: Final = 90

SAME_THING: Final[Mapping[str, str]] = {
    "None if (isinstance(stream, Unreadable)) and False else others.get(stream)": (
        "A stream that cannot be read names no case, so looking it up finds none either."
    ),
    "return _received(case, None) and case.work.accepted_open": "Whether somebody is received depends on no day.",
    "for day in sorted({day for day in _turning_days(case) if day >= on}):": (
        "The day itself is what later days are compared with: it never differs from itself."
    ),
}
"""A change that changes nothing anybody can see → why."""

INTRODUCTION: Final = """\
# What the tests of the gate and of the status notice

[mutmut](https://mutmut.readthedocs.io) changes one small thing of the code at a time (a comparison, a name, a default)
and runs the tests that reach it. A change that no test notices is a sentence that is missing, or one that makes no
difference. `make mutation` does it again and writes this page; it fails below {bar} %. Changed are the bodies of
functions; the tables of rules and of statuses are data and proved by tests of their own. The tests of random lives are
left out of it: what they find must not depend on chance.

Measured on {day} with mutmut {mutmut}, Python {python}: **{killed} of {total} changes were noticed ({percent:.1f} %)**.

| file | noticed | of |
|---|---:|---:|
"""


class Survivor(NamedTuple):
    """A change that no test noticed."""

    name: str
    was: str
    became: str


def measured(copy: Path) -> tuple[Counter[str], Counter[str], list[Survivor]]:
    """Return how many changes were made in each file, how many of them were noticed, and which were not."""
    _mutmut(copy, "run", "--max-children", "2", shown=True)
    made, noticed, survivors = Counter[str](), Counter[str](), []
    for line in _mutmut(copy, "results", "--all", "true").splitlines():
        name, _, outcome = line.strip().rpartition(": ")
        file = re.sub(r"\.x[_ǁ].*", "", name).replace(".", "/") + ".py"
        made[file] += 1
        if outcome in {"killed", "timeout"}:
            noticed[file] += 1
        else:
            survivors.append(_shown(copy, name))
    return made, noticed, survivors


def _shown(copy: Path, name: str) -> Survivor:
    lines = [line for line in _mutmut(copy, "show", name).splitlines() if not line.startswith(("---", "+++"))]
    was, became = ([line[1:].strip() for line in lines if line.startswith(sign)] for sign in "-+")
    return Survivor(name, " ".join(was), " ".join(became))


def _mutmut(copy: Path, *asked: str, shown: bool = False) -> str:
    command = [sys.executable, "-m", "mutmut", *asked]
    done = subprocess.run(command, cwd=copy, check=True, text=True, stdout=None if shown else subprocess.PIPE)
    return done.stdout or ""


def page(made: Counter[str], noticed: Counter[str], survivors: list[Survivor]) -> str:
    """Return the page that tells it."""
    text = INTRODUCTION.format(
        bar=BAR_PERCENT,
        day=datetime.now(UTC).date(),
        mutmut=version("mutmut"),
        python=".".join(map(str, sys.version_info[:2])),
        killed=noticed.total(),
        total=made.total(),
        percent=percent(made, noticed),
    )
    text += "".join(f"| `{file}` | {noticed[file]} | {count} |\n" for file, count in sorted(made.items()))
    if survivors:
        text += "\n## Not noticed\n"
    for survivor in survivors:
        why = next((why for became, why in SAME_THING.items() if became in survivor.became), "A sentence is missing.")
        text += f"\n`{survivor.name.rpartition('.x_')[2].rpartition('__mutmut')[0]}`: {why}\n\n"
        text += f"```diff\n- {survivor.was}\n+ {survivor.became}\n```\n"
    return text


def percent(made: Counter[str], noticed: Counter[str]) -> float:
    """Return how much of what was changed was noticed."""
    return 100 * noticed.total() / made.total()


def main() -> int:
    """Measure, write the page, say the figure."""
    changed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutmut"]["only_mutate"]
    with TemporaryDirectory(prefix="mutation-") as folder:
        copy = Path(folder)
        for name in COPIED:
            whole = ROOT / name
            (shutil.copytree if whole.is_dir() else shutil.copy)(whole, copy / name)
        made, noticed, survivors = measured(copy)
    assert set(made) <= set(changed), "mutmut changed what it was not asked to"
    PAGE.write_text(page(made, noticed, survivors))
    sys.stdout.write(
        f"{noticed.total()} of {made.total()} changes noticed ({percent(made, noticed):.1f} %); see {PAGE.name}\n"
    )
    return 0 if percent(made, noticed) >= BAR_PERCENT else 1


if __name__ == "__main__":
    sys.exit(main())
