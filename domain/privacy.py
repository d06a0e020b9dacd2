"""What is personal, which kind of personal, and what stands in its place when it cannot be read.

Every field of every fact is marked with exactly one of the aliases below. The mark decides in which block of the stored
frame the field rests and therefore under which key it is sealed. A field can be opened later and never closed later, so
in doubt it is sealed. Free text is never open.
"""

from __future__ import annotations

from enum import Enum, StrEnum, unique
from typing import Annotated, Any, Final, TypeVar, Union, get_args

from pydantic import GetCoreSchemaHandler, SerializerFunctionWrapHandler, ValidatorFunctionWrapHandler
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")


@unique
class BlockLabel(StrEnum):
    """The blocks of a stored fact, in the order in which they are stored and hashed."""

    HEADER = "header"
    OPEN = "open"
    IDENTITY = "identity"
    PROTECTION = "protection"
    MEDICAL = "medical"
    SECURITY = "security"
    JUDICIAL = "judicial"
    NARRATIVE = "narrative"

    __hash__ = str.__hash__  # an enumeration's own is twenty times slower, and labels are looked up for every block


PERSONAL_CLASSES: Final = frozenset(BlockLabel) - {BlockLabel.HEADER, BlockLabel.OPEN}
"""The classes under which a person's data is sealed, one key each."""


class Unreadable(Enum):
    """What a personal field holds when its block was not opened.

    A projection or a decision that meets one must say so; it never guesses.
    """

    WITHHELD = "withheld"
    """The reader did not declare that it opens this class."""
    ERASED = "erased"
    """The person's key was destroyed; nobody can read this again."""

    def __repr__(self) -> str:
        return f"<{self.value}>"


WITHHELD: Final = Unreadable.WITHHELD
ERASED: Final = Unreadable.ERASED


class _Sealable:
    """Lets a field hold what its type says or an :class:`Unreadable` member, and never reads text as one.

    Without this, pydantic tries every member of the union on the way in and out: 16 µs for a name instead of 7.
    """

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        rest = tuple(member for member in get_args(source) if member is not Unreadable)
        inner = handler.generate_schema(Union[rest])  # noqa: UP007 - members are known only here
        shown = core_schema.wrap_serializer_function_ser_schema(_shown, schema=inner)
        return core_schema.no_info_wrap_validator_function(_kept, inner, serialization=shown)


def _kept(value: object, validate: ValidatorFunctionWrapHandler) -> object:
    return value if isinstance(value, Unreadable) else validate(value)


def _shown(value: object, serialize: SerializerFunctionWrapHandler) -> object:
    return {"unreadable": value.value} if isinstance(value, Unreadable) else serialize(value)


_SEALABLE: Final = _Sealable()

AS_TARGET: Final = "as the target"
"""Mark of the one field that is open and sealed, part by part, as the fact is that it corrects."""

Open = Annotated[T, BlockLabel.OPEN]
"""Codes, categories, ids, facilities, dates of the journey: what read models may use without any key."""
Identity = Annotated[T | Unreadable, _SEALABLE, BlockLabel.IDENTITY]
"""Who the person is: names, birth, sex, documents."""
Protection = Annotated[T | Unreadable, _SEALABLE, BlockLabel.PROTECTION]
"""Needs, care, best interests, fear of return."""
Medical = Annotated[T | Unreadable, _SEALABLE, BlockLabel.MEDICAL]
"""Health and causes of death."""
Security = Annotated[T | Unreadable, _SEALABLE, BlockLabel.SECURITY]
"""What security agencies hold: grounds of a block, results of a screening."""
Judicial = Annotated[T | Unreadable, _SEALABLE, BlockLabel.JUDICIAL]
"""What courts and ministries decided: grounds of a deprivation, refusals, assurances."""
Narrative = Annotated[T | Unreadable, _SEALABLE, BlockLabel.NARRATIVE]
"""Free text: notes, reasons, references to sources."""
