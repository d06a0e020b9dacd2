"""Reading a case that is not one's own under a glass that one broke: for a while, and only what it was broken for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from adapters.record.door import Door, Reading
from adapters.record.load import EVERYONE
from api.problems import Problem
from domain.break_glass import BREAK_GLASS, NAME
from domain.purposes import UNDER_GLASS


async def under_glass(door: Door, reading: Reading, glass: UUID) -> Reading:
    """Return the reading as the broken glass lets its officer do it.

    :raises NotVisible: when there is no such glass.
    :raises Problem: ``glass.closed`` when somebody else broke it, for another case or class, or its time is over.
    """
    looking = replace(reading.caller, permissions=frozenset({f"{NAME}:read"}))
    found = await door.read(Reading(NAME, glass, looking, reading.request))
    state = BREAK_GLASS.fold(found.facts)
    if not state.opens(reading.opens) or not state.lets_in(reading.caller.actor, reading.stream, datetime.now(UTC)):
        raise Problem("glass.closed")
    let_in = {"case:read", *(f"case:open-{label}" for label in reading.opens)}
    caller = replace(reading.caller, parties=frozenset({EVERYONE}), permissions=reading.caller.permissions | let_in)
    return replace(reading, caller=caller, purpose=UNDER_GLASS.format(glass))
