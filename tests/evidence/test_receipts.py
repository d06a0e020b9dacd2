"""A client's file of acknowledgements proves what it was told, against whoever runs the record."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from adapters.evidence.ledger import Ledger, LedgerReport
from adapters.evidence.local import LocalLog
from adapters.evidence.merkle import root_through
from adapters.evidence.note import Signer
from adapters.evidence.receipts import Notary, leaf_of_receipt, receipts_key_name, receipts_text, sign_receipts
from adapters.record.door import Receipt
from tests.evidence.archive import Archive
from tests.evidence.auditor import INCOMPLETE, TAMPERED, VERIFIED, Auditor, Finding, verify
from tests.evidence.test_bundle import lost
from tests.record.submissions import a_command

ORIGIN = "homeward.test/record"
SIGNER = Signer(receipts_key_name(ORIGIN), b"\x05" * 32)


class Client:
    """Somebody who records and keeps every answer."""

    def __init__(self, archive: Archive, auditor: Auditor) -> None:
        self.archive = archive
        self.auditor = auditor
        self.file = auditor.folder / "ledger.jsonl"
        self.answers: list[dict[str, Any]] = []

    def record(self, commands: int, *, facts: int = 2) -> None:
        """Record commands that are acknowledged together."""
        self.keep([self.archive.acknowledged(a_command(uuid4(), facts=facts)) for _ in range(commands)])

    def keep(self, receipts: list[Receipt]) -> None:
        for receipt, proof in zip(receipts, sign_receipts(ORIGIN, SIGNER, receipts), strict=True):
            self.answers.append(answer(receipt) | {"receipt": proof.told()})

    def lines(self) -> list[str]:
        return [json.dumps(each) for each in self.answers]

    def verify(self) -> Finding:
        """Check the ledger against a bundle of everything."""
        self.auditor.export()
        return self.check()

    def check(self) -> Finding:
        """Check the ledger against the bundle that there is."""
        self.file.write_text("".join(f"{line}\n" for line in self.lines()), encoding="utf-8")
        folder = self.auditor.folder / "bundle"
        return verify(folder, self.auditor.key, SIGNER.verifier, options=("--receipts", self.file))

    def compare(self) -> LedgerReport:
        """Let whoever runs the record compare the ledger with it."""
        local = LocalLog(self.archive.log, self.archive.signer, self.archive.heads)
        with psycopg.connect(self.archive.databases.url("projector"), autocommit=True) as connection:
            return Ledger(connection, local, SIGNER.verifier).compare(self.lines())


def answer(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt as the service answers it."""
    return {
        "case_id": str(receipt.stream),
        "epoch": receipt.epoch,
        "positions": list(receipt.positions),
        "versions": list(receipt.versions),
        "leaves": list(receipt.leaves),
    }


@pytest.fixture
def client(archive: Archive, tmp_path: Path) -> Iterator[Client]:
    with Auditor(archive, tmp_path) as auditor:
        yield Client(archive, auditor)


# ---------------------------------------------------------------- signing
def receipts(count: int) -> list[Receipt]:
    return [
        Receipt(uuid4(), 1, (2 * n + 1, 2 * n + 2), (1, 2), (f"{n:064x}", f"{n + 1:064x}"), 2) for n in range(count)
    ]


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 100])
def test_each_receipt_of_a_batch_leads_to_the_one_root_that_was_signed(count: int) -> None:
    batch = receipts(count)
    proofs = sign_receipts(ORIGIN, SIGNER, batch)
    assert len({proof.note for proof in proofs}) == 1
    for receipt, proof in zip(batch, proofs, strict=True):
        facts = zip(receipt.positions, receipt.versions, receipt.leaves, strict=True)
        root = root_through(proof.place, count, leaf_of_receipt(ORIGIN, 1, facts), proof.path)
        assert proof.note.startswith(receipts_text(ORIGIN, count, root))


def test_receipts_that_are_asked_for_at_the_same_moment_are_signed_together() -> None:
    async def asked() -> set[str]:
        notary = Notary(ORIGIN, SIGNER)
        return {proof.note for proof in await asyncio.gather(*(notary.proof(each) for each in receipts(50)))}

    assert len(asyncio.run(asked())) == 1


def test_a_receipt_given_again_has_the_same_leaf_and_may_have_another_path() -> None:
    batch = receipts(3)
    together, alone = sign_receipts(ORIGIN, SIGNER, batch)[1], sign_receipts(ORIGIN, SIGNER, batch[1:2])[0]
    assert together.path != alone.path
    assert (alone.place, alone.path) == (0, [])


# ---------------------------------------------------------------- an honest record
def test_what_was_acknowledged_is_in_the_log(client: Client) -> None:
    client.record(3)
    client.record(20, facts=1)
    client.record(1, facts=0)
    client.archive.seal()
    found = client.verify()
    assert (found.code, found.facts["acknowledged"]) == (VERIFIED, 26)
    assert client.compare() == LedgerReport(receipts=24, facts=26)


