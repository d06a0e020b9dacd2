"""The few words that every aggregate shares: Fact, Stamp, Recorded, Act, Command, Refused, Facet, Aggregate.

A *fact* says what happened and nothing else. Its *stamp* says when, by whom and where it stands in the record. Both
together are a *recorded* fact, which is what the ``eventsourcing`` library knows as a domain event. A *command* is a
request; deciding it yields facts or refuses. Folding facts never refuses: what does not fit is an *anomaly*.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Final, Generic, NamedTuple, TypeVar, get_type_hints
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from domain.facts import (
    FACTS,
    Fact,
    FromField,
    Recorded,
    Stamp,
    Upcast,
    ValidFrom,
    ValidTime,
    is_domain_event,
    labels_of,
)
from domain.frozen import replace
from domain.ids import named_id
from domain.privacy import BlockLabel
from domain.values import AgencyCode, CountryCode, LateReason, LegalBasis, PartialDate, Reliability, SourceType

__all__ = [
    "COMMANDS",
    "EARLIEST_MIDNIGHT",
    "FACTS",
    "LATE_AFTER_DAYS",
    "Act",
    "Aggregate",
    "Anomaly",
    "Command",
    "CommandKind",
    "Dated",
    "Decision",
    "Elsewhere",
    "Evolver",
    "Facet",
    "Fact",
    "FromField",
    "Odd",
    "Recorded",
    "Refused",
    "Stamp",
    "Upcast",
    "ValidFrom",
    "ValidTime",
    "by_fact",
    "is_domain_event",
    "labels_of",
]

S = TypeVar("S")
F = TypeVar("F", bound="Fact")

LATE_AFTER_DAYS: Final = 30
"""A fact recorded more than this many days after it occurred needs a reason for being late."""
EARLIEST_MIDNIGHT: Final = timedelta(hours=14)
"""Civil dates are compared at UTC+14: a date that has begun anywhere on earth is not in the future."""


# ---------------------------------------------------------------- requests
class Refused(Exception):  # noqa: N818 - the word of the business, not of the language
    """A request was understood and is not granted. Nothing was recorded.

    ``code`` is stable and dotted, ``sentence`` is for a person, ``details`` hold only codes, ids, dates and the
    sentences of unmet rules: nothing personal.
    """

    def __init__(self, code: str, sentence: str, **details: object) -> None:
        super().__init__(code)
        self.code: Final = code
        self.sentence: Final = sentence
        self.details: Final = details


class Act(NamedTuple):
    """Who asks, when, and as which command. Time, identity and permission arrive with the request."""

    command_id: UUID
    actor: UUID
    agency: AgencyCode
    recorded_at: datetime
    country: CountryCode | None = None
    causation_id: UUID | None = None
    correlation_id: UUID | None = None
    simulated: bool = False
    evidence_sha256: str | None = None
    """Digest over the sorted leaf hashes of the stream as loaded, hex; given to commands that rest on evidence."""
    others: Mapping[UUID, Any] = MappingProxyType({})
    """Stream → state, of the other streams on which the decision rests (:meth:`Command.rests_on`); a stream that does
    not exist is absent. None of them changes before what is decided is recorded."""
    stream: UUID | None = None
    """The stream that is asked; given to commands that rest on others."""
    facts: Sequence[Recorded] = ()
    """The facts of the stream as loaded, in record order, nothing applied; given to commands that rest on facts."""
    permissions: frozenset[str] = frozenset()
    """What the caller's role carries; given to commands that rest on facts."""

    @property
    def today(self) -> date:
        """Civil date of the request, UTC."""
        return self.recorded_at.date()

    @property
    def latest_today(self) -> date:
        """Latest civil date that has begun somewhere on earth: anything after it is the future."""
        return (self.recorded_at + EARLIEST_MIDNIGHT).date()

    def new_id(self, n: int = 0) -> UUID:
        """Return the n-th id made by this command: the same one when the command is sent again."""
        return named_id(self.command_id, str(n))

    def now(self, fact: Fact) -> Dated:
        """Date a consequence on the day of the request instead of the day on which its cause occurred."""
        return Dated(fact, PartialDate.of(self.today))


class Dated(NamedTuple):
    """A decided fact with a day of occurrence other than that of its command."""

    fact: Fact
    occurred_on: PartialDate


class Elsewhere(NamedTuple):
    """A decided fact of another stream, one that the command rests on. All streams commit together or none does."""

    stream: UUID
    fact: Fact
    occurred_on: PartialDate | None = None
    """``None``: on the day of the command."""


