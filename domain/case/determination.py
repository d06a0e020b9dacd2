"""What officers and authorities do about statelessness: flag a risk, determine it, clear it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.case.nationality import NATIONALITY, Nationality
from domain.case.request import CaseDecision
from domain.case.statelessness import (
    Finding,
    RiskCause,
    RiskEnd,
    StatelessnessDetermined,
    StatelessnessRiskCleared,
    StatelessnessRiskFlagged,
)
from domain.case.work import TaskKind, task
from domain.frozen import replace
from domain.kernel import Act, Decision, Refused, Stamp
from domain.text import FreeText
from domain.values import AgencyCode

if TYPE_CHECKING:
    from domain.case.case import CaseState


@NATIONALITY.evolves
def _(fact: StatelessnessRiskFlagged, stamp: Stamp, was: Nationality) -> Nationality:
    on = stamp.occurred_on
    if was.flagged_on is not None and on.earliest < was.flagged_on.earliest:
        return was
    return replace(was, flagged=was.flagged | {fact.cause}, flagged_on=on)


@NATIONALITY.evolves
def _(fact: StatelessnessRiskCleared, stamp: Stamp, was: Nationality) -> Nationality:
    on = stamp.occurred_on
    if was.flagged_on is not None and on.earliest < was.flagged_on.earliest:
        return was
    # What gives one nationality back says nothing of a birth that was never registered.
    ledger = fact.cause in {RiskEnd.RESTORED, RiskEnd.WITHDRAWN, RiskEnd.APPEAL_ALLOWED}
    left = frozenset(cause for cause in was.flagged if cause.by_hand) if ledger else frozenset()
    return replace(was, flagged=left, flagged_on=on)


@NATIONALITY.evolves
def _(fact: StatelessnessDetermined, stamp: Stamp, was: Nationality) -> Nationality:
    found = Finding(fact.authority, fact.de_jure, fact.de_facto, stamp.occurred_on)
    if was.finding is not None and found.on.earliest < was.finding.on.earliest:
        return was
    return replace(was, finding=found)


class FlagStatelessnessRisk(CaseDecision):
    """Flag that the person may be without a nationality, for a reason that no order and no denial shows.

    :raises Refused: ``statelessness.follows-from-ledger`` for a cause that orders and denials show by themselves.
    """

    permission = "case:record"
    cause: RiskCause

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Flag the risk, unless it is flagged for this cause."""
        if not self.cause.by_hand:
            raise Refused(
                "statelessness.follows-from-ledger",
                "This follows from the orders and denials on record: record those.",
                cause=self.cause.value,
            )
        if self.cause in case.nationality.flagged:
            return
        yield StatelessnessRiskFlagged(cause=self.cause)
        if not case.nationality.flagged:
            yield task(act, 0, TaskKind.STATELESSNESS_REVIEW)


class DetermineStatelessness(CaseDecision):
    """Record what an authority determined: whether the person is stateless in law, and in fact."""

    permission = "case:determine-statelessness"
    authority: AgencyCode
    de_jure: bool
    de_facto: bool
    reasons: FreeText | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the determination, unless it is the last one."""
        known = case.nationality.finding
        day = known.on if known is not None and self.occurred_on is None else self.day(act)
        if known != Finding(self.authority, self.de_jure, self.de_facto, day):
            yield StatelessnessDetermined(
                authority=self.authority, de_jure=self.de_jure, de_facto=self.de_facto, reasons=self.reasons
            )


class ClearStatelessnessRisk(CaseDecision):
    """Say that the person is no longer held to be at risk of statelessness.

    :raises Refused: ``statelessness.risk-stands`` while an order or a denial leaves no confirmed nationality.
    """

    permission = "case:determine-statelessness"
    cause: RiskEnd

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Clear the risk, unless none is flagged."""
        del act
        if not case.nationality.flagged:
            return
        if case.nationality.threatened:
            sentence = "An order or a denial leaves no confirmed nationality: claims do not count."
            raise Refused("statelessness.risk-stands", sentence)
        yield StatelessnessRiskCleared(cause=self.cause)
