"""Correcting and retracting: what was recorded wrongly is put right by who recorded it, with what follows from it.

Nothing is changed or removed. A fact on which others rest is not retracted without them (I11). A clearance that was
given on a record which is then put right is withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Union, cast
from uuid import UUID

from pydantic import ConfigDict, Field, GetCoreSchemaHandler, ValidationError
from pydantic_core import CoreSchema

from domain.case.age import refuse_implausible
from domain.case.case import FACTS_OF_A_CASE, CaseState
from domain.case.journey import WithdrawalCause, withdrawal
from domain.case.newborn import BornInFacility
from domain.case.rectifying import NEVER_CORRECTED, NEVER_RETRACTED, refuse_others
from domain.case.request import CaseDecision
from domain.case.resting import dependents, tried, unfit
from domain.case.work import WORK, TaskKind, task
from domain.corrections import (
    CHANGES,
    CorrectionCause,
    FactCorrected,
    FactRetracted,
    Reason,
    Replacement,
    RetractionCause,
    correction,
    effective,
    replacement_of,
    undone,
)
from domain.dates import PartialDate
from domain.deciding import not_in_future, readable
from domain.kernel import Act, Dated, Decision, Fact, FromField, Recorded, Refused, labels_of
from domain.privacy import PERSONAL_CLASSES, BlockLabel
from domain.values import CountryCode


class _Correctable:
    """Lets a body name the kind of fact under ``topic`` and any of its fields, each of the type that it has there.

    Built when a correction is first asked for: a model for each fact takes longer than the rest of the domain to load.
    """

    def __get_pydantic_core_schema__(self, _source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        kinds = tuple(
            replacement_of(cls) for cls in FACTS_OF_A_CASE.values() if cls not in NEVER_CORRECTED | {FactCorrected}
        )
        return handler.generate_schema(Annotated[Union[kinds], Field(discriminator="topic")])  # noqa: UP007


if TYPE_CHECKING:
    AnyReplacement = Replacement
else:
    AnyReplacement = Annotated[Replacement, _Correctable()]


class _Change(CaseDecision):
    """A request to put the record right.

    :raises Refused: ``record.unknown-fact``, ``record.not-yours``, ``record.not-in-your-role``
        (:func:`domain.case.rectifying.refuse_others`).
    """

    rests_on_facts = True
    after_closure = True
    after_death = True
    after_merge = True

    def _target(self, fact_id: UUID, act: Act) -> Recorded:
        found = next((known for known in act.facts if known.stamp.fact_id == fact_id), None)
        if found is None:
            raise Refused("record.unknown-fact", "No such fact is on this case.")
        refuse_others(found, act)
        return found

    def _follows(
        self, case: CaseState, act: Act, changed: Sequence[Recorded], targets: Sequence[Fact]
    ) -> Iterator[Dated]:
        """Withdraw the clearance in force, and raise a task when something no longer fits that did."""
        if any(type(target) not in WORK.evolvers for target in targets):
            yield from withdrawal(case, act, WithdrawalCause.CORRECTION)
        if unfit(effective(changed)) - unfit(effective(act.facts)):
            yield task(act, 0, TaskKind.REVIEW_ANOMALY)


class CorrectFact(_Change):
    """Put right what was recorded wrongly: some fields of a fact, or the day on which it occurred.

    Fields that are not named stay as they are. What was recorded stays readable, with the reason of the correction. A
    correction of a correction corrects the same fact again, and the last one of a field counts. ``occurred_on`` is the
    right day, where the day was wrong.

    What stands on two cases (links of kin, merges) is not corrected on one of them: it is refuted or reversed, and
    recorded anew.

    :raises Refused: ``correction.other-kind`` when the fact is not of the kind named, ``correction.not-correctable``,
        ``correction.of-an-id`` (others refer to it: retract the fact and record it anew), ``correction.of-kin`` (the
        mother of a newborn: her case knows her child), ``correction.retracted``,
        ``correction.unfit`` when the corrected fact would not be one, ``record.in-future``, ``record.erased``.
    """

    model_config = ConfigDict(defer_build=True)

    permission = "case:correct"
    opens = PERSONAL_CLASSES
    target_fact_id: UUID
    replacement: AnyReplacement
    cause: CorrectionCause
    reason: Reason

    def opening(self) -> frozenset[BlockLabel]:
        """Return the classes of the fields that are replaced: to see whether it is already so."""
        labels = labels_of(self.replacement.corrects)
        return frozenset(labels[name] for name in self.replacement.fields) - {BlockLabel.OPEN}

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Correct the fact, unless it already reads so."""
        target = self._root(act)
        gone, counting = undone(act.facts), effective(act.facts)
        if target.stamp.fact_id in gone:
            raise Refused("correction.retracted", "This fact was retracted: it does not count.")
        now = next(known for known in counting if known.stamp.fact_id == target.stamp.fact_id)
        replacement = self._wanted(now, act)
        new_day = self.occurred_on is not None and self.occurred_on != now.stamp.occurred_on
        if not replacement.fields and not new_day:
            return
        _fits(now.fact, replacement)
        fact = correction(target, replacement, new_day=new_day, cause=self.cause, reason=self.reason)
        day = self.occurred_on if new_day and self.occurred_on is not None else now.stamp.occurred_on
        yield Dated(fact, day)
        yield from self._follows(case, act, [*act.facts, tried(act.facts, act, fact, day)], [target.fact])

    def concerns(self) -> CountryCode | None:
        """Return the state that the corrected fact openly names: its officers must see the case from now on."""
        labels = labels_of(self.replacement.corrects)
        for name in ("country", "destination"):
            if labels.get(name) is BlockLabel.OPEN and (country := self.replacement.fields.get(name)) is not None:
                return cast("CountryCode", country)
        return None

    def _root(self, act: Act) -> Recorded:
        """Return the fact that is meant: of a correction, the one that it corrects."""
        target = self._target(self.target_fact_id, act)
        while isinstance(target.fact, FactCorrected):
            target = self._target(target.fact.target_fact_id, act)
        if type(target.fact) in NEVER_CORRECTED:
            raise Refused(
                "correction.not-correctable", "A fact of this kind is not corrected.", topic=target.fact.topic
            )
        if target.fact.topic != self.replacement.corrects.topic:
            raise Refused("correction.other-kind", "The fact is of another kind.", topic=target.fact.topic)
        return target

    def _wanted(self, now: Recorded, act: Act) -> Replacement:
        """Return what differs from the fact as it counts now; with it the id that says whose key seals it."""
        cls = type(now.fact)
        fields = {
            name: value for name, value in self.replacement.fields.items() if readable(getattr(now.fact, name)) != value
        }
        if any(name.endswith("_id") or name in cls.subjects.values() for name in fields):
            raise Refused("correction.of-an-id", "Others refer to it by this id: retract it and record it anew.")
        if cls is BornInFacility and "mother" in fields:
            raise Refused("correction.of-kin", "Her case says so too: refute the link as mistaken, and link them anew.")
        for name, value in fields.items():
            takes_effect = isinstance(cls.valid, FromField) and cls.valid.name == name
            if name == "birth" and isinstance(value, PartialDate):
                refuse_implausible(value, act)
            elif isinstance(value, PartialDate) and not takes_effect:
                not_in_future(value, act)
        named = {cls.subjects[label] for name in fields if (label := labels_of(cls)[name]) in cls.subjects}
        fields |= {name: getattr(now.fact, name) for name in named}
        return type(self.replacement).model_validate({"topic": cls.topic, **fields})


