"""Registering a birth: on the child's case, which it opens, and on the mother's."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.case.age import Born, born, refuse_implausible
from domain.case.case import CaseState
from domain.case.identity import NameRecorded, SexRecorded
from domain.case.kin import KinLinked, Relation, too_young
from domain.case.nationality import NationalityClaimed
from domain.case.newborn import BornInFacility
from domain.case.registration import CaseOpened, Circumstances, ToldName, ToldNationality
from domain.case.request import CaseObservation
from domain.case.whereabouts import AdmittedToFacility
from domain.case.work import TaskKind, task
from domain.dates import PartialDate
from domain.kernel import Act, Decision, Elsewhere
from domain.privacy import BlockLabel
from domain.values import CountryCode, Evidence, Sex


class RegisterBirth(CaseObservation):
    """Open the case of a child born in a facility, of a mother who has a case. The child is there from birth on.

    A newborn may be without a name; the nationality is what is claimed for the child, never the mother's by itself. The
    mother's case learns of her child; to who may not see it there is no such case. A mother who would have been younger
    than twelve raises a task.

    :raises Refused: ``record.in-future`` for a birth to come, ``birth.hijri`` and ``birth.too-long-ago`` for a year
        that cannot be meant.
    """

    permission = "case:open"
    opens = frozenset({BlockLabel.IDENTITY})
    creates = True
    facility: UUID
    mother: Annotated[UUID, Field(description="The mother's case.")]
    birth: PartialDate
    names: Annotated[tuple[ToldName, ...], Field(max_length=8)] = ()
    sex: Sex | None = None
    nationality: ToldNationality | None = None

    def day(self, act: Act) -> PartialDate:
        """Return when it happened: as stated, or on the day of the birth."""
        del act
        return self.occurred_on or self.birth

    def named_streams(self) -> frozenset[UUID]:
        """Return the mother's case."""
        return frozenset({self.mother})

    def rests_on(self, case: CaseState) -> frozenset[UUID]:
        """Return the mother's case."""
        del case
        return frozenset({self.mother})

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Open the case, unless it is open."""
        refuse_implausible(self.birth, act)
        if case.registration.circumstances is not None:
            return
        yield CaseOpened(circumstances=Circumstances.BIRTH)
        yield BornInFacility(facility=self.facility, mother=self.mother, birth=self.birth)
        yield AdmittedToFacility(facility=self.facility)
        for nth, told in enumerate(dict.fromkeys(self.names), start=1):
            yield NameRecorded(name_id=act.new_id(nth), kind=told.kind, name=told.name, strength=told.strength)
        if self.sex is not None:
            yield SexRecorded(sex=self.sex)
        if self.nationality is not None:
            yield NationalityClaimed(country=self.nationality.country, strength=self.nationality.strength)
        mother = act.others.get(self.mother)
        if not isinstance(mother, CaseState) or act.stream is None:
            return
        if too_young(born(mother), Born(self.birth.earliest, self.birth.latest)):
            yield task(act, 1, TaskKind.REVIEW_ANOMALY)
        child = KinLinked(
            kin_id=act.new_id(),
            strength=Evidence.DOCUMENTED,
            person=act.stream,
            relation=Relation.CHILD,
            primary_caregiver=False,
        )
        yield Elsewhere(self.mother, child)

    def concerns(self) -> CountryCode | None:
        """Return the country of the nationality told."""
        return self.nationality.country if self.nationality is not None else None
