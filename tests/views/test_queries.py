"""What readers ask: the worklist in pages, who may see what, and how long one waits for one's own write."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from adapters.views.audit import BREACHES, CORRECTIONS
from adapters.views.blocks import BLOCK_BOARD, BlockFilter
from adapters.views.freshness import Freshness, NotYetProjected
from adapters.views.names import PERSONAL
from adapters.views.people import PeopleFilter, people_on
from adapters.views.register import Place, Register, page
from adapters.views.sheet import sheet
from adapters.views.timeline import timeline
from adapters.views.work import OPEN_FLAGS, OPEN_TASKS
from adapters.views.worklist import WorklistFilter, WorklistRow, worklist
from domain.case.absence import RecordRecapture
from domain.case.block_reviews import ProposeSecurityBlockLift, ReviewReason
from domain.case.blocks import BlockGround, ImposeSecurityBlock
from domain.case.casework import AssignCase, CancelTask, RaiseFlag, RaiseTask, ResolveFlag
from domain.case.correcting import CorrectFact, RetractFact
from domain.case.identity import NameRecorded, RecordName, RecordSex
from domain.case.nationality import ClaimNationality
from domain.case.registration import CloseCase, ClosureReason
from domain.case.screening import RequestScreening, ScreeningKind
from domain.case.status import Overlay, Status
from domain.case.transfers import ReportUnclearedTransfer
from domain.case.whereabouts import AdmitToFacility
from domain.case.work import FlagKind, TaskCancelCause, TaskKind
from domain.corrections import CorrectionCause, RetractionCause, replacement_of
from domain.values import FacilityKind, NameKind, PersonName, Script, Sex
from tests.record.erasing import destroy
from tests.views.conftest import OFFICER, House, caller, on

ALL = frozenset({"*"})


def screening(due_on: date, agency: str = "IQ-INSS") -> RequestScreening:
    return RequestScreening(agency=agency, kind=ScreeningKind.SECURITY, due_on=due_on)


def blocking(review_due_on: date, agency: str = "UN-OFFICE") -> ImposeSecurityBlock:
    return ImposeSecurityBlock(agency=agency, ground=BlockGround.WANTED, review_due_on=review_due_on)


def listed(
    house: House, wanted: WorklistFilter | None = None, *, parties: frozenset[str] = ALL, limit: int = 50
) -> list[UUID]:
    return [row.case_id for row in house.query(lambda reader: worklist(reader, parties, wanted, limit=limit)).rows]


def test_the_worklist_begins_with_what_is_due_first(house: House) -> None:
    never = house.case()
    later = house.case(screening(date(2021, 11, 1)))
    first = house.case(screening(date(2021, 10, 20)), screening(date(2022, 1, 1), "DK-PET"))
    house.project()
    assert listed(house) == [first, later, never]


def test_filters_leave_those_for_whom_all_of_them_hold(house: House) -> None:
    camp = house.facility("SY-AL-HOL", FacilityKind.CAMP)
    admitted = AdmitToFacility(facility=camp, occurred_on=on("2019-03-01"))
    screened = house.case(admitted, screening(date(2021, 11, 1)))
    blocked = house.case(
        admitted,
        ClaimNationality(country="IQ"),
        blocking(date(2021, 12, 1)),
    )
    elsewhere = house.case()
    house.project()
    assert set(listed(house)) == {screened, blocked, elsewhere}
    assert listed(house, WorklistFilter(status=frozenset({Status.SCREENING}))) == [screened]
    assert listed(house, WorklistFilter(overlays=frozenset({Overlay.BLOCKED}))) == [blocked]
    assert set(listed(house, WorklistFilter(facility=camp))) == {screened, blocked}
    assert listed(house, WorklistFilter(facility=camp, country="IQ")) == [blocked]
    assert listed(house, WorklistFilter(due_by=date(2021, 11, 1))) == [screened]
    assert listed(house, WorklistFilter(facility=camp, status=frozenset({Status.CLOSED}))) == []


def test_the_block_board_begins_with_what_is_to_be_reviewed_first_and_tells_what_is_overdue(house: House) -> None:
    camp = house.facility("SY-AL-HOL", FacilityKind.CAMP)
    later = house.case(ClaimNationality(country="IQ"), blocking(date(2021, 12, 1)))
    overdue = house.case(
        AdmitToFacility(facility=camp, occurred_on=on("2019-03-01")),
        blocking(date(2021, 10, 16)),
        blocking(date(2021, 11, 1), "IQ-INSS"),
    )
    house.case(blocking(date(2022, 1, 1)), CloseCase(reason=ClosureReason.OPENED_IN_ERROR))
    house.project()

    def board(wanted: BlockFilter | None = None) -> list[tuple[UUID, str]]:
        rows = house.query(lambda reader: page(reader, ALL, BLOCK_BOARD, wanted)).rows
        return [(row.case_id, row.agency) for row in rows]

    everything = [(overdue, "UN-OFFICE"), (overdue, "IQ-INSS"), (later, "UN-OFFICE")]
    assert board()[:3] == everything
    assert board(BlockFilter(overdue_on=date(2021, 10, 16))) == []
    assert board(BlockFilter(overdue_on=date(2021, 10, 17))) == everything[:1]
    assert board(BlockFilter(review_due_by=date(2021, 11, 1))) == everything[:2]
    assert (
        board(BlockFilter(agency="IQ-INSS")) == board(BlockFilter(agency="IQ-INSS", facility=camp)) == everything[1:2]
    )
    assert board(BlockFilter(country="IQ")) == everything[2:]
    (block,) = house.query(lambda reader: page(reader, ALL, BLOCK_BOARD, BlockFilter(country="IQ"))).rows
    proposal = ProposeSecurityBlockLift(block_id=block.block_id, reasons=(ReviewReason.MISTAKEN_IDENTITY,))
    house.ask(proposal, later, by=caller("IQ-INSS", "*"))
    house.project()
    (block,) = house.query(lambda reader: page(reader, ALL, BLOCK_BOARD, BlockFilter(country="IQ"))).rows
    assert block.lift_proposed_by == ["IQ-INSS"]


def test_a_task_and_a_flag_are_listed_until_they_are_done_with_the_officer_of_the_case(house: House) -> None:
    officer = uuid4()
    case = house.case(
        AssignCase(officer=officer),
        RaiseTask(kind=TaskKind.FOLLOW_UP, due_on=date(2021, 11, 2)),
        RaiseFlag(kind=FlagKind.SAFEGUARDING, occurred_on=on("2021-10-14")),
    )
    other = house.case(RaiseTask(kind=TaskKind.FOLLOW_UP, due_on=date(2021, 11, 1)), screening(date(2021, 12, 1)))
    (first, second), (flag,) = registered(house, OPEN_TASKS), registered(house, OPEN_FLAGS)
    assert [(row.case_id, row.assignee) for row in (first, second)] == [(other, None), (case, officer)]
    assert (flag.kind, flag.raised_on, flag.assignee) == ("safeguarding", date(2021, 10, 14), officer)
    assert listed(house, WorklistFilter(due_by=date(2021, 11, 1))) == [other]
    assert listed(house, WorklistFilter(assignee=officer)) == [case]
    house.ask(CancelTask(task_id=first.task_id, cause=TaskCancelCause.OVERTAKEN), other)
    house.ask(ResolveFlag(flag_id=flag.flag_id), case)
    assert [row.case_id for row in registered(house, OPEN_TASKS)] == [case]
    assert registered(house, OPEN_FLAGS) == []
    assert listed(house, WorklistFilter(due_by=date(2021, 11, 1))) == []


def test_what_was_taken_back_stays_in_the_registers_of_auditors_and_does_not_stand(house: House) -> None:
    case = house.case(ReportUnclearedTransfer(destination="IQ", by_agency="IQ-INSS"))
    (breach,) = registered(house, BREACHES)
    assert (breach.code, breach.country, breach.by_agency) == ("case.uncleared-transfer-reported", "IQ", "IQ-INSS")
    assert breach.stands
    why = {"cause": RetractionCause.UNTRUE, "reason": "Somebody else was taken."}
    house.ask(RetractFact(target_fact_id=breach.fact_id, **why), case)
    (retraction,) = registered(house, CORRECTIONS)
    assert (retraction.target_fact_id, retraction.target_topic, retraction.cause) == (
        breach.fact_id,
        "case.uncleared-transfer-reported",
        "untrue",
    )
    assert (retraction.actor, retraction.agency) == (OFFICER.actor, OFFICER.agency)
    assert [(row.position, row.stands) for row in registered(house, BREACHES)] == [(breach.position, False)]
    house.ask(RetractFact(target_fact_id=retraction.fact_id, **why), case)
    assert [row.stands for row in registered(house, BREACHES)] == [True]
    assert [(row.code, row.stands) for row in registered(house, CORRECTIONS)] == [
        ("case.fact-retracted", False),
        ("case.fact-retracted", True),
    ]


def registered(house: House, register: Register[Any]) -> list[Any]:
    house.project()
    return list(house.query(lambda reader: page(reader, ALL, register)).rows)


def test_pages_follow_each_other_without_gap_or_double_while_rows_come_and_go(house: House) -> None:
    due = [date(2021, 11, 1), None, date(2021, 11, 1), date(2021, 11, 2), None, date(2021, 11, 1), None]
    cases = [house.case(screening(day)) if day else house.case() for day in due]
    house.project()
    seen: list[WorklistRow] = []
    place: Place | None = None
    while True:
        page = house.query(lambda reader, place=place: worklist(reader, ALL, after=place, limit=2))
        seen += page.rows
        if page.next is None:
            break
        place = page.next
        house.case(screening(date(2021, 10, 20)))  # before every place: pages that follow do not shift
        house.project()
    assert [row.case_id for row in seen] == sorted(
        cases, key=lambda case: (due[cases.index(case)] or date.max, case.int)
    )


def test_the_last_page_says_that_it_is_the_last(house: House) -> None:
    for _ in range(4):
        house.case()
    house.project()
    page = house.query(lambda reader: worklist(reader, ALL, limit=2))
    assert page.next is not None
    assert house.query(lambda reader: worklist(reader, ALL, after=page.next, limit=2)).next is None


def test_officers_see_the_cases_of_their_country_and_agency_only(house: House) -> None:
    camp = house.facility("SY-AL-HOL", FacilityKind.CAMP)
    danish = house.case(ClaimNationality(country="DK"), AdmitToFacility(facility=camp), by=caller("SY-AANES"))
    iraqi = house.case(ClaimNationality(country="IQ"), AdmitToFacility(facility=camp), by=caller("SY-AANES"))
    house.project()
    for parties, visible in (
        ({"DK"}, {danish}),
        ({"IQ", "FR"}, {iraqi}),
        ({"SY-AANES"}, {danish, iraqi}),
        ({"FR"}, set()),
    ):
        asked = frozenset(parties)
        assert set(listed(house, parties=asked)) == visible
        day = house.today
        assert {row.case_id for row in house.query(lambda r, a=asked, d=day: people_on(r, a, d))} == visible
        for case in (danish, iraqi):
            assert (house.query(lambda r, a=asked, c=case: sheet(r, a, c)) is not None) == (case in visible)
            assert bool(house.query(lambda r, a=asked, c=case: timeline(r, a, c)).entries) == (case in visible)


def eventful(house: House, country: str) -> UUID:
    """A case with rows in every read model of cases."""
    case = house.case(
        ClaimNationality(country=country),
        blocking(date(2021, 12, 1)),
        ReportUnclearedTransfer(destination=country),
        RecordRecapture(facility=uuid4()),
        RaiseFlag(kind=FlagKind.SAFETY),
    )
    target = house.facts(case)[1].stamp.fact_id
    house.ask(RetractFact(target_fact_id=target, cause=RetractionCause.DUPLICATE, reason="Told twice."), case)
    return case


def test_the_database_itself_hides_cases_of_others_from_a_query_that_forgot_to_ask(house: House) -> None:
    danish = eventful(house, "DK")
    eventful(house, "IQ")
    house.project()
    with psycopg.connect(house.databases.url("reader")) as reader:
        reader.execute("SELECT set_config('homeward.parties', 'DK,FR', true)")
        for table in PERSONAL:
            assert reader.execute(f"SELECT DISTINCT case_id FROM views.{table}").fetchall() == [(danish,)]


def test_a_long_timeline_comes_in_pages_in_the_order_in_which_things_happened(house: House) -> None:
    camp = house.facility("SY-AL-HOL", FacilityKind.CAMP)
    case = house.case(
        *(AdmitToFacility(facility=camp, occurred_on=on(f"2020-0{month}-01")) for month in (1, 2)),
        RecordSex(sex=Sex.FEMALE, occurred_on=on("2019-06")),
    )
    house.project()
    seen, place = [], None
    while True:
        page = house.query(lambda reader, place=place: timeline(reader, ALL, case, after=place, limit=2))
        seen += page.entries
        if (place := page.next) is None:
            break
    assert [(entry.occurred_on, entry.code) for entry in seen] == [
        ("2019-03-01", "case.case-opened"),
        ("2019-06", "case.sex-recorded"),
        ("2020-01-01", "case.admitted-to-facility"),
    ]
    assert seen[-1].params == {"facility": str(camp)}
    assert seen[1].params == {}


def test_people_can_be_listed_as_they_were(house: House) -> None:
    camp = house.facility("SY-AL-HOL", FacilityKind.CAMP)
    case = house.case(AdmitToFacility(facility=camp, occurred_on=on("2020-06-01")))
    house.project()
    present = PeopleFilter(facility=camp, present=True)
    for day, expected in ((date(2020, 5, 31), []), (date(2020, 6, 1), [case]), (date(2021, 10, 15), [case])):
        assert [row.case_id for row in house.query(lambda r, d=day: people_on(r, ALL, d, present))] == expected


def test_no_name_and_nothing_told_about_it_is_in_any_read_model(house: House) -> None:
    case = eventful(house, "DK")
    house.ask(RecordName(kind=NameKind.FULL, name=PersonName(parts=("Amal", "Karim"), script=Script.LATIN)), case)
    target = house.facts(case)[-1].stamp.fact_id
    name = {"parts": ("Amal", "Karima"), "script": Script.LATIN}
    right = replacement_of(NameRecorded).model_validate({"topic": NameRecorded.topic, "name": name})
    house.ask(
        CorrectFact(target_fact_id=target, replacement=right, cause=CorrectionCause.MISTYPED, reason="Karima."), case
    )
    house.project()
    for table in PERSONAL:
        (text,) = house.rows(f"SELECT string_agg(t::text, ' ') FROM views.{table} t WHERE case_id = %s", case)[0]
        assert text
        assert "Amal" not in text
        assert "Karim" not in text


def test_what_a_projector_opened_is_on_record_as_a_range_of_positions(house: House) -> None:
    house.case(RecordSex(sex=Sex.FEMALE))
    house.project()
    reads = house.rows("SELECT reader, classes, from_position, to_position FROM access.read WHERE reader = 'projector'")
    assert reads == [("projector", ["identity", "medical", "protection"], 1, 2)]


def test_an_erased_person_keeps_no_personal_value_in_a_read_model(house: House) -> None:
    case = house.case(RecordSex(sex=Sex.FEMALE))
    house.project()
    assert house.rows("SELECT sex FROM views.people") == [("female",)]
    destroy(house.databases.url("owner"), house.settings, case)
    house.ask(ClaimNationality(country="DK"), case)
    house.project()
    assert house.rows("SELECT sex FROM views.people") == [(None,)]


def freshness_of(house: House, work: Any) -> Any:
    async def opened() -> Any:
        async with AsyncConnectionPool(house.databases.url("reader"), min_size=1, max_size=2, open=False) as pool:
            return await work(Freshness(pool))

    return house.run(opened())


def test_whoever_waits_for_a_position_goes_on_when_it_is_there(house: House) -> None:
    house.case()
    head = house.run(house.record.head())

    async def work(freshness: Freshness) -> None:
        waiting = [asyncio.create_task(freshness.reached(position, within_seconds=30)) for position in range(head + 1)]
        await asyncio.sleep(0.05)
        assert not waiting[-1].done()
        await asyncio.to_thread(house.project)
        await asyncio.gather(*waiting)

    freshness_of(house, work)


def test_whoever_waits_too_long_is_told_how_far_the_read_models_are(house: House) -> None:
    house.case()
    house.project()

    async def work(freshness: Freshness) -> None:
        with pytest.raises(NotYetProjected) as told:
            await freshness.reached(1_000, within_seconds=0.2)
        assert (told.value.wanted, told.value.reached) == (1_000, 1)

    freshness_of(house, work)


def test_lag_counts_the_facts_that_are_missing_and_the_age_of_the_oldest(house: House) -> None:
    async def lag(freshness: Freshness) -> tuple[int, float]:
        known = await freshness.lag()
        return known.facts, known.seconds

    assert freshness_of(house, lag) == (0, 0)
    house.case()
    facts, seconds = freshness_of(house, lag)
    assert facts == 1
    assert seconds > 0
    house.project()
    assert freshness_of(house, lag) == (0, 0)
