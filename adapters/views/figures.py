"""The published figures of autumn 2021, each as a query over the people as of a date.

Every figure is counted from the record: one fact more, and it moves. One scan counts those who are held on the day,
apart by place, sex, age and nationality; an index gives those who returned, died or lost a citizenship by then; each
figure is a sum over one of these two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any, Final

from psycopg import AsyncConnection, sql

from adapters.views.scope import EVERYONE, seen_by

AL_HOL: Final = "SY-AL-HOL"
SIGNIFICANT: Final = 100
"""People returned to a country from which on it took significant numbers (F14)."""
CENTRAL_ASIA_AND_BALKANS: Final = ("AL", "BA", "KG", "KZ", "ME", "MK", "RS", "TJ", "TM", "UZ", "XK")

_COUNTED: Final = """
WITH counted AS MATERIALIZED (
  SELECT {person}facility, sex, nationality,
    CASE
      WHEN birth_latest <= (%(day)s::date - interval '18 years')::date THEN 'adult'
      WHEN birth_latest BETWEEN (%(day)s::date - interval '13 years')::date
        AND (%(day)s::date - interval '11 years')::date THEN 'coming of age'
      ELSE 'child'
    END AS age,
    count(*) AS people, count(*) FILTER (WHERE settled_on > %(day)s::date) AS unsettled,
    bool_or(simulated) AS simulated
  FROM views.people
  WHERE valid_from <= %(day)s::date AND valid_to > %(day)s::date AND present
  GROUP BY {groups}
), held AS MATERIALIZED (
  SELECT c.*, c.age <> 'adult' AS child, f.kind, f.code
  FROM counted c LEFT JOIN views.facility f ON f.facility_id = c.facility
), marked AS MATERIALIZED (
  SELECT {person}p.sex, p.nationality, p.care_status, p.returned_to, p.simulated, 1 AS people,
    (p.settled_on > %(day)s::date)::int AS unsettled,
    p.returned_on > %(day)s::date - 14 AS lately,
    p.birth_latest IS NULL OR p.birth_latest > (p.returned_on - interval '18 years')::date AS child_on_return,
    p.death_manner = 'unlawful_killing' AND p.died_on >= date_trunc('year', %(day)s::date)::date AS killed_this_year,
    'GB' = ANY (p.deprived_by) AS deprived_by_gb,
    o.kind AS origin_kind, o.country AS origin_country, d.code AS death_code
  FROM views.people p
  LEFT JOIN views.facility o ON o.facility_id = p.departed_from
  LEFT JOIN views.facility d ON d.facility_id = p.death_facility
  WHERE p.valid_from <= %(day)s::date AND p.valid_to > %(day)s::date
    AND (p.returned_to IS NOT NULL OR p.died_on IS NOT NULL OR p.deprived_by <> '{{}}')
)
"""
COUNTED: Final = _COUNTED.format(person="", groups="1, 2, 3, 4")
PERSON_BY_PERSON: Final = _COUNTED.format(person="case_id, ", groups="1, 2, 3, 4, 5")
"""The same, one row for each person."""
COUNTRIES_WITH_MANY_RETURNED: Final = f"""
(SELECT count(*) FROM (
  SELECT FROM marked WHERE returned_to IS NOT NULL GROUP BY returned_to HAVING count(*) >= {SIGNIFICANT}) s)
"""  # noqa: S608 - a number of our own
COUNTRIES_WITH_NATIONALS: Final = """
(SELECT count(*) FROM (SELECT nationality FROM held UNION SELECT nationality FROM marked) n
 WHERE nationality NOT IN ('XXX', 'XXA'))
