"""Every command of every aggregate over HTTP, registered from the command classes in one loop.

``POST /v1/cases`` opens, as does ``POST /v1/cases/register-birth``; ``POST /v1/cases/{case_id}/report-escape`` asks.
The body is the command itself. The answer is the receipt: positions, versions and leaf hashes, by which the log will
prove what was acknowledged.
"""

from __future__ import annotations

import inspect
from typing import Final
from uuid import UUID

import orjson
from fastapi import FastAPI, Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.evidence.receipts import ReceiptProof
from adapters.record import door
from adapters.record.errors import NotVisible
from adapters.record.idempotency import command_id_of, digest_of
from api.bodies import idempotency_key, read_json_body, version_matched
from api.documents import documented
from api.entrance import services_of
from api.front import Handlers
from domain.kernel import Command
from domain.registry import COMMANDS

COLLECTIONS: Final = {
    "case": "cases",
    "facility": "facilities",
    "subject-request": "subject-requests",
    "break-glass": "break-glass",
}
"""Aggregate → the collection under which it stands in a path."""
OPENING: Final = {"case": "open-case", "facility": "register-facility", "break-glass": "break-glass"}
"""Aggregate → the command that a POST to its collection is. Others that create have a path of their own."""


class CommandRoute:
    """Reads one kind of command, hands it to the record's door, answers with the receipt."""

    def __init__(self, app: FastAPI, command: type[Command]) -> None:
        self._app: Final = app
        self._command: Final = command
        self._member: Final = member_of(command.aggregate)
        self._collection: Final = f"/v1/{COLLECTIONS[command.aggregate]}"
        self.path: Final = path_of(command)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request without the framework's machinery; see :meth:`answer`."""
        scope.setdefault("app", self._app)
        response = await self.answer(Request(scope, receive))
        await response(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        """Check who asks, read the body, ask the door.

        :raises Exception: whatever the table of problems names.
        """
        services, scope = services_of(request), request.scope
        headers, path = scope["headers"], scope["path"]
        bearer = services.guard.bearer(headers)
        bearer.needs(self._command.permission)
        key, if_match = idempotency_key(headers), version_matched(headers)
        body = await read_json_body(headers, request.receive, services.settings.body_limit_bytes)
        secret = services.command_secret
        receipt = await services.door.ask(
            door.Request(
                command=self._command.model_validate_json(body),
                stream=None if self._command.creates else stream_named(path.split("/")[3]),
                caller=bearer.caller,
                command_id=command_id_of(secret, bearer.issuer, bearer.subject, key),
                digest=digest_of(secret, "POST", path, body),
                if_match=if_match,
            )
        )
        return self._acknowledge(receipt, await services.notary.proof(receipt))

    def _acknowledge(self, receipt: door.Receipt, proof: ReceiptProof) -> Response:
        body = {
            self._member: receipt.stream,
            "epoch": receipt.epoch,
            "positions": receipt.positions,
            "versions": receipt.versions,
            "leaves": receipt.leaves,
            "receipt": proof.told(),
        }
        headers = {"ETag": f'"{receipt.version}"', "Location": f"{self._collection}/{receipt.stream}"}
        if receipt.repeated:
            headers["Idempotency-Replayed"] = "true"
        status = 201 if self._command.creates else 200
        return Response(orjson.dumps(body), status, headers, media_type="application/json")


def member_of(aggregate: str) -> str:
    """Return how the id of a stream is called in a path and in a receipt."""
    return f"{aggregate.replace('-', '_')}_id"


def path_of(command: type[Command]) -> str:
    """Return the path to which a command is posted."""
    collection = f"/v1/{COLLECTIONS[command.aggregate]}"
    if not command.creates:
        return f"{collection}/{{{member_of(command.aggregate)}}}/{command.verb}"
    return collection if OPENING.get(command.aggregate) == command.verb else f"{collection}/{command.verb}"


def register_commands(app: FastAPI) -> Handlers:
    """Add a route for every command, and return where each is found."""
    direct: dict[tuple[str, ...], tuple[str, ASGIApp]] = {}
    for (aggregate, verb), command in COMMANDS.items():
        if not command.routed:
            continue
        route = CommandRoute(app, command)
        app.add_api_route(
            route.path,
            route.answer,
            methods=["POST"],
            name=f"{aggregate}.{verb}",
            operation_id=verb,
            tags=[COLLECTIONS[aggregate]],
            summary=(inspect.getdoc(command) or "").partition(".")[0],
            description=inspect.getdoc(command),
            status_code=201 if command.creates else 200,
            response_class=Response,
            openapi_extra=documented(command),
        )
        direct[tuple("" if part[0] == "{" else part for part in route.path.split("/")[2:])] = (route.path, route)
    return direct


def stream_named(text: str) -> UUID:
    """Return the id in a path. What is no id names nothing.

    :raises NotVisible: unless it is a UUID in its usual spelling.
    """
    try:
        stream = UUID(text)
    except ValueError:
        raise NotVisible from None
    if str(stream) != text:
        raise NotVisible
    return stream
