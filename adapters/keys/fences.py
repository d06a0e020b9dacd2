"""Fences: which keys were destroyed because their person was erased. Kept outside the database, beside the heads.

A backup of the database brings destroyed keys back; a fence says that they stay destroyed. Each is a signed note in a
file of its own and names the one before it, so that none can be planted to destroy somebody's keys, and none taken away
from the middle. A fence names keys by fingerprints: whoever holds it learns no key, no name and no number.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple, Self
from uuid import UUID

from adapters.embedded.lease import alone
from adapters.evidence.note import Note, NoteError, Signer, signed
from adapters.evidence.signing import FENCES_KEY, local_signer
from adapters.private_file import replace_durably
from adapters.record.keys import KeyName, fingerprint
from adapters.settings import Settings
from domain.case.record import ErasureBasis
from domain.privacy import PERSONAL_CLASSES

FOLDER: Final = "fences"
KEY_VERSION: Final = 1
"""Of every key of a person so far."""
TICK_NS: Final = 100_000_000
"""Two changes of a folder within this time can bear the same time."""
_FIRST: Final = "0" * 64
_LINES: Final = re.compile(
    r"(\S+)\n([1-9][0-9]{0,8})\n([0-9a-f]{64})\n([a-z_]+)\n([0-9a-f]{64})\n((?:[0-9a-f]{64}\n)+)"
)


class FenceRefused(Exception):  # noqa: N818 - what it is
    """The fences are not as they were published. The sentence says what was found."""


class Fence(NamedTuple):
    """The keys of one erasure."""

    fingerprints: tuple[bytes, ...]
    """In order."""
    basis: ErasureBasis = ErasureBasis.REQUEST

    @classmethod
    def around(cls, subjects: Iterable[UUID], basis: ErasureBasis) -> Self:
        """Return the fence around every key that these people have or could have."""
        names = (KeyName(subject, label, KEY_VERSION) for subject in subjects for label in PERSONAL_CLASSES)
        return cls(tuple(sorted(map(fingerprint, names))), basis)

    @property
    def sha256(self) -> str:
        """Digest by which facts and certificates name the fence; the order of keys does not matter."""
        return sha256(("homeward/1 fence\n" + _lines(self.fingerprints)).encode()).hexdigest()


class FenceFolder:
    """The fences of a deployment, as files in the folder of what is published."""

    def __init__(self, folder: Path, signer: Signer) -> None:
        self._folder: Final = folder
        self._signer: Final = signer
        self._known: frozenset[bytes] = frozenset()
        self._fences: list[Fence] = []
        self._last: str = _FIRST
        self._seen_ns = -1

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the fences of a deployment.

        :raises UnsafePrivateFile: when others may read the signing key.
        :raises UnusableSigningKey: when its file holds something else.
        """
        signer = local_signer(settings.data_dir / "keys" / FENCES_KEY, f"{settings.origin}/fences")
        return cls(settings.published_dir / FOLDER, signer)

    def hold(self, name: KeyName) -> bool:
        """Whether a fence names the key; looks at the folder each time, which costs a microsecond or two.

        :raises FenceRefused: when a fence was altered, planted or taken away.
        """
        known = self._read()
        return bool(known) and fingerprint(name) in known

    def all(self) -> Sequence[Fence]:
        """Return every fence, the oldest first.

        :raises FenceRefused: as :meth:`hold`.
        """
        self._read()
        return tuple(self._fences)

    def fingerprints(self) -> frozenset[bytes]:
        """Return every key that a fence names.

        :raises FenceRefused: as :meth:`hold`.
        """
        return self._read()

    @property
    def there(self) -> bool:
        """Whether there is a list of fences, were it empty."""
        return self._folder.is_dir()

    def begin(self) -> None:
        """Begin an empty list."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def publish(self, fence: Fence) -> None:
        """Keep a fence; it is there for good when this returns. One that is there already is not kept twice.

        :raises FenceRefused: as :meth:`hold`.
        """
        self.begin()
        with alone(self._folder / "lock"):
            self._read()
            if fence.sha256 in {known.sha256 for known in self._fences}:
                return
            number = len(self._fences) + 1
            text = (
                f"{self._signer.verifier.name}\n{number}\n{self._last}\n{fence.basis.value}\n{fence.sha256}\n"
                + _lines(fence.fingerprints)
            )
            replace_durably(self._file(number), signed(text, self._signer).written().encode())
            self._read()

    def _file(self, number: int) -> Path:
        return self._folder / f"{number:08d}.fence"

    def _read(self) -> frozenset[bytes]:
        """Take up what was published since the last look."""
        try:
            now_ns = self._folder.stat().st_mtime_ns
        except FileNotFoundError:
            if self._fences:
                raise FenceRefused("The list of fences was taken away.") from None
            return self._known
        if now_ns == self._seen_ns:
            return self._known
        published = sorted(self._folder.glob("*.fence"))
        if len(published) < len(self._fences):
            raise FenceRefused("A fence was taken away.")
        for file in published[len(self._fences) :]:
            self._take(file)
        self._known = frozenset(one for fence in self._fences for one in fence.fingerprints)
        self._seen_ns = now_ns if time.time_ns() - now_ns > TICK_NS else -1
        return self._known

    def _take(self, file: Path) -> None:
        number = len(self._fences) + 1
        try:
            text = Note.parse(file.read_text(encoding="utf-8")).verified(self._signer.verifier)
        except NoteError as wrong:
            raise FenceRefused(f"{file.name} is no fence of ours: {wrong}") from None
        match = _LINES.fullmatch(text)
        if match is None or file != self._file(number) or (int(match[2]), match[3]) != (number, self._last):
            raise FenceRefused(f"{file.name} does not follow the fence before it.")
        fence = Fence(tuple(bytes.fromhex(line) for line in match[6].split()), ErasureBasis(match[4]))
        if fence.sha256 != match[5]:
            raise FenceRefused(f"{file.name} does not name the keys that it says.")
        self._fences.append(fence)
        self._last = sha256(text.encode()).hexdigest()


def _lines(fingerprints: Iterable[bytes]) -> str:
    return "".join(f"{one}\n" for one in sorted(each.hex() for each in fingerprints))
