"""Registers: the block board, open tasks, flags, corrections and breaches.

The worklist tells the officer of a case, and the timeline the id of a fact, by which it is corrected.

Revision ID: 0006
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"
branch_labels = None
depends_on = None

SCHEMAS: Final = ("views", "views_next")
TABLES: Final = ("block", "task", "flag", "correction", "breach")

EMPTY: Final = """
TRUNCATE {schema}.worklist, {schema}.case_sheet, {schema}.timeline, {schema}.people, {schema}.facility;
UPDATE {schema}.checkpoint SET position = 0, day = '0001-01-01';
-- squawk-ignore adding-required-field
ALTER TABLE {schema}.timeline ADD COLUMN fact_id uuid NOT NULL;
"""

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
    """Make the tables in both sets, alike in everything, and let the projector begin anew: it fills them all."""
    for schema in SCHEMAS:
        op.execute(EMPTY.format(schema=schema))
        op.add_column(
            "worklist", sa.Column("assignee", sa.Uuid, comment="officer to whom the case is assigned"), schema=schema
        )
        _per_case(schema)
        _per_fact(
            schema,
            "correction",
            sa.Column("target_fact_id", sa.Uuid, nullable=False),
            sa.Column("target_version", sa.Integer),
            sa.Column("target_topic", sa.Text),
            sa.Column("cause", sa.Text, nullable=False),
            sa.Column("fields", sa.ARRAY(sa.Text), nullable=False, comment="names of those corrected"),
            comment="One row per correction or retraction ever recorded, without what it says.",
        )
        _per_fact(
            schema,
            "breach",
            sa.Column("country", sa.Text, comment="to which the person was taken, or whose promise it was"),
            sa.Column("by_agency", sa.Text, comment="that took the person away, where known"),
            comment="One row per report that somebody was taken away uncleared, or that an assurance was broken.",
        )
        for table in TABLES:
            op.execute(WALL.format(schema=schema, table=table))


def downgrade() -> None:
    """Drop them; whatever they held stands in the record."""
    for schema in SCHEMAS:
        for table in TABLES:
            op.drop_table(table, schema=schema)
        op.drop_column("worklist", "assignee", schema=schema)
        op.drop_column("timeline", "fact_id", schema=schema)


def _per_case(schema: str) -> None:
    op.create_table(
        "block",
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("block_id", sa.Uuid, nullable=False),
        sa.Column("agency", sa.Text, nullable=False, comment="that imposed it"),
        sa.Column("imposed_on", sa.Date, nullable=False, comment="earliest day that it can have been"),
        sa.Column("review_due_on", sa.Date, nullable=False, comment="overdue after this day"),
        sa.Column("lift_proposed_by", sa.ARRAY(sa.Text), nullable=False, comment="agencies, in alphabetical order"),
        sa.Column("facility", sa.Uuid, comment="where the person is"),
        sa.Column("country", sa.Text, nullable=False, comment="strongest nationality on record; XXX for none"),
        sa.PrimaryKeyConstraint("case_id", "block_id", name="pk_block"),
        schema=schema,
        comment="One row per open block, without its ground.",
    )
    op.create_index("ix_block_review_due_on", "block", ["review_due_on", "case_id", "block_id"], schema=schema)
    op.create_table(
        "task",
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("task_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("raised_on", sa.Date, nullable=False, comment="earliest day that it can have been"),
        sa.Column("due_on", sa.Date),
        sa.Column("assignee", sa.Uuid, comment="officer to whom the case is assigned"),
        sa.PrimaryKeyConstraint("case_id", "task_id", name="pk_task"),
        schema=schema,
        comment="One row per open task, without its text.",
    )
    op.create_index(
        "ix_task_due_on", "task", [sa.text("coalesce(due_on, 'infinity'::date)"), "case_id", "task_id"], schema=schema
    )
    op.create_table(
        "flag",
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("flag_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("raised_on", sa.Date, nullable=False, comment="earliest day that it can have been"),
        sa.Column("assignee", sa.Uuid, comment="officer to whom the case is assigned"),
        sa.PrimaryKeyConstraint("case_id", "flag_id", name="pk_flag"),
        schema=schema,
        comment="One row per flag that is not resolved, without its text.",
    )
    op.create_index("ix_flag_raised_on", "flag", ["raised_on", "case_id", "flag_id"], schema=schema)


def _per_fact(schema: str, name: str, *columns: sa.Column[object], comment: str) -> None:
    op.create_table(
        name,
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("fact_id", sa.Uuid, nullable=False),
        sa.Column("code", sa.Text, nullable=False, comment="topic of the fact"),
        sa.Column("actor", sa.Uuid, nullable=False, comment="random reference of the officer who recorded it"),
        sa.Column("agency", sa.Text, nullable=False, comment="that acted"),
        sa.Column("occurred_from", sa.Date, nullable=False, comment="earliest day that it can have been"),
        sa.Column("occurred_on", sa.Text, nullable=False, comment="EDTF, as told"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stands", sa.Boolean, nullable=False, comment="whether it was not taken back"),
        *columns,
        sa.PrimaryKeyConstraint("case_id", "version", name=f"pk_{name}"),
        schema=schema,
        comment=comment,
    )
    op.create_index(f"ix_{name}_position", name, ["position"], schema=schema)
