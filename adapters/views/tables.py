"""Tables of the read models, twice: those that are read, and beside them those that a rebuild fills.

A rebuild ends by renaming the two schemas into each other; grants and row-level security travel with the tables.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from adapters.tables import metadata
from adapters.views.names import LIVE, NEXT

MARKED: Final = "returned_to IS NOT NULL OR died_on IS NOT NULL OR deprived_by <> '{}'::text[]"
"""Of whom figures speak that do not speak of those held: few, so that an index finds them."""


def _tables(schema: str) -> None:
    Table(
        "worklist",
        metadata,
        Column("case_id", Uuid, primary_key=True),
        Column("status", Text, nullable=False),
        Column("overlays", ARRAY(Text), nullable=False, comment="in alphabetical order"),
        Column("facility", Uuid, comment="where the person is"),
        Column("country", Text, nullable=False, comment="strongest nationality on record; XXX for none"),
        Column("assignee", Uuid, comment="officer to whom the case is assigned"),
        Column("due_on", Date, comment="earliest day on which an officer has to act"),
        Column("opened_on", Date, comment="earliest day that it can have been"),
        Column("settled_until", Date, comment="day on which status or overlays change by the calendar alone"),
        Column("simulated", Boolean, nullable=False, comment="whether a fact of the case is invented"),
        Column("version", Integer, nullable=False),
        Column("position", BigInteger, nullable=False, comment="of the last fact of the case"),
        Index("ix_worklist_due_on", text("coalesce(due_on, 'infinity'::date)"), "case_id"),
        Index("ix_worklist_settled_until", "settled_until"),
        schema=schema,
        comment="One row per case, of open data and of what follows from the person's age.",
    )
    Table(
        "case_sheet",
        metadata,
        Column("case_id", Uuid, primary_key=True),
        Column("version", Integer, nullable=False),
        Column("position", BigInteger, nullable=False, comment="of the last fact of the case"),
        Column("sheet", JSONB, nullable=False),
        schema=schema,
        comment="One row per case: what its open data says today.",
    )
    Table(
        "timeline",
        metadata,
        Column("case_id", Uuid, primary_key=True),
        Column("version", Integer, primary_key=True, autoincrement=False),
        Column("position", BigInteger, nullable=False),
        Column("fact_id", Uuid, nullable=False),
        Column("occurred_from", Date, nullable=False, comment="earliest day that it can have been"),
        Column("occurred_on", Text, nullable=False, comment="EDTF, as told"),
        Column("recorded_at", DateTime(timezone=True), nullable=False),
        Column("agency", Text, nullable=False, comment="that acted"),
        Column("code", Text, nullable=False, comment="topic of the fact"),
        Column("params", JSONB, nullable=False, comment="open fields of the fact"),
        schema=schema,
        comment="One row per fact of a case, without any personal data.",
    )
    Table(
        "people",
        metadata,
        Column("case_id", Uuid, primary_key=True),
        Column("valid_from", Date, primary_key=True, comment="first day of the period"),
        Column("valid_to", Date, nullable=False, comment="first day after it; infinity for the last"),
        Column("settled_on", Date, nullable=False, comment="before this day the start of the period is not certain"),
        Column("present", Boolean, nullable=False),
        Column("simulated", Boolean, nullable=False, comment="whether a fact of the case is invented"),
        Column("nationality", Text, nullable=False, comment="strongest on record; XXX for none"),
        Column("birth_latest", Date),
        Column("facility", Uuid, comment="where the person is"),
        Column("sex", Text),
        Column("birth_earliest", Date),
        Column("care_status", Text),
        Column("died_on", Date, comment="earliest day that it can have been"),
        Column("death_manner", Text),
        Column("death_facility", Uuid),
        Column("departed_from", Uuid, comment="facility of origin of the last departure"),
        Column("returned_to", Text, comment="country"),
        Column("returned_on", Date, comment="earliest day that it can have been"),
        Column("deprived_by", ARRAY(Text), nullable=False, comment="states, in alphabetical order"),
        Index("ix_people_marked", "valid_from", postgresql_where=text(MARKED)),
        schema=schema,
        comment="People as of a date: one row per person and period of valid time in which nothing changed. Personal.",
    )
    Table(
        "block",
        metadata,
        Column("case_id", Uuid, primary_key=True),
        Column("block_id", Uuid, primary_key=True),
        Column("agency", Text, nullable=False, comment="that imposed it"),
        Column("imposed_on", Date, nullable=False, comment="earliest day that it can have been"),
        Column("review_due_on", Date, nullable=False, comment="overdue after this day"),
        Column("lift_proposed_by", ARRAY(Text), nullable=False, comment="agencies, in alphabetical order"),
        Column("facility", Uuid, comment="where the person is"),
        Column("country", Text, nullable=False, comment="strongest nationality on record; XXX for none"),
        Index("ix_block_review_due_on", "review_due_on", "case_id", "block_id"),
        schema=schema,
        comment="One row per open block, without its ground.",
    )
    Table(
        "task",
        metadata,
        Column("case_id", Uuid, primary_key=True),
        Column("task_id", Uuid, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("raised_on", Date, nullable=False, comment="earliest day that it can have been"),
        Column("due_on", Date),
        Column("assignee", Uuid, comment="officer to whom the case is assigned"),
        Index("ix_task_due_on", text("coalesce(due_on, 'infinity'::date)"), "case_id", "task_id"),
        schema=schema,
        comment="One row per open task, without its text.",
    )
    Table(
        "flag",
        metadata,
        Column("case_id", Uuid, primary_key=True),
        Column("flag_id", Uuid, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("raised_on", Date, nullable=False, comment="earliest day that it can have been"),
        Column("assignee", Uuid, comment="officer to whom the case is assigned"),
        Index("ix_flag_raised_on", "raised_on", "case_id", "flag_id"),
        schema=schema,
        comment="One row per flag that is not resolved, without its text.",
    )
    for name, columns, comment in (
        (
            "correction",
            (
                Column("target_fact_id", Uuid, nullable=False),
                Column("target_version", Integer),
                Column("target_topic", Text),
                Column("cause", Text, nullable=False),
                Column("fields", ARRAY(Text), nullable=False, comment="names of those corrected"),
            ),
            "One row per correction or retraction ever recorded, without what it says.",
        ),
        (
            "breach",
            (
                Column("country", Text, comment="to which the person was taken, or whose promise it was"),
                Column("by_agency", Text, comment="that took the person away, where known"),
            ),
            "One row per report that somebody was taken away uncleared, or that an assurance was broken.",
        ),
    ):
        Table(
            name,
            metadata,
            Column("case_id", Uuid, primary_key=True),
            Column("version", Integer, primary_key=True, autoincrement=False),
            Column("position", BigInteger, nullable=False),
            Column("fact_id", Uuid, nullable=False),
            Column("code", Text, nullable=False, comment="topic of the fact"),
            Column("actor", Uuid, nullable=False, comment="random reference of the officer who recorded it"),
            Column("agency", Text, nullable=False, comment="that acted"),
            Column("occurred_from", Date, nullable=False, comment="earliest day that it can have been"),
            Column("occurred_on", Text, nullable=False, comment="EDTF, as told"),
            Column("recorded_at", DateTime(timezone=True), nullable=False),
            Column("stands", Boolean, nullable=False, comment="whether it was not taken back"),
            *columns,
            Index(f"ix_{name}_position", "position"),
            schema=schema,
            comment=comment,
        )
    Table(
        "subject_request",
        metadata,
        Column("request_id", Uuid, primary_key=True),
        Column("case_id", Uuid, nullable=False),
        Column("kind", Text, nullable=False, comment="access, rectification or erasure"),
        Column("state", Text, nullable=False),
        Column("asked_on", Date, nullable=False, comment="earliest day that it can have been"),
        Column("due_on", Date, nullable=False, comment="last day for an answer"),
        Column("approved_at", DateTime(timezone=True), comment="when a second person agreed to an erasure"),
        Column("version", Integer, nullable=False),
        Column("position", BigInteger, nullable=False, comment="of the last fact of the request"),
        Index("ix_subject_request_due_on", "due_on", "request_id"),
        schema=schema,
        comment="One row per request of a person about their own data; it stays when they are erased.",
    )
    Table(
        "erased",
        metadata,
        Column("case_id", Uuid, primary_key=True),
        Column("erased_on", Date, nullable=False, comment="when it was recorded"),
        Column("basis", Text, nullable=False),
        Column("fence_sha256", Text, nullable=False),
        Column("position", BigInteger, nullable=False, comment="of the fact"),
        schema=schema,
        comment="One row per case whose person was erased: all that is left of it here.",
    )
    Table(
        "break_glass",
        metadata,
        Column("break_glass_id", Uuid, primary_key=True),
        Column("case_id", Uuid, nullable=False),
        Column("actor", Uuid, nullable=False, comment="random reference of the officer"),
        Column("agency", Text, nullable=False),
        Column("classes", ARRAY(Text), nullable=False, comment="in alphabetical order"),
        Column("broken_at", DateTime(timezone=True), nullable=False),
        Column("until", DateTime(timezone=True), nullable=False),
        Column("outcome", Text, comment="of the review; null while nobody has reviewed it"),
        Column("reviewed_by", Uuid, comment="random reference of the reviewer"),
        Column("reviewed_for", Text, comment="agency of the reviewer"),
        Column("reviewed_at", DateTime(timezone=True)),
        Column("version", Integer, nullable=False),
        Column("position", BigInteger, nullable=False, comment="of the last fact"),
        Index("ix_break_glass_broken_at", "broken_at", "break_glass_id"),
        schema=schema,
        comment="One row per breaking of the glass, without its justification; it stays when the person is erased.",
    )
    Table(
        "facility",
        metadata,
        Column("facility_id", Uuid, primary_key=True),
        Column("code", Text, nullable=False),
        Column("name", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("country", Text, nullable=False),
        Column("control", Text, nullable=False, comment="agency"),
        schema=schema,
        comment="One row per facility.",
    )
    Table(
        "checkpoint",
        metadata,
        Column("name", Text, primary_key=True),
        Column("position", BigInteger, nullable=False, comment="every fact up to it is in the tables"),
        Column("day", Date, nullable=False, comment="on which status and overlays were derived"),
        Column("form", Text, nullable=False, server_default="", comment="of the program that filled the tables"),
        schema=schema,
        comment="How far the tables of this schema have followed the record.",
    )


for _schema in (LIVE, NEXT):
    _tables(_schema)
