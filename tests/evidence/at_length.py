"""``make tamper``: the forgeries and honest bundles of the suite, ten times as many. The figures go into docs/trust.md.

Every thousand has a record of its own, of another size, under another seed: a run that fails says which.
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
import structlog
from rich.console import Console

from adapters import migrate
from adapters.database import Databases
from adapters.embedded import Cluster, EmbeddedPostgres
from adapters.settings import read_settings
from tests.evidence.archive import Archive
from tests.evidence.auditor import Auditor
from tests.evidence.tampering import Progress, forged, honest

EDITS: Final = 10_000
BUNDLES: Final = 1_000
PARTS: Final = 10

console: Final = Console(stderr=True)


@contextmanager
def fresh(cluster: Cluster, name: str, folder: Path) -> Iterator[tuple[Archive, Auditor]]:
    """Open a record on a database of its own, and an auditor beside it."""
    with psycopg.connect(cluster.superuser_url(), autocommit=True) as superuser:
        superuser.execute(f"CREATE DATABASE {name} OWNER homeward_owner")
    databases = Databases.embedded(cluster, name)
    migrate.upgrade(databases)
    folder.mkdir()
    settings = read_settings({"HOMEWARD_DATA_DIR": str(folder / "data"), "HOMEWARD_ORIGIN": "homeward.test/record"})
    with Archive(databases, settings, cluster.superuser_url(name)) as archive, Auditor(archive, folder) as auditor:
        yield archive, auditor
    with psycopg.connect(cluster.superuser_url(), autocommit=True) as superuser:
        superuser.execute(f"DROP DATABASE {name} WITH (FORCE)")


def said(part: int, what: str) -> Progress:
    """Return a progress that says so on the terminal."""
    return lambda count: console.print(f"{part} of {PARTS}: {count:,} {what}  ", end="\r")


def main() -> None:
    """Forge and verify; every assertion holds, or this ends with the one that does not."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    found: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place, EmbeddedPostgres(Path(place) / "server", durable=False) as cluster:
        began = time.monotonic()
        for part in range(1, PARTS + 1):
            with fresh(cluster, f"forged_{part}", Path(place) / f"forged-{part}") as (archive, auditor):
                found += forged(archive, auditor, EDITS // PARTS, part, said(part, "forged"), facts=200 + 60 * part)
        forging = time.monotonic() - began
        for part in range(1, PARTS + 1):
            with fresh(cluster, f"honest_{part}", Path(place) / f"honest-{part}") as (archive, auditor):
                verdicts += honest(archive, auditor, BUNDLES // PARTS, 1_000 + part, said(part, "bundles"))
        honesty = time.monotonic() - began - forging
    Console().print(f"{found.total():,} forgeries of {len(found)} kinds, all found, in {forging:,.0f} s: {dict(found)}")
    Console().print(f"{BUNDLES:,} honest bundles, none accused, in {honesty:,.0f} s: {dict(verdicts)}")


if __name__ == "__main__":
    main()
