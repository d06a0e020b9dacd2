"""Registers: read models that are read in pages, each row once, while rows come and go.

A page ends at a place, which is the order of its last row; the next page goes on after that place, whether or not the
row is still there. Whoever asks sees rows of their own cases only, see :mod:`adapters.views.scope`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

from psycopg import AsyncConnection, sql
from psycopg.rows import class_row

from adapters.views.scope import of_many_cases, seen_by
from adapters.views.writing import View

Row = TypeVar("Row", bound=NamedTuple)

MAX_PAGE: Final = 500
LAST: Final = "infinity"
"""Where a row stands that has no day to be ordered by."""

Place = tuple[str, ...]
"""Where a page ends: the last row's values of the columns of the order, as text."""


class Condition(NamedTuple):
    """What has to hold of a row, and the values that it names."""

    sql: sql.Composable
    values: dict[str, object]


class Filter(Protocol):
    """What somebody looks for; every condition that it yields has to hold."""

    def conditions(self) -> Iterator[Condition]:
        """Yield the conditions on a table called ``t``."""
        ...


@dataclass(frozen=True)
class Everything:
    """The filter that leaves every row."""

    def conditions(self) -> Iterator[Condition]:
        """Yield nothing."""
        yield from ()


@dataclass(frozen=True)
class Column:
    """A column by which a register is ordered."""

    name: str
    type: str
    optional: bool = False
    """Whether rows may lack the value (a day); they come last."""

    def ordered(self) -> sql.Composable:
        """Return what is compared, written as the index has it."""
        name = sql.Identifier(self.name)
        return sql.SQL("coalesce({}, 'infinity'::date)").format(name) if self.optional else name

    def given(self, nth: int) -> sql.Composable:
        """Return the place's value for this column."""
        return sql.SQL("{}::{}").format(sql.Placeholder(f"place_{nth}"), sql.SQL(self.type))


@dataclass(frozen=True)
class Register(Generic[Row]):
    """A read model of cases with the order of its pages; the columns of the order together name one row."""

    view: View[Row]
    order: tuple[Column, ...]


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows in the register's order."""

    rows: Sequence[Row]
    next: Place | None = field(default=None)
    """``None`` on the last page."""


async def page(
    connection: AsyncConnection[Any],
    parties: frozenset[str],
    register: Register[Row],
    wanted: Filter | None = None,
    *,
    after: Place | None = None,
    limit: int = 50,
) -> Page[Row]:
    """Return one page of the rows of the cases that these parties may see. ``limit`` is 1 to 500."""
    limit = max(1, min(limit, MAX_PAGE))
    order = sql.SQL(", ").join(column.ordered() for column in register.order)
    values: dict[str, object] = {"parties": list(parties), "limit": limit + 1}
    conditions: list[sql.Composable] = []
    for condition, given in (wanted or Everything()).conditions():
        conditions.append(condition)
        values |= given
    if after is not None:
        place = sql.SQL(", ").join(column.given(nth) for nth, column in enumerate(register.order))
        conditions.append(sql.SQL("({}) > ({})").format(order, place))
        values |= {f"place_{nth}": value for nth, value in enumerate(after)}
    view = register.view
    async with seen_by(connection, parties), connection.cursor(row_factory=class_row(view.row)) as cursor:
        conditions.append(await of_many_cases(connection, parties))
        query = sql.SQL("SELECT {columns} FROM {table} t WHERE {conditions} ORDER BY {order} LIMIT %(limit)s").format(
            columns=sql.SQL(", ").join(map(sql.Identifier, view.row._fields)),
            table=sql.Identifier("views", view.name),
            conditions=sql.SQL(" AND ").join(conditions),
            order=order,
        )
        await cursor.execute(query, values)
        rows = await cursor.fetchall()
    return Page(rows[:limit], _place(register, rows[limit - 1]) if len(rows) > limit else None)


def equal(name: str, value: object) -> Iterator[Condition]:
    """Yield that a column has a value; nothing for ``None``."""
    if value is not None:
        yield Condition(sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)), {name: value})


def by_day(name: str, day: object) -> Iterator[Condition]:
    """Yield that a day is this one or an earlier one; nothing for ``None``."""
    if day is not None:
        given = f"{name}_by"
        yield Condition(sql.SQL("{} <= {}").format(sql.Identifier(name), sql.Placeholder(given)), {given: day})


def _place(register: Register[Row], row: Row) -> Place:
    values = (getattr(row, column.name) for column in register.order)
    return tuple(LAST if value is None else str(value) for value in values)
