"""The record: facts, commands, keys, who may see a case, and who opened what."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY: Final = """
CREATE FUNCTION record.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Facts are never changed or removed. Record a correction instead.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON record.fact FOR EACH ROW EXECUTE FUNCTION record.refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON record.fact FOR EACH STATEMENT EXECUTE FUNCTION record.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON access.read FOR EACH ROW EXECUTE FUNCTION record.refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON access.read FOR EACH STATEMENT EXECUTE FUNCTION record.refuse_change();
"""

SCOPE: Final = """
ALTER TABLE access.scope ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_cases ON access.scope FOR SELECT USING (
  party = ANY (string_to_array(current_setting('homeward.parties', true), ','))
  OR current_setting('homeward.parties', true) = '*');
CREATE POLICY enter ON access.scope FOR INSERT TO homeward_writer WITH CHECK (true);
"""

GRANTS: Final = """
GRANT SELECT, INSERT ON record.fact, record.command, record.tracking TO homeward_writer;
GRANT DELETE ON record.command TO homeward_writer;
GRANT SELECT, INSERT ON keys.wrapping_key TO homeward_writer, homeward_projector;
GRANT SELECT, INSERT ON keys.subject_key TO homeward_writer;
GRANT SELECT ON keys.subject_key, record.fact TO homeward_projector;
GRANT SELECT, INSERT ON access.scope, access.read TO homeward_writer;
GRANT SELECT ON access.scope TO homeward_reader, homeward_projector;
GRANT INSERT ON access.read TO homeward_projector, homeward_reader;
GRANT SELECT ON record.fact TO homeward_reader;
"""


def upgrade() -> None:
    """Make the tables, the wall around scopes, and the grants."""
    op.create_table(
        "fact",
        sa.Column(
            "position", sa.BigInteger, autoincrement=False, nullable=False, comment="dense from 1, in order of commit"
        ),
        sa.Column("stream", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, comment="dense within the stream"),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("fact_id", sa.Uuid, comment="null for what other applications of the library store"),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when, by the clock of the server that took it",
        ),
        sa.Column(
            "recorded_by", sa.DateTime(timezone=True), nullable=False, comment="latest recorded_at up to this position"
        ),
        sa.Column(
            "leaf", sa.LargeBinary, nullable=False, comment="a convenience; whoever verifies computes it from the frame"
        ),
        sa.Column("frame", sa.LargeBinary, nullable=False, comment="the fact as it was hashed; never written again"),
        sa.PrimaryKeyConstraint("position", name="pk_fact"),
        sa.UniqueConstraint("stream", "version", name="uq_fact_stream_version"),
        schema="record",
        comment="Every fact, once, for ever.",
    )
    op.create_index("ix_fact_recorded_by", "fact", ["recorded_by"], schema="record")
    op.create_table(
        "command",
        sa.Column("command_id", sa.Uuid, nullable=False),
        sa.Column("request", sa.LargeBinary, nullable=False, comment="HMAC of method, path and body"),
        sa.Column("first_position", sa.BigInteger, comment="null when nothing followed from it"),
        sa.Column("facts", sa.Integer, nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("command_id", name="pk_command"),
        schema="record",
        comment="What was asked, so that asking again answers as the first time. Kept thirty days.",
    )
    op.create_index("ix_command_committed_at", "command", ["committed_at"], schema="record", postgresql_using="brin")
    op.create_table(
        "tracking",
        sa.Column("application_name", sa.Text, nullable=False),
        sa.Column("notification_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("application_name", "notification_id", name="pk_tracking"),
        schema="record",
        comment="How far other applications of the library have followed the record.",
    )
    op.create_table(
        "wrapping_key",
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("class", sa.Text, nullable=False),
        sa.Column("epoch", sa.Integer, autoincrement=False, nullable=False, comment="number of the thirty days"),
        sa.Column("wrapped", sa.LargeBinary, nullable=False, comment="under the root of the key provider"),
        sa.PrimaryKeyConstraint("country", "class", "epoch", name="pk_wrapping_key"),
        schema="keys",
    )
    op.create_table(
        "subject_key",
        sa.Column("subject", sa.Uuid, nullable=False),
        sa.Column("class", sa.Text, nullable=False),
        sa.Column("version", sa.SmallInteger, autoincrement=False, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False, comment="under the wrapping key; empty once destroyed"),
        sa.Column("commitment", sa.LargeBinary, nullable=False, comment="hash of the key, as the facts carry it"),
        sa.Column("state", sa.Text, nullable=False, server_default="live", comment="live, or destroyed: the tombstone"),
        sa.PrimaryKeyConstraint("subject", "class", "version", name="pk_subject_key"),
        schema="keys",
    )
    op.create_table(
        "scope",
        sa.Column("party", sa.Text, nullable=False, comment="a country or an agency"),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("party", "case_id", name="pk_scope"),
        schema="access",
        comment="Whose officers may see a case at all. Row-level security reads the setting homeward.parties.",
    )
    op.create_index("ix_scope_case_id", "scope", ["case_id"], schema="access")
    op.create_table(
        "read",
        sa.Column("read_id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("reader", sa.Text, nullable=False, comment="human, decision or projector"),
        sa.Column("actor", sa.Uuid, comment="reference of the officer; null for a projector"),
        sa.Column("agency", sa.Text),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("classes", sa.ARRAY(sa.Text), nullable=False, comment="what was opened"),
        sa.Column("case_ids", sa.ARRAY(sa.Uuid), nullable=False, comment="whose; empty for a range of positions"),
        sa.Column("from_position", sa.BigInteger),
        sa.Column("to_position", sa.BigInteger),
        sa.Column("request", sa.Uuid, comment="command or request on whose behalf"),
        sa.PrimaryKeyConstraint("read_id", name="pk_read"),
        schema="access",
        comment="Who opened what, of whom, and why. Only ever added to.",
    )
    op.execute(APPEND_ONLY)
    op.execute(SCOPE)
    op.execute(GRANTS)


def downgrade() -> None:
    """Remove the tables with everything in them."""
    op.drop_table("read", schema="access")
    op.drop_table("scope", schema="access")
    op.drop_table("subject_key", schema="keys")
    op.drop_table("wrapping_key", schema="keys")
    op.drop_table("tracking", schema="record")
    op.drop_table("command", schema="record")
    op.drop_table("fact", schema="record")
    op.execute("DROP FUNCTION record.refuse_change()")
