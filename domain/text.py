"""Text from outside: which characters may enter the record, and the reason that a person is given when one may not.

Bidirectional controls can make a name read as another (Trojan Source, CVE-2021-42574); control characters and NUL
break files and terminals. Zero-width joiner and non-joiner are legitimate between letters: Kurdish and Persian names
need them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints

BIDI_CONTROLS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
JOINERS: Final = frozenset("\u200c\u200d")
INVISIBLE: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
    + "".join(map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)
"""Letters and marks that show nothing (Unicode: default ignorable): fillers, variation selectors, grapheme joiner."""
MAX_COMBINING_RUN: Final = 4
"""Combining marks in a row: Arabic vocalisation needs three, a defaced name has hundreds."""


_PLAIN: Final = re.compile(r"(?:[^\W\u115f\u1160\u3164\uffa0]|[ -~])*")
"""Letters and digits of any script but its fillers, and what a keyboard has: most of what is ever written."""


def refuse_unsafe(text: str) -> str:
    """Return the text unchanged when every character of it may enter the record.

    :raises ValueError: with the kind of the character and its place, never with the text.
    """
    if _PLAIN.fullmatch(text) is not None:
        return text
    run = 0
    for place, char in enumerate(text, start=1):
        category = unicodedata.category(char)
        run = run + 1 if category in {"Mn", "Me"} else 0
        if problem := _problem(text, place - 1, char, category, run):
            message = f"{problem} (character {place})"
            raise ValueError(message)
    return text


def _problem(text: str, index: int, char: str, category: str, run: int) -> str | None:
    if char in BIDI_CONTROLS:
        return "text-direction control characters are not accepted; type the letters only"
    if char in JOINERS:
        return None if _between_letters(text, index) else "a zero-width joiner is only accepted between letters"
    if char in INVISIBLE or category in {"Cc", "Cs", "Co", "Cn", "Cf", "Zl", "Zp"}:
        return "control, invisible and unassigned characters are not accepted"
    if run > MAX_COMBINING_RUN:
        return f"more than {MAX_COMBINING_RUN} combining marks in a row are not accepted"
    return None


def _between_letters(text: str, index: int) -> bool:
    around = text[index - 1 : index], text[index + 1 : index + 2]
    return all(char and unicodedata.category(char)[0] in {"L", "M"} for char in around)


SAFE_TEXT: Final = AfterValidator(refuse_unsafe)
SafeText = Annotated[str, SAFE_TEXT]
"""One line of text without control, bidi or invisible characters."""

FreeText = Annotated[str, StringConstraints(min_length=1, max_length=4_000, strip_whitespace=True), SAFE_TEXT]
"""Reasons, accounts and references in the words of whoever gave them; always sealed."""
