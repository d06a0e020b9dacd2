"""Statelessness: when somebody may be without a nationality, what follows from it, and what an authority finds.

The risk follows from the ledger of nationalities (I5); an officer flags what the ledger cannot know. What is done about
it stands in :mod:`domain.case.determination`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import TYPE_CHECKING

from domain.case.work import TaskKind, task
from domain.dates import PartialDate
from domain.kernel import Act, Dated, Fact
from domain.privacy import Judicial, Open
from domain.text import FreeText
from domain.values import AgencyCode

if TYPE_CHECKING:
    from domain.case.nationality import Nationality


@unique
class RiskCause(StrEnum):
    """Why somebody may be without a nationality."""

    DEPRIVATION = "deprivation"
    DENIAL = "denial"
    UNREGISTERED_BIRTH = "unregistered_birth"
    CONFLICT_OF_LAWS = "conflict_of_laws"
    """No law of the states concerned gives a nationality: a mother who cannot pass hers on, say."""
    STATELESS_PARENT = "stateless_parent"
    NO_EVIDENCE = "no_evidence"

    @property
    def by_hand(self) -> bool:
        """Whether an officer flags it; the others follow from the ledger."""
        return self not in {RiskCause.DEPRIVATION, RiskCause.DENIAL}


@unique
class RiskEnd(StrEnum):
    """Why a risk of statelessness is no more."""

    RESTORED = "restored"
    WITHDRAWN = "withdrawn"
    """The order of deprivation."""
    APPEAL_ALLOWED = "appeal_allowed"
    NATIONALITY_CONFIRMED = "nationality_confirmed"
    FLAGGED_IN_ERROR = "flagged_in_error"


class StatelessnessRiskFlagged(Fact, topic="case.statelessness-risk-flagged"):
    """The person may be without a nationality."""

    cause: Open[RiskCause]


class StatelessnessDetermined(Fact, topic="case.statelessness-determined"):
    """An authority determined whether the person is stateless, in law and in fact."""

    authority: Open[AgencyCode]
    de_jure: Open[bool]
    de_facto: Open[bool]
    reasons: Judicial[FreeText | None]


class StatelessnessRiskCleared(Fact, topic="case.statelessness-risk-cleared"):
    """The person is no longer held to be at risk of statelessness."""

    cause: Open[RiskEnd]


@dataclass(frozen=True)
class Finding:
    """What an authority determined (Convention relating to the Status of Stateless Persons, article 1(1))."""

    authority: AgencyCode
    de_jure: bool
    de_facto: bool
    on: PartialDate


def threat(was: Nationality, now: Nationality, act: Act) -> Iterator[Dated]:
    """Yield what follows when a fact leaves no confirmed nationality: a flag, and somebody looks for a receiving state.

    Nothing when none was left before.
    """
    if now.threatened and not was.threatened:
        cause = RiskCause.DEPRIVATION if now.deprived else RiskCause.DENIAL
        yield act.now(StatelessnessRiskFlagged(cause=cause))
        yield task(act, 0, TaskKind.FIND_RECEIVING_STATE)
        yield task(act, 0, TaskKind.STATELESSNESS_REVIEW)


def relief(was: Nationality, now: Nationality, act: Act, cause: RiskEnd) -> Iterator[Dated]:
    """Yield the end of the risk when a fact leaves a confirmed nationality, or no order and no denial."""
    flagged = any(one.by_hand for one in was.flagged) and bool(now.confirmed) and not was.confirmed
    if not now.threatened and (was.threatened or flagged):
        yield act.now(StatelessnessRiskCleared(cause=cause))
