"""The sealer seals what is recorded, in order, once, and signs nothing that it has not checked."""

from __future__ import annotations

import time
from collections.abc import Callable

import psycopg
import pytest

from adapters.evidence.log import LogRefused
from adapters.evidence.merkle import EMPTY_ROOT
from tests.evidence.archive import Archive
from tests.evidence.trees import Tiles, mth
from tests.record.by_hand import leaf_by_hand

ORIGIN = "homeward.test/record"


def leaves(archive: Archive) -> list[bytes]:
    """Leaf hashes with nothing but the page that specifies them."""
    return [leaf_by_hand(frame, ORIGIN) for frame in archive.frames()]


def until(so: Callable[[], bool]) -> None:
    """Wait, for ten seconds at most; the test says what it missed."""
    end = time.monotonic() + 10
    while not so() and time.monotonic() < end:
        time.sleep(0.01)


def flipped(raw: bytes, at: int = 5) -> bytes:
    return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


# ---------------------------------------------------------------- sealing
def test_an_empty_record_has_the_head_of_an_empty_tree(archive: Archive) -> None:
    assert (archive.seal().size, archive.published().root) == (0, EMPTY_ROOT)


def test_the_published_head_is_that_of_the_recorded_facts(archive: Archive) -> None:
    archive.facts(7)
    assert archive.seal() == archive.published()
    assert (archive.published().size, archive.published().root) == (7, mth(leaves(archive)))


@pytest.mark.parametrize("batch", [1, 100, 256, 5_000])
def test_the_log_is_the_same_in_whatever_steps_it_was_sealed(archive: Archive, batch: int) -> None:
    archive.facts(120)
    archive.sealer(batch_leaves=batch).catch_up()
    archive.facts(200)
    head = archive.sealer(batch_leaves=batch).catch_up()
    expected = Tiles(leaves(archive))
    assert (head.size, head.root) == (320, mth(leaves(archive)))
    for name, hashes in expected.held.items():
        assert archive.tile(*name) == hashes


def test_the_leaf_comes_from_the_blocks_and_not_from_the_column(archive: Archive) -> None:
    archive.facts(5)
    expected = mth(leaves(archive))
    archive.as_superuser("UPDATE record.fact SET leaf = %s WHERE position = 3", bytes(32))
    assert archive.seal().root == expected


def test_a_sealer_seals_while_facts_are_recorded_and_stops_when_told(archive: Archive) -> None:
    with archive.sealing() as heads:
        for _ in range(5):
            archive.facts(20)
            time.sleep(0.02)
        until(lambda: bool(heads) and heads[-1].size >= 100)
    assert heads[-1] == archive.published()
    assert (heads[-1].size, heads[-1].root) == (100, mth(leaves(archive)))
    assert len(heads) > 1


def test_what_follows_a_burst_of_commits_is_sealed_within_a_second(archive: Archive) -> None:
    sealed(archive, 1)
    with archive.sealing() as heads:
        with psycopg.connect(archive.superuser_url) as blocking:
            blocking.execute("LOCK TABLE evidence.tile")
            for _ in range(149):
                archive.facts(1)
        until(lambda: bool(heads) and heads[-1].size >= 150)
        time.sleep(0.3)  # there is nothing to seal any more, but much that was notified
        archive.facts(1)
        began = time.monotonic()
        until(lambda: heads[-1].size >= 151)
    assert time.monotonic() - began < 1


def test_a_sealer_goes_on_when_the_place_of_its_heads_was_out_of_reach(archive: Archive) -> None:
    sealed(archive, 3)
    place, away = archive.settings.published_dir, archive.settings.data_dir / "away"
    place.rename(away)
    place.touch()
    with archive.sealing():
        archive.facts(4)
        time.sleep(0.2)
        place.unlink()
        away.rename(place)
        until(lambda: archive.published().size >= 7)
    assert archive.published().size == 7


def test_of_two_sealers_one_seals(archive: Archive) -> None:
    archive.facts(3)
    with archive.sealer().connected() as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (archive.log.lock,))
        with pytest.raises(LogRefused) as refused:
            archive.seal()
    assert refused.value.code == "log.busy"
    assert archive.seal().size == 3


def test_a_head_that_was_sealed_but_not_published_is_published_by_the_next_seal(archive: Archive) -> None:
    archive.facts(3)
    archive.seal()
    note = archive.heads.read()
    assert note is not None
    archive.facts(3)
    archive.seal()
    archive.heads.publish(note)  # as a process leaves it that was killed between the two
    archive.facts(1)
    assert archive.seal() == archive.published()
    assert archive.published().size == 7


# ---------------------------------------------------------------- what is never signed
def refusal(archive: Archive) -> str:
    before = archive.heads.read()
    with pytest.raises(LogRefused) as refused:
        archive.seal()
    assert archive.heads.read() == before, "nothing was published"
    return refused.value.code


def sealed(archive: Archive, count: int = 300) -> None:
    archive.facts(count)
    archive.seal()


