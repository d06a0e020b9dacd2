"""Logs: one line per request and per thing worth knowing, as JSON, or readable on a terminal. Nothing personal.

No path, query string, header, body or message of an exception is written: the route's template, codes, ids of requests,
counts and times are. Of a fault, where it happened is written and not what it said.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, Final

import orjson
import structlog

from adapters.settings import LogLevel

LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

log: Final = structlog.get_logger("homeward")


def keep_journal(level: LogLevel) -> None:
    """Write what this process says to standard error: for people on a terminal, as JSON elsewhere."""
    on_terminal = sys.stderr.isatty()
    render: Any = structlog.dev.ConsoleRenderer() if on_terminal else structlog.processors.JSONRenderer(_json)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(handlers=[_Library()], level=logging.WARNING, force=True)


def place_of(error: BaseException) -> str:
    """Return the kind of an exception and the lines it came through; its message may hold what was sent."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    lines = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {lines}"


class _Library(logging.Handler):
    """Takes what libraries log: the template of the message, without the arguments, which may hold what was sent."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        said: MutableMapping[str, object] = {"library": record.name, "said": str(record.msg)}
        if record.exc_info and record.exc_info[1] is not None:
            said["fault"] = place_of(record.exc_info[1])
        log.log(record.levelno, "library", **said)


def _json(line: MutableMapping[str, object], **_options: object) -> str:
    return orjson.dumps(line, default=str).decode()
