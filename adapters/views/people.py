"""People as of a date: one row per person and period of valid time in which nothing changed.

A day falls into one period of each person, so the state of everybody on any day is one scan. An imprecise date counts
from its earliest day; before ``settled_on`` the answer may turn out to have begun later. These rows are personal: they
hold birth, sex, care and manner of death, which the projector opens for them under a standing purpose, and no name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final, NamedTuple, TypeVar
from uuid import UUID

from psycopg import AsyncConnection, sql
from psycopg.rows import class_row

from adapters.views.scope import of_many_cases, seen_by
from adapters.views.writing import Kind, View
from domain.case.identity import IDENTITY, NameRecorded
from domain.case.journey import JOURNEY
from domain.case.life import LIFE
from domain.case.nationality import NATIONALITY
from domain.case.person import PersonAt, person_after, person_at
from domain.case.protection import CareStatusDetermined
from domain.case.record import CaseMergedInto, MergeReversed
from domain.case.registration import REGISTRATION
from domain.case.whereabouts import WHEREABOUTS
from domain.clocks import Chapter, history
from domain.corrections import effective
from domain.dates import PartialDate
from domain.kernel import Fact, Recorded
from domain.privacy import ERASED, Unreadable

MAX_PAGE: Final = 500
NO_END: Final = date.max
T = TypeVar("T")


class PersonRow(NamedTuple):
    """One person during one period."""

    case_id: UUID
    valid_from: date
    valid_to: date
    """First day after the period; 9999-12-31 for the last."""
    settled_on: date
    """Before this day the start of the period is not certain."""
    present: bool
    simulated: bool
    nationality: str
    birth_latest: date | None
    facility: UUID | None
    sex: str | None
    birth_earliest: date | None
    care_status: str | None
    died_on: date | None
    death_manner: str | None
    death_facility: UUID | None
    departed_from: UUID | None
    returned_to: str | None
    returned_on: date | None
    deprived_by: tuple[str, ...]


PEOPLE: Final = View(
    "people",
    PersonRow,
    (
        Kind.UUID, Kind.DATE, Kind.DATE, Kind.DATE, Kind.BOOL, Kind.BOOL, Kind.TEXT, Kind.DATE, Kind.UUID, Kind.TEXT,
        Kind.DATE, Kind.TEXT, Kind.DATE, Kind.TEXT, Kind.UUID, Kind.UUID, Kind.TEXT, Kind.DATE, Kind.TEXTS,
    ),
    owner="case_id",
)  # fmt: skip


SHOWN: Final = frozenset[type[Fact]]().union(
    *(facet.evolvers for facet in (REGISTRATION, IDENTITY, NATIONALITY, WHEREABOUTS, LIFE, JOURNEY)),
    {CareStatusDetermined, CaseMergedInto, MergeReversed},
) - {NameRecorded}
"""The facts that change what a row shows. A facet is folded from its own facts, so the others need not be; of what
protects a person a row shows with whom a child is, and nothing else."""


def people_rows(facts: Sequence[Recorded]) -> list[PersonRow]:
    """Return the periods of one case, oldest first; facts in record order."""
    simulated = any(stamp.simulated for stamp, _ in facts)
    case_id = facts[0].stamp.stream
    rows: list[PersonRow] = []
    begun: Chapter | None = None
    shown: PersonAt | None = None
    for chapter in history([recorded for recorded in effective(facts) if type(recorded.fact) in SHOWN], person_after):
        person = person_at(chapter.state)
        if person == shown:
            continue
        if begun is not None and shown is not None:
            rows.append(_row(case_id, begun, chapter.valid_from, shown, simulated))
        begun, shown = chapter, person
    if begun is not None and shown is not None:
        rows.append(_row(case_id, begun, NO_END, shown, simulated))
    return rows


def _row(case_id: UUID, chapter: Chapter, valid_to: date, person: PersonAt, simulated: bool) -> PersonRow:
    birth = _plain(person.birth)
    # In the order of the fields, as wherever a million rows are made: by name it takes twice as long.
    return PersonRow(
        case_id,
        chapter.valid_from,
        valid_to,
        chapter.settled_on,
        person.present,
        simulated,
        person.nationality,
        birth.latest if birth is not None else None,
        person.facility,
        _plain(person.sex),
        birth.earliest if birth is not None else None,
        _plain(person.care),
        _earliest(person.died_on),
        _plain(person.death_manner),
        person.death_facility,
        person.departed_from,
        person.returned_to,
        _earliest(person.returned_on),
        tuple(sorted(person.deprived_by)),
    )


def _plain(value: T | Unreadable | None) -> T | None:
    """Return a personal value, or nothing when it was erased.

    :raises ValueError: when it was not opened: a projector that forgot to is not to guess.
    """
    if isinstance(value, Unreadable):
        if value is ERASED:
            return None
        raise ValueError("a read model needs a personal value that was not opened")
    return value


def _earliest(day: PartialDate | None) -> date | None:
    return day.earliest if day is not None else None


# ---------------------------------------------------------------- query
@dataclass(frozen=True)
class PeopleFilter:
    """Whom to list; every condition that is given has to hold."""

    facility: UUID | None = None
    nationality: str | None = None
    present: bool | None = None


async def people_on(
    connection: AsyncConnection[Any],
    parties: frozenset[str],
    day: date,
    wanted: PeopleFilter | None = None,
    *,
    after: UUID | None = None,
    limit: int = 50,
) -> Sequence[PersonRow]:
    """Return people as they were on a day, by case id, of the cases that these parties may see.

    ``after`` is the last case id of the page before; ``limit`` is 1 to 500. An answer with ``settled_on`` after the day
    rests on an imprecise date. Whoever calls has to record that personal data is read.
    """
    conditions: list[sql.Composable] = [sql.SQL("valid_from <= %(day)s AND valid_to > %(day)s")]
    values: dict[str, object] = {"parties": list(parties), "day": day, "limit": max(1, min(limit, MAX_PAGE))}
    for name, value in asdict(wanted or PeopleFilter()).items():
        if value is not None:
            conditions.append(sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)))
            values[name] = value
    if after is not None:
        conditions.append(sql.SQL("case_id > %(after)s"))
        values["after"] = after
    async with seen_by(connection, parties), connection.cursor(row_factory=class_row(PersonRow)) as cursor:
        conditions.append(await of_many_cases(connection, parties))
        query = sql.SQL("SELECT {} FROM views.people t WHERE {} ORDER BY case_id LIMIT %(limit)s").format(
            sql.SQL(", ").join(map(sql.Identifier, PersonRow._fields)), sql.SQL(" AND ").join(conditions)
        )
        await cursor.execute(query, values)
        return await cursor.fetchall()
