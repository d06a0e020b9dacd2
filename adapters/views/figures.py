"""The published figures of autumn 2021, each as a query over the people as of a date.

Every figure is counted from the record: one fact more, and it moves. One scan counts the people whose period of valid
time holds the day, apart by everything that any figure asks for; each figure is a sum over those few counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from psycopg import AsyncConnection, sql

from adapters.views.scope import EVERYONE, seen_by

AL_HOL: Final = "SY-AL-HOL"
SIGNIFICANT: Final = 100
"""People returned to a country from which on it took significant numbers (F14)."""
CENTRAL_ASIA_AND_BALKANS: Final = ("AL", "BA", "KG", "KZ", "ME", "MK", "RS", "TJ", "TM", "UZ", "XK")

COUNTED: Final = """
WITH counted AS MATERIALIZED (
  SELECT p.present, p.sex, p.nationality, p.care_status, p.returned_to, p.facility, p.departed_from, p.death_facility,
    p.birth_latest IS NULL OR p.birth_latest > %(day)s::date - interval '18 years' AS child,
    p.birth_latest BETWEEN %(day)s::date - interval '13 years' AND %(day)s::date - interval '11 years' AS coming_of_age,
    p.returned_on > %(day)s::date - 14 AS returned_lately,
    CASE WHEN p.returned_on IS NOT NULL
      THEN p.birth_latest IS NULL OR p.birth_latest > p.returned_on - interval '18 years' END AS child_on_return,
    p.death_manner = 'unlawful_killing' AND p.died_on >= date_trunc('year', %(day)s::date) AS killed_this_year,
    'GB' = ANY (p.deprived_by) AS deprived_by_gb,
    count(*) AS people,
    count(*) FILTER (WHERE p.settled_on > %(day)s::date) AS unsettled,
    bool_or(p.simulated) AS simulated
  FROM views.people p
  WHERE p.valid_from <= %(day)s::date AND p.valid_to > %(day)s::date
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
), placed AS MATERIALIZED (
  SELECT c.*, f.kind, f.code, o.kind AS origin_kind, o.country AS origin_country, d.code AS death_code
  FROM counted c
  LEFT JOIN views.facility f ON f.facility_id = c.facility
  LEFT JOIN views.facility o ON o.facility_id = c.departed_from
  LEFT JOIN views.facility d ON d.facility_id = c.death_facility
)
"""
COUNTRIES_WITH_MANY_RETURNED: Final = f"""
(SELECT count(*) FROM (
  SELECT FROM placed WHERE returned_to IS NOT NULL GROUP BY returned_to HAVING sum(people) >= {SIGNIFICANT}) s)
