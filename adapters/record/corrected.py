"""How a correction is stored: each field that it replaces in the block of that field, named ``replacement.`` and so on.

So a correction of a name is sealed as the name is, and a correction of an open code is read without any key. Who does
not open a block knows from ``corrected_fields`` what was replaced in it, and not by what.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple, cast

from adapters.record.errors import UnknownFact
from domain.corrections import FactCorrected, replacement_of
from domain.kernel import FACTS, Fact, labels_of
from domain.privacy import WITHHELD, BlockLabel, Unreadable

PREFIX: Final = "replacement."
_OWN: Final = labels_of(FactCorrected)
_ORDER: Final = {label: nth for nth, label in enumerate(BlockLabel)}

Sealed = tuple[BlockLabel, tuple[str, ...], str | None]
"""Class, its fields, and the field that names whose key seals it (``None``: the person of the stream)."""


class Flat(NamedTuple):
    """A correction as one row of fields, those of the replacement under :data:`PREFIX`, and its blocks."""

    values: Mapping[str, Any]
    written: Mapping[str, Any]
    """The values as JSON has them."""
    open: tuple[str, ...]
    sealed: tuple[Sealed, ...]


def flat(fact: FactCorrected) -> Flat:
    """Return the fields of a correction and the blocks into which they go, in stored order."""
    replacement = fact.replacement
    labels, subjects = labels_of(replacement.corrects), replacement.corrects.subjects
    replaced, as_json = replacement.fields, replacement.model_dump(mode="json")
    blocks: dict[tuple[BlockLabel, str | None], list[str]] = {}
    for name, label in _OWN.items():
        blocks.setdefault((label, None), []).append(name)
    for name in replaced:
        whose = subjects.get(labels[name])
        blocks.setdefault((labels[name], whose and PREFIX + whose), []).append(PREFIX + name)
    opened = blocks.pop((BlockLabel.OPEN, None))
    return Flat(
        fact.__dict__ | {PREFIX + name: value for name, value in replaced.items()},
        fact.model_dump(mode="json", exclude={"replacement"}) | {PREFIX + name: as_json[name] for name in replaced},
        tuple(opened),
        tuple(
            (label, tuple(blocks[label, whose]), whose)
            for label, whose in sorted(blocks, key=lambda block: (_ORDER[block[0]], block[1] or ""))
        ),
    )


def unflat(found: Iterable[tuple[BlockLabel, dict[str, Any] | Unreadable]], schema: int) -> FactCorrected:
    """Return the correction that blocks hold, the open one first, as far as they were read.

    What was replaced and could not be read is unreadable in the replacement as well.

    :raises UnknownFact: when this program does not know the fact that is corrected, or not its schema version.
    """
    (_, first), *sealed = found
    own, replaced = _split(cast("dict[str, Any]", first))
    own = FactCorrected.upcast(schema, BlockLabel.OPEN, own)
    topic, version = own["target_topic"], own["target_schema"]
    if (target := FACTS.get(topic)) is None or version > target.schema_version:
        message = f"this program does not know {topic} in schema version {version}, which was corrected"
        raise UnknownFact(message)
    replaced = target.upcast(version, BlockLabel.OPEN, replaced)
    own |= {name: WITHHELD for name, label in _OWN.items() if label is not BlockLabel.OPEN}
    for label, read in sorted(sealed, key=lambda block: not isinstance(block[1], Unreadable)):
        if isinstance(read, Unreadable):
            own |= {name: read for name, mark in _OWN.items() if mark is label}
            replaced |= dict.fromkeys(_replaced_in(target, label, own, version), read)
        else:
            mine, theirs = _split(read)
            own |= FactCorrected.upcast(schema, label, mine)
            replaced |= target.upcast(version, label, theirs)
    own["replacement"] = replacement_of(target).model_validate({"topic": topic, **replaced})
    return FactCorrected.model_validate(own)


def _split(fields: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    own = {name: value for name, value in fields.items() if not name.startswith(PREFIX)}
    return own, {name.removeprefix(PREFIX): value for name, value in fields.items() if name.startswith(PREFIX)}


def _replaced_in(target: type[Fact], label: BlockLabel, own: Mapping[str, Any], version: int) -> list[str]:
    """Return the fields of a block that were replaced; all where an older version may have named them otherwise."""
    return [
        name
        for name, mark in labels_of(target).items()
        if mark is label and (version < target.schema_version or name in own["corrected_fields"])
    ]
