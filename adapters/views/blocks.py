"""The block board: one row per open block. Open data: the ground of a block is sealed and stays so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from psycopg import sql

from adapters.views.register import Column, Condition, Register, by_day, equal
from adapters.views.writing import Kind, View
from domain.case.case import CaseState


class BlockRow(NamedTuple):
    """One open block."""

    case_id: UUID
    block_id: UUID
    agency: str
    """That imposed it."""
    imposed_on: date
    """Earliest day that it can have been."""
    review_due_on: date
    """Overdue after this day; a block never lapses."""
    lift_proposed_by: tuple[str, ...]
    """Agencies that proposed to lift it since the last review, in alphabetical order."""
    facility: UUID | None
    """Where the person is."""
    country: str
    """Strongest nationality on record; XXX for none."""


BLOCK: Final = View(
    "block",
    BlockRow,
    (Kind.UUID, Kind.UUID, Kind.TEXT, Kind.DATE, Kind.DATE, Kind.TEXTS, Kind.UUID, Kind.TEXT),
    owner="case_id",
)
BLOCK_BOARD: Final = Register(
    BLOCK, (Column("review_due_on", "date"), Column("case_id", "uuid"), Column("block_id", "uuid"))
)
"""What is to be reviewed first."""


def block_rows(case: CaseState, case_id: UUID) -> list[BlockRow]:
    """Return a row for each open block of a folded case."""
    return [
        BlockRow(
            case_id=case_id,
            block_id=block_id,
            agency=block.agency,
            imposed_on=block.imposed_on.earliest,
            review_due_on=block.review_due_on,
            lift_proposed_by=tuple(sorted(block.lift_proposed_by)),
            facility=case.whereabouts.located_at,
            country=case.nationality.strongest,
        )
        for block_id, block in case.blocks.open.items()
    ]


@dataclass(frozen=True)
class BlockFilter:
    """Which blocks to list; every condition that is given has to hold."""

    agency: str | None = None
    facility: UUID | None = None
    country: str | None = None
    overdue_on: date | None = None
    """Overdue on this day."""
    review_due_by: date | None = None
    """Review due on this day or before."""

    def conditions(self) -> Iterator[Condition]:
        """Yield what has to hold of a row."""
        yield from equal("agency", self.agency)
        yield from equal("facility", self.facility)
        yield from equal("country", self.country)
        yield from by_day("review_due_on", self.review_due_by)
        if self.overdue_on is not None:
            yield Condition(sql.SQL("review_due_on < %(overdue_on)s"), {"overdue_on": self.overdue_on})
