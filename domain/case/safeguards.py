"""The safeguards of the person: what must be so before anybody is sent anywhere (G5, G6, G8 to G10).

Each says whether its rule holds. One that meets a value that it cannot read refuses, and the gate takes the rule as not
met.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from domain.case.age import born, certainly_child, possibly_child
from domain.case.best_interests import AssessmentOutcome, Determination, DeterminedOutcome
from domain.case.blocks import BlockGround
from domain.case.departure import DepartureRequest, Relative, present
from domain.case.kin import Relation
from domain.case.protection import CareStatus
from domain.case.screening import ScreeningKind, ScreeningResult
from domain.deciding import readable
from domain.values import FacilityKind

if TYPE_CHECKING:
    from domain.case.case import CaseState

SUSPICION: Final = frozenset({BlockGround.UNDER_INVESTIGATION, BlockGround.WANTED})
"""Grounds of a block that say that the person is suspected of an offence."""


# ---------------------------------------------------------------- G5
def no_real_risk(case: CaseState, request: DepartureRequest) -> bool:
    """Whether an assessment of the destination found no real risk, holds, and no fear was told since (G5)."""
    assessed = [
        (risk.on.earliest, risk, known)
        for known in request.cases(case)
        if (risk := known.protection.risks.concerning(request.country)) is not None
    ]
    if not assessed:
        return False
    when, last, where = max(assessed, key=lambda one: one[0])
    readable(last.country)
    readable(last.outcome)
    elsewhere = (fear for known in request.cases(case) if known is not where for fear in known.protection.risks.fears)
    feared = any(fear.may_be_of(request.country) and fear.on.earliest >= when for fear in elsewhere)
    return last.clears(request.on) and not feared


# ---------------------------------------------------------------- G6
def spared_death(case: CaseState, request: DepartureRequest) -> bool:
    """Whether a person under suspicion cannot be put to death by the destination, as far as it has promised (G6)."""
    if not suspected(case, request):
        return True
    as_a_child = any(_held_as_possible_child(known) for known in request.cases(case))
    if not as_a_child and not request.outside.destination.retains_capital_punishment:
        return True
    promised = (
        readable(assurance.no_death_penalty)
        for known in request.cases(case)
        for assurance in known.assurances.in_force(request.country, request.on)
    )
    return any(promised)


def suspected(case: CaseState, request: DepartureRequest) -> bool:
    """Whether there is an allegation: by where the person was held, an adverse security screening, or a block.

    A place of which we do not know what it is counts as a place of detention.
    """
    kinds = request.outside.facilities
    for known in request.cases(case):
        if any(
            kinds.get(facility, FacilityKind.DETENTION) is FacilityKind.DETENTION for facility in known.stays.facilities
        ):
            return True
        if any(readable(ground) in SUSPICION for ground in known.blocks.grounds):
            return True
    found = (asked.outcome for asked in request.screenings(case).latest(ScreeningKind.SECURITY))
    return any(outcome is not None and outcome.result is ScreeningResult.ADVERSE for outcome in found)


def _held_as_possible_child(case: CaseState) -> bool:
    """Whether what is alleged can have been done before the eighteenth birthday: the person was held by then."""
    readable(born(case))
    since = case.stays.since
    return since is None or possibly_child(case, since.earliest)


# ---------------------------------------------------------------- G8
def child_protected(case: CaseState, request: DepartureRequest) -> bool:
    """Whether what a child needs before it travels is there; anybody who may be a child counts as one (G8)."""
    readable(born(case))
    if not possibly_child(case, request.on):
        return True
    care, country = case.protection, request.country
    if not care.best_interests.assessed or care.views_heard is None:
        return False
    if accompanied(case, request) and not _needs_panel(case):
        return True
    return favoured(case, request) and bool(care.guardians) and country in case.decisions.reception_plans


def accompanied(case: CaseState, request: DepartureRequest) -> bool:
    """Whether a child is with its family, and a caregiver travels to the same destination or is there."""
    if case.protection.status is None or readable(case.protection.status) is not CareStatus.ACCOMPANIED:
        return False
    return any(relative.case is not None and request.going(relative.case) for relative in caregivers(request))


def caregivers(request: DepartureRequest) -> list[Relative]:
    """Return those who care for the person day by day."""
    return [relative for relative in request.outside.relatives if readable(relative.link.primary_caregiver)]


def _needs_panel(case: CaseState) -> bool:
    found = case.protection.best_interests.assessment
    return found is None or readable(found.outcome) is not AssessmentOutcome.NOTHING_AGAINST


def favoured(case: CaseState, request: DepartureRequest) -> bool:
    """Whether a panel found that going to this destination serves the child: not who clears, nor the caseworker."""
    made = case.protection.best_interests.concerning(request.country)
    if made is None:
        return False
    readable(made.destination)
    readable(made.outcome)
    return made.favours(request.country, request.on) and _by_others(made, request.cleared_by, case.work.officer)


def _by_others(made: Determination, *officers: UUID | None) -> bool:
    """Whether none of these officers had a hand in a determination."""
    return made.took_part.isdisjoint(officer for officer in officers if officer is not None)


# ---------------------------------------------------------------- G9
def consented(case: CaseState, request: DepartureRequest) -> bool:
    """Whether who has to agree has agreed and not taken it back, or a court has ordered the transfer (G9).

    An adult agrees for themselves; for a child its caregivers and guardians do. Of whom neither is certain, both do.
    """
    if case.consent.compelled(request.country):
        return True
    readable(born(case))
    own = case.consent.agreed(request.country, {None})
    if not possibly_child(case, request.on):
        return own
    speaking = {readable(relative.link.person) for relative in caregivers(request)} | case.protection.guardians.keys()
    for_it = case.consent.agreed(request.country, speaking)
    return for_it and (own or certainly_child(case, request.on))


# ---------------------------------------------------------------- G10
def family_together(case: CaseState, request: DepartureRequest) -> bool:
    """Whether nobody is left behind whom a child needs, or who is one, unless a panel found it right (G10)."""
    return all(
        not _left_behind(case, relative, request) or _justified(case, relative, request)
        for relative in request.outside.relatives
    )


def _is_child_of(relative: Relative) -> bool:
    return readable(relative.link.relation) in {Relation.CHILD, Relation.CHILD_IN_CARE}


def _left_behind(case: CaseState, relative: Relative, request: DepartureRequest) -> bool:
    """Whether this relative would stay: a minor child of the person, or a caregiver of one who may be a child.

    Of whom no case is on record nobody can say where they are: they count as left behind.
    """
    other = relative.case
    if _is_child_of(relative):
        if other is None:
            return True
        readable(born(other))
        return possibly_child(other, request.on) and present(other) and not request.ahead(other)
    if not readable(relative.link.primary_caregiver) or not possibly_child(case, request.on):
        return False
    return other is None or (present(other) and not request.going(other))


def _justified(case: CaseState, relative: Relative, request: DepartureRequest) -> bool:
    """Whether a panel found the separation right, and who clears had no hand in it.

    For a child who stays: that it remains, also when its family goes. For a child who goes: that it goes.
    """
    child = relative.case if _is_child_of(relative) else case
    made = child.protection.best_interests.concerning(request.country) if child is not None else None
    if made is None or not made.in_force(request.on) or not _by_others(made, request.cleared_by):
        return False
    right = DeterminedOutcome.TRANSFER if child is case else DeterminedOutcome.REMAIN
    return readable(made.destination) == request.country and readable(made.outcome) is right
