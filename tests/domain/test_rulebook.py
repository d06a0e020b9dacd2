"""Every rule stands in the book once, and says what a person needs who meets it."""

from __future__ import annotations

from domain.case.gate import DEPARTURE
from domain.rulebook import RULEBOOK


def test_every_rule_of_the_gate_and_every_other_rule_stands_in_the_book_once() -> None:
    codes = [rule.code for rule in RULEBOOK]
    assert codes == [rule.code for rule in DEPARTURE] + [f"I{number}" for number in range(1, 15)]
    assert len(set(codes)) == len(codes)


def test_every_rule_says_what_cures_it_who_can_and_on_what_it_rests() -> None:
    for rule in RULEBOOK:
        assert all(said.endswith(".") and "|" not in said for said in (rule.sentence, rule.cure, rule.who, rule.source))
