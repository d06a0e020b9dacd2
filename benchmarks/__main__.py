"""``python -m benchmarks NAME --json [--data-dir DIR]`` measures one workload; without a name, all of them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from rich.console import Console

from adapters.settings import SettingError
from benchmarks.all import measure, measure_all
from benchmarks.measuring import NeedsFacts
from benchmarks.prepare import prepare
from benchmarks.report import show
from benchmarks.workloads import WORKLOADS

PREPARE: Final = "prepare"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; 1 when an answer was wrong, 2 when the question was."""
    asked = parser().parse_args(arguments)
    if asked.name == PREPARE and asked.data_dir is None:
        parser().error("prepare needs --data-dir")
    console = Console(stderr=True)
    try:
        if asked.name is None:
            return measure_all(asked.data_dir, console)
        if asked.name == PREPARE:
            return _prepare(asked.data_dir, console, as_json=asked.json)
        return _one(asked.name, asked.data_dir, console, as_json=asked.json)
    except (NeedsFacts, SettingError) as wrong:
        console.print(str(wrong), style="red")
        return 2


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    made.add_argument(
        "name", nargs="?", choices=[PREPARE, *WORKLOADS], help="`prepare`, or one workload; none: all, with a report"
    )
    made.add_argument("--json", action="store_true", help="print one JSON object")
    made.add_argument("--data-dir", type=Path, help="data folder; with a million facts after `prepare`")
    return made


def _prepare(data_dir: Path, console: Console, *, as_json: bool) -> int:
    with console.status(PREPARE) as status:
        report = prepare(data_dir, status.update)
    if as_json:
        print(json.dumps(asdict(report)))
    else:
        console.print(f"{report.facts:,} facts of {report.cases:,} cases; {report.seconds:.0f} s.")
    return 0


def _one(name: str, data_dir: Path | None, console: Console, *, as_json: bool) -> int:
    with console.status(name) as status:
        result = measure(name, WORKLOADS[name], data_dir, lambda what: status.update(f"{name}: {what}"))
    if as_json:
        print(json.dumps(result.as_json()))
    else:
        show(result, console)
    return 0 if result.correct else 1


if __name__ == "__main__":
    sys.exit(main())
