"""What is personal, which kind of personal, and what stands in its place when it cannot be read.

Every field of every fact is marked with exactly one of the aliases below. The mark decides in which block of the stored
frame the field rests and therefore under which key it is sealed. A field can be opened later and never closed later, so
in doubt it is sealed. Free text is never open.
"""

from __future__ import annotations

from enum import Enum, StrEnum, unique
from typing import Annotated, Any, Final, TypeVar

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
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

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: type[Any], _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Accept only the two members themselves: no text of a person can turn into one."""
        return core_schema.is_instance_schema(
            cls,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda member: {"unreadable": member.value}),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe how a field that cannot be read is shown."""
        shown = {"type": "string", "enum": [member.value for member in cls]}
        return {"type": "object", "properties": {"unreadable": shown}, "required": ["unreadable"]}


WITHHELD: Final = Unreadable.WITHHELD
ERASED: Final = Unreadable.ERASED

_IN_ORDER: Final = Field(union_mode="left_to_right")

Open = Annotated[T, BlockLabel.OPEN]
"""Codes, categories, ids, facilities, dates of the journey: what read models may use without any key."""
Identity = Annotated[Unreadable | T, _IN_ORDER, BlockLabel.IDENTITY]
"""Who the person is: names, birth, sex, documents."""
Protection = Annotated[Unreadable | T, _IN_ORDER, BlockLabel.PROTECTION]
"""Needs, care, best interests, fear of return."""
Medical = Annotated[Unreadable | T, _IN_ORDER, BlockLabel.MEDICAL]
"""Health and causes of death."""
Security = Annotated[Unreadable | T, _IN_ORDER, BlockLabel.SECURITY]
"""What security agencies hold: grounds of a block, results of a screening."""
Judicial = Annotated[Unreadable | T, _IN_ORDER, BlockLabel.JUDICIAL]
"""What courts and ministries decided: grounds of a deprivation, refusals, assurances."""
Narrative = Annotated[Unreadable | T, _IN_ORDER, BlockLabel.NARRATIVE]
"""Free text: notes, reasons, references to sources."""
