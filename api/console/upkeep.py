"""``homeward migrate`` and ``homeward rebuild``: what an operator does now and then."""

from __future__ import annotations

from pathlib import Path

from adapters.schema_version import pending
from adapters.views.rebuild import RebuildUnderWay, rebuild
from api.console.progress import bars
from api.console.reaching import database
from api.console.starting import FAILED, leave, say, settings_for


def run_migrate(*, data_dir: Path | None) -> None:
    """Run what is pending."""
    settings = settings_for(data_dir)
    with database(settings, migrated=False) as (databases, _):
        if not pending(databases):
            say("The database is of the form that this version expects.")
            return
        from adapters import migrate  # noqa: PLC0415 - a third of a second, and a rebuild needs nothing of it

        migrate.upgrade(databases)
        say("The database was brought to the form that this version expects.")


def run_rebuild(*, data_dir: Path | None) -> None:
    """Rebuild, and say what differed."""
    settings = settings_for(data_dir)
    with database(settings) as (databases, _), bars() as shown:
        bar = shown.add_task("facts in the read models", total=None)
        try:
            report = rebuild(databases, settings, lambda done, total: shown.update(bar, completed=done, total=total))
        except RebuildUnderWay as failure:
            leave(str(failure), FAILED)
    say(f"{report.facts:,} facts in {report.seconds:.1f} s; the read models stand at position {report.position:,}.")
    if report.compared_at is None:
        say("The old tables were too far behind to be compared.")
    elif report.differed:
        say(f"What differed from the record, and was put right: {', '.join(report.differed)}.")
    else:
        say("The old tables were exactly what the record says.")
