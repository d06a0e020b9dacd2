"""``homeward figures``: the published figures beside those of the record, as a table or as JSON."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import psycopg
from rich.console import Console
from rich.table import Table

from adapters.database import Databases
from adapters.views.figures import Figure, figures
from api.auditors.telling import told_figures
from api.console.reaching import database
from api.console.results import print_json
from api.console.starting import settings_for


def run_figures(*, as_of: date, data_dir: Path | None, as_json: bool) -> None:
    """Count and print."""
    with database(settings_for(data_dir)) as (databases, _):
        counted = asyncio.run(count(databases, as_of))
    if as_json:
        print_json({"as_of": as_of, "figures": told_figures(counted)})
    else:
        print_table(counted, as_of)


async def count(databases: Databases, as_of: date) -> dict[str, Figure]:
    """Return the figures of a day."""
    async with await psycopg.AsyncConnection.connect(databases.url("reader"), autocommit=True) as connection:
        return await figures(connection, as_of)


def print_table(counted: dict[str, Figure], as_of: date, *, scale: float = 1.0) -> None:
    """Print every figure beside the published one; figures of a scaled population do not claim to be those."""
    table = Table(title=f"As of {as_of.isoformat()}", title_justify="left")
    table.add_column("", style="bold")
    table.add_column("figure")
    table.add_column("record", justify="right")
    table.add_column("published, autumn 2021")
    table.add_column("made of", style="dim")
    for figure in counted.values():
        number = f"{figure.value:,}" + (f" of {figure.of:,}" if figure.of is not None else "")
        parts = ", ".join(f"{people:,} {name}" for name, people in figure.parts.items())
        published = figure.published if scale == 1 else f"({figure.published})"
        table.add_row(figure.code, figure.sentence, number, published, parts)
    console = Console()
    console.print(table)
    if any(figure.synthetic for figure in counted.values()):
        console.print("Synthetic: every person counted here is invented; only the published words are real.")
    if scale < 1:
        console.print(f"A quick look at {scale:.1%} of the population: these are not the published figures.")
