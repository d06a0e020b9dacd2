"""A record with people in it, officers who ask, and an eraser whose calendar the test holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.database import Databases
from adapters.settings import Settings, read_settings
from tests.forgetting.house import ForgettingHouse


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a newcomer whose data folder is this test's own."""
    return read_settings({"HOMEWARD_DATA_DIR": str(tmp_path / "data"), "HOMEWARD_ORIGIN": "homeward.test/forgetting"})


@pytest.fixture
def house(databases: Databases, settings: Settings) -> Iterator[ForgettingHouse]:
    """The house, nobody in it yet."""
    opened = ForgettingHouse(databases, settings)
    yield opened
    opened.close()
