"""The conditions under which agencies, states and the case itself let a person depart (G1 to G4, G7, G11 to G13).

Each says whether its rule holds. One that meets a value that it cannot read refuses, and the gate takes the rule as not
met.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.case.departure import DepartureRequest, present
from domain.case.kin import PARENTS
from domain.case.screening import ScreeningKind
from domain.deciding import readable
from domain.values import Evidence

if TYPE_CHECKING:
    from domain.case.case import CaseState


def not_blocked(case: CaseState, request: DepartureRequest) -> bool:
    """Whether no security block is open (G1)."""
    return not any(known.blocks.open for known in request.cases(case))


def screened(case: CaseState, request: DepartureRequest) -> bool:
    """Whether every screening that the destination requires is completed, cleared and unexpired (G2)."""
    return all(_cleared(case, request, kind) for kind in request.outside.destination.required_screenings)


def _cleared(case: CaseState, request: DepartureRequest, kind: ScreeningKind) -> bool:
    last = request.screenings(case).latest(kind, request.country)
    return bool(last) and all(asked.outcome is not None and asked.outcome.clears(request.on) for asked in last)


def approved(case: CaseState, request: DepartureRequest) -> bool:
    """Whether the destination approves, by a confirmed nationality or on another basis (G3)."""
    approval = case.decisions.approval(request.country)
    if approval is None:
        return False
    return not approval.by_nationality or request.country in case.nationality.confirmed


def not_deprived(case: CaseState, request: DepartureRequest) -> bool:
    """Whether the destination took no citizenship away, or has agreed to admit since (G4)."""
    approval = case.decisions.approval(request.country)
    orders = [known.nationality.deprived.get(request.country) for known in request.cases(case)]
    return all(order is None or (approval is not None and approval.after(order.order_made_on)) for order in orders)


def identified(case: CaseState, request: DepartureRequest) -> bool:
    """Whether the identity is verified, or verified as the child of somebody whose identity is (G7)."""
    if case.identity.verified is not None:
        return True
    return not case.identity.disputed and any(
        relative.case is not None
        and relative.case.identity.verified is not None
        and relative.link.strength >= Evidence.VERIFIED
        and readable(relative.link.relation) in PARENTS
        for relative in request.outside.relatives
    )


def able_to_travel(case: CaseState, request: DepartureRequest) -> bool:
    """Whether the person has a travel document and is fit to travel (G11)."""
    papers = any(paper.serves(request.on) for paper in case.decisions.travel_documents.values())
    return papers and case.whereabouts.hospital is None and _fit(case, request)


def _fit(case: CaseState, request: DepartureRequest) -> bool:
    """Whether the last medical examination says so and holds; one that is under way counts as the last."""
    outcomes = [asked.outcome for asked in request.screenings(case).latest(ScreeningKind.MEDICAL)]
    answered = [outcome for outcome in outcomes if outcome is not None]
    if not answered or len(answered) < len(outcomes):
        return False
    return max(answered, key=lambda outcome: outcome.on.earliest).clears(request.on)


def alive_and_here(case: CaseState, request: DepartureRequest) -> bool:
    """Whether the person is alive, located, not merged into another case, and on no other manifest (G12)."""
    merged = case.registration.merged or case.record.merged_into is not None
    return present(case) and not merged and case.journey.manifest in {None, request.operation}


def four_eyes(case: CaseState, request: DepartureRequest) -> bool:
    """Whether who clears has not requested (G13)."""
    asked = (known.decisions.asked.get(request.country) for known in request.cases(case))
    return not any(request.cleared_by in each.actors for each in asked if each is not None)