def test_what_is_not_sealed_yet_is_proved_by_its_receipt_alone(client: Client) -> None:
    client.record(2)
    client.archive.seal()
    client.record(1)
    found = client.verify()
    assert (found.code, len(found.told["incomplete"])) == (INCOMPLETE, 2)
    assert client.compare() == LedgerReport(receipts=3, facts=6, unsealed=2)


def test_what_a_declared_loss_gave_up_is_told_as_given_up(client: Client) -> None:
    client.record(4)
    client.archive.seal()
    lost(client.auditor, kept=5)
    client.archive.facts(9)
    client.archive.seal()
    found = client.verify()
    assert (found.code, found.facts["acknowledged"]) == (INCOMPLETE, 5)
    report = client.compare()
    assert (report.facts, report.given_up, report.wrong) == (5, 3, [])


# ---------------------------------------------------------------- a record that lies
def test_a_fact_that_was_acknowledged_and_is_gone_is_found_before_it_was_ever_sealed(client: Client) -> None:
    client.archive.seal()
    client.record(3)
    client.archive.as_superuser("DELETE FROM record.fact WHERE position > 4")
    client.archive.facts(2)
    client.archive.seal()
    found = client.verify()
    assert (found.code, found.first) == (TAMPERED, 5)
    assert [number for number, _ in client.compare().wrong] == [3, 3]


def test_a_history_rewritten_and_signed_with_the_stolen_key_is_found_with_a_receipt(client: Client) -> None:
    client.record(5)
    client.archive.seal()
    frames = client.archive.frames()
    client.archive.as_superuser("UPDATE record.fact SET frame = %s WHERE position = 7", frames[0])
    client.archive.as_superuser("TRUNCATE evidence.head, evidence.tile, evidence.declaration")
    (client.archive.settings.published_dir / "record.checkpoint").unlink()
    client.archive.seal()
    client.auditor.export()
    assert client.auditor.verify().code == VERIFIED, "without the ledger nobody can tell"
    found = client.check()
    assert (found.code, found.first) == (TAMPERED, 7)
    assert [number for number, _ in client.compare().wrong] == [4]


def test_a_row_altered_beyond_recognition_is_found(client: Client) -> None:
    client.record(1)
    client.archive.seal()
    client.archive.as_superuser("UPDATE record.fact SET frame = 'x' WHERE position = 2")
    assert [number for number, _ in client.compare().wrong] == [1]


# ---------------------------------------------------------------- a client who lies
def invented(line: dict[str, Any]) -> None:
    line["leaves"][0] = "0" * 64


def moved(line: dict[str, Any]) -> None:
    line["positions"][0] += 1


def of_another_epoch(line: dict[str, Any]) -> None:
    line["epoch"] = 2


def another_place(line: dict[str, Any]) -> None:
    line["receipt"]["index"] ^= 1


def a_longer_path(line: dict[str, Any]) -> None:
    line["receipt"]["path"].append(line["receipt"]["path"][0])


def no_base64(line: dict[str, Any]) -> None:
    line["receipt"]["path"][0] = "?"


def without_signature(line: dict[str, Any]) -> None:
    line["receipt"]["note"] = line["receipt"]["note"].rpartition("—")[0]


def by_another_key(line: dict[str, Any]) -> None:
    stranger = Signer(SIGNER.verifier.name, bytes(32))
    receipt = Receipt(uuid4(), 1, *(tuple(line[name]) for name in ("positions", "versions", "leaves")), 1)
    line["receipt"] = sign_receipts(ORIGIN, stranger, [receipt])[0].told()


def of_another_log(line: dict[str, Any]) -> None:
    receipt = Receipt(uuid4(), 1, *(tuple(line[name]) for name in ("positions", "versions", "leaves")), 1)
    line["receipt"] = sign_receipts("another.test/log", SIGNER, [receipt])[0].told()


def lists_of_two_lengths(line: dict[str, Any]) -> None:
    line["versions"].append(1)


def nothing_signed(line: dict[str, Any]) -> None:
    del line["receipt"]


@pytest.mark.parametrize(
    "lie",
    [
        invented, moved, of_another_epoch, another_place, a_longer_path, no_base64, without_signature, by_another_key,
        of_another_log, lists_of_two_lengths, nothing_signed,
    ],
)  # fmt: skip
def test_a_receipt_that_we_never_gave_accuses_nobody_but_its_own_line(
    client: Client, lie: Callable[[dict[str, Any]], None]
) -> None:
    client.record(3)
    client.archive.seal()
    client.auditor.export()
    lie(client.answers[1])
    found = client.check()
    assert (found.code, found.first) == (TAMPERED, 0)
    assert found.told["tampered"][0][1].startswith("receipt 2 does not count")
    report = client.compare()
    assert ([number for number, _ in report.wrong], report.facts) == ([2], 4)


def test_a_line_that_is_no_acknowledgement_is_named(client: Client) -> None:
    client.record(1)
    client.archive.seal()
    client.answers.append([])  # type: ignore[arg-type]
    assert client.verify().code == TAMPERED
    assert [number for number, _ in client.compare().wrong] == [2]


def test_receipts_compare_by_what_they_prove() -> None:
    receipt = receipts(1)[0]
    assert receipt == replace(receipt, version=9, repeated=True)
