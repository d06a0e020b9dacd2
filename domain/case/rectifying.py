"""What may be put right, and by whom: who recorded it, in the role in which it is recorded.

Otherwise a block could be laundered by taking it back, and who clears somebody could first correct what stands in the
way of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from domain.case.agencies import is_court_over, is_successor, is_superior
from domain.case.assurances import ASSURANCES
from domain.case.best_interests import BEST_INTERESTS
from domain.case.blocks import BLOCKS
from domain.case.consent import CONSENT
from domain.case.decisions import RepatriationApproved, RepatriationRefused
from domain.case.guardianship import GUARDIANSHIPS
from domain.case.journey import ClearanceWithdrawn, ClearedToDepart
from domain.case.kin import KinLinked, KinRefuted
from domain.case.nationality import NationalityConfirmed
from domain.case.newborn import BornInFacility
from domain.case.record import CaseAbsorbed, CaseMergedInto, MergeReversed, PersonErased
from domain.case.refoulement import NonRefoulementAssessed
from domain.case.registration import CaseOpened
from domain.case.reversals import ScreeningResultReversed
from domain.case.reviews import ApprovalRevoked, RefusalReviewDecided
from domain.case.screening import ScreeningCompleted
from domain.case.verification import IdentityVerified
from domain.corrections import FactRetracted
from domain.kernel import Act, Facet, Fact, Recorded, Refused
from domain.values import AgencyCode

NEVER_RETRACTED: Final[Mapping[type[Fact], str]] = {
    CaseOpened: "A case is not retracted: close it as opened in error.",
    ClearedToDepart: "A clearance is withdrawn, not retracted.",
    ClearanceWithdrawn: "A withdrawn clearance is not given back: clear anew.",
    CaseMergedInto: "A merge is reversed, not retracted.",
    CaseAbsorbed: "A merge is reversed, not retracted.",
    MergeReversed: "A reversed merge is merged anew.",
    PersonErased: "An erasure cannot be undone.",
    BornInFacility: "A birth is put right, not retracted; or its case is closed as opened in error.",
    KinLinked: "A link stands on two cases: refute it as mistaken, and link them anew.",
    KinRefuted: "A link was refuted on two cases: link them anew.",
}
"""Facts that are undone in another way, or not at all, and the sentence that says so."""
NEVER_CORRECTED: Final = frozenset({*NEVER_RETRACTED, FactRetracted}) - {CaseOpened, BornInFacility}

_OF_FACETS: Final[Mapping[str, Facet[Any]]] = {
    "case:lift-block": BLOCKS,
    "case:judge-assurance": ASSURANCES,
    "case:determine-best-interests": BEST_INTERESTS,
    "case:record-consent": CONSENT,
    "case:appoint-guardian": GUARDIANSHIPS,
}
_OF_FACTS: Final[Mapping[type[Fact], str]] = {
    ApprovalRevoked: "case:approve-repatriation",
    IdentityVerified: "case:verify-identity",
    NationalityConfirmed: "case:confirm-nationality",
    NonRefoulementAssessed: "case:assess-non-refoulement",
    RefusalReviewDecided: "case:decide-review",
    RepatriationApproved: "case:approve-repatriation",
    RepatriationRefused: "case:refuse-repatriation",
    ScreeningCompleted: "case:complete-screening",
    ScreeningResultReversed: "case:complete-screening",
}
PERMISSIONS: Final[Mapping[type[Fact], str]] = {
    **{fact: permission for permission, facet in _OF_FACETS.items() for fact in facet.evolvers},
    **_OF_FACTS,
}
"""Fact on which the gate rests → what somebody has to be allowed beside, to put one right."""


def refuse_others(known: Recorded, act: Act) -> None:
    """Let somebody pass who may put a fact right.

    :raises Refused: ``record.not-yours`` unless the acting agency recorded the fact, is the registered successor or
        superior of the one that did, or a court of its state; for a block the agency counts for which it stands.
        ``record.not-in-your-role`` without the permission with which such a fact is recorded.
    """
    for agency in _agencies(known):
        if not _answers(act.agency, agency):
            raise Refused(
                "record.not-yours",
                f"Only {agency}, its successor or superior, or a court of its state can put this right.",
                agency=agency,
            )
    permission = PERMISSIONS.get(type(known.fact))
    if permission is not None and permission not in act.permissions:
        raise Refused(
            "record.not-in-your-role",
            "Who may not record a fact of this kind does not put one right.",
            permission=permission,
        )


def _agencies(known: Recorded) -> Iterator[AgencyCode]:
    """Yield whose the fact is: of who recorded it, unless it stands for another."""
    fact = known.fact
    named = (getattr(fact, name, None) for name in ("agency", "by_agency")) if type(fact) in BLOCKS.evolvers else ()
    yield next((agency for agency in named if agency is not None), known.stamp.agency)


def _answers(agency: AgencyCode, of: AgencyCode) -> bool:
    return agency == of or is_successor(agency, of) or is_superior(agency, of) or is_court_over(agency, of)
