"""Deciding: what every request of every aggregate passes before and after its own decision.

The record's door loads a state, calls :func:`concluded` and appends what it returns. Nothing here reads a clock: the
day of the request arrives with the act.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, NamedTuple, TypeVar, cast
from uuid import UUID

from domain.dates import PartialDate
from domain.kernel import LATE_AFTER_DAYS, Act, Command, Dated, Elsewhere, Fact, Refused, TryOn, ValidFrom
from domain.privacy import ERASED, Unreadable

T = TypeVar("T")

_NEVER_LATE: Final = frozenset({ValidFrom.ALWAYS, ValidFrom.TARGET})
"""What holds whenever one looks, and what says itself why it comes late: a correction."""
_LATE: Final = timedelta(days=LATE_AFTER_DAYS)


class Conclusion(NamedTuple):
    """The facts that follow from a command, each with the day on which it occurred, in order."""

    here: list[tuple[Fact, PartialDate]]
    """Of the stream that was asked. Empty when everything asked for is already so."""
    elsewhere: list[tuple[UUID, Fact, PartialDate]]
    """Of other streams; they commit with those here."""


def concluded(command: Command, state: Any, act: Act, fold: TryOn | None = None) -> Conclusion:
    """Decide the command and return what follows from it.

    ``fold`` returns the state after facts of the stream, for whoever goes on from there; it is asked at most once.

    :raises Refused: ``record.in-future`` when it would have happened on a day that has begun nowhere on earth,
        ``record.late-reason-missing`` when it is recorded more than 30 days late without a reason (facts that hold
        always are never late, nor are corrections), and whatever the aggregate and the command refuse.
    """
    not_in_future(command.occurred_on, act)
    command.check(state, act)
    day = command.day(act)
    here: list[tuple[Fact, PartialDate]] = []
    elsewhere: list[tuple[UUID, Fact, PartialDate]] = []
    for outcome in command.decide(state, act):
        if type(outcome) is Dated:
            here.append(outcome)
        elif type(outcome) is Elsewhere:
            elsewhere.append((outcome.stream, outcome.fact, outcome.occurred_on or day))
        else:
            here.append((cast("Fact", outcome), day))
    if here and command.known(state, *here[0]):
        return Conclusion([], [])  # the first is what was asked for, the others follow from it
    if command.late_reason is None:
        in_time = act.today - _LATE
        for fact, occurred_on in here:
            if occurred_on.latest < in_time and fact.valid not in _NEVER_LATE:
                raise Refused(
                    "record.late-reason-missing",
                    f"It happened more than {LATE_AFTER_DAYS} days before today: say why it is recorded late.",
                    late_after_days=LATE_AFTER_DAYS,
                )
    here += command.consequences(state, here, act, fold)
    return Conclusion(here, elsewhere)


def not_in_future(day: PartialDate | None, act: Act) -> None:
    """Let a date pass that can lie in the past or today, anywhere on earth; ``None`` passes.

    :raises Refused: ``record.in-future``.
    """
    if day is not None and day.earliest > act.latest_today:
        raise Refused("record.in-future", "It cannot have happened yet: this date is in the future.")


def readable(value: T | Unreadable) -> T:
    """Return a personal value on which a decision rests.

    :raises Refused: ``record.withheld`` when this request did not open it, ``record.erased`` when nobody can read it.
    """
    if value is ERASED:
        raise Refused("record.erased", "What this rests on was erased and can no longer be read.")
    if isinstance(value, Unreadable):
        raise Refused("record.withheld", "What this rests on was not opened for this request.")
    return value
