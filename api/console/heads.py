"""``homeward audit key``, ``head`` and ``declare-loss``: what is public about the log, and what is said about it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from adapters.evidence.checkpoint import Checkpoint
from adapters.evidence.kept import LogRows
from adapters.evidence.local import log_of_record
from adapters.evidence.log import LogRefused
from adapters.evidence.loss import LossGround, declare_loss
from adapters.evidence.merkle import ProofError
from adapters.evidence.note import NoteError
from adapters.evidence.receipts import notary_of
from adapters.evidence.signing import UnusableSigningKey
from adapters.evidence.witness import Question
from adapters.private_file import UnsafePrivateFile
from api.console.reaching import database
from api.console.starting import FAILED, WRONG_SETTING, leave, say, settings_for


def run_key(*, data_dir: Path | None) -> None:
    """Print the public keys."""
    settings = settings_for(data_dir)
    try:
        for key in (log_of_record(settings).signer.verifier, notary_of(settings).verifier):
            sys.stdout.write(f"{key.text()}\n")
    except (UnsafePrivateFile, UnusableSigningKey) as failure:
        leave(str(failure), FAILED)


def run_head(*, data_dir: Path | None, since: int | None) -> None:
    """Print the published head, or the question to a witness."""
    settings = settings_for(data_dir)
    local = log_of_record(settings)
    if (note := local.heads.read()) is None:
        leave("No head was published yet: nothing was sealed.", FAILED)
    if since is None:
        sys.stdout.write(note)
        return
    with database(settings) as (databases, _), psycopg.connect(databases.url("reader")) as connection:
        try:
            head = Checkpoint.verified(note, local.signer.verifier)
            if since > head.size:
                leave(
                    f"The published head is of {head.size} facts. Who has seen {since} has seen a later one: "
                    "it was replaced by an older one, or the record was rolled back.",
                    FAILED,
                )
            question = Question.of(note, head, since, LogRows(connection, local.log).reader(head.size, since))
        except (NoteError, ProofError) as wrong:
            leave(f"There is no proof from {since} facts on: {wrong}.", FAILED)
    sys.stdout.write(question.written())


def run_declare_loss(ground: str, *, data_dir: Path | None) -> None:
    """Declare a loss, and print the declaration."""
    if ground not in set(LossGround):
        leave(f"A ground is one of {', '.join(LossGround)}.", WRONG_SETTING)
    settings = settings_for(data_dir)
    with database(settings) as (databases, _):
        try:
            declared = declare_loss(databases, log_of_record(settings), LossGround(ground), datetime.now(UTC))
        except LogRefused as refused:
            leave(f"{refused} ({refused.code})", FAILED)
    sys.stdout.write(declared.text())
    say("It is signed, kept, and part of every bundle from now on. The service may start.")
