"""What a benchmark measures and says: speeds, ratios as the median of alternations, CPU time beside throughput."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final, NamedTuple, Protocol

ALTERNATIONS: Final = 5


class WrongAnswer(Exception):  # noqa: N818 - what it is
    """What was measured did not do its work; there is no speed to print."""


class Absent(Exception):  # noqa: N818 - what it is
    """A peer cannot run here; the message says why."""


class NeedsFacts(Exception):  # noqa: N818 - what it is
    """A workload needs a million facts and the data folder does not hold them."""


class Speed(NamedTuple):
    """One measurement: so many events in so many seconds, and what they cost."""

    events: int
    seconds: float
    client_cpu: float
    """Seconds of CPU in the process that asks."""
    server_cpu: float
    """Seconds of CPU in the processes that answer."""

    @property
    def rate(self) -> float:
        """Events in a second."""
        return self.events / self.seconds


class Pace:
    """How many events fill a measurement of a given length, as the measurements before it taught."""

    def __init__(self) -> None:
        self._rates: Final[dict[int, float]] = {}

    def events(self, writers: int, seconds: float) -> int:
        """Return how many events to send; few when nothing is known yet of so many writers."""
        known = self._rates.get(writers)
        return max(64, 4 * writers) if known is None else max(writers, round(known * seconds))

    def learn(self, writers: int, speed: Speed) -> Speed:
        """Take up what was measured, and return it."""
        self._rates[writers] = speed.rate
        return speed


class Contender(Protocol):
    """Somebody who does the work of a benchmark: we, or a peer."""

    name: str

    def append(self, writers: int, seconds: float) -> Speed:
        """Append one event after the other to fresh streams, ``writers`` at a time, for about so many seconds.

        :raises WrongAnswer: when not everything that was acknowledged is there.
        """

    def close(self) -> None:
        """Leave nothing behind."""


@dataclass
class Series:
    """Our speeds, and for each peer pairs of our speed and its speed, measured one after the other."""

    ours: list[Speed] = field(default_factory=list)
    pairs: defaultdict[str, list[tuple[Speed, Speed]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, peer: str, ours: Speed, theirs: Speed) -> None:
        """Note one alternation."""
        if ours not in self.ours:
            self.ours.append(ours)
        self.pairs[peer].append((ours, theirs))

    def rate(self, peer: str) -> float:
        """Return the median rate of a peer."""
        return statistics.median(theirs.rate for _, theirs in self.pairs[peer])

    def ratio(self, peer: str) -> float:
        """Return how many times faster we are: the median over the alternations."""
        return statistics.median(ours.rate / theirs.rate for ours, theirs in self.pairs[peer])

    def fill(self, result: Result) -> None:
        """Put speeds, ratios and CPU times into a result."""
        result.ours = statistics.median(speed.rate for speed in self.ours)
        result.cpu["ours"] = cpu_for_1000(self.ours)
        for peer, pairs in self.pairs.items():
            result.peers[peer] = self.rate(peer)
            result.ratios[peer] = self.ratio(peer)
            result.cpu[peer] = cpu_for_1000([theirs for _, theirs in pairs])


def cpu_for_1000(speeds: Sequence[Speed]) -> dict[str, float]:
    """Return milliseconds of CPU for 1,000 events, of client and of server."""
    events = sum(speed.events for speed in speeds)
    return {
        "client_ms": 1e6 * sum(speed.client_cpu for speed in speeds) / events,
        "server_ms": 1e6 * sum(speed.server_cpu for speed in speeds) / events,
    }


@dataclass
class Result:
    """What one benchmark found. ``ratios`` are ours divided by theirs: more is better."""

    name: str
    what: str
    unit: str
    ours: float = 0.0
    limit: float | None = None
    peers: dict[str, float | str] = field(default_factory=dict)
    """Median speed of each peer, or ``absent``."""
    ratios: dict[str, float] = field(default_factory=dict)
    bars: dict[str, float] = field(default_factory=dict)
    correct: bool = False
    seconds: float = 0.0
    cpu: dict[str, dict[str, float]] = field(default_factory=dict)
    details: dict[str, object] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    """Peer → why it could not run here."""

    @property
    def missed(self) -> list[str]:
        """Bars that were not reached."""
        return [name for name, bar in self.bars.items() if name in self.ratios and self.ratios[name] < bar]

    def as_json(self) -> dict[str, object]:
        """Return the object that is printed and kept."""
        return {key: rounded(value) for key, value in asdict(self).items()}


Say = Callable[[str], None]
"""Where a benchmark says what it is doing."""


def stopwatch() -> Callable[[], float]:
    """Return a function that tells the seconds since now."""
    began = time.perf_counter()
    return lambda: time.perf_counter() - began


def rounded(value: object) -> object:
    """Return figures with four significant digits, also inside."""
    if isinstance(value, float):
        return float(f"{value:.4g}") if abs(value) < 1000 else round(value)
    if isinstance(value, Mapping):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [rounded(inner) for inner in value]
    return value


def verify(claim: bool, otherwise: str) -> None:
    """Make sure of something before a speed is printed.

    :raises WrongAnswer: when it does not hold.
    """
    if not claim:
        raise WrongAnswer(otherwise)
