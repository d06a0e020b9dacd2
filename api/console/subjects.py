"""``homeward subject …``: the report of what is held of a person, erasures that are due, and their certificates."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import orjson
import psycopg

from adapters.forgetting.certificate import NotErased, certificate
from adapters.forgetting.erasing import REMEMBERED_SECONDS, Eraser
from adapters.forgetting.report import SubjectReport, subject_report
from adapters.record.door import Caller, Door
from adapters.record.errors import NotVisible, RecordUnavailable
from adapters.record.load import EVERYONE
from adapters.record.record import Record
from adapters.views.projector import Projector
from api.console.reaching import database
from api.console.starting import FAILED, leave, say, settings_for
from api.subjects.report import shown_report
from domain.purposes import ANSWERING
from domain.roles import ROLES, Role

OPERATOR: Final = "XX-OPERATOR"
"""Agency of whoever sits at the machine; the officer in whose name is said with the command."""


def run_report(case: UUID, *, officer: UUID, answering: UUID, data_dir: Path | None) -> None:
    """Print the report as one JSON object. The reading is recorded in the officer's name."""
    settings = settings_for(data_dir)
    permissions, purpose = ROLES[Role.DATA_PROTECTION_OFFICER], ANSWERING.format(answering)
    caller = Caller(officer, OPERATOR, None, permissions, frozenset({EVERYONE}))
    with database(settings) as (databases, _):

        async def made() -> SubjectReport:
            async with await Record.open(databases, settings) as record:
                return await subject_report(record, Door(record), case, caller, purpose=purpose, request=uuid4())

        try:
            report = asyncio.run(made())
        except NotVisible:
            leave("There is no such case.", FAILED)
        except RecordUnavailable:
            leave("The record does not answer, or the reading could not be recorded. Nothing was opened.", FAILED)
    sys.stdout.buffer.write(orjson.dumps(shown_report(report)) + b"\n")


def run_erase(*, data_dir: Path | None) -> None:
    """Erase whoever is due now, instead of waiting for the worker."""
    settings = settings_for(data_dir)
    with database(settings) as (databases, _):
        Projector(databases, settings).catch_up()
        say(f"Where somebody is due, this takes {REMEMBERED_SECONDS:.0f} seconds: until no process remembers a key.")
        done = Eraser(databases, settings).step()
    for one in done:
        say(f"Request {one.request_id}: {len(one.covers)} cases, {one.keys} keys destroyed.")
    if not done:
        say("Nobody is due: two people have to agree, and the time to think again has to be over.")


def run_certificate(request: UUID, *, data_dir: Path | None) -> None:
    """Print the certificate of an erasure as one JSON object."""
    settings = settings_for(data_dir)
    with database(settings) as (databases, _), psycopg.connect(databases.url("reader"), autocommit=True) as connection:
        try:
            found = certificate(connection, settings, request)
        except NotErased as reason:
            leave(
                "The erasure is not sealed yet: the worker does that."
                if reason.code == "erasure.not-sealed"
                else "No keys were destroyed for this request.",
                FAILED,
            )
    sys.stdout.buffer.write(orjson.dumps(found) + b"\n")
