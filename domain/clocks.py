"""The two clocks: what was so on a day, as far as it was known at a position of the record.

Corrections and retractions are applied in record order. Then facts are sorted by when they hold, those that always hold
first, and folded by the only fold there is. An imprecise date counts from its earliest day, and the answer says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from domain.case.case import CASE, CaseState
from domain.corrections import effective
from domain.dates import PartialDate
from domain.kernel import Recorded

S = TypeVar("S")
GoOn = Callable[[Iterable[Recorded], CaseState], CaseState]


@dataclass(frozen=True)
class Moment:
    """A point on both clocks: as of a civil date, known at a position of the record (``None``: everything)."""

    as_of: date
    known_at: int | None = None


@dataclass(frozen=True)
class Dossier(Generic[S]):
    """The answer to "what was the state at that moment": the state, and how sure the answer is."""

    state: S
    imprecise: tuple[UUID, ...] = field(default=())
    """Facts whose imprecise date lies on both sides of the day asked for; the earliest day was counted."""


class Held(NamedTuple):
    """A fact and the day from which it is counted; ``date.min`` and no start for a fact that always holds."""

    since: date
    starts: PartialDate | None
    recorded: Recorded


def as_of(facts: Sequence[Recorded], moment: Moment) -> Dossier[CaseState]:
    """Return the case as it was on a day, from the facts known at a position.

    Facts are those of one case, in record order. Facts whose imprecise date lies on both sides of the day make the
    answer imprecise; they are listed in the order of the fold.
    """
    held = held_at(facts, moment)
    state = CASE.go_on((fact.recorded for fact in held), CASE.empty)
    unsure = (fact.recorded.stamp.fact_id for fact in held if fact.starts and fact.starts.straddles(moment.as_of))
    return Dossier(state, tuple(unsure))


def held_at(facts: Sequence[Recorded], moment: Moment) -> list[Held]:
    """Return the effective facts that held on a day, as far as they were known, in the order of their fold."""
    known = by_validity(effective(known_at(facts, moment.known_at)))
    return [fact for fact in known if fact.starts is None or fact.since <= moment.as_of]


class Chapter(NamedTuple):
    """The state from a day on, until the next chapter."""

    valid_from: date
    state: CaseState
    settled_on: date
    """From this day on the state is certain as far as dates go: no date counted so far can mean a later day."""


def history(facts: Sequence[Recorded], go_on: GoOn = CASE.go_on) -> Iterator[Chapter]:
    """Yield the case from each day on which a fact begins to hold, oldest first, in one pass.

    For any day, the last chapter begun by then is the state of :func:`as_of`. Before the first chapter only what always
    holds is known, and no chapter says so. ``go_on`` may be one that leaves out what the caller does not look at.
    """
    together: list[Recorded] = []
    # Places in the record break ties: what comes after them is not compared.
    dated: list[tuple[date, int, PartialDate, Recorded]] = []
    for nth, recorded in enumerate(effective(facts)):
        if (starts := recorded.starts()) is None:
            together.append(recorded)
        else:
            dated.append((starts.earliest, nth, starts, recorded))
    dated.sort()
    state, settled_on, since = CASE.empty, date.min, None
    for begins, _, starts, recorded in dated:
        if begins != since:
            if since is not None:
                state = go_on(together, state)
                together = []
                yield Chapter(since, state, settled_on)
            since = begins
        together.append(recorded)
        settled_on = max(settled_on, starts.latest)
    if since is not None:
        yield Chapter(since, go_on(together, state), settled_on)


def known_at(facts: Sequence[Recorded], position: int | None) -> Sequence[Recorded]:
    """Return the facts recorded up to a position of the record; all of them for ``None``."""
    return facts if position is None else [recorded for recorded in facts if recorded.stamp.position <= position]


def by_validity(facts: Sequence[Recorded]) -> list[Held]:
    """Return effective facts in the order in which they hold: always first, then by earliest day, then as recorded."""
    held = [Held(starts.earliest if starts else date.min, starts, fact) for fact in facts for starts in [fact.starts()]]
    return sorted(held, key=lambda fact: (fact.starts is not None, fact.since))
