"""``homeward-verify``: checks a bundle of facts against the signed head of the log. Needs Python 3.11 and nothing else.

This one file may be copied anywhere and read in an afternoon. It imports nothing of the program that it checks, opens
no connection and trusts nothing in the bundle but what the key signed that it was given. It says of each fact:

  verified   the stored bytes are those that were signed, and every part can be read without a key
  sealed     the same; parts are sealed under the key of a person
  erased     the same; a key of a sealed part was destroyed, so that nobody can read it again
  TAMPERED   the stored bytes are not those that were signed

Exit codes: 0 verified, 1 tampered, 2 incomplete (something is missing that the proof needs), 3 wrong usage.
Specifications: RFC 6962 (tree), RFC 8032 (Ed25519), C2SP signed-note, tlog-checkpoint, tlog-tiles, tlog-cosignature.
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import sys
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn

VERIFIED, TAMPERED, INCOMPLETE, USAGE = range(4)
LABELS: Final = ("header", "open", "identity", "protection", "medical", "security", "judicial", "narrative")
BLOCK_HEAD: Final = 23
WIDTH: Final = 256
HASH: Final = 32
SHOWN: Final = 1_000
"""Findings that are listed; all are counted."""


class Tampered(Exception):  # noqa: N818 - what it is
    """Something is not what was signed, from a position on."""

    def __init__(self, why: str, start: int = 1) -> None:
        super().__init__(why)
        self.start = start


class Missing(Exception):  # noqa: N818 - what it is
    """Something is not there that the proof needs."""


# ---------------------------------------------------------------- Ed25519, RFC 8032, section 5.1
P: Final = 2**255 - 19
L: Final = 2**252 + 27742317777372353535851937790883648493
D: Final = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int, int, int]
ZERO: Final[Point] = (0, 1, 1, 0)


def add(p: Point, q: Point) -> Point:
    """Add two points in extended coordinates."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n: int, p: Point) -> Point:
    """Add a point to itself n times."""
    q = ZERO
    while n:
        if n & 1:
            q = add(q, p)
        p, n = add(p, p), n >> 1
    return q


def point(encoded: bytes) -> Point | None:
    """Decode a point; None when it is none, or not in its one canonical form."""
    sign, y = encoded[31] >> 7, int.from_bytes(encoded, "little") & (1 << 255) - 1
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if (v * x * x + u) % P == 0:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (v * x * x - u) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def encoded(p: Point) -> bytes:
    """Encode a point."""
    z = pow(p[2], -1, P)
    return ((p[1] * z % P) | (p[0] * z % P & 1) << 255).to_bytes(32, "little")


BASE: Final = point((4 * pow(5, -1, P) % P).to_bytes(32, "little")) or ZERO


def signature_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the holder of a key signed a message."""
    if len(public) != 32 or len(signature) != 64 or (a := point(public)) is None:  # noqa: PLR2004 - bytes of a key
        return False
    s = int.from_bytes(signature[32:], "little")
    k = int.from_bytes(sha512(signature[:32] + public + message).digest(), "little") % L
    negative = (P - a[0], a[1], a[2], P - a[3])
    return s < L and encoded(add(times(s, BASE), times(k, negative))) == signature[:32]


# ---------------------------------------------------------------- notes and heads
class Key(NamedTuple):
    """A public key under its name: ``name+id+key``."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def parse(cls, text: str) -> Key:
        """Read a key; ValueError when it is none."""
        name, _, rest = text.strip().partition("+")
        raw = b64decode(rest.partition("+")[2], validate=True)
        key = cls(name, raw[0] if raw else 0, raw[1:])
        if len(key.public) != 32 or key.kind not in {1, 4} or key.id.hex() != rest.partition("+")[0]:  # noqa: PLR2004
            raise ValueError
        return key

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature names its key."""
        return sha256(f"{self.name}\n".encode() + bytes([self.kind]) + self.public).digest()[:4]


@lru_cache(maxsize=1024)
def signed_text(note: str, key: Key) -> str:
    """Return the text of a note that the key signed."""
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    others = []
    for line in lines.splitlines():
        dash, _, rest = line.partition(" ")
        name, _, raw = rest.partition(" ")
        try:
            signature = b64decode(raw, validate=True)
        except ValueError:
            raise Tampered(f"a signature of {key.name} cannot be read") from None
        if dash == "—" and (name, signature[:4]) == (key.name, key.id):
            message, signature = text, signature[4:]
            if key.kind == 4:  # noqa: PLR2004 - a witness says when it saw the text
                message = f"cosignature/v1\ntime {int.from_bytes(signature[:8])}\n{text}"
                signature = signature[8:]
            if not signature_holds(key.public, message.encode(), signature):
                raise Tampered(f"the signature of {key.name} is wrong")
            return text
        if dash == "—" and name.isprintable():
            others.append(f"{name}+{signature[:4].hex()}")
    raise Tampered(f"it was not signed by {key.name}+{key.id.hex()}, but by {', '.join(others) or 'nobody'}")


class Head(NamedTuple):
    """A head of the log."""

    origin: str
    epoch: int
    size: int
    root: bytes

    @classmethod
    def signed(cls, note: str, key: Key, whose: str) -> Head:
        """Return the head in a note that the log's key signed; ``whose`` begins the sentence when it did not."""
        try:
            text = signed_text(note, key)
        except Tampered as wrong:
            raise Tampered(f"{whose} does not count: {wrong}") from None
        match = re.fullmatch(r"([^\n]+)\n(0|[1-9]\d*)\n([\w+/]{43}=)\n(?:[^\n]+\n)*", text, re.ASCII)
        epoch = re.fullmatch(re.escape(key.name) + r"(?:/epoch-([2-9]|[1-9]\d+))?", match[1]) if match else None
        if match is None or epoch is None:
            raise Tampered(f"{whose} does not count: it is not one of this log")
        return cls(key.name, int(epoch[1] or 1), int(match[2]), b64decode(match[3]))


