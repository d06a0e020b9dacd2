"""Signed notes and heads: what counts, what is passed over, what spoils a note."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from adapters.evidence.checkpoint import Checkpoint, LogName
from adapters.evidence.merkle import EMPTY_ROOT
from adapters.evidence.note import COSIGNATURE, Note, NoteError, Signature, Signer, Verifier, signed

ORIGIN = "homeward.test/log"
OURS = Signer(ORIGIN, bytes(range(32)))
OTHER = Signer("somebody.else", bytes(32))
WITNESS = Signer("witness.test/w1", b"\x07" * 32, COSIGNATURE)
TEXT = "behind the sofa\n"
ROOT = b"\x01" * 32

# The example of the specification, C2SP tlog-checkpoint. Its key is not public; it is taken apart and put together.
SIGNATURE = "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8="
EXAMPLE = f"""example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa {SIGNATURE}
"""
# A published key and a note that it signed (golang.org/x/mod/sumdb/note, package example).
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
IF_YOU_THINK = """If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""


def test_a_note_of_somebody_else_verifies_with_their_key() -> None:
    assert Note.parse(IF_YOU_THINK).verified(Verifier.parse(PETER)).startswith("If you think")
    with pytest.raises(NoteError):
        Note.parse(IF_YOU_THINK.replace("answer", "Answer")).verified(Verifier.parse(PETER))
    assert Verifier.parse(PETER).text() == PETER


def test_a_head_reads_as_the_specification_writes_it() -> None:
    note = Note.parse(EXAMPLE)
    head = Checkpoint.parse(note.text, "example.com/behind-the-sofa")
    assert (head.size, head.text(), note.written()) == (20852163, note.text, EXAMPLE)


def test_a_signed_text_is_had_only_with_a_trusted_key() -> None:
    note = Note.parse(signed(TEXT, OTHER, OURS).written())
    assert note.verified(OURS.verifier) == TEXT
    with pytest.raises(NoteError):
        note.verified(WITNESS.verifier)
    with pytest.raises(NoteError):
        note.verified()


def test_a_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    good, wrong = OURS.sign(TEXT), OTHER.sign("other\n")
    with pytest.raises(NoteError):
        Note(TEXT, (good, wrong)).verified(OURS.verifier, OTHER.verifier)
    assert Note(TEXT, (good, wrong)).verified(OURS.verifier) == TEXT


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT,
        f"{TEXT}\n",
        f"{TEXT}\nno signature\n",
        f"{TEXT}\n— name\n",
        f"{TEXT}\n— name AAAA\n",
        f"{TEXT}\n— name !!!!\n",
        EXAMPLE.rstrip("\n"),
        EXAMPLE.replace("\n", "\r\n"),
        "x" * (1 << 20) + EXAMPLE,
    ],
)
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        Note.parse(text)


@pytest.mark.parametrize("text", ["", "name", "name+00000000+", PETER.replace("c7", "c8"), PETER[:-4], f"a {PETER}"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        Verifier.parse(text)


@pytest.mark.parametrize(
    ("name", "seed"), [("with space", bytes(32)), ("with+plus", bytes(32)), ("", bytes(32)), ("short", b"")]
)
def test_what_cannot_sign_is_refused(name: str, seed: bytes) -> None:
    with pytest.raises(NoteError):
        Signer(name, seed)


def test_a_witness_says_when_it_saw_a_head() -> None:
    head = Checkpoint(LogName(ORIGIN), 7, ROOT).signed(OURS)
    line = WITNESS.cosign(head.text, 1_634_256_000)
    both = Note(head.text, (*head.signatures, line))
    assert both.signers([OURS.verifier, WITNESS.verifier]) == [OURS.verifier, WITNESS.verifier]
    earlier = Signature(line.name, line.key_id, (1_634_255_999).to_bytes(8, "big") + line.signature[8:])
    with pytest.raises(NoteError):
        Note(head.text, (earlier,)).signers([WITNESS.verifier])
    assert not WITNESS.verifier.accepts(head.text, b"short")


def test_a_log_key_is_no_witness_and_a_witness_no_log() -> None:
    same = Signer(WITNESS.verifier.name, b"\x07" * 32)
    assert same.verifier.key_id != WITNESS.verifier.key_id
    assert not WITNESS.verifier.accepts(TEXT, same.sign(TEXT).signature)


# ---------------------------------------------------------------- heads
def test_a_head_comes_back_as_it_was_signed() -> None:
    for log in (LogName(ORIGIN), LogName(ORIGIN, 2), LogName(ORIGIN, 11)):
        head = Checkpoint(log, 12, ROOT)
        assert Checkpoint.verified(head.signed(OURS).written(), OURS.verifier) == head
    assert LogName(ORIGIN).text() == ORIGIN
    assert LogName(ORIGIN, 2).text() == f"{ORIGIN}/epoch-2"


def test_an_empty_log_has_the_empty_root_and_no_other() -> None:
    empty = Checkpoint.empty(LogName(ORIGIN))
    assert empty.root == EMPTY_ROOT
    assert Checkpoint.parse(empty.text(), ORIGIN) == empty
    with pytest.raises(NoteError):
        Checkpoint.parse(empty._replace(root=ROOT).text(), ORIGIN)


@pytest.mark.parametrize(
    "origin", [f"{ORIGIN}/epoch-1", f"{ORIGIN}/epoch-02", f"{ORIGIN}/epoch-x", "homeward.test/another", f"{ORIGIN}2"]
)
def test_the_head_of_another_log_is_refused(origin: str) -> None:
    text = Checkpoint(LogName(origin), 12, ROOT).text()
    with pytest.raises(NoteError):
        Checkpoint.parse(text, ORIGIN)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("12", "012"),
        lambda text: text.replace("12", "-1"),
        lambda text: text.replace("AQEB", "A QEB", 1),
        lambda text: text.removesuffix("\n"),
        lambda text: text.replace("\n", "\n\n", 1),
        lambda text: text.split("\n")[0] + "\n12\n",
    ],
)
def test_what_is_no_head_is_refused(spoil: Callable[[str], str]) -> None:
    with pytest.raises(NoteError):
        Checkpoint.parse(spoil(Checkpoint(LogName(ORIGIN), 12, ROOT).text()), ORIGIN)


def test_further_lines_of_a_head_mean_nothing_here() -> None:
    head = Checkpoint(LogName(ORIGIN), 12, ROOT)
    assert Checkpoint.parse(f"{head.text()}something else\n", ORIGIN) == head
