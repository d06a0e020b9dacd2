"""Records for tests: opened on a fresh database, with facts that need no case."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.settings import Settings, read_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a newcomer whose data folder is this test's own."""
    return read_settings({"HOMEWARD_DATA_DIR": str(tmp_path)})
