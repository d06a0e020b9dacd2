"""What is told inside the house only to those who may open what protects a person, and to auditors.

Officers of a state see the cases that concern it. That somebody fears that state, has refused to go there, or was
promised not to be executed there is not theirs to learn from a timeline, not even as a code.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

from domain.case.assurances import ASSURANCES
from domain.case.best_interests import BEST_INTERESTS
from domain.case.child_views import CHILD_VIEWS
from domain.case.consent import CONSENT
from domain.case.guardianship import GUARDIANSHIPS
from domain.case.journey import WithdrawalCause
from domain.case.kin import KIN
from domain.case.majority import MAJORITY
from domain.case.needs import NEEDS
from domain.case.refoulement import RISKS
from domain.kernel import Facet, Fact

_SUBJECTS: Final[tuple[Facet[Any], ...]] = (
    GUARDIANSHIPS, NEEDS, BEST_INTERESTS, CHILD_VIEWS, RISKS, MAJORITY, KIN, CONSENT, ASSURANCES,
)  # fmt: skip

CONFIDED: Final[frozenset[type[Fact]]] = frozenset(fact for facet in _SUBJECTS for fact in facet.evolvers)
"""What somebody needs, fears, wants or was promised: none of it leaves the house either."""

CONFIDED_TOPICS: Final[frozenset[str]] = frozenset(fact.topic for fact in CONFIDED)

CONFIDED_CAUSES: Final[frozenset[str]] = frozenset(
    {
        WithdrawalCause.BEST_INTERESTS,
        WithdrawalCause.NON_REFOULEMENT,
        WithdrawalCause.CONSENT,
        WithdrawalCause.ASSURANCE,
        WithdrawalCause.GUARDIANSHIP,
    }
)
"""Why a clearance ended, where that would tell as much as the fact that ended it."""

UNSAID_CAUSE: Final = "protection"
"""What others are told instead: something that protects the person."""

_MAY_BE_TOLD: Final = frozenset({"case:open-protection", "audit:read"})


def may_be_told(permissions: AbstractSet[str]) -> bool:
    """Whether somebody with these permissions is told what is confided."""
    return not _MAY_BE_TOLD.isdisjoint(permissions)


def unsaid(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the open fields of a fact as they are shown to others: without a cause that tells too much."""
    return {**params, "cause": UNSAID_CAUSE} if params.get("cause") in CONFIDED_CAUSES else params
