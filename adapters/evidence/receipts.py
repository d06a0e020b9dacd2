"""Signed acknowledgements: what a client keeps so that nobody can say later that it was never acknowledged.

A signature costs as much as a tenth of a command. So the receipts that are given at the same moment, as a rule those of
one commit, become the leaves of a small tree, whose root is signed once; each goes out with its path to the root. A
repeated command has the same positions, versions and leaves; its path and its note are those of the batch in which it
was answered again. Leaf and note are specified in ``docs/adr/0013-transparency-log.md``.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from adapters.evidence.merkle import node_hash, split_below
from adapters.evidence.note import Signer, signed
from adapters.evidence.signing import RECEIPTS_KEY, local_signer
from adapters.record.gather import Gatherer
from adapters.settings import Settings

if TYPE_CHECKING:
    from adapters.record.door import Receipt

AT_ONCE: Final = 4_096


class ReceiptProof(NamedTuple):
    """What makes a receipt count: its path to the root that was signed."""

    place: int
    """Among those that were signed together, from 0."""
    path: Sequence[bytes]
    """Nearest sibling first, as in an audit path."""
    note: str

    def told(self) -> dict[str, object]:
        """Return it as it stands in an answer, in JSON."""
        return {"index": self.place, "path": [b64encode(each).decode() for each in self.path], "note": self.note}


class Notary:
    """Signs the receipts of one process."""

    def __init__(self, origin: str, signer: Signer) -> None:
        self.verifier: Final = signer.verifier
        """With which the receipts are verified."""
        self._origin: Final = origin
        self._signer: Final = signer
        self._gatherer: Final[Gatherer[Receipt, ReceiptProof]] = Gatherer(self._sign, limit=AT_ONCE)

    async def proof(self, receipt: Receipt) -> ReceiptProof:
        """Return the proof of a receipt, signed together with those that are asked for at the same moment."""
        return await self._gatherer.ask(receipt)

    async def _sign(self, batch: list[Receipt]) -> list[ReceiptProof]:
        return sign_receipts(self._origin, self._signer, batch)


def notary_of(settings: Settings) -> Notary:
    """Return the notary of a deployment.

    :raises UnsafePrivateFile: when others may read its key.
    :raises UnusableSigningKey: when the file of its key holds something else.
    """
    key = settings.data_dir / "keys" / RECEIPTS_KEY
    return Notary(settings.origin, local_signer(key, receipts_key_name(settings.origin)))


def receipts_key_name(origin: str) -> str:
    """Return the name of the key that signs the receipts of a log."""
    return f"{origin}/receipts"


def sign_receipts(origin: str, signer: Signer, receipts: Sequence[Receipt]) -> list[ReceiptProof]:
    """Sign receipts together."""
    root, paths = _tree([_leaf(origin, receipt) for receipt in receipts])
    note = signed(receipts_text(origin, len(receipts), root), signer).written()
    return [ReceiptProof(place, path, note) for place, path in enumerate(paths)]


def receipts_text(origin: str, count: int, root: bytes) -> str:
    """Return what is signed for a batch."""
    return f"homeward/1 receipts\n{origin}\n{count} {b64encode(root).decode()}\n"


def leaf_of_receipt(origin: str, epoch: int, facts: Iterable[tuple[int, int, str]]) -> bytes:
    """Return the leaf of a receipt: epoch, then position, version and leaf of each fact."""
    told = "".join(f"{position} {version} {leaf}\n" for position, version, leaf in facts)
    return sha256(f"\0homeward/1 receipt\n{origin}\n{epoch}\n{told}".encode()).digest()


def _leaf(origin: str, receipt: Receipt) -> bytes:
    return leaf_of_receipt(origin, receipt.epoch, zip(receipt.positions, receipt.versions, receipt.leaves, strict=True))


def _tree(leaves: Sequence[bytes]) -> tuple[bytes, list[list[bytes]]]:
    """Return the root over leaves and the audit path of each."""
    if len(leaves) == 1:
        return leaves[0], [[]]
    middle = split_below(len(leaves))
    left, left_paths = _tree(leaves[:middle])
    right, right_paths = _tree(leaves[middle:])
    for path in left_paths:
        path.append(right)
    for path in right_paths:
        path.append(left)
    return node_hash(left, right), left_paths + right_paths
