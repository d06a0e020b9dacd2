"""Destroying keys and removing rows, by person. Everything here can be repeated."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg
from psycopg import sql

from adapters.keys.fences import KEY_VERSION
from adapters.record.frame import FOREIGN, decode
from adapters.record.header import read_header
from adapters.record.keys import FINGERPRINT, wrapping_epoch
from adapters.record.subject_keys import NO_COUNTRY
from adapters.views.names import LIVE, NEXT, PERSONAL
from domain.privacy import PERSONAL_CLASSES

DESTROY: Final = """
UPDATE keys.subject_key SET state = 'destroyed', wrapped = '' WHERE subject = ANY(%s) AND state = 'live'
"""
TOMBSTONES: Final = """
INSERT INTO keys.subject_key (subject, class, version, country, epoch, wrapped, commitment, state)
SELECT s, c, %s, %s, %s, '', '', 'destroyed' FROM unnest(%s::uuid[]) s CROSS JOIN unnest(%s::text[]) c
ON CONFLICT DO NOTHING
"""
"""Where there never was a key there will never be one."""
DESTROYED: Final = """
SELECT count(*), max(epoch) FROM keys.subject_key WHERE subject = ANY(%s) AND state <> 'live' AND commitment <> ''
"""
OF_FINGERPRINT: Final = "sha256(%(begins)s || uuid_send(subject) || int2send(version) || convert_to(class, 'UTF8'))"
FENCED: Final = sql.SQL("""
SELECT subject, {print} AS print FROM keys.subject_key WHERE {print} = ANY(%(prints)s) AND ({live} OR NOT %(live)s)
""").format(print=sql.SQL(OF_FINGERPRINT), live=sql.SQL("state = 'live'"))
FRAMES: Final = "SELECT frame FROM record.fact WHERE stream = ANY(%s)"


class Gone(NamedTuple):
    """The keys of a person that were destroyed."""

    keys: int
    epoch: int | None
    """The latest under which one of them rested; ``None`` when there never was a key."""


def destroy_keys(connection: psycopg.Connection[Any], subjects: Sequence[UUID], today: date) -> Gone:
    """Destroy every key of these people, and let none be made again; committed when this returns."""
    with connection.transaction():
        connection.execute(DESTROY, (list(subjects),))
        classes = [label.value for label in PERSONAL_CLASSES]
        connection.execute(TOMBSTONES, (KEY_VERSION, NO_COUNTRY, wrapping_epoch(today), list(subjects), classes))
        row = connection.execute(DESTROYED, (list(subjects),)).fetchone()
    return Gone(*row) if row else Gone(0, None)


def fenced_subjects(
    connection: psycopg.Connection[Any], fingerprints: Collection[bytes], *, live: bool
) -> dict[bytes, UUID]:
    """Return fingerprint → whose key it names, of those in the database; with ``live`` only of keys not destroyed."""
    if not fingerprints:
        return {}
    rows = connection.execute(FENCED, {"begins": FINGERPRINT, "prints": list(fingerprints), "live": live}).fetchall()
    return {bytes(found): subject for subject, found in rows}


def remove_rows(connection: psycopg.Connection[Any], cases: Sequence[UUID]) -> None:
    """Remove what was derived from these cases: their rows in the read models, what repeated commands are known by.

    Their facts stay, sealed for ever; so does the log of who read them, which holds ids only.
    """
    frames = connection.execute(FRAMES, (list(cases),)).fetchall()
    commands = list(commands_of(frame for (frame,) in frames))
    with connection.transaction():
        for schema in (LIVE, NEXT):
            for table in PERSONAL:
                delete = sql.SQL("DELETE FROM {} WHERE case_id = ANY(%s)").format(sql.Identifier(schema, table))
                connection.execute(delete, (list(cases),))
        connection.execute("DELETE FROM record.command WHERE command_id = ANY(%s)", (commands,))


def commands_of(frames: Iterable[bytes]) -> set[UUID]:
    """Return the commands by which stored facts were recorded."""
    return {UUID(read_header(decode(frame)[0].payload)["command"]) for frame in frames if frame[:1] != bytes([FOREIGN])}
