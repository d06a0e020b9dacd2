"""The subject report: everything that is held of a person, and who read it (GDPR, article 15). Itself a reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple
from uuid import UUID

from adapters.forgetting.people import cases_of
from adapters.record.door import Caller, Door, Reading
from adapters.record.load import EVERYONE
from adapters.record.read_log import Seen, SeenByMachine
from adapters.record.record import Record
from domain.kernel import Recorded
from domain.privacy import PERSONAL_CLASSES

PERMISSION: Final = "subject-request:report"
PAGE: Final = 500


class HeldCase(NamedTuple):
    """One case of the person, everything opened."""

    case_id: UUID
    facts: Sequence[Recorded]


@dataclass(frozen=True)
class SubjectReport:
    """What is held of one person."""

    cases: Sequence[HeldCase]
    """The case asked for first, then those of the same person that it was merged with."""
    reads: Sequence[Seen]
    """Everybody who opened anything of them, the latest first, this report among them."""
    machines: Sequence[SeenByMachine]


async def subject_report(
    record: Record, door: Door, case: UUID, caller: Caller, *, purpose: str, request: UUID
) -> SubjectReport:
    """Return everything that is held of the person of a case, who the caller may see.

    :raises NotPermitted: when the caller may not open every class.
    :raises NotVisible: when there is no such case, or not for this caller.
    :raises RecordUnavailable: when the database does not answer or the reading cannot be recorded.
    """
    reading = Reading("case", case, caller, request, PERSONAL_CLASSES, purpose)
    cases = [HeldCase(case, (await door.read(reading)).facts)]
    # It is one person: whoever may see one of the cases and answers to that person has to show them all.
    everywhere = replace(caller, parties=frozenset({EVERYONE}))
    _, linked = await cases_of(record, case)
    for other in linked:
        if other != case:
            found = await door.read(replace(reading, stream=other, caller=everywhere))
            cases.append(HeldCase(other, found.facts))
    reads: list[Seen] = []
    machines: list[SeenByMachine] = []
    for held in cases:
        page = await record.reads.who_saw(held.case_id, limit=PAGE)
        reads += page.reads
        machines += page.machines
        while page.next is not None:
            page = await record.reads.who_saw(held.case_id, before=page.next, limit=PAGE)
            reads += page.reads
    once = {one.read_id: one for one in reads}  # one may have opened several cases of the person
    return SubjectReport(cases, [once[read_id] for read_id in sorted(once, reverse=True)], machines)
