"""Canaries: words that occur nowhere else, in five scripts, and a sweep that finds them however they are written."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import quote

STEMS: Final[Mapping[str, str]] = {
    "Arab": "ظغضذثخؤ",
    "Kurd": "Xêjşûqçîw",
    "Cyrl": "Жщюэъфыц",
    "Latn": "Qzvxkwjhy",
    "Hani": "龘靐齉爨鱻",
}
"""Every canary of a script begins with its stem: whoever finds no stem has found no canary."""
CONTROL: Final = "Zqmuxvbkgw"
"""Not secret at all: the name of a camp. A sweep that does not find it where it is stored looks at nothing."""
LETTERS: Final[Mapping[str, str]] = {
    "Arab": "بتجدرس",
    "Kurd": "abêîûş",
    "Cyrl": "абвгде",
    "Latn": "abcdef",
    "Hani": "山水火木金土",
}


def canary(script: str, number: int) -> str:
    """Return the n-th canary of a script; no two are alike."""
    letters, word = LETTERS[script], STEMS[script]
    for _ in range(4):
        number, digit = divmod(number, len(letters))
        word += letters[digit]
    return word


def spellings(word: str) -> Iterator[tuple[str, bytes]]:
    """Yield how a word can be written, and the bytes that then stand somewhere in a file."""
    cases = {word, word.lower(), word.upper()}
    for each in sorted(cases):
        yield "utf-8", each.encode()
        yield "utf-16-le", each.encode("utf-16-le")
        yield "utf-16-be", each.encode("utf-16-be")
        yield "hex", each.encode().hex().encode()
        yield "hex", each.encode().hex().upper().encode()
        for name, raw in (("base64", each.encode()), ("base64 of utf-16", each.encode("utf-16-le"))):
            for shift in range(3):
                yield name, _inside(b64encode(bytes(shift) + raw), shift, len(raw))
                yield name, _inside(b64encode(bytes(shift) + raw, altchars=b"-_"), shift, len(raw))
        if not each.isascii():
            every = "".join(f"\\u{ord(letter):04x}" for letter in each)
            for escaped in (
                every,
                quote(each),
                quote(each).lower(),
                json.dumps(each)[1:-1],
                json.dumps(each)[1:-1].upper(),
            ):
                yield "escaped", escaped.replace("\\U", "\\u").encode()


def _inside(encoded: bytes, shift: int, length: int) -> bytes:
    """Return what of a base64 text does not depend on what stands before and after."""
    first = -(-shift * 8 // 6)
    last = (shift + length) * 8 // 6
    return encoded[first:last]


PATTERNS: Final[Mapping[str, tuple[tuple[str, bytes], ...]]] = {
    name: tuple(dict.fromkeys(spellings(stem))) for name, stem in {**STEMS, "control": CONTROL}.items()
}


def found_in(content: bytes, *names: str) -> set[tuple[str, str]]:
    """Return which stems stand in it and how they are written."""
    return {
        (name, spelling) for name in names or tuple(STEMS) for spelling, pattern in PATTERNS[name] if pattern in content
    }


def found_below(folder: Path, *names: str) -> dict[str, set[tuple[str, str]]]:
    """Return of every file of a folder, at any depth, what was found in it or in its name; at least one file.

    Most of a server's files are copies of each other and full of zeros: each content is searched once, and of many
    zeros one stays, as many as a spelling can begin or end with.
    """
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert files
    found: dict[str, set[tuple[str, str]]] = {}
    searched: dict[bytes, set[tuple[str, str]]] = {}
    for file in files:
        content = file.read_bytes().replace(bytes(64), b"\0")
        digest = sha256(content).digest()
        if digest not in searched:
            searched[digest] = found_in(content, *names)
        if hits := searched[digest] | found_in(str(file).encode(), *names):
            found[str(file)] = hits
    return found
