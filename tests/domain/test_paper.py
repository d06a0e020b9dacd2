"""The paper says what the code does: the field table of the form of a fact, and the words of the language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from domain.case.gate import DEPARTURE
from domain.case.status import Overlay, Status
from domain.kernel import FACTS, Fact, FromField, labels_of
from domain.privacy import AS_TARGET, BlockLabel
from domain.registry import AGGREGATES

DOCS = Path(__file__).parents[2] / "docs"
TABLE = (DOCS / "adr" / "0002-form-of-a-fact-fields.md").read_text(encoding="utf-8")
LANGUAGE = (DOCS / "language.md").read_text(encoding="utf-8")
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in TABLE.splitlines()
    if re.match(r"\| ?●? ?\| [A-Z]\w+ \|", line)
]
BUILT = {name: (valid, opened, sealed) for mark, name, valid, opened, sealed in ROWS if mark == "●"}
OURS = {cls.__name__: cls for topic, cls in FACTS.items() if topic.partition(".")[0] in AGGREGATES}


def as_written(cls: type[Fact]) -> tuple[str, str, str]:
    """The row of a fact as its class declares it."""
    labels = labels_of(cls)
    valid = {"always": "always", "occurred_on": "occurred", "target": AS_TARGET}.get(str(cls.valid), "")
    if isinstance(cls.valid, FromField):
        valid = f"→ {cls.valid.name}"
    opened = ", ".join(name for name, label in labels.items() if label is BlockLabel.OPEN)
    as_target = [f"{name}: {AS_TARGET}" for name, info in cls.model_fields.items() if AS_TARGET in info.metadata]
    own = [
        f"{name}: {label.value}" + (f" of the {name}" if label in cls.subjects else "")
        for name, label in labels.items()
        if label is not BlockLabel.OPEN
    ]
    sealed = ", ".join([*as_target, *own])
    return valid, opened, sealed


def test_every_fact_that_is_built_stands_in_the_field_table_as_the_code_has_it() -> None:
    assert {name: as_written(cls) for name, cls in OURS.items()} == BUILT


def test_a_fact_stands_in_the_field_table_once() -> None:
    names = [name for _, name, *_ in ROWS]
    assert len(names) == len(set(names))
    assert len(names) > 120


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1])
def test_every_field_of_every_fact_to_come_has_its_class(row: tuple[str, ...]) -> None:
    _, _, valid, opened, sealed = row
    fields = [name for name in opened.split(", ") if name]
    assert all(re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", name) for name in fields)
    for field in filter(None, sealed.split(", ")):
        name, _, label = field.partition(": ")
        assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", name)
        assert label.partition(" of ")[0] in {*BlockLabel} - {"header", "open"} | {"as the target"}
    assert valid in {"always", "occurred", "as the target"} or valid.removeprefix("→ ") in fields


@pytest.mark.parametrize("word", [*Status, *Overlay], ids=str)
def test_every_status_and_overlay_is_a_word_of_the_language(word: str) -> None:
    assert f"**{word.replace('_', ' ')}**" in LANGUAGE


@pytest.mark.parametrize("cls", OURS.values(), ids=lambda cls: cls.__name__)
def test_every_fact_is_a_word_of_the_language(cls: type[Fact]) -> None:
    assert f"`{cls.__name__}`" in LANGUAGE


@pytest.mark.parametrize("rule", DEPARTURE, ids=lambda rule: rule.code)
def test_every_rule_of_the_gate_is_told(rule: object) -> None:
    assert rule.code in LANGUAGE  # type: ignore[attr-defined]
