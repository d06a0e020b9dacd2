"""Tables of the record, of keys and of access, as the migrations made them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)

from adapters.tables import metadata

fact: Final = Table(
    "fact",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False, comment="dense from 1, in order of commit"),
    Column("stream", Uuid, nullable=False),
    Column("version", Integer, nullable=False, comment="dense within the stream"),
    Column("topic", Text, nullable=False),
    Column("fact_id", Uuid, comment="null for what other applications of the library store"),
    Column(
        "recorded_at", DateTime(timezone=True), nullable=False, comment="when, by the clock of the server that took it"
    ),
    Column("recorded_by", DateTime(timezone=True), nullable=False, comment="latest recorded_at up to this position"),
    Column("leaf", LargeBinary, nullable=False, comment="a convenience; whoever verifies computes it from the frame"),
    Column("frame", LargeBinary, nullable=False, comment="the fact as it was hashed; never written again"),
    UniqueConstraint("stream", "version"),
    Index(None, "recorded_by"),
    Index("ix_fact_erasures", "position", postgresql_where=text("topic = 'case.person-erased'")),
    schema="record",
    comment="Every fact, once, for ever.",
)

command: Final = Table(
    "command",
    metadata,
    Column("command_id", Uuid, primary_key=True),
    Column("request", LargeBinary, nullable=False, comment="HMAC of method, path and body"),
    Column("first_position", BigInteger, comment="null when nothing followed from it"),
    Column("facts", Integer, nullable=False),
    Column("committed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index(None, "committed_at", postgresql_using="brin"),
    schema="record",
    comment="What was asked, so that asking again answers as the first time. Kept thirty days.",
)

tracking: Final = Table(
    "tracking",
    metadata,
    Column("application_name", Text, primary_key=True),
    Column("notification_id", BigInteger, primary_key=True, autoincrement=False),
    schema="record",
    comment="How far other applications of the library have followed the record.",
)

wrapping_key: Final = Table(
    "wrapping_key",
    metadata,
    Column("country", Text, primary_key=True),
    Column("class", Text, primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False, comment="number of the thirty days"),
    Column("wrapped", LargeBinary, nullable=False, comment="under the root of the key provider"),
    schema="keys",
)

subject_key: Final = Table(
    "subject_key",
    metadata,
    Column("subject", Uuid, primary_key=True),
    Column("class", Text, primary_key=True),
    Column("version", SmallInteger, primary_key=True, autoincrement=False),
    Column("country", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("wrapped", LargeBinary, nullable=False, comment="under the wrapping key; empty once destroyed"),
    Column("commitment", LargeBinary, nullable=False, comment="hash of the key, as the facts carry it"),
    Column("state", Text, nullable=False, server_default="live", comment="live, or destroyed: the tombstone"),
    schema="keys",
)

scope: Final = Table(
    "scope",
    metadata,
    Column("party", Text, primary_key=True, comment="a country or an agency"),
    Column("case_id", Uuid, primary_key=True),
    Index(None, "case_id"),
    schema="access",
    comment="Whose officers may see a case at all. Row-level security reads the setting homeward.parties.",
)

read: Final = Table(
    "read",
    metadata,
    Column("read_id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("reader", Text, nullable=False, comment="human, decision or projector"),
    Column("actor", Uuid, comment="reference of the officer; null for a projector"),
    Column("agency", Text),
    Column("purpose", Text, nullable=False),
    Column("classes", ARRAY(Text), nullable=False, comment="what was opened"),
    Column("case_ids", ARRAY(Uuid), nullable=False, comment="whose; empty for a range of positions"),
    Column("from_position", BigInteger),
    Column("to_position", BigInteger),
    Column("request", Uuid, comment="command or request on whose behalf"),
    Index("ix_read_by_people", "case_ids", postgresql_using="gin", postgresql_where=text("reader = 'human'")),
    Index("ix_read_by_decisions", text("(case_ids[1])"), postgresql_where=text("reader = 'decision'")),
    Index("ix_read_by_machines", "to_position", postgresql_where=text("reader NOT IN ('human', 'decision')")),
    schema="access",
    comment="Who opened what, of whom, and why. Only ever added to.",
)

read_waiting: Final = Table(
    "read_waiting",
    metadata,
    Column("read_id", BigInteger, primary_key=True, autoincrement=False),
    Column("leaf", LargeBinary, nullable=False),
    schema="access",
    comment="Reads that are not sealed yet: for a second or so.",
)

read_leaf: Final = Table(
    "read_leaf",
    metadata,
    Column("leaf_index", BigInteger, primary_key=True, autoincrement=False, comment="place in the tree, from 0"),
    Column("read_id", BigInteger, nullable=False, unique=True),
    Column("leaf", LargeBinary, nullable=False, comment="as it was when the row was added"),
    schema="access",
    comment="Reads in the order in which they were sealed.",
)
