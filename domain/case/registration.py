"""Registration: a case is opened when a person becomes known to us, and closed when nothing is left to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from domain.case.age import refuse_implausible
from domain.case.identity import BirthRecorded, NameRecorded, SexRecorded, ShortText
from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.nationality import NationalityClaimed
from domain.case.request import CaseDecision, CaseObservation
from domain.dates import PartialDate
from domain.frozen import replace
from domain.kernel import Act, Decision, Facet, Fact, Odd, Refused, Stamp
from domain.privacy import Narrative, Open
from domain.text import FreeText
from domain.values import CountryCode, Evidence, NameKind, PersonName, Sex

if TYPE_CHECKING:
    from domain.case.case import CaseState


@unique
class Circumstances(StrEnum):
    """How the person became known to us."""

    ARRIVAL = "arrival"
    TRANSFER = "transfer"
    BIRTH = "birth"
    FOUND = "found"
    HISTORY = "history"
    """Taken over from earlier records."""


@unique
class ClosureReason(StrEnum):
    """Why nothing is left to do."""

    REPATRIATED = "repatriated"
    RELEASED_LOCALLY = "released_locally"
    DECEASED = "deceased"
    MERGED = "merged"
    OPENED_IN_ERROR = "opened_in_error"
    TRANSFERRED = "transferred"
    LOST_CONTACT = "lost_contact"


@unique
class ReopeningCause(StrEnum):
    """Why a closed case is taken up again."""

    CLOSED_IN_ERROR = "closed_in_error"
    FOUND_ALIVE = "found_alive"
    CAME_BACK = "came_back"
    CONTACT_REGAINED = "contact_regained"
    NEW_EVIDENCE = "new_evidence"


class CaseOpened(Fact, topic="case.case-opened"):
    """A person became known to us."""

    circumstances: Open[Circumstances]


class CaseClosed(Fact, topic="case.case-closed"):
    """Nothing is left to do."""

    reason: Open[ClosureReason]


class CaseReopened(Fact, topic="case.case-reopened"):
    """The closed case was taken up again."""

    cause: Open[ReopeningCause]
    reason: Narrative[FreeText | None]


@dataclass(frozen=True)
class Closure:
    """Why and when the case was closed."""

    reason: ClosureReason
    on: PartialDate


@dataclass(frozen=True)
class Registration:
    """Whether the case is open."""

    circumstances: Circumstances | None = None
    opened_on: PartialDate | None = None
    closed: Closure | None = None

    @property
    def merged(self) -> bool:
        """Whether the case was closed because the person has another."""
        return self.closed is not None and self.closed.reason is ClosureReason.MERGED


REGISTRATION: Final = Facet("registration", Registration())


@REGISTRATION.evolves
def _(fact: CaseOpened, stamp: Stamp, was: Registration) -> Registration | Odd[Registration]:
    if was.circumstances is not None:
        return Odd(was, "registration.opened-twice")
    return replace(was, circumstances=fact.circumstances, opened_on=stamp.occurred_on)


@REGISTRATION.evolves
def _(fact: CaseClosed, stamp: Stamp, was: Registration) -> Registration | Odd[Registration]:
    if was.closed is not None:
        return Odd(was, "registration.closed-twice")
    return replace(was, closed=Closure(fact.reason, stamp.occurred_on))


@REGISTRATION.evolves
def _(_fact: CaseReopened, _stamp: Stamp, was: Registration) -> Registration | Odd[Registration]:
    return Odd(was, "registration.reopened-open") if was.closed is None else replace(was, closed=None)


class _Told(BaseModel):
    """Something that a person said about themselves in the first sitting."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    strength: Evidence = Evidence.CLAIMED


class ToldName(_Told):
    """A name."""

    kind: NameKind
    name: PersonName


class ToldBirth(_Told):
    """When and where they were born."""

    birth: PartialDate
    place: ShortText | None = None


class ToldNationality(_Told):
    """Of which country they are nationals; XXA says stateless, XXX unknown."""

    country: CountryCode