class RetractFact(_Change):
    """Take back a fact that should not have been recorded; or take back its correction, or its retraction.

    A retracted fact does not count, as if it had never been so, and stays readable. Retracting a correction gives back
    what was so before; retracting a retraction lets the fact count again. Facts that rest on the one retracted are
    retracted with it when they are named in ``together_with``.

    :raises Refused: ``retraction.not-retractable``, ``retraction.rested-on`` with the facts that rest on it.
    """

    permission = "case:correct"
    target_fact_id: UUID
    together_with: Annotated[tuple[UUID, ...], Field(max_length=100)] = ()
    cause: RetractionCause
    reason: Reason

    def decide(self, case: CaseState, act: Act) -> Decision:
        """Retract the fact and those named with it, unless they are retracted."""
        gone = undone(act.facts)
        asked = [self._target(fact_id, act) for fact_id in dict.fromkeys((self.target_fact_id, *self.together_with))]
        targets = [target for target in asked if target.stamp.fact_id not in gone]
        for target in targets:
            if (why := NEVER_RETRACTED.get(type(target.fact))) is not None:
                raise Refused("retraction.not-retractable", why, topic=target.fact.topic)
        if resting := dependents(act.facts, [target for target in targets if type(target.fact) not in CHANGES]):
            raise Refused(
                "retraction.rested-on",
                "Other facts rest on this one: retract them together with it, or put them right first.",
                facts=[
                    {"fact_id": str(one.stamp.fact_id), "topic": one.fact.topic, "version": one.stamp.version}
                    for one in resting
                ],
            )
        changed = [*act.facts]
        for target in sorted(targets, key=lambda one: -one.stamp.version):
            fact = FactRetracted(target_fact_id=target.stamp.fact_id, cause=self.cause, reason=self.reason)
            changed.append(tried(changed, act, fact, self.day(act)))
            yield fact
        if targets:
            yield from self._follows(case, act, changed, [target.fact for target in targets])


def _fits(fact: Fact, replacement: Replacement) -> None:
    """Let a replacement pass with which the fact would still be one.

    :raises Refused: ``correction.unfit``.
    """
    try:
        type(fact).model_validate(fact.__dict__ | dict(replacement.fields))
    except ValidationError:
        raise Refused("correction.unfit", "Corrected like this, the fact would contradict itself.") from None