def test_a_flipped_bit_in_a_tile_is_never_signed(archive: Archive) -> None:
    sealed(archive)
    for level, number, at in ((0, 1, 40), (1, 0, 0)):
        whole = archive.tile(level, number)
        change = "UPDATE evidence.tile SET hashes = %s WHERE level = %s AND number = %s"
        archive.as_superuser(change, flipped(whole, at), level, number)
        archive.facts(1)
        assert refusal(archive) in {"log.forked", "log.tiles"}
        archive.as_superuser(change, whole, level, number)
    assert archive.seal().size == 302


@pytest.mark.parametrize("level", [0, 1])
def test_a_database_that_keeps_something_else_than_it_was_given_is_not_signed_for(archive: Archive, level: int) -> None:
    sealed(archive, 3)
    archive.facts(600)
    archive.as_superuser(
        "CREATE FUNCTION evidence.flip() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " NEW.hashes := set_byte(NEW.hashes, 40, get_byte(NEW.hashes, 40) # 1); RETURN NEW; END $$"
    )
    archive.as_superuser(
        "CREATE TRIGGER flip BEFORE INSERT OR UPDATE ON evidence.tile FOR EACH ROW"
        f" WHEN (NEW.level = {level} AND NEW.number = {1 - level}) EXECUTE FUNCTION evidence.flip()"
    )
    assert refusal(archive) == "log.tiles"


def test_a_flipped_bit_in_the_stored_head_is_never_signed(archive: Archive) -> None:
    sealed(archive)
    archive.as_superuser("UPDATE evidence.head SET root = %s", flipped(archive.published().root))
    archive.facts(1)
    assert refusal(archive) == "log.tiles"


def test_a_missing_fact_is_never_passed_over(archive: Archive) -> None:
    sealed(archive)
    archive.facts(5)
    archive.as_superuser("DELETE FROM record.fact WHERE position = 302")
    assert refusal(archive) == "log.gap"


def test_what_is_no_fact_any_more_is_never_passed_over(archive: Archive) -> None:
    sealed(archive, 3)
    archive.facts(5)
    (frame,) = archive.frames()[4:5]
    archive.as_superuser("UPDATE record.fact SET frame = %s WHERE position = 5", frame[:-1])
    assert refusal(archive) == "log.malformed"


def test_tiles_that_were_rewritten_as_a_whole_do_not_follow_from_the_published_head(archive: Archive) -> None:
    sealed(archive)
    other = Tiles([*leaves(archive)[:99], bytes(32), *leaves(archive)[100:]])
    for name, hashes in other.held.items():
        archive.as_superuser("UPDATE evidence.tile SET hashes = %s WHERE level = %s AND number = %s", hashes, *name)
    archive.as_superuser(
        "UPDATE evidence.head SET root = %s", mth([*leaves(archive)[:99], bytes(32), *leaves(archive)[100:]])
    )
    archive.facts(1)
    assert refusal(archive) == "log.forked"


# ---------------------------------------------------------------- start
def test_a_log_goes_on_after_a_restart(archive: Archive) -> None:
    sealed(archive)
    assert archive.seal().size == 300


def test_a_record_that_was_rolled_back_is_refused(archive: Archive) -> None:
    sealed(archive, 200)
    older = archive.as_superuser("SELECT size, root FROM evidence.head")[0]
    rows = archive.as_superuser("SELECT level, number, hashes FROM evidence.tile")
    sealed(archive, 100)
    archive.as_superuser("DELETE FROM record.fact WHERE position > 200")
    archive.as_superuser("UPDATE evidence.head SET size = %s, root = %s", *older)
    archive.as_superuser("DELETE FROM evidence.tile")
    for row in rows:
        archive.as_superuser("INSERT INTO evidence.tile VALUES ('record', %s, %s, %s)", *row)
    assert refusal(archive) == "log.behind"


def test_a_database_without_the_log_that_was_published_is_refused(archive: Archive) -> None:
    sealed(archive, 3)
    archive.as_superuser("TRUNCATE evidence.head, evidence.tile")
    assert refusal(archive) == "log.behind"


def test_a_record_shorter_than_its_log_is_refused(archive: Archive) -> None:
    sealed(archive, 3)
    archive.as_superuser("DELETE FROM record.fact WHERE position = 3")
    assert refusal(archive) == "log.record-short"


def test_a_log_whose_published_head_is_gone_is_refused(archive: Archive) -> None:
    sealed(archive, 3)
    (archive.settings.data_dir / "published" / "record.checkpoint").unlink()
    assert refusal(archive) == "log.head-missing"


def test_a_published_head_of_another_key_is_refused(archive: Archive) -> None:
    sealed(archive, 3)
    head = archive.published()
    (archive.settings.data_dir / "keys" / "log.key").unlink()
    with Archive(archive.databases, archive.settings, archive.superuser_url) as another:
        assert refusal(another) == "log.key"
        another.heads.publish(head.signed(another.signer).written())
        assert another.seal() == head
