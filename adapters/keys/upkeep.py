"""The upkeep of keys in a running process: rotated when it is due, without anybody asking."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from typing import Final

import psycopg
import structlog

from adapters.database import Databases
from adapters.keys.provider import open_root
from adapters.keys.rotation import RotationUnderWay, rotate
from adapters.keys.status import key_status
from adapters.record.errors import KeysUnavailable
from adapters.record.keys import MissingKey
from adapters.settings import Settings

LOOK_SECONDS: Final = 3600.0

log: Final = structlog.get_logger()


def keep_up(databases: Databases, settings: Settings, stop: threading.Event) -> None:
    """Rotate whenever it is due, until told to stop; what does not work now is tried again an hour later."""
    while True:
        try:
            rotate_if_due(databases, settings, datetime.now(UTC).date())
        except (psycopg.OperationalError, KeysUnavailable, RotationUnderWay, MissingKey) as failure:
            log.warning("keys.not-rotated", because=type(failure).__name__)
        if stop.wait(LOOK_SECONDS):
            return


def rotate_if_due(databases: Databases, settings: Settings, today: date) -> bool:
    """Rotate when it is due, and say whether it was.

    :raises Exception: as :func:`adapters.keys.rotation.rotate`.
    """
    root = open_root(settings)
    if not key_status(databases, root, today=today, grace_days=settings.keys_grace_days).rotation_due:
        return False
    report = rotate(databases, root, today=today, grace_days=settings.keys_grace_days)
    log.info("keys.rotated", keys=report.rewrapped, epochs_destroyed=len(report.epochs_destroyed))
    if report.altered:
        log.error("keys.altered", keys=len(report.altered))
    return True
