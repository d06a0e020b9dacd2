"""The header says when, by whom and where in the record a fact stands, in words that outlive the program."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from adapters.record.mapper import UnknownFact
from domain.dates import PartialDate
from domain.kernel import Stamp
from domain.values import LateReason, LegalBasis, Reliability, SourceType
from tests.examples import FACT
from tests.record.by_hand import blocks_of, fields_of, framed, salted, unsalted
from tests.record.sealed import LOG, Person, named

STREAM, FACT_ID, COMMAND, ACTOR, CAUSE, CORRELATION = (UUID(int=n << 64 | n) for n in range(1, 7))
FULL = Stamp(
    stream=STREAM,
    version=7,
    position=41,
    fact_id=FACT_ID,
    command_id=COMMAND,
    actor=ACTOR,
    agency="IQ-MOMD",
    recorded_at=datetime(2021, 10, 15, 12, 0, 0, 7, tzinfo=UTC),
    occurred_on=PartialDate.parse("2019-02/2019-03-23"),
    late_reason=LateReason.NOTIFIED_LATE,
    source=SourceType.INTERVIEW,
    reliability=Reliability.USUALLY,
    legal_basis=LegalBasis.VITAL_INTEREST,
    country="IQ",
    causation_id=CAUSE,
    correlation_id=CORRELATION,
    simulated=True,
)
PERSON = Person(STREAM)


def test_a_header_says_everything_about_a_fact_that_is_no_secret() -> None:
    frame = PERSON.mapper().seal(FULL, FACT["case.case-opened"]).state
    assert fields_of(frame, {})["header"] == {
        "origin": "homeward.test/sealing",
        "epoch": 1,
        "stream": "00000000000000010000000000000001",
        "version": 7,
        "topic": "case.case-opened",
        "schema": 1,
        "fact": "00000000000000020000000000000002",
        "command": "00000000000000030000000000000003",
        "actor": "00000000000000040000000000000004",
        "agency": "IQ-MOMD",
        "recorded_at": "2021-10-15T12:00:00.000007Z",
        "occurred_on": "2019-02/2019-03-23",
        "compartment": "case",
        "causation": "00000000000000050000000000000005",
        "correlation": "00000000000000060000000000000006",
        "late_reason": "notified_late",
        "source": "interview",
        "reliability": "B",
        "legal_basis": "vital_interest",
        "country": "IQ",
        "simulated": True,
    }


def test_what_is_not_known_is_absent() -> None:
    header = fields_of(PERSON.frame(FACT["case.case-opened"]), {})["header"]
    assert set(header) == {
        *("origin", "epoch", "stream", "version", "topic", "schema", "fact", "command", "actor", "agency"),
        *("recorded_at", "occurred_on", "compartment"),
    }


@pytest.mark.parametrize("stamp", [FULL, PERSON.stamp()._replace(position=41)], ids=["full", "bare"])
def test_a_stamp_reads_back_as_it_was_recorded(stamp: Stamp) -> None:
    stored = PERSON.mapper().seal(stamp, named("Amina"))
    assert PERSON.mapper().open(stored.state, 41).stamp == stamp


def test_a_time_is_stored_in_utc_wherever_it_was_taken() -> None:
    damascus = FULL._replace(recorded_at=datetime(2021, 10, 15, 15, 0, tzinfo=timezone(timedelta(hours=3))))
    frame = PERSON.mapper().seal(damascus, FACT["case.case-opened"]).state
    assert fields_of(frame, {})["header"]["recorded_at"] == "2021-10-15T12:00:00.000000Z"


def test_what_stands_beside_a_frame_repeats_its_header() -> None:
    stored = PERSON.mapper().seal(FULL, named("Amina"))
    assert (stored.stream, stored.originator_version, stored.topic) == (STREAM, 7, "case.name-recorded")
    assert (stored.fact_id, stored.recorded_at) == (FACT_ID, FULL.recorded_at)


def test_two_facts_that_say_the_same_have_other_salts_and_another_leaf() -> None:
    first, second = (PERSON.mapper().seal(FULL, FACT["case.case-opened"]) for _ in range(2))
    assert fields_of(first.state, {}) == fields_of(second.state, {})
    salts = {block.payload[:16] for frame in (first.state, second.state) for block in blocks_of(frame)}
    assert len(salts) == 4, "one for each block"
    assert first.leaf != second.leaf


def _with_header(frame: bytes, **changes: object) -> bytes:
    header, *rest = blocks_of(frame)
    return framed(header._replace(payload=salted({**unsalted(header), **changes})), *rest)


def test_a_key_that_a_later_program_adds_to_the_header_is_passed_over() -> None:
    frame = _with_header(PERSON.mapper().seal(FULL, FACT["case.case-opened"]).state, weather="rain")
    assert PERSON.mapper().open(frame, 41).stamp == FULL


@pytest.mark.parametrize("changes", [{"schema": 2}, {"topic": "case.not-invented-yet"}])
def test_a_fact_of_a_later_program_is_not_guessed_at(changes: dict[str, object]) -> None:
    frame = _with_header(PERSON.mapper().seal(FULL, FACT["case.case-opened"]).state, **changes)
    with pytest.raises(UnknownFact):
        PERSON.mapper().open(frame, 41)


def test_a_fact_names_its_log() -> None:
    elsewhere = PERSON.mapper(log=LOG._replace(origin="homeward.test/elsewhere", epoch=2))
    header = fields_of(elsewhere.seal(FULL, FACT["case.case-opened"]).state, {})["header"]
    assert (header["origin"], header["epoch"]) == ("homeward.test/elsewhere", 2)