class OpenCase(CaseObservation):
    """Open a case for a person who became known to us, with what is known after the first sitting.

    Names, birth, sex and a nationality may as well be recorded later, each by its own command; given here they are
    recorded together with the opening, or not at all.

    :raises Refused: ``record.in-future`` for a birth to come, ``birth.hijri`` and ``birth.too-long-ago`` for a year
        that cannot be meant.
    """

    permission = "case:open"
    creates = True
    circumstances: Circumstances
    names: Annotated[tuple[ToldName, ...], Field(max_length=8)] = ()
    birth: ToldBirth | None = None
    sex: Sex | None = None
    nationality: ToldNationality | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Open the case, unless it is open under the same circumstances."""
        if case.registration.circumstances is self.circumstances:
            return
        yield CaseOpened(circumstances=self.circumstances)
        for nth, told in enumerate(dict.fromkeys(self.names), start=1):
            yield NameRecorded(name_id=act.new_id(nth), kind=told.kind, name=told.name, strength=told.strength)
        if self.birth is not None:
            refuse_implausible(self.birth.birth, act)
            yield BirthRecorded(birth=self.birth.birth, place=self.birth.place, strength=self.birth.strength)
        if self.sex is not None:
            yield SexRecorded(sex=self.sex)
        if self.nationality is not None:
            yield NationalityClaimed(country=self.nationality.country, strength=self.nationality.strength)

    def concerns(self) -> CountryCode | None:
        """Return the country of the nationality told."""
        return self.nationality.country if self.nationality is not None else None


class CloseCase(CaseDecision):
    """Close the case. A clearance in force is withdrawn with it.

    :raises Refused: ``case.closed`` when it is closed for another reason, ``case.in-transit`` while the person is on
        the way, ``closure.unsupported`` when the reason says dead or repatriated and the record does not, or merged.
    """

    permission = "case:close"
    after_closure = True
    after_death = True
    reason: ClosureReason

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Close the case when the record supports the reason."""
        closed = case.registration.closed
        if closed is not None and closed.reason is self.reason:
            return
        if closed is not None:
            raise Refused("case.closed", "The case is already closed for another reason.", reason=closed.reason.value)
        if self.reason is ClosureReason.MERGED:
            raise Refused("closure.unsupported", "A case is merged into another, not closed.", reason=self.reason.value)
        if case.in_transit:
            raise Refused("case.in-transit", "The person is on the way: record the arrival first.")
        if self.reason is ClosureReason.DECEASED and case.life.death is None:
            raise Refused("closure.unsupported", "No death is on record.", reason=self.reason.value)
        if self.reason is ClosureReason.REPATRIATED and case.journey.returned is None:
            raise Refused("closure.unsupported", "No arrival or repatriation is on record.", reason=self.reason.value)
        yield CaseClosed(reason=self.reason)
        yield from withdrawal(case, act, WithdrawalCause.CLOSURE)


class ReopenCase(CaseDecision):
    """Take up a closed case again: its status is what it was before. A case that was merged is unmerged instead.

    :raises Refused: ``case.merged`` when the person has another case, ``case.reopened-before-closed``,
        ``closure.unsupported`` when the person was found alive and a death is still on record.
    """

    permission = "case:close"
    after_closure = True
    after_death = True
    cause: ReopeningCause
    reason: FreeText | None = None

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Reopen the case, unless it is open."""
        closed = case.registration.closed
        if closed is None:
            return
        if closed.reason is ClosureReason.MERGED:
            raise Refused("case.merged", "The case was merged into another: reverse the merge instead.")
        if self.day(act).latest < closed.on.earliest:
            raise Refused("case.reopened-before-closed", "On that day the case was not closed yet.")
        if self.cause is ReopeningCause.FOUND_ALIVE and case.life.death is not None:
            raise Refused("closure.unsupported", "A death is on record: take that back first.", reason=self.cause.value)
        yield CaseReopened(cause=self.cause, reason=self.reason)
