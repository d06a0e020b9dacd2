"""The registers of auditors: what was corrected or taken back, and what was done that nobody had cleared or promised.

One row per fact, for ever: also one that was taken back since stays, and says so. What was written about it is sealed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

from adapters.views.register import Column, Condition, Register, equal
from adapters.views.writing import Kind, View
from domain.case.assurances import AssuranceBreachReported
from domain.case.case import CaseState
from domain.case.journey import Departed
from domain.case.life import DeathRecordRetracted
from domain.case.transfers import UnclearedTransferReported
from domain.corrections import FactCorrected, FactRetracted, undone
from domain.kernel import Fact, Recorded

UNCLEARED: Final = "departure.uncleared"
"""Anomaly of a departure for which no clearance was in force."""


class CorrectionRow(NamedTuple):
    """One correction, retraction, or retracted record of a death."""

    case_id: UUID
    version: int
    position: int
    fact_id: UUID
    code: str
    """Topic of the fact."""
    actor: UUID
    """Random reference of the officer who recorded it."""
    agency: str
    """That acted."""
    occurred_from: date
    """Earliest day that it can have been."""
    occurred_on: str
    """EDTF, as told; of a correction the day of its target."""
    recorded_at: datetime
    stands: bool
    """Whether it was not taken back itself."""
    target_fact_id: UUID
    target_version: int | None
    """``None`` when the case has no such fact."""
    target_topic: str | None
    cause: str
    fields: tuple[str, ...]
    """Names of the fields that were corrected; of a retraction none."""


class BreachRow(NamedTuple):
    """One departure or transfer that nobody had cleared, or one promise that a state did not keep."""

    case_id: UUID
    version: int
    position: int
    fact_id: UUID
    code: str
    """Topic of the fact."""
    actor: UUID
    """Random reference of the officer who recorded it."""
    agency: str
    """That acted."""
    occurred_from: date
    """Earliest day that it can have been."""
    occurred_on: str
    """EDTF, as told."""
    recorded_at: datetime
    stands: bool
    """Whether it was not taken back."""
    country: str | None
    """To which the person was taken, or whose promise it was."""
    by_agency: str | None
    """That took the person away, where known."""


_KINDS: Final = (
    Kind.UUID, Kind.INT4, Kind.INT8, Kind.UUID, Kind.TEXT, Kind.UUID, Kind.TEXT, Kind.DATE, Kind.TEXT, Kind.TIMESTAMP,
    Kind.BOOL,
)  # fmt: skip
CORRECTION: Final = View(
    "correction",
    CorrectionRow,
    (*_KINDS, Kind.UUID, Kind.OPTIONAL_INT4, Kind.TEXT, Kind.TEXT, Kind.TEXTS),
    owner="case_id",
)
BREACH: Final = View("breach", BreachRow, (*_KINDS, Kind.TEXT, Kind.TEXT), owner="case_id")
CORRECTIONS: Final = Register(CORRECTION, (Column("position", "bigint"),))
"""In the order of the record."""
BREACHES: Final = Register(BREACH, (Column("position", "bigint"),))
"""In the order of the record."""


def correction_rows(facts: Sequence[Recorded]) -> list[CorrectionRow]:
    """Return a row for each correction of a case; facts in record order, as recorded."""
    changes = [recorded for recorded in facts if type(recorded.fact) in _CORRECTIONS]
    if not changes:
        return []
    known = {stamp.fact_id: (stamp.version, fact.topic) for stamp, fact in facts}
    gone = undone(facts)
    return [CorrectionRow._make((*_reported(recorded, gone), *_what(recorded.fact, known))) for recorded in changes]


_CORRECTIONS: Final[frozenset[type[Fact]]] = frozenset({FactCorrected, FactRetracted, DeathRecordRetracted})


def _what(fact: Fact, known: Mapping[UUID, tuple[int, str]]) -> tuple[Any, ...]:
    """Return which fact is put right and why, and which fields of it."""
    by = cast("FactCorrected | FactRetracted | DeathRecordRetracted", fact)
    fields = by.corrected_fields if isinstance(by, FactCorrected) else ()
    return by.target_fact_id, *known.get(by.target_fact_id, (None, None)), by.cause.value, fields


def breach_rows(case: CaseState, facts: Sequence[Recorded]) -> list[BreachRow]:
    """Return a row for each breach of a case, folded from these facts in record order, as recorded."""
    found = [recorded for recorded in facts if type(recorded.fact) in _BREACHES]
    if uncleared := {odd.fact_id for odd in case.anomalies if odd.code == UNCLEARED}:
        found += [recorded for recorded in facts if recorded.stamp.fact_id in uncleared]
    if not found:
        return []
    gone = undone(facts)
    return [BreachRow._make((*_reported(recorded, gone), *_where(case, recorded.fact))) for recorded in found]


_BREACHES: Final[frozenset[type[Fact]]] = frozenset({UnclearedTransferReported, AssuranceBreachReported})

AUDITED: Final = _CORRECTIONS | _BREACHES
"""Facts of which each has a row of its own here. (A departure has one when it was odd.)"""


def _where(case: CaseState, fact: Fact) -> tuple[str | None, str | None]:
    """Return the country and the agency that a breach names."""
    if isinstance(fact, UnclearedTransferReported):
        return fact.destination, fact.by_agency
    if isinstance(fact, AssuranceBreachReported):
        promised = case.assurances.by_id.get(fact.assurance_id)
        return (promised.country if promised is not None else None), None
    return (fact.destination if isinstance(fact, Departed) else None), None


def _reported(recorded: Recorded, gone: frozenset[UUID]) -> tuple[Any, ...]:
    """Return the first columns of a fact: which, by whom, when, and whether it stands."""
    stamp, fact = recorded
    return (
        stamp.stream,
        stamp.version,
        stamp.position,
        stamp.fact_id,
        fact.topic,
        stamp.actor,
        stamp.agency,
        stamp.occurred_on.earliest,
        stamp.occurred_on.text,
        stamp.recorded_at,
        stamp.fact_id not in gone,
    )


@dataclass(frozen=True)
class AuditFilter:
    """What of a register of facts to list; every condition that is given has to hold."""

    case_id: UUID | None = None
    agency: str | None = None
    """That acted."""
    code: str | None = None
    """Topic of the fact."""
    target_topic: str | None = None
    """Of a correction."""

    def conditions(self) -> Iterator[Condition]:
        """Yield what has to hold of a row."""
        yield from equal("case_id", self.case_id)
        yield from equal("agency", self.agency)
        yield from equal("code", self.code)
        yield from equal("target_topic", self.target_topic)
