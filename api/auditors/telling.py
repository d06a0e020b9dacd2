"""What auditors are told, as JSON: the same over HTTP and in a terminal, which needs no HTTP for it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from adapters.record.read_log import WhoSaw
from adapters.views.figures import Figure


def told_figures(counted: dict[str, Figure]) -> dict[str, dict[str, Any]]:
    """Return code → what is said of each figure."""
    return {
        code: {name: value for name, value in asdict(figure).items() if name != "code"}
        for code, figure in counted.items()
    }


def told_reads(page: WhoSaw) -> dict[str, Any]:
    """Return a page of who saw a person."""
    return {
        "reads": [read._asdict() for read in page.reads],
        "machines": [machine._asdict() for machine in page.machines],
    }
