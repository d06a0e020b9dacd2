"""One case's diary: what officers wrote about it, in the order and at the times at which they wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from hashlib import blake2b
from random import Random
from typing import Any, Final, NamedTuple
from uuid import UUID

from adapters.population.calibration import AS_OF, GENERATOR_VERSION
from adapters.population.places import FACILITIES, Officer, PlaceOfStay
from domain.ids import id_of, named_id
from domain.kernel import Command

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_DAY_SECONDS: Final = 86_400
_OPENS: Final = 6 * 3_600
_CLOSES: Final = 17 * 3_600
LAST_DAY: Final = AS_OF.toordinal()
FACILITIES_FROM: Final = 900_000
"""Numbers of the streams of facilities; those of cases are smaller."""


class Entry(NamedTuple):
    """One command as it will be asked."""

    at: int
    """Microseconds since 1970; no two entries of a population have the same."""
    stream: int
    """Number of the case or facility."""
    nth: int
    """Within the stream, from 0."""
    command: type[Command]
    fields: Mapping[str, Any]
    officer: Officer
    last: bool = False
    """Whether nothing more is asked about the stream."""

    def recorded_at(self) -> datetime:
        """Return the time at which it is recorded."""
        seconds, microseconds = divmod(self.at, 1_000_000)
        return _EPOCH + timedelta(0, seconds, microseconds)


@dataclass(frozen=True, slots=True)
class Namer:
    """Ids of one population: the same for the same generator, seed and scale, others for any other."""

    seed: int
    scale: float

    def command_id(self, stream: int, nth: int) -> UUID:
        """Return the id of the nth command of a stream, from 0 to 65,535."""
        return id_of(_first_id(self, stream) + nth)

    def made_by(self, stream: int, nth: int) -> UUID:
        """Return the id that the nth command of a stream makes: of the stream, a screening, a block."""
        return named_id(self.command_id(stream, nth), "0")

    def facility(self, place: PlaceOfStay) -> UUID:
        """Return the id of a facility."""
        return _facility(self, place)


@lru_cache(maxsize=1 << 17)
def _first_id(namer: Namer, stream: int) -> int:
    """Return the id of a stream's first command, as a number whose last sixteen bits are free."""
    place = f"{GENERATOR_VERSION}/{namer.seed}/{namer.scale!r}/{stream}".encode()
    digest = blake2b(place, digest_size=14, person=b"homeward-people").digest()
    return UUID(bytes=digest + bytes(2), version=5).int


@cache
def _facility(namer: Namer, place: PlaceOfStay) -> UUID:
    return namer.made_by(FACILITIES_FROM + FACILITIES.index(place), 0)


@dataclass(slots=True)
class Diary:
    """Writes entries about one case; days are ordinals. Entries after :data:`LAST_DAY` are never written."""

    stream: int
    namer: Namer
    dice: Random
    entries: list[Entry] = field(default_factory=list)
    last: int = 0
    """Second of the last entry."""
    nth: int = 0
    confirmed: bool = False
    """Whether the state has confirmed its national."""
    cared_for: bool = False
    """Whether it was determined with whom the child is."""
    age_unknown: bool = False
    """Whether nothing was told about the birth."""
    unanswered: bool = False
    """Whether a screening is still open: nothing more is asked of the agencies."""

    def write(self, day: int, officer: Officer, command: type[Command], **fields: Any) -> int:
        """Write one entry on a day, later than the one before; return its number within the case."""
        second = (day - EPOCH_DAY) * _DAY_SECONDS + _OPENS + int(self.dice.random() * (_CLOSES - _OPENS))
        if second <= self.last:
            second = self.last + 20 + int(self.dice.random() * 160)
        self.last = second
        nth = self.nth
        self.nth = nth + 1
        self.entries.append(Entry(second * 1_000_000 + self.stream, self.stream, nth, command, fields, officer))
        return nth

    def finished(self) -> list[Entry]:
        """Return the entries, the last one marked as such."""
        self.entries[-1] = self.entries[-1]._replace(last=True)
        return self.entries

    def made_by(self, nth: int) -> UUID:
        """Return the id that an entry makes."""
        return self.namer.made_by(self.stream, nth)

    @property
    def day(self) -> int:
        """Return the day of the last entry."""
        return self.last // _DAY_SECONDS + EPOCH_DAY


def on(day: int) -> str:
    """Return a day as a command has it."""
    return date.fromordinal(day).isoformat()
