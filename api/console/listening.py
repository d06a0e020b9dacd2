"""The port of the service: taken before anything else is imported or started, so that a mistake is told at once."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from adapters.settings import Settings
from api.console.starting import FAILED, leave


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """Take the port before anything else is started; leave with one sentence when somebody else has it."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        line = socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError:
        leave(f"Port {settings.port} of {settings.host} cannot be used; choose another with --port.", FAILED)
    with line:
        yield line
