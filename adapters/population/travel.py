"""What is settled about travellers before anybody clears them: kin, identity, health, risk, consent, papers.

For children also what serves them best; for those held in prisons what the destination promises. All of it is invented,
as are the officers; it is what the departure gate asks for, and no more.
"""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from adapters.population import screenings
from adapters.population.diary import Diary
from adapters.population.people import Person
from adapters.population.places import Officer, officer
from adapters.population.story import Story
from domain.case.assessment import AssessmentMethod, RecordAgeAssessment
from domain.case.assurances import Weighed
from domain.case.assuring import AcceptAssurance, RecordAssurance
from domain.case.best_interests import AssessmentOutcome, DeterminedOutcome
from domain.case.child_views import ChildWish, HearChildViews
from domain.case.consent import ConsentScope
from domain.case.consenting import RecordConsent
from domain.case.guardianship import AppointGuardian
from domain.case.interests_procedure import AssessBestInterests, DetermineBestInterests
from domain.case.kin import Relation
from domain.case.papers import ApproveReceptionPlan, IssueTravelDocument, ReceptionCare, TravelDocumentKind
from domain.case.protection import CareStatus
from domain.case.refoulement import AssessNonRefoulement, RiskOutcome
from domain.case.relatives import LinkKin
from domain.case.screening import ScreeningKind, ScreeningResult
from domain.case.verification import VerificationMethod, VerifyIdentity
from domain.roles import Role
from domain.values import Evidence, FacilityKind, Sex

_OFFICERS: Final = 12
_VALID_DAYS: Final = 180
_CAPABLE_FROM_DAYS: Final = 4 * 365
"""From about this age on a child is asked what it wants."""
_METHODS: Final = (VerificationMethod.DOCUMENTS, VerificationMethod.CONSULAR_INTERVIEW, VerificationMethod.DNA)


def examine(diary: Diary, country: str, day: int) -> None:
    """Have the health service find somebody fit to travel."""
    screenings.screen(diary, ScreeningKind.MEDICAL, country, day, result=ScreeningResult.CLEARED, within=3)


def link_kin(story: Story, day: int) -> None:
    """Link the children of a household to their parents; the mother cares for them."""
    parents = [(person, diary) for person, diary in story.pairs() if not person.child]
    for child, diary in story.pairs():
        if not child.child:
            continue
        for parent, theirs in parents:
            mother = parent.sex is Sex.FEMALE
            diary.write(
                max(day, diary.day),
                officer("UN-UNHCR", Role.CASEWORKER, diary.dice.randrange(_OFFICERS)),
                LinkKin,
                person=case_of(theirs),
                relation=Relation.MOTHER if mother else Relation.FATHER,
                primary_caregiver=mother,
                strength=Evidence.VERIFIED,
            )


def case_of(diary: Diary) -> UUID:
    """Return the id of the case that a diary is about."""
    return diary.made_by(0)


def settle(story: Story, person: Person, diary: Diary, country: str, day: int) -> None:
    """Settle about one traveller, from a day on, what the gate asks for beside kin and health."""
    if story.place.kind is FacilityKind.DETENTION:
        _promise(diary, country, day)
    if diary.age_unknown:
        _assess_age(diary, person, day)
    _assess_risk(diary, country, day)
    if not person.child:
        _verify(diary, country, day)
        _consent(diary, country, day)
    elif story.household.women:
        if not diary.cared_for:
            screenings.determine_care(diary, CareStatus.ACCOMPANIED, max(day, diary.day))
        _hear(diary, person, day)
        _consent(diary, country, day, of=case_of(story.diaries[0]))
    else:
        _verify(diary, country, day)
        _hear(diary, person, day)
        guardian = _determine(diary, person, country, day)
        _consent(diary, country, day, of=guardian)
    _issue(diary, country, day)


def _protector(diary: Diary, agency: str = "UN-UNHCR") -> Officer:
    return officer(agency, Role.PROTECTION_OFFICER, diary.dice.randrange(_OFFICERS))


def _until(day: int) -> date:
    return date.fromordinal(day + _VALID_DAYS)


def _verify(diary: Diary, country: str, day: int) -> None:
    clerk = officer(f"{country}-MOI", Role.AUTHORITY, diary.dice.randrange(4))
    method = diary.dice.choice(_METHODS)
    diary.write(max(day, diary.day), clerk, VerifyIdentity, authority=clerk.agency, method=method)


