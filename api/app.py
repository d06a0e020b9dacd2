"""The application: the routes of every face, put together. Makes no connection of its own."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from starlette.types import ASGIApp

from api import operations, reference
from api.auditors import access, changes, clearances, figures, registers
from api.caseworkers import blocks, facilities, readiness, sheet, timeline, work, worklist
from api.commands import register_commands
from api.documents import document
from api.front import CommandTable, Front
from api.integrators import events, stream
from api.metrics import Metrics
from api.services import Services
from api.subjects import glass, report, requests

API_VERSION: Final = "1"
"""As in the paths: what would break a client is published beside it under the next."""

ROUTERS: Final = (
    worklist.router,
    blocks.router,
    work.router,
    sheet.router,
    timeline.router,
    readiness.router,
    facilities.router,
    figures.router,
    access.router,
    clearances.router,
    registers.router,
    changes.router,
    requests.router,
    report.router,
    glass.router,
    events.router,
    stream.router,
    operations.router,
    reference.router,
)


class HomewardApi(FastAPI):
    """The framework without its own handlers of errors: every failure reaches the front, which has the table."""

    def build_middleware_stack(self) -> ASGIApp:
        """Return the router with the one layer that the framework's routes cannot do without."""
        return AsyncExitStackMiddleware(self.router)

    def openapi(self) -> dict[str, Any]:
        """Return the document, made once."""
        if not self.openapi_schema:
            self.openapi_schema = document(self)
        return self.openapi_schema


def make_api() -> tuple[HomewardApi, CommandTable]:
    """Return the routes of every face, and the table by which commands are found."""
    api = HomewardApi(
        title="Homeward",
        version=API_VERSION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    commands = CommandTable(register_commands(api))
    for router in ROUTERS:
        api.include_router(router)
    return api, commands


def make_front(services: Services) -> Front:
    """Return what the server runs, with services that are open already."""
    api, commands = make_api()
    metrics = Metrics()
    api.state.services, api.state.metrics = services, metrics
    return Front(api, commands, metrics)
