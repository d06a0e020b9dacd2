"""A bundle is checked with a public key and the standard library, by anyone; it is the same whenever it is written."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid4

import pytest

from adapters.evidence import verifier
from adapters.evidence.bundle import NoSuchFacts, Selection
from adapters.evidence.checkpoint import Checkpoint
from adapters.evidence.local import LocalLog
from adapters.evidence.loss import LossGround, declare_loss
from adapters.evidence.note import Signer
from tests.evidence.archive import Archive
from tests.evidence.auditor import INCOMPLETE, TAMPERED, USAGE, VERIFIED, Auditor
from tests.examples import FACT

OPENED, NAME, BLOCK = (FACT[f"case.{name}"] for name in ("case-opened", "name-recorded", "security-block-imposed"))


class Persons(NamedTuple):
    """Two people on record."""

    erased: UUID
    present: UUID


@pytest.fixture
def persons(archive: Archive) -> Persons:
    """After 300 facts that say nothing: one whose keys are destroyed, and one whose keys are not."""
    archive.facts(300)
    found = Persons(archive.case(OPENED, NAME, BLOCK), archive.case(OPENED, NAME))
    archive.destroy_keys(found.erased)
    archive.seal()
    return found


@pytest.fixture
def auditor(archive: Archive, persons: Persons, tmp_path: Path) -> Iterator[Auditor]:  # noqa: ARG001 - on record
    with Auditor(archive, tmp_path) as opened:
        yield opened


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


# ---------------------------------------------------------------- honest bundles
def test_a_bundle_of_everything_is_verified(auditor: Auditor) -> None:
    auditor.export()
    found = auditor.verify()
    assert (found.code, found.first) == (VERIFIED, None)
    assert found.facts == {"verified": 302, "sealed": 1, "erased": 2}
    assert found.told["head"]["size"] == 305


def test_a_bundle_of_a_case_is_verified_with_a_few_tiles(auditor: Auditor, persons: Persons) -> None:
    bundle = auditor.export(Selection(case=persons.erased))
    assert auditor.verify().facts == {"verified": 1, "erased": 2}
    assert sorted(name for name in contents(bundle) if name.startswith("tile")) == ["tile/0/001.p/49", "tile/1/000.p/1"]


def test_a_bundle_of_positions_is_verified(auditor: Auditor) -> None:
    auditor.export(Selection(first=250, last=260))
    assert auditor.verify().facts == {"verified": 11}


def test_the_same_facts_under_the_same_head_make_the_same_bytes(
    auditor: Auditor, persons: Persons, tmp_path: Path
) -> None:
    for nth, selection in enumerate((Selection(), Selection(case=persons.present), Selection(first=3, last=299))):
        assert contents(auditor.export(selection)) == contents(auditor.export(selection, tmp_path / f"again {nth}"))


def test_a_bundle_under_an_older_head_is_verified_while_the_log_grows(auditor: Auditor) -> None:
    older = auditor.export(folder=auditor.folder / "older")
    auditor.archive.facts(400)
    auditor.archive.seal()
    auditor.export()
    assert auditor.verify(bundle=older).code == auditor.verify().code == VERIFIED


def test_an_empty_log_has_a_bundle(archive: Archive, tmp_path: Path) -> None:
    archive.seal()
    with Auditor(archive, tmp_path) as auditor:
        auditor.export()
        assert auditor.verify().code == VERIFIED


def test_unsealed_facts_are_in_no_bundle(auditor: Auditor) -> None:
    auditor.archive.facts(5)
    auditor.export()
    assert sum(auditor.verify().facts.values()) == 305


@pytest.mark.parametrize(
    "selection",
    [Selection(case=uuid4()), Selection(first=0, last=3), Selection(first=300, last=306), Selection(first=9, last=8)],
)
def test_what_is_not_sealed_cannot_be_had(auditor: Auditor, selection: Selection) -> None:
    with pytest.raises(NoSuchFacts):
        auditor.export(selection)


def test_a_folder_that_holds_something_is_left_alone(auditor: Auditor, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("something")
    with pytest.raises(NoSuchFacts):
        auditor.export(folder=tmp_path)
    assert (tmp_path / "kept").read_text() == "something"


# ---------------------------------------------------------------- older heads
def test_an_older_head_is_shown_to_be_a_prefix(auditor: Auditor) -> None:
    kept = auditor.keep_head()
    auditor.archive.facts(900)
    auditor.archive.seal()
    auditor.export()
    found = auditor.verify("--since", kept)
    assert (found.code, found.told["proved"]) == (VERIFIED, ["the older head of 305 facts is a prefix"])


def test_a_small_bundle_needs_the_tiles_of_the_older_head(auditor: Auditor) -> None:
    kept = auditor.keep_head()
    auditor.archive.facts(900)
    auditor.archive.seal()
    late = Selection(first=1200, last=1201)
    auditor.export(late)
    assert auditor.verify("--since", kept).code == INCOMPLETE
    head = Checkpoint.verified(kept.read_text(), auditor.key)
    auditor.export(late, since=head)
    assert auditor.verify("--since", kept).code == VERIFIED


def test_an_older_log_than_the_one_we_hold_is_a_log_rolled_back(auditor: Auditor) -> None:
    auditor.export()
    auditor.archive.facts(1)
    auditor.archive.seal()
    found = auditor.verify("--since", auditor.keep_head())
    assert (found.code, found.first) == (TAMPERED, 306)


def test_an_older_head_of_another_history_is_told(auditor: Auditor) -> None:
    auditor.export()
    other = Checkpoint(auditor.archive.published().log, 200, bytes(32)).signed(auditor.archive.signer)
    kept = auditor.folder / "other.note"
    kept.write_text(other.written(), encoding="utf-8")
    assert auditor.verify("--since", kept).code == TAMPERED


def test_the_head_of_an_empty_log_proves_nothing(auditor: Auditor) -> None:
    auditor.export()
    empty = Checkpoint.empty(auditor.archive.published().log).signed(auditor.archive.signer)
    kept = auditor.folder / "empty.note"
    kept.write_text(empty.written(), encoding="utf-8")
    assert auditor.verify("--since", kept).code == INCOMPLETE


# ---------------------------------------------------------------- declared losses
def lost(auditor: Auditor, *, kept: int) -> None:
    """Bring the record back from an older backup, and declare it."""
    archive = auditor.archive
    archive.as_superuser("DELETE FROM record.fact WHERE position > %s", kept)
    local = LocalLog(archive.log, archive.signer, archive.heads)
    declare_loss(archive.databases, local, LossGround.RESTORED, datetime(2022, 1, 30, tzinfo=UTC))


def test_heads_from_before_a_declared_loss_are_prefixes_or_given_up(auditor: Auditor) -> None:
    before = auditor.keep_head("before.note")
    auditor.archive.facts(20)
    auditor.archive.seal()
    after = auditor.keep_head("after.note")
    lost(auditor, kept=310)
    auditor.archive.facts(50)
    auditor.archive.seal()
    auditor.export()
    assert (auditor.verify().code, auditor.verify().told["head"]["epoch"]) == (VERIFIED, 2)
    assert auditor.verify("--since", before).code == VERIFIED
    found = auditor.verify("--since", after)
    assert (found.code, found.told["incomplete"]) == (
        INCOMPLETE, ["the older head of epoch 1 was given up by a declared loss"]
    )  # fmt: skip


def test_a_declaration_that_was_altered_or_is_of_another_loss_covers_nothing(auditor: Auditor) -> None:
    auditor.archive.facts(20)
    auditor.archive.seal()
    after = auditor.keep_head()
    lost(auditor, kept=310)
    bundle = auditor.export()
    edit(bundle / "declarations" / "2", "size 325", "size 324")
    assert auditor.verify("--since", after).code == TAMPERED
    (bundle / "declarations" / "2").unlink()
    assert auditor.verify("--since", after).code == INCOMPLETE


# ---------------------------------------------------------------- spoilt bundles
def test_a_changed_character_in_a_fact_is_found(auditor: Auditor) -> None:
    lines = (auditor.export() / "facts.jsonl").read_text().splitlines(keepends=True)
    lines[276] = lines[276][:60] + ("A" if lines[276][60] != "A" else "B") + lines[276][61:]
    (auditor.folder / "bundle" / "facts.jsonl").write_text("".join(lines))
    found = auditor.verify()
    assert (found.code, found.first, found.facts["TAMPERED"]) == (TAMPERED, 277, 1)


def test_missing_doubled_and_misplaced_lines_are_found(auditor: Auditor) -> None:
    lines = (auditor.export() / "facts.jsonl").read_text().splitlines(keepends=True)
    spoilt = {
        3: [*lines[:2], *lines[3:]],
        300: lines[:299],
        1: [],
        7: [*lines[:6], lines[6], lines[6], *lines[7:]],
        9: [*lines[:8], lines[9], lines[8], *lines[10:]],
        306: [*lines, lines[-1].replace("305", "306")],
    }
    for first, written in spoilt.items():
        (auditor.folder / "bundle" / "facts.jsonl").write_text("".join(written))
        found = auditor.verify()
        assert (found.code, found.first) == (TAMPERED, first), first


def test_lines_that_are_no_facts_are_found(auditor: Auditor) -> None:
    file = auditor.export() / "facts.jsonl"
    for line in ("", "{", "[]", '{"position": 1}', '{"position": "1", "frame": ""}', '{"position": 1, "frame": "?"}'):
        file.write_text(f"{line}\n")
        assert auditor.verify().code == TAMPERED, line


def test_a_bundle_that_lacks_something_is_incomplete(auditor: Auditor) -> None:
    whole = auditor.export(folder=auditor.folder / "whole")
    for name in contents(whole):
        shutil.rmtree(auditor.folder / "bundle", ignore_errors=True)
        bundle = shutil.copytree(whole, auditor.folder / "bundle")
        (bundle / name).unlink()
        assert auditor.verify().code == INCOMPLETE, name


def test_every_changed_byte_of_every_other_file_is_found(auditor: Auditor) -> None:
    whole = auditor.export(folder=auditor.folder / "whole")
    for name, content in contents(whole).items():
        if name in {"facts.jsonl", "destroyed"}:
            continue
        bundle = shutil.copytree(whole, auditor.folder / "bundle", dirs_exist_ok=True)
        for at in range(0, len(content), max(1, len(content) // 40)):
            (bundle / name).write_bytes(content[:at] + bytes([content[at] ^ 0x11]) + content[at + 1 :])
            found = auditor.verify()
            assert found.code == TAMPERED, (name, at)
        (bundle / name).write_bytes(content)


def test_a_case_that_lacks_a_fact_in_the_middle_or_holds_a_strangers_is_found(
    auditor: Auditor, persons: Persons
) -> None:
    bundle = auditor.export(Selection(case=persons.erased))
    lines = (bundle / "facts.jsonl").read_text().splitlines(keepends=True)
    (bundle / "facts.jsonl").write_text(lines[0] + lines[2])
    assert auditor.verify().code == TAMPERED
    edit(bundle / "bundle.json", persons.erased.hex, persons.present.hex)
    (bundle / "facts.jsonl").write_text("".join(lines))
    assert auditor.verify().code == TAMPERED


def test_a_bundle_does_not_verify_with_the_key_of_somebody_else(auditor: Auditor) -> None:
    auditor.export()
    for stranger in (Signer("homeward.test/record", bytes(32)), Signer("another.test/log", bytes(32))):
        auditor.key = stranger.verifier
        assert auditor.verify().code == TAMPERED


def test_a_key_named_as_destroyed_makes_no_tampered_fact_an_erased_one(auditor: Auditor) -> None:
    last_bit = "length(frame) * 8 - 9"
    auditor.archive.as_superuser(
        f"UPDATE record.fact SET frame = set_bit(frame, {last_bit}, 1 - get_bit(frame, {last_bit}))"
        " WHERE position IN (302, 303)"
    )
    auditor.export()
    found = auditor.verify()
    assert (found.code, found.first) == (TAMPERED, 302)
    assert found.facts == {"verified": 302, "sealed": 1, "TAMPERED": 2}


# ---------------------------------------------------------------- the command
def test_it_runs_alone_from_one_file_without_the_program(auditor: Auditor) -> None:
    alone = auditor.folder / "verify.py"
    shutil.copy(verifier.__file__, alone)
    auditor.export()
    ended = subprocess.run(
        [sys.executable, "-I", "-S", alone, auditor.folder / "bundle", "--key", auditor.key.text(), "--each"],
        capture_output=True,
        text=True,
        check=False,
        cwd=auditor.folder,
    )
    assert (ended.returncode, ended.stderr) == (VERIFIED, "")
    assert ended.stdout.splitlines()[:2] == ["1 verified", "2 verified"]
    assert ended.stdout.splitlines()[305:][0] == "verified"


def test_it_says_in_words_what_it_found(auditor: Auditor, capsys: pytest.CaptureFixture[str]) -> None:
    auditor.archive.as_superuser("DELETE FROM record.fact WHERE position = 17")
    auditor.export()
    assert verifier.main([str(auditor.folder / "bundle"), "--key", auditor.key.text()]) == TAMPERED
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "TAMPERED; first bad position: 17"
    assert "305 facts" in said[1]
    assert said[3] == "  17: missing, as is every position before 18"


def test_it_says_which_file_does_not_count_and_who_signed_it(
    auditor: Auditor, capsys: pytest.CaptureFixture[str]
) -> None:
    auditor.export()
    bundle, note, other = auditor.folder / "bundle", auditor.folder / "kept.note", Signer("other.org/record", bytes(32))

    def said(*arguments: str) -> list[str]:
        assert verifier.main([str(bundle), *arguments]) == TAMPERED
        return capsys.readouterr().out.splitlines()

    theirs, ours = (f"{key.name}+{key.key_id.hex()}" for key in (other.verifier, auditor.key))
    wrong = f"it was not signed by {theirs}, but by {ours}"
    assert said("--key", other.verifier.text()) == [
        "TAMPERED",
        "no fact was judged",
        f"  the head in the bundle does not count: {wrong}",
    ]
    note.write_text(auditor.archive.published().signed(other).written(), encoding="utf-8")
    wrong = f"it was not signed by {ours}, but by {theirs}"
    assert said("--key", auditor.key.text(), "--since", str(note))[3:] == [f"  the older head does not count: {wrong}"]
    stranger = Signer("other.org/record/receipts", bytes(32)).verifier
    found = auditor.verify("--key", stranger.text(), "--receipts", note)
    assert (found.code, found.told["incomplete"]) == (
        INCOMPLETE,
        ["receipts were not checked: none of the keys is that of homeward.test/record/receipts"],
    )
    facts = (bundle / "facts.jsonl").read_bytes()
    (bundle / "facts.jsonl").write_bytes(facts[: facts.index(b"\n", len(facts) // 2) - 9])
    cut = facts[: len(facts) // 2].count(b"\n") + 1
    told = said("--key", auditor.key.text())
    assert (told[0], told[3]) == (
        "TAMPERED",
        f"  facts.jsonl: line {cut} is no fact, or is cut; nothing after it was read",
    )


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["BUNDLE"],
        ["BUNDLE", "--key", "nonsense"],
        ["nowhere", "--key", "KEY"],
        ["BUNDLE", "--key", "KEY", "--since", "nowhere"],
        ["BUNDLE", "--key", "KEY", "--receipts", "BUNDLE"],
        ["BUNDLE", "--key", "KEY", "--format", "xml"],
    ],
)
def test_wrong_usage_ends_with_three(arguments: list[str], tmp_path: Path) -> None:
    filled = {"BUNDLE": str(tmp_path), "KEY": Signer("homeward.test/record", bytes(32)).verifier.text()}
    with pytest.raises(SystemExit) as ended:
        verifier.main([filled.get(argument, argument) for argument in arguments])
    assert ended.value.code == USAGE
