"""A person whose erasure two officers agreed to is forgotten: keys, rows, fence, and the fact that says so."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from adapters.forgetting.people import stream_of
from adapters.keys.fences import Fence
from adapters.keys.rotation import closes_on
from adapters.record.keys import PersonIsErased, wrapping_epoch
from adapters.views.names import LIVE, NEXT, PERSONAL
from adapters.views.replay import replay
from domain.break_glass import BehindGlass, BreakGlass
from domain.case.identity import BirthRecorded, NameRecorded, RecordSex
from domain.case.merging import MergeInto
from domain.case.record import ErasureBasis, HoldBasis, PersonErased
from domain.case.retention import PlaceRetentionHold
from domain.case.whereabouts import AdmitToFacility
from domain.kernel import Recorded, Refused
from domain.privacy import ERASED
from domain.subject_request.answering import RefuseErasure
from domain.subject_request.facts import ErasureRefusal, SubjectKeyDestroyed
from domain.values import FacilityKind, Sex
from tests.examples import AL_HOL
from tests.forgetting.house import APPROVER, ForgettingHouse


def facts_of(house: ForgettingHouse, case: UUID) -> list[Recorded]:
    return list(house.read_anew(case).facts)


def names_read(house: ForgettingHouse, case: UUID) -> list[object]:
    return [fact.fact.name for fact in facts_of(house, case) if isinstance(fact.fact, NameRecorded)]


def rows_of(house: ForgettingHouse, case: UUID) -> dict[str, int]:
    return {
        f"{schema}.{table}": house.rows(f"SELECT count(*) FROM {schema}.{table} WHERE case_id = %s", case)[0][0]
        for schema in (LIVE, NEXT)
        for table in PERSONAL
    }


def keys_of(house: ForgettingHouse, case: UUID) -> dict[str, tuple[str, int]]:
    return {
        label: (state, size)
        for label, state, size in house.rows(
            "SELECT class, state, length(wrapped) FROM keys.subject_key WHERE subject = %s", case
        )
    }


def destroyed(house: ForgettingHouse, request: UUID) -> SubjectKeyDestroyed:
    fact = house.run(stream_of(house.record, request)).state.destroyed
    assert isinstance(fact, SubjectKeyDestroyed)
    return fact


# ---------------------------------------------------------------- when
def test_nobody_is_erased_before_the_time_to_think_again_is_over(house: ForgettingHouse) -> None:
    case = house.person()
    request = house.agreed(case)
    house.today += timedelta(days=house.settings.erasure_cooling_days - 1)
    assert house.step() == []
    assert names_read(house, case) != [ERASED]
    house.today += timedelta(days=1)
    assert [(one.request_id, one.covers) for one in house.step()] == [(request, (case,))]
    assert house.step() == []


def test_an_approval_that_was_taken_back_erases_nobody(house: ForgettingHouse) -> None:
    case = house.person()
    request = house.agreed(case)
    house.ask(RefuseErasure(basis=ErasureRefusal.WITHDRAWN), request, by=APPROVER)
    house.project()
    house.today += timedelta(days=30)
    assert house.step() == []
    assert names_read(house, case) != [ERASED]


def test_a_hold_that_was_placed_meanwhile_lets_the_erasure_wait(house: ForgettingHouse) -> None:
    case = house.person()
    request = house.agreed(case)
    until = house.today + timedelta(days=60)
    house.ask(PlaceRetentionHold(basis=HoldBasis.CLAIM, until=until, reference="Claim 7"), case)
    house.today += timedelta(days=30)
    assert house.step() == []
    assert names_read(house, case) != [ERASED]
    house.today = until + timedelta(days=1)
    assert [one.request_id for one in house.step()] == [request]


# ---------------------------------------------------------------- what is gone
def test_what_was_sealed_of_the_person_reads_as_erased_and_the_journey_stays(house: ForgettingHouse) -> None:
    case, other = house.person(), house.person("Layla")
    house.erased(case)
    facts = [known.fact for known in facts_of(house, case)]
    assert {fact.name for fact in facts if isinstance(fact, NameRecorded)} == {ERASED}
    assert {(fact.birth, fact.place) for fact in facts if isinstance(fact, BirthRecorded)} == {(ERASED, ERASED)}
    assert isinstance(facts[-1], PersonErased)
    assert ERASED not in names_read(house, other)


def test_keys_become_tombstones_for_every_class_and_none_is_made_again(house: ForgettingHouse) -> None:
    case = house.person()
    assert keys_of(house, case) == {"identity": ("live", 60)}
    house.erased(case)
    tombstone = ("destroyed", 0)
    assert keys_of(house, case) == dict.fromkeys(
        ("identity", "protection", "medical", "security", "judicial", "narrative"), tombstone
    )


def test_no_read_model_keeps_a_row_of_the_person(house: ForgettingHouse) -> None:
    case, other = house.person(), house.person("Layla")
    house.project()
    assert rows_of(house, case)["views.people"] > 0
    house.erased(case)
    assert set(rows_of(house, case).values()) == {0}
    assert rows_of(house, other)["views.worklist"] == 1
    assert house.rows("SELECT case_id, basis FROM views.erased") == [(case, "request")]


def test_repeated_commands_about_the_person_are_not_recognised_any_more(house: ForgettingHouse) -> None:
    case, other = house.person(), house.person("Layla")
    house.erased(case)
    known = (
        "SELECT count(*) FROM record.command c JOIN record.fact f ON f.position = c.first_position WHERE f.stream = %s"
    )
    assert house.rows(known, case) == [(0,)]
    assert house.rows(known, other) == [(3,)]


def test_nothing_is_recorded_any_more_about_who_was_erased(house: ForgettingHouse) -> None:
    case = house.person()
    house.erased(case)
    head = house.rows("SELECT max(position) FROM record.fact")
    for command in (RecordSex(sex=Sex.FEMALE), AdmitToFacility(facility=AL_HOL)):
        with pytest.raises(Refused) as refused:
            house.ask(command, case)
        assert refused.value.code == "case.erased"
    assert house.rows("SELECT max(position) FROM record.fact") == head


def test_a_fence_alone_keeps_a_key_from_being_made(house: ForgettingHouse) -> None:
    case = house.case()
    house.fences.publish(Fence.around([case], ErasureBasis.REQUEST))
    with pytest.raises(PersonIsErased):
        house.ask(RecordSex(sex=Sex.FEMALE), case)
    assert keys_of(house, case) == {}


# ---------------------------------------------------------------- merged cases
def test_every_case_of_the_person_is_erased(house: ForgettingHouse) -> None:
    first, second, third = house.person(), house.person("Amina", "Yousef"), house.person("Umm", "Ali")
    house.ask(MergeInto(survivor=second), first)
    house.ask(MergeInto(survivor=third), second)
    house.agreed(first)
    house.today += timedelta(days=7)
    (done,) = house.step()
    assert done.covers == tuple(sorted((first, second, third)))
    house.project()
    for case in done.covers:
        assert set(names_read(house, case)) == {ERASED}
        assert set(rows_of(house, case).values()) == {0}


# ---------------------------------------------------------------- what says so
def test_the_request_says_what_was_destroyed_and_from_when_backups_are_covered(house: ForgettingHouse) -> None:
    case = house.person()
    request = house.erased(case)
    fact = destroyed(house, request)
    assert (fact.covers, fact.keys) == ((case,), 1)
    assert fact.fence_sha256 == Fence.around([case], ErasureBasis.REQUEST).sha256
    epoch = house.rows("SELECT max(epoch) FROM keys.subject_key WHERE commitment <> ''")[0][0]
    assert fact.backups_covered_from == closes_on(epoch, house.settings.keys_grace_days)
    assert [fence.sha256 for fence in house.fences.all()] == [fact.fence_sha256]


def test_the_order_is_fact_then_fence_then_keys(house: ForgettingHouse, superuser_url: str) -> None:
    """An eraser that dies between two steps leaves nothing that the next one does not complete."""
    case = house.person()
    request = house.agreed(case)
    house.today += timedelta(days=7)
    with psycopg.connect(superuser_url, autocommit=True) as superuser:
        superuser.execute("REVOKE UPDATE ON keys.subject_key FROM homeward_owner")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            house.step()
        superuser.execute("GRANT UPDATE ON keys.subject_key TO homeward_owner")
    assert isinstance(facts_of(house, case)[-1].fact, PersonErased)
    assert len(house.fences.all()) == 1
    assert names_read(house, case) == [ERASED], "the fence holds while the key is still there"
    assert keys_of(house, case)["identity"] == ("live", 60)
    assert [one.request_id for one in house.step()] == [request]
    assert keys_of(house, case)["identity"] == ("destroyed", 0)
    assert len(house.fences.all()) == 1


def test_of_a_person_without_any_key_the_erasure_is_recorded_all_the_same(house: ForgettingHouse) -> None:
    case = house.case()
    fact = destroyed(house, house.erased(case))
    assert fact.keys == 0
    assert fact.backups_covered_from == closes_on(wrapping_epoch(house.today), house.settings.keys_grace_days)


def test_a_replay_finds_the_read_models_equal_after_an_erasure_and_an_opened_glass(house: ForgettingHouse) -> None:
    erased, kept = house.person(), house.person("Layla", "Hasan")
    house.erased(erased)
    house.requested(kept)
    why = "She is in labour and bleeding, and nobody of her own office answers."
    house.ask(BreakGlass(case_id=kept, classes=(BehindGlass.MEDICAL,), justification=why))
    house.facility("SY-ROJ", FacilityKind.CAMP)
    house.project()
    report = replay(house.databases, house.settings, clock=house.clock)
    rows = {table: found.live.rows for table, found in report.tables.items()}
    assert report.equal
    assert (rows["erased"], rows["subject_request"], rows["break_glass"], rows["facility"]) == (1, 2, 1, 1)
    assert report.sampled == 1
