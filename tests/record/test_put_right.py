"""What is put right rests in the record as what it puts right does; cases that are one commit as one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from adapters.record.errors import NotVisible, UnknownFact
from adapters.record.record import Record
from adapters.settings import Settings
from domain.case.correcting import CorrectFact, RetractFact
from domain.case.decisions import ApproveRepatriation
from domain.case.guardianship import GuardianAppointed
from domain.case.identity import BirthRecorded, NameRecorded, RecordSex
from domain.case.merging import MergeInto, ReverseMerge
from domain.case.nationality import NationalityClaimed
from domain.case.record import CaseAbsorbed, CaseMergedInto, ReversalCause
from domain.corrections import FactCorrected, effective, replacement_of
from domain.kernel import Fact
from domain.privacy import ERASED, WITHHELD, BlockLabel
from domain.registry import AGGREGATES
from domain.values import Evidence, PersonName, Script, Sex
from tests.examples import BLOCKED, FACT, HELD, NAMED, OPENED
from tests.examples_record import BIRTH, fact_id
from tests.record.asking import Desk, an_officer
from tests.record.by_hand import blocks_of, fields_of
from tests.record.erasing import destroy
from tests.record.sealed import Person

CASE = AGGREGATES["case"]
IDENTITY, NARRATIVE = BlockLabel.IDENTITY, BlockLabel.NARRATIVE
RIGHT_NAME = PersonName(parts=("Amina", "Yousif"), script=Script.LATIN)


def corrected(kind: type[Fact], reason: str = "Read again.", **fields: object) -> FactCorrected:
    """A correction of the second fact of a stream."""
    return FactCorrected(
        target_fact_id=fact_id(2),
        target_topic=kind.topic,
        target_schema=kind.schema_version,
        corrected_fields=tuple(fields),
        cause="mistyped",
        replacement=replacement_of(kind).model_validate({"topic": kind.topic, **fields}),
        reason=reason,
    )


OF_NAME = corrected(NameRecorded, name=RIGHT_NAME, strength=Evidence.DOCUMENTED)


# ---------------------------------------------------------------- in the frame
def test_a_corrected_name_is_sealed_as_the_name_is_and_a_code_is_open() -> None:
    person = Person()
    read = fields_of(person.frame(OF_NAME), person.by_name)
    assert read["identity"] == {"replacement.name": {"parts": ["Amina", "Yousif"], "script": "Latn"}}
    assert read["narrative"] == {"reason": "Read again."}
    assert read["open"] == {
        "target_fact_id": str(fact_id(2)),
        "target_topic": "case.name-recorded",
        "target_schema": 1,
        "corrected_fields": ["name", "strength"],
        "cause": "mistyped",
        "replacement.strength": 2,
    }
    assert b"Yousif" not in person.frame(OF_NAME)


def test_who_opens_nothing_learns_what_was_corrected_and_not_to_what() -> None:
    person = Person()
    read = person.mapper(opens=()).open(person.frame(OF_NAME), 1).fact
    assert isinstance(read, FactCorrected)
    assert read.corrected_fields == ("name", "strength")
    assert read.replacement.fields == {"name": WITHHELD, "strength": Evidence.DOCUMENTED}
    assert read.reason is WITHHELD


def test_after_an_erasure_a_correction_is_read_as_erased() -> None:
    person = Person()
    read = person.mapper(destroyed=[IDENTITY]).open(person.frame(OF_NAME), 1).fact
    assert isinstance(read, FactCorrected)
    assert read.replacement.fields["name"] is ERASED
    assert read.reason == "Read again."


def test_a_correction_about_another_person_is_sealed_under_that_persons_key() -> None:
    appointed = FACT["case.guardian-appointed"]
    assert isinstance(appointed, GuardianAppointed)
    person, guardian = Person(), Person(appointed.guardian_id)
    change = corrected(GuardianAppointed, guardian_id=guardian.id, guardian=RIGHT_NAME)
    frame = person.frame(change, others=[guardian])
    assert [(block.label, block.subject) for block in blocks_of(frame)[2:]] == [
        ("identity", guardian.id.bytes),
        ("narrative", person.id.bytes),
    ]
    assert person.mapper(guardian).open(frame, 1).fact == change


def test_what_could_not_be_read_cannot_be_recorded_as_a_correction() -> None:
    with pytest.raises(TypeError, match="could not be read"):
        Person().frame(corrected(NameRecorded, name=WITHHELD))


def test_a_correction_of_an_older_schema_is_read_as_its_target_is(monkeypatch: pytest.MonkeyPatch) -> None:
    person = Person()
    frame = person.frame(corrected(BirthRecorded, place="Tel Afar", strength=Evidence.CLAIMED))

    def spelled(fields: dict[str, Any]) -> dict[str, Any]:
        return {**fields, "place": "Tal Afar"} if "place" in fields else fields

    def raised(fields: dict[str, Any]) -> dict[str, Any]:
        return {**fields, "strength": fields["strength"] + 1} if "strength" in fields else fields

    monkeypatch.setattr(BirthRecorded, "schema_version", 2)
    monkeypatch.setattr(BirthRecorded, "upcasts", {(1, IDENTITY): spelled, (1, BlockLabel.OPEN): raised})
    read = person.mapper().open(frame, 1).fact
    assert isinstance(read, FactCorrected)
    assert read.replacement.fields == {"place": "Tal Afar", "strength": Evidence.DOCUMENTED}
    closed = person.mapper(opens=()).open(frame, 1).fact
    assert isinstance(closed, FactCorrected)
    assert closed.replacement.fields == {"birth": WITHHELD, "place": WITHHELD, "strength": Evidence.DOCUMENTED}


def test_a_correction_of_a_fact_that_is_not_known_yet_stops_the_reading() -> None:
    person = Person()
    frame = person.frame(OF_NAME.model_copy(update={"target_schema": 9}))
    with pytest.raises(UnknownFact, match=r"case\.name-recorded in schema version 9"):
        person.mapper().open(frame, 1)


# ---------------------------------------------------------------- at the door
pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(record: Record) -> Desk:
    """The desk of an officer of the camp, who sees every case."""
    return Desk(record, an_officer("SY", "SY-AANES", parties={"*"}))


def correct(stream: UUID, version: int, kind: type[Fact], **fields: object) -> CorrectFact:
    return CorrectFact(
        target_fact_id=fact_id(version, stream),
        replacement=replacement_of(kind).model_validate({"topic": kind.topic, **fields}),
        cause="mistyped",
        reason="Read again.",
    )


def counting(facts: Any) -> list[Fact]:
    return [known.fact for known in effective(facts) if not isinstance(known.fact, FactCorrected)]


async def test_a_name_is_corrected_and_read_right_by_who_may_read_it(desk: Desk) -> None:
    case = await desk.given(OPENED, NAMED)
    await desk.ask(correct(case, 2, NameRecorded, name=RIGHT_NAME), case, on=2)
    read = (await desk.read(case, IDENTITY)).facts
    assert counting(read) == [OPENED, NAMED.model_copy(update={"name": RIGHT_NAME})]
    assert counting((await desk.read(case)).facts)[1] == NAMED.model_copy(update={"name": WITHHELD})
    assert counting((await desk.read(case, IDENTITY, up_to=2)).facts) == [OPENED, NAMED]


async def test_a_correction_opens_no_more_than_what_it_corrects(desk: Desk, superuser_url: str) -> None:
    case = await desk.given(OPENED, NAMED, BLOCKED)
    await desk.ask(correct(case, 2, NameRecorded, name=RIGHT_NAME), case, on=3)
    agency = desk.as_(an_officer(agency=BLOCKED.agency))
    await agency.ask(correct(case, 3, type(BLOCKED), review_due_on="2022-03-01"), case, on=4)
    with psycopg.connect(superuser_url) as superuser:
        opened = superuser.execute("SELECT classes FROM access.read ORDER BY read_id").fetchall()
    assert opened == [(["identity"],)]


async def test_a_case_that_turns_out_to_concern_another_state_is_seen_there(desk: Desk) -> None:
    case = await desk.given(OPENED, NationalityClaimed(country="IQ", strength=Evidence.CLAIMED))
    dane = desk.as_(an_officer("DK", "DK-MFA"))
    with pytest.raises(NotVisible):
        await dane.read(case)
    await desk.ask(correct(case, 2, NationalityClaimed, country="DK"), case, on=2)
    assert len((await dane.read(case)).facts) == 3


async def test_an_erased_name_is_not_corrected_and_the_rest_of_it_is(
    desk: Desk, superuser_url: str, settings: Settings
) -> None:
    case = await desk.given(OPENED, BIRTH)
    destroy(superuser_url, settings, case, labels=[BlockLabel.IDENTITY])
    other = desk.as_(replace(desk.officer))
    await other.ask(correct(case, 2, BirthRecorded, strength=Evidence.DOCUMENTED), case, on=2)
    assert counting((await other.read(case)).facts)[1] == BIRTH.model_copy(
        update={"birth": WITHHELD, "place": WITHHELD, "strength": Evidence.DOCUMENTED}
    )


async def test_a_retraction_takes_a_fact_out_of_what_is_decided_on(desk: Desk) -> None:
    case = await desk.given(*HELD, FACT["case.sex-recorded"])
    await desk.ask(
        RetractFact(target_fact_id=fact_id(3, case), cause="wrong_person", reason="Her sister's."), case, on=3
    )
    receipt = await desk.ask(RecordSex(sex=Sex.FEMALE), case)
    assert receipt.versions == (5,)


# ---------------------------------------------------------------- two cases
INTO = {"cause": ReversalCause.TWO_PEOPLE, "reason": "Twins."}


async def test_both_sides_of_a_merge_commit_together_and_are_two_again(desk: Desk) -> None:
    here, there = await desk.given(*HELD), await desk.given(*HELD, NAMED)
    key = uuid4()
    receipt = await desk.ask(MergeInto(survivor=there), here, on=2, key=key)
    assert (receipt.version, receipt.versions) == (3, (3, 4))
    assert (await desk.read(here)).facts[-1].fact == CaseMergedInto(survivor=there)
    assert (await desk.read(there)).facts[-1].fact == CaseAbsorbed(absorbed=here)
    again = await desk.ask(MergeInto(survivor=there), here, on=2, key=key)
    assert (again, again.version, again.repeated) == (receipt, 3, True)
    await desk.ask(ReverseMerge(**INTO), here, on=3)
    assert CASE.fold((await desk.read(here)).facts).record.merged_into is None
    assert CASE.fold((await desk.read(there)).facts).record.absorbed == ()


async def test_a_chain_of_merges_commits_on_every_case_of_it(desk: Desk) -> None:
    first, middle, last = [await desk.given(*HELD) for _ in range(3)]
    await desk.ask(MergeInto(survivor=middle), first, on=2)
    await desk.ask(MergeInto(survivor=last), middle, on=3)
    assert CASE.fold((await desk.read(first)).facts).record.survivors == (middle, last)
    assert CASE.fold((await desk.read(last)).facts).record.absorbed == (first, middle)


async def test_who_saw_the_case_that_was_merged_sees_the_one_that_goes_on(desk: Desk) -> None:
    here, there = await desk.given(*HELD), await desk.given(*HELD, seen_by=["IQ"])
    await desk.ask(ApproveRepatriation(country="DK", authority="DK-MFA", basis="residence"), here, on=2)
    dane = desk.as_(an_officer("DK", "DK-MFA"))
    with pytest.raises(NotVisible):
        await dane.read(there)
    await desk.ask(MergeInto(survivor=there), here, on=3)
    assert len((await dane.read(there)).facts) == 3


async def test_a_case_that_one_may_not_see_is_no_case_to_merge_into(desk: Desk) -> None:
    here, there = await desk.given(*HELD, seen_by=["DK"]), await desk.given(*HELD, seen_by=["IQ"])
    dane = desk.as_(an_officer("DK", "DK-MFA"))
    for unseen in (there, uuid4()):
        with pytest.raises(NotVisible):
            await dane.ask(MergeInto(survivor=unseen), here, on=2)
