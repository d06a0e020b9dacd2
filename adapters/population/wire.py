"""Submissions on their way from the processes that prepared them to the one that appends them, as plain bytes."""

from __future__ import annotations

import marshal
from collections.abc import Iterable

from adapters.record.bulk import Packed


def pack(submissions: Iterable[Packed]) -> bytes:
    """Return many as one message."""
    return marshal.dumps(list(submissions))


def unpack(message: bytes) -> list[Packed]:
    """Return the submissions of a message, in order."""
    entries: list[Packed] = marshal.loads(message)  # noqa: S302 - from our own child, over its pipe
    return entries
