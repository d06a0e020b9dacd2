"""The departure gate: every rule that must hold before a person is cleared, and again when they depart.

Rules are data: a code, a sentence, what would cure it, who can, and the source on which it rests, so that a lawyer can
argue with it. A refusal names every unmet rule at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final
from uuid import UUID

from domain.case.requirements import Destination, destination
from domain.kernel import Refused
from domain.values import CountryCode

if TYPE_CHECKING:
    from domain.case.case import CaseState


@dataclass(frozen=True, slots=True)
class DepartureRequest:
    """For which destination, on which day, and who clears (``None`` when nobody acts and one only asks)."""

    destination: Destination
    on: date
    cleared_by: UUID | None

    @classmethod
    def of(cls, country: CountryCode, *, on: date, cleared_by: UUID | None = None) -> DepartureRequest:
        """Return the request with what the destination requires."""
        return cls(destination(country), on, cleared_by)

    @property
    def country(self) -> CountryCode:
        """The destination's code."""
        return self.destination.country


@unique
class RuleKind(StrEnum):
    """What a rule guards."""

    SECURITY = "security"
    RECEPTION = "reception"
    """That the destination will receive the person."""
    SANITY = "sanity"
    FOUR_EYES = "four_eyes"


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition of departure."""

    code: str
    sentence: str
    cure: str
    who: str
    source: str
    kind: RuleKind
    holds: Callable[[CaseState, DepartureRequest], bool]

    def shown(self) -> dict[str, str]:
        """Return what a refusal says about the rule."""
        return {
            "code": self.code,
            "sentence": self.sentence,
            "cure": self.cure,
            "who": self.who,
            "source": self.source,
        }


def _screened(case: CaseState, request: DepartureRequest) -> bool:
    for kind in request.destination.required_screenings:
        last = case.screening.latest(kind, request.country)
        if not last or not all(known.outcome is not None and known.outcome.clears(request.on) for known in last):
            return False
    return True


def _approved(case: CaseState, request: DepartureRequest) -> bool:
    approval = case.decisions.approval(request.country)
    if approval is None:
        return False
    return not approval.by_nationality or request.country in case.nationality.confirmed


def _not_deprived(case: CaseState, request: DepartureRequest) -> bool:
    order = case.nationality.deprived.get(request.country)
    approval = case.decisions.approval(request.country)
    return order is None or (approval is not None and approval.after(order.order_made_on))


def _alive_and_located(case: CaseState, _request: DepartureRequest) -> bool:
    merged = case.registration.merged
    return case.life.death is None and case.whereabouts.located_at is not None and not merged


def _four_eyes(case: CaseState, request: DepartureRequest) -> bool:
    asked = case.decisions.asked.get(request.country)
    return asked is None or request.cleared_by not in asked.actors


NOT_BLOCKED: Final = Rule(
    "G1",
    "No security block is open.",
    cure="Every open block is lifted.",
    who="The imposing agency, its registered successor or superior, or a court of its state.",
    source="Practice of the national security agencies; a block is reviewed, it never lapses.",
    kind=RuleKind.SECURITY,
    holds=lambda case, _request: not case.blocks.open,
)
SCREENED: Final = Rule(
    "G2",
    "Every screening that the destination requires is completed, cleared and unexpired.",
    cure="The last screening of each agency of each required kind is answered with cleared and has not expired.",
    who="The screening agency.",
    source="Requirements of the destination (domain/case/requirements.py).",
    kind=RuleKind.SECURITY,
    holds=_screened,
)
APPROVED: Final = Rule(
    "G3",
    "The destination approves, by a confirmed nationality or on another stated basis.",
    cure="The destination approves; where it does so by nationality, its authority confirms that nationality.",
    who="An authority of the destination.",
    source="Return of one's own nationals (ICCPR, article 12(4)); others need a stated basis.",
    kind=RuleKind.RECEPTION,
    holds=_approved,
)
NOT_DEPRIVED: Final = Rule(
    "G4",
    "The destination has not deprived the person of citizenship, unless it has since agreed to admit.",
    cure="The destination approves anew, after the order.",
    who="An authority of the destination.",
    source="Orders of deprivation; admission stays with the state that made one.",
    kind=RuleKind.RECEPTION,
    holds=_not_deprived,
)
ALIVE_AND_LOCATED: Final = Rule(
    "G12",
    "The person is alive, located in a facility, and not merged into another case.",
    cure="The record of where the person is, or whether they live, is put right.",
    who="The caseworker.",
    source="Nobody departs from where they are not.",
    kind=RuleKind.SANITY,
    holds=_alive_and_located,
)
FOUR_EYES: Final = Rule(
    "G13",
    "Who clears is not who requested.",
    cure="Another officer clears.",
    who="An officer who has not requested this repatriation.",
    source="Four eyes: by person, not by role.",
    kind=RuleKind.FOUR_EYES,
    holds=_four_eyes,
)

DEPARTURE: Final = (NOT_BLOCKED, SCREENED, APPROVED, NOT_DEPRIVED, ALIVE_AND_LOCATED, FOUR_EYES)
"""The gate, in the order in which unmet rules are told."""


def unmet(case: CaseState, request: DepartureRequest) -> tuple[Rule, ...]:
    """Return every rule that does not hold; empty means ready. Asking changes nothing."""
    return tuple(rule for rule in DEPARTURE if not rule.holds(case, request))


def refuse_unready(case: CaseState, request: DepartureRequest) -> None:
    """Let a departure pass for which every rule holds.

    :raises Refused: ``departure.not-ready`` with all unmet rules.
    """
    if rules := unmet(case, request):
        raise Refused(
            "departure.not-ready",
            f"{len(rules)} rule{'s' * (len(rules) > 1)} of departure {'are' if len(rules) > 1 else 'is'} not met.",
            destination=request.country,
            rules=[rule.shown() for rule in rules],
        )
