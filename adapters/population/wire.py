"""What is on its way from the processes that prepare a population to the one that appends it, as plain bytes."""

from __future__ import annotations

import marshal
from collections.abc import Sequence
from typing import NamedTuple

from adapters.population.showing import Entry, Finished


class Message(NamedTuple):
    """Commands in the order of time, and the rows of cases of which none comes after them."""

    entries: Sequence[Entry]
    finished: Finished


def time_of(entry: Entry) -> int:
    """Return when a command was recorded, in microseconds since 1970; no two have the same."""
    return entry[0][0]


def pack(message: Message) -> bytes:
    """Return a message as bytes: some, also of an empty one."""
    return marshal.dumps([*message])


def unpack(raw: bytes) -> Message:
    """Return the message of these bytes."""
    return Message._make(marshal.loads(raw))  # noqa: S302 - from our own child, over its pipe
