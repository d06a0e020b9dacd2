"""Write the documents that are made from the code: ``python -m tests.write_documents``."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from api.app import make_api
from tests.documents.cases import cases
from tests.documents.events import events
from tests.documents.lifecycle import lifecycle
from tests.documents.rules import rules
from tests.examples import EXAMPLE

ROOT: Final = Path(__file__).parent.parent


def bodies() -> str:
    """Return an example of the body of each command."""
    return _pretty(
        {cls.__name__: one.command.model_dump(mode="json", exclude_none=True) for cls, one in EXAMPLE.items()}
    )


def openapi() -> str:
    """Return the OpenAPI document; it holds the bodies as they are written."""
    api, _ = make_api()
    return _pretty(orjson.loads(orjson.dumps(api.openapi())))


DOCUMENTS: Final[Mapping[Path, Callable[[], str]]] = {
    ROOT / "api" / "examples.json": bodies,
    ROOT / "docs" / "openapi.json": openapi,
    ROOT / "docs" / "events.md": events,
    ROOT / "docs" / "rules.md": rules,
    ROOT / "docs" / "lifecycle.md": lifecycle,
    ROOT / "docs" / "cases.md": cases,
}
"""File → what makes it, in the order in which they rest on each other."""


def _pretty(made: Any) -> str:
    return json.dumps(made, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    for file, made in DOCUMENTS.items():
        file.write_text(made())
