"""Loading streams in one statement, each behind the wall of whoever asks.

Revision ID: 0011
"""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# Each look at a table is a lateral one with LIMIT: whatever the planner guesses of the sizes, it goes through the index.
# The parties of an asker are set before the table of scopes is looked at, and no statement of another asker's comes in
# between: a plain join would leave that order to the planner. The function runs as whoever calls it, under their walls.
LOAD: Final = """
CREATE FUNCTION record.load(parties text[], streams uuid[], afters int4[], limits int8[], commands uuid[])
RETURNS TABLE (
  idx int8, visible bool, request bytea, first_position int8, facts int4,
  "position" int8, version int4, leaf bytea, frame bytea
)
LANGUAGE plpgsql VOLATILE SECURITY INVOKER AS $$
#variable_conflict use_column
DECLARE
  asker text;
BEGIN
  FOR asker IN SELECT DISTINCT p.party FROM unnest(parties) AS p (party) LOOP
    PERFORM set_config('homeward.parties', asker, true);
    RETURN QUERY
      SELECT w.idx, seen.seen IS NOT NULL, c.request, c.first_position, c.facts, f.position, f.version, f.leaf, f.frame
      FROM unnest(parties, streams, afters, limits, commands)
        WITH ORDINALITY AS w (party, stream, after, up_to, command, idx)
      LEFT JOIN LATERAL (SELECT true AS seen FROM access.scope s WHERE s.case_id = w.stream LIMIT 1) seen ON true
      LEFT JOIN LATERAL (SELECT * FROM record.command c WHERE c.command_id = w.command LIMIT 1) c ON true
      LEFT JOIN LATERAL (
        SELECT * FROM record.fact f WHERE f.stream = w.stream AND f.version > w.after AND f.position <= w.up_to
        ORDER BY f.version LIMIT 2147483647
      ) f ON true
      WHERE w.party = asker
      ORDER BY w.idx, f.version;
  END LOOP;
  PERFORM set_config('homeward.parties', '', true);
END
$$;
REVOKE ALL ON FUNCTION record.load(text[], uuid[], int4[], int8[], uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION record.load(text[], uuid[], int4[], int8[], uuid[]) TO homeward_writer;
"""


def upgrade() -> None:
    """Make the function."""
    op.execute(LOAD)


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP FUNCTION record.load(text[], uuid[], int4[], int8[], uuid[])")