TryOn = Callable[[Sequence[tuple[Fact, PartialDate]]], Any]
"""From decided facts to the state after them."""
Decision = Iterator[Fact | Dated | Elsewhere]
"""What deciding yields: facts in the order in which they will be recorded."""


@unique
class CommandKind(StrEnum):
    """Whether a request is ours to refuse."""

    DECISION = "decision"
    """Ours: needs ``If-Match``; rules may refuse it."""
    OBSERVATION = "observation"
    """What happened, reported: never refused for the state that it meets."""


class Command(BaseModel):
    """A request in the imperative: the HTTP body, its permission and its decision in one class.

    The base fields say when it occurred and how we know. Asking for what is already so yields nothing. A concrete
    command sets ``permission``. (Bodies have fields called ``name`` and ``kind``: the class speaks of verb and nature.)
    """

    # Each is compiled when it is first read: a process that asks for one command does not wait for all of them.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True, str_max_length=4_000)

    aggregate: ClassVar[str]
    verb: ClassVar[str]
    """The class name in kebab-case: ``impose-security-block``."""
    permission: ClassVar[str]
    nature: ClassVar[CommandKind]
    opens: ClassVar[frozenset[BlockLabel]] = frozenset()
    """Personal classes that deciding needs to read; all else loads as withheld. Opening is recorded."""
    routed: ClassVar[bool] = True
    """Whether officers ask for it; what only machines ask has no route."""
    creates: ClassVar[bool] = False
    """Whether the command starts a new stream."""
    rests_on_evidence: ClassVar[bool] = False
    """Whether deciding needs ``act.evidence_sha256``."""
    rests_on_facts: ClassVar[bool] = False
    """Whether deciding needs ``act.facts``."""

    occurred_on: Annotated[
        PartialDate | None,
        Field(description="When it happened, EDTF (2021-10-15, 2021-10, 2021~, 2019/2020). Omitted: today."),
    ] = None
    late_reason: Annotated[
        LateReason | None, Field(description="Needed when it happened more than 30 days before it is recorded.")
    ] = None
    source: Annotated[SourceType | None, Field(description="How we know.")] = None
    reliability: Annotated[Reliability | None, Field(description="How far the source can be relied on.")] = None
    legal_basis: Annotated[LegalBasis | None, Field(description="On which legal basis this is recorded.")] = None

    @classmethod
    def __pydantic_init_subclass__(cls, **_options: object) -> None:
        """Enter a concrete command into the registry.

        :raises TypeError: when another command of the aggregate has the same name.
        """
        if "permission" not in cls.__dict__:
            return
        cls.verb = re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()
        if COMMANDS.setdefault((cls.aggregate, cls.verb), cls) is not cls:
            message = f"two commands claim the name {cls.aggregate}/{cls.verb}"
            raise TypeError(message)

    def day(self, act: Act) -> PartialDate:
        """Return when it happened: as stated, or on the day of the request."""
        return self.occurred_on or PartialDate.of(act.today)

    def rests_on(self, state: Any) -> frozenset[UUID]:  # noqa: ARG002 - for commands that look further
        """Return the other streams on whose state deciding rests; they arrive as ``act.others``.

        The caller need not be allowed to see them: only the verdict leaves.
        """
        return frozenset()

    def rests_further_on(self, others: Mapping[UUID, Any]) -> frozenset[UUID]:  # noqa: ARG002 - the same
        """Return streams on which deciding rests because of the state of those; asked until there is none left."""
        return frozenset()

    def named_streams(self) -> frozenset[UUID]:
        """Return the other cases that the caller names: to the caller, one that is not theirs to see does not exist."""
        return frozenset()

    def shares(self, act: Act) -> frozenset[tuple[str, UUID]]:  # noqa: ARG002 - for commands that join cases
        """Return parties and the other streams that they may see from now on, because of this request."""
        return frozenset()

    def opening(self) -> frozenset[BlockLabel]:
        """Return the classes that deciding this very request opens: of those declared, all unless it needs fewer."""
        return self.opens

    def check(self, state: Any, act: Act) -> None:
        """Refuse what the aggregate forbids of every command of its kind; nothing unless its base says so.

        :raises Refused: with a stable code.
        """

    def known(self, state: Any, fact: Fact, day: PartialDate) -> bool:  # noqa: ARG002 - for aggregates that remember
        """Whether the state remembers this very fact of this day as one that changed nothing."""
        return False

    def consequences(
        self, state: Any, facts: Sequence[tuple[Fact, PartialDate]], act: Act, fold: TryOn | None = None
    ) -> Iterator[Dated]:
        """Yield what follows from decided facts whatever the command; nothing unless its base says so.

        ``fold`` returns the state after the facts, for whoever needs it anyway.
        """
        del state, facts, act, fold
        return iter(())

    @abstractmethod
    def decide(self, state: Any, act: Act) -> Decision:
        """Yield the facts that follow from the request, or nothing when it is already so.

        :raises Refused: with a stable code when a rule forbids it.
        """

    def concerns(self) -> CountryCode | None:
        """Return the state whose officers must see the case because of this request, if any."""
        return None


