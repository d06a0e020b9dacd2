"""What a fact of one case asks of others: fact → command, as one table.

Within a case the consequence commits with its cause. Across cases a machine follows the record and asks, once for each
fact; a rebuild of the read models asks nothing again. It asks of the cases as they stand then: what was retracted or
corrected meanwhile asks nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple
from uuid import UUID

from domain.case.absence import EscapeReported, WhereaboutsLost
from domain.case.case import CaseState
from domain.case.deprivation import CitizenshipDeprived
from domain.case.kin import Relation
from domain.case.life import DeathRecorded
from domain.case.ripples import NoteLossOfCarer, NoteParentDeprived, NoteSeparation
from domain.case.transfers import UnclearedTransferReported
from domain.case.whereabouts import MovedToFacility, Place
from domain.kernel import Command, Fact
from domain.privacy import Unreadable


class Reaction(NamedTuple):
    """A fact of one case, and what is asked of those of certain relatives."""

    name: str
    """Part of the ids of what it asks: never changed."""
    cause: type[Fact]
    of: frozenset[Relation]
    """What the others are to the person."""
    stands: Callable[[CaseState], bool]
    """Whether what the fact said is so, when it is asked; needs no class opened."""
    command: Callable[[UUID], Command]
    """From the person's case to what is asked of each of the others."""


CHILDREN: Final = frozenset({Relation.CHILD, Relation.CHILD_IN_CARE})


def _gone(case: CaseState) -> bool:
    return case.whereabouts.place in {Place.MISSING, Place.GONE}


def _separated(case: CaseState) -> bool:
    return case.whereabouts.family_separated


REACTIONS: Final = (
    Reaction(
        "orphan-check", DeathRecorded, CHILDREN, lambda case: case.life.death is not None, lambda _: NoteLossOfCarer()
    ),
    *(
        Reaction("separation-watch", cause, CHILDREN, stands, lambda caregiver: NoteSeparation(caregiver=caregiver))
        for cause, stands in (
            (EscapeReported, _gone),
            (WhereaboutsLost, _gone),
            (UnclearedTransferReported, _gone),
            (MovedToFacility, _separated),
        )
    ),
    Reaction(
        "nationality-ripple",
        CitizenshipDeprived,
        frozenset({Relation.CHILD}),
        lambda case: bool(case.nationality.deprived),
        lambda _: NoteParentDeprived(),
    ),
)
CAUSES: Final = frozenset(reaction.cause.topic for reaction in REACTIONS)


def asked_of(reaction: Reaction, case: CaseState) -> Iterator[UUID]:
    """Yield of whose cases a reaction asks its command; of an erased link nobody can say whose it is."""
    for link in case.kin.of(reaction.of):
        if not isinstance(link.person, Unreadable):
            yield link.person
