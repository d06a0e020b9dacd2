"""The transparency logs: tiles, heads, declared losses.

Revision ID: 0004
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

GRANTS: Final = """
GRANT USAGE ON SCHEMA evidence TO homeward_writer, homeward_projector, homeward_reader;
GRANT SELECT ON evidence.tile, evidence.head, evidence.declaration TO homeward_writer, homeward_projector, homeward_reader;
GRANT INSERT, UPDATE ON evidence.tile, evidence.head TO homeward_projector;
"""


def upgrade() -> None:
    """Make the tables. The hashes of a tile are stored as they are: they cannot be compressed."""
    op.execute("CREATE SCHEMA evidence")
    op.create_table(
        "tile",
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("level", sa.SmallInteger, autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary, nullable=False, comment="up to 256 of 32 bytes; only ever made longer"),
        sa.PrimaryKeyConstraint("log", "level", "number", name="pk_tile"),
        schema="evidence",
        comment="The tree of a log (C2SP tlog-tiles).",
    )
    op.execute("ALTER TABLE evidence.tile ALTER COLUMN hashes SET STORAGE EXTERNAL")
    op.create_table(
        "head",
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False, comment="from 1; a declared loss opens the next"),
        sa.Column("size", sa.BigInteger, nullable=False, comment="leaves; of the record: the last sealed position"),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("log", name="pk_head"),
        schema="evidence",
        comment="How far each log is sealed. What counts is the signed head, published outside this database.",
    )
    op.create_table(
        "declaration",
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("epoch", sa.Integer, autoincrement=False, nullable=False, comment="that it opened"),
        sa.Column("note", sa.Text, nullable=False, comment="signed"),
        sa.PrimaryKeyConstraint("log", "epoch", name="pk_declaration"),
        schema="evidence",
        comment="Losses that were declared: which published head the log does not go on from.",
    )
    op.execute(GRANTS)


def downgrade() -> None:
    """Remove the logs. Heads that were published stay outside; the record stays as it is."""
    for table in ("declaration", "head", "tile"):
        op.drop_table(table, schema="evidence")
    op.execute("DROP SCHEMA evidence")
