"""Life: a death, its manner, and how well it is supported."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final
from uuid import UUID

from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.request import CaseObservation
from domain.dates import PartialDate
from domain.deciding import readable
from domain.kernel import Act, Decision, Facet, Fact, Odd, Stamp
from domain.privacy import BlockLabel, Medical, Open, Unreadable
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


class DeathRecorded(Fact, topic="case.death-recorded"):
    """The person died."""

    manner: Medical[DeathManner]
    facility: Open[UUID | None]
    strength: Open[Evidence]


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
    mother: UUID | Unreadable | None = None
    """The case of the mother of a child born in a facility."""


LIFE: Final = Facet("life", Life())


@LIFE.evolves
def _(fact: DeathRecorded, stamp: Stamp, was: Life) -> Life | Odd[Life]:
    told = Death(stamp.occurred_on, fact.manner, fact.facility, fact.strength)
    if was.death is None:
        return Life(told)
    return Odd(Life(told) if told.strength > was.death.strength else was, "life.died-twice")


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
        """Record the death, unless the same account is the one to go by."""
        known = case.life.death
        if known is not None:
            readable(known.manner)
        day = known.on if known is not None and self.occurred_on is None else self.day(act)
        if known != Death(day, self.manner, self.facility, self.strength):
            yield DeathRecorded(manner=self.manner, facility=self.facility, strength=self.strength)
            yield from withdrawal(case, act, WithdrawalCause.DEATH)
