"""Putting rows into the tables: by COPY in PostgreSQL's binary form for many, as one JSON document for a few.

COPY is not open to a role that row-level security binds, and the projector is one. The binary form is written here
because the driver's own takes longer; values that occur often are encoded once. Layout: PostgreSQL manual, "COPY",
"Binary Format".
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import partial
from itertools import chain, repeat
from typing import Any, Final, Generic, NamedTuple, TypeVar
from uuid import UUID

import orjson
import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

Row = TypeVar("Row", bound=NamedTuple)
Encode = Callable[[Any], bytes]

_LENGTH: Final = struct.Struct(">i").pack
_INT2: Final = struct.Struct(">h").pack
_INT4: Final = partial(struct.Struct(">ii").pack, 4)
_INT8: Final = partial(struct.Struct(">iq").pack, 8)
_ARRAY: Final = struct.Struct(">iiI").pack
_DIMENSION: Final = struct.Struct(">ii").pack
_NULL: Final = _LENGTH(-1)
_HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END: Final = _INT2(-1)
_TEXT_OID: Final = 25
_FIRST_DAY: Final = date(2000, 1, 1).toordinal()
_FIRST_INSTANT: Final = datetime(2000, 1, 1, tzinfo=UTC)
_REMEMBERED: Final = 50_000
POSITION: Final = "position"
"""The column that stands last in what COPY gets: rows can be written before it is known."""


class _Memory(dict[Any, bytes]):
    """Encodes each value once; ``None`` is null."""

    def __init__(self, encode: Encode) -> None:
        super().__init__()
        self._encode: Final = encode

    def __missing__(self, value: Any) -> bytes:
        if len(self) > _REMEMBERED:
            self.clear()
        self[value] = encoded = _NULL if value is None else self._encode(value)
        return encoded


def _text(value: str) -> bytes:
    raw = value.encode()
    return _LENGTH(len(raw)) + raw


def _texts(values: Sequence[str]) -> bytes:
    payload = _ARRAY(1, 0, _TEXT_OID) + _DIMENSION(len(values), 1) if values else _ARRAY(0, 0, _TEXT_OID)
    payload += b"".join(map(_text, values))
    return _LENGTH(len(payload)) + payload


def _uuid(value: UUID | None) -> bytes:
    return _NULL if value is None else b"\0\0\0\x10" + value.int.to_bytes(16)


def _timestamp(value: datetime | None) -> bytes:
    if value is None:
        return _NULL
    since = value - _FIRST_INSTANT  # divided by a microsecond it would take three times as long
    return _INT8((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)


def _json(value: bytes) -> bytes:
    return _LENGTH(len(value) + 1) + b"\x01" + value


class Kind(Enum):
    """The types of the columns."""

    UUID = (_uuid,)
    INT4 = (_INT4,)
    OPTIONAL_INT4 = (lambda value: _NULL if value is None else _INT4(value),)
    INT8 = (_INT8,)
    TIMESTAMP = (_timestamp,)
    JSON = (_json,)
    """JSON text as bytes."""
    BOOL = (_Memory(lambda value: b"\0\0\0\x01\x01" if value else b"\0\0\0\x01\0").__getitem__,)
    DATE = (_Memory(lambda value: _INT4(value.toordinal() - _FIRST_DAY)).__getitem__,)
    TEXT = (_Memory(_text).__getitem__,)
    TEXTS = (_Memory(_texts).__getitem__,)

    def __init__(self, encode: Encode) -> None:
        self.encode: Final = encode


@dataclass(frozen=True)
class View(Generic[Row]):
    """A table of read models: its rows, the types of their fields, and the column by which rows are replaced."""

    name: str
    row: type[Row]
    kinds: Sequence[Kind]
    owner: str
    """Id of the stream to which a row belongs."""

    def copy(self, cursor: psycopg.Cursor[Any], schema: str, rows: Sequence[Row]) -> None:
        """Add the rows by COPY."""
        if rows:
            self._copy(cursor, schema, chain.from_iterable(self._fields(rows, self._order)))

    def written(self, rows: Sequence[Row]) -> list[bytes]:
        """Return each row as COPY has it but for the position, where the view has one: :func:`at` makes that."""
        return list(map(b"".join, self._fields(rows, self._unplaced))) if rows else []

    def copy_written(self, cursor: psycopg.Cursor[Any], schema: str, rows: Iterable[bytes]) -> None:
        """Add by COPY what :meth:`written` returned, each row followed by its position where the view has one."""
        self._copy(cursor, schema, rows)

    def _fields(self, rows: Sequence[Row], order: Sequence[int]) -> Iterator[tuple[bytes, ...]]:
        # Column by column: most of the loop then runs inside the interpreter, in half the time.
        columns = tuple(zip(*rows, strict=True))
        encoded = (map(self.kinds[nth].encode, columns[nth]) for nth in order)
        return zip(repeat(_INT2(len(self.kinds))), *encoded, strict=False)

    def _copy(self, cursor: psycopg.Cursor[Any], schema: str, rows: Iterable[bytes]) -> None:
        names = sql.SQL(", ").join(sql.Identifier(self.row._fields[nth]) for nth in self._order)
        command = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(self._in(schema), names)
        with cursor.copy(command) as target:
            target.write(b"".join((_HEAD, *rows, _END)))

    def insert(self, connection: psycopg.Connection[Any], schema: str, rows: Sequence[Row]) -> None:
        """Add a few rows in one statement."""
        if not rows:
            return
        document = [{name: _shown(value) for name, value in zip(row._fields, row, strict=True)} for row in rows]
        connection.execute(
            sql.SQL("INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s)")
            .format(table=self._in(schema), columns=self._columns),
            (Jsonb(document, dumps=orjson.dumps),),
        )  # fmt: skip

    def remove(self, connection: psycopg.Connection[Any], schema: str, streams: Sequence[UUID]) -> None:
        """Remove every row of these streams."""
        command = sql.SQL("DELETE FROM {} WHERE {} = ANY(%s)").format(self._in(schema), sql.Identifier(self.owner))
        connection.execute(command, (list(streams),))

    @property
    def placed(self) -> bool:
        """Whether its rows have a position."""
        return POSITION in self.row._fields

    @property
    def _unplaced(self) -> list[int]:
        return [nth for nth, name in enumerate(self.row._fields) if name != POSITION]

    @property
    def _order(self) -> list[int]:
        return [*self._unplaced, *(nth for nth, name in enumerate(self.row._fields) if name == POSITION)]

    @property
    def _columns(self) -> sql.Composed:
        return sql.SQL(", ").join(map(sql.Identifier, self.row._fields))

    def _in(self, schema: str) -> sql.Identifier:
        return sql.Identifier(schema, self.name)


at: Final = _INT8
"""From a position to the bytes with which a row ends."""


def _shown(value: Any) -> Any:
    return orjson.Fragment(value) if isinstance(value, bytes) else value
