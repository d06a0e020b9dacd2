"""The OpenAPI document: what the framework derives from the routes, and what it cannot know of the commands.

Examples are the canonical ones of the tests, written to ``examples.json`` so that the page shows bodies that work.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, Final

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from api.problems import KINDS, MEDIA_TYPE
from domain.kernel import COMMANDS, Command, CommandKind

REF: Final = "#/components/schemas/"
ABOUT: Final = """
The record of repatriation cases. Facts go in as commands, are kept for ever, and come out as sheets, lists and a feed.

* **Newcomer mode is not for real people.** `homeward token --help` says how to get a
  token; it lives up to 12 hours here, and 15 minutes anywhere else.
* Every command takes an `Idempotency-Key`: sending it again with the same key is always safe.
* A *decision* needs `If-Match` with the ETag of the case as you saw it; an *observation* does not.
* Every refusal is a problem (RFC 9457) with a stable `code`.
"""

_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "description": "Chosen by you, new for each new request; the same for a repetition.",
    "example": "4f0c2f0e-9d6c-4f5e-8f43-0a6f2d7c1b11",
}
_VERSION: Final = {
    "name": "If-Match",
    "in": "header",
    "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
    "example": '"3"',
}
_RECEIPT: Final = {
    "type": "object",
    "required": ["epoch", "positions", "versions", "leaves", "receipt"],
    "properties": {
        "epoch": {"type": "integer", "description": "Of the log; a declared loss after a restore opens the next."},
        "positions": {
            "type": "array",
            "items": {"type": "integer"},
            "description": "In the record; empty: already so.",
        },
        "versions": {"type": "array", "items": {"type": "integer"}, "description": "In the stream."},
        "leaves": {"type": "array", "items": {"type": "string"}, "description": "By which the log proves each fact."},
        "receipt": {
            "type": "object",
            "description": "Our signature under the above: keep the whole answer. A repeat is signed anew.",
            "required": ["index", "path", "note"],
            "properties": {
                "index": {"type": "integer", "description": "Among the receipts that were signed together."},
                "path": {"type": "array", "items": {"type": "string"}, "description": "To their root; base64."},
                "note": {"type": "string", "description": "The signed root (C2SP signed-note)."},
            },
        },
    },
    "additionalProperties": {"type": "string", "format": "uuid"},
}
_PROBLEM: Final = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; what programs rely on."},
        "detail": {"type": "string", "description": "A sentence for a person; may be put better at any time."},
        "rules": {"type": "array", "items": {"type": "object"}, "description": "Every unmet rule of a departure."},
        "errors": {
            "type": "array",
            "items": {"type": "object"},
            "description": "Field, rule and sentence of each misfit.",
        },
    },
}
_EVENT: Final = {
    "type": "object",
    "description": "A CloudEvents 1.0 object of tier 0: nothing personal, a pseudonymous subject.",
    "required": ["specversion", "id", "source", "type", "subject", "sequence", "recordedtime", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "format": "uuid"},
        "source": {"type": "string"},
        "type": {"type": "string", "examples": ["org.homeward.case.security-block-imposed.v1"]},
        "subject": {"type": "string"},
        "time": {"type": "string", "format": "date-time", "description": "When it occurred; absent when imprecise."},
        "occurredon": {"type": "string", "format": "edtf", "description": "When it occurred, where imprecise."},
        "recordedtime": {"type": "string", "format": "date"},
        "sequence": {"type": "string", "pattern": "^[0-9]{20}$", "description": "Position in the record."},
        "subjectversion": {"type": "integer"},
        "data": {"type": "object"},
    },
}


@cache
def examples() -> dict[str, dict[str, Any]]:
    """Return command class name → an example of its body."""
    read: dict[str, dict[str, Any]] = orjson.loads(files("api").joinpath("examples.json").read_bytes())
    return read


def documented(command: type[Command]) -> dict[str, Any]:
    """Return what the document says of a command beside its path: body, example, headers, answers."""
    content = {
        "schema": {"$ref": REF + command.__name__},
        "examples": {command.verb: {"value": examples()[command.__name__]}},
    }
    decision = command.nature is CommandKind.DECISION and not command.creates
    parameters = [] if command.creates else [_stream(command)]
    parameters.append(_KEY)
    if not command.creates:
        parameters.append({**_VERSION, "required": decision, "description": "ETag of what you decide on."})
    return {
        "requestBody": {"required": True, "content": {"application/json": content}},
        "parameters": parameters,
        "security": [{"token": []}],
        "responses": {
            "201" if command.creates else "200": {
                "description": "The receipt. Empty lists: it was already so, and nothing was recorded.",
                "headers": {"ETag": {"schema": {"type": "string"}}, "Location": {"schema": {"type": "string"}}},
                "content": {"application/json": {"schema": {"$ref": REF + "Receipt"}}},
            },
            **{str(status): _problem(status) for status in _STATUSES if decision or status not in {412, 428}},
        },
        "x-homeward": {
            "permission": command.permission,
            "nature": command.nature.value,
            "opens": sorted(label.value for label in command.opens),
        },
    }


_STATUSES: Final = (400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 503)


def _stream(command: type[Command]) -> dict[str, Any]:
    return {
        "name": f"{command.aggregate.replace('-', '_')}_id",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
    }


def _problem(status: int) -> dict[str, Any]:
    codes = ", ".join(f"`{kind.code}`" for kind in KINDS if kind.status == status)
    return {"description": codes, "content": {MEDIA_TYPE.decode(): {"schema": {"$ref": REF + "Problem"}}}}


def document(app: FastAPI) -> dict[str, Any]:
    """Return the whole OpenAPI document."""
    made = get_openapi(title="Homeward", version=app.version, description=ABOUT, routes=app.routes)
    commands: list[type[Command]] = list(COMMANDS.values())
    _, definitions = models_json_schema([(cls, "validation") for cls in commands], ref_template=REF + "{model}")
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas.update(definitions["$defs"])
    schemas.update({"Receipt": _RECEIPT, "Problem": _PROBLEM, "CloudEvent": _EVENT})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for operations in made["paths"].values():
        for operation in operations.values():
            _use_problems(operation["responses"])
    return made


def _use_problems(responses: dict[str, Any]) -> None:
    """Say what a parameter that does not fit is answered with: a problem, not the framework's own form."""
    if "422" in responses:
        responses["422"] = _problem(422)
