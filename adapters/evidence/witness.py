"""A witness: keeps the last head of each log that it knows, refuses one that does not follow, and signs the others.

Run it elsewhere, by somebody else: operator and signing key together can show two people two histories; a witness that
both believe has seen only one. Its question and answer are those of C2SP tlog-witness (``add-checkpoint``), read from a
file and written to another, so that any way to carry a file between two offices will do.
"""

from __future__ import annotations

import binascii
import fcntl
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple, Self

from adapters.evidence.checkpoint import Checkpoint
from adapters.evidence.merkle import ProofError, consistency_path, verify_consistency
from adapters.evidence.note import Note, NoteError, Signer, Verifier
from adapters.evidence.tiles import ReadTile, nodes_in
from adapters.private_file import replace_durably

LONGEST_PROOF: Final = 63
_OLD: Final = re.compile(r"old (0|[1-9][0-9]{0,18})")


class WitnessRefused(Exception):  # noqa: N818 - what it is
    """A head is not cosigned. ``status`` is that of C2SP tlog-witness: 400, 403, 404, 409 or 422."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status: Final = status


class Question(NamedTuple):
    """A head, and the proof that it follows from an older one."""

    old: int
    """Size of the head that the witness saw last; 0 when it never saw one."""
    proof: Sequence[bytes]
    note: str

    @classmethod
    def of(cls, note: str, head: Checkpoint, old: int, read: ReadTile) -> Self:
        """Return the question that asks for a cosignature.

        :raises ProofError: when the tree does not reach as far as that.
        """
        proof = consistency_path(old, head.size, nodes_in(read)) if 0 < old < head.size else []
        return cls(old, proof, note)

    @classmethod
    def parse(cls, written: str) -> Self:
        """Read a question.

        :raises WitnessRefused: 400, when it is not one.
        """
        before, gap, note = written.partition("\n\n")
        first, *lines = before.split("\n")
        match = _OLD.fullmatch(first)
        if match is None or not gap or len(lines) > LONGEST_PROOF:
            raise WitnessRefused(400, "This is not a question to a witness.")
        try:
            return cls(int(match[1]), [b64decode(line, validate=True) for line in lines], note)
        except binascii.Error:
            raise WitnessRefused(400, "This is not a question to a witness.") from None

    def written(self) -> str:
        """Return the question as it is sent."""
        lines = [f"old {self.old}", *(b64encode(each).decode() for each in self.proof)]
        return "\n".join(lines) + f"\n\n{self.note}"


class Witness:
    """Somebody elsewhere, with a folder to remember heads in."""

    def __init__(self, folder: Path, signer: Signer, logs: Sequence[Verifier]) -> None:
        self._folder: Final = folder
        self._signer: Final = signer
        self._logs: Final = logs

    def cosign(self, question: Question, at: datetime) -> str:
        """Return the signature line for a head that follows from the last one; it is remembered first.

        :raises WitnessRefused: 404 for a log that this witness does not know, 403 for a wrong signature, 409 when the
            last head is of another size (the sentence ends with it) or another tree of the same size, 422 for a proof
            that does not hold, 400 for a head before the older one.
        """
        head, text = self._head(question.note)
        with self._remembered(head) as file:
            last = self._last(file, head)
            self._check(question, head, last)
            replace_durably(file, question.note.encode())
        return self._signer.cosign(text, int(at.timestamp())).line()

    def _head(self, note: str) -> tuple[Checkpoint, str]:
        try:
            text = Note.parse(note).text
        except NoteError as wrong:
            raise WitnessRefused(400, str(wrong)) from None
        for log in self._logs:
            try:
                Checkpoint.parse(text, log.name)
            except NoteError:
                continue
            try:
                return Checkpoint.verified(note, log), text
            except NoteError as wrong:
                raise WitnessRefused(403, str(wrong)) from None
        raise WitnessRefused(404, "This witness does not know the log.")

    def _check(self, question: Question, head: Checkpoint, last: Checkpoint | None) -> None:
        if question.old > head.size:
            raise WitnessRefused(400, "The head is before the older one.")
        if question.old != (size := last.size if last else 0):
            raise WitnessRefused(409, f"The last head that was cosigned is another one, of size {size}")
        if last is None or last.size == 0:
            if question.proof:
                raise WitnessRefused(422, "A first head needs no proof.")
            return
        if head.size == last.size and head.root != last.root:
            raise WitnessRefused(409, f"A head of this size with another root was cosigned before, of size {size}")
        try:
            verify_consistency(last.size, head.size, last.root, head.root, question.proof)
        except ProofError as wrong:
            raise WitnessRefused(422, f"The head does not follow from the last one: {wrong}.") from None

    @contextmanager
    def _remembered(self, head: Checkpoint) -> Iterator[Path]:
        """Yield the file of a log, to nobody else meanwhile."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = sha256(head.log.text().encode()).hexdigest()[:32]
        with (self._folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield self._folder / f"{name}.checkpoint"

    def _last(self, file: Path, head: Checkpoint) -> Checkpoint | None:
        """Return the head that was remembered; it was verified then."""
        if not file.exists():
            return None
        return Checkpoint.parse(Note.parse(file.read_text(encoding="utf-8")).text, head.log.origin)
