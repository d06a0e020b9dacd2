"""Random bytes and ids of the system, asked for by the thousand: one call for each fact is felt in a load."""

from __future__ import annotations

import os
from typing import Final
from uuid import UUID

from domain.ids import versioned_id

_PIECE: Final = 16
_AT_ONCE: Final = 256
_waiting: Final[list[bytes]] = []
# A child process that began with its parent's bytes would use them a second time.
os.register_at_fork(after_in_child=_waiting.clear)


def sixteen_bytes() -> bytes:
    """Return sixteen random bytes that nobody else gets: a salt, a nonce with four to spare, an id."""
    try:
        return _waiting.pop()  # in one step, whatever other threads do
    except IndexError:
        drawn = os.urandom(_PIECE * _AT_ONCE)
        _waiting.extend(drawn[at : at + _PIECE] for at in range(_PIECE, len(drawn), _PIECE))
        return drawn[:_PIECE]


def random_id() -> UUID:
    """Return a random UUID (version 4): a time-ordered one would tell the millisecond."""
    return versioned_id(int.from_bytes(sixteen_bytes()), 4)
