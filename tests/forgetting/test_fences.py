"""Fences: signed, chained, outside the database; nobody plants one, and none disappears unnoticed."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from adapters.database import Databases
from adapters.evidence.note import Signer, signed
from adapters.forgetting.enforcing import enforce
from adapters.keys.fences import Fence, FenceFolder, FenceRefused
from adapters.record.keys import KeyName, fingerprint
from adapters.settings import Settings, read_settings
from domain.case.erasing import ErasePerson
from domain.case.record import ErasureBasis, PersonErased
from domain.privacy import PERSONAL_CLASSES, BlockLabel
from tests.forgetting.house import APPROVER, ForgettingHouse

AMINA, LAYLA = UUID(int=1), UUID(int=2)


@pytest.fixture
def fences(settings: Settings) -> FenceFolder:
    return FenceFolder.of(settings)


def around(*people: UUID) -> Fence:
    return Fence.around(people, ErasureBasis.REQUEST)


def files(settings: Settings) -> list[Path]:
    return sorted((settings.published_dir / "fences").glob("*.fence"))


# ---------------------------------------------------------------- what a fence names
def test_a_fence_names_every_key_that_the_person_can_have_and_nobody_elses(fences: FenceFolder) -> None:
    assert not fences.hold(KeyName(AMINA, BlockLabel.IDENTITY))
    fences.publish(around(AMINA))
    assert all(fences.hold(KeyName(AMINA, label)) for label in PERSONAL_CLASSES)
    assert not any(fences.hold(KeyName(LAYLA, label)) for label in PERSONAL_CLASSES)


def test_a_fence_holds_no_id_of_a_person(fences: FenceFolder, settings: Settings) -> None:
    person = uuid4()
    fences.publish(around(person))
    (file,) = files(settings)
    assert person.hex not in file.read_text()
    assert str(person) not in file.read_text()
    assert fingerprint(KeyName(person, BlockLabel.MEDICAL)).hex() in file.read_text()


def test_the_digest_does_not_depend_on_an_order() -> None:
    assert around(AMINA, LAYLA).sha256 == around(LAYLA, AMINA).sha256 != around(AMINA).sha256


# ---------------------------------------------------------------- publishing
def test_a_fence_is_kept_once_and_seen_by_whoever_looks(fences: FenceFolder, settings: Settings) -> None:
    other = FenceFolder.of(settings)
    assert other.all() == ()
    for fence in (around(AMINA), around(LAYLA), around(AMINA)):
        fences.publish(fence)
    assert other.all() == FenceFolder.of(settings).all() == (around(AMINA), around(LAYLA))
    assert other.hold(KeyName(LAYLA, BlockLabel.IDENTITY))


def test_many_who_publish_at_once_lose_none(settings: Settings) -> None:
    people = [UUID(int=n) for n in range(1, 17)]
    threads = [threading.Thread(target=FenceFolder.of(settings).publish, args=(around(one),)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {fence.sha256 for fence in FenceFolder.of(settings).all()} == {around(one).sha256 for one in people}


# ---------------------------------------------------------------- tampering
def three(fences: FenceFolder, settings: Settings) -> list[Path]:
    for n in range(1, 4):
        fences.publish(around(UUID(int=n)))
    return files(settings)


@pytest.mark.parametrize("victim", [0, 1, 2])
def test_a_fence_that_was_altered_is_refused(fences: FenceFolder, settings: Settings, victim: int) -> None:
    file = three(fences, settings)[victim]
    content = file.read_text()
    file.write_text(content.replace(content[-200], "0" if content[-200] != "0" else "1"))
    with pytest.raises(FenceRefused):
        FenceFolder.of(settings).all()


@pytest.mark.parametrize("victim", [0, 1])
def test_a_fence_that_was_taken_from_the_middle_is_noticed(
    fences: FenceFolder, settings: Settings, victim: int
) -> None:
    three(fences, settings)[victim].unlink()
    with pytest.raises(FenceRefused, match="does not follow"):
        FenceFolder.of(settings).all()


def test_a_fence_that_was_taken_from_the_end_is_noticed_by_whoever_had_seen_it(
    fences: FenceFolder, settings: Settings
) -> None:
    three(fences, settings)[2].unlink()
    with pytest.raises(FenceRefused, match="taken away"):
        fences.hold(KeyName(AMINA, BlockLabel.IDENTITY))
    shutil.rmtree(settings.published_dir / "fences")
    with pytest.raises(FenceRefused, match="taken away"):
        fences.hold(KeyName(AMINA, BlockLabel.IDENTITY))


def test_nobody_plants_a_fence_to_destroy_somebodys_keys(fences: FenceFolder, settings: Settings) -> None:
    first = three(fences, settings)[0]
    stranger = Signer("homeward.test/forgetting/fences", bytes(range(32)))
    text = first.read_text().rpartition("\n\n")[0] + "\n"
    forged = text.replace("\n1\n", "\n4\n", 1)
    (first.parent / "00000004.fence").write_text(signed(forged, stranger).written())
    with pytest.raises(FenceRefused, match="no fence of ours"):
        FenceFolder.of(settings).all()


def test_a_fence_that_is_put_in_twice_under_another_number_is_refused(fences: FenceFolder, settings: Settings) -> None:
    first = three(fences, settings)[0]
    shutil.copy(first, first.parent / "00000004.fence")
    with pytest.raises(FenceRefused, match="does not follow"):
        FenceFolder.of(settings).all()


# ---------------------------------------------------------------- at the start
def test_a_start_with_nothing_to_do_changes_nothing(house: ForgettingHouse) -> None:
    house.person()
    assert enforce(house.databases, house.settings, today=house.today) == 0
    assert house.rows("SELECT DISTINCT state FROM keys.subject_key") == [("live",)]


def test_a_fence_that_was_recorded_and_not_published_is_published_at_the_start(house: ForgettingHouse) -> None:
    case = house.person()
    house.erased(case)
    shutil.rmtree(house.settings.published_dir / "fences")
    assert enforce(house.databases, house.settings, today=house.today) == 0
    assert [fence.sha256 for fence in house.fences.all()] == [around(case).sha256]


def test_a_record_that_names_other_keys_than_those_of_its_cases_stops_the_start(house: ForgettingHouse) -> None:
    case = house.person()
    command = ErasePerson(basis=ErasureBasis.REQUEST, fence_sha256="ab" * 32, covers=(case,))
    house.ask(command, case, by=APPROVER)
    assert isinstance(house.read_anew(case).facts[-1].fact, PersonErased)
    with pytest.raises(FenceRefused, match="other keys"):
        enforce(house.databases, house.settings, today=house.today)


def test_production_does_not_start_without_its_list_of_fences(house: ForgettingHouse, databases: Databases) -> None:
    production = read_settings(
        {
            "HOMEWARD_DATA_DIR": str(house.settings.data_dir),
            "HOMEWARD_ORIGIN": house.settings.origin,
            "HOMEWARD_MODE": "production",
            "HOMEWARD_ACCEPT_LOCAL_KEYS": "yes",
            "HOMEWARD_DATABASE_URL": "postgresql://app@/homeward?host=/run/postgresql",
            "HOMEWARD_ISSUER": "https://login.example",
            "HOMEWARD_AUDIENCE": "homeward",
        }
    )
    assert enforce(databases, production, today=house.today) == 0, "an empty record has nothing to bring back"
    house.person()
    assert enforce(databases, production, today=house.today) == 0
    shutil.rmtree(production.published_dir / "fences")
    with pytest.raises(FenceRefused, match="bring back the folder"):
        enforce(databases, production, today=house.today)
