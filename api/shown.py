"""Values of the domain as JSON shows them: dates in EDTF, codes by name, and what could not be read said so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import IntEnum
from functools import singledispatch
from typing import Any

from pydantic import BaseModel

from domain.dates import PartialDate
from domain.privacy import Unreadable


@singledispatch
def shown(value: object) -> object:
    """Return a value of a state or fact as JSON can hold it; sets in the order of what is shown."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: shown(getattr(value, field.name)) for field in fields(value)}
    return value


@shown.register
def _(value: Unreadable) -> object:
    return {"unreadable": value.value}


@shown.register
def _(value: PartialDate) -> object:
    return value.text


@shown.register
def _(value: IntEnum) -> object:
    return value.name.lower()


@shown.register
def _(value: BaseModel) -> object:
    return value.model_dump(mode="json")


@shown.register(Mapping)
def _(value: Mapping[Any, Any]) -> object:
    return {str(key): shown(entry) for key, entry in value.items()}


@shown.register(frozenset)
def _(value: frozenset[Any]) -> object:
    return sorted((shown(entry) for entry in value), key=str)


@shown.register(tuple)
def _(value: tuple[Any, ...]) -> object:
    names = getattr(value, "_fields", None)
    entries = [shown(entry) for entry in value]
    return entries if names is None else dict(zip(names, entries, strict=True))
