"""The departure gate: every rule that must hold before a person is cleared, and again when they depart.

Rules are data: a code, a sentence, what would cure it, who can, and the source on which it rests, so that a lawyer can
argue with it. A refusal names every unmet rule at once. What cannot be read is not met, and the refusal says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final

from domain.case import conditions, safeguards
from domain.case.departure import DepartureRequest
from domain.case.record import Restriction
from domain.kernel import Refused

if TYPE_CHECKING:
    from domain.case.case import CaseState


@unique
class RuleKind(StrEnum):
    """What a rule guards."""

    SECURITY = "security"
    RECEPTION = "reception"
    """That the destination will receive the person."""
    SAFETY = "safety"
    """That the person is not sent into danger."""
    IDENTITY = "identity"
    CHILD = "child"
    CONSENT = "consent"
    FAMILY = "family"
    JOURNEY = "journey"
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


@unique
class Because(StrEnum):
    """Why nobody can say that a rule holds."""

    WITHHELD = "withheld"
    """What it rests on was not opened for this request."""
    ERASED = "erased"
    """What it rests on can no longer be read by anybody."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """A rule that does not hold, or of which nobody can say that it does."""

    rule: Rule
    because: Because | None = None

    @property
    def code(self) -> str:
        """Code of the rule."""
        return self.rule.code

    def shown(self) -> dict[str, str]:
        """Return what a refusal says about it."""
        shown = self.rule.shown()
        return shown if self.because is None else {**shown, "because": self.because.value}


NOT_BLOCKED: Final = Rule(
    "G1",
    "No security block is open.",
    cure="Every open block is lifted.",
    who="The imposing agency, its registered successor or superior, or a court of its state.",
    source="Practice of the national security agencies; a block is reviewed, it never lapses.",
    kind=RuleKind.SECURITY,
    holds=conditions.not_blocked,
)
SCREENED: Final = Rule(
    "G2",
    "Every screening that the destination requires is completed, cleared and unexpired.",
    cure="The last screening of each agency of each required kind is answered with cleared and has not expired.",
    who="The screening agency.",
    source="Requirements of the destination (domain/case/requirements.py).",
    kind=RuleKind.SECURITY,
    holds=conditions.screened,
)
APPROVED: Final = Rule(
    "G3",
    "The destination approves, by a confirmed nationality or on another stated basis.",
    cure="The destination approves; where it does so by nationality, its authority confirms that nationality.",
    who="An authority of the destination.",
    source="Return of one's own nationals (ICCPR, article 12(4)); others need a stated basis.",
    kind=RuleKind.RECEPTION,
    holds=conditions.approved,
)
NOT_DEPRIVED: Final = Rule(
    "G4",
    "The destination has not deprived the person of citizenship, unless it has since agreed to admit.",
    cure="The destination approves anew, after the order.",
    who="An authority of the destination.",
    source="Orders of deprivation; admission stays with the state that made one.",
    kind=RuleKind.RECEPTION,
    holds=conditions.not_deprived,
)
NO_REAL_RISK: Final = Rule(
    "G5",
    "An assessment of this destination found no real risk, holds, and no fear of it was told since.",
    cure="The risk in the destination is assessed anew. Nothing overrides a real risk, and consent does not cure it.",
    who="An assessor who does not belong to the destination.",
    source="Non-refoulement: CAT, article 3; ICCPR, article 7.",
    kind=RuleKind.SAFETY,
    holds=safeguards.no_real_risk,
)
SPARED_DEATH: Final = Rule(
    "G6",
    "A person under suspicion is not sent to capital punishment: the destination promised so, and it was accepted. "
    "Where the offence can have been committed before the age of eighteen, always.",
    cure="The destination gives an assurance that there will be no death penalty, and the assurance is accepted.",
    who="An authority of the destination; an authority of another state or body that accepts it.",
    source="Soering v. United Kingdom (ECtHR, 7 July 1989); ICCPR, article 6(5).",
    kind=RuleKind.SAFETY,
    holds=safeguards.spared_death,
)
IDENTIFIED: Final = Rule(
    "G7",
    "The identity is verified, or verified as the child of a person whose identity is.",
    cure="An authority verifies the identity, or the kinship to a verified parent.",
    who="An authority of the state concerned, or a supervisor.",
    source="People have presented themselves as citizens of states that take theirs home.",
    kind=RuleKind.IDENTITY,
    holds=conditions.identified,
)
CHILD_PROTECTED: Final = Rule(
    "G8",
    "For anybody who may be a child: best interests assessed and views heard; without a caregiver who travels along, a "
    "positive determination for this destination by others than who clears and the caseworker, a guardian, and a "
    "reception plan of the destination.",
    cure="What is missing is assessed, heard, determined, appointed or planned; or the birth is established.",
    who="The caseworker, a panel, the authority for guardianship, an authority of the destination.",
    source="CRC, articles 3, 9 and 12; UNHCR, Best Interests Procedure Guidelines (2021).",
    kind=RuleKind.CHILD,
    holds=safeguards.child_protected,
)
CONSENTED: Final = Rule(
    "G9",
    "The adult consents, or for a child its caregiver or guardian, and has not taken it back; or a court ordered it.",
    cure="Who has to consent does so, informed and free, or a court orders the transfer.",
    who="The person; the caregiver or guardian of a child; a court.",
    source="Voluntary return; ICCPR, articles 7 and 12(2). Consent can be withdrawn until the departure.",
    kind=RuleKind.CONSENT,
    holds=safeguards.consented,
)
FAMILY_TOGETHER: Final = Rule(
    "G10",
    "No minor child and no primary caregiver of a child is left behind, unless a panel found it right and who clears "
    "had no hand in it.",
    cure="Who would stay behind is cleared for the same destination, or a panel determines that the separation serves "
    "the child.",
    who="The caseworker, a panel, an officer who was not part of it.",
    source="CRC, article 9.",
    kind=RuleKind.FAMILY,
    holds=safeguards.family_together,
)
ABLE_TO_TRAVEL: Final = Rule(
    "G11",
    "The person has a travel document or a laissez-passer, is in no hospital and was found fit to travel.",
    cure="A document is issued, the person is back from hospital, and a medical screening is cleared and unexpired.",
    who="An authority of any state or body that issues documents; the health service.",
    source="Practice of borders and carriers.",
    kind=RuleKind.JOURNEY,
    holds=conditions.able_to_travel,
)
ALIVE_AND_LOCATED: Final = Rule(
    "G12",
    "The person is alive, located in a facility, not merged into another case, and on no other manifest.",
    cure="The record of where the person is, or whether they live, is put right; they are taken off it.",
    who="The caseworker, the lead of the operation.",
    source="Nobody departs from where they are not.",
    kind=RuleKind.SANITY,
    holds=conditions.alive_and_here,
)
FOUR_EYES: Final = Rule(
    "G13",
    "Who clears is not who requested.",
    cure="Another officer clears.",
    who="An officer who has not requested this repatriation.",
    source="Four eyes: by person, not by role.",
    kind=RuleKind.FOUR_EYES,
    holds=conditions.four_eyes,
)

DEPARTURE: Final = (
    NOT_BLOCKED, SCREENED, APPROVED, NOT_DEPRIVED, NO_REAL_RISK, SPARED_DEATH, IDENTIFIED, CHILD_PROTECTED, CONSENTED,
    FAMILY_TOGETHER, ABLE_TO_TRAVEL, ALIVE_AND_LOCATED, FOUR_EYES,
)  # fmt: skip
"""The gate, in the order in which unmet rules are told."""

_UNREADABLE: Final = {"record.withheld": Because.WITHHELD, "record.erased": Because.ERASED}


def unmet(case: CaseState, request: DepartureRequest) -> tuple[Unmet, ...]:
    """Return every rule that does not hold; empty means ready. Asking changes nothing."""
    return tuple(found for rule in DEPARTURE if (found := _asked(rule, case, request)) is not None)


def _asked(rule: Rule, case: CaseState, request: DepartureRequest) -> Unmet | None:
    try:
        return None if rule.holds(case, request) else Unmet(rule)
    except Refused as unread:
        return Unmet(rule, _UNREADABLE[unread.code])


def refuse_unready(case: CaseState, request: DepartureRequest) -> None:
    """Let a departure pass for which every rule holds.

    :raises Refused: ``departure.not-ready`` with all unmet rules, ``case.restricted`` while the record on which they
        would rest is kept and not used.
    """
    if any(known.record.restriction is Restriction.PROCESSING for known in request.cases(case)):
        raise Refused("case.restricted", "The case is kept and not used until the dispute about it is settled.")
    if rules := unmet(case, request):
        raise Refused(
            "departure.not-ready",
            f"{len(rules)} rule{'s' * (len(rules) > 1)} of departure {'are' if len(rules) > 1 else 'is'} not met.",
            destination=request.country,
            rules=[rule.shown() for rule in rules],
        )