def _assess_age(diary: Diary, person: Person, day: int) -> None:
    """Have an age assessed of which the person told nothing."""
    years = (day - person.born.toordinal()) // 366
    diary.write(
        max(day, diary.day),
        officer("UN-UNHCR", Role.CASEWORKER, diary.dice.randrange(_OFFICERS)),
        RecordAgeAssessment,
        method=AssessmentMethod.MULTIDISCIPLINARY,
        assessor="UN-WHO",
        min_years=max(19, years - 3),
        max_years=years + 4,
    )


def _assess_risk(diary: Diary, country: str, day: int) -> None:
    diary.write(
        max(day, diary.day),
        _protector(diary),
        AssessNonRefoulement,
        country=country,
        outcome=RiskOutcome.NO_REAL_RISK,
        valid_until=_until(day),
        reasons="Invented: no substantial ground was found.",
    )


def _promise(diary: Diary, country: str, day: int) -> None:
    """Have the destination promise that nobody is put to death, and the promise weighed."""
    received = diary.write(
        max(day, diary.day),
        _protector(diary),
        RecordAssurance,
        country=country,
        no_death_penalty=True,
        fair_trial=True,
        no_torture=True,
        monitoring=diary.dice.random() < 0.5,
        valid_until=_until(day),
    )
    diary.write(
        diary.day + 1,
        _protector(diary, "UN-OHCHR"),
        AcceptAssurance,
        assurance_id=diary.made_by(received),
        reasons=(Weighed.SPECIFIC, Weighed.CAN_BE_VERIFIED),
    )


def _hear(diary: Diary, person: Person, day: int) -> None:
    """Assess what serves the child, and hear it."""
    capable = day - person.born.toordinal() >= _CAPABLE_FROM_DAYS
    protector = _protector(diary, "UN-UNICEF")
    diary.write(max(day, diary.day), protector, AssessBestInterests, outcome=AssessmentOutcome.NOTHING_AGAINST)
    wish = ChildWish.TO_GO if capable else ChildWish.NOT_SAID
    diary.write(diary.day, protector, HearChildViews, views=wish, capable=capable)


def _determine(diary: Diary, person: Person, country: str, day: int) -> UUID:
    """Have a panel determine for a child without parents, and a guardian appointed; return the guardian's id."""
    panel = tuple(officer("UN-UNICEF", Role.SUPERVISOR, nth).actor for nth in (1, 2, 3))
    diary.write(
        max(day, diary.day),
        _protector(diary, "UN-UNICEF"),
        DetermineBestInterests,
        panel=panel,
        destination=country,
        outcome=DeterminedOutcome.TRANSFER,
        valid_until=_until(day),
        reasons="Invented: relatives take the child in.",
    )
    appointed = diary.write(
        diary.day,
        _protector(diary, "UN-UNICEF"),
        AppointGuardian,
        guardian={"parts": ("Guardian", f"{person.case}"), "script": "Latn"},
        authority=f"{country}-MFA",
    )
    clerk = officer(f"{country}-MFA", Role.AUTHORITY, diary.dice.randrange(4))
    diary.write(
        diary.day + 1, clerk, ApproveReceptionPlan, country=country, authority=clerk.agency,
        plan=ReceptionCare.RELATIVES,
    )  # fmt: skip
    return diary.made_by(appointed)


def _consent(diary: Diary, country: str, day: int, *, of: UUID | None = None) -> None:
    """Write down who agreed: the person, or who speaks for the child."""
    speaking = {} if of is None else {"given_by": of}
    desk = officer("UN-UNHCR", Role.CASEWORKER, diary.dice.randrange(_OFFICERS))
    diary.write(max(day, diary.day), desk, RecordConsent, scope=ConsentScope.TRANSFER, destination=country, **speaking)


def _issue(diary: Diary, country: str, day: int) -> None:
    clerk = officer(f"{country}-MFA", Role.AUTHORITY, diary.dice.randrange(4))
    diary.write(
        max(day, diary.day),
        clerk,
        IssueTravelDocument,
        kind=TravelDocumentKind.EMERGENCY,
        issued_by=clerk.agency,
        number=f"E {diary.dice.randrange(10**5, 10**6)}",
        valid_until=_until(day),
    )
