"""What one command asks of the record, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple
from uuid import UUID

from adapters.record.mapper import StoredFact
from domain.privacy import BlockLabel


class Expected(NamedTuple):
    """A stream stands at a version: where it is written, or what the decision rested on (a guard)."""

    stream: UUID
    version: int
    """Version before this command; 0 for a stream that does not exist yet."""
    if_absent: int = 0
    """The version that a stream without facts counts as."""


class Opened(NamedTuple):
    """A decision opened sealed blocks; recorded in the same transaction."""

    case_id: UUID
    classes: frozenset[BlockLabel]
    actor: UUID
    agency: str
    purpose: str


class Scope(NamedTuple):
    """From now on the officers of a party (a country or an agency) may see a case."""

    party: str
    case_id: UUID


class Submission(NamedTuple):
    """One command, decided and sealed. All of it is recorded, or nothing."""

    command_id: UUID | None
    """``None`` only for other applications of the library, which have no commands."""
    request: bytes
    """HMAC of what was asked: the same command with another body is another request."""
    facts: Sequence[StoredFact]
    """In the order in which they take their positions; each stream's in order of version. May be empty: already so."""
    writes: Sequence[Expected]
    guards: Sequence[Expected] = ()
    opened: Sequence[Opened] = ()
    scopes: Sequence[Scope] = ()
    tracking: Sequence[tuple[str, int]] = ()
    """How far a follower of the record has come (its name, a position): refused unless ahead of what was tracked."""


class Fate(IntEnum):
    """What became of a submission."""

    RECORDED = 0
    REPEATED = 1
    """The command was recorded before; nothing was added."""
    STALE = 2
    """A stream that it writes or rests on has moved on; nothing was added."""
    AGAIN = 3
    """It shared a bundle with one that failed; submit it once more."""


class Outcome(NamedTuple):
    """Fate, and where its facts stand: ``facts`` positions from ``first``, in order."""

    fate: Fate
    first: int | None
    facts: int
    request: bytes | None = None
    """Of a repeated command: what was asked the first time."""

    @property
    def positions(self) -> range:
        """Return the positions of its facts."""
        return range(self.first, self.first + self.facts) if self.first is not None else range(0)
