"""``homeward witness``: on another machine, without a database and without a setting of the service."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from adapters.evidence.note import COSIGNATURE, NoteError, Verifier
from adapters.evidence.signing import UnusableSigningKey, local_signer
from adapters.evidence.witness import Question, Witness, WitnessRefused
from adapters.private_file import UnsafePrivateFile
from api.console.starting import FAILED, WRONG_SETTING, leave, say

WITNESS_KEY: Final = "witness.key"
LONGEST_QUESTION: Final = 1 << 20


def run_witness(logs: list[str], state: Path, name: str, question: Path | None) -> None:
    """Cosign the head in a question; without one, print the public key."""
    try:
        known = [Verifier.parse(text) for text in logs]
        signer = local_signer(state / WITNESS_KEY, name, COSIGNATURE)
    except NoteError as wrong:
        leave(str(wrong), WRONG_SETTING)
    except (UnsafePrivateFile, UnusableSigningKey) as failure:
        leave(str(failure), FAILED)
    if question is None and sys.stdin.isatty():
        sys.stdout.write(f"{signer.verifier.text()}\n")
        return
    asked = question.read_bytes() if question is not None else sys.stdin.buffer.read(LONGEST_QUESTION)
    if not asked:
        sys.stdout.write(f"{signer.verifier.text()}\n")
        return
    try:
        line = Witness(state, signer, known).cosign(Question.parse(asked.decode()), datetime.now(UTC))
    except UnicodeDecodeError:
        leave("Not signed: This is not a question to a witness.", FAILED)
    except WitnessRefused as refused:
        leave(f"Not signed: {str(refused).removesuffix('.')}.", FAILED)
    sys.stdout.write(line)
    say(f"Signed as {signer.verifier.name}. Append the line to the head.")
