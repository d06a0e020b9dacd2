"""A witness remembers one history, and signs no head of another."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.evidence.checkpoint import Checkpoint, LogName
from adapters.evidence.merkle import ProofError
from adapters.evidence.note import COSIGNATURE, Note, Signer
from adapters.evidence.witness import Question, Witness, WitnessRefused
from tests.evidence.archive import Archive
from tests.evidence.auditor import INCOMPLETE, TAMPERED, VERIFIED, Auditor, verify
from tests.evidence.trees import Tiles, leaves_of

AT = datetime(2022, 1, 20, 12, tzinfo=UTC)
LOG = Signer("homeward.test/record", b"\x01" * 32)
OURS = Signer("witness.test/w1", b"\x02" * 32, COSIGNATURE)
LEAVES = leaves_of(900)
OTHERS = [*LEAVES[:99], bytes(32), *LEAVES[100:]]


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path / "witness", OURS, [Signer("another.test/log", bytes(32)).verifier, LOG.verifier])


def asked(old: int, size: int, leaves: list[bytes] = LEAVES, *, epoch: int = 1, by: Signer = LOG) -> Question:
    """Ask for the head of a log that begins with these leaves, by way of the written form."""
    tree = Tiles(leaves[:size])
    head = Checkpoint(LogName("homeward.test/record", epoch), size, tree.root())
    return Question.parse(Question.of(head.signed(by).written(), head, old, tree.read).written())


def refused(witness: Witness, question: Question) -> int:
    with pytest.raises(WitnessRefused) as refusal:
        witness.cosign(question, AT)
    return refusal.value.status


def test_each_head_that_follows_from_the_last_is_cosigned(witness: Witness) -> None:
    for old, new in ((0, 1), (1, 255), (255, 256), (256, 256), (256, 700), (700, 900)):
        question = asked(old, new)
        both = Note.parse(question.note + witness.cosign(question, AT))
        assert both.signers([LOG.verifier, OURS.verifier]) == [LOG.verifier, OURS.verifier]


def test_a_head_of_another_history_is_never_cosigned(witness: Witness) -> None:
    witness.cosign(asked(0, 256), AT)
    assert refused(witness, asked(256, 700, OTHERS)) == 422
    assert refused(witness, asked(256, 256, OTHERS)) == 409
    assert refused(witness, asked(200, 700)) == 409
    assert refused(witness, asked(0, 700, OTHERS)) == 409
    assert refused(witness, asked(256, 255)) == 400
    witness.cosign(asked(256, 700), AT)


def test_a_witness_remembers_across_restarts(witness: Witness, tmp_path: Path) -> None:
    witness.cosign(asked(0, 256), AT)
    again = Witness(tmp_path / "witness", OURS, [LOG.verifier])
    assert refused(again, asked(0, 700)) == 409


def test_who_was_refused_with_409_is_told_where_the_witness_stands(witness: Witness) -> None:
    witness.cosign(asked(0, 256), AT)
    with pytest.raises(WitnessRefused, match=r"size 256$"):
        witness.cosign(asked(0, 700), AT)


def test_an_empty_log_may_be_witnessed_and_then_grow(witness: Witness) -> None:
    witness.cosign(asked(0, 0), AT)
    witness.cosign(asked(0, 5), AT)


def test_a_declared_loss_begins_a_log_of_its_own(witness: Witness) -> None:
    witness.cosign(asked(0, 700), AT)
    witness.cosign(asked(0, 300, OTHERS, epoch=2), AT)
    assert refused(witness, asked(0, 700, OTHERS)) == 409


def test_unknown_logs_and_wrong_signatures_are_refused(witness: Witness) -> None:
    stranger = Signer("homeward.test/record", b"\x09" * 32)
    assert refused(witness, asked(0, 5, by=stranger)) == 403
    head = Checkpoint(LogName("nobody.test/log"), 5, bytes(32)).signed(LOG)
    assert refused(witness, Question(0, [], head.written())) == 404
    assert refused(witness, Question(0, [], "no note")) == 400
    assert refused(witness, Question(0, [bytes(32)], asked(0, 5).note)) == 422


@pytest.mark.parametrize(
    "text", ["", "old 5", "old 05\n\nnote", "old x\n\nnote", "new 5\n\nnote", "old 5\n???\n\nnote"]
)
def test_what_is_no_question_is_refused(text: str) -> None:
    with pytest.raises(WitnessRefused) as refusal:
        Question.parse(text)
    assert refusal.value.status == 400


def test_a_proof_of_more_lines_than_any_log_needs_is_refused() -> None:
    with pytest.raises(WitnessRefused):
        Question.parse("old 5\n" + "AAAA\n" * 64 + "\nnote")


def test_nothing_is_asked_beyond_the_tree() -> None:
    tree = Tiles(LEAVES[:10])
    head = Checkpoint(LogName("homeward.test/record"), 300, bytes(32))
    with pytest.raises(ProofError):
        Question.of("note", head, 5, tree.read)


# ---------------------------------------------------------------- the auditor asks for the witness
def test_a_bundle_under_a_cosigned_head_is_verified_with_both_keys(archive: Archive, tmp_path: Path) -> None:
    archive.facts(300)
    archive.seal()
    ours = Witness(tmp_path / "witness", OURS, [archive.signer.verifier])
    with Auditor(archive, tmp_path) as auditor:
        kept = auditor.keep_head()
        kept.write_text(kept.read_text() + ours.cosign(Question(0, [], kept.read_text()), AT))
        archive.facts(50)
        archive.seal()
        bundle = auditor.export(note=kept.read_text())
        found = verify(bundle, auditor.key, OURS.verifier)
        assert (found.code, found.told["proved"]) == (VERIFIED, ["witness.test/w1 saw this head"])
        assert sum(found.facts.values()) == 300
        auditor.export()
        assert verify(bundle, auditor.key, OURS.verifier).code == INCOMPLETE
        (bundle / "checkpoint").write_text(kept.read_text().replace("300", "301"))
        assert verify(bundle, auditor.key, OURS.verifier).code == TAMPERED
