"""The front door of the process: every request passes here once, and every failure becomes a problem here.

One plain ASGI function instead of a stack of middleware. Commands go straight to their handler; everything else goes to
the framework's router.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final
from uuid import UUID, uuid4

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.journal import log, place_of
from api.metrics import Metrics
from api.problems import Answer, Problem, answer_to, query_problem

FAULT: Final = 500
CLIENT_LEFT: Final = 499
"""In logs and metrics only: there is nobody to answer."""
SAFE_HEADERS: Final = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))
_COLLECTION_PARTS: Final = 3
_MEMBER_PARTS: Final = 4
_COMMAND_PARTS: Final = 5
"""Of ``/v1/cases``, ``/v1/cases/{verb}`` and ``/v1/cases/{id}/{verb}``, split at the slashes: the first is empty."""

Handlers = Mapping[tuple[str, ...], tuple[str, ASGIApp]]
"""Parts of the path after the version, the id left empty → route template and handler."""


class CommandTable:
    """Finds the handler of a command by its path, without asking thirty routes in turn."""

    def __init__(self, handlers: Handlers) -> None:
        self._handlers: Final = handlers
        self._collections: Final = {collection for collection, *_ in handlers}

    def find(self, scope: Scope) -> tuple[str, ASGIApp] | None:
        """Return template and handler of a POST to a collection, to ``{collection}/{verb}`` or to a member's verb.

        :raises Problem: ``command.unknown`` when the collection takes commands and not this one.
        """
        if scope["method"] != "POST":
            return None
        parts = scope["path"].split("/")
        long = len(parts)
        if not _COLLECTION_PARTS <= long <= _COMMAND_PARTS or parts[1] != "v1" or parts[2] not in self._collections:
            return None
        found = self._handlers.get((parts[2], "", parts[4]) if long == _COMMAND_PARTS else tuple(parts[2:]))
        if found is None and long != _MEMBER_PARTS:
            raise Problem("command.unknown")
        return found


class Front:
    """Wraps the application: request ids, one log line and one measurement a request, problems."""

    def __init__(self, app: ASGIApp, commands: CommandTable, metrics: Metrics) -> None:
        self._app: Final = app
        self._commands: Final = commands
        self._metrics: Final = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection of the server."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        request_id = uuid4()
        scope["request_id"] = request_id
        reply = _Reply(send, request_id)
        route, fault = "unmatched", None
        try:
            found = self._commands.find(scope)
            route, handler = found if found is not None else ("", self._app)
            await handler(scope, receive, reply)
        except ClientDisconnect:
            reply.status = reply.status or CLIENT_LEFT
        except Exception as error:  # noqa: BLE001  whatever it is, the client gets a problem and the journal its place
            fault = await self._answer(error, reply)
        finally:
            self._note(scope, route, reply, time.perf_counter() - began, fault)

    async def _answer(self, error: Exception, reply: _Reply) -> Exception | None:
        """Send the problem unless an answer is under way; return the error when it is a fault of ours."""
        answer = problem_of(error)
        if reply.status == 0:
            await reply(
                {"type": "http.response.start", "status": answer.status, "headers": answer.headers},
            )
            await reply({"type": "http.response.body", "body": answer.body})
        return error if answer.status == FAULT else None

    def _note(self, scope: Scope, route: str, reply: _Reply, seconds: float, fault: Exception | None) -> None:
        route = route or getattr(scope.get("route"), "path", "unmatched")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.request(route, method, reply.status, seconds)
        said = {
            "request": str(reply.request_id),
            "method": method,
            "route": route,
            "status": reply.status,
            "ms": round(seconds * 1000, 1),
        }
        if fault is not None:
            log.error("request", fault=place_of(fault), **said)
        else:
            log.info("request", **said)


_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class _Reply:
    """Sends, remembers the status, and adds the headers that every answer carries."""

    def __init__(self, send: Send, request_id: UUID) -> None:
        self._send: Final = send
        self.request_id: Final = request_id
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message.get("headers", ()), (b"x-request-id", str(self.request_id).encode())]
            given = {name for name, _ in headers}
            headers.extend(header for header in SAFE_HEADERS if header[0] not in given)
            message = {**message, "headers": headers}
        await self._send(message)


def problem_of(error: Exception) -> Answer:
    """Return the problem that any exception becomes, those of the framework among them."""
    if isinstance(error, RequestValidationError):
        return query_problem(error)
    if isinstance(error, HTTPException):
        code = _BY_STATUS.get(error.status_code, "fault")
        allow = [(b"allow", value.encode()) for name, value in (error.headers or {}).items() if name.lower() == "allow"]
        return answer_to(Problem(code, headers=allow))
    return answer_to(error)


_BY_STATUS: Final = {400: "request.malformed", 404: "not-found", 405: "method.not-allowed"}
