"""Screening: an agency looks into a person before a transfer, and answers for a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final
from uuid import UUID

from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.request import CaseDecision
from domain.dates import PartialDate
from domain.frozen import replace
from domain.kernel import Act, Decision, Facet, Fact, Odd, Refused, Stamp
from domain.privacy import Open
from domain.values import AgencyCode, CountryCode, StateCode, agency_country

if TYPE_CHECKING:
    from domain.case.case import CaseState


@unique
class ScreeningKind(StrEnum):
    """What is looked into."""

    SECURITY = "security"
    IDENTITY = "identity"
    MEDICAL = "medical"
    VULNERABILITY = "vulnerability"


@unique
class ScreeningResult(StrEnum):
    """What the agency answered."""

    CLEARED = "cleared"
    ADVERSE = "adverse"
    INCONCLUSIVE = "inconclusive"


class ScreeningRequested(Fact, topic="case.screening-requested"):
    """An agency was asked to screen the person."""

    screening_id: Open[UUID]
    agency: Open[AgencyCode]
    kind: Open[ScreeningKind]
    destination: Open[CountryCode | None]
    due_on: Open[date | None]


class ScreeningCompleted(Fact, topic="case.screening-completed"):
    """The agency answered; the answer holds until and including a day, or without end."""

    screening_id: Open[UUID]
    result: Open[ScreeningResult]
    valid_until: Open[date | None]


@dataclass(frozen=True)
class Outcome:
    """An answer, when it was given and how long it holds."""

    result: ScreeningResult
    on: PartialDate
    valid_until: date | None

    def clears(self, on: date) -> bool:
        """Whether it says cleared and has not expired on the day."""
        return self.result is ScreeningResult.CLEARED and (self.valid_until is None or on <= self.valid_until)


@dataclass(frozen=True)
class Screening:
    """One screening; without an outcome it is open."""

    agency: AgencyCode
    kind: ScreeningKind
    destination: CountryCode | None
    """The destination for which it was asked; ``None`` serves every one."""
    due_on: date | None
    outcome: Outcome | None = None
    cancelled: bool = False
    """Whether it is no longer asked for. An answer that comes all the same counts."""

    def serves(self, destination: CountryCode) -> bool:
        """Whether its answer counts for a destination."""
        return self.destination in {None, destination}


@dataclass(frozen=True)
class Screenings:
    """Every screening of the person, by id, in the order asked."""

    by_id: Mapping[UUID, Screening] = field(default_factory=dict)

    @property
    def open(self) -> Iterator[Screening]:
        """Those still to be answered."""
        return (known for known in self.by_id.values() if known.outcome is None and not known.cancelled)

    def changed(self, screening_id: UUID, screening: Screening) -> Screenings:
        """Return the screenings with one put in its place."""
        return Screenings({**self.by_id, screening_id: screening})

    def latest(self, kind: ScreeningKind | None = None, serving: CountryCode | None = None) -> list[Screening]:
        """Return the last of each agency, kind and destination; an open one counts as the last, a cancelled one not.

        Only of one kind, and only those serving a destination, where these are given.
        """
        last: dict[tuple[AgencyCode, ScreeningKind, CountryCode | None], Screening] = {}
        for screening in self.by_id.values():
            if screening.cancelled:
                continue
            if (kind is None or screening.kind is kind) and (serving is None or screening.serves(serving)):
                subject = (screening.agency, screening.kind, screening.destination)
                if subject not in last or _supersedes(screening, last[subject]):
                    last[subject] = screening
        return list(last.values())


def _supersedes(later: Screening, before: Screening) -> bool:
    if before.outcome is None or later.outcome is None:
        return later.outcome is None
    return later.outcome.on.earliest >= before.outcome.on.earliest


SCREENING: Final = Facet("screening", Screenings())


@SCREENING.evolves
def _(fact: ScreeningRequested, _stamp: Stamp, was: Screenings) -> Screenings | Odd[Screenings]:
    if fact.screening_id in was.by_id:
        return Odd(was, "screening.requested-twice")
    return was.changed(fact.screening_id, Screening(fact.agency, fact.kind, fact.destination, fact.due_on))


@SCREENING.evolves
def _(fact: ScreeningCompleted, stamp: Stamp, was: Screenings) -> Screenings | Odd[Screenings]:
    asked = was.by_id.get(fact.screening_id)
    if asked is None:
        return Odd(was, "screening.unrequested")
    outcome = Outcome(fact.result, stamp.occurred_on, fact.valid_until)
    now = was.changed(fact.screening_id, replace(asked, outcome=outcome, cancelled=False))
    if asked.cancelled:
        return Odd(now, "screening.completed-after-cancelling")
    return now if asked.outcome is None else Odd(now, "screening.completed-twice")


class RequestScreening(CaseDecision):
    """Ask an agency to screen the person, for one destination or for all.

    :raises Refused: ``screening.already-open`` when the agency has been asked the same and has another due date.
    """

    permission = "case:request-screening"
    agency: AgencyCode
    kind: ScreeningKind
    destination: StateCode | None = None
    due_on: date | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Ask, unless the agency has been asked and has not answered."""
        asked = Screening(self.agency, self.kind, self.destination, self.due_on)
        for known in case.screening.open:
            if known == asked:
                return
            if replace(known, due_on=self.due_on) == asked:
                raise Refused("screening.already-open", "This agency has already been asked and has not answered.")
        yield ScreeningRequested(
            screening_id=act.new_id(),
            agency=self.agency,
            kind=self.kind,
            destination=self.destination,
            due_on=self.due_on,
        )

    def concerns(self) -> CountryCode | None:
        """Return the state of the agency."""
        return agency_country(self.agency)


class CompleteScreening(CaseDecision):
    """Record the agency's answer. Any other than cleared withdraws a clearance for a destination that it serves.

    :raises Refused: ``screening.unknown``, ``screening.already-completed`` with another answer,
        ``screening.expires-before-given``.
    """

    permission = "case:complete-screening"
    screening_id: UUID
    result: ScreeningResult
    valid_until: date | None = None
    """Last day on which the answer holds; without end when omitted."""

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Record the answer, unless it is on record."""
        asked = case.screening.by_id.get(self.screening_id)
        if asked is None:
            raise Refused("screening.unknown", "No such screening was requested on this case.")
        if (given := asked.outcome) is not None:
            if (given.result, given.valid_until) == (self.result, self.valid_until):
                return
            raise Refused("screening.already-completed", "The agency has answered; a reversal is a fact of its own.")
        if self.valid_until is not None and self.valid_until < self.day(act).earliest:
            raise Refused("screening.expires-before-given", "The answer would have expired before it was given.")
        yield ScreeningCompleted(screening_id=self.screening_id, result=self.result, valid_until=self.valid_until)
        if self.result is not ScreeningResult.CLEARED:
            yield from withdrawal(case, act, WithdrawalCause.SCREENING, destination=asked.destination)
