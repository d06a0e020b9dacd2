"""Forgetting: requests of people about their own data, who was erased, and where the record says so.

Revision ID: 0008
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SCHEMAS: Final = ("views", "views_next")
TABLES: Final = ("subject_request", "erased")

# As in 0003: the setting is read once per statement, the scope of a row with LIMIT.
WALL: Final = """
ALTER TABLE {schema}.{table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_cases ON {schema}.{table} FOR SELECT TO homeward_reader USING (
  (SELECT current_setting('homeward.parties', true)) = '*'
  OR (SELECT true FROM access.scope s WHERE s.case_id = {table}.case_id LIMIT 1)
);
CREATE POLICY keep ON {schema}.{table} FOR ALL TO homeward_projector USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.{table} TO homeward_projector;
GRANT SELECT ON {schema}.{table} TO homeward_reader;
"""


def upgrade() -> None:
    """Make the tables in both sets, and an index over the few facts that say that somebody was erased."""
    for schema in SCHEMAS:
        op.create_table(
            "subject_request",
            sa.Column("request_id", sa.Uuid, nullable=False),
            sa.Column("case_id", sa.Uuid, nullable=False),
            sa.Column("kind", sa.Text, nullable=False, comment="access, rectification or erasure"),
            sa.Column("state", sa.Text, nullable=False),
            sa.Column("asked_on", sa.Date, nullable=False, comment="earliest day that it can have been"),
            sa.Column("due_on", sa.Date, nullable=False, comment="last day for an answer"),
            sa.Column("approved_at", sa.DateTime(timezone=True), comment="when a second person agreed to an erasure"),
            sa.Column("version", sa.Integer, nullable=False),
            sa.Column("position", sa.BigInteger, nullable=False, comment="of the last fact of the request"),
            sa.PrimaryKeyConstraint("request_id", name="pk_subject_request"),
            schema=schema,
            comment="One row per request of a person about their own data; it stays when they are erased.",
        )
        op.create_index("ix_subject_request_due_on", "subject_request", ["due_on", "request_id"], schema=schema)
        op.create_table(
            "erased",
            sa.Column("case_id", sa.Uuid, nullable=False),
            sa.Column("erased_on", sa.Date, nullable=False, comment="when it was recorded"),
            sa.Column("basis", sa.Text, nullable=False),
            sa.Column("fence_sha256", sa.Text, nullable=False),
            sa.Column("position", sa.BigInteger, nullable=False, comment="of the fact"),
            sa.PrimaryKeyConstraint("case_id", name="pk_erased"),
            schema=schema,
            comment="One row per case whose person was erased: all that is left of it here.",
        )
        for table in TABLES:
            op.execute(WALL.format(schema=schema, table=table))
    op.create_index(
        "ix_fact_erasures", "fact", ["position"], schema="record",
        postgresql_where=sa.text("topic = 'case.person-erased'"),
    )  # fmt: skip


def downgrade() -> None:
    """Drop them; whatever they held stands in the record."""
    op.drop_index("ix_fact_erasures", "fact", schema="record")
    for schema in SCHEMAS:
        for table in TABLES:
            op.drop_table(table, schema=schema)
