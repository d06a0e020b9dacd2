"""Corrections and retractions: what was recorded wrongly is put right by a later fact, and never changed.

A correction names the fields that it replaces. What was so follows from applying both in record order: a retracted
retraction restores, the last correction of a field wins, a retracted correction is as if it had not been made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum, unique
from functools import cache
from typing import Annotated, Any, ClassVar, Final, Literal, cast
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializeAsAny,
    SerializerFunctionWrapHandler,
    StringConstraints,
    create_model,
    model_serializer,
)

from domain.kernel import Fact, Recorded, ValidFrom
from domain.privacy import AS_TARGET, Narrative, Open
from domain.text import SAFE_TEXT

DAY: Final = "occurred_on"
"""How a correction names the day on which its target occurred, beside the fields of its payload."""

Topic = Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$", max_length=80)]
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z]+(_[a-z0-9]+)*$", max_length=60)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=4_000, strip_whitespace=True), SAFE_TEXT]


@unique
class CorrectionCause(StrEnum):
    """How the error came about, or who asked for the correction."""

    MISTYPED = "mistyped"
    MISUNDERSTOOD = "misunderstood"
    """Misheard, mistranslated, or written in another calendar."""
    NEW_EVIDENCE = "new_evidence"
    RECTIFICATION = "rectification"
    """The person asked for it (GDPR, article 16)."""
    COURT_ORDER = "court_order"


@unique
class RetractionCause(StrEnum):
    """Why a fact does not count."""

    WRONG_PERSON = "wrong_person"
    DUPLICATE = "duplicate"
    UNTRUE = "untrue"
    """What was reported did not happen."""
    RETRACTED_IN_ERROR = "retracted_in_error"
    """Of a retraction: what it took back counts again."""
    COURT_ORDER = "court_order"


# ---------------------------------------------------------------- replacements
class Replacement(BaseModel):
    """Some fields of a fact class, as they should have been; those not named stay as they are."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    corrects: ClassVar[type[Fact]]

    @property
    def fields(self) -> Mapping[str, Any]:
        """Field name → value, of those that are replaced."""
        return {
            name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set - {"topic"}
        }

    @model_serializer(mode="wrap")
    def _only_what_is_replaced(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in serialize(self).items() if name in self.model_fields_set}


@cache
def replacement_of(cls: type[Fact]) -> type[Replacement]:
    """Return the class whose instances hold some fields of a fact class."""
    kind: Any = Literal[cls.topic]
    marked: Any = {
        name: (Annotated[(info.annotation, *info.metadata)], None) for name, info in cls.model_fields.items()
    }
    made = create_model(
        f"{cls.__name__}Replacement",
        __base__=Replacement,
        __doc__=f"What a correction puts right in: {(cls.__doc__ or '').strip()}",
        topic=(kind, Field(description="The kind of fact that is corrected.")),
        **marked,
    )
    made.corrects = cls
    return made


# ---------------------------------------------------------------- facts
class FactCorrected(Fact, topic="case.fact-corrected", valid=ValidFrom.TARGET):
    """Some fields of an earlier fact, or the day on which it occurred, were recorded wrongly.

    Stamped with the day on which the target occurred, as corrected.
    """

    target_fact_id: Open[UUID]
    target_topic: Open[Topic]
    target_schema: Open[Annotated[int, Field(ge=1)]]
    """Schema version of the replacement: it is read as its target would be."""
    corrected_fields: Open[tuple[FieldName, ...]]
    """What is replaced; :data:`DAY` for the day on which it occurred."""
    cause: Open[CorrectionCause]
    replacement: Annotated[SerializeAsAny[Replacement], AS_TARGET]
    reason: Narrative[Reason]


class FactRetracted(Fact, topic="case.fact-retracted", valid=ValidFrom.ALWAYS):
    """An earlier fact does not count; where that is a retraction or a correction, it is undone."""

    target_fact_id: Open[UUID]
    cause: Open[RetractionCause]
    reason: Narrative[Reason]


CHANGES: Final[frozenset[type[Fact]]] = frozenset({FactCorrected, FactRetracted})


def correction(
    target: Recorded, replacement: Replacement, *, new_day: bool, cause: CorrectionCause, reason: str
) -> FactCorrected:
    """Return the fact that corrects a target in the fields of a replacement, and in its day if there is a new one."""
    names = (*replacement.fields, *([DAY] if new_day else []))
    return FactCorrected(
        target_fact_id=target.stamp.fact_id,
        target_topic=target.fact.topic,
        target_schema=target.fact.schema_version,
        corrected_fields=names,
        cause=cause,
        replacement=replacement,
        reason=reason,
    )


# ---------------------------------------------------------------- applying them
def effective(facts: Sequence[Recorded]) -> Sequence[Recorded]:
    """Return the facts of a stream as they count, in record order.

    Retracted ones are left out. A corrected one keeps its place, id and stamp, but for the day if that was corrected.
    Corrections and retractions stay where they are. What names no earlier fact of its kind changes nothing.
    """
    for _, fact in facts:
        if type(fact) in CHANGES:
            return _applied(facts)
    return facts


def _applied(facts: Sequence[Recorded]) -> list[Recorded]:
    place = {stamp.fact_id: nth for nth, (stamp, _) in enumerate(facts)}
    gone = undone(facts)
    counting: dict[int, Recorded] = dict(enumerate(facts))
    for nth, (stamp, fact) in enumerate(facts):
        if type(fact) is not FactCorrected or stamp.fact_id in gone:
            continue
        target = place.get(fact.target_fact_id, nth)
        if target < nth and facts[target].fact.topic == fact.target_topic != FactCorrected.topic:
            counting[target] = _corrected(counting[target], Recorded(stamp, fact))
    for fact_id in gone:
        if type(counting[place[fact_id]].fact) not in CHANGES:
            del counting[place[fact_id]]
    return list(counting.values())


def undone(facts: Sequence[Recorded]) -> frozenset[UUID]:
    """Return the ids of the facts that are retracted, and whose retraction is not."""
    gone: set[UUID] = set()
    earlier = {stamp.fact_id: nth for nth, (stamp, _) in enumerate(facts)}
    for nth in range(len(facts) - 1, -1, -1):
        stamp, fact = facts[nth]
        if type(fact) is FactRetracted and stamp.fact_id not in gone and earlier.get(fact.target_fact_id, nth) < nth:
            gone.add(fact.target_fact_id)
    return frozenset(gone)


def _corrected(was: Recorded, change: Recorded) -> Recorded:
    by = cast("FactCorrected", change.fact)
    stamp = was.stamp._replace(occurred_on=change.stamp.occurred_on) if DAY in by.corrected_fields else was.stamp
    return Recorded(stamp, was.fact.model_copy(update=dict(by.replacement.fields)))


def changes_of(facts: Sequence[Recorded], target: UUID) -> Iterator[Recorded]:
    """Yield the corrections and retractions of a fact, and of those, in record order."""
    concerned = {target}
    for recorded in facts:
        fact = recorded.fact
        if isinstance(fact, FactCorrected | FactRetracted) and fact.target_fact_id in concerned:
            concerned.add(recorded.stamp.fact_id)
            yield recorded
