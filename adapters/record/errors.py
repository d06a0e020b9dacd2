"""Why the record's door did not open. Refusals of the domain are :class:`domain.kernel.Refused`."""

from __future__ import annotations

from typing import Final


class NotVisible(Exception):  # noqa: N818 - what it is
    """There is no such case, or it is not the caller's to see. Both answers are the same."""


class NotPermitted(Exception):  # noqa: N818 - what it is
    """The caller's role does not carry the permission."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission: Final = permission


class StaleVersion(Exception):  # noqa: N818 - what it is
    """The stream has moved on since the caller read it."""

    def __init__(self, current: int) -> None:
        super().__init__(current)
        self.current: Final = current


class PreconditionMissing(Exception):  # noqa: N818 - what it is
    """A decision must say which version of the case it was taken on."""


class KeyReused(Exception):  # noqa: N818 - what it is
    """The same idempotency key came with another request. The first one stands."""


class TooContended(Exception):  # noqa: N818 - what it is
    """Others kept recording on the same case; nothing was recorded for this request."""


class RecordUnavailable(Exception):  # noqa: N818 - what it is
    """The database does not answer. With ``fate_known`` nothing was recorded; else repeat with the same key."""

    def __init__(self, *, fate_known: bool) -> None:
        super().__init__()
        self.fate_known: Final = fate_known


class KeysUnavailable(Exception):  # noqa: N818 - what it is
    """The provider of keys does not answer, or does not let us in. Nothing sealed can be opened or recorded."""


class UnknownFact(ValueError):  # noqa: N818 - what it is
    """The record holds a fact of a topic or schema version unknown to this program, which is older than the record."""
