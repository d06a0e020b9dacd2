"""``docs/events.md``: every fact that the record can hold, field by field."""

from __future__ import annotations

import sys
from itertools import groupby
from typing import Any, Final

from api.console.reference import TIERS, facts
from domain.registry import FACTS

HEAD: Final = """\
# The facts

Made from the fact classes by `python -m tests.write_documents`; `homeward facts --format json` prints the same for
programs. A fact is stored in blocks: its open fields, and one sealed block for each personal class
([how and why](adr/0001-form-of-a-fact.md)). Who acted, when it occurred and when it was recorded stand in the header
of every fact and not here.

| tier | a field of it |
|---|---|
"""


def events() -> str:
    """Return the page."""
    page = HEAD + "".join(f"| {tier} | {sentence} |\n" for tier, sentence in TIERS.items())
    told = sorted(facts(), key=lambda fact: (fact["aggregate"] != "case", fact["aggregate"], _room(fact)))
    for (aggregate, room), together in groupby(told, key=lambda fact: (fact["aggregate"], _room(fact))):
        page += f"\n## {aggregate.capitalize()}: {room.rpartition('.')[2].replace('_', ' ')}\n\n{_says(room)}\n"
        page += "".join(_fact(fact) for fact in together)
    return page


def _room(fact: dict[str, Any]) -> str:
    return FACTS[fact["topic"]].__module__


def _says(module: str) -> str:
    return (sys.modules[module].__doc__ or "").partition("\n")[0]


def _fact(fact: dict[str, Any]) -> str:
    leaves = f"published as `{fact['published_as']}`" if fact["published_as"] else "does not leave the house"
    valid = {"always": "holds always", "occurred_on": "holds from the day it occurred"}.get(
        fact["valid"], f"holds {fact['valid']}"
    )
    text = (
        f"\n### {fact['name']}\n\n{fact['says']}\n\n`{fact['topic']}`, version {fact['version']}; {valid}; {leaves}.\n"
    )
    if not fact["fields"]:
        return text
    text += "\n| field | type | tier | class |\n|---|---|---|---|\n"
    for field in fact["fields"]:
        kind = ", ".join(f"`{value}`" for value in field["values"]) if field["values"] else field["type"]
        text += f"| {field['name']} | {kind} | {field['tier']} | {field['personal_class'] or 'open'} |\n"
    return text
