"""What a fact of one case asks of others: fact → command, as one table.

Within a case the consequence commits with its cause. Across cases a machine follows the record and asks, once for each
fact; a rebuild of the read models asks nothing again. It asks of the cases as they stand then: what was retracted or
corrected meanwhile asks nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple
from uuid import UUID

from domain.case.case import CaseState
from domain.case.deprivation import CitizenshipDeprived
from domain.case.kin import Relation
from domain.case.life import DeathRecorded
from domain.case.ripples import NoteLossOfCarer, NoteParentDeprived
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
    """Whether what the fact said is so, when it is asked."""
    command: Command


REACTIONS: Final = (
    Reaction(
        "orphan-check",
        DeathRecorded,
        frozenset({Relation.CHILD, Relation.CHILD_IN_CARE}),
        lambda case: case.life.death is not None,
        NoteLossOfCarer(),
    ),
    Reaction(
        "nationality-ripple",
        CitizenshipDeprived,
        frozenset({Relation.CHILD}),
        lambda case: bool(case.nationality.deprived),
        NoteParentDeprived(),
    ),
)
CAUSES: Final = frozenset(reaction.cause.topic for reaction in REACTIONS)


def asked_of(reaction: Reaction, case: CaseState) -> Iterator[UUID]:
    """Yield of whose cases a reaction asks its command; of an erased link nobody can say whose it is."""
    if not reaction.stands(case):
        return
    for link in case.kin.of(reaction.of):
        if not isinstance(link.person, Unreadable):
            yield link.person
