"""PostgreSQL's binary form of one-dimensional arrays, so that a batch of a thousand facts goes out as a few parameters.

The driver's own list adapter looks at every element to guess its type; here the type is named by the caller and the
elements are joined. Layout: PostgreSQL source, ``array_recv``: number of dimensions,
null flag, element oid, size, lower bound, then length and bytes of each element.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from psycopg import pq
from psycopg.abc import AdaptContext
from psycopg.adapt import Dumper

_HEAD: Final = struct.Struct(">iiIii")
_LENGTH: Final = struct.Struct(">i")
_INT4: Final = struct.Struct(">ii")
_INT8: Final = struct.Struct(">iq")
_NULL: Final = _LENGTH.pack(-1)
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)


class _Array:
    """Elements already in binary form, or runs of them with their number; subclasses name the oids."""

    __slots__ = ("payload",)
    element: int
    oid: int

    def __init__(self, elements: Sequence[bytes], number: int | None = None) -> None:
        number = len(elements) if number is None else number
        self.payload: Final = b"".join((_HEAD.pack(1, 1, self.element, number, 1), *elements))


class Int4Array(_Array):
    """``int4[]``."""

    element, oid = 23, 1007

    @classmethod
    def of(cls, numbers: Iterable[int]) -> Int4Array:
        """Encode the numbers, in order."""
        pack = _INT4.pack
        return cls([pack(4, number) for number in numbers])


class Int8Array(_Array):
    """``int8[]``."""

    element, oid = 20, 1016

    @classmethod
    def of(cls, numbers: Iterable[int]) -> Int8Array:
        """Encode the numbers, in order."""
        pack = _INT8.pack
        return cls([pack(8, number) for number in numbers])


class UuidArray(_Array):
    """``uuid[]``."""

    element, oid = 2950, 2951

    @classmethod
    def of(cls, ids: Iterable[UUID | None]) -> UuidArray:
        """Encode the ids, in order; ``None`` as null."""
        head = _LENGTH.pack(16)
        return cls([_NULL if one is None else head + one.bytes for one in ids])


class ByteaArray(_Array):
    """``bytea[]``."""

    element, oid = 17, 1001

    @classmethod
    def of(cls, values: Iterable[bytes]) -> ByteaArray:
        """Encode the values, in order."""
        pack = _LENGTH.pack
        return cls([pack(len(value)) + value for value in values])


class TextArray(_Array):
    """``text[]``."""

    element, oid = 25, 1009

    @classmethod
    def of(cls, values: Iterable[str]) -> TextArray:
        """Encode the values as UTF-8, in order."""
        return cls([_LENGTH.pack(len(raw)) + raw for raw in (value.encode() for value in values)])


class TimestampArray(_Array):
    """``timestamptz[]``."""

    element, oid = 1184, 1185

    @classmethod
    def of(cls, times: Iterable[datetime]) -> TimestampArray:
        """Encode aware times to the microsecond, in order."""
        pack, epoch = _INT8.pack, _EPOCH
        return cls([pack(8, _microseconds(time - epoch)) for time in times])


def _microseconds(since: timedelta) -> int:
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _dumper(cls: type[_Array]) -> type[Dumper]:
    class ArrayDumper(Dumper):
        format = pq.Format.BINARY
        oid = cls.oid

        def dump(self, obj: _Array) -> bytes:
            return obj.payload

    return ArrayDumper


def register_arrays(context: AdaptContext) -> None:
    """Teach a connection to send the arrays above."""
    for cls in (Int4Array, Int8Array, UuidArray, ByteaArray, TextArray, TimestampArray):
        context.adapters.register_dumper(cls, _dumper(cls))
