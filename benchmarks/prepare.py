"""A million facts in a data folder, made once: what some workloads start from."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from adapters import migrate
from adapters.embedded.cluster import DATABASE
from adapters.population.load import LoadReport, load
from adapters.record.record import Record
from adapters.schema_version import pending
from adapters.views.rebuild import rebuild
from benchmarks.measuring import NeedsFacts, Say
from benchmarks.place import Database, Place, place

MILLION: Final = 900_000
"""The whole population makes about a million facts; less than this is a scaled one."""


def prepare(data_dir: Path, say: Say) -> LoadReport:
    """Load the population through its commands and build the read models, unless they are there."""
    with place(data_dir) as here:
        main = here.existing(DATABASE)
        migrate.upgrade(main.databases)
        report = load_population(here, main, here.settings.data_dir, say, shows=True)
        if not _is_projected(main):
            rebuild(main.databases, here.settings, lambda done, total: say(f"{done:,} of {total:,} facts read"))
        return report


def _is_projected(main: Database) -> bool:
    return main.one("SELECT position FROM views.checkpoint") == main.one("SELECT max(position) FROM record.fact")


def load_population(here: Place, database: Database, keys: Path, say: Say, *, shows: bool = False) -> LoadReport:
    """Load the whole population into a migrated database, its keys under a folder; with its read models or without."""
    settings = here.fresh_keys(keys)

    async def work() -> LoadReport:
        async with await Record.open(database.databases, settings) as record:
            return await load(
                record,
                settings=settings,
                databases=database.databases,
                shows=shows,
                progress=lambda done, total: say(f"{done:,} of {total:,} facts loaded"),
            )

    return asyncio.run(work())


def prepared(here: Place) -> Database:
    """Return the database with the million facts.

    :raises NeedsFacts: when the data folder holds fewer, or holds them in the form of another version of this program.
    """
    main = here.existing(DATABASE)
    there = main.one("SELECT to_regclass('record.fact') IS NOT NULL")
    head = int(str(main.one("SELECT coalesce(max(position), 0) FROM record.fact")[0])) if there == (True,) else 0
    if head < MILLION or pending(main.databases):
        raise NeedsFacts(
            "This needs a million facts in the form of this version: run `python -m benchmarks prepare --data-dir DIR`"
            " once, and name that DIR."
        )
    return main
