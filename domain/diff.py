"""What is different between two moments on the two clocks: each change with the facts that made it.

Between two days known at one time it says what happened; of one day known at two times, what was learned about it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from domain.case.case import CASE, CaseState
from domain.case.status import Overlay, overlays, status
from domain.clocks import Held, Moment, held_at, known_at
from domain.corrections import changes_of
from domain.kernel import Recorded

Path = tuple[str, ...]
"""Where in a case: the facet, then its fields; entries that are known by an id, by that."""

UNSHOWN: Final = frozenset({"version", "past", "anomalies"})
"""What a case says of its own record."""
DERIVED: Final = frozenset({"status", "overlays"})
"""What depends on the day as well."""
BOOKKEEPING: Final[Path] = ("record", "changed")


class Change(NamedTuple):
    """One thing that is different."""

    path: Path
    before: object
    """``None`` where there was nothing."""
    after: object
    facts: tuple[UUID, ...]
    """The facts behind it, with what corrected or retracted them, in record order; none where only the day is another:
    a clearance expired, a child came of age."""
    imprecise: bool
    """Whether it rests on a date that may lie on the other side of one of the two days."""


class _Side(NamedTuple):
    """One moment: what the case shows then, and which fact last changed each part of it."""

    shown: Mapping[Path, object]
    setters: Mapping[Path, UUID]
    touching: Mapping[str, set[UUID]]
    """Facet → the facts that changed anything in it."""
    held: Mapping[UUID, Held]
    known: frozenset[UUID]
    unsure: frozenset[UUID]


def changes(facts: Sequence[Recorded], before: Moment, after: Moment) -> list[Change]:
    """Return what is different in a case, by path. Facts are those of one case, in record order.

    Status and overlays are those of the two days. Sealed values are compared as far as they were opened.
    """
    sides = _side(facts, before), _side(facts, after)
    was, now = sides
    order = {known.stamp.fact_id: nth for nth, known in enumerate(facts)}
    differing = {
        fact_id
        for fact_id in was.held.keys() | now.held.keys()
        if _counted(was.held.get(fact_id)) != _counted(now.held.get(fact_id))
    }
    found = []
    for path in sorted(was.shown.keys() | now.shown.keys()):
        if was.shown.get(path) == now.shown.get(path):
            continue
        set_by = {side.setters[path] for side in sides if path in side.setters} & differing
        if not set_by and path[0] not in DERIVED:  # the same fact made another of it, because of one before it
            set_by = (was.touching.get(path[0], set()) | now.touching.get(path[0], set())) & differing
        behind = set_by | _what_changed(facts, set_by, was.known ^ now.known)
        found.append(
            Change(
                path,
                was.shown.get(path),
                now.shown.get(path),
                tuple(sorted(behind, key=order.__getitem__)),
                imprecise=bool(set_by & (was.unsure | now.unsure)),
            )
        )
    return found


def _side(facts: Sequence[Recorded], moment: Moment) -> _Side:
    held = held_at(facts, moment)
    state, shown, setters = CASE.empty, dict[Path, object](), dict[Path, UUID]()
    touching: defaultdict[str, set[UUID]] = defaultdict(set)
    for fact in held:
        state = CASE.evolve(state, fact.recorded)
        now = dict(_shown(state, moment.as_of))
        for path in shown.keys() | now.keys():
            if shown.get(path) != now.get(path):
                setters[path] = fact.recorded.stamp.fact_id
                touching[path[0]].add(fact.recorded.stamp.fact_id)
        shown = now
    return _Side(
        shown,
        setters,
        touching,
        {fact.recorded.stamp.fact_id: fact for fact in held},
        frozenset(known.stamp.fact_id for known in known_at(facts, moment.known_at)),
        frozenset(fact.recorded.stamp.fact_id for fact in held if fact.starts and fact.starts.straddles(moment.as_of)),
    )


def _counted(held: Held | None) -> object:
    """Return what of a held fact can be another at another moment."""
    return held and (held.recorded.fact, held.starts)


def _what_changed(facts: Sequence[Recorded], targets: set[UUID], learned: frozenset[UUID]) -> set[UUID]:
    """Return the corrections and retractions of facts that are known at one of the moments only."""
    named = {change.stamp.fact_id for target in targets for change in changes_of(facts, target)}
    return named & learned


def _shown(case: CaseState, on: date) -> Iterator[tuple[Path, object]]:
    yield ("status",), status(case, on).value
    holding = overlays(case, on)
    for overlay in Overlay:
        if overlay in holding:
            yield ("overlays", overlay.value), True
    for name, facet in vars(case).items():
        if name not in UNSHOWN:
            yield from _leaves((name,), facet)


def _leaves(path: Path, value: object) -> Iterator[tuple[Path, object]]:
    """Yield the parts of a value that is made of parts; nothing for what is not there."""
    if path == BOOKKEEPING or value is None:
        return
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _leaves((*path, field.name), getattr(value, field.name))
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _leaves((*path, _named(key)), entry)
    elif value not in ((), frozenset()):
        yield path, value


def _named(key: object) -> str:
    """Return a key as a part of a path; what it has no value for is a dash."""
    return "/".join("-" if part is None else str(part) for part in key) if isinstance(key, tuple) else str(key)
