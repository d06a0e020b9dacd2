"""``homeward facts`` and ``homeward rules``: what the record can hold and what binds it, as a table or as JSON."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from enum import Enum
from typing import Any, Final, get_args

import orjson
from rich.console import Console
from rich.table import Table

from domain.kernel import Fact, FromField
from domain.privacy import BlockLabel, Unreadable
from domain.publication import PUBLICATION
from domain.registry import FACTS
from domain.rulebook import RULEBOOK

PUBLIC, INTERNAL, PERSONAL = 0, 1, 2
TIERS: Final = {
    PUBLIC: "leaves the house: codes, countries, facilities, dates to the day",
    INTERNAL: "open in the record, not published",
    PERSONAL: "sealed under a key of the person and the class",
}
"""Tier → who can meet a field."""


def facts() -> list[dict[str, Any]]:
    """Return every fact: name, topic, aggregate, version, when it is valid, and its fields with tier and class."""
    return [_fact(topic, FACTS[topic]) for topic in sorted(FACTS)]


def rules() -> list[dict[str, Any]]:
    """Return every rule: code, sentence, cure, who can cure it, source and kind, those of the gate first."""
    return [asdict(rule) for rule in RULEBOOK]


def run_facts(*, as_json: bool) -> None:
    """Print every fact."""
    if as_json:
        _print_json(facts())
        return
    rows = [(fact["topic"], fact["valid"], _told(fact, sealed=False), _told(fact, sealed=True)) for fact in facts()]
    _print_table(("fact", "valid", "open", "sealed"), rows)


def run_rules(*, as_json: bool) -> None:
    """Print every rule."""
    if as_json:
        _print_json(rules())
    else:
        _print_table(("rule", "says", "cure", "who"), [(r.code, r.sentence, r.cure, r.who) for r in RULEBOOK])


def _told(fact: dict[str, Any], *, sealed: bool) -> str:
    fields = (field for field in fact["fields"] if (field["personal_class"] is not None) is sealed)
    return ", ".join(f"{field['name']} ({field['personal_class']})" if sealed else field["name"] for field in fields)


def _fact(topic: str, cls: type[Fact]) -> dict[str, Any]:
    published = PUBLICATION.get(topic)
    return {
        "name": cls.__name__,
        "topic": topic,
        "aggregate": topic.partition(".")[0],
        "version": cls.schema_version,
        "says": (cls.__doc__ or "").partition("\n")[0],
        "valid": f"from {cls.valid.name}" if isinstance(cls.valid, FromField) else cls.valid.value,
        "published_as": published.type if published is not None else None,
        "fields": [
            {
                "name": name,
                "type": _type_name(cls.model_fields[name].annotation),
                "values": _values(cls.model_fields[name].annotation),
                "tier": _tier(label, published is not None and name in published.fields),
                "personal_class": None if label is BlockLabel.OPEN else label.value,
            }
            for name, label in cls.labels().items()
        ],
    }


def _tier(label: BlockLabel, published: bool) -> int:
    if label is not BlockLabel.OPEN:
        return PERSONAL
    return PUBLIC if published else INTERNAL


def _type_name(annotation: Any) -> str:
    """Return how a type reads in a table: names joined by "or", without the marks."""
    if annotation is type(None):
        return "nothing"
    if members := [member for member in get_args(annotation) if member is not Unreadable]:
        if hasattr(annotation, "__metadata__"):
            return _type_name(members[0])
        if getattr(annotation, "__origin__", None) is tuple:
            return f"list of {_type_name(members[0])}"
        return " or ".join(dict.fromkeys(_type_name(member) for member in members))
    return getattr(annotation, "__name__", str(annotation))


def _values(annotation: Any) -> list[str | int] | None:
    """Return the members of an enumeration, wherever in the type it stands; ``None`` when there is none."""
    if isinstance(annotation, type) and issubclass(annotation, Enum) and annotation is not Unreadable:
        return [member.value for member in annotation]
    return next((found for part in get_args(annotation) if (found := _values(part)) is not None), None)


def _print_json(result: Sequence[Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(result) + b"\n")
    sys.stdout.flush()


def _print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table()
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console().print(table)
