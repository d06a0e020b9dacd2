"""Who broke the glass: the register in which an auditor sees each time, and whether anybody reviewed it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from psycopg import sql

from adapters.views.register import Column, Condition, Register, equal
from adapters.views.writing import Kind, View
from domain.break_glass import BreakGlassState
from domain.kernel import Recorded


class GlassRow(NamedTuple):
    """One officer who let themselves in to one case."""

    break_glass_id: UUID
    case_id: UUID
    actor: UUID
    """Random reference of the officer."""
    agency: str
    classes: Sequence[str]
    """Which they let themselves in to, in alphabetical order."""
    broken_at: datetime
    until: datetime
    """At most three hours later."""
    outcome: str | None
    """Of the review; ``None`` while nobody has reviewed it."""
    reviewed_by: UUID | None
    reviewed_for: str | None
    """Agency of the reviewer."""
    reviewed_at: datetime | None
    version: int
    position: int
    """Of the last fact."""


GLASS: Final = View(
    "break_glass",
    GlassRow,
    (
        Kind.UUID, Kind.UUID, Kind.UUID, Kind.TEXT, Kind.TEXTS, Kind.TIMESTAMP, Kind.TIMESTAMP, Kind.TEXT, Kind.UUID,
        Kind.TEXT, Kind.TIMESTAMP, Kind.INT4, Kind.INT8,
    ),
    owner="break_glass_id",
)  # fmt: skip
GLASS_REGISTER: Final = Register(GLASS, (Column("broken_at", "timestamptz"), Column("break_glass_id", "uuid")))
"""The earliest first: what waits longest for its review."""


def glass_rows(glass: BreakGlassState, facts: Sequence[Recorded]) -> list[GlassRow]:
    """Return the row of a folded breaking of the glass; none while it does not say whose."""
    if (broken := glass.broken) is None:
        return []
    review, last = glass.review, facts[-1].stamp
    return [
        GlassRow(
            break_glass_id=last.stream,
            case_id=broken.case_id,
            actor=broken.actor,
            agency=broken.agency,
            classes=tuple(sorted(broken.classes)),
            broken_at=broken.at,
            until=broken.until,
            outcome=review.outcome.value if review is not None else None,
            reviewed_by=review.actor if review is not None else None,
            reviewed_for=review.agency if review is not None else None,
            reviewed_at=review.at if review is not None else None,
            version=last.version,
            position=last.position,
        )
    ]


@dataclass(frozen=True)
class GlassFilter:
    """Which to list; every condition that is given has to hold."""

    case_id: UUID | None = None
    agency: str | None = None
    reviewed: bool | None = None

    def conditions(self) -> Iterator[Condition]:
        """Yield what has to hold of a row."""
        yield from equal("case_id", self.case_id)
        yield from equal("agency", self.agency)
        if self.reviewed is not None:
            yield Condition(
                sql.SQL("(outcome IS NOT NULL) = {}").format(sql.Placeholder("reviewed")), {"reviewed": self.reviewed}
            )
