"""What leaves the house, what rests in the open, and who may ask what: the tables hold what they promise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import Any, get_args
from uuid import UUID

import pytest
from pydantic import StringConstraints

from domain.confided import CONFIDED_TOPICS, may_be_told, unsaid
from domain.dates import PartialDate
from domain.kernel import COMMANDS, FACTS, Fact, FromField, labels_of
from domain.privacy import PERSONAL_CLASSES, BlockLabel, Open
from domain.publication import PUBLICATION, STAYS
from domain.registry import AGGREGATES
from domain.roles import ROLES, Role
from domain.values import COUNTRIES, CountryCode
from tests.examples import EXAMPLES, FACT

OURS = {topic: cls for topic, cls in FACTS.items() if topic.partition(".")[0] in AGGREGATES}
CODE_OF_AN_ID = {
    "section_id", "appeal_id", "sponsor_id",
    "block_id", "screening_id", "name_id", "document_id", "evidence_sha256",
    "fence_sha256", "covers", "other",
}  # fmt: skip


def metadata_of(annotation: Any) -> Iterator[object]:
    """Everything that constrains a type, however deep."""
    yield annotation
    yield from getattr(annotation, "__metadata__", ())
    for inner in get_args(annotation):
        yield from metadata_of(inner)


def is_constrained(annotation: Any, metadata: list[Any]) -> bool:
    """Whether no free text fits."""
    found = [*metadata, *metadata_of(annotation)]
    patterns = [item.pattern for item in found if isinstance(item, StringConstraints) and item.pattern]
    countries = [item for item in found if getattr(item, "func", None) is not None]
    kinds = [item for item in found if isinstance(item, type)]
    text = any(issubclass(kind, str) and not issubclass(kind, Enum) for kind in kinds)
    closed = [kind for kind in kinds if issubclass(kind, (UUID, date, PartialDate, bool, int, Enum))]
    return bool(patterns or countries) if text else bool(closed)


# ---------------------------------------------------------------- fields
@pytest.mark.parametrize("cls", OURS.values(), ids=lambda cls: cls.topic)
def test_every_field_is_marked_and_no_free_text_rests_in_the_open(cls: type[Fact]) -> None:
    for name, label in labels_of(cls).items():
        info = cls.model_fields[name]
        assert label is not BlockLabel.HEADER
        if label is BlockLabel.OPEN:
            assert is_constrained(info.annotation, info.metadata), f"{cls.topic}.{name} is free text in the open"


def test_and_the_guard_can_fail() -> None:
    class Careless(Fact):
        note: Open[str]
        country: Open[CountryCode]

    fields = Careless.model_fields
    assert not is_constrained(fields["note"].annotation, fields["note"].metadata)
    assert is_constrained(fields["country"].annotation, fields["country"].metadata)
    with pytest.raises(TypeError, match="must be marked"):
        labels_of(type("Unmarked", (Fact,), {"__annotations__": {"field": int}}))


@pytest.mark.parametrize("cls", OURS.values(), ids=lambda cls: cls.topic)
def test_a_topic_is_chosen_by_hand_and_a_date_of_its_own_rests_in_the_open(cls: type[Fact]) -> None:
    assert re.fullmatch(r"(case|facility|subject-request|break-glass)\.[a-z]+(-[a-z]+)*", cls.topic)
    if isinstance(cls.valid, FromField):
        assert labels_of(cls)[cls.valid.name] is BlockLabel.OPEN


def test_every_fact_has_an_example_that_says_something_in_every_field() -> None:
    assert set(FACT) == set(OURS)
    for fact in FACT.values():
        assert all(value is not None for value in vars(fact).values())


def test_a_fact_does_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        FACT["case.departed"].destination = "TR"  # type: ignore[attr-defined]


# ---------------------------------------------------------------- publication
def test_every_fact_leaves_under_a_name_that_outlives_its_class() -> None:
    assert set(PUBLICATION) | STAYS == set(OURS)
    assert not set(PUBLICATION) & STAYS
    assert PUBLICATION["case.security-block-imposed"].type == "org.homeward.case.security-block-imposed.v1"


@pytest.mark.parametrize("topic", PUBLICATION)
def test_only_open_fields_leave_and_none_that_joins_two_views(topic: str) -> None:
    labels = labels_of(FACTS[topic])
    listed = PUBLICATION[topic].fields
    assert {labels[name] for name in listed} <= {BlockLabel.OPEN}
    assert not CODE_OF_AN_ID & set(listed)
    assert len(set(listed)) == len(listed)


@pytest.mark.parametrize("topic", PUBLICATION)
def test_no_agency_is_named_to_everybody(topic: str) -> None:
    shown = FACT[topic].model_dump(mode="json", include=set(PUBLICATION[topic].fields))
    for name, value in shown.items():
        agency = isinstance(value, str) and "-" in value and value.partition("-")[0] in COUNTRIES
        assert not agency or name == "code"


def test_the_result_of_a_screening_and_every_personal_class_stay_in_the_house() -> None:
    assert "result" not in PUBLICATION["case.screening-completed"].fields
    listed = {(topic, name) for topic, how in PUBLICATION.items() for name in how.fields}
    assert not {(topic, name) for topic, name in listed if labels_of(FACTS[topic])[name] in PERSONAL_CLASSES}


# ---------------------------------------------------------------- inside the house
def test_a_state_is_not_told_that_it_is_feared_and_who_protects_the_person_is() -> None:
    told = {role for role, permissions in ROLES.items() if may_be_told(permissions)}
    assert told == {
        Role.CASEWORKER, Role.SUPERVISOR, Role.PROTECTION_OFFICER, Role.DATA_PROTECTION_OFFICER, Role.AUDITOR,
    }  # fmt: skip
    assert "case.fear-of-return-expressed" in CONFIDED_TOPICS
    assert not CONFIDED_TOPICS & PUBLICATION.keys()


def test_a_cause_that_tells_as_much_as_the_fact_is_not_said_either() -> None:
    assert unsaid({"cause": "non_refoulement"}) == {"cause": "protection"}
    assert unsaid({"cause": "move"}) == {"cause": "move"}
    assert unsaid({"country": "IQ"}) == {"country": "IQ"}


# ---------------------------------------------------------------- roles
def test_every_command_every_page_and_every_sealed_class_belongs_to_a_role_and_nothing_else() -> None:
    granted = frozenset().union(*ROLES.values())
    assert {example.command.permission for example in EXAMPLES if example.command.routed} <= granted
    asked = {cls.permission for cls in COMMANDS.values() if cls.aggregate in AGGREGATES and cls.routed}
    reads = {
        "audit:read",
        "block:read",
        "break-glass:read",
        "case:read",
        "facility:read",
        "feed:read",
        "figures:read",
        "subject-request:read",
        "subject-request:report",
        "work:read",
        "worklist:read",
    }
    sealed = {label for cls in OURS.values() for label in labels_of(cls).values() if label in PERSONAL_CLASSES}
    assert granted == asked | reads | {f"case:open-{label}" for label in sealed}


def test_who_watches_never_writes_and_who_integrates_sees_no_case() -> None:
    assert all(permission.endswith(":read") for permission in ROLES[Role.AUDITOR])
    assert ROLES[Role.INTEGRATOR] == {"feed:read"}


def test_who_blocks_does_not_clear_and_who_requests_does_not_approve() -> None:
    assert set(ROLES) == set(Role)
    for permissions in ROLES.values():
        assert not {"case:impose-block", "case:clear-to-depart"} <= permissions
        assert not {"case:request-repatriation", "case:approve-repatriation"} <= permissions
