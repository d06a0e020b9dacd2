"""A person behind a case: the case that goes on, and every case that was merged into it."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from adapters.record.errors import NotVisible
from adapters.record.load import EVERYONE, Wanted
from adapters.record.opening import Opener
from adapters.record.record import Record
from domain.case.case import CaseState
from domain.case.erasing import linked
from domain.registry import AGGREGATES


class Found(NamedTuple):
    """A stream, folded with everything sealed left closed."""

    state: Any
    version: int


async def stream_of(record: Record, stream: UUID) -> Found:
    """Return a stream.

    :raises NotVisible: when there is none.
    """
    found = await record.loader.load(Wanted(stream, frozenset({EVERYONE})))
    if not found.rows:
        raise NotVisible
    facts = (await Opener(record).open(found.rows, frozenset(), None)).facts
    return Found(AGGREGATES[facts[0].fact.topic.partition(".")[0]].fold(facts), found.rows[-1].version)


async def cases_of(record: Record, case: UUID) -> tuple[UUID, tuple[UUID, ...]]:
    """Return the case that goes on for the person of a case, and all of theirs in the order of ids.

    :raises NotVisible: when there is no such case.
    """
    known: dict[UUID, CaseState] = {}
    wanted = {case}
    while wanted:
        for each in sorted(wanted):
            state = (await stream_of(record, each)).state
            if not isinstance(state, CaseState):
                raise NotVisible
            known[each] = state
        wanted = set(linked(known)) - known.keys()
    return known[case].record.merged_into or case, tuple(sorted(known))
