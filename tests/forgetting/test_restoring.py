"""Erased stays erased, also after an older backup is brought back; and every proof still holds."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from adapters.database import Databases
from adapters.embedded import Cluster
from adapters.evidence.bundle import Exporter, Selection
from adapters.evidence.local import log_of_record, logs_of
from adapters.evidence.log import LogRefused
from adapters.evidence.loss import LossGround, declare_loss
from adapters.forgetting.enforcing import enforce
from domain.case.identity import NameRecorded
from domain.case.life import DeathManner, RecordDeath
from domain.case.record import PersonErased
from domain.privacy import ERASED, PERSONAL_CLASSES
from domain.values import Evidence
from tests.api.conftest import Api, serving
from tests.evidence.auditor import VERIFIED, verify
from tests.examples import AL_HOL
from tests.forgetting.backups import drop, dump, plain, restored
from tests.forgetting.house import ForgettingHouse

NAMES = ("Zumurrudah", "Qistaswind")
"""Words that occur nowhere else."""
PLACE = "Tal Afar"
BORN = "1994-03-07"


@pytest.fixture
def back(cluster: Cluster) -> Iterator[Callable[[Path], tuple[str, Databases]]]:
    """Bring a backup back, as often as a test likes."""
    names: list[str] = []

    def bring(backup: Path) -> tuple[str, Databases]:
        name, databases = restored(cluster, backup)
        names.append(name)
        return name, databases

    yield bring
    drop(cluster, *names)


def readable(house: ForgettingHouse, case: UUID) -> bool:
    """Whether anything sealed of a person can be read."""
    return any(
        value is not ERASED
        for known in house.read_anew(case).facts
        for name, value in known.fact
        if type(known.fact).labels()[name] != "open"
    )


def five_backups(
    house: ForgettingHouse, cluster: Cluster, database: str, folder: Path
) -> tuple[UUID, UUID, list[Path]]:
    """Let one person be erased and another not; return both, and backups from before, on the way and just before."""
    folder.mkdir()
    backups: list[Path] = []

    def back_up() -> None:
        house.project()
        for log in logs_of(house.settings):
            log.sealer(house.databases).catch_up()
        backups.append(dump(cluster, database, folder / f"{len(backups)}.dump"))

    erased, kept = house.person(*NAMES), house.person("Layla", "Hasan")
    back_up()
    house.ask(RecordDeath(manner=DeathManner.ILLNESS, facility=AL_HOL, strength=Evidence.CLAIMED), erased)
    back_up()
    house.requested(erased)
    back_up()
    house.agreed(erased)
    back_up()
    house.today += timedelta(days=house.settings.erasure_cooling_days)
    back_up()
    assert len(house.step()) == 1
    house.project()
    for log in logs_of(house.settings):
        log.sealer(house.databases).catch_up()
    return erased, kept, backups


def test_after_any_older_backup_who_was_erased_stays_so_and_nobody_else_is(
    house: ForgettingHouse,
    cluster: Cluster,
    database_name: str,
    tmp_path: Path,
    back: Callable[[Path], tuple[str, Databases]],
) -> None:
    erased, kept, backups = five_backups(house, cluster, database_name, tmp_path / "backups")
    assert not readable(house, erased)
    published = tmp_path / "published"
    shutil.copytree(house.settings.published_dir, published)
    for nth, backup in enumerate(backups):
        shutil.rmtree(house.settings.published_dir)
        shutil.copytree(published, house.settings.published_dir)
        name, databases = back(backup)
        came_back = ForgettingHouse(databases, house.settings)
        came_back.today = house.today
        assert came_back.rows(
            "SELECT count(*) FROM keys.subject_key WHERE state = 'live' AND subject = %s", erased
        ) != [(0,)], "the backup holds the keys"
        assert enforce(databases, house.settings, today=house.today) == 1
        assert not readable(came_back, erased), f"backup {nth}"
        assert readable(came_back, kept)
        assert came_back.rows("SELECT count(*) FROM views.people WHERE case_id = %s", erased) == [(0,)]
        text = plain(cluster, name)
        assert not any(word.encode() in text for word in NAMES)
        _proofs_hold(databases, house, tmp_path / f"bundle-{nth}")
        _nobody_reads_over_http(databases, house, erased, kept)
        came_back.project()
        came_back.step()
        came_back.project()
        assert isinstance(came_back.read_anew(erased).facts[-1].fact, PersonErased), "it is recorded again"
        assert came_back.rows("SELECT count(*) FROM views.worklist WHERE case_id = %s", erased) == [(0,)]
        assert enforce(databases, house.settings, today=house.today) == 0
        came_back.close()


def _nobody_reads_over_http(databases: Databases, house: ForgettingHouse, erased: UUID, kept: UUID) -> None:
    """Start on the backup and ask for every page about the person, with every class, in the role that may see most."""
    with (
        serving(databases, house.settings) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        keeper = Api(client, house.settings, port).officer("data_protection_officer", "UN-OFFICE", None)
        classes = "&".join(f"open={label}" for label in sorted(PERSONAL_CLASSES))
        for page in (
            f"?{classes}&purpose=casework",
            f"/subject-report?answering={uuid4()}",
            f"/diff?{classes}&purpose=casework",
            "/timeline",
        ):
            said = keeper.read(f"/v1/cases/{erased}{page}")
            assert said.status_code in {200, 410, 404}
            assert not any(word in said.text for word in (*NAMES, PLACE, BORN)), page
        report = keeper.shown(f"/v1/cases/{erased}/subject-report?answering={uuid4()}")
        (name,) = (fact for fact in report["cases"][0]["facts"] if fact["code"] == NameRecorded.topic)
        assert name["fields"]["name"] == {"unreadable": "erased"}
        other = keeper.read(f"/v1/cases/{kept}/subject-report?answering={uuid4()}").text
        assert all(word in other for word in ("Layla", PLACE, BORN))


def _proofs_hold(databases: Databases, house: ForgettingHouse, folder: Path) -> None:
    """Declare the loss, as whoever restores has to, and let a stranger verify everything."""
    for log in logs_of(house.settings):
        with pytest.raises(LogRefused):
            log.check(databases)
        declare_loss(databases, log, LossGround.RESTORED, house.clock())
        log.check(databases)
    local = log_of_record(house.settings)
    with psycopg.connect(databases.url("projector"), autocommit=True) as connection:
        Exporter(connection, local).write(Selection(), folder)
    finding = verify(folder, local.signer.verifier)
    assert finding.code == VERIFIED, finding.told
    assert finding.facts["erased"] > 0
    assert finding.first is None


def test_without_the_fence_the_backup_would_be_readable(
    house: ForgettingHouse,
    cluster: Cluster,
    database_name: str,
    tmp_path: Path,
    back: Callable[[Path], tuple[str, Databases]],
) -> None:
    """The test above can fail: it is the fence that keeps the person forgotten."""
    erased, _, backups = five_backups(house, cluster, database_name, tmp_path / "backups")
    shutil.rmtree(house.settings.published_dir / "fences")
    _, databases = back(backups[0])
    came_back = ForgettingHouse(databases, house.settings)
    assert enforce(databases, house.settings, today=house.today) == 0
    assert readable(came_back, erased)
    name = next(known.fact for known in came_back.read_anew(erased).facts if isinstance(known.fact, NameRecorded))
    assert name.name != ERASED
    came_back.close()
