"""Schemas and roles: who may enter which room. Which tables they may touch, later migrations say.

The server in the folder has its roles already. On an external server they are made here, without login, and the owner
becomes a member of them, so that one login can act as each.

Revision ID: 0001
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMAS = ("record", "keys", "views", "access")
ROLES = ("homeward_writer", "homeward_projector", "homeward_reader")


def upgrade() -> None:
    for role in ROLES:
        op.execute(
            f"""
            DO $$
            BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                    CREATE ROLE {role} NOLOGIN;
                    GRANT {role} TO CURRENT_USER;
                END IF;
            EXCEPTION
                WHEN insufficient_privilege THEN
                    RAISE EXCEPTION 'role {role} is missing and this login may not create it'
                        USING HINT = 'As a superuser: CREATE ROLE {role}; and grant it to this login.';
                WHEN duplicate_object OR unique_violation THEN
                    NULL;  -- roles belong to the whole server: another database of it was faster
            END
            $$
            """
        )
    for schema in SCHEMAS:
        op.execute(f"CREATE SCHEMA {schema}")
        op.execute(f"GRANT USAGE ON SCHEMA {schema} TO {', '.join(ROLES)}")


def downgrade() -> None:
    """Drop the schemas with all that is in them. The roles stay: they belong to the server, not to this database."""
    for schema in reversed(SCHEMAS):
        op.execute(f"DROP SCHEMA {schema} CASCADE")
