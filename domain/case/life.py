"""Life: deaths as they were reported, their manner, and how well each is supported; and those that never were.

Two accounts stand side by side, and the better supported counts. Who was recorded dead and lives was never dead: the
record of the death is retracted, and as of any day the person was alive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final
from uuid import UUID

from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.request import CaseDecision, CaseObservation
from domain.dates import PartialDate
from domain.deciding import readable
from domain.frozen import replace
from domain.kernel import Act, Decision, Facet, Fact, Odd, Refused, Stamp, ValidFrom
from domain.privacy import BlockLabel, Medical, Narrative, Open, Unreadable
from domain.text import FreeText
from domain.values import Evidence

if TYPE_CHECKING:
    from domain.case.case import CaseState


@unique
class DeathManner(StrEnum):
    """How a person died, in the widest terms."""

    NATURAL = "natural"
    ILLNESS = "illness"
    ACCIDENT = "accident"
    UNLAWFUL_KILLING = "unlawful_killing"
    HOSTILITIES = "hostilities"
    UNKNOWN = "unknown"


@unique
class DeathRetractionCause(StrEnum):
    """Why a death on record never was."""

    SEEN_ALIVE = "seen_alive"
    MISTAKEN_PERSON = "mistaken_person"
    """Somebody else died."""
    FALSE_REPORT = "false_report"
    RECORDED_IN_ERROR = "recorded_in_error"


class DeathRecorded(Fact, topic="case.death-recorded"):
    """The person died."""

    manner: Medical[DeathManner]
    facility: Open[UUID | None]
    strength: Open[Evidence]


class DeathRecordRetracted(Fact, topic="case.death-record-retracted", valid=ValidFrom.ALWAYS):
    """A death on record never was."""

    target_fact_id: Open[UUID]
    cause: Open[DeathRetractionCause]
    reason: Narrative[FreeText | None]


@dataclass(frozen=True)
class Death:
    """One account of the death."""

    on: PartialDate
    manner: DeathManner | Unreadable
    facility: UUID | None
    strength: Evidence


@dataclass(frozen=True)
class Life:
    """Whether the person lives, as far as is known."""

    death: Death | None = None
    """The account to go by: the best supported, and of equals the first."""
    accounts: Mapping[UUID, Death] = field(default_factory=dict)
    """Every account that was not retracted, by the fact that gave it."""
    retracted: frozenset[UUID] = frozenset()
    """Facts that recorded a death that never was."""
    mother: UUID | Unreadable | None = None
    """The case of the mother of a child born in a facility."""

    def by(self, accounts: Mapping[UUID, Death]) -> Life:
        """Return what is known about the life by these accounts of a death."""
        best = max(accounts.values(), key=lambda told: told.strength, default=None)
        return replace(self, accounts=accounts, death=best)


LIFE: Final = Facet("life", Life())


@LIFE.evolves
def _(fact: DeathRecorded, stamp: Stamp, was: Life) -> Life | Odd[Life]:
    if stamp.fact_id in was.retracted:
        return was
    told = Death(stamp.occurred_on, fact.manner, fact.facility, fact.strength)
    now = was.by({**was.accounts, stamp.fact_id: told})
    return now if was.death is None else Odd(now, "life.died-twice")


@LIFE.evolves
def _(fact: DeathRecordRetracted, _stamp: Stamp, was: Life) -> Life:
    others = {fact_id: told for fact_id, told in was.accounts.items() if fact_id != fact.target_fact_id}
    return replace(was.by(others), retracted=was.retracted | {fact.target_fact_id})


class RecordDeath(CaseObservation):
    """Record that the person died. A clearance in force is withdrawn.

    :raises Refused: ``record.erased`` when the person was erased and a death is on record.
    """

    permission = "case:record"
    opens = frozenset({BlockLabel.MEDICAL})
    manner: DeathManner = DeathManner.UNKNOWN
    facility: UUID | None = None
    strength: Evidence = Evidence.CLAIMED

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the death, unless the same account is on record."""
        for known in case.life.accounts.values():
            readable(known.manner)
            day = known.on if self.occurred_on is None else self.occurred_on
            if known == Death(day, self.manner, self.facility, self.strength):
                return
        yield DeathRecorded(manner=self.manner, facility=self.facility, strength=self.strength)
        yield from withdrawal(case, act, WithdrawalCause.DEATH)


class RetractDeathRecord(CaseDecision):
    """Take back the record of a death that never was: the person is alive, or somebody else died.

    Another account of a death stays. A case that was closed because of the death is reopened by its own request.

    :raises Refused: ``death.unknown`` when that fact records no death of this person.
    """

    permission = "case:retract-death"
    after_closure = True
    after_death = True
    target_fact_id: UUID
    cause: DeathRetractionCause
    reason: FreeText | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Retract the record of the death, unless it is retracted."""
        del act
        if self.target_fact_id in case.life.retracted:
            return
        if self.target_fact_id not in case.life.accounts:
            raise Refused("death.unknown", "This fact records no death of this person.")
        yield DeathRecordRetracted(target_fact_id=self.target_fact_id, cause=self.cause, reason=self.reason)
