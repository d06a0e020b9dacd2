"""What is shown and kept of the results: a table in the terminal, ``results.json``, and a page with a chart."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from benchmarks.measuring import Result, rounded

HERE: Final = Path(__file__).resolve().parent
RESULTS: Final = HERE / "results.json"
PAGE: Final = HERE.parent / "docs" / "benchmarks.md"
CHART_WIDTH: Final = 40

HEAD: Final = """\
# How fast it is

Written by `make bench` from `benchmarks/results.json`. Do not edit.

Absolute figures mean nothing on a shared machine: what counts is the ratio to a limit or a peer that was measured in
the same run on the same server, fsync on; the median of five alternations. Every workload verifies what it did before
it prints a speed. A ratio is ours divided by theirs: more is better.
"""


def show(result: Result, console: Console) -> None:
    """Print one result for a person."""
    if not result.correct:
        console.print(f"{result.name}: wrong answer, no speed. {result.what}", style="red")
        return
    table = Table(title=f"{result.name}: {result.what}")
    for column in ("who", result.unit, "ours ÷ theirs", "bar"):
        table.add_column(column, justify="left" if column == "who" else "right")
    for row in rows(result.as_json()):
        table.add_row(*row)
    console.print(table)


def keep(results: Iterable[Result], server_version: str) -> None:
    """Write the results and the page made of them."""
    kept = {
        "machine": {
            "cores": os.cpu_count(),
            "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
            "postgresql": server_version,
        },
        "results": {result.name: result.as_json() for result in results},
    }
    RESULTS.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n")
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(kept))


def page(kept: Mapping[str, Any]) -> str:
    """Return the page in Markdown."""
    machine = kept["machine"]
    measured_on = (
        f"Measured on {machine['cores']} cores ({machine['system']}), which client and server share; "
        f"PostgreSQL {machine['postgresql']}, Python {machine['python']}."
    )
    return "\n".join([HEAD, measured_on, *(_section(result) for result in kept["results"].values())])


def rows(result: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Return who, speed, ratio and bar: us first, then peers, then what is only a ratio."""
    found = [("ours", _number(result["ours"]), "", "")]
    for name in {**result["peers"], **result["ratios"], **result["bars"]}:
        ratio, bar = result["ratios"].get(name), result["bars"].get(name)
        missed = ratio is not None and bar is not None and ratio < bar
        found.append(
            (
                name,
                _number(result["peers"].get(name, "")),
                "" if ratio is None else f"{ratio:.2f}{' (missed)' if missed else ''}",
                "" if bar is None else f"≥ {bar:g}",
            )
        )
    return found


def _section(result: Mapping[str, Any]) -> str:
    head = f"\n## {result['name']}\n\n{result['what'].capitalize()}.\n"
    if not result["correct"]:
        return f"{head}\nIts own verification failed: no speed.\n"
    lines = [
        head,
        f"| who | {result['unit']} | ours ÷ theirs | bar |\n|---|--:|--:|--:|",
        *(f"| {' | '.join(row)} |" for row in rows(result)),
        "",
        _chart(result),
        _cpu(result),
        *(f"Absent: {name} ({why})." for name, why in result["absent"].items()),
        *_details(result["details"]),
    ]
    return "\n".join(lines)


def _chart(result: Mapping[str, Any]) -> str:
    speeds = {"ours": result["ours"], **{name: speed for name, speed in result["peers"].items() if speed != "absent"}}
    most = max(speeds.values(), default=0) or 1
    width = max(len(name) for name in speeds)
    bars = (
        f"{name.ljust(width)} {'█' * max(1, round(CHART_WIDTH * speed / most))} {_number(speed)}"
        for name, speed in speeds.items()
    )
    return "```text\n" + "\n".join(bars) + "\n```\n"


def _cpu(result: Mapping[str, Any]) -> str:
    if not result["cpu"]:
        return ""
    parts = (
        f"{name} {_number(spent['client_ms'])} + {_number(spent['server_ms'])}" for name, spent in result["cpu"].items()
    )
    return f"CPU for 1,000, client + server, in ms: {', '.join(parts)}.\n"


def _details(details: Mapping[str, Any]) -> list[str]:
    """Return scalars as sentences and tables as tables."""
    lines = []
    for name, value in details.items():
        title = name.replace("_", " ")
        if isinstance(value, dict) and all(isinstance(inner, dict) for inner in value.values()):
            columns = list(next(iter(value.values())))
            lines.append(f"{title.capitalize()}:\n\n| | {' | '.join(columns)} |\n|--:|{'--:|' * len(columns)}")
            lines += [
                f"| {key} | {' | '.join(_number(row.get(c, '')) for c in columns)} |" for key, row in value.items()
            ]
            lines.append("")
        elif isinstance(value, dict):
            inner = ", ".join(f"{key}: {_number(one)}" for key, one in value.items())
            lines.append(f"{title.capitalize()}: {inner}.\n")
        else:
            lines.append(f"{title.capitalize()}: {_number(value)}.\n")
    return lines


def _number(value: object) -> str:
    figure = rounded(value)
    return f"{figure:,}" if isinstance(figure, int | float) else str(figure)
