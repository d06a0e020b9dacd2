"""Results for programs: one JSON object on standard output."""

from __future__ import annotations

import sys
from typing import Any

import orjson


def print_json(result: dict[str, Any]) -> None:
    """Print one JSON object on standard output."""
    sys.stdout.buffer.write(orjson.dumps(result) + b"\n")
    sys.stdout.flush()
