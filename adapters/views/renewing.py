"""Read models that an earlier version filled are made anew: a migration makes tables, and does not know the facts."""

from __future__ import annotations

from typing import Final

import psycopg
import structlog
from psycopg import sql

from adapters.database import Databases
from adapters.settings import Settings
from adapters.views.form import FORM
from adapters.views.names import LIVE
from adapters.views.rebuild import rebuild

NOTED: Final = sql.SQL("SELECT form, position FROM {}").format(sql.Identifier(LIVE, "checkpoint"))
NOTE: Final = sql.SQL("UPDATE {} SET form = %s WHERE position = 0").format(sql.Identifier(LIVE, "checkpoint"))

log: Final = structlog.get_logger()


def renew(databases: Databases, settings: Settings) -> bool:
    """Rebuild the read models when another version filled them, and return whether that was so.

    Whoever reads meanwhile reads the old tables, which stand still until then.

    :raises RebuildUnderWay: when somebody else rebuilds them.
    :raises Exception: when a fact cannot be read; the tables stay as they are.
    """
    with psycopg.connect(databases.url("owner"), autocommit=True) as connection:
        row = connection.execute(NOTED).fetchone()
        if row is None:
            message = f"{LIVE} has no checkpoint; the migrations make it"
            raise LookupError(message)
        form, position = row
        if form == FORM:
            return False
        if not position:
            connection.execute(NOTE, (FORM,))
            return False
    log.warning("views.of-another-form", form=form, expected=FORM)
    report = rebuild(databases, settings)
    log.info("views.rebuilt", facts=report.facts, seconds=round(report.seconds, 1))
    return True
