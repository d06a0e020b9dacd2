"""Records for tests: opened on a fresh database, in the event loop of the test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.database import Databases
from adapters.record.record import Record
from adapters.settings import Settings, read_settings


@pytest.fixture
def anyio_backend() -> str:
    """Tests that wait, wait in asyncio, as the product does."""
    return "asyncio"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a newcomer whose data folder is this test's own."""
    return read_settings({"HOMEWARD_DATA_DIR": str(tmp_path), "HOMEWARD_ORIGIN": "homeward.test/record"})


@pytest.fixture
async def record(databases: Databases, settings: Settings) -> AsyncIterator[Record]:
    """The record on a fresh database."""
    async with await Record.open(databases, settings) as opened:
        yield opened


@pytest.fixture
async def elsewhere(databases: Databases, settings: Settings) -> AsyncIterator[Record]:
    """The same record as another process has it open."""
    async with await Record.open(databases, settings) as opened:
        yield opened
