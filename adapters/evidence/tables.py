"""Tables of the logs, as the migrations made them. Each holds several logs, by name."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, DateTime, Integer, LargeBinary, SmallInteger, Table, Text, func

from adapters.tables import metadata

tile: Final = Table(
    "tile",
    metadata,
    Column("log", Text, primary_key=True),
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False, comment="up to 256 of 32 bytes; only ever made longer"),
    schema="evidence",
    comment="The tree of a log (C2SP tlog-tiles).",
)

head: Final = Table(
    "head",
    metadata,
    Column("log", Text, primary_key=True),
    Column("epoch", Integer, nullable=False, comment="from 1; a declared loss opens the next"),
    Column("size", BigInteger, nullable=False, comment="leaves; of the record: the last sealed position"),
    Column("root", LargeBinary, nullable=False),
    Column("sealed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    schema="evidence",
    comment="How far each log is sealed. What counts is the signed head, published outside this database.",
)

declaration: Final = Table(
    "declaration",
    metadata,
    Column("log", Text, primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False, comment="that it opened"),
    Column("note", Text, nullable=False, comment="signed"),
    schema="evidence",
    comment="Losses that were declared: which published head the log does not go on from.",
)
