"""On what a clearance rested: the evidence as it stood then, its digest computed anew, the gate asked again.

An auditor sees verdicts and counts. What has to be opened for them is opened by the machine, and recorded as read for
that purpose before the answer leaves.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, NamedTuple
from uuid import UUID

from adapters.record.door import Caller
from adapters.record.errors import NotPermitted, NotVisible
from adapters.record.frame import leaf_of
from adapters.record.keys import KeyChain
from adapters.record.load import EVERYONE, StoredRow, Wanted
from adapters.record.mapper import FactMapper
from adapters.record.opening import Opener, aggregate_of
from adapters.record.read_log import Read
from adapters.record.record import Record
from domain.case.case import CaseState
from domain.case.departure import OPENS, DepartureRequest, rests_on
from domain.case.gate import Unmet, unmet
from domain.case.journey import ClearedToDepart
from domain.kernel import Stamp
from domain.privacy import ERASED, BlockLabel
from domain.registry import AGGREGATES

PERMISSION: Final = "audit:read"
PURPOSE: Final = "compute anew on what a clearance rested"


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a clearance rested on."""

    stamp: Stamp
    """Of the clearance."""
    clearance: ClearedToDepart
    known: CaseState
    """The case as it was known when the clearance was given."""
    recomputed: str
    """SHA-256 over the sorted leaves, computed from the stored bytes, hex."""
    facts: int
    """Of the case and of every stream on which the gate rested."""
    streams: int
    unmet: tuple[Unmet, ...]
    """Rules that, asked anew on that evidence, do not hold; none where the clearance was given rightly."""
    erased: bool
    """Whether a person in it was erased since. Of their facts the digest is computed as before; rules that need what
    can no longer be read are then unmet, and where the link to a relative is gone the digest covers less."""

    @property
    def agrees(self) -> bool:
        """Whether the evidence is, byte for byte, what was seen."""
        return self.clearance.evidence_sha256 == self.recomputed


async def grounds_of(record: Record, case_id: UUID, version: int, caller: Caller, request: UUID) -> Grounds:
    """Return on what the clearance at this version of a case rested.

    :raises NotPermitted: when the caller may not audit.
    :raises NotVisible: when there is no such case for this caller, or no clearance at this version of it.
    :raises RecordUnavailable: when the database does not answer, or the opening cannot be recorded.
    """
    if PERMISSION not in caller.permissions:
        raise NotPermitted(PERMISSION)
    found = await record.loader.load(Wanted(case_id, caller.parties))
    rows = {row.version: row for row in found.rows}
    if version not in rows:
        raise NotVisible
    stamp, clearance = FactMapper(record.log, KeyChain()).open(rows[version].frame, rows[version].position)
    if not isinstance(clearance, ClearedToDepart):
        raise NotVisible
    before = [row for row in found.rows if row.version < version]
    seen = _Seen(Opener(record), caller)
    case = await seen.folded(before)
    others = await seen.others(rests_on(case) - {case_id}, before=rows[version].position)
    everything = [*before, *(row for one in others.values() for row in one.rows)]
    leaves = sorted(leaf_of(row.frame, record.log.origin) for row in everything)
    await record.reads.note(
        Read("human", caller.actor, caller.agency, PURPOSE, sorted(seen.classes), sorted(seen.people), request)
    )
    asked = DepartureRequest.of(
        case,
        clearance.destination,
        on=stamp.occurred_on.earliest,
        others={stream: one.state for stream, one in others.items()},
        cleared_by=stamp.actor,
        operation=case.journey.manifest,
    )
    return Grounds(
        stamp=stamp,
        clearance=clearance,
        known=case,
        recomputed=sha256(b"".join(leaves)).hexdigest(),
        facts=len(leaves),
        streams=1 + len(others),
        unmet=unmet(case, asked),
        erased=seen.erased,
    )


class _Other(NamedTuple):
    """A stream on which the gate rested, as it stood."""

    state: Any
    rows: Sequence[StoredRow]


class _Seen:
    """Folds streams as far as the gate needs them, and knows what was opened for that."""

    def __init__(self, opener: Opener, caller: Caller) -> None:
        self._opener: Final = opener
        self._caller: Final = caller
        self.people: Final[set[UUID]] = set()
        self.classes: Final[set[BlockLabel]] = set()
        self.erased = False

    async def folded(self, rows: Sequence[StoredRow]) -> Any:
        """Return the state of a stream after these rows; at least one."""
        facts, _, opened = await self._opener.open(rows, OPENS, self._caller.country)
        self.people.update(opened)
        self.classes.update(*opened.values())
        self.erased |= any(value is ERASED for known in facts for _, value in known.fact)
        return AGGREGATES[aggregate_of(rows[0])].fold(facts)

    async def others(self, streams: Collection[UUID], *, before: int) -> dict[UUID, _Other]:
        """Return the streams that had begun before a position, as they stood there; nobody's scope is asked."""
        load, everyone = self._opener.record.loader.load, frozenset({EVERYONE})
        found = {stream: await load(Wanted(stream, everyone, up_to=before - 1)) for stream in sorted(streams)}
        return {stream: _Other(await self.folded(one.rows), one.rows) for stream, one in found.items() if one.rows}
