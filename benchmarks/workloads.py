"""The workloads by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

from benchmarks import append, command
from benchmarks.measuring import Result, Say

Workload: TypeAlias = Callable[[Path | None, Say], Result]


class NeedsFacts(Exception):  # noqa: N818 - what it is
    """A workload needs a million facts and the data folder does not hold them."""


WORKLOADS: Final[Mapping[str, Workload]] = MappingProxyType({"append": append.run, "command": command.run})
