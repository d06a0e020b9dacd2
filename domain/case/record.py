"""The record of a case itself: merged or not, held, restricted, erased.

Facts and state; the commands stand in :mod:`domain.case.merging` and :mod:`domain.case.retention`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, unique
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from domain.case.work import Line
from domain.corrections import FactCorrected, FactRetracted
from domain.dates import PartialDate
from domain.frozen import replace
from domain.kernel import Facet, Fact, Odd, Stamp
from domain.privacy import Narrative, Open

Fence = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of the fence: which keys were destroyed, by their fingerprints; 64 hexadecimal digits."""


@unique
class ReversalCause(StrEnum):
    """Why a merge was reversed."""

    TWO_PEOPLE = "two_people"
    """They are two: twins, namesakes."""
    MERGED_IN_ERROR = "merged_in_error"
    COURT_ORDER = "court_order"


@unique
class HoldBasis(StrEnum):
    """Why nothing of a person may be erased."""

    COURT_ORDER = "court_order"
    INVESTIGATION = "investigation"
    """Of what was done to the person or by the person."""
    CLAIM = "claim"
    """A claim of the person, or against whoever keeps the register."""
    ARCHIVE = "archive"


@unique
class Restriction(StrEnum):
    """How far the case may be used."""

    NONE = "none"
    """As any other: an earlier restriction is over."""
    NEED_TO_KNOW = "need_to_know"
    """Only by whoever is responsible for it."""
    PROCESSING = "processing"
    """Kept and not used until a dispute about it is settled (GDPR, article 18)."""


@unique
class ErasureBasis(StrEnum):
    """On which ground a person was erased."""

    REQUEST = "request"
    RETENTION_ENDED = "retention_ended"
    COURT_ORDER = "court_order"
    OPENED_IN_ERROR = "opened_in_error"


class CaseMergedInto(Fact, topic="case.case-merged-into"):
    """The person of this case is the person of another, which goes on for both."""

    survivor: Open[UUID]


class CaseAbsorbed(Fact, topic="case.case-absorbed"):
    """The person of another case is the person of this one, which goes on for both."""

    absorbed: Open[UUID]


class MergeReversed(Fact, topic="case.merge-reversed"):
    """The two are two again."""

    other: Open[UUID]
    cause: Open[ReversalCause]
    reason: Narrative[Line]


class RetentionHoldPlaced(Fact, topic="case.retention-hold-placed"):
    """Nothing of the person may be erased while the hold lasts."""

    hold_id: Open[UUID]
    basis: Open[HoldBasis]
    until: Open[date | None]
    """Last day of the hold; ``None``: until it is released."""
    reference: Narrative[Line]


class RetentionHoldReleased(Fact, topic="case.retention-hold-released"):
    """A hold ended."""

    hold_id: Open[UUID]
    reference: Narrative[Line | None]


class AccessRestricted(Fact, topic="case.access-restricted"):
    """It was laid down how far the case may be used."""

    restriction: Open[Restriction]
    reason: Narrative[Line]


class PersonErased(Fact, topic="case.person-erased"):
    """The person's keys were destroyed: nobody can read again what is sealed."""

    covers: Open[Annotated[tuple[UUID, ...], Field(min_length=1, max_length=1_000)]]
    """The cases whose keys were destroyed: this one and those merged into it."""
    fence_sha256: Open[Fence]
    basis: Open[ErasureBasis]


# ---------------------------------------------------------------- state
@dataclass(frozen=True)
class Hold:
    """One retention hold."""

    basis: HoldBasis
    until: date | None

    def holds(self, on: date) -> bool:
        """Whether it has not ended by the day."""
        return self.until is None or on <= self.until


@dataclass(frozen=True)
class Erasure:
    """When and on which ground the person was erased, and which cases it covered."""

    on: PartialDate
    basis: ErasureBasis
    covers: tuple[UUID, ...]
    fence_sha256: str


