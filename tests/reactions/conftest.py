"""A house with families in it, and the machines that follow its record and its calendar."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.database import Databases
from adapters.settings import Settings, read_settings
from tests.views.conftest import House


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a newcomer whose data folder is this test's own."""
    return read_settings({"HOMEWARD_DATA_DIR": str(tmp_path)})


@pytest.fixture
def house(databases: Databases, settings: Settings) -> Iterator[House]:
    """The house, nobody in it yet; what is recorded in it is not simulated."""
    opened = House(databases, settings, simulated=False)
    yield opened
    opened.close()
