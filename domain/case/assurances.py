"""Assurances: what a state promises before it receives a person, and whether it is believed.

A promise not to seek the death penalty, to try fairly, not to torture, to let others look (Soering v United Kingdom,
1989; Othman (Abu Qatada) v United Kingdom, 2012, § 189). Nobody is bound by what is only received: it is accepted or
rejected by somebody who does not belong to the state that gave it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, unique
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from domain.dates import PartialDate
from domain.frozen import replace
from domain.kernel import Facet, Fact, Odd, Stamp
from domain.privacy import Judicial, Narrative, Open, Unreadable
from domain.text import FreeText
from domain.values import AgencyCode, CountryCode


@unique
class Promise(StrEnum):
    """What a state can promise."""

    NO_DEATH_PENALTY = "no_death_penalty"
    FAIR_TRIAL = "fair_trial"
    NO_TORTURE = "no_torture"
    MONITORING = "monitoring"


@unique
class Weighed(StrEnum):
    """What weighed for or against an assurance (Othman, § 189), in the widest terms."""

    SPECIFIC = "specific"
    VAGUE = "vague"
    BINDING = "binding"
    NOT_BINDING = "not_binding"
    CAN_BE_VERIFIED = "can_be_verified"
    CANNOT_BE_VERIFIED = "cannot_be_verified"
    KEPT_BEFORE = "kept_before"
    BROKEN_BEFORE = "broken_before"
    INCOMPLETE = "incomplete"


Promises = Annotated[tuple[Promise, ...], Field(min_length=1, max_length=len(Promise))]
Weights = Annotated[tuple[Weighed, ...], Field(min_length=1, max_length=len(Weighed))]


class AssuranceRequested(Fact, topic="case.assurance-requested"):
    """A state was asked to promise something."""

    assurance_id: Open[UUID]
    country: Open[CountryCode]
    promises: Judicial[Promises]


class AssuranceReceived(Fact, topic="case.assurance-received"):
    """The state answered; what it promises holds until and including a day, or without end."""

    assurance_id: Open[UUID]
    country: Open[CountryCode]
    valid_until: Open[date | None]
    no_death_penalty: Judicial[bool]
    fair_trial: Judicial[bool]
    no_torture: Judicial[bool]
    monitoring: Judicial[bool]
    reference: Narrative[FreeText | None]


class AssuranceAccepted(Fact, topic="case.assurance-accepted"):
    """The assurance was found good enough to rest on."""

    assurance_id: Open[UUID]
    authority: Open[AgencyCode]
    reasons: Judicial[Weights]


class AssuranceRejected(Fact, topic="case.assurance-rejected"):
    """The assurance was found not good enough, or is not any more."""

    assurance_id: Open[UUID]
    authority: Open[AgencyCode]
    reasons: Judicial[Weights]


class AssuranceBreachReported(Fact, topic="case.assurance-breach-reported"):
    """Somebody reported that the state did not keep what it promised."""

    assurance_id: Open[UUID]
    breach: Judicial[Promise]
    account: Narrative[FreeText | None]


@unique
class Stage(StrEnum):
    """How far an assurance has come."""

    REQUESTED = "requested"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    BREACHED = "breached"


@dataclass(frozen=True)
class Assurance:
    """What one state was asked for and promised."""

    country: CountryCode
    stage: Stage
    on: PartialDate
    """Of the last step."""
    asked: tuple[Promise, ...] | Unreadable = ()
    valid_until: date | None = None
    no_death_penalty: bool | Unreadable | None = None
    """``None``, like the others: not answered yet."""
    fair_trial: bool | Unreadable | None = None
    no_torture: bool | Unreadable | None = None
    monitoring: bool | Unreadable | None = None
    breaches: tuple[tuple[Promise | Unreadable, PartialDate], ...] = ()
    """What was not kept, and when, in the order reported."""

    def in_force(self, on: date) -> bool:
        """Whether it was accepted, not broken, and has not expired on the day."""
        return self.stage is Stage.ACCEPTED and (self.valid_until is None or on <= self.valid_until)


@dataclass(frozen=True)
class Assurances:
    """Every assurance by id, in the order in which they were asked for or received."""

    by_id: Mapping[UUID, Assurance] = field(default_factory=dict)

    def in_force(self, country: CountryCode, on: date) -> tuple[Assurance, ...]:
        """Return those of a state that were accepted and hold on the day."""
        return tuple(known for known in self.by_id.values() if known.country == country and known.in_force(on))


ASSURANCES: Final = Facet("assurances", Assurances())


@ASSURANCES.evolves
def _(fact: AssuranceRequested, stamp: Stamp, was: Assurances) -> Assurances | Odd[Assurances]:
    if fact.assurance_id in was.by_id:
        return Odd(was, "assurance.requested-twice")
    asked = Assurance(fact.country, Stage.REQUESTED, stamp.occurred_on, fact.promises)
    return _with(was, fact.assurance_id, asked)


@ASSURANCES.evolves
def _(fact: AssuranceReceived, stamp: Stamp, was: Assurances) -> Assurances:
    known = was.by_id.get(fact.assurance_id)
    if known is not None and known.stage is not Stage.REQUESTED and stamp.occurred_on.earliest < known.on.earliest:
        return was
    given = Assurance(
        fact.country,
        Stage.RECEIVED,
        stamp.occurred_on,
        known.asked if known is not None else (),
        fact.valid_until,
        fact.no_death_penalty,
        fact.fair_trial,
        fact.no_torture,
        fact.monitoring,
        known.breaches if known is not None else (),
    )
    return _with(was, fact.assurance_id, given)


@ASSURANCES.evolves
def _(fact: AssuranceAccepted, stamp: Stamp, was: Assurances) -> Assurances | Odd[Assurances]:
    return _at_stage(was, fact.assurance_id, Stage.ACCEPTED, stamp.occurred_on)


@ASSURANCES.evolves
def _(fact: AssuranceRejected, stamp: Stamp, was: Assurances) -> Assurances | Odd[Assurances]:
    return _at_stage(was, fact.assurance_id, Stage.REJECTED, stamp.occurred_on)


@ASSURANCES.evolves
def _(fact: AssuranceBreachReported, stamp: Stamp, was: Assurances) -> Assurances | Odd[Assurances]:
    known, on = was.by_id.get(fact.assurance_id), stamp.occurred_on
    if known is None:
        return Odd(was, "assurance.unknown")
    breaches = (*known.breaches, (fact.breach, on))
    now = replace(known, breaches=breaches)
    if on.earliest >= known.on.earliest:
        now = replace(now, stage=Stage.BREACHED, on=on)
    return _with(was, fact.assurance_id, now)


def _at_stage(was: Assurances, assurance_id: UUID, stage: Stage, on: PartialDate) -> Assurances | Odd[Assurances]:
    """Return the assurances with one at a further stage, unless something has happened to it since."""
    known = was.by_id.get(assurance_id)
    if known is None:
        return Odd(was, "assurance.unknown")
    if on.earliest < known.on.earliest:
        return was
    now = _with(was, assurance_id, replace(known, stage=stage, on=on))
    unanswered = stage is Stage.ACCEPTED and known.stage is Stage.REQUESTED
    return Odd(now, "assurance.accepted-unanswered") if unanswered else now


def _with(was: Assurances, assurance_id: UUID, now: Assurance) -> Assurances:
    return Assurances({**was.by_id, assurance_id: now})
