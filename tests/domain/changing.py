"""Random corrections and retractions of what a random history holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hypothesis import strategies as st

from domain.corrections import (
    CHANGES,
    DAY,
    CorrectionCause,
    FactCorrected,
    FactRetracted,
    RetractionCause,
    replacement_of,
)
from domain.kernel import Fact, Recorded
from tests.scenario import recorded

NEW_DAY: Final = (DAY,)


@st.composite
def changes(draw: st.DrawFn, facts: Sequence[Recorded], *, new_days: bool = True) -> Fact:
    """A correction or a retraction of one of the facts: any that fits, and some that do not."""
    target = draw(st.sampled_from(facts))
    fact = target.fact
    if type(fact) in CHANGES or draw(st.booleans()):
        return FactRetracted(target_fact_id=target.stamp.fact_id, cause=RetractionCause.UNTRUE, reason="Not so.")
    names = draw(st.lists(st.sampled_from(sorted(type(fact).model_fields)), unique=True)) if vars(fact) else []
    day = NEW_DAY if new_days and draw(st.booleans()) else ()
    return FactCorrected(
        target_fact_id=target.stamp.fact_id,
        target_topic=fact.topic,
        target_schema=fact.schema_version,
        corrected_fields=(*names, *day),
        cause=CorrectionCause.MISTYPED,
        replacement=replacement_of(type(fact)).model_validate(
            {"topic": fact.topic, **{name: getattr(fact, name) for name in names}}
        ),
        reason="Mistyped.",
    )


@st.composite
def changed(draw: st.DrawFn, facts: list[Recorded], *, new_days: bool = True) -> list[Recorded]:
    """The facts, and after them some corrections and retractions: of them, and of one another."""
    known = list(facts)
    for _ in range(draw(st.integers(0, 5)) if known else 0):
        change = draw(changes(known, new_days=new_days))
        on = known[-1].stamp.occurred_on
        known.append(recorded(change, len(known) + 1, occurred_on=on))
    return known