"""


class Among(Enum):
    """Among whom a figure counts."""

    HELD = "held"
    """Those present on the day."""
    MARKED = "marked"
    """Those who by the day returned, died, or were deprived of a citizenship."""


@dataclass(frozen=True)
class Definition:
    """One published figure: what it says, and how it is counted here."""

    code: str
    sentence: str
    published: str
    basis: str
    """How it is counted; ``{day}`` stands for the date asked for."""
    among: Among
    where: str
    """Who of them is counted, as a condition."""
    parts: Mapping[str, str] = field(default_factory=dict)
    """Name → further condition; the people counted under it."""
    of: str | None = None
    """Condition for the number that the figure is a part of."""
    value: str | None = None
    """SQL of the value where it counts something other than people."""
    of_value: str | None = None


PRESENT: Final = "alive, admitted, and not departed, missing, released or merged on {day}"
FIGURES: Final[Sequence[Definition]] = (
    Definition(
        "F1", "Men and boys held in prisons", "around 11,000", f"Male, in a place of detention; {PRESENT}.",
        Among.HELD, "kind = 'detention' AND sex = 'male'", {"men": "NOT child", "boys": "child"},
    ),
    Definition(
        "F2", "Women and children in camps", "at least 60,000", f"Female or under 18, in a camp; {PRESENT}.",
        Among.HELD, "kind = 'camp' AND (sex = 'female' OR child)", {"women": "NOT child", "children": "child"},
    ),
    Definition(
        "F3", "People in al-Hol", "62,000", f"In al-Hol; {PRESENT}.", Among.HELD, f"code = '{AL_HOL}'",
    ),
    Definition(
        "F4", "People killed in al-Hol this year", "at least 70",
        "Deaths by unlawful killing in al-Hol, from the first day of the year to {day}.",
        Among.MARKED, f"killed_this_year AND death_code = '{AL_HOL}'",
    ),
    Definition(
        "F5", "Iraqis among those held", "at least half",
        f"Strongest nationality on record Iraqi, claimed or better; {PRESENT}.",
        Among.HELD, "nationality = 'IQ'",
        {"in prisons": "kind = 'detention'", "in camps": "kind = 'camp'"}, of="true",
    ),
    Definition(
        "F6", "People whom Iraq took back from prisons", "around 1,700",
        "Returned to Iraq by {day}, departed from a place of detention.",
        Among.MARKED, "returned_to = 'IQ' AND origin_kind = 'detention'",
    ),
    Definition(
        "F7", "Family members whom Iraq took back from camps", "more than 400",
        "Returned to Iraq by {day}, departed from a camp.", Among.MARKED, "returned_to = 'IQ' AND origin_kind = 'camp'",
    ),
    Definition(
        "F8", "US citizens taken home from Syria and Iraq", "26, 12 of them adults",
        "Returned to the United States by {day}; adults were 18 or over on the day of return.",
        Among.MARKED, "returned_to = 'US'",
        {
            "adults": "NOT child_on_return", "children": "child_on_return",
            "from Syria": "origin_country = 'SY'", "from Iraq": "origin_country = 'IQ'",
        },
    ),
    Definition(
        "F9", "People taken home by Denmark and Germany lately", "several dozen",
        "Returned to Denmark or Germany in the fourteen days up to {day}.",
        Among.MARKED, "returned_to IN ('DK', 'DE') AND lately",
        {"Denmark": "returned_to = 'DK'", "Germany": "returned_to = 'DE'", "children": "child_on_return"},
    ),
    Definition(
        "F10", "People taken home by states of Central Asia and the Balkans", "hundreds or thousands, not disclosed",
        "Returned by {day} to states of Central Asia or the Balkans; women and children as of the day of return.",
        Among.MARKED, f"returned_to IN {CENTRAL_ASIA_AND_BALKANS}",
        {
            "women and children": "sex = 'female' OR child_on_return",
            **{country: f"returned_to = '{country}'" for country in CENTRAL_ASIA_AND_BALKANS},
        },
    ),
    Definition(
        "F11", "Children", "tens of thousands", f"Under 18; {PRESENT}.", Among.HELD, "child",
        {"in prisons": "kind = 'detention'", "in camps": "kind = 'camp'"},
    ),
    Definition(
        "F12", "Children who come of age five to seven years on", "five to seven years down the road",
        f"Eighteenth birthday from five to seven years after {{day}}; {PRESENT}.", Among.HELD, "age = 'coming of age'",
    ),
    Definition(
        "F14", "States that took their people home in significant numbers", "a limited group",
        f"States to which {SIGNIFICANT} people or more returned by {{day}}, of all states with nationals held, returned"
        " or dead by then.",
        Among.MARKED, "returned_to IS NOT NULL", value=COUNTRIES_WITH_MANY_RETURNED, of_value=COUNTRIES_WITH_NATIONALS,
    ),
    Definition(
        "F16", "People whom the United Kingdom stripped of citizenship", "some",
        "Deprivation of British citizenship in effect by {day}.", Among.MARKED, "deprived_by_gb",
    ),
    Definition(
        "F17", "People taken home by the United Kingdom", "only unaccompanied or orphaned children",
        "Returned to the United Kingdom by {day}.", Among.MARKED, "returned_to = 'GB'",
        {"unaccompanied or orphaned children": "child_on_return AND care_status IN ('unaccompanied', 'orphaned')"},
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """One figure as of a date."""

    code: str
    sentence: str
    value: int
    of: int | None
    """The number of which the value is a part, where there is one."""
    parts: Mapping[str, int]
    """What the value is made of, where that was asked for; parts that are nobody are left out."""
    published: str
    """The words of the article of autumn 2021, for 15 October 2021."""
    synthetic: bool
    """Whether invented people are among those counted."""
    imprecise: int
    """People counted whose last date is imprecise and can turn out to lie after the day."""
    basis: str


def _query() -> str:
    """Return one row: the columns of the figures among those held, then of those marked; see :func:`_columns`."""
    held, marked = (
        ", ".join(column for figure in _of(among) for column in _columns(figure))
        for among in (Among.HELD, Among.MARKED)
    )
    return f"{COUNTED} SELECT * FROM (SELECT {held} FROM held) AS h, (SELECT {marked} FROM marked) AS m"  # noqa: S608 - ours


def _of(among: Among) -> list[Definition]:
    return [figure for figure in FIGURES if figure.among is among]


def _columns(figure: Definition) -> Iterator[str]:
    """Yield value, the number it is a part of, whether invented, how many are unsettled, and each part."""
    nothing = "NULL::bigint"
    yield value_of(figure)
    yield figure.of_value or (_people(figure.of) if figure.of else nothing)
    yield f"coalesce(bool_or(simulated) FILTER (WHERE {figure.where}), false)"
    yield f"coalesce(sum(unsettled) FILTER (WHERE {figure.where}), 0)"
    yield from (_people(f"({figure.where}) AND ({part})") for part in figure.parts.values())


def value_of(figure: Definition) -> str:
    """Return the SQL of a figure's value among those whom it counts."""
    return figure.value or _people(figure.where)


