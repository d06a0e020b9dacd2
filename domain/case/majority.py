"""Majority: the eighteenth birthday ends what was arranged for a child.

Guardianships end with it and what others consented to on the child's behalf: an adult speaks for themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.case.age import born, possibly_child
from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.request import CaseDecision
from domain.dates import PartialDate
from domain.deciding import readable
from domain.kernel import Act, Decision, Facet, Fact, Refused, Stamp
from domain.privacy import BlockLabel

if TYPE_CHECKING:
    from domain.case.case import CaseState


class MajorityReached(Fact, topic="case.majority-reached"):
    """It is certain that the person has come of age."""


MAJORITY: Final[Facet[PartialDate | None]] = Facet("of_age_since", None)


@MAJORITY.evolves
def _(_fact: MajorityReached, stamp: Stamp, was: PartialDate | None) -> PartialDate | None:
    return was if was is not None and was.earliest <= stamp.occurred_on.earliest else stamp.occurred_on


class RecordMajority(CaseDecision):
    """Record that the person came of age (CRC, article 1): guardianships and what others consented to end.

    A clearance that rests on the consent of another is withdrawn: the person is asked now. It is dated on the day of
    the request, never on the birthday: a birthday is sealed, the day of a fact is open. A clock that runs once a month
    gives away no more than a month.

    :raises Refused: ``majority.not-certain`` when the person can still be a child, or no birth is on record: doubt
        benefits the child (I13); ``record.erased``.
    """

    permission = "case:record-majority"
    opens = frozenset({BlockLabel.IDENTITY})

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record it, unless it is on record."""
        if case.protection.of_age_since is not None:
            return
        readable(born(case))
        if possibly_child(case, act.today):
            raise Refused("majority.not-certain", "The person may still be a child; doubt benefits the child.")
        yield act.now(MajorityReached())
        if case.consent.by_others:
            yield from withdrawal(case, act, WithdrawalCause.CONSENT)
