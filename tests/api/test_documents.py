"""The document says what there is: every command with an example that works, every route with its guard."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import orjson
import pytest

from api.app import make_api
from api.documents import examples
from domain.kernel import COMMANDS
from tests.write_documents import DOCUMENTS

OPEN = {"/healthz", "/readyz", "/metrics", "/docs", "/openapi.json"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    api, _ = make_api()
    made: dict[str, Any] = orjson.loads(orjson.dumps(api.openapi()))
    return made


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)
def test_a_written_document_is_up_to_date(file: Path) -> None:
    assert file.read_text() == DOCUMENTS[file](), "run python -m tests.write_documents"


def test_every_command_has_an_example_that_it_accepts() -> None:
    for command in COMMANDS.values():
        assert command.model_validate_json(orjson.dumps(examples()[command.__name__]))


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    names = {part.partition('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert names <= document["components"]["schemas"].keys()


def test_every_route_but_the_open_ones_asks_for_a_token(api: Any, document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert bool(operation.get("security")) == (path not in OPEN), path
            answer = api.client.request(method, re.sub(r"{\w+_id}", "x", path))
            assert (answer.status_code == 401) == (path not in OPEN), path


def test_every_operation_has_a_summary_and_a_description(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path
            assert operation["description"], path


def test_the_page_to_read_names_every_command_and_loads_nothing_from_elsewhere(api: Any) -> None:
    answer = api.client.get("/docs")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "<script" not in answer.text
    assert "src=" not in answer.text
    for (_, verb), command in COMMANDS.items():
        if command.routed and verb not in {"open-case", "register-facility"}:
            assert f"/{verb}</code>" in answer.text
