"""Facts, their stamps, and both together: what happened, and when, by whom and where it stands in the record.

What is said here about facts is said of every aggregate; whoever needs it finds it in :mod:`domain.kernel`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, unique
from functools import cache
from typing import Any, ClassVar, Final, NamedTuple
from uuid import UUID

from eventsourcing.domain import DomainEventProtocol
from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo

from domain.privacy import AS_TARGET, BlockLabel
from domain.values import AgencyCode, CountryCode, LateReason, LegalBasis, PartialDate, Reliability, SourceType


# ---------------------------------------------------------------- valid time
@unique
class ValidFrom(StrEnum):
    """From when a fact holds, where no field of its own says so."""

    ALWAYS = "always"
    """Whenever one looks: a name, a birth, sex."""
    OCCURRED_ON = "occurred_on"
    """From the day on which it occurred."""
    TARGET = "target"
    """As the fact that it corrects; it is never folded by itself."""


@dataclass(frozen=True)
class FromField:
    """The fact holds from the date in one of its own open fields (an effective date)."""

    name: str


ValidTime = ValidFrom | FromField


# ---------------------------------------------------------------- facts
Upcast = Callable[[dict[str, Any]], dict[str, Any]]


class Fact(BaseModel):
    """Something that happened, in the past tense: fields only, every one marked open or with its personal class.

    A subclass declares its ``topic`` (the stored name, chosen by hand; it outlives the class name), from when it is
    ``valid``, and whether it is an ``observation`` that may stand where it does not fit.
    """

    # Each is compiled when it is first read: a process that asks for one fact does not wait for all of them.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    topic: ClassVar[str]
    schema_version: ClassVar[int] = 1
    valid: ClassVar[ValidTime] = ValidFrom.OCCURRED_ON
    upcasts: ClassVar[Mapping[tuple[int, BlockLabel], Upcast]] = {}
    """(schema version, block) → pure function to the fields of the next version."""
    subjects: ClassVar[Mapping[BlockLabel, str]] = {}
    """Class → the open field that names whose key seals it; a class that is not listed, and a field that holds nobody,
    are of the person of the stream."""

    def __init_subclass__(
        cls,
        *,
        topic: str | None = None,
        schema_version: int = 1,
        valid: ValidTime = ValidFrom.OCCURRED_ON,
        subjects: Mapping[BlockLabel, str] | None = None,
        **options: Any,
    ) -> None:
        super().__init_subclass__(**options)
        if topic is None:
            return
        if topic in FACTS:
            message = f"two facts claim the topic {topic}"
            raise TypeError(message)
        cls.topic, cls.schema_version, cls.valid, cls.subjects = topic, schema_version, valid, subjects or {}
        FACTS[topic] = cls

    @classmethod
    def labels(cls) -> Mapping[str, BlockLabel]:
        """Return field name → block, in the order of declaration; without what is sealed as another fact is.

        :raises TypeError: when a field is unmarked or marked twice.
        """
        return labels_of(cls)

    @classmethod
    def upcast(cls, stored_version: int, label: BlockLabel, fields: dict[str, Any]) -> dict[str, Any]:
        """Return the fields of one block as the current schema version has them; moves no field between blocks."""
        for version in range(stored_version, cls.schema_version):
            if (step := cls.upcasts.get((version, label))) is not None:
                fields = step(fields)
        return fields


FACTS: Final[dict[str, type[Fact]]] = {}
"""Topic → fact class, for every fact that this program can read."""


@cache
def labels_of(cls: type[Fact]) -> Mapping[str, BlockLabel]:
    """Return field name → block of a fact class; see :meth:`Fact.labels`."""
    own = ((name, info) for name, info in cls.model_fields.items() if AS_TARGET not in info.metadata)
    labels = {name: _mark(cls, name, info) for name, info in own}
    for label, name in cls.subjects.items():
        if labels.get(name) is not BlockLabel.OPEN or label not in labels.values():
            message = f"{cls.__name__}: {name} is no open field that can say whose {label.value} is sealed"
            raise TypeError(message)
    return labels


def _mark(cls: type[Fact], name: str, info: FieldInfo) -> BlockLabel:
    marks = [mark for mark in info.metadata if isinstance(mark, BlockLabel)]
    if len(marks) != 1:
        message = f"{cls.__name__}.{name} must be marked open or with exactly one personal class"
        raise TypeError(message)
    return marks[0]


class Stamp(NamedTuple):
    """When, by whom and where in the record a fact stands. The stored header, read back."""

    stream: UUID
    version: int
    """From 1, dense within the stream."""
    position: int
    """From 1, dense over the whole record; 0 for a fact that is decided and not yet appended."""
    fact_id: UUID
    command_id: UUID
    actor: UUID
    """A random reference; the officer's name lives in a directory outside the record."""
    agency: AgencyCode
    recorded_at: datetime
    """Aware, UTC, set by the server."""
    occurred_on: PartialDate
    late_reason: LateReason | None = None
    source: SourceType | None = None
    reliability: Reliability | None = None
    legal_basis: LegalBasis | None = None
    country: CountryCode | None = None
    """The state that this fact concerns; it decides whose officers may see the case."""
    causation_id: UUID | None = None
    correlation_id: UUID | None = None
    simulated: bool = False


class Recorded(NamedTuple):
    """A fact with its stamp: the library's domain event."""

    stamp: Stamp
    fact: Fact

    @property
    def originator_id(self) -> UUID:
        """Stream of the fact (the library's word)."""
        return self.stamp.stream

    @property
    def originator_version(self) -> int:
        """Version within the stream (the library's word)."""
        return self.stamp.version

    def starts(self) -> PartialDate | None:
        """From when the fact holds; ``None`` means always."""
        valid = self.fact.valid
        if valid is ValidFrom.ALWAYS or valid is ValidFrom.TARGET:
            return None
        if not isinstance(valid, FromField):
            return self.stamp.occurred_on
        starts: PartialDate | date = getattr(self.fact, valid.name)
        return starts if isinstance(starts, PartialDate) else PartialDate.of(starts)


def is_domain_event(event: DomainEventProtocol[UUID]) -> DomainEventProtocol[UUID]:
    """Return the event unchanged; the type checker proves that a recorded fact is the library's domain event."""
    return event
