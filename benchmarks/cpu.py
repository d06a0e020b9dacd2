"""CPU time of other processes, from the kernel's books; zero where there is no /proc."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

TICK: Final = os.sysconf("SC_CLK_TCK")


class Spent:
    """CPU seconds of a stretch of work; filled in when it ends."""

    client: float = 0.0
    server: float = 0.0


def seconds_of(pid: int) -> float:
    """Return the CPU seconds of a process, of its living children and of those that it buried."""
    total = _ticks(pid, buried=True) + sum(_ticks(child, buried=False) for child in _children(pid))
    return total / TICK


def parent_of(pid: int) -> int:
    """Return the process that started this one; 0 where the kernel does not say."""
    fields = _fields(pid)
    return int(fields[1]) if fields else 0


@contextmanager
def spending(server: int) -> Iterator[Spent]:
    """Measure a stretch of work: of this process and of children that ended in it, and of a server's process family."""
    before, served = _ours(), seconds_of(server)
    spent = Spent()
    yield spent
    spent.client = _ours() - before
    spent.server = seconds_of(server) - served


def _ours() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _ticks(pid: int, *, buried: bool) -> int:
    fields = _fields(pid)
    return sum(int(ticks) for ticks in fields[11 : 15 if buried else 13])


def _fields(pid: int) -> list[str]:
    """Return the fields of a process after its name; none when it is gone."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _children(pid: int) -> list[int]:
    try:
        tasks = list((Path("/proc") / str(pid) / "task").glob("*/children"))
    except FileNotFoundError:
        return []
    return [int(child) for task in tasks for child in task.read_text().split()]
