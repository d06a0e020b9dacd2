"""Births in a facility: the birth opens the child's case, and the child's case knows its mother's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import Field

from domain.case.age import refuse_implausible
from domain.case.identity import IDENTITY, Birth, NameRecorded, Particulars, SexRecorded
from domain.case.life import LIFE, Life
from domain.case.nationality import NationalityClaimed
from domain.case.registration import CaseOpened, Circumstances, ToldName, ToldNationality
from domain.case.request import CaseObservation
from domain.case.whereabouts import AdmittedToFacility
from domain.dates import PartialDate
from domain.frozen import replace
from domain.kernel import Act, Decision, Fact, Stamp, ValidFrom
from domain.privacy import Identity, Open
from domain.values import CountryCode, Evidence, Sex

if TYPE_CHECKING:
    from domain.case.case import CaseState


class BornInFacility(Fact, topic="case.born-in-facility", valid=ValidFrom.ALWAYS):
    """The person was born in a facility, of a mother who has a case."""

    facility: Open[UUID]
    mother: Identity[UUID]
    birth: Identity[PartialDate]


@LIFE.evolves
def _(fact: BornInFacility, _stamp: Stamp, was: Life) -> Life:
    return replace(was, mother=fact.mother)


@IDENTITY.evolves
def _(fact: BornInFacility, _stamp: Stamp, was: Particulars) -> Particulars:
    # Those who run the place saw it: as good as a document.
    return was.told(Birth(fact.birth, None, Evidence.DOCUMENTED))


class RegisterBirth(CaseObservation):
    """Open the case of a child born in a facility, of a mother who has a case. The child is there from birth on.

    A newborn may be without a name; the nationality is what is claimed for the child, never the mother's by itself.

    :raises Refused: ``record.in-future`` for a birth to come, ``birth.hijri`` and ``birth.too-long-ago`` for a year
        that cannot be meant.
    """

    permission = "case:open"
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

    def concerns(self) -> CountryCode | None:
        """Return the country of the nationality told."""
        return self.nationality.country if self.nationality is not None else None
