"""Every code that a person can meet has a sentence, and no sentence is without a code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.messages import ENGLISH, preferred
from api.problems import KINDS
from domain.case.case import CASE
from domain.case.gate import DEPARTURE
from domain.kernel import FACTS, Fact
from domain.privacy import BlockLabel
from tests.examples import AL_HOL, FACT, ROJ
from tests.examples import FACTS as EXAMPLES
from tests.scenario import recorded

DOMAIN = Path(__file__).parents[2] / "domain"


def calls(name: str) -> Iterator[ast.Call]:
    for file in DOMAIN.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield node


def test_every_refusal_has_a_sentence() -> None:
    codes = {ast.literal_eval(call.args[0]) for call in calls("Refused")}
    assert len(codes) > 20
    assert codes == ENGLISH.refusals.keys()


def test_every_anomaly_that_is_named_where_it_arises_has_a_sentence() -> None:
    codes = {
        node.value
        for call in calls("Odd")
        for node in ast.walk(call)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"[a-z]+\.[a-z-]+", node.value)
    }
    assert len(codes) > 10
    assert codes <= ENGLISH.anomalies.keys()


@given(st.lists(st.tuples(st.sampled_from(EXAMPLES), st.integers(1, 28)), max_size=14))
def test_every_anomaly_that_arises_has_a_sentence(lived: list[tuple[Fact, int]]) -> None:
    facts = [recorded(fact, nth, occurred_on=f"2021-10-{day:02}") for nth, (fact, day) in enumerate(lived, start=1)]
    for anomaly in CASE.fold(facts).anomalies:
        assert ENGLISH.anomaly(anomaly.code)


def test_every_fact_has_a_sentence_of_its_open_fields_only() -> None:
    assert ENGLISH.facts.keys() == FACTS.keys()
    for topic, template in ENGLISH.facts.items():
        used = {field for _, field, _, _ in Formatter().parse(template) if field}
        labels = FACTS[topic].labels()
        assert {labels[field] for field in used} <= {BlockLabel.OPEN}, topic


@pytest.mark.parametrize("topic", sorted(FACTS))
def test_every_fact_reads_as_a_sentence(topic: str) -> None:
    fields = FACT[topic].model_dump(mode="json")
    sentence = ENGLISH.fact(topic, fields, {AL_HOL: "Al-Hol", ROJ: "Roj"})
    assert re.fullmatch(r"[A-Z].*\.", sentence)
    assert not re.search(r"[{}_]|None|True|False|[0-9a-f]{8}-", sentence), sentence
    assert ENGLISH.fact(topic, {}, {}).endswith(".")


def test_every_problem_has_a_sentence_and_every_sentence_a_problem() -> None:
    assert ENGLISH.problems.keys() == {kind.code for kind in KINDS if kind.code != "request.refused"}


def test_every_rule_of_departure_says_what_cures_it_who_can_and_why() -> None:
    for rule in DEPARTURE:
        assert all(rule.shown().values()), rule.code


def test_a_rule_of_a_field_that_is_not_known_says_nothing_of_what_was_sent() -> None:
    assert ENGLISH.rule_of_field("not-invented-yet", {"input": "secret"}) == ENGLISH.field_rules[""]
    assert ENGLISH.rule_of_field("string_too_long", {}) == ENGLISH.field_rules[""]


def test_countries_are_called_by_their_names() -> None:
    for code, name in {"IQ": "Iraq", "XK": "Kosovo", "XXX": "a state not known", "SY": "Syria"}.items():
        assert ENGLISH.fact("case.arrived-in-country", {"country": code}, {}) == f"The person arrived in {name}."


def test_a_facility_without_a_known_name_is_called_by_its_id() -> None:
    other = UUID("99999999-9999-4999-8999-999999999999")
    assert str(other) in ENGLISH.fact("case.admitted-to-facility", {"facility": str(other)}, {})


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("ar", "ar"),
        ("ar-IQ, en;q=0.5", "ar"),
        ("ckb;q=0.9, en;q=0.8, ar;q=0.7", "en"),
        ("de", "en"),
        ("ar;q=zero", "ar"),
        ("*", "en"),
        (",;;q=", "en"),
    ],
)
def test_the_preferred_language_is_chosen(header: str | None, language: str) -> None:
    assert preferred(header, {"en": "en", "ar": "ar"}) == language
