"""The live record is compared with its log, and with what stands beside each fact."""

from __future__ import annotations

import psycopg
import pytest

from adapters.evidence.fsck import FsckReport, Inspection
from adapters.evidence.local import LocalLog
from tests.evidence.archive import Archive
from tests.evidence.tampering import BLOCK, NAME, OPENED


@pytest.fixture
def filled(archive: Archive) -> Archive:
    """A record of 600 sealed facts, some of a person, and three that are not sealed yet."""
    archive.case(OPENED, NAME, BLOCK)
    archive.facts(597)
    archive.seal()
    archive.facts(3)
    return archive


def inspected(archive: Archive) -> FsckReport:
    local = LocalLog(archive.log, archive.signer, archive.heads)
    with psycopg.connect(archive.databases.url("projector"), autocommit=True) as connection:
        return Inspection(connection, local).run(lambda _done, _total: None)


def test_a_sound_record_has_no_faults(filled: Archive) -> None:
    assert inspected(filled) == FsckReport(facts=603, sealed=600)


def test_a_log_of_three_levels_has_no_faults(archive: Archive) -> None:
    archive.facts(66_000)
    archive.seal()
    assert inspected(archive) == FsckReport(facts=66_000, sealed=66_000)


FLIPPED_FACT = "UPDATE record.fact SET frame = set_byte(frame, 30, get_byte(frame, 30) # 1) WHERE position = 300"


def flipped(at: int) -> str:
    """A bit of a tile: a byte that is overwritten may have been the same before."""
    return f"UPDATE evidence.tile SET hashes = set_byte(hashes, {at}, get_byte(hashes, {at}) # 1) "


@pytest.mark.parametrize(
    ("change", "first", "said"),
    [
        (FLIPPED_FACT, 300, "not the fact that was"),
        ("UPDATE record.fact SET frame = 'x' WHERE position = 3", 3, "no fact"),
        ("UPDATE record.fact SET leaf = sha256('x') WHERE position = 601", 601, "column leaf"),
        ("UPDATE record.fact SET version = 1000 WHERE position = 2", 2, "another version"),
        ("UPDATE record.fact SET topic = 'case.case-closed' WHERE position = 602", 602, "another topic"),
        ("UPDATE record.fact SET fact_id = gen_random_uuid() WHERE position = 1", 1, "another fact"),
        ("UPDATE record.fact SET recorded_at = now() WHERE position = 1", 1, "another recorded_at"),
        ("UPDATE record.fact SET stream = gen_random_uuid() WHERE position = 1", 1, "another stream"),
        ("DELETE FROM record.fact WHERE position = 17", 17, "Missing"),
        ("DELETE FROM record.fact WHERE position > 598", 599, "gone"),
        (flipped(64) + "WHERE level = 0 AND number = 1", 259, "not the"),
        (flipped(32) + "WHERE level = 1", 257, "Tile 1/0"),
        ("DELETE FROM evidence.tile WHERE level = 0 AND number = 2", 513, "not the fact"),
        ("UPDATE evidence.head SET size = 599", 0, ""),
        ("UPDATE evidence.head SET root = sha256('x')", 0, ""),
        ("TRUNCATE evidence.head", 0, "never opened"),
    ],
)  # fmt: skip
def test_every_change_is_told_with_its_position(filled: Archive, change: str, first: int, said: str) -> None:
    filled.as_superuser(change)
    report = inspected(filled)
    assert report.first == first, report.listed
    assert any(said in what for position, what in report.listed if position == first), report.listed


def test_a_head_that_was_published_for_another_history_is_told(filled: Archive) -> None:
    head = filled.published()
    filled.heads.publish(head._replace(root=bytes(32)).signed(filled.signer).written())
    assert inspected(filled).listed == [(0, "The stored tree is not the one that was published.")]


def test_a_flipped_bit_in_a_sealed_block_is_an_altered_fact_and_no_erasure(filled: Archive) -> None:
    filled.destroy_keys(filled.as_superuser("SELECT stream FROM record.fact WHERE position = 2")[0][0])
    filled.as_superuser("UPDATE record.fact SET frame = set_bit(frame, 8 * (length(frame) - 1), 1 - get_bit(frame, "
                        "8 * (length(frame) - 1))) WHERE position = 2")  # fmt: skip
    assert (2, "It is not the fact that was sealed.") in inspected(filled).listed
