"""Read models, twice: the tables that are read, and beside them those that a rebuild fills before both change places.

Revision ID: 0003
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SCHEMAS: Final = ("views", "views_next")
OF_CASES: Final = ("worklist", "case_sheet", "timeline", "people")
TABLES: Final = (*OF_CASES, "facility", "checkpoint")

# The setting is read once per statement, in a subquery: read once per row, it doubled the time of a scan. The scope is
# asked for each row that gets there, with LIMIT so that the planner does not first read all scopes into a table.
WALL: Final = """
ALTER TABLE {schema}.{table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_cases ON {schema}.{table} FOR SELECT TO homeward_reader USING (
  (SELECT current_setting('homeward.parties', true)) = '*'
  OR (SELECT true FROM access.scope s WHERE s.case_id = {table}.case_id LIMIT 1)
);
CREATE POLICY keep ON {schema}.{table} FOR ALL TO homeward_projector USING (true) WITH CHECK (true);
"""


def upgrade() -> None:
    """Make both sets of tables, alike in everything: after a rebuild each stands where the other stood."""
    op.execute("CREATE SCHEMA views_next")
    op.execute("GRANT USAGE ON SCHEMA views_next TO homeward_writer, homeward_projector, homeward_reader")
    for schema in SCHEMAS:
        _of_cases(schema)
        _others(schema)
        for table in OF_CASES:
            op.execute(WALL.format(schema=schema, table=table))
        for table in TABLES:
            op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.{table} TO homeward_projector")
            op.execute(f"GRANT SELECT ON {schema}.{table} TO homeward_reader")
        op.execute(f"INSERT INTO {schema}.checkpoint (name, position, day) VALUES ('views', 0, '0001-01-01')")  # noqa: S608


def downgrade() -> None:
    """Drop both sets of tables; whatever they held stands in the record."""
    for schema in SCHEMAS:
        for table in TABLES:
            op.drop_table(table, schema=schema)
    op.execute("DROP SCHEMA views_next")


def _of_cases(schema: str) -> None:
    op.create_table(
        "worklist",
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("overlays", sa.ARRAY(sa.Text), nullable=False, comment="in alphabetical order"),
        sa.Column("facility", sa.Uuid, comment="where the person is"),
        sa.Column("country", sa.Text, nullable=False, comment="strongest nationality on record; XXX for none"),
        sa.Column("due_on", sa.Date, comment="earliest day on which an officer has to act"),
        sa.Column("opened_on", sa.Date, comment="earliest day that it can have been"),
        sa.Column("settled_until", sa.Date, comment="day on which status or overlays change by the calendar alone"),
        sa.Column("simulated", sa.Boolean, nullable=False, comment="whether a fact of the case is invented"),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False, comment="of the last fact of the case"),
        sa.PrimaryKeyConstraint("case_id", name="pk_worklist"),
        schema=schema,
        comment="One row per case, of open data and of what follows from the person's age.",
    )
    op.create_index(
        "ix_worklist_due_on", "worklist", [sa.text("coalesce(due_on, 'infinity'::date)"), "case_id"], schema=schema
    )
    op.create_index("ix_worklist_settled_until", "worklist", ["settled_until"], schema=schema)
    op.create_table(
        "case_sheet",
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False, comment="of the last fact of the case"),
        sa.Column("sheet", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_sheet"),
        schema=schema,
        comment="One row per case: what its open data says today.",
    )
    op.create_table(
        "timeline",
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("occurred_from", sa.Date, nullable=False, comment="earliest day that it can have been"),
        sa.Column("occurred_on", sa.Text, nullable=False, comment="EDTF, as told"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agency", sa.Text, nullable=False, comment="that acted"),
        sa.Column("code", sa.Text, nullable=False, comment="topic of the fact"),
        sa.Column("params", JSONB, nullable=False, comment="open fields of the fact"),
        sa.PrimaryKeyConstraint("case_id", "version", name="pk_timeline"),
        schema=schema,
        comment="One row per fact of a case, without any personal data.",
    )
    op.create_table(
        "people",
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False, comment="first day of the period"),
        sa.Column("valid_to", sa.Date, nullable=False, comment="first day after it; infinity for the last"),
        sa.Column(
            "settled_on", sa.Date, nullable=False, comment="before this day the start of the period is not certain"
        ),
        sa.Column("present", sa.Boolean, nullable=False),
        sa.Column("simulated", sa.Boolean, nullable=False, comment="whether a fact of the case is invented"),
        sa.Column("nationality", sa.Text, nullable=False, comment="strongest on record; XXX for none"),
        sa.Column("birth_latest", sa.Date),
        sa.Column("facility", sa.Uuid, comment="where the person is"),
        sa.Column("sex", sa.Text),
        sa.Column("birth_earliest", sa.Date),
        sa.Column("care_status", sa.Text),
        sa.Column("died_on", sa.Date, comment="earliest day that it can have been"),
        sa.Column("death_manner", sa.Text),
        sa.Column("death_facility", sa.Uuid),
        sa.Column("departed_from", sa.Uuid, comment="facility of origin of the last departure"),
        sa.Column("returned_to", sa.Text, comment="country"),
        sa.Column("returned_on", sa.Date, comment="earliest day that it can have been"),
        sa.Column("deprived_by", sa.ARRAY(sa.Text), nullable=False, comment="states, in alphabetical order"),
        sa.PrimaryKeyConstraint("case_id", "valid_from", name="pk_people"),
        schema=schema,
        comment="People as of a date: one row per person and period of valid time in which nothing changed. Personal.",
    )
    op.create_index(
        "ix_people_marked",
        "people",
        ["valid_from"],
        schema=schema,
        postgresql_where=sa.text("returned_to IS NOT NULL OR died_on IS NOT NULL OR deprived_by <> '{}'::text[]"),
    )


def _others(schema: str) -> None:
    op.create_table(
        "facility",
        sa.Column("facility_id", sa.Uuid, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("control", sa.Text, nullable=False, comment="agency"),
        sa.PrimaryKeyConstraint("facility_id", name="pk_facility"),
        schema=schema,
        comment="One row per facility.",
    )
    op.create_table(
        "checkpoint",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False, comment="every fact up to it is in the tables"),
        sa.Column("day", sa.Date, nullable=False, comment="on which status and overlays were derived"),
        sa.PrimaryKeyConstraint("name", name="pk_checkpoint"),
        schema=schema,
        comment="How far the tables of this schema have followed the record.",
    )
