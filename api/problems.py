"""Problems (RFC 9457) from one table: what went wrong inside → status, stable code, title.

A problem names fields, rules, codes and ids. It never holds what was sent, and no two askers can tell "not yours" from
"not there": the answer has no part of its own for either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson
import psycopg
from fastapi.exceptions import RequestValidationError
from psycopg_pool import PoolTimeout
from pydantic import ValidationError

from adapters.record.errors import (
    KeyReused,
    KeysUnavailable,
    NotPermitted,
    NotVisible,
    PreconditionMissing,
    RecordUnavailable,
    StaleVersion,
    TooContended,
    UnknownFact,
)
from adapters.record.keys import MissingKey, PersonIsErased
from adapters.record.sealing import Tampered
from adapters.views.freshness import NotYetProjected
from api.messages import ENGLISH
from api.tokens import TokenRefused
from domain.kernel import Refused

MEDIA_TYPE: Final = b"application/problem+json"
TYPE_PREFIX: Final = "urn:homeward:problem:"

Headers = Sequence[tuple[bytes, bytes]]


class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """What the faces themselves refuse, by its code in the table; ``members`` are further members of the answer."""

    def __init__(self, code: str, *, headers: Headers = (), **members: object) -> None:
        super().__init__(code)
        self.code: Final = code
        self.headers: Final = tuple(headers)
        self.members: Final = members


class Kind(NamedTuple):
    """A row of the table."""

    status: int
    code: str
    title: str
    raised_as: tuple[type[Exception], ...] = ()
    headers: Headers = ()


_AGAIN: Final = ((b"retry-after", b"1"),)
_BEARER: Final = ((b"www-authenticate", b'Bearer realm="homeward"'),)
_REFUSED_BEARER: Final = ((b"www-authenticate", b'Bearer realm="homeward", error="invalid_token"'),)

KINDS: Final = (
    Kind(400, "request.malformed", "The request cannot be read"),
    Kind(400, "idempotency-key.missing", "An Idempotency-Key is needed"),
    Kind(400, "if-match.malformed", "If-Match is not a version"),
    Kind(400, "cursor.refused", "The cursor cannot be used"),
    Kind(401, "token.missing", "A token is needed", headers=_BEARER),
    Kind(401, "token.refused", "The token is not accepted", (TokenRefused,), _REFUSED_BEARER),
    Kind(403, "permission.missing", "Not permitted", (NotPermitted,)),
    Kind(403, "purpose.missing", "A purpose is needed"),
    Kind(404, "not-found", "Not found", (NotVisible,)),
    Kind(403, "glass.closed", "The glass is not broken for this"),
    Kind(404, "command.unknown", "There is no such command"),
    Kind(405, "method.not-allowed", "This cannot be done here"),
    Kind(408, "body.too-slow", "The body did not arrive in time"),
    Kind(404, "erasure.not-done", "The person is not erased"),
    Kind(409, "request.refused", "The request is refused", (Refused,)),
    Kind(409, "log.forked", "The cursor lies beyond the record"),
    Kind(409, "idempotency-key.reused", "The Idempotency-Key was used for another request", (KeyReused,)),
    Kind(410, "case.erased", "The person was erased", (PersonIsErased,)),
    Kind(412, "version.stale", "The case has moved on", (StaleVersion,)),
    Kind(413, "body.too-large", "The body is too large"),
    Kind(415, "body.not-json", "Only application/json is read"),
    Kind(422, "body.malformed", "The body does not fit", (ValidationError,)),
    Kind(422, "query.malformed", "The query does not fit"),
    Kind(428, "version.missing", "If-Match is needed", (PreconditionMissing,)),
    Kind(429, "streams.too-many", "Too many open streams", headers=((b"retry-after", b"15"),)),
    Kind(500, "record.altered", "What is stored was altered", (Tampered, MissingKey)),
    Kind(500, "fault", "Something is broken on our side"),
    Kind(503, "record.contended", "Others are recording on the same case", (TooContended,), _AGAIN),
    Kind(
        503,
        "record.unavailable",
        "The record does not answer",
        (RecordUnavailable, psycopg.OperationalError, PoolTimeout),
        _AGAIN,
    ),
    Kind(503, "keys.unavailable", "The keys cannot be reached", (KeysUnavailable,), _AGAIN),
    Kind(503, "record.newer-than-service", "The record is newer than this service", (UnknownFact,)),
    Kind(503, "record.fate-unknown", "The record did not answer in time", headers=_AGAIN),
    Kind(503, "erasure.not-sealed", "The erasure is not sealed yet", headers=_AGAIN),
    Kind(503, "position.not-reached", "The read models are not there yet", (NotYetProjected,), _AGAIN),
)
"""Every problem that this service answers with."""

BY_CODE: Final = {kind.code: kind for kind in KINDS}
BY_EXCEPTION: Final = {cls: kind for kind in KINDS for cls in kind.raised_as}


class Answer(NamedTuple):
    """A problem, ready to be sent."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


