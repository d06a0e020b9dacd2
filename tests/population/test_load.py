from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest

from adapters.database import Databases
from adapters.population.calibration import DEFAULT_SEED, people
from adapters.population.diary import FACILITIES_FROM, Namer
from adapters.population.load import LoadReport, load
from adapters.population.merging import LoadError
from adapters.record.door import Caller, Door, Reading, Request
from adapters.record.errors import RecordUnavailable
from adapters.record.grounds import grounds_of
from adapters.record.record import Record
from adapters.settings import Settings
from adapters.views.rebuild import rebuild
from domain.case.journey import ClearedToDepart
from domain.kernel import CommandKind
from domain.privacy import PERSONAL_CLASSES
from domain.registry import AGGREGATES
from domain.roles import ROLES
from tests.population.rehearsal import Rehearsal, rehearsed
from tests.record.soundness import Promises, contents, faults

pytestmark = pytest.mark.anyio
TINY = 0.004
TOGETHER = 16
ROOT = Path(__file__).parents[2]
AUDITOR = Caller(
    Namer(0, 1).command_id(0, 0),
    "UN-TEST",
    None,
    frozenset({"audit:read", "case:read", "facility:read", *(f"case:open-{label}" for label in PERSONAL_CLASSES)}),
    frozenset({"*"}),
)


@pytest.fixture(scope="session")
def tiny() -> Rehearsal:
    return rehearsed(Namer(DEFAULT_SEED, TINY))


async def assert_holds(record: Record, databases: Databases, rehearsal: Rehearsal, *, every: int = 1) -> None:
    """The record is sound, in order of time, and cases open and fold to what was rehearsed."""
    stored = contents(databases.url("writer"))
    assert faults(stored, Promises(), record.log.origin) == []
    assert all(before.recorded_at <= after.recorded_at for before, after in pairwise(stored.facts))
    assert len(stored.facts) == sum(len(facts) for facts in rehearsal.facts.values())
    assert len(stored.commands) == len(rehearsal.asked)
    door, chosen = Door(record), [*rehearsal.states][::every]
    for nth in range(0, len(chosen), TOGETHER):
        some = chosen[nth : nth + TOGETHER]
        await asyncio.gather(*(assert_as_rehearsed(door, rehearsal, number) for number in some))


async def assert_as_rehearsed(door: Door, rehearsal: Rehearsal, number: int) -> None:
    """A case opens and folds to what was rehearsed; only the ids of its facts are the record's own."""
    stream = rehearsal.namer.made_by(number, 0)
    aggregate = "facility" if number >= FACILITIES_FROM else "case"
    opens = PERSONAL_CLASSES if aggregate == "case" else frozenset()
    read = await door.read(Reading(aggregate, stream, AUDITOR, stream, opens, "test"))
    assert all(stamp.simulated for stamp, _ in read.facts)
    told = rehearsal.facts[number]
    assert [fact.topic for _, fact in read.facts] == [fact.topic for _, fact in told]
    ids = [stamp.fact_id for stamp, _ in read.facts]
    expected = [one._replace(stamp=one.stamp._replace(fact_id=known)) for one, known in zip(told, ids, strict=True)]
    assert AGGREGATES[aggregate].fold(read.facts) == AGGREGATES[aggregate].fold(expected)


async def assert_clearances_rest_on_what_they_say(record: Record, rehearsal: Rehearsal) -> None:
    """The evidence of every clearance is what stood there, and every rule of the gate held."""
    given = [
        (rehearsal.namer.made_by(number, 0), stamp.version)
        for number, facts in rehearsal.facts.items()
        for stamp, fact in facts
        if isinstance(fact, ClearedToDepart)
    ]
    assert given
    for stream, version in given:
        grounds = await grounds_of(record, stream, version, AUDITOR, stream)
        assert grounds.agrees
        assert grounds.unmet == ()


async def test_a_population_is_loaded_once_in_order_of_time_and_found_again(
    record: Record, databases: Databases, settings: Settings, tiny: Rehearsal
) -> None:
    seen: list[tuple[int, int]] = []
    report = await load(
        record,
        settings=settings,
        databases=databases,
        scale=TINY,
        shows=True,
        progress=lambda *told: seen.append(told),
    )
    assert (report.already, report.scale, report.cases) == (False, TINY, people(TINY))
    assert report.facts == await record.head()
    assert seen[-1] == (report.facts, report.facts)
    await assert_holds(record, databases, tiny)

    await assert_clearances_rest_on_what_they_say(record, tiny)

    rebuilt = await asyncio.to_thread(rebuild, databases, settings)
    assert (rebuilt.compared_at, rebuilt.differed) == (report.facts, ())
    assert rebuilt.tables["worklist"].rows == report.cases

    again = await load(record, settings=settings, databases=databases, scale=TINY)
    assert (again.already, again.facts) == (True, report.facts)
    with pytest.raises(LoadError, match="other facts"):
        await load(record, settings=settings, databases=databases, scale=TINY, seed=1)
    assert await record.head() == report.facts


