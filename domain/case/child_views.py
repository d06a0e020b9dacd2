"""The views of the child: heard, in the child's own words, and given their weight (CRC, article 12).

A child may say one thing today and another tomorrow, to one and not to another. All of it stays; the last counts, and
that they contradict each other is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final
from uuid import UUID

from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.request import CaseObservation
from domain.dates import PartialDate
from domain.deciding import readable
from domain.kernel import Act, Decision, Facet, Fact, Refused, Stamp
from domain.privacy import BlockLabel, Narrative, Open, Protection, Unreadable
from domain.text import FreeText

if TYPE_CHECKING:
    from domain.case.case import CaseState


@unique
class ChildWish(StrEnum):
    """What the child said of going to the destination, in the widest terms."""

    TO_GO = "to_go"
    TO_STAY = "to_stay"
    UNDECIDED = "undecided"
    NOT_SAID = "not_said"


class ChildViewsHeard(Fact, topic="case.child-views-heard"):
    """The child was heard, or was found not to be capable yet of forming views."""

    interpreter_id: Open[UUID | None]
    capable: Protection[bool]
    views: Protection[ChildWish]
    account: Narrative[FreeText | None]


@dataclass(frozen=True)
class ViewsHeard:
    """What the child said on one day."""

    capable: bool | Unreadable
    views: ChildWish | Unreadable
    interpreter_id: UUID | None
    on: PartialDate


@dataclass(frozen=True)
class ChildViews:
    """Everything that the child said, in the order in which it was said."""

    heard: tuple[ViewsHeard, ...] = ()

    @property
    def last(self) -> ViewsHeard | None:
        """What counts."""
        return self.heard[-1] if self.heard else None

    @property
    def contradictory(self) -> bool:
        """Whether the child has said that it wants to go and that it wants to stay, as far as it can be read."""
        return {ChildWish.TO_GO, ChildWish.TO_STAY} <= {heard.views for heard in self.heard}


CHILD_VIEWS: Final = Facet("views", ChildViews())


@CHILD_VIEWS.evolves
def _(fact: ChildViewsHeard, stamp: Stamp, was: ChildViews) -> ChildViews:
    heard = ViewsHeard(fact.capable, fact.views, fact.interpreter_id, stamp.occurred_on)
    return ChildViews(tuple(sorted((*was.heard, heard), key=lambda known: known.on.earliest)))


class HearChildViews(CaseObservation):
    """Record what the child said of going, or that it is not capable yet of forming views.

    A child who says that it wants to stay ends a clearance: it was given on other views.

    :raises Refused: ``views.of-incapable`` when views are told of a child that is not capable of forming them,
        ``record.erased`` when what was said before can no longer be read.
    """

    permission = "case:record-protection"
    opens = frozenset({BlockLabel.PROTECTION})
    views: ChildWish
    capable: bool = True
    interpreter_id: UUID | None = None
    """Subject id of the interpreter."""
    account: FreeText | None = None
    """In the child's own words."""

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record it, unless the child said the same when last heard and no other day is meant."""
        if not self.capable and self.views is not ChildWish.NOT_SAID:
            raise Refused("views.of-incapable", "A child that cannot form views yet has not said any.")
        last = case.protection.views_heard
        if last is not None:
            same = (readable(last.capable), readable(last.views)) == (self.capable, self.views)
            if same and self.occurred_on in {None, last.on}:
                return
        yield ChildViewsHeard(
            interpreter_id=self.interpreter_id, capable=self.capable, views=self.views, account=self.account
        )
        if self.views is ChildWish.TO_STAY:
            yield from withdrawal(case, act, WithdrawalCause.BEST_INTERESTS)
