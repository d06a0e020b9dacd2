"""The personal part of a case sheet: only the classes that were asked for by name, each under its own heading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from domain.case.case import CaseState
from domain.case.decisions import Refusal
from domain.dates import PartialDate
from domain.privacy import BlockLabel, Unreadable
from domain.values import PersonName

OPENABLE = Literal[
    BlockLabel.IDENTITY, BlockLabel.PROTECTION, BlockLabel.MEDICAL, BlockLabel.SECURITY, BlockLabel.JUDICIAL
]


def opened_part(case: CaseState, opens: frozenset[BlockLabel]) -> dict[str, Any]:
    """Return class → what it says; what was erased is shown as erased."""
    return {label.value: _PARTS[label](case) for label in sorted(opens)}


def _identity(case: CaseState) -> dict[str, Any]:
    known = case.identity
    return {
        "names": [
            {"kind": name.kind, "name": _shown(name.name), "strength": name.strength.name.lower()}
            for name in known.names.values()
        ],
        "births": [
            {"birth": _shown(told.birth), "place": _shown(told.place), "strength": told.strength.name.lower()}
            for told in known.births
        ],
        "sex": _shown(known.sex),
    }


def _medical(case: CaseState) -> dict[str, Any]:
    death = case.life.death
    return {"death_manner": _shown(death.manner) if death is not None else None}


def _security(case: CaseState) -> dict[str, Any]:
    return {"block_grounds": {str(block_id): _shown(block.ground) for block_id, block in case.blocks.open.items()}}


def _judicial(case: CaseState) -> dict[str, Any]:
    refusals = {country: answer for country, answer in case.decisions.answers.items() if isinstance(answer, Refusal)}
    return {
        "deprivation_grounds": {country: _shown(order.ground) for country, order in case.nationality.deprived.items()},
        "refusal_reasons": {country: _shown(answer.reasons) for country, answer in refusals.items()},
    }


_PARTS: Final[Mapping[BlockLabel, Callable[[CaseState], dict[str, Any]]]] = {
    BlockLabel.IDENTITY: _identity,
    BlockLabel.PROTECTION: lambda case: {"care_status": _shown(case.protection.status)},
    BlockLabel.MEDICAL: _medical,
    BlockLabel.SECURITY: _security,
    BlockLabel.JUDICIAL: _judicial,
}


def _shown(value: object) -> object:
    if isinstance(value, Unreadable):
        return {"unreadable": value.value}
    if isinstance(value, PartialDate):
        return value.text
    if isinstance(value, PersonName):
        return value.model_dump(mode="json")
    return value
