"""``homeward keys rotate`` and ``homeward keys status``."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import orjson
from rich.console import Console
from rich.table import Table

from adapters.keys.provider import open_root
from adapters.keys.rotation import RotationReport, RotationUnderWay, rotate
from adapters.keys.status import KeyStatus, key_status
from adapters.record.errors import KeysUnavailable
from adapters.record.keys import MissingKey
from api.console.reaching import database
from api.console.starting import FAILED, leave, say, settings_for

ALARM: Final = 3
"""Exit code when keys were found that do not open."""


def run_rotate(*, data_dir: Path | None) -> None:
    """Wrap live keys anew and destroy what wrapped them before."""
    settings = settings_for(data_dir)
    with database(settings) as (databases, _):
        try:
            report = rotate(
                databases,
                open_root(settings),
                today=datetime.now(UTC).date(),
                grace_days=settings.keys_grace_days,
            )
        except RotationUnderWay as failure:
            leave(str(failure), FAILED)
        except KeysUnavailable:
            leave("The provider of keys does not answer. What was wrapped anew stays so; rotate again.", FAILED)
        except MissingKey as failure:
            leave(f"Nothing more was rotated: {failure}.", FAILED)
    _tell(report)


def _tell(report: RotationReport) -> None:
    say(f"{report.rewrapped:,} keys were wrapped anew; every live key rests under epoch {report.epoch}.")
    if report.epochs_destroyed:
        epochs = ", ".join(map(str, report.epochs_destroyed))
        say(f"{report.wrapping_keys_destroyed:,} wrapping keys and the secrets of epochs {epochs} were destroyed.")
    if report.altered:
        leave(f"ALARM: {len(report.altered)} keys were altered and do not open; they were left as they are.", ALARM)


def run_status(*, data_dir: Path | None, as_json: bool) -> None:
    """Print what keys there are."""
    settings = settings_for(data_dir)
    with database(settings) as (databases, _):
        try:
            found = key_status(
                databases, open_root(settings), today=datetime.now(UTC).date(), grace_days=settings.keys_grace_days
            )
        except KeysUnavailable:
            leave("The provider of keys does not answer.", FAILED)
    if as_json:
        shown = {**found._asdict(), "epochs": [one._asdict() for one in found.epochs]}
        sys.stdout.buffer.write(orjson.dumps(shown) + b"\n")
        return
    Console().print(_table(found))
    if found.rotation_due:
        say("A rotation is due: homeward keys rotate.")


def _table(found: KeyStatus) -> Table:
    table = Table(title=f"Epoch {found.current_epoch}", title_justify="left")
    for heading in ("epoch", "begins", "can be opened until", "secret"):
        table.add_column(heading, overflow="fold")
    for heading in ("wrapping keys", "live keys", "destroyed keys"):
        table.add_column(heading, justify="right")
    for one in found.epochs:
        table.add_row(
            str(one.epoch),
            one.begins_on.isoformat(),
            one.closes_on.isoformat(),
            "there" if one.secret else "destroyed",
            f"{one.wrapping_keys:,}",
            f"{one.live_keys:,}",
            f"{one.destroyed_keys:,}",
        )
    return table