def _people(where: str) -> str:
    return f"coalesce(sum(people) FILTER (WHERE {where}), 0)"


QUERY: Final = sql.SQL(_query())


async def figures(connection: AsyncConnection[Any], as_of: date) -> dict[str, Figure]:
    """Return every figure by code, as of a date, from all cases: counts only, whoever asks."""
    async with seen_by(connection, frozenset({EVERYONE})):
        # The planner takes each kind of person for many groups and would sort them all: twice the time.
        await connection.execute("SET LOCAL enable_sort = off")
        row = await (await connection.execute(QUERY, {"day": as_of})).fetchone()
    numbers = iter(row or ())
    counted = {figure.code: _figure(figure, as_of, numbers) for among in Among for figure in _of(among)}
    return {figure.code: counted[figure.code] for figure in FIGURES}


def _figure(asked: Definition, as_of: date, numbers: Any) -> Figure:
    value, of, synthetic, unsettled = (next(numbers) for _ in range(4))
    parts = {name: int(next(numbers)) for name in asked.parts}
    return Figure(
        code=asked.code,
        sentence=asked.sentence,
        value=int(value),
        of=int(of) if of is not None else None,
        parts={name: people for name, people in parts.items() if people},
        published=asked.published,
        synthetic=synthetic,
        imprecise=int(unsettled),
        basis=asked.basis.format(day=as_of.isoformat()),
    )
