"""All workloads in a row, for a person who waits: what runs, how far it is, and what came out."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from benchmarks.measuring import Result, Say, WrongAnswer, stopwatch
from benchmarks.place import HERE, place
from benchmarks.report import keep, show
from benchmarks.workloads import WORKLOADS, Workload


def measure(name: str, workload: Workload, data_dir: Path | None, say: Say) -> Result:
    """Run one workload; a wrong answer becomes a result without a speed."""
    took = stopwatch()
    try:
        result = workload(data_dir, say)
    except WrongAnswer as wrong:
        result = Result(name, str(wrong), "")
    result.seconds = took()
    return result


def measure_all(data_dir: Path | None, console: Console) -> int:
    """Run every workload, show and keep what came out; 1 when an answer was wrong."""
    folder = data_dir or HERE
    results: list[Result] = []
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=len(WORKLOADS))
        for name, workload in WORKLOADS.items():
            result = measure(name, workload, folder, _describing(progress, task, name))
            results.append(result)
            show(result, progress.console)
            progress.advance(task)
    with place(folder) as here:
        version = str(here.existing("postgres").one("SHOW server_version")[0])
    keep(results, version)
    missed = [f"{result.name}/{bar}" for result in results for bar in result.missed]
    console.print(f"Below the bar: {', '.join(missed)}." if missed else "Every bar is reached.")
    return 0 if all(result.correct for result in results) else 1


def _describing(progress: Progress, task: TaskID, name: str) -> Say:
    return lambda what: progress.update(task, description=f"{name}: {what}")
