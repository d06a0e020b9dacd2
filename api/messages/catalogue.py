"""What a language has to say: a sentence for every fact, refusal, anomaly, problem and broken rule of a field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import UUID

C = TypeVar("C")

_NUMBERS: Final = frozenset({"min_length", "max_length", "ge", "gt", "le", "lt"})
_OURS: Final = frozenset({"expected", "error"})
"""What pydantic tells about a broken rule and does not come from outside: the rule's own limits, choices and words."""


@dataclass(frozen=True)
class Catalogue:
    """The sentences of one language. Templates name the open fields of a fact, or the members of a problem."""

    language: str
    facts: Mapping[str, str]
    """Topic → what happened."""
    refusals: Mapping[str, str]
    """Code of :class:`domain.kernel.Refused` → why."""
    anomalies: Mapping[str, str]
    """Code of an anomaly → what does not fit."""
    problems: Mapping[str, str]
    """Code of a problem of the faces → what to do."""
    field_rules: Mapping[str, str]
    """Rule of a field that does not fit → what the field asks for."""
    words: Mapping[tuple[str, object], str]
    """(field, value) → how the value reads in a sentence; ``None`` stands for "not stated"."""
    countries: Mapping[str, str]
    """Country code → name, as far as they are not taken from ISO 3166-1."""

    def fact(self, topic: str, fields: Mapping[str, object], names: Mapping[UUID, str]) -> str:
        """Say what a fact says, from its open fields; ``names`` are those of the facilities it mentions."""
        return self.facts[topic].format_map(_Spoken(self, fields, names))

    def anomaly(self, code: str) -> str:
        """Say what does not fit."""
        return self.anomalies[code]

    def problem(self, code: str, members: Mapping[str, object]) -> str:
        """Say what to do about a problem."""
        return self.problems[code].format_map(members)

    def rule_of_field(self, rule: str, context: Mapping[str, Any]) -> str:
        """Say what a field asks for. Only the rule's own limits are told, never what was sent."""
        told = {key: str(value) for key, value in context.items() if key in _NUMBERS | _OURS}
        template = self.field_rules.get(rule, self.field_rules[""])
        try:
            return template.format_map(told)
        except KeyError:
            return self.field_rules[""]


class _Spoken(dict[str, str]):
    """The fields of a fact as they read in a sentence; what is missing reads as not stated."""

    def __init__(self, catalogue: Catalogue, fields: Mapping[str, object], names: Mapping[UUID, str]) -> None:
        super().__init__()
        self._catalogue: Final = catalogue
        self._fields: Final = fields
        self._names: Final = names

    def __missing__(self, field: str) -> str:
        value = self._fields.get(field)
        several = value if isinstance(value, list) else [value]
        words = self._catalogue.words
        if several == [value] and (phrase := words.get((field, value))) is not None:
            return phrase
        if value is None:
            return words["", None]
        if field == "facility":
            return self._names.get(UUID(str(value)), str(value))
        if field == "target_topic":
            return str(value).partition(".")[2].replace("-", " ")
        if field in {"country", "destination"}:
            return self._catalogue.countries.get(str(value)) or _iso_name(str(value))
        return ", ".join(str(each).replace("_", " ") for each in several)


def _iso_name(code: str) -> str:
    import pycountry  # noqa: PLC0415  reading its tables takes time that only a sentence with a country in it needs

    country = pycountry.countries.get(alpha_2=code)
    return str(getattr(country, "common_name", country.name)) if country is not None else code


def preferred(accept_language: str | None, available: Mapping[str, C]) -> C:
    """Return what fits the ``Accept-Language`` header best (RFC 9110 12.5.4); the first available when nothing does."""
    wanted: list[tuple[float, str]] = []
    for part in (accept_language or "").split(",")[:16]:
        tag, _, weight = part.partition(";")
        wanted.append((-_weight(weight), tag.strip().lower().partition("-")[0]))
    for _, language in sorted(wanted, key=lambda one: one[0]):
        if language in available:
            return available[language]
    return next(iter(available.values()))


def _weight(text: str) -> float:
    name, _, value = text.partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
