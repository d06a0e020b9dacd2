"""A wrong answer has no speed: every workload's own verification can fail, and a result says what it must."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from adapters.database import Databases
from adapters.embedded import Cluster
from adapters.population.load import LoadReport
from adapters.record.door import Door, Reading
from adapters.record.record import Record
from adapters.record.submission import Fate, Outcome, Submission
from adapters.settings import Settings, read_settings
from benchmarks.__main__ import main, parser
from benchmarks.all import measure
from benchmarks.cases import load_cases
from benchmarks.command import CASEWORKER
from benchmarks.facts import submissions
from benchmarks.load import verify_load
from benchmarks.measuring import Absent, NeedsFacts, Result, Say, Series, Speed, WrongAnswer
from benchmarks.peers.programs import node_packages
from benchmarks.place import Database, Place
from benchmarks.prepare import prepared
from benchmarks.recording import verify_order, verify_recorded
from benchmarks.report import page
from benchmarks.workloads import WORKLOADS
from benchmarks.zipf import drawn


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"HOMEWARD_DATA_DIR": str(tmp_path)})


def test_every_workload_has_a_name_by_which_it_is_asked_for() -> None:
    assert {"append", "command", "http", "load", "rebuild", "growth"} <= WORKLOADS.keys()
    assert parser().parse_args(["append", "--json", "--data-dir", "x"]).data_dir == Path("x")


@pytest.mark.parametrize("arguments", [["no-such-workload"], ["prepare"]])
def test_a_question_that_cannot_be_understood_is_refused_with_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2


def test_a_million_facts_are_not_made_up(cluster: Cluster, settings: Settings) -> None:
    with pytest.raises(NeedsFacts, match="prepare"):
        prepared(Place(cluster, settings, pid=0))


class TestAppend:
    """What was acknowledged must stand in the record, byte for byte."""

    Answers = list[tuple[Submission, Outcome]]

    @pytest.fixture
    def origin(self, settings: Settings) -> str:
        return settings.origin

    @pytest.fixture
    def answers(self, databases: Databases, settings: Settings) -> Answers:
        async def append() -> TestAppend.Answers:
            async with await Record.open(databases, settings) as record:
                return [(one, await record.append(one)) for one in submissions(3, record.log)]

        return asyncio.run(append())

    def test_a_right_answer_has_a_speed(self, superuser_url: str, origin: str, answers: Answers) -> None:
        verify_recorded(superuser_url, origin, 0, [asked for asked, _ in answers], answers)

    def test_a_lost_answer_has_none(self, superuser_url: str, origin: str, answers: Answers) -> None:
        with pytest.raises(WrongAnswer, match="3 commands were sent and 2 answered"):
            verify_recorded(superuser_url, origin, 0, [asked for asked, _ in answers], answers[:2])

    def test_a_conflict_has_none(self, superuser_url: str, origin: str, answers: Answers) -> None:
        answers[0] = (answers[0][0], Outcome(Fate.STALE, None, 0))
        with pytest.raises(WrongAnswer, match="not recorded"):
            verify_recorded(superuser_url, origin, 0, [asked for asked, _ in answers], answers)

    def test_two_facts_that_changed_places_have_none(self, superuser_url: str, origin: str, answers: Answers) -> None:
        (one, first), (other, second), last = answers
        with pytest.raises(WrongAnswer, match="another fact"):
            verify_recorded(superuser_url, origin, 0, [one, other, last[0]], [(one, second), (other, first), last])

    def test_a_changed_leaf_has_none(self, superuser_url: str, origin: str, answers: Answers) -> None:
        with psycopg.connect(superuser_url) as superuser:
            superuser.execute("ALTER TABLE record.fact DISABLE TRIGGER USER")
            superuser.execute("UPDATE record.fact SET leaf = sha256(leaf) WHERE position = 2")
        with pytest.raises(WrongAnswer, match="the leaf at 2"):
            verify_recorded(superuser_url, origin, 0, [asked for asked, _ in answers], answers)

    def test_a_fact_more_than_was_asked_for_has_none(self, superuser_url: str, origin: str, answers: Answers) -> None:
        with pytest.raises(WrongAnswer, match="dense"):
            verify_recorded(superuser_url, origin, 0, [asked for asked, _ in answers[:2]], answers[:2])


def test_facts_of_a_stream_out_of_order_have_no_speed() -> None:
    stream = uuid4()
    with pytest.raises(WrongAnswer, match="out of order"):
        verify_order([(1, stream, 2, b"", b""), (2, stream, 1, b"", b"")])


def test_another_population_has_no_speed(databases: Databases, superuser_url: str, settings: Settings) -> None:
    database = Database("", databases, superuser_url)
    with pytest.raises(WrongAnswer, match="another population"):
        verify_load(database, LoadReport(100, 1_300, 1.0, already=False, scale=0.001), settings.origin)
    with pytest.raises(WrongAnswer, match="not dense"):
        verify_load(database, LoadReport(76_284, 1_000_000, 60.0, already=False, scale=1.0), settings.origin)


def test_a_case_to_work_on_has_the_facts_that_were_asked_for(databases: Databases, settings: Settings) -> None:
    async def load() -> int:
        async with await Record.open(databases, settings) as record:
            (case,) = await load_cases(record, 1, 12)
            stream = await Door(record).read(Reading("case", case, CASEWORKER, uuid4()))
            return stream.version

    assert asyncio.run(load()) == 12


def test_a_ratio_is_the_median_of_the_alternations() -> None:
    series = Series()
    for ours, theirs in ((100, 10), (100, 50), (100, 20)):
        series.add("peer", Speed(ours, 1.0, 0.1, 0.2), Speed(theirs, 1.0, 0.1, 0.2))
    result = Result("append", "events", "events/s")
    series.fill(result)
    assert (result.ours, result.peers, result.ratios) == (100, {"peer": 20}, {"peer": 5})


def test_a_wrong_answer_is_a_result_without_a_speed() -> None:
    def workload(_data_dir: Path | None, _say: Say) -> Result:
        raise WrongAnswer("a fact is missing")

    result = measure("append", workload, None, lambda _what: None)
    assert (result.correct, result.ours, result.what) == (False, 0.0, "a fact is missing")
    assert "no speed" in page_of(result)


def test_a_result_says_what_it_must_as_json() -> None:
    said = json.loads(json.dumps(Result("append", "events", "events/s").as_json()))
    assert said.keys() >= {"name", "ours", "limit", "peers", "ratios", "correct", "seconds"}


def test_a_missed_bar_is_shown() -> None:
    result = Result("load", "facts", "facts/s", ours=10, peers={"copy": 100}, ratios={"copy": 0.1}, bars={"copy": 0.15})
    result.correct = True
    assert result.missed == ["copy"]
    assert "0.10 (missed)" in page_of(result)


def test_a_peer_that_cannot_run_here_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Absent, match="node"):
        node_packages("@somebody/something@1.0.0")


def test_few_cases_take_most_of_the_work_and_always_the_same() -> None:
    cases = drawn(range(1_000), 10_000, seed=3)
    assert cases == drawn(range(1_000), 10_000, seed=3)
    most = sorted((cases.count(case) for case in set(cases)), reverse=True)
    assert sum(most[:100]) > 6_000


def page_of(result: Result) -> str:
    machine = {"cores": 2, "system": "", "python": "", "postgresql": ""}
    return page({"machine": machine, "results": {result.name: result.as_json()}})
