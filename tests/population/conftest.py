"""A small population, rehearsed once for all tests, and a record to load it into."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.database import Databases
from adapters.population.calibration import DEFAULT_SEED
from adapters.population.diary import Namer
from adapters.record.record import Record
from adapters.settings import Settings, read_settings
from tests.population.rehearsal import Rehearsal, rehearsed

SMALL = 0.02


@pytest.fixture(scope="session")
def small() -> Rehearsal:
    """Fifteen hundred people, every command decided."""
    return rehearsed(Namer(DEFAULT_SEED, SMALL))


@pytest.fixture
def anyio_backend() -> str:
    """Tests that wait, wait in asyncio, as the product does."""
    return "asyncio"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a newcomer whose data folder is this test's own."""
    return read_settings({"HOMEWARD_DATA_DIR": str(tmp_path), "HOMEWARD_ORIGIN": "homeward.test/population"})


@pytest.fixture
async def record(databases: Databases, settings: Settings) -> AsyncIterator[Record]:
    """The record on a fresh database."""
    async with await Record.open(databases, settings) as opened:
        yield opened
