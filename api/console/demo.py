"""``homeward demo``: from an empty folder to figures, a token, three requests to try, and a running API."""

from __future__ import annotations

import asyncio
import shlex
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import psycopg
from rich.progress import Progress

from adapters.database import Databases
from adapters.population.calibration import AS_OF
from adapters.population.load import LoadReport, load
from adapters.population.merging import LoadError
from adapters.record.errors import RecordUnavailable
from adapters.record.record import Record
from adapters.settings import Settings
from adapters.views.projector import checkpoint
from adapters.views.rebuild import rebuild
from adapters.views.worklist import WorklistFilter, WorklistRow, worklist
from api.auditors.telling import told_figures
from api.console.figures import count, print_table
from api.console.listening import listening
from api.console.progress import bars
from api.console.reaching import database
from api.console.results import print_json
from api.console.starting import FAILED, leave, say, settings_for
from api.issuer import LocalIssuer
from api.tokens import NEWCOMER_LIFE_SECONDS
from domain.case.status import Status
from domain.roles import Role

ROLE: Final = Role.CASEWORKER
AGENCY: Final = "IQ-MOMD"
COUNTRY: Final = "IQ"
"""Whose token the demonstration prints."""
WENT_AWAY: Final = (
    "The database went away. What is recorded is kept; run the same command again and it goes on from there."
)


def run_demo(*, data_dir: Path | None, port: int | None, scale: float, seed: int, serve: bool, as_json: bool) -> None:
    """Load what is missing, show the figures, serve."""
    settings = settings_for(data_dir, port)
    began = time.monotonic()
    with ExitStack() as stack:
        line = stack.enter_context(listening(settings)) if serve else None
        databases, embedded = stack.enter_context(database(settings))
        shown_bars = stack.enter_context(bars())
        report = _loaded(settings, databases, shown_bars, scale=scale, seed=seed)
        _project(settings, databases, shown_bars)
        counted = asyncio.run(count(databases, AS_OF))
        shown_bars.stop()
        seconds = round(time.monotonic() - began, 1)
        if as_json:
            result: dict[str, Any] = {"as_of": AS_OF, "cases": report.cases, "facts": report.facts, "seconds": seconds}
            if scale < 1:
                result["scale"] = scale
            print_json({**result, "figures": told_figures(counted)})
        else:
            print_table(counted, AS_OF, scale=scale)
            done = "found" if report.already else "loaded"
            say(f"{report.cases:,} cases, {report.facts:,} facts {done} in {seconds} s.")
        if line is not None:
            from api.console.serving import serve as serve_api  # noqa: PLC0415 - most of a second, and --no-serve

            _show_requests(settings, databases)
            serve_api(settings, databases, embedded, line)


def _loaded(settings: Settings, databases: Databases, progress: Progress, *, scale: float, seed: int) -> LoadReport:
    """Load the population, or find it."""
    bar = progress.add_task("facts recorded", total=None, visible=False)

    async def work() -> LoadReport:
        async with await Record.open(databases, settings) as record:
            return await load(
                record,
                settings=settings,
                databases=databases,
                scale=scale,
                progress=lambda done, total: progress.update(bar, completed=done, total=total, visible=True),
                seed=seed,
                shows=True,
            )

    try:
        return asyncio.run(work())
    except LoadError as failure:
        progress.stop()
        leave(str(failure), FAILED)
    except (RecordUnavailable, psycopg.OperationalError):
        progress.stop()
        leave(WENT_AWAY, FAILED)


def _project(settings: Settings, databases: Databases, progress: Progress) -> None:
    """Build the read models unless they stand where the record stands."""
    with psycopg.connect(databases.url("reader"), autocommit=True) as connection:
        row = connection.execute("SELECT coalesce(max(position), 0) FROM record.fact").fetchone()
        if row is not None and checkpoint(connection).position == row[0]:
            return
    bar = progress.add_task("facts in the read models", total=None)
    try:
        rebuild(databases, settings, lambda done, total: progress.update(bar, completed=done, total=total))
    except psycopg.OperationalError:
        progress.stop()
        leave(WENT_AWAY, FAILED)


def _show_requests(settings: Settings, databases: Databases) -> None:
    """Print a token and three requests that work, on standard error: they are for whoever reads along."""
    token = LocalIssuer.open(settings).issue(
        role=ROLE, agency=AGENCY, country=COUNTRY, life_seconds=NEWCOMER_LIFE_SECONDS
    )
    say(f"\nexport TOKEN={token}")
    case = asyncio.run(_a_case(databases))
    base = f"http://{settings.host}:{settings.port}/v1"
    for path in (
        f"/worklist?status={case.status}&limit=5",
        f"/cases/{case.case_id}/timeline",
        f"/figures?as_of={AS_OF.isoformat()}",
    ):
        say(f'curl -s -H "Authorization: Bearer $TOKEN" {shlex.quote(base + path)}')


async def _a_case(databases: Databases) -> WorklistRow:
    """Return a case that the officer may see, under screening where there is one.

    :raises LookupError: when there is none: the population has some for every state that it names.
    """
    parties = frozenset({AGENCY, COUNTRY})
    async with await psycopg.AsyncConnection.connect(databases.url("reader"), autocommit=True) as connection:
        for wanted in (WorklistFilter(frozenset({Status.SCREENING})), WorklistFilter()):
            page = await worklist(connection, parties, wanted, limit=1)
            if page.rows:
                return page.rows[0]
    raise LookupError("this officer may see no case")