COMMANDS: Final[dict[tuple[str, str], type[Command]]] = {}
"""(aggregate, verb) → command class; routes, permissions and documents are registered from it."""


# ---------------------------------------------------------------- folding
class Odd(NamedTuple, Generic[S]):
    """The state after a fact that does not fit, and the code of the anomaly."""

    state: S
    code: str


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A fact that did not fit where it stands. Kept and shown; never an error."""

    code: str
    fact_id: UUID
    position: int


Evolver = Callable[[Any, Stamp, Any], Any]


class Facet(Generic[S]):
    """One subject of an aggregate: the name under which its state stands, and how each fact evolves that state.

    Functions are registered by the annotation of their first parameter and are pure: they raise nothing, read no
    clock and make no ids. They return the new state, or :class:`Odd` with the state when the fact does not fit.
    """

    def __init__(self, name: str, empty: S) -> None:
        self.name: Final = name
        self.empty: Final = empty
        self.evolvers: Final[dict[type[Fact], Evolver]] = {}

    def evolves(self, function: Callable[[F, Stamp, S], S | Odd[S]]) -> Callable[[F, Stamp, S], S | Odd[S]]:
        """Register how one fact class changes this facet.

        :raises TypeError: when the class already has a function in this facet.
        """
        hints = get_type_hints(function)
        cls = next(iter(hints.values()))
        if cls in self.evolvers:
            message = f"facet {self.name} already evolves {cls.__name__}"
            raise TypeError(message)
        self.evolvers[cls] = function
        return function

    def consists_of(self, *parts: Facet[Any]) -> None:
        """Let the attributes of the state that bear the names of these facets evolve as those do."""
        for part in parts:
            for cls, function in part.evolvers.items():
                self.evolvers[cls] = _within(part.name, function, self.evolvers.get(cls))


def _within(part: str, function: Evolver, before: Evolver | None) -> Evolver:
    """Return how a state evolves of which one attribute does, after what else the fact changes in it."""

    def evolver(fact: Fact, stamp: Stamp, whole: Any) -> Any:
        code = None
        was = before(fact, stamp, whole) if before is not None else whole
        if type(was) is Odd:
            was, code = was
        held = getattr(was, part)
        now = function(fact, stamp, held)
        if type(now) is Odd:
            now, code = now
        state = was if now is held else replace(was, **{part: now})
        return Odd(state, code) if code is not None else state

    return evolver


def by_fact(facets: Iterable[Facet[Any]]) -> Mapping[type[Fact], Sequence[tuple[str, Evolver]]]:
    """Return fact class → the facets that it changes, in the order of the facets."""
    table: dict[type[Fact], list[tuple[str, Evolver]]] = defaultdict(list)
    for facet in facets:
        for cls, function in facet.evolvers.items():
            table[cls].append((facet.name, function))
    return dict(table)


def as_recorded(facts: Sequence[Recorded]) -> Sequence[Recorded]:
    """Return the facts as they are: nothing in them changes another."""
    return facts


@dataclass(frozen=True)
class Aggregate(Generic[S]):
    """An aggregate as the record's door needs it: its name, its empty state and its fold."""

    name: str
    empty: S
    evolve: Callable[[S, Recorded], S]
    effective: Callable[[Sequence[Recorded]], Sequence[Recorded]] = as_recorded
    """From the facts of a stream as recorded to those that count, corrections and retractions applied."""

    def fold(self, facts: Sequence[Recorded]) -> S:
        """Return the state after the facts of a whole stream, in record order. Never raises."""
        return self.go_on(self.effective(facts), self.empty)

    def fold_on(self, earlier: Sequence[Recorded], state: S, facts: Sequence[Recorded]) -> S:
        """Return the state after more facts of a stream, from the one after the earlier facts. Never raises."""
        if earlier and self.effective(facts) is facts:
            return self.go_on(facts, state)
        return self.fold([*earlier, *facts])

    def go_on(self, facts: Iterable[Recorded], state: S) -> S:
        """Return the state after more facts, none of which changes an earlier one, in the order given. Never raises."""
        evolve = self.evolve
        for recorded in facts:
            state = evolve(state, recorded)
        return state
