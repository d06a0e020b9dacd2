"""The log of reads: every row gets a leaf as it is added, waits for its seal, and has a place in a tree.

Revision ID: 0007
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Whoever adds a row queues it, without a right of their own to the queue: the function is its owner's. What is hashed is
# a JSON array as PostgreSQL writes jsonb: nothing that a purpose or an agency can hold makes two rows read alike.
LEAVES: Final = """
CREATE FUNCTION access.leaf_of(r access.read) RETURNS bytea LANGUAGE sql STABLE
SET search_path = pg_catalog AS $$
  SELECT sha256('\\x00'::bytea || convert_to(jsonb_build_array(
    'homeward/1 read', r.read_id, to_char(r.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), r.reader, r.actor,
    r.agency, r.purpose, r.classes, r.case_ids, r.from_position, r.to_position, r.request)::text, 'UTF8'))
$$;
CREATE FUNCTION access.queue_for_seal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO access.read_waiting (read_id, leaf) VALUES (NEW.read_id, access.leaf_of(NEW));
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION access.queue_for_seal() FROM PUBLIC;
CREATE TRIGGER queued AFTER INSERT ON access.read FOR EACH ROW EXECUTE FUNCTION access.queue_for_seal();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON access.read_leaf FOR EACH ROW EXECUTE FUNCTION record.refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON access.read_leaf FOR EACH STATEMENT EXECUTE FUNCTION record.refuse_change();
GRANT SELECT, DELETE ON access.read_waiting TO homeward_projector;
GRANT SELECT, INSERT ON access.read_leaf TO homeward_projector;
GRANT SELECT ON access.read_leaf TO homeward_writer;
INSERT INTO access.read_waiting (read_id, leaf) SELECT r.read_id, access.leaf_of(r) FROM access.read r;
"""


def upgrade() -> None:
    """Make the queue, the places and the indexes by which it is found who saw a case."""
    op.create_table(
        "read_waiting",
        sa.Column("read_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("read_id", name="pk_read_waiting"),
        schema="access",
        comment="Reads that are not sealed yet: for a second or so.",
    )
    op.create_table(
        "read_leaf",
        sa.Column(
            "leaf_index", sa.BigInteger, autoincrement=False, nullable=False, comment="place in the tree, from 0"
        ),
        sa.Column("read_id", sa.BigInteger, nullable=False),
        sa.Column("leaf", sa.LargeBinary, nullable=False, comment="as it was when the row was added"),
        sa.PrimaryKeyConstraint("leaf_index", name="pk_read_leaf"),
        sa.UniqueConstraint("read_id", name="uq_read_leaf_read_id"),
        schema="access",
        comment="Reads in the order in which they were sealed.",
    )
    op.create_index(
        "ix_read_by_people", "read", ["case_ids"], schema="access", postgresql_using="gin",
        postgresql_where=sa.text("reader = 'human'"),
    )  # fmt: skip
    op.create_index(
        "ix_read_by_decisions", "read", [sa.text("(case_ids[1])")], schema="access",
        postgresql_where=sa.text("reader = 'decision'"),
    )  # fmt: skip
    op.create_index(
        "ix_read_by_machines", "read", ["to_position"], schema="access",
        postgresql_where=sa.text("reader NOT IN ('human', 'decision')"),
    )  # fmt: skip
    op.execute(LEAVES)


def downgrade() -> None:
    """Remove what seals the reads; the reads stay."""
    op.execute("DROP TRIGGER queued ON access.read")
    op.execute("DROP FUNCTION access.queue_for_seal()")
    op.execute("DROP FUNCTION access.leaf_of(access.read)")
    for index in ("ix_read_by_people", "ix_read_by_decisions", "ix_read_by_machines"):
        op.drop_index(index, "read", schema="access")
    op.drop_table("read_leaf", schema="access")
    op.drop_table("read_waiting", schema="access")
