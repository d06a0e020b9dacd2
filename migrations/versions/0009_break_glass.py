"""Breaking the glass: who let themselves in to whose case, and whether it was reviewed.

Revision ID: 0009
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SCHEMAS: Final = ("views", "views_next")

# As in 0008: the setting is read once per statement, the scope of a row with LIMIT.
WALL: Final = """
ALTER TABLE {schema}.break_glass ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_cases ON {schema}.break_glass FOR SELECT TO homeward_reader USING (
  (SELECT current_setting('homeward.parties', true)) = '*'
  OR (SELECT true FROM access.scope s WHERE s.case_id = break_glass.case_id LIMIT 1)
);
CREATE POLICY keep ON {schema}.break_glass FOR ALL TO homeward_projector USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.break_glass TO homeward_projector;
GRANT SELECT ON {schema}.break_glass TO homeward_reader;
"""


def upgrade() -> None:
    """Make the table in both sets."""
    for schema in SCHEMAS:
        op.create_table(
            "break_glass",
            sa.Column("break_glass_id", sa.Uuid, nullable=False),
            sa.Column("case_id", sa.Uuid, nullable=False),
            sa.Column("actor", sa.Uuid, nullable=False, comment="random reference of the officer"),
            sa.Column("agency", sa.Text, nullable=False),
            sa.Column("classes", sa.ARRAY(sa.Text), nullable=False, comment="in alphabetical order"),
            sa.Column("broken_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("until", sa.DateTime(timezone=True), nullable=False),
            sa.Column("outcome", sa.Text, comment="of the review; null while nobody has reviewed it"),
            sa.Column("reviewed_by", sa.Uuid, comment="random reference of the reviewer"),
            sa.Column("reviewed_for", sa.Text, comment="agency of the reviewer"),
            sa.Column("reviewed_at", sa.DateTime(timezone=True)),
            sa.Column("version", sa.Integer, nullable=False),
            sa.Column("position", sa.BigInteger, nullable=False, comment="of the last fact"),
            sa.PrimaryKeyConstraint("break_glass_id", name="pk_break_glass"),
            schema=schema,
            comment="One row per breaking of the glass, without its justification; it stays when the person is erased.",
        )
        op.create_index("ix_break_glass_broken_at", "break_glass", ["broken_at", "break_glass_id"], schema=schema)
        op.execute(WALL.format(schema=schema))


def downgrade() -> None:
    """Drop it; whatever it held stands in the record."""
    for schema in SCHEMAS:
        op.drop_table("break_glass", schema=schema)