@dataclass(frozen=True)
class Keeping:
    """How the record of a case is kept."""

    survivors: tuple[UUID, ...] = ()
    """The cases that this one was merged into, one after the other: a chain A→B→C reads (B, C) at A."""
    absorbed: tuple[UUID, ...] = ()
    """The cases merged into this one, directly or through another."""
    absorbed_at: Mapping[UUID, int] = field(default_factory=dict)
    """Each of these → the version of this stream at which it was."""
    holds: Mapping[UUID, Hold] = field(default_factory=dict)
    """Those not released, by id; whether one still holds depends on the day."""
    released: frozenset[UUID] = frozenset()
    restriction: Restriction = Restriction.NONE
    restricted_on: PartialDate | None = None
    erased: Erasure | None = None
    changed: Mapping[UUID, tuple[UUID, ...]] = field(default_factory=dict)
    """Fact → the corrections and retractions that name it, in record order, whether or not they still stand."""

    @property
    def merged_into(self) -> UUID | None:
        """The case that goes on for this person; ``None`` when it is this one."""
        return self.survivors[-1] if self.survivors else None

    def held(self, on: date) -> bool:
        """Whether a retention hold stands in the way of erasure on the day."""
        return any(hold.holds(on) for hold in self.holds.values())


RECORD: Final = Facet("record", Keeping())


@RECORD.evolves
def _(fact: FactCorrected, stamp: Stamp, was: Keeping) -> Keeping:
    return _changed(fact.target_fact_id, stamp, was)


@RECORD.evolves
def _(fact: FactRetracted, stamp: Stamp, was: Keeping) -> Keeping:
    return _changed(fact.target_fact_id, stamp, was)


def _changed(target: UUID, stamp: Stamp, was: Keeping) -> Keeping:
    return replace(was, changed={**was.changed, target: (*was.changed.get(target, ()), stamp.fact_id)})


@RECORD.evolves
def _(fact: CaseMergedInto, stamp: Stamp, was: Keeping) -> Keeping | Odd[Keeping]:
    if fact.survivor == stamp.stream:
        return Odd(was, "merge.self")
    if fact.survivor in was.survivors:
        return Odd(was, "merge.twice")
    now = replace(was, survivors=(*was.survivors, fact.survivor))
    return Odd(now, "merge.cycle") if fact.survivor in was.absorbed else now


@RECORD.evolves
def _(fact: CaseAbsorbed, stamp: Stamp, was: Keeping) -> Keeping | Odd[Keeping]:
    if fact.absorbed == stamp.stream:
        return Odd(was, "merge.self")
    if fact.absorbed in was.absorbed:
        return Odd(was, "merge.twice")
    now = replace(
        was,
        absorbed=(*was.absorbed, fact.absorbed),
        absorbed_at={**was.absorbed_at, fact.absorbed: stamp.version},
    )
    return Odd(now, "merge.cycle") if fact.absorbed in was.survivors else now


@RECORD.evolves
def _(fact: MergeReversed, _stamp: Stamp, was: Keeping) -> Keeping | Odd[Keeping]:
    if fact.other not in was.survivors and fact.other not in was.absorbed:
        return Odd(was, "merge.none-to-reverse")
    upto = was.survivors.index(fact.other) if fact.other in was.survivors else len(was.survivors)
    absorbed = tuple(other for other in was.absorbed if other != fact.other)
    versions = {other: version for other, version in was.absorbed_at.items() if other != fact.other}
    return replace(was, survivors=was.survivors[:upto], absorbed=absorbed, absorbed_at=versions)


@RECORD.evolves
def _(fact: RetentionHoldPlaced, _stamp: Stamp, was: Keeping) -> Keeping | Odd[Keeping]:
    if fact.hold_id in was.holds or fact.hold_id in was.released:
        return Odd(was, "hold.placed-twice")
    return replace(was, holds={**was.holds, fact.hold_id: Hold(fact.basis, fact.until)})


@RECORD.evolves
def _(fact: RetentionHoldReleased, _stamp: Stamp, was: Keeping) -> Keeping | Odd[Keeping]:
    now = replace(
        was,
        holds={known: hold for known, hold in was.holds.items() if known != fact.hold_id},
        released=was.released | {fact.hold_id},
    )
    return now if fact.hold_id in was.holds else Odd(now, "hold.unknown")


@RECORD.evolves
def _(fact: AccessRestricted, stamp: Stamp, was: Keeping) -> Keeping:
    if was.restricted_on is not None and stamp.occurred_on.earliest < was.restricted_on.earliest:
        return was
    return replace(was, restriction=fact.restriction, restricted_on=stamp.occurred_on)


@RECORD.evolves
def _(fact: PersonErased, stamp: Stamp, was: Keeping) -> Keeping | Odd[Keeping]:
    if was.erased is not None:
        return Odd(was, "person.erased-twice")
    return replace(was, erased=Erasure(stamp.occurred_on, fact.basis, fact.covers, fact.fence_sha256))
