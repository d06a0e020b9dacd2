"""Every aggregate by name. Importing this module makes every fact and every command known to the kernel's tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from domain.break_glass import BREAK_GLASS
from domain.case import (  # noqa: F401 - each enters its commands: a case folds without knowing how they decide
    assuring,
    births,
    casework,
    clearance,
    consenting,
    correcting,
    erasing,
    interests_procedure,
    merging,
    relatives,
    retention,
    ripples,
)
from domain.case.case import CASE
from domain.facility import FACILITY
from domain.kernel import COMMANDS, FACTS, Aggregate
from domain.subject_request import answering, asking  # noqa: F401 - the same
from domain.subject_request.state import SUBJECT_REQUEST

__all__ = ["AGGREGATES", "COMMANDS", "FACTS"]

AGGREGATES: Final[Mapping[str, Aggregate[Any]]] = {
    aggregate.name: aggregate for aggregate in (CASE, FACILITY, SUBJECT_REQUEST, BREAK_GLASS)
}
"""Name → aggregate; the name is that of its commands and the first part of its topics."""
