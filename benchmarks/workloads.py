"""The workloads by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

from benchmarks import append, command, growth, load, over_http, rebuild, seal
from benchmarks.measuring import Result, Say

Workload: TypeAlias = Callable[[Path | None, Say], Result]


WORKLOADS: Final[Mapping[str, Workload]] = MappingProxyType(
    {
        "append": append.run,
        "command": command.run,
        "http": over_http.run,
        "load": load.run,
        "rebuild": rebuild.run,
        "seal": seal.run,
        "growth": growth.run,
    }
)
