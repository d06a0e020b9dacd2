"""Hospital: referred, and back. Who is in a hospital stays on the books of the facility that sent them."""

from __future__ import annotations

from enum import StrEnum, unique
from typing import TYPE_CHECKING
from uuid import UUID

from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.request import CaseObservation
from domain.case.whereabouts import WHEREABOUTS, Place, Whereabouts, known_there
from domain.dates import PartialDate
from domain.frozen import replace
from domain.kernel import Act, Decision, Fact, Odd, Stamp
from domain.privacy import Medical, Open

if TYPE_CHECKING:
    from domain.case.case import CaseState


@unique
class ReferralCause(StrEnum):
    """Why somebody needs a hospital, in the widest terms."""

    ILLNESS = "illness"
    INJURY = "injury"
    CHILDBIRTH = "childbirth"
    MALNUTRITION = "malnutrition"
    MENTAL_HEALTH = "mental_health"
    SURGERY = "surgery"
    EXAMINATION = "examination"
    NOT_STATED = "not_stated"


@unique
class HospitalOutcome(StrEnum):
    """How a stay in a hospital ended."""

    RECOVERED = "recovered"
    TREATMENT_CONTINUES = "treatment_continues"
    NOT_TREATED = "not_treated"
    LEFT_AGAINST_ADVICE = "left_against_advice"
    NOT_STATED = "not_stated"


class ReferredToHospital(Fact, topic="case.referred-to-hospital"):
    """The person was taken to a hospital."""

    facility: Open[UUID]
    """The hospital."""
    cause: Medical[ReferralCause]


class ReturnedFromHospital(Fact, topic="case.returned-from-hospital"):
    """The person was taken back from a hospital to a facility."""

    facility: Open[UUID]
    """Where they were taken, which may be another place than the one that sent them."""
    outcome: Medical[HospitalOutcome]


def _past(was: Whereabouts, on: PartialDate) -> bool:
    since = was.hospital_since
    return was.past(on) or (since is not None and on.earliest < since.earliest)


@WHEREABOUTS.evolves
def _(fact: ReferredToHospital, stamp: Stamp, was: Whereabouts) -> Whereabouts | Odd[Whereabouts]:
    if _past(was, stamp.occurred_on):
        return was
    now = replace(was, hospital=fact.facility, hospital_since=stamp.occurred_on)
    return now if was.place is Place.LOCATED else Odd(now, "whereabouts.referred-unlocated")


@WHEREABOUTS.evolves
def _(fact: ReturnedFromHospital, stamp: Stamp, was: Whereabouts) -> Whereabouts | Odd[Whereabouts]:
    on = stamp.occurred_on
    if _past(was, on):
        return was
    back = was if was.located_at == fact.facility else was.at(fact.facility, on)
    now = replace(back, hospital=None, hospital_since=on)
    return Odd(now, "whereabouts.returned-unreferred") if was.hospital is None else now


class ReferToHospital(CaseObservation):
    """Record that the person was taken to a hospital. A clearance in force is withdrawn."""

    permission = "case:record"
    facility: UUID
    cause: ReferralCause = ReferralCause.NOT_STATED

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the referral, unless the person is known to be in that hospital by then."""
        where, day = case.whereabouts, self.day(act)
        if where.hospital == self.facility and not _past(where, day):
            return
        yield ReferredToHospital(facility=self.facility, cause=self.cause)
        yield from withdrawal(case, act, WithdrawalCause.HOSPITAL)


class RecordReturnFromHospital(CaseObservation):
    """Record that the person was taken back from a hospital, to the facility that sent them or to another."""

    permission = "case:record"
    facility: UUID
    outcome: HospitalOutcome = HospitalOutcome.NOT_STATED

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the return, unless the person is known to be back there by then."""
        where, day = case.whereabouts, self.day(act)
        back = where.hospital is None and where.hospital_since is not None and not _past(where, day)
        if back and known_there(case, self.facility, day):
            return
        yield ReturnedFromHospital(facility=self.facility, outcome=self.outcome)
        if where.located_at != self.facility:
            yield from withdrawal(case, act, WithdrawalCause.MOVE)
