"""Specific needs: what somebody needs beyond what everybody is given, until it is met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final
from uuid import UUID

from domain.case.request import CaseDecision, CaseObservation
from domain.dates import PartialDate
from domain.deciding import readable
from domain.kernel import Act, Decision, Facet, Fact, Odd, Refused, Stamp
from domain.privacy import BlockLabel, Open, Protection, Unreadable

if TYPE_CHECKING:
    from domain.case.case import CaseState


@unique
class SpecificNeed(StrEnum):
    """What a person needs, in the widest terms (after UNHCR's specific needs codes)."""

    CHILD_AT_RISK = "child_at_risk"
    PREGNANT_OR_NURSING = "pregnant_or_nursing"
    SINGLE_PARENT = "single_parent"
    OLDER_PERSON = "older_person"
    DISABILITY = "disability"
    SERIOUS_ILLNESS = "serious_illness"
    DISTRESS = "distress"
    SURVIVOR_OF_VIOLENCE = "survivor_of_violence"
    SURVIVOR_OF_TORTURE = "survivor_of_torture"
    TRAFFICKED = "trafficked"
    SAFETY = "safety"
    """In danger where they are, from those around them."""
    LEGAL = "legal"
    """Documents, or somebody who represents them."""


@unique
class NeedOutcome(StrEnum):
    """How a need came to its end."""

    MET = "met"
    PASSED = "passed"
    HANDED_OVER = "handed_over"
    """Whoever receives the person goes on."""
    MISTAKEN = "mistaken"


class SpecificNeedIdentified(Fact, topic="case.specific-need-identified"):
    """Somebody saw what the person needs."""

    need_id: Open[UUID]
    need: Protection[SpecificNeed]


class SpecificNeedResolved(Fact, topic="case.specific-need-resolved"):
    """A need came to its end."""

    need_id: Open[UUID]
    outcome: Protection[NeedOutcome]


@dataclass(frozen=True)
class Need:
    """One open need."""

    need: SpecificNeed | Unreadable
    since: PartialDate


@dataclass(frozen=True)
class Needs:
    """The open needs by id, and the ids of those that came to an end."""

    open: Mapping[UUID, Need] = field(default_factory=dict)
    resolved: frozenset[UUID] = frozenset()


NEEDS: Final = Facet("specific_needs", Needs())


@NEEDS.evolves
def _(fact: SpecificNeedIdentified, stamp: Stamp, was: Needs) -> Needs:
    if fact.need_id in was.resolved:
        return was
    return Needs({**was.open, fact.need_id: Need(fact.need, stamp.occurred_on)}, was.resolved)


@NEEDS.evolves
def _(fact: SpecificNeedResolved, _stamp: Stamp, was: Needs) -> Needs | Odd[Needs]:
    others = {need_id: need for need_id, need in was.open.items() if need_id != fact.need_id}
    now = Needs(others, was.resolved | {fact.need_id})
    return now if fact.need_id in was.open else Odd(now, "need.unknown")


class IdentifySpecificNeed(CaseObservation):
    """Record what a person needs beyond what everybody is given.

    :raises Refused: ``record.erased`` when an open need can no longer be read.
    """

    permission = "case:record-protection"
    opens = frozenset({BlockLabel.PROTECTION})
    need: SpecificNeed

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the need, unless it is open."""
        if all(readable(known.need) is not self.need for known in case.protection.needs.values()):
            yield SpecificNeedIdentified(need_id=act.new_id(), need=self.need)


class ResolveSpecificNeed(CaseDecision):
    """Record how a need came to its end.

    :raises Refused: ``need.unknown`` when no such need is on this case.
    """

    permission = "case:record-protection"
    after_merge = True
    need_id: UUID
    outcome: NeedOutcome

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Resolve the need, unless it is resolved."""
        del act
        needs = case.protection.specific_needs
        if self.need_id in needs.resolved:
            return
        if self.need_id not in needs.open:
            raise Refused("need.unknown", "No such need is on this case.")
        yield SpecificNeedResolved(need_id=self.need_id, outcome=self.outcome)