# ---------------------------------------------------------------- tree and tiles
def node(left: bytes, right: bytes) -> bytes:
    """Hash two nodes."""
    return sha256(b"\x01" + left + right).digest()


def perfect(hashes: bytes) -> bytes:
    """Return the root over a power of two of hashes."""
    level = [hashes[at : at + HASH] for at in range(0, len(hashes), HASH)]
    while len(level) > 1:
        level = [sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=True)]
    return level[0]


def joined(peaks: list[bytes]) -> bytes:
    """Return the root over perfect subtrees, left to right."""
    if not peaks:
        return sha256(b"").digest()
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node(peak, root)
    return root


class Tiles:
    """The tree of a bundle. A tile is given out only after it was traced to the signed root."""

    def __init__(self, folder: Path, head: Head) -> None:
        self.folder, self.head = folder, head
        self._traced = lru_cache(maxsize=64)(self._trace)
        self._read_leaves = lru_cache(maxsize=4)(lambda number: self.read(0, number))
        self._broken: dict[tuple[int, int], Tampered] = {}
        self._edge: Tampered | bool = False

    def width(self, level: int, number: int) -> int:
        """Return how many hashes a tile has to hold."""
        return min(WIDTH, (self.head.size >> 8 * level) - number * WIDTH)

    def read(self, level: int, number: int) -> bytes:
        """Return a tile as it lies there."""
        width = self.width(level, number)
        digits = f"{number:03d}".zfill(-(-len(f"{number:03d}") // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        name = "/".join([f"tile/{level}", *(f"x{group}" for group in groups[:-1]), groups[-1]])
        name += f".p/{width}" if width < WIDTH else ""
        try:
            return (self.folder / name).read_bytes()
        except OSError:
            raise Missing(f"{name} is missing") from None

    def root(self, size: int, tile: Callable[[int, int], bytes]) -> bytes:
        """Return the root of the first ``size`` leaves from tiles."""
        peaks, start = [], 0
        for height in reversed(range(size.bit_length())):
            if size >> height & 1:
                number, offset = divmod(start >> height // 8 * 8, WIDTH)
                hashes = tile(height // 8, number)[offset * HASH :][: HASH << height % 8]
                if len(hashes) != HASH << height % 8:
                    raise Tampered("a tile at the edge of the tree is too short", (number << height // 8 * 8 + 8) + 1)
                peaks.append(perfect(hashes))
                start += 1 << height
        return joined(peaks)

    def tile(self, level: int, number: int) -> bytes:
        """Return a tile that leads to the signed root."""
        if (level, number) in self._broken:
            raise self._broken[level, number]
        try:
            return self._traced(level, number)
        except Tampered as wrong:
            self._broken[level, number] = wrong
            raise

    def check_root(self) -> None:
        """Make sure that the tiles at the right edge lead to the signed root."""
        if self._edge is False:
            holds = self.root(self.head.size, self.read) == self.head.root
            self._edge = holds or Tampered("the tree does not lead to the signed root")
        if isinstance(self._edge, Tampered):
            raise self._edge

    def _trace(self, level: int, number: int) -> bytes:
        hashes, width = self.read(level, number), self.width(level, number)
        self.check_root()
        holds = len(hashes) == width * HASH
        if holds and width == WIDTH and self.head.size >> 8 * (level + 1) > 0:
            above, offset = divmod(number, WIDTH)
            holds = self.tile(level + 1, above)[offset * HASH :][:HASH] == perfect(hashes)
        if not holds:
            start = (number << 8 * (level + 1)) + 1
            end = min(self.head.size, start - 1 + (1 << 8 * (level + 1)))
            raise Tampered(f"the tree was altered over positions {start} to {end}", start)
        return hashes

    def leaf(self, position: int) -> bytes:
        """Return the leaf hash at a position."""
        return self.tile(0, (position - 1) // WIDTH)[(position - 1) % WIDTH * HASH :][:HASH]

    def read_leaf(self, position: int) -> bytes:
        """Return what stands at a position, signed or not."""
        return self._read_leaves((position - 1) // WIDTH)[(position - 1) % WIDTH * HASH :][:HASH]


# ---------------------------------------------------------------- facts
def blocks_of(frame: bytes) -> Iterator[tuple[int, int, str, bytes]]:
    """Yield code, key version, subject and bytes of each block of a stored fact (docs/adr/0001)."""
    at = 1
    while at < len(frame):
        end = at + BLOCK_HEAD + int.from_bytes(frame[at + 19 : at + BLOCK_HEAD])
        if end > len(frame) or not 0 < frame[at] <= len(LABELS):
            raise Tampered("the stored bytes are no fact")
        yield frame[at], int.from_bytes(frame[at + 1 : at + 3]), frame[at + 3 : at + 19].hex(), frame[at:end]
        at = end


def look(frame: bytes, origin: str, destroyed: frozenset[str]) -> tuple[bytes, str]:
    """Return the leaf hash of a stored fact, and its verdict if that is the signed one."""
    lines, verdict = f"\0homeward/1\n{origin}\n", "verified"
    if frame[:1] == b"\0":
        lines += f"foreign {sha256(frame).hexdigest()}\n"
    elif frame[:1] != b"\1":
        raise Tampered("the stored bytes are no fact")
    else:
        for code, version, subject, block in blocks_of(frame):
            lines += f"{LABELS[code - 1]} {sha256(block).hexdigest()}\n"
            if version and verdict != "erased":
                verdict = "erased" if f"{LABELS[code - 1]}:{version}:{subject}" in destroyed else "sealed"
    return sha256(lines.encode()).digest(), verdict


class Report:
    """What was found."""

    def __init__(self, say: Callable[[int, str], None]) -> None:
        self.verdicts: Counter[str] = Counter()
        self.tampered: list[tuple[int, str]] = []
        self.incomplete: list[str] = []
        self.proved: list[str] = []
        self.exact: int | None = None
        self.somewhere: int | None = None
        self.say = say

    def judge(self, position: int, verdict: str) -> None:
        """Note what is to be said of a fact."""
        self.verdicts[verdict] += 1
        self.say(position, verdict)

    def accuse(self, position: int, why: str) -> None:
        """Note that the fact at a position is not what was signed."""
        self.exact = position if self.exact is None else min(self.exact, position)
        self._note(position, why)
        self.judge(position, "TAMPERED")

    def suspect(self, start: int, why: str) -> None:
        """Note that something is not what was signed, from a position on; where exactly cannot be told."""
        if (start, why) not in self.tampered:
            self.somewhere = start if self.somewhere is None else min(self.somewhere, start)
            self._note(start, why)

    def lack(self, what: str) -> None:
        """Note that something is missing."""
        if what not in self.incomplete and len(self.incomplete) < SHOWN:
            self.incomplete.append(what)

    def _note(self, position: int, why: str) -> None:
        if len(self.tampered) < SHOWN:
            self.tampered.append((position, why))

    @property
    def first(self) -> int | None:
        """The first bad position: exactly, or else from which on."""
        return self.somewhere if self.exact is None else self.exact

    @property
    def code(self) -> int:
        """The exit code."""
        return TAMPERED if self.first is not None else INCOMPLETE if self.incomplete else VERIFIED


class Bundle:
    """A folder that ``homeward audit export`` wrote."""

    def __init__(self, folder: Path, key: Key) -> None:
        self.folder, self.key = folder, key
        self.about: dict[str, Any] = json.loads(self.text("bundle.json"))
        self.head = Head.signed(self.text("checkpoint"), key, "the head in the bundle")
        self.selection = self.about.get("selection", {})
        self.tiles = Tiles(folder, self.head)
        self.destroyed = frozenset(self.text("destroyed").split())

    def text(self, name: str) -> str:
        """Return a file of it."""
        try:
            return (self.folder / name).read_text(encoding="utf-8")
        except OSError:
            raise Missing(f"{name} is missing") from None

    def promised(self) -> range | None:
        """Return the positions that have to be there; None when they are those of a case."""
        kind, size = self.selection.get("kind"), self.head.size
        if kind == "case":
            return None
        first, last = (1, size) if kind == "all" else (self.selection["from"], self.selection["to"])
        if not 0 < first <= last + 1 <= size + 1:
            raise Tampered("the bundle is said to hold positions that the log does not have")
        return range(first, last + 1)

    def facts(self) -> Iterator[tuple[int, bytes]]:
        """Yield position and stored bytes, line by line."""
        number = 0
        try:
            with (self.folder / "facts.jsonl").open(encoding="utf-8") as lines:
                for number, line in enumerate(lines, start=1):  # noqa: B007 - which line is told of in the end
                    fact = json.loads(line)
                    yield fact["position"], b64decode(fact["frame"], validate=True)
        except OSError:
            raise Missing("facts.jsonl is missing") from None
        except (ValueError, KeyError, TypeError):
            raise Tampered(f"facts.jsonl: line {number} is no fact, or is cut; nothing after it was read") from None


def check_facts(bundle: Bundle, report: Report) -> int:
    """Judge every fact, and return how many there are; missing, doubled and misplaced ones are accused as well."""
    promised, last, count = bundle.promised(), 0, 0
    if promised is not None:
        last = promised.start - 1
    for position, frame in bundle.facts():
        if not last < position <= bundle.head.size or (promised is not None and position >= promised.stop):
            report.accuse(position, "it stands where no fact should: twice, out of order, or outside the bundle")
            continue
        if promised is not None and position > last + 1:
            report.accuse(last + 1, f"missing, as is every position before {position}")
        last, count = position, count + 1
        try:
            leaf, verdict = look(frame, bundle.head.origin, bundle.destroyed)
            if promised is None:
                check_place(frame, bundle.selection["case"], count)
        except (Tampered, ValueError) as wrong:
            report.accuse(position, str(wrong))
            continue
        check_leaf(bundle.tiles, report, position, leaf, verdict)
    if promised is not None and last + 1 < promised.stop:
        report.accuse(last + 1, f"missing, as is every position up to {promised.stop - 1}")
    return count


def check_place(frame: bytes, case: str, version: int) -> None:
    """Make sure that a fact is the next one of its case."""
    header = json.loads(next(blocks_of(frame))[3][BLOCK_HEAD + 16 :])
    if (header.get("stream"), header.get("version")) != (case, version):
        raise Tampered("it is not the next fact of the case: one is missing, or it belongs elsewhere")


def check_leaf(tiles: Tiles, report: Report, position: int, leaf: bytes, verdict: str) -> None:
    """Compare a fact with the signed tree; where that is broken, at least with what stands there."""
    try:
        if tiles.leaf(position) == leaf:
            report.judge(position, verdict)
        else:
            report.accuse(position, "it is not the fact that was signed")
    except Tampered as wrong:
        report.suspect(wrong.start, str(wrong))
        if tiles.read_leaf(position) in {leaf, b""}:
            report.judge(position, "unproven")
        else:
            report.accuse(position, "the fact and the tree differ, and the tree is not the signed one")
    except Missing as gap:
        report.lack(str(gap))
        report.judge(position, "unproven")


def check_since(bundle: Bundle, old: Head, report: Report) -> None:
    """Make sure that an older head is a prefix of the bundle's."""
    head = bundle.head
    if old.size == 0:
        return report.lack("the older head is that of an empty log, which proves nothing")
    if (old.epoch, old.size) > (head.epoch, head.size) and (old.epoch > head.epoch or old.epoch == head.epoch):
        held = f"of epoch {old.epoch} you hold a head of {old.size} facts"
        return report.suspect(head.size + 1, f"{held}: the log was rolled back, or this is an earlier bundle")
    if old.size <= head.size and bundle.tiles.root(old.size, bundle.tiles.tile) == old.root:
        return report.proved.append(f"the older head of {old.size} facts is a prefix")
    if declared(bundle, old.epoch, old.size):
        return report.lack(f"the older head of epoch {old.epoch} was given up by a declared loss")
    return report.suspect(1, f"the history of {old.size} facts that you hold was rewritten")


def declared(bundle: Bundle, epoch: int, size: int) -> bool:
    """Whether a signed declaration gives up a head of that epoch with at least so many facts."""
    for opened in range(epoch + 1, bundle.head.epoch + 1):
        lines = signed_text(bundle.text(f"declarations/{opened}"), bundle.key).splitlines()
        if lines[:2] != ["homeward/1 declared loss", bundle.head.origin] or f"opens epoch {opened} " not in lines[2]:
            raise Tampered(f"the declaration of epoch {opened} is of something else")
        lost = re.fullmatch(r"lost (?:unknown|epoch (\d+) size (\d+) root \S+)", lines[3], re.ASCII)
        if lost and (lost[1] is None or (int(lost[1]) >= epoch and int(lost[2]) >= size)):
            return True
    return False


# ---------------------------------------------------------------- receipts
def through(index: int, size: int, root: bytes, path: Iterable[bytes]) -> bytes:
    """Return the root that a leaf and its path lead to (RFC 9162, 2.1.3.2)."""
    at, last = index, size - 1
    for sibling in path:
        if last == 0:
            raise Tampered("a path is too long")
        if at & 1 or at == last:
            root = node(sibling, root)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            root = node(root, sibling)
        at, last = at >> 1, last >> 1
    if last:
        raise Tampered("a path is too short")
    return root


def check_receipt(bundle: Bundle, receipt: dict[str, Any], key: Key, report: Report) -> None:
    """Make sure that what was acknowledged is in the log."""
    proof, epoch, origin = receipt["receipt"], receipt["epoch"], bundle.head.origin
    facts = list(zip(receipt["positions"], receipt["versions"], receipt["leaves"], strict=True))
    told = "".join(f"{position} {version} {leaf}\n" for position, version, leaf in facts)
    leaf = sha256(f"\0homeward/1 receipt\n{origin}\n{epoch}\n{told}".encode()).digest()
    match = re.fullmatch(r"homeward/1 receipts\n([^\n]+)\n(\d+) (\S+)\n", signed_text(proof["note"], key), re.ASCII)
    if match is None or match[1] != origin or not 0 <= proof["index"] < int(match[2]):
        raise Tampered("it is of another log")
    if through(proof["index"], int(match[2]), leaf, map(b64decode, proof["path"])) != b64decode(match[3]):
        raise Tampered("what it says is not what was signed")
    for position, _, claimed in facts:
        if position <= bundle.head.size and bundle.tiles.leaf(position).hex() == claimed:
            report.verdicts["acknowledged"] += 1
        elif epoch < bundle.head.epoch and declared(bundle, epoch, position):
            report.lack(f"position {position} was acknowledged in epoch {epoch}, and given up by a declared loss")
        elif position > bundle.head.size and epoch == bundle.head.epoch:
            report.lack(f"position {position} was acknowledged, and the head does not reach it")
        else:
            report.accuse(position, "another fact was acknowledged at this position")


def check_receipts(bundle: Bundle, file: Path, key: Key, report: Report) -> None:
    """Check a ledger: one acknowledgement a line, as the service answered."""
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                check_receipt(bundle, json.loads(line), key, report)
            except Missing as gap:
                report.lack(str(gap))
            except Tampered as wrong:
                report.suspect(0, f"receipt {number} does not count: {wrong}")
            except (ValueError, KeyError, TypeError, AttributeError):
                report.suspect(0, f"receipt {number} does not count: the line is no acknowledgement, or is cut")


# ---------------------------------------------------------------- the command
def check(options: argparse.Namespace, keys: list[Key], report: Report) -> Head | None:
    """Check all that was asked for, and return the head."""
    logs = [key for key in keys if key.kind == 1 and not key.name.endswith("/receipts")]
    bundle = None
    try:
        bundle = Bundle(options.bundle, logs[0])
        for witness in (key for key in keys if key.kind != 1):
            if f"— {witness.name} " in bundle.text("checkpoint"):
                signed_text(bundle.text("checkpoint"), witness)
                report.proved.append(f"{witness.name} saw this head")
            else:
                report.lack(f"{witness.name} did not sign this head")
        count, head = check_facts(bundle, report), bundle.head
        said = {"format": "homeward-bundle/1", "origin": head.origin, "epoch": head.epoch, "size": head.size}
        if bundle.about != {**said, "selection": bundle.selection, "facts": count}:
            report.suspect(0, "the bundle is not what bundle.json says of it")
        if options.since is not None:
            check_since(
                bundle, Head.signed(options.since.read_text(encoding="utf-8"), logs[0], "the older head"), report
            )
        if options.receipts is not None:
            name = f"{bundle.head.origin}/receipts"
            if receipts := [key for key in keys if key.name == name]:
                check_receipts(bundle, options.receipts, receipts[0], report)
            else:
                report.lack(f"receipts were not checked: none of the keys is that of {name}")
    except Missing as gap:
        report.lack(str(gap))
    except (Tampered, ValueError, KeyError, TypeError) as wrong:
        report.suspect(0, str(wrong))
    return bundle.head if bundle else None


class Parser(argparse.ArgumentParser):
    """Ends with 3 on wrong usage: 2 means something else here."""

    def error(self, message: str) -> NoReturn:
        """Say how it is used, and end."""
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def parsed(arguments: list[str] | None) -> tuple[argparse.Namespace, list[Key]]:
    """Read the command line."""
    parser = Parser(prog="homeward-verify", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("bundle", type=Path, help="folder that homeward audit export wrote")
    parser.add_argument(
        "--key", action="append", required=True, help="name+id+key; of the log, of receipts, of witnesses"
    )
    parser.add_argument("--since", type=Path, help="a head that you kept: is it a prefix?")
    parser.add_argument("--receipts", type=Path, help="acknowledgements that you kept, one a line: are they there?")
    parser.add_argument("--each", action="store_true", help="say the verdict of each fact")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    options = parser.parse_args(arguments)
    try:
        keys = [Key.parse(text) for text in options.key]
    except ValueError:
        parser.error("a key is not of the form name+id+key, or was copied wrongly")
    if not any(key.kind == 1 and not key.name.endswith("/receipts") for key in keys):
        parser.error("the key of the log is needed")
    if options.receipts is not None and not any(key.name.endswith("/receipts") for key in keys):
        parser.error("the key of receipts is needed to check them: give --key once more")
    for file in (options.since, options.receipts):
        if file is not None and not file.is_file():
            parser.error(f"there is no file {file}")
    if not options.bundle.is_dir():
        parser.error(f"there is no folder {options.bundle}")
    return options, keys


def main(arguments: list[str] | None = None) -> int:
    """Check a bundle and return the exit code."""
    options, keys = parsed(arguments)
    write = sys.stdout.write
    report = Report(print if options.each else (lambda *_: None))
    head = check(options, keys, report)
    word = ("verified", "TAMPERED", "incomplete")[report.code]
    if options.format == "json":
        result = {
            "verdict": word, "code": report.code, "first_bad_position": report.first,
            "head": head and {**head._asdict(), "root": head.root.hex()}, "facts": dict(report.verdicts),
            "tampered": report.tampered, "incomplete": report.incomplete, "proved": report.proved,
        }  # fmt: skip
        write(json.dumps(result) + "\n")
        return report.code
    write(f"{word}" + (f"; first bad position: {report.first}" if report.first else "") + "\n")
    if head is not None:
        write(f"head of {head.origin}, epoch {head.epoch}: {head.size} facts, root {head.root.hex()}\n")
    write(", ".join(f"{count} {verdict}" for verdict, count in sorted(report.verdicts.items())) or "no fact was judged")
    write("\n")
    for position, why in report.tampered:
        write(f"  {position}: {why}\n" if position else f"  {why}\n")
    for what in (*report.incomplete, *report.proved):
        write(f"  {what}\n")
    return report.code


def command() -> NoReturn:
    """End the process with the exit code, or quietly when nobody reads on what it says."""
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main())


if __name__ == "__main__":
    command()