@pytest.mark.kill
async def test_after_a_sigkill_loading_goes_on_where_it_ended(
    record: Record, databases: Databases, settings: Settings
) -> None:
    interrupted = rehearsed(Namer(DEFAULT_SEED, 0.008))
    for least in (1, 4_000):
        with loading(interrupted.namer.scale, databases, settings) as process:
            await reached(record, least)
            os.kill(process.pid, signal.SIGKILL)
    assert 0 < await record.head() < sum(len(facts) for facts in interrupted.facts.values())
    await loaded_when_free(record, databases, settings, interrupted.namer.scale)
    await assert_holds(record, databases, interrupted, every=5)


@pytest.mark.kill
async def test_when_the_database_goes_away_loading_again_continues(
    record: Record, databases: Databases, settings: Settings, superuser_url: str, tiny: Rehearsal
) -> None:
    def cut(done: int, _total: int) -> None:
        if done < 1_800:
            with psycopg.connect(superuser_url, autocommit=True) as superuser:
                superuser.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND pid <> pg_backend_pid()"
                )

    try:
        await load(record, settings=settings, databases=databases, scale=TINY, progress=cut)
    except (LoadError, RecordUnavailable, psycopg.OperationalError):
        await loaded_when_free(record, databases, settings, TINY)
    await assert_holds(record, databases, tiny)


async def reached(record: Record, position: int) -> None:
    for _ in range(6_000):
        if await record.head() >= position:
            return
        await asyncio.sleep(0.02)
    pytest.fail("nothing is being loaded")


@contextmanager
def loading(scale: float, databases: Databases, settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    urls = [f"{role}={databases.url(role)}" for role in ("owner", "writer", "projector", "reader")]
    command = [sys.executable, "-m", "tests.population.loading", str(scale), str(settings.data_dir), *urls]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def loaded_when_free(record: Record, databases: Databases, settings: Settings, scale: float) -> None:
    """Load as soon as the server has noticed that the load before is gone."""
    for _ in range(100):
        try:
            await load(record, settings=settings, databases=databases, scale=scale)
        except LoadError as error:
            if "Another process" not in str(error):
                raise
            await asyncio.sleep(0.1)
        else:
            return
    pytest.fail("the load before still holds its lock")


async def test_two_loads_at_once_are_refused(record: Record, databases: Databases, settings: Settings) -> None:
    both = (load(record, settings=settings, databases=databases, scale=TINY) for _ in range(2))
    ends = await asyncio.gather(*both, return_exceptions=True)
    (refused,) = (end for end in ends if isinstance(end, LoadError))
    (loaded,) = (end for end in ends if isinstance(end, LoadReport))
    assert str(refused).startswith("Another process")
    assert loaded.facts == await record.head()


async def test_the_same_commands_asked_at_the_door_give_the_same_cases(record: Record, tiny: Rehearsal) -> None:
    door = Door(record)
    travellers = {number for number, case in tiny.cases.items() if case.journey.returned or case.kin.links}
    chosen = {*range(0, len(tiny.cases), 25), *travellers, *(tiny.states.keys() - tiny.cases.keys())}
    versions: Counter[int] = Counter()
    for entry, command, facts, elsewhere in tiny.asked:
        if entry.stream not in chosen:
            continue
        officer, stream = entry.officer, tiny.namer.made_by(entry.stream, 0)
        decides = command.nature is CommandKind.DECISION and not command.creates
        receipt = await door.ask(
            Request(
                command,
                None if command.creates else stream,
                Caller(officer.actor, officer.agency, officer.country, ROLES[officer.role], frozenset({"*"})),
                tiny.namer.command_id(entry.stream, entry.nth),
                b"",
                versions[entry.stream] if decides else None,
                recorded_at=entry.recorded_at(),
                simulated=True,
            )
        )
        assert len(receipt.positions) == len(facts) + len(elsewhere)
        versions[entry.stream] += len(facts)
        versions.update(number for number, _ in elsewhere)
        assert receipt.version == versions[entry.stream]
    for number in chosen:
        await assert_as_rehearsed(door, tiny, number)
