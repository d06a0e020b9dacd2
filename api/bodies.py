"""Reading a request: its body within limits, and the headers that make a change safe."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from typing import Final

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from api.problems import Problem

MAX_DEPTH: Final = 32
BODY_SECONDS: Final = 20.0
"""How long a body may take to arrive."""

RawHeaders = Iterable[tuple[bytes, bytes]]

_KEY: Final = re.compile(rb"[\x21-\x7e]{1,255}")
_VERSION: Final = re.compile(rb'"([0-9]{1,9})(?:\.[0-9]{4}-[0-9]{2}-[0-9]{2})?"')
_JSON: Final = re.compile(rb'application/json(\s*;\s*charset=("utf-8"|utf-8))?\s*', re.IGNORECASE)
_STRINGS: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_CLOSE: Final = ((b"connection", b"close"),)


async def read_json_body(headers: RawHeaders, receive: Receive, limit_bytes: int) -> bytes:
    """Return the body.

    :raises Problem: ``body.not-json``, ``body.too-large`` or ``body.too-slow``.
    :raises ValidationError: when it is nested too deep.
    :raises ClientDisconnect: when the client left.
    """
    _check_headers(headers, limit_bytes)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await _received(receive, limit_bytes)
    except TimeoutError:
        raise Problem("body.too-slow", headers=_CLOSE) from None
    _check_depth(body)
    return body


def idempotency_key(headers: RawHeaders) -> str:
    """Return the key by which a repeated request is known.

    :raises Problem: ``idempotency-key.missing`` unless there is exactly one, of 1 to 255 visible ASCII characters.
    """
    given = [value for name, value in headers if name == b"idempotency-key"]
    if len(given) != 1 or _KEY.fullmatch(given[0]) is None:
        raise Problem("idempotency-key.missing")
    return given[0].decode("ascii")


def version_matched(headers: RawHeaders) -> int | None:
    """Return the version that ``If-Match`` names; ``None`` without the header.

    :raises Problem: ``if-match.malformed`` when it is not one strong ETag of ours.
    """
    given = [value for name, value in headers if name == b"if-match"]
    if not given:
        return None
    match = _VERSION.fullmatch(given[0])
    if len(given) != 1 or match is None:
        raise Problem("if-match.malformed")
    return int(match[1])


def _check_headers(headers: RawHeaders, limit_bytes: int) -> None:
    content_type = b""
    for name, value in headers:
        if name == b"content-type":
            content_type = value
        elif name == b"content-encoding":
            raise Problem("body.not-json", headers=_CLOSE)
        elif name == b"content-length" and (not value.isdigit() or int(value) > limit_bytes):
            raise Problem("body.too-large", headers=_CLOSE, limit_bytes=limit_bytes)
    if _JSON.fullmatch(content_type) is None:
        raise Problem("body.not-json", headers=_CLOSE)


async def _received(receive: Receive, limit_bytes: int) -> bytes:
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit_bytes:
            raise Problem("body.too-large", headers=_CLOSE, limit_bytes=limit_bytes)
        chunks.append(chunk)
        more = message.get("more_body", False)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _check_depth(body: bytes) -> None:
    """Refuse JSON nested deeper than :data:`MAX_DEPTH`; the usual body is known by its few brackets alone."""
    if body.count(b"{") + body.count(b"[") <= MAX_DEPTH:
        return
    depth = 0
    for byte in _STRINGS.sub(b"", body):
        if byte in b"{[":
            depth += 1
            if depth > MAX_DEPTH:
                raise malformed("json_too_deep", max_length=MAX_DEPTH)
        elif byte in b"}]":
            depth -= 1


def malformed(rule: str, place: tuple[str | int, ...] = (), **context: int | str) -> ValidationError:
    """Return the error of a body, or of one field of it, that breaks a rule of ours."""
    broken = PydanticCustomError(rule, "does not fit", context or None)
    return ValidationError.from_exception_data("body", [InitErrorDetails(type=broken, loc=place, input=None)])
