"""Age assessments: what an assessor found, as an interval. Contradicting ones stand side by side; see ``age.py``."""

from __future__ import annotations

from enum import StrEnum, unique
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from domain.case.age import MAX_AGE_YEARS, AgeAssessment, may_now_be_child
from domain.case.identity import IDENTITY, Particulars
from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.request import CaseObservation
from domain.deciding import readable
from domain.frozen import replace
from domain.kernel import Act, Decision, Fact, Stamp, ValidFrom
from domain.privacy import BlockLabel, Identity, Open, Unreadable
from domain.values import AgencyCode

if TYPE_CHECKING:
    from domain.case.case import CaseState


@unique
class AssessmentMethod(StrEnum):
    """How an age was assessed."""

    INTERVIEW = "interview"
    PHYSICAL = "physical"
    DENTAL = "dental"
    RADIOLOGICAL = "radiological"
    MULTIDISCIPLINARY = "multidisciplinary"
    COURT = "court"


Years = Annotated[int, Field(ge=0, le=MAX_AGE_YEARS)]


class AgeAssessed(Fact, topic="case.age-assessed", valid=ValidFrom.ALWAYS):
    """On the day on which it occurred, the person was found to be so many full years old."""

    method: Open[AssessmentMethod]
    assessor: Open[AgencyCode]
    min_years: Identity[Years]
    max_years: Identity[Years]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        least, greatest = self.min_years, self.max_years
        if not isinstance(least, Unreadable) and not isinstance(greatest, Unreadable) and least > greatest:
            message = "the least age is above the greatest"
            raise ValueError(message)
        return self


@IDENTITY.evolves
def _(fact: AgeAssessed, stamp: Stamp, was: Particulars) -> Particulars:
    found = AgeAssessment(fact.min_years, fact.max_years, fact.method, fact.assessor, stamp.occurred_on)
    return replace(was, assessments=(*was.assessments, found))


class RecordAgeAssessment(CaseObservation):
    """Record what an age assessment found, in full years on the day of the assessment. Other assessments stay.

    A clearance in force is withdrawn when the person was held to be an adult and may now be a child.

    :raises Refused: ``record.erased`` when the person was erased.
    """

    permission = "case:record"
    opens = frozenset({BlockLabel.IDENTITY})
    method: AssessmentMethod
    assessor: AgencyCode
    min_years: Years
    max_years: Years

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min_years > self.max_years:
            message = "the least age is above the greatest"
            raise ValueError(message)
        return self

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the assessment, unless it is on record."""
        found = AgeAssessment(self.min_years, self.max_years, self.method, self.assessor, self.day(act))
        for known in case.identity.assessments:
            readable(known.min_years)
            if known == found:
                return
        yield AgeAssessed(
            method=self.method, assessor=self.assessor, min_years=self.min_years, max_years=self.max_years
        )
        if may_now_be_child(case, replace(case.identity, assessments=(*case.identity.assessments, found)), act.today):
            yield from withdrawal(case, act, WithdrawalCause.IDENTITY)
