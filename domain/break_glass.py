"""Breaking the glass: opening the file of somebody whose case is not one's own, because their life may hang on it.

One stream is one breaking of the glass. Nobody agrees beforehand: whoever does it says why, is let in for three hours
at most, to this case and these classes, and is reviewed afterwards by an officer who answers for people's data. What a
court or a security agency holds is not behind the glass: nobody's life is saved by an allegation.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from domain.case.case import CaseState
from domain.frozen import replace
from domain.kernel import Act, Aggregate, Anomaly, Command, CommandKind, Decision, Fact, Odd, Recorded, Refused
from domain.privacy import BlockLabel, Narrative, Open
from domain.text import SAFE_TEXT

NAME: Final = "break-glass"
LONGEST_MINUTES: Final = 180


# ---------------------------------------------------------------- facts
@unique
class BehindGlass(StrEnum):
    """The personal classes that can be opened so."""

    IDENTITY = "identity"
    MEDICAL = "medical"
    NARRATIVE = "narrative"
    PROTECTION = "protection"


def _once_each(classes: tuple[BehindGlass, ...]) -> tuple[BehindGlass, ...]:
    return tuple(sorted(set(classes)))


Classes = Annotated[tuple[BehindGlass, ...], Field(min_length=1, max_length=4), AfterValidator(_once_each)]
"""In alphabetical order, each once."""
Minutes = Annotated[int, Field(ge=1, le=LONGEST_MINUTES)]
Justification = Annotated[str, StringConstraints(min_length=40, max_length=4_000, strip_whitespace=True), SAFE_TEXT]
"""Whose life hangs on it and why nobody in charge could be asked: at least forty characters."""


@unique
class ReviewOutcome(StrEnum):
    """What a reviewer found."""

    JUSTIFIED = "justified"
    UNJUSTIFIED = "unjustified"
    """Also ends what is left of the time."""


class GlassBroken(Fact, topic="break-glass.glass-broken", subjects={BlockLabel.NARRATIVE: "case_id"}):
    """An officer let themselves in to a case that is not theirs to see."""

    case_id: Open[UUID]
    classes: Open[Classes]
    minutes: Open[Minutes]
    """From when it was recorded."""
    justification: Narrative[Justification]


class AccessReviewed(Fact, topic="break-glass.access-reviewed"):
    """A second person looked at why the glass was broken."""

    outcome: Open[ReviewOutcome]


# ---------------------------------------------------------------- state
@dataclass(frozen=True)
class Broken:
    """Who let themselves in where, to what and until when."""

    case_id: UUID
    classes: frozenset[BlockLabel]
    actor: UUID
    """Reference of the officer."""
    agency: str
    at: datetime
    until: datetime


@dataclass(frozen=True)
class Review:
    """What was found, and by whom."""

    outcome: ReviewOutcome
    actor: UUID
    """Reference of the officer."""
    agency: str
    at: datetime


@dataclass(frozen=True)
class BreakGlassState:
    """What is known about one breaking of the glass."""

    broken: Broken | None = None
    review: Review | None = None
    anomalies: tuple[Anomaly, ...] = ()

    def lets_in(self, actor: UUID, case_id: UUID, at: datetime) -> bool:
        """Whether this officer may look at this case because of it, at this time."""
        return (
            (broken := self.broken) is not None
            and (broken.actor, broken.case_id) == (actor, case_id)
            and broken.at <= at < broken.until
            and (self.review is None or self.review.outcome is ReviewOutcome.JUSTIFIED)
        )

    def opens(self, classes: Collection[BlockLabel]) -> bool:
        """Whether it was broken for these classes."""
        return self.broken is not None and self.broken.classes.issuperset(classes)


def evolve(glass: BreakGlassState, recorded: Recorded) -> BreakGlassState:
    """Return the state after one more fact. Never raises."""
    stamp, fact = recorded
    now: BreakGlassState | Odd[BreakGlassState]
    at = stamp.recorded_at
    if isinstance(fact, GlassBroken) and glass.broken is None:
        until = at + timedelta(minutes=fact.minutes)
        broken = Broken(fact.case_id, frozenset(map(BlockLabel, fact.classes)), stamp.actor, stamp.agency, at, until)
        now = replace(glass, broken=broken)
    elif isinstance(fact, AccessReviewed):
        now = replace(glass, review=Review(fact.outcome, stamp.actor, stamp.agency, at))
    else:
        now = Odd(glass, "record.foreign-fact")
    if isinstance(now, Odd):
        now, code = now
        now = replace(now, anomalies=(*now.anomalies, Anomaly(code, stamp.fact_id, stamp.position)))
    return now


BREAK_GLASS: Final = Aggregate(NAME, BreakGlassState(), evolve)


# ---------------------------------------------------------------- commands
class BreakGlass(Command):
    """Let yourself in to a case that is not yours to see, for three hours at most. It is recorded, and reviewed.

    Reading follows with ``GET /v1/cases/{case_id}?under={break_glass_id}``; nothing is opened by this alone.

    :raises Refused: ``break-glass.unknown-case``, ``case.erased``.
    """

    aggregate = NAME
    nature = CommandKind.DECISION
    creates = True
    permission = "case:break-glass"
    case_id: UUID
    classes: Classes
    minutes: Minutes = LONGEST_MINUTES
    justification: Justification

    def rests_on(self, state: Any) -> frozenset[UUID]:
        """Return the case; the caller need not be allowed to see it, which is what the glass is for."""
        del state
        return frozenset({self.case_id})

    def decide(self, state: BreakGlassState, act: Act) -> Decision:
        """Record it, unless this very request is recorded."""
        case = act.others.get(self.case_id)
        if not isinstance(case, CaseState):
            raise Refused("break-glass.unknown-case", "There is no such case.")
        if case.record.erased is not None:
            raise Refused("case.erased", "The person was erased: there is nothing to open.")
        if state.broken is None:
            yield GlassBroken(
                case_id=self.case_id,
                classes=self.classes,
                minutes=self.minutes,
                justification=self.justification,
            )


class ReviewAccess(Command):
    """Say whether the glass was broken with good reason. For an officer who may see the case, and did not break it.

    :raises Refused: ``break-glass.other-case``, ``break-glass.same-person``, ``break-glass.already-reviewed`` with
        another outcome.
    """

    aggregate = NAME
    nature = CommandKind.DECISION
    permission = "break-glass:review"
    case_id: UUID
    """As the register says it: who may not see the case does not review who did."""
    outcome: ReviewOutcome

    def rests_on(self, state: Any) -> frozenset[UUID]:
        """Return the case."""
        del state
        return frozenset({self.case_id})

    def named_streams(self) -> frozenset[UUID]:
        """Return the case: it has to be the caller's to see."""
        return frozenset({self.case_id})

    def decide(self, state: BreakGlassState, act: Act) -> Decision:
        """Record the outcome, unless it is on record."""
        if state.broken is None or state.broken.case_id != self.case_id:
            raise Refused("break-glass.other-case", "The glass was not broken for this case.")
        if state.broken.actor == act.actor:
            raise Refused("break-glass.same-person", "A second person reviews it: you broke the glass.")
        if state.review is None:
            yield AccessReviewed(outcome=self.outcome)
        elif state.review.outcome is not self.outcome:
            raise Refused("break-glass.already-reviewed", "It was reviewed, with another outcome.")
