"""The published figures from a small population made by hand: what is counted, what is not, and as of when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

import pytest

from adapters.views.figure_basis import FigureBasis, figure_basis
from adapters.views.figures import FIGURES, Figure, figures
from domain.case.absence import ReportEscape
from domain.case.arrivals import RecordArrival, RecordRepatriation
from domain.case.clearance import ReportDeparture
from domain.case.deprivation import DeprivationGround, RecordCitizenshipDeprivation
from domain.case.identity import RecordBirth, RecordSex
from domain.case.life import DeathManner, RecordDeath
from domain.case.nationality import ClaimNationality, ConfirmNationality
from domain.case.protection import CareStatus, DetermineCareStatus
from domain.case.registration import CloseCase, ClosureReason
from domain.case.whereabouts import AdmitToFacility
from domain.kernel import Command
from domain.values import Evidence, FacilityKind, LateReason, Sex
from tests.views.conftest import House, on

SINCE = "2019-03-01"
LATE = LateReason.HISTORY_ON_REGISTRATION
MAN, WOMAN, BOY, GIRL = (Sex.MALE, "1985"), (Sex.FEMALE, "1990"), (Sex.MALE, "2008-05-01"), (Sex.FEMALE, "2010-05-01")


@dataclass
class Town:
    """Four places, and people in them."""

    house: House
    al_hol: UUID
    roj: UUID
    prison: UUID
    iraqi_prison: UUID

    def person(self, kind: tuple[Sex, str], nationality: str, place: UUID, *then: Command) -> UUID:
        sex, birth = kind
        return self.house.case(
            RecordSex(sex=sex, occurred_on=on(SINCE)),
            RecordBirth(birth=on(birth), occurred_on=on(SINCE)),
            ClaimNationality(country=nationality, occurred_on=on(SINCE)),
            AdmitToFacility(facility=place, occurred_on=on(SINCE)),
            *then,
            since=SINCE,
        )

    def figures(self, day: str = "2021-10-15") -> dict[str, Figure]:
        self.house.project()
        return self.house.query(lambda reader: figures(reader, date.fromisoformat(day)))

    def values(self, *codes: str, day: str = "2021-10-15") -> tuple[int, ...]:
        counted = self.figures(day)
        return tuple(counted[code].value for code in codes)


@pytest.fixture
def town(house: House) -> Town:
    return Town(
        house,
        house.facility("SY-AL-HOL", FacilityKind.CAMP),
        house.facility("SY-ROJ", FacilityKind.CAMP),
        house.facility("SY-HASAKA", FacilityKind.DETENTION),
        house.facility("IQ-PRISON", FacilityKind.DETENTION, "IQ"),
    )


def home(country: str, day: str) -> tuple[Command, ...]:
    return (
        ReportDeparture(destination=country, occurred_on=on(day)),
        RecordArrival(country=country, occurred_on=on(day)),
        RecordRepatriation(country=country, occurred_on=on(day)),
    )


def test_every_figure_is_nobody_in_an_empty_register(town: Town) -> None:
    for figure in town.figures().values():
        assert (figure.value, figure.synthetic, figure.imprecise) == (0, False, 0)


def test_men_and_boys_in_prisons_and_women_and_children_in_camps(town: Town) -> None:
    for place in (town.al_hol, town.roj, town.prison):
        for kind in (MAN, WOMAN, BOY, GIRL):
            town.person(kind, "IQ", place)
    counted = town.figures()
    assert (counted["F1"].value, counted["F1"].parts) == (2, {"men": 1, "boys": 1})
    assert (counted["F2"].value, counted["F2"].parts) == (6, {"women": 2, "children": 4})
    assert (counted["F3"].value, counted["F11"].value) == (4, 6)
    assert counted["F1"].synthetic


def test_nobody_is_present_who_left_fled_died_or_whose_case_was_closed(town: Town) -> None:
    town.person(MAN, "IQ", town.al_hol)
    town.person(MAN, "IQ", town.al_hol, *home("IQ", "2021-05-01"))
    town.person(MAN, "IQ", town.al_hol, ReportEscape(occurred_on=on("2021-05-01")))
    town.person(MAN, "IQ", town.al_hol, RecordDeath(manner=DeathManner.ILLNESS, occurred_on=on("2021-05-01")))
    released = town.person(MAN, "IQ", town.al_hol)
    town.house.ask(CloseCase(reason=ClosureReason.RELEASED_LOCALLY, occurred_on=on("2021-05-01")), released)
    assert town.values("F3", day="2021-04-30") == (5,)
    assert town.values("F3", day="2021-05-01") == (1,)


def test_as_of_the_first_of_october_denmark_and_germany_have_taken_nobody_lately(town: Town) -> None:
    for country, kind in (("DK", WOMAN), ("DK", BOY), ("DE", GIRL)):
        town.person(kind, country, town.roj, *home(country, "2021-10-06"))
    town.person(GIRL, "DK", town.roj, *home("DK", "2021-09-30"))
    town.person(GIRL, "DK", town.roj, *home("DK", "2021-10-01"))
    town.person(GIRL, "FR", town.roj, *home("FR", "2021-10-06"))
    assert town.values("F9", day="2021-09-15") == (0,)
    assert town.values("F9", day="2021-10-05") == (2,)
    counted = town.figures("2021-10-15")["F9"]  # the window is open on its first day and closed on its last
    assert (counted.value, counted.parts) == (3, {"Denmark": 2, "Germany": 1, "children": 2})


def test_one_fact_more_and_the_figure_moves(town: Town) -> None:
    case = town.person(WOMAN, "DK", town.roj)
    assert town.values("F2", "F9") == (1, 0)
    for command in home("DK", "2021-10-06"):
        town.house.ask(command, case)
    assert town.values("F2", "F9") == (0, 1)
    assert town.values("F2", "F9", day="2021-10-05") == (1, 0)


def test_a_return_told_late_counts_from_the_day_on_which_it_happened(town: Town) -> None:
    case = town.person(WOMAN, "DE", town.roj)
    town.house.ask(ReportDeparture(destination="DE", occurred_on=on("2021-08"), late_reason=LATE), case)
    town.house.ask(RecordRepatriation(country="DE", occurred_on=on("2021-08"), late_reason=LATE), case)
    assert town.values("F9", day="2021-08-10") == (1,)
    assert town.figures("2021-08-10")["F9"].imprecise == 1
    assert town.figures("2021-08-31")["F9"].imprecise == 0


def test_killings_in_al_hol_are_counted_from_the_first_of_the_year(town: Town) -> None:
    for place, manner, day in (
        (town.al_hol, DeathManner.UNLAWFUL_KILLING, "2021-01-01"),
        (town.al_hol, DeathManner.UNLAWFUL_KILLING, "2020-12-31"),
        (town.al_hol, DeathManner.ILLNESS, "2021-02-01"),
        (town.roj, DeathManner.UNLAWFUL_KILLING, "2021-02-01"),
    ):
        town.person(WOMAN, "IQ", place, RecordDeath(manner=manner, facility=place, occurred_on=on(day)))
    assert town.values("F4") == (1,)
    assert town.values("F4", day="2020-12-31") == (1,)


def test_iraqi_is_whose_strongest_nationality_on_record_is_iraqi(town: Town) -> None:
    town.person(MAN, "IQ", town.prison)
    town.person(WOMAN, "IQ", town.al_hol)
    town.person(
        WOMAN, "IQ", town.al_hol,
        ClaimNationality(country="SY", strength=Evidence.DOCUMENTED, occurred_on=on("2019-04-01")),
    )  # fmt: skip
    confirmed = town.person(WOMAN, "SY", town.al_hol)
    town.house.ask(ConfirmNationality(country="IQ", authority="IQ-MFA"), confirmed)
    counted = town.figures()["F5"]
    assert (counted.value, counted.of, counted.parts) == (3, 4, {"in prisons": 1, "in camps": 2})


def test_returns_are_told_apart_by_where_they_began(town: Town) -> None:
    town.person(MAN, "IQ", town.prison, *home("IQ", "2021-02-15"))
    town.person(WOMAN, "IQ", town.al_hol, *home("IQ", "2021-05-25"))
    town.person(MAN, "US", town.iraqi_prison, *home("US", "2019-07-17"))
    town.person((Sex.MALE, "2003-10-01"), "US", town.roj, *home("US", "2020-10-01"))
    counted = town.figures()
    assert (counted["F6"].value, counted["F7"].value) == (1, 1)
    assert (counted["F8"].value, counted["F8"].parts) == (
        2, {"adults": 1, "children": 1, "from Syria": 1, "from Iraq": 1},
    )  # fmt: skip


def test_age_is_that_of_the_day_and_doubt_benefits_the_child(town: Town) -> None:
    for birth in ("2003-10-15", "2003-10-16", "2003", "XXXX"):
        town.person((Sex.FEMALE, birth), "IQ", town.al_hol)
    unknown = town.house.case(AdmitToFacility(facility=town.al_hol, occurred_on=on(SINCE)))
    assert town.values("F11") == (4,)
    assert town.values("F11", day="2021-10-16") == (3,)
    assert unknown


def test_coming_of_age_five_to_seven_years_on(town: Town) -> None:
    for birth in ("2008-10-14", "2008-10-15", "2010-10-15", "2010-10-16"):
        town.person((Sex.MALE, birth), "IQ", town.prison)
    assert town.values("F12") == (2,)


def test_states_with_nationals_and_those_that_took_many_home(town: Town) -> None:
    for nationality in ("IQ", "DK", "XXA", "XXX"):
        town.person(WOMAN, nationality, town.roj)
    counted = town.figures()["F14"]
    assert (counted.value, counted.of) == (0, 2)


def test_the_united_kingdom_deprives_and_takes_children_without_parents(town: Town) -> None:
    town.person(
        WOMAN, "GB", town.roj,
        RecordCitizenshipDeprivation(
            country="GB", ground=DeprivationGround.PUBLIC_GOOD, order_made_on=on("2019-02-19"),
            effective_from=on("2021-06-01"), late_reason=LATE,
        ),
    )  # fmt: skip
    child = town.person(GIRL, "GB", town.roj)
    town.house.ask(DetermineCareStatus(status=CareStatus.ORPHANED, occurred_on=on("2019-11-01")), child)
    for command in home("GB", "2019-11-21"):
        town.house.ask(command, child)
    assert town.values("F16", day="2021-05-31") == (0,)
    counted = town.figures()
    assert counted["F16"].value == 1
    assert (counted["F17"].value, counted["F17"].parts) == (1, {"unaccompanied or orphaned children": 1})


def test_central_asia_and_the_balkans(town: Town) -> None:
    town.person(GIRL, "KZ", town.roj, *home("KZ", "2019-05-07"))
    town.person(MAN, "XK", town.prison, *home("XK", "2019-04-20"))
    town.person(WOMAN, "FR", town.roj, *home("FR", "2019-04-20"))
    counted = town.figures()["F10"]
    assert (counted.value, counted.parts) == (2, {"women and children": 1, "KZ": 1, "XK": 1})


def test_every_figure_says_how_it_is_counted_and_what_was_published(town: Town) -> None:
    counted = town.figures("2021-10-01")
    assert list(counted) == [figure.code for figure in FIGURES]
    for figure in counted.values():
        assert figure.published
        assert "2021-10-01" in figure.basis
        assert "{" not in figure.basis


def test_a_figure_names_the_people_it_counts_and_all_facts_of_theirs(town: Town) -> None:
    counted = sorted(town.person(kind, "IQ", town.prison) for kind in (MAN, BOY))
    town.person(WOMAN, "IQ", town.al_hol)
    town.house.project()

    def basis(code: str, after: UUID | None = None, day: str = "2021-10-15") -> FigureBasis:
        asked = date.fromisoformat(day)
        return town.house.query(lambda reader: figure_basis(reader, code, asked, after=after, limit=1))

    found = basis("F1")
    assert (found.value, found.people, found.position) == (2, 2, town.house.run(town.house.record.head()))
    assert [case.case_id for case in (*found.cases, *basis("F1", counted[0]).cases)] == counted
    leaves = town.house.rows("SELECT leaf FROM record.fact WHERE stream = ANY(%s) ORDER BY leaf", counted)
    assert (found.facts, found.leaves_sha256) == (len(leaves), sha256(b"".join(leaf for (leaf,) in leaves)).hexdigest())
    assert basis("F1", day="2018-01-01").people == 0


def test_every_figure_has_the_value_that_its_basis_counts(town: Town) -> None:
    town.person(
        MAN,
        "GB",
        town.prison,
        RecordCitizenshipDeprivation(country="GB", ground="not_stated", order_made_on="2019", effective_from="2019-05"),
    )
    town.person(WOMAN, "DK", town.roj, RecordRepatriation(country="DK", occurred_on=on("2021-10-10")))
    day = date(2021, 10, 15)
    for code, figure in town.figures().items():
        basis = town.house.query(lambda reader, code=code: figure_basis(reader, code, day, after=None, limit=10))
        assert (code, basis.value) == (code, figure.value)