"""  # noqa: S608 - a number of our own
COUNTRIES_WITH_NATIONALS: Final = """
(SELECT count(DISTINCT nationality) FROM placed WHERE nationality NOT IN ('XXX', 'XXA'))
"""


@dataclass(frozen=True)
class Definition:
    """One published figure: what it says, and how it is counted here."""

    code: str
    sentence: str
    published: str
    basis: str
    """How it is counted; ``{day}`` stands for the date asked for."""
    where: str
    """Who is counted, as a condition on ``placed``."""
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
        "present AND kind = 'detention' AND sex = 'male'", {"men": "NOT child", "boys": "child"},
    ),
    Definition(
        "F2", "Women and children in camps", "at least 60,000", f"Female or under 18, in a camp; {PRESENT}.",
        "present AND kind = 'camp' AND (sex = 'female' OR child)", {"women": "NOT child", "children": "child"},
    ),
    Definition(
        "F3", "People in al-Hol", "62,000", f"In al-Hol; {PRESENT}.", f"present AND code = '{AL_HOL}'",
    ),
    Definition(
        "F4", "People killed in al-Hol this year", "at least 70",
        "Deaths by unlawful killing in al-Hol, from the first day of the year to {day}.",
        f"killed_this_year AND death_code = '{AL_HOL}'",
    ),
    Definition(
        "F5", "Iraqis among those held", "at least half",
        f"Strongest nationality on record Iraqi, claimed or better; {PRESENT}.",
        "present AND nationality = 'IQ'",
        {"in prisons": "kind = 'detention'", "in camps": "kind = 'camp'"}, of="present",
    ),
    Definition(
        "F6", "People whom Iraq took back from prisons", "around 1,700",
        "Returned to Iraq by {day}, departed from a place of detention.",
        "returned_to = 'IQ' AND origin_kind = 'detention'",
    ),
    Definition(
        "F7", "Family members whom Iraq took back from camps", "more than 400",
        "Returned to Iraq by {day}, departed from a camp.", "returned_to = 'IQ' AND origin_kind = 'camp'",
    ),
    Definition(
        "F8", "US citizens taken home from Syria and Iraq", "26, 12 of them adults",
        "Returned to the United States by {day}; adults were 18 or over on the day of return.", "returned_to = 'US'",
        {
            "adults": "NOT child_on_return", "children": "child_on_return",
            "from Syria": "origin_country = 'SY'", "from Iraq": "origin_country = 'IQ'",
        },
    ),
    Definition(
        "F9", "People taken home by Denmark and Germany lately", "several dozen",
        "Returned to Denmark or Germany in the fourteen days up to {day}.",
        "returned_to IN ('DK', 'DE') AND returned_lately",
        {"Denmark": "returned_to = 'DK'", "Germany": "returned_to = 'DE'", "children": "child_on_return"},
    ),
    Definition(
        "F10", "People taken home by states of Central Asia and the Balkans", "hundreds or thousands, not disclosed",
        "Returned by {day} to states of Central Asia or the Balkans; women and children as of the day of return.",
        f"returned_to IN {CENTRAL_ASIA_AND_BALKANS}",
        {
            "women and children": "sex = 'female' OR child_on_return",
            **{country: f"returned_to = '{country}'" for country in CENTRAL_ASIA_AND_BALKANS},
        },
    ),
    Definition(
        "F11", "Children", "tens of thousands", f"Under 18; {PRESENT}.", "present AND child",
        {"in prisons": "kind = 'detention'", "in camps": "kind = 'camp'"},
    ),
    Definition(
        "F12", "Children who come of age five to seven years on", "five to seven years down the road",
        f"Eighteenth birthday from five to seven years after {{day}}; {PRESENT}.", "present AND coming_of_age",
    ),
    Definition(
        "F14", "States that took their people home in significant numbers", "a limited group",
        f"States to which {SIGNIFICANT} people or more returned by {{day}}, of all states with nationals on record.",
        "returned_to IS NOT NULL", value=COUNTRIES_WITH_MANY_RETURNED, of_value=COUNTRIES_WITH_NATIONALS,
    ),
    Definition(
        "F16", "People whom the United Kingdom stripped of citizenship", "some",
        "Deprivation of British citizenship in effect by {day}.", "deprived_by_gb",
    ),
    Definition(
        "F17", "People taken home by the United Kingdom", "only unaccompanied or orphaned children",
        "Returned to the United Kingdom by {day}.", "returned_to = 'GB'",
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
    columns = []
    for figure in FIGURES:
        value = figure.value or _people(figure.where)
        columns += [value, figure.of_value or (_people(figure.of) if figure.of else "NULL::bigint")]
        columns.append(f"coalesce(bool_or(simulated) FILTER (WHERE {figure.where}), false)")
        columns.append(f"coalesce(sum(unsettled) FILTER (WHERE {figure.where}), 0)")
        columns += [_people(f"({figure.where}) AND ({part})") for part in figure.parts.values()]
    return f"{COUNTED} SELECT {', '.join(columns)} FROM placed"  # noqa: S608 - our own words


def _people(where: str) -> str:
    return f"coalesce(sum(people) FILTER (WHERE {where}), 0)"


QUERY: Final = sql.SQL(_query())


async def figures(connection: AsyncConnection[Any], as_of: date) -> dict[str, Figure]:
    """Return every figure by code, as of a date, from all cases: counts only, whoever asks."""
    async with seen_by(connection, frozenset({EVERYONE})):
        row = await (await connection.execute(QUERY, {"day": as_of})).fetchone()
    numbers = iter(row or ())
    return {figure.code: _figure(figure, as_of, numbers) for figure in FIGURES}


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
