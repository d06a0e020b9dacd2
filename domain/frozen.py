"""Frozen records, changed by copying: :func:`dataclasses.replace` at a third of its price.

The folds of millions of facts stand on it. The type checker sees the original and checks every change by field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["replace"]

if TYPE_CHECKING:
    from dataclasses import replace
else:
    _new, _set = object.__new__, object.__setattr__

    def replace(record, /, **changes):  # noqa: ANN001, ANN003, ANN201 - the checker sees dataclasses.replace
        """Return a copy of a frozen dataclass without slots, with some fields changed; nothing is validated anew."""
        copy = _new(record.__class__)
        _set(copy, "__dict__", record.__dict__ | changes)
        return copy