def answer_to(error: Exception) -> Answer:
    """Return the problem that an exception becomes; what the table does not know is a fault of ours."""
    if isinstance(error, Problem):
        kind = BY_CODE[error.code]
        return _answer(kind, ENGLISH.problem(kind.code, error.members), error.members, error.headers)
    kind = next((BY_EXCEPTION[cls] for cls in type(error).__mro__ if cls in BY_EXCEPTION), BY_CODE["fault"])
    match error:
        case Refused():
            return _answer(BY_CODE.get(error.code) or kind._replace(code=error.code), error.sentence, error.details)
        case StaleVersion():
            members: Mapping[str, object] = {"version": error.current}
        case NotPermitted():
            members = {"permission": error.permission}
        case ValidationError():
            members = {"errors": field_errors(error)}
        case NotYetProjected():
            members = {"min_position": error.wanted}
        case RecordUnavailable(fate_known=False):
            kind, members = BY_CODE["record.fate-unknown"], {}
        case _:
            members = {}
    return _answer(kind, ENGLISH.problem(kind.code, members), members)


def _answer(kind: Kind, detail: str, members: Mapping[str, object], headers: Headers = ()) -> Answer:
    body = orjson.dumps(
        {
            "type": TYPE_PREFIX + kind.code,
            "title": kind.title,
            "status": kind.status,
            "code": kind.code,
            "detail": detail,
            **members,
        },
        default=str,
    )
    return Answer(
        kind.status,
        [(b"content-type", MEDIA_TYPE), (b"content-length", str(len(body)).encode()), *kind.headers, *headers],
        body,
    )


def field_errors(error: ValidationError) -> list[dict[str, str]]:
    """Return which field breaks which rule, without anything that was sent.

    An unknown field is named by its place only: its name came from outside.
    """
    errors: Any = error.errors(include_url=False, include_input=False)
    misfits = [tuple(one["loc"]) for one in errors]
    return [
        _field_error(one["type"], one["loc"], one.get("ctx", {}))
        for one in errors
        if one["type"] != "too_short" or not _follows_from_another(tuple(one["loc"]), misfits)
    ]


def _follows_from_another(place: tuple[int | str, ...], misfits: Sequence[tuple[int | str, ...]]) -> bool:
    """Whether a list is short only because an entry of it does not fit."""
    return any(len(other) > len(place) and other[: len(place)] == place for other in misfits)


def query_problem(error: RequestValidationError) -> Answer:
    """Return the problem of a query, path or header parameter that does not fit.

    A path whose id is no id is simply not there.
    """
    errors = [
        _field_error(one["type"], tuple(one["loc"][1:]), one.get("ctx", {}))
        for one in error.errors()
        if one["loc"][0] != "path"
    ]
    return answer_to(Problem("query.malformed", errors=errors) if errors else Problem("not-found"))


def _field_error(rule: str, place: tuple[int | str, ...], context: Mapping[str, Any]) -> dict[str, str]:
    known = place[:-1] if rule == "extra_forbidden" else place
    return {"field": _path(known), "rule": rule, "detail": ENGLISH.rule_of_field(rule, context)}


def _path(place: tuple[int | str, ...]) -> str:
    """Write ``("name", "parts", 0)`` as ``name.parts[0]``; union branches, which pydantic names by type, stay out."""
    path = ""
    for step in place:
        if isinstance(step, int):
            path += f"[{step}]"
        elif step.isidentifier():
            path += f".{step}" if path else step
    return path
