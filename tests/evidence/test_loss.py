"""A loss is declared by a person, under the log's key, and only when there is one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.evidence.checkpoint import Checkpoint
from adapters.evidence.local import LocalLog
from adapters.evidence.log import LogRefused
from adapters.evidence.loss import Declaration, LossGround, declare_loss
from adapters.evidence.note import Note
from tests.evidence.archive import Archive
from tests.evidence.trees import mth
from tests.record.by_hand import leaf_by_hand

AT = datetime(2022, 1, 30, 12, 0, tzinfo=UTC)


def declared(archive: Archive, ground: LossGround = LossGround.RESTORED) -> Declaration:
    return declare_loss(archive.databases, LocalLog(archive.log, archive.signer, archive.heads), ground, AT)


def rolled_back(archive: Archive, *, kept: int) -> Checkpoint:
    """Bring the record back as an older backup has it, and return the head that was published before."""
    head = archive.seal()
    archive.as_superuser("DELETE FROM record.fact WHERE position > %s", kept)
    return head


def test_a_log_goes_on_in_the_next_epoch_after_a_declared_loss(archive: Archive) -> None:
    archive.facts(300)
    lost = rolled_back(archive, kept=260)
    declaration = declared(archive)
    leaves = [leaf_by_hand(frame, archive.settings.origin) for frame in archive.frames()]
    assert (declaration.lost, declaration.opens) == (lost, archive.published())
    assert (archive.published().log.epoch, archive.published().size) == (2, 260)
    assert archive.published().root == mth(leaves)
    archive.facts(10)
    assert archive.seal().size == 270


def test_facts_recorded_after_it_say_which_epoch_they_are_of(archive: Archive) -> None:
    archive.facts(3)
    rolled_back(archive, kept=2)
    declared(archive)
    with Archive(archive.databases, archive.settings, archive.superuser_url) as again:
        assert again.record.log.epoch == 2


def test_what_is_declared_is_signed_and_names_the_head_that_is_given_up(archive: Archive) -> None:
    archive.facts(5)
    lost = rolled_back(archive, kept=4)
    declared(archive, LossGround.FAILED_OVER)
    ((written,),) = archive.as_superuser("SELECT note FROM evidence.declaration")
    text = Note.parse(written).verified(archive.signer.verifier).splitlines()
    assert text[0:2] == ["homeward/1 declared loss", archive.settings.origin]
    assert text[2].startswith("opens epoch 2 size 4 root ")
    assert text[3].split()[:5] == ["lost", "epoch", "1", "size", "5"]
    assert text[3].split()[6] == lost.text().splitlines()[2]
    assert text[4:] == ["ground failed-over", "declared 2022-01-30T12:00:00Z"]


def test_epochs_are_never_used_twice(archive: Archive) -> None:
    archive.facts(5)
    rolled_back(archive, kept=4)
    declared(archive)
    rolled_back(archive, kept=3)
    assert declared(archive).opens.log.epoch == 3
    rolled_back(archive, kept=2)
    archive.as_superuser("TRUNCATE evidence.head, evidence.declaration, evidence.tile")
    assert declared(archive).opens.log.epoch == 4


def test_a_published_head_that_is_gone_is_given_up_as_unknown(archive: Archive) -> None:
    archive.facts(5)
    archive.seal()
    (archive.settings.published_dir / "record.checkpoint").unlink()
    declaration = declared(archive, LossGround.HEAD_LOST)
    assert declaration.lost is None
    assert "lost unknown\n" in declaration.text()
    assert archive.published().size == 5


def test_nothing_is_declared_lost_that_is_not(archive: Archive) -> None:
    archive.facts(5)
    head = archive.seal()
    with pytest.raises(LogRefused) as refused:
        declared(archive)
    assert refused.value.code == "log.not-lost"
    assert archive.published() == head


def test_nothing_is_declared_while_a_sealer_is_at_work(archive: Archive) -> None:
    archive.facts(5)
    rolled_back(archive, kept=4)
    with archive.sealer().connected() as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (archive.log.lock,))
        with pytest.raises(LogRefused) as refused:
            declared(archive)
    assert refused.value.code == "log.busy"


def test_a_record_with_a_hole_has_to_be_brought_back_first(archive: Archive) -> None:
    archive.facts(5)
    archive.seal()
    archive.as_superuser("DELETE FROM record.fact WHERE position IN (2, 5)")
    with pytest.raises(LogRefused) as refused:
        declared(archive)
    assert refused.value.code == "log.gap"
    assert archive.published().log.epoch == 1
