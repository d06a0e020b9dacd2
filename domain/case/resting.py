"""What rests on what: which facts would not fit, or would refer to nothing, without others (I11)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from domain.case.case import CASE
from domain.corrections import CHANGES, effective
from domain.dates import PartialDate
from domain.kernel import Act, Fact, Recorded


def dependents(facts: Sequence[Recorded], targets: Sequence[Recorded]) -> list[Recorded]:
    """Return the facts that rest on others (I11): without those they would not fit, or refer to nothing on record."""
    taken = {target.stamp.fact_id for target in targets}
    counting = effective(facts)
    left = [known for known in counting if known.stamp.fact_id not in taken]
    odd = {fact_id for fact_id, _ in unfit(left) - unfit(counting)}
    first = [known for target in targets for known in counting if known.stamp.fact_id == target.stamp.fact_id]
    brought = {named for known in first for named in _ids(known.fact)}
    for known in left:
        if known.stamp.version < min((target.stamp.version for target in targets), default=0):
            brought -= _ids(known.fact)
    referring = {known.stamp.fact_id for known in left if _ids(known.fact) & (brought | taken)}
    return [known for known in left if known.stamp.fact_id in odd | referring and type(known.fact) not in CHANGES]


def _ids(fact: Fact) -> frozenset[UUID]:
    """Return the ids by which a fact is referred to, or refers to others; places and people are no such ids."""
    return frozenset(value for name, value in fact.__dict__.items() if name.endswith("_id") and isinstance(value, UUID))


def unfit(facts: Sequence[Recorded]) -> frozenset[tuple[UUID, str]]:
    """Return the anomalies of facts that count, in record order."""
    return frozenset((odd.fact_id, odd.code) for odd in CASE.go_on(facts, CASE.empty).anomalies)


def tried(facts: Sequence[Recorded], act: Act, fact: Fact, day: PartialDate) -> Recorded:
    """Return a fact as it would stand after others, to see what would follow from it."""
    last = facts[-1].stamp
    stamp = last._replace(
        version=last.version + 1,
        position=0,
        fact_id=act.new_id(last.version),
        command_id=act.command_id,
        occurred_on=day,
    )
    return Recorded(stamp, fact)
