"""Wrapping keys as they lie in the database, and as one process remembers them for a short time."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from adapters.record.keys import MissingKey, RootKey, WrappingName, new_wrapping_key
from adapters.record.sealing import Tampered
from domain.privacy import BlockLabel

LEASE_SECONDS: Final = 15.0
"""How long an unwrapped key may be remembered, and as long again a fact that was opened with it.

An erasure elsewhere takes effect within both together: thirty seconds."""

FIND: Final = """
SELECT country, class, epoch, wrapped FROM keys.wrapping_key
WHERE (country, class, epoch) IN (SELECT * FROM unnest(%s::text[], %s::text[], %s::int4[]))
"""
STORE: Final = """
INSERT INTO keys.wrapping_key (country, class, epoch, wrapped)
SELECT * FROM unnest(%s::text[], %s::text[], %s::int4[], %s::bytea[]) ON CONFLICT DO NOTHING
"""

Names = Sequence[WrappingName]


class Unwrapped(NamedTuple):
    """Wrapping keys ready for use, and why those that cannot be used cannot."""

    keys: dict[WrappingName, AESGCMSIV]
    unusable: dict[WrappingName, Exception]


def named(names: Names) -> tuple[list[str], list[str], list[int]]:
    """Return the parameters of :data:`FIND`."""
    return (
        [name.country for name in names],
        [name.label.value for name in names],
        [name.epoch for name in names],
    )


def fresh(root: RootKey, names: Names) -> tuple[list[str], list[str], list[int], list[bytes]]:
    """Return the parameters of :data:`STORE`: a new key for each name.

    :raises MissingKey: when an epoch is over.
    :raises KeysUnavailable: when the provider does not answer.
    """
    return *named(names), [new_wrapping_key(root, name) for name in names]


def unwrapped(root: RootKey, names: Names, rows: Iterable[Sequence[Any]]) -> Unwrapped:
    """Unwrap the rows that were found for the names; one that was destroyed, or is not there, is missing.

    :raises KeysUnavailable: when the provider does not answer.
    """
    found = {WrappingName(country, BlockLabel(label), epoch): wrapped for country, label, epoch, wrapped in rows}
    ready = Unwrapped({}, {})
    for name in names:
        if not (wrapped := found.get(name)):
            ready.unusable[name] = MissingKey(f"the wrapping key of {name.country}/{name.label}/{name.epoch} is gone")
            continue
        try:
            ready.keys[name] = AESGCMSIV(root.unwrap(wrapped, name))
        except (Tampered, MissingKey) as failure:
            ready.unusable[name] = failure
    return ready


class Lease:
    """Remembers unwrapped wrapping keys for :data:`LEASE_SECONDS` each."""

    def __init__(self) -> None:
        self._keys: Final[dict[WrappingName, tuple[float, AESGCMSIV]]] = {}

    def of(self, names: Iterable[WrappingName]) -> dict[WrappingName, AESGCMSIV]:
        """Return those that are remembered."""
        return {name: key for name in names if (key := self.get(name)) is not None}

    def get(self, name: WrappingName) -> AESGCMSIV | None:
        """Return one, while it is remembered."""
        lease = self._keys.get(name)
        return lease[1] if lease is not None and lease[0] > time.monotonic() else None

    def take(self, keys: Mapping[WrappingName, AESGCMSIV]) -> None:
        """Remember these from now on, and let go of what has run out."""
        now = time.monotonic()
        for name in [name for name, (until, _) in self._keys.items() if until < now]:
            del self._keys[name]
        until = now + LEASE_SECONDS
        self._keys.update({name: (until, key) for name, key in keys.items()})
