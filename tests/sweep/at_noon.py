"""``homeward serve``, but that it is noon of the scenarios' day: ``python -m tests.sweep.at_noon DIR PORT``."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from adapters.database import Databases
from adapters.record.door import Door
from adapters.settings import Settings
from api.console import serving
from api.console.listening import listening
from api.console.starting import settings_for
from api.lifespan import services
from api.services import Services
from tests.record.asking import NOON


@asynccontextmanager
async def at_noon(settings: Settings, databases: Databases) -> AsyncIterator[Services]:
    """Open what requests need; decisions are taken at noon."""
    async with services(settings, databases) as opened:
        yield replace(opened, door=Door(opened.record, lambda: NOON))


if __name__ == "__main__":
    serving.services = at_noon  # type: ignore[attr-defined]
    settings = settings_for(Path(sys.argv[1]), int(sys.argv[2]))
    with listening(settings) as line:
        serving.run_server(settings, line)
