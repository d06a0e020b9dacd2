"""Random ids."""

from __future__ import annotations

import os
from uuid import UUID

from domain.ids import versioned_id


def random_id() -> UUID:
    """Return a random UUID (version 4): a time-ordered one would tell the millisecond."""
    return versioned_id(int.from_bytes(os.urandom(16)), 4)
