"""By which form of the read models their tables were filled.

Revision ID: 0010
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SCHEMAS: Final = ("views", "views_next")


def upgrade() -> None:
    """Note of tables that are there already that nobody knows: the next worker makes them anew."""
    for schema in SCHEMAS:
        op.add_column(
            "checkpoint",
            sa.Column(
                "form", sa.Text, nullable=False, server_default="", comment="of the program that filled the tables"
            ),
            schema=schema,
        )


def downgrade() -> None:
    """Forget it."""
    for schema in SCHEMAS:
        op.drop_column("checkpoint", "form", schema=schema)
