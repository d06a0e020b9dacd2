"""Asking the gate about a scenario, and the people who stand before it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain.case.clearance import ClearToDepart, Depart
from domain.case.departure import DepartureRequest
from domain.case.gate import unmet
from domain.case.kin import KinLinked, Relation
from domain.case.life import DeathRecorded
from domain.case.protection import CareStatus, CareStatusDetermined
from domain.case.whereabouts import AdmittedToFacility
from domain.dates import PartialDate
from domain.kernel import Fact
from domain.values import Evidence, FacilityKind
from tests.examples import (
    CLEARED,
    FACT,
    READY,
    REGISTERED,
    TOLD_BIRTH,
)
from tests.examples_protection import (
    APPOINTED,
    ASSESSED,
    CONSENTED,
    DETERMINED,
    GUARDIAN,
    HEARD,
    KIN,
    MOTHER,
    OWN_CONSENT,
)
from tests.scenario import TODAY, Scenario

CLEAR = ClearToDepart(destination="IQ")
DEPART = Depart(destination="IQ")


def ready_but(*missing: Fact) -> tuple[Fact, ...]:
    """What makes a person ready, without some of it."""
    return tuple(fact for fact in READY if fact not in missing)


def ready_with(old: Fact, **changes: object) -> tuple[Fact, ...]:
    """What makes a person ready, one fact of it changed."""
    return tuple(old.model_copy(update=changes) if fact is old else fact for fact in READY)


PRISON = UUID("77777777-0000-4000-8000-000000000001")
FATHER = UUID("77777777-0000-4000-8000-000000000002")
A_PRISON = REGISTERED.model_copy(update={"kind": FacilityKind.DETENTION, "code": "SY-HASAKA", "name": "Hasaka"})
IN_PRISON = AdmittedToFacility(facility=PRISON)
CHILD = TOLD_BIRTH.model_copy(update={"birth": PartialDate.parse("2014-05")})
OF_SEVENTEEN = TOLD_BIRTH.model_copy(update={"birth": PartialDate.parse("2003-10-20"), "strength": Evidence.DOCUMENTED})
OF_UNKNOWN_AGE = TOLD_BIRTH.model_copy(update={"birth": PartialDate.parse("2001/2006")})
HER_MOTHER = KinLinked(
    kin_id=KIN, strength=Evidence.VERIFIED, person=MOTHER, relation=Relation.MOTHER, primary_caregiver=True
)
HER_CHILD = HER_MOTHER.model_copy(update={"relation": Relation.CHILD, "primary_caregiver": False})
ACCOMPANIED = CareStatusDetermined(status=CareStatus.ACCOMPANIED)
ALONE = CareStatusDetermined(status=CareStatus.UNACCOMPANIED)
RECEPTION = FACT["case.reception-plan-approved"]
BY_GUARDIAN = CONSENTED.model_copy(update={"given_by": GUARDIAN})
DIED = DeathRecorded(manner="illness", facility=None, strength=Evidence.VERIFIED)
AT_LARGE = FACT["case.escape-reported"]
GONE_HOME = (CLEARED, FACT["case.departed"], FACT["case.arrived-in-country"])

WITH_MOTHER = (*ready_but(TOLD_BIRTH, OWN_CONSENT), CHILD, HER_MOTHER, ACCOMPANIED, ASSESSED, HEARD, CONSENTED)
"""A child who travels with her mother, and for whom Iraq's gate is open while her mother's is."""
WITH_GUARDIAN = (
    *ready_but(TOLD_BIRTH, OWN_CONSENT), CHILD, ALONE, ASSESSED, HEARD, DETERMINED, APPOINTED, RECEPTION, BY_GUARDIAN,
)  # fmt: skip
"""A child without her family."""
WITH_CHILD = (*READY, HER_CHILD)
"""A mother; her child's case stands beside."""


def without(facts: tuple[Fact, ...], *missing: Fact) -> tuple[Fact, ...]:
    return tuple(fact for fact in facts if fact not in missing)


def instead(facts: tuple[Fact, ...], old: Fact, new: Fact) -> tuple[Fact, ...]:
    return tuple(new if fact is old else fact for fact in facts)


def codes(case: Scenario, to: str = "IQ", on: date = TODAY) -> list[str]:
    """The unmet rules, when nobody acts."""
    return [rule.code for rule in unmet(case.case, DepartureRequest.of(case.case, to, on=on, others=case.others))]


def asked_by(case: Scenario, officer: UUID) -> list[str]:
    """The unmet rules, when this officer would clear."""
    request = DepartureRequest.of(case.case, "IQ", on=TODAY, others=case.others, cleared_by=officer)
    return [rule.code for rule in unmet(case.case, request)]
