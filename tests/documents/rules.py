"""``docs/rules.md``: every rule, with its cure, who can cure it, and its source."""

from __future__ import annotations

from typing import Final

from domain.rulebook import AT_ANY_TIME, RULEBOOK, RuleEntry

HEAD: Final = """\
# The rules

Made from the code by `python -m tests.write_documents`; `homeward rules --format json` prints the same for programs.
They are guards written by engineers, not legal advice; each carries its source so that a lawyer can argue.

## The departure gate

Asked when a person is cleared to depart and again when they depart. A refusal names every unmet rule at once. A rule
whose evidence cannot be read is not met. An adverse fact withdraws a clearance in the same transaction.
"""


def rules() -> str:
    """Return the page."""
    gate = [rule for rule in RULEBOOK if rule.kind != AT_ANY_TIME]
    rest = [rule for rule in RULEBOOK if rule.kind == AT_ANY_TIME]
    return HEAD + _table(gate) + "\n## At any time\n" + _table(rest)


def _table(entries: list[RuleEntry]) -> str:
    rows = (f"| {rule.code} | {rule.sentence} | {rule.cure} | {rule.who} | {rule.source} |\n" for rule in entries)
    return "\n| | rule | cure | who | source |\n|---|---|---|---|---|\n" + "".join(rows)
