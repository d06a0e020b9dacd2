"""Births in a facility: the birth opens the child's case, and the child's case knows its mother's."""

from __future__ import annotations

from uuid import UUID

from domain.case.identity import IDENTITY, Birth, Particulars
from domain.case.kin import KIN, Kin, KinLink, Relation
from domain.case.life import LIFE, Life
from domain.dates import PartialDate
from domain.frozen import replace
from domain.kernel import Fact, Stamp, ValidFrom
from domain.privacy import Identity, Open
from domain.values import Evidence


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


@KIN.evolves
def _(fact: BornInFacility, stamp: Stamp, was: Kin) -> Kin:
    # The link bears the id of the fact. A newborn is with its mother until something else is said.
    link = KinLink(fact.mother, Relation.MOTHER, Evidence.DOCUMENTED, primary_caregiver=True)
    return replace(was, links={**was.links, stamp.fact_id: link})
