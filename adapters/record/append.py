"""The one statement by which facts enter the record, and its parameters.

It runs after the advisory lock, in a transaction of its own with it, so that its snapshot sees every earlier
commit. It sorts out repeated and stale commands, numbers the facts of the others densely after the last position,
and inserts everything that commits with them. Commands of one batch that touch the same stream form a bundle, which
succeeds or is tried again one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from adapters.record.arrays import ByteaArray, Int4Array, Int8Array, TextArray, TimestampArray, UuidArray
from adapters.record.submission import Expected, Submission

LOCK: Final = 0x686F6D65
"""Key of the advisory lock that orders all writers ("home")."""

PLAN: Final = """
SET enable_mergejoin = off; SET enable_seqscan = off; SET jit = off; SET plan_cache_mode = force_generic_plan
"""
"""The sizes of the parameters are unknown to the planner: every look at a table goes through its index."""

APPEND: Final = """
WITH command AS MATERIALIZED (
  SELECT * FROM unnest(%s::int4[], %s::int4[], %s::uuid[], %s::bytea[]) AS c (idx, bundle, command_id, request)
), known AS MATERIALIZED (
  SELECT c.idx, k.request, k.first_position, k.facts
  FROM command c CROSS JOIN LATERAL (SELECT * FROM record.command k WHERE k.command_id = c.command_id LIMIT 1) k
), stale AS MATERIALIZED (
  SELECT DISTINCT e.idx
  FROM unnest(%s::int4[], %s::uuid[], %s::int4[], %s::int4[]) AS e (idx, stream, version, if_absent)
  LEFT JOIN LATERAL (
    SELECT f.version FROM record.fact f WHERE f.stream = e.stream ORDER BY f.version DESC LIMIT 1
  ) h ON true
  WHERE coalesce(h.version, e.if_absent) <> e.version
  UNION
  SELECT t.idx FROM unnest(%s::int4[], %s::text[], %s::int8[]) AS t (idx, name, reached)
  WHERE EXISTS (SELECT FROM record.tracking k WHERE k.application_name = t.name AND k.notification_id >= t.reached)
), lost AS MATERIALIZED (
  SELECT DISTINCT bundle FROM command WHERE idx IN (SELECT idx FROM known UNION ALL SELECT idx FROM stale)
), winner AS MATERIALIZED (
  SELECT * FROM command WHERE bundle NOT IN (SELECT bundle FROM lost)
), head AS MATERIALIZED (
  SELECT coalesce(max(h.position), 0) AS position, max(h.recorded_by) AS recorded_by
  FROM (SELECT position, recorded_by FROM record.fact ORDER BY position DESC LIMIT 1) h
), numbered AS MATERIALIZED (
  SELECT f.*, head.position + row_number() OVER (ORDER BY f.ord) AS position,
    greatest(head.recorded_by, max(f.recorded_at) OVER (ORDER BY f.ord)) AS recorded_by
  FROM unnest(%s::int4[], %s::uuid[], %s::int4[], %s::text[], %s::uuid[], %s::timestamptz[], %s::bytea[], %s::bytea[])
    WITH ORDINALITY AS f (idx, stream, version, topic, fact_id, recorded_at, leaf, frame, ord), head
  WHERE f.idx IN (SELECT idx FROM winner)
), facts AS (
  INSERT INTO record.fact (position, stream, version, topic, fact_id, recorded_at, recorded_by, leaf, frame)
  SELECT position, stream, version, topic, fact_id, recorded_at, recorded_by, leaf, frame FROM numbered ORDER BY ord
), placed AS MATERIALIZED (
  SELECT w.idx, w.command_id, w.request, min(n.position) AS first_position, count(n.position)::int4 AS facts
  FROM winner w LEFT JOIN numbered n USING (idx) GROUP BY w.idx, w.command_id, w.request
), commands AS (
  INSERT INTO record.command (command_id, request, first_position, facts)
  SELECT command_id, request, first_position, facts FROM placed WHERE command_id IS NOT NULL
), reads AS (
  INSERT INTO access.read (reader, actor, agency, purpose, classes, case_ids, request)
  SELECT 'decision', r.actor, r.agency, r.purpose, string_to_array(r.classes, ','), ARRAY[r.case_id], w.command_id
  FROM unnest(%s::int4[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::uuid[])
    AS r (idx, actor, agency, purpose, classes, case_id) JOIN winner w USING (idx)
), scopes AS (
  INSERT INTO access.scope (party, case_id)
  SELECT s.party, s.case_id FROM unnest(%s::int4[], %s::text[], %s::uuid[]) AS s (idx, party, case_id)
  JOIN winner USING (idx)
  ON CONFLICT DO NOTHING
), tracked AS (
  INSERT INTO record.tracking (application_name, notification_id)
  SELECT t.name, t.reached FROM unnest(%s::int4[], %s::text[], %s::int8[]) AS t (idx, name, reached)
  JOIN winner USING (idx)
), woken AS (
  SELECT pg_notify('homeward_facts', '') FROM (SELECT FROM numbered LIMIT 1) n
)
SELECT c.idx,
  CASE WHEN p.idx IS NOT NULL THEN 0 WHEN k.idx IS NOT NULL THEN 1 WHEN s.idx IS NOT NULL THEN 2 ELSE 3 END AS fate,
  coalesce(p.first_position, k.first_position) AS first_position, coalesce(p.facts, k.facts, 0) AS facts, k.request,
  (SELECT count(*) FROM woken) AS woken
FROM command c LEFT JOIN placed p USING (idx) LEFT JOIN known k USING (idx) LEFT JOIN stale s USING (idx)
"""


def parameters(batch: Sequence[Submission], bundles: Sequence[int]) -> tuple[object, ...]:
    """Return the parameters of :data:`APPEND` for a batch; ``bundles`` gives the bundle of each submission."""
    facts = [(idx, fact) for idx, submission in enumerate(batch) for fact in submission.facts]
    reads = [(idx, read) for idx, submission in enumerate(batch) for read in submission.opened]
    scopes = [(idx, scope) for idx, submission in enumerate(batch) for scope in submission.scopes]
    expected = first_expected(batch, bundles)
    tracked = [(idx, *place) for idx, submission in enumerate(batch) for place in submission.tracking]
    tracking = (
        Int4Array.of(idx for idx, _, _ in tracked),
        TextArray.of(name for _, name, _ in tracked),
        Int8Array.of(reached for _, _, reached in tracked),
    )
    return (
        Int4Array.of(range(len(batch))),
        Int4Array.of(bundles),
        UuidArray.of(submission.command_id for submission in batch),
        ByteaArray.of(submission.request for submission in batch),
        Int4Array.of(idx for idx, _ in expected),
        UuidArray.of(one.stream for _, one in expected),
        Int4Array.of(one.version for _, one in expected),
        Int4Array.of(one.if_absent for _, one in expected),
        *tracking,
        Int4Array.of(idx for idx, _ in facts),
        UuidArray.of(fact.stream for _, fact in facts),
        Int4Array.of(fact.originator_version for _, fact in facts),
        TextArray.of(fact.topic for _, fact in facts),
        UuidArray.of(fact.fact_id for _, fact in facts),
        TimestampArray.of(fact.recorded_at for _, fact in facts),
        ByteaArray.of(fact.leaf for _, fact in facts),
        ByteaArray.of(fact.state for _, fact in facts),
        Int4Array.of(idx for idx, _ in reads),
        UuidArray.of(read.actor for _, read in reads),
        TextArray.of(read.agency for _, read in reads),
        TextArray.of(read.purpose for _, read in reads),
        TextArray.of(",".join(sorted(read.classes)) for _, read in reads),
        UuidArray.of(read.case_id for _, read in reads),
        Int4Array.of(idx for idx, _ in scopes),
        TextArray.of(scope.party for _, scope in scopes),
        UuidArray.of(scope.case_id for _, scope in scopes),
        *tracking,
    )


def first_expected(batch: Sequence[Submission], bundles: Sequence[int]) -> list[tuple[int, Expected]]:
    """Return what each bundle expects of each stream before the batch: the expectation of the first that names it."""
    seen: set[tuple[int, UUID]] = set()
    first = []
    for idx, submission in enumerate(batch):
        for one in (*submission.writes, *submission.guards):
            if (place := (bundles[idx], one.stream)) not in seen:
                seen.add(place)
                first.append((idx, one))
    return first
