"""Cursors: where a reader stands, signed, and good for the same reader and the same question only."""

from __future__ import annotations

import base64
import binascii
import hmac
from hashlib import sha256
from typing import Any, Final

import orjson

from api.problems import Problem

TAG_BYTES: Final = 16
MAX_LENGTH: Final = 1024


class Cursors:
    """Makes and checks the cursors of one kind."""

    def __init__(self, secret: bytes, kind: str) -> None:
        self._key: Final = hmac.digest(secret, kind.encode(), sha256)

    def write(self, place: Any, *bound_to: str) -> str:
        """Return a cursor for a place (JSON), bound to whoever asks and what they ask."""
        payload = orjson.dumps(place)
        return base64.urlsafe_b64encode(self._tag(payload, bound_to) + payload).decode().rstrip("=")

    def read(self, cursor: str, *bound_to: str) -> Any:
        """Return the place.

        :raises Problem: ``cursor.refused`` when it was altered, made elsewhere, or bound to something else.
        """
        if len(cursor) > MAX_LENGTH or not cursor.isascii():
            raise Problem("cursor.refused")
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise Problem("cursor.refused") from None
        tag, payload = raw[:TAG_BYTES], raw[TAG_BYTES:]
        if not hmac.compare_digest(tag, self._tag(payload, bound_to)):
            raise Problem("cursor.refused")
        return orjson.loads(payload)

    def _tag(self, payload: bytes, bound_to: tuple[str, ...]) -> bytes:
        return hmac.digest(self._key, orjson.dumps(bound_to) + b"\n" + payload, sha256)[:TAG_BYTES]
