"""A record on a fresh database with its log beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.database import Databases
from adapters.settings import Settings, read_settings
from tests.evidence.archive import Archive


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a newcomer whose data folder is this test's own."""
    return read_settings({"HOMEWARD_DATA_DIR": str(tmp_path / "data"), "HOMEWARD_ORIGIN": "homeward.test/record"})


@pytest.fixture
def archive(databases: Databases, settings: Settings, superuser_url: str) -> Iterator[Archive]:
    """The record, nothing in it yet."""
    with Archive(databases, settings, superuser_url) as opened:
        yield opened
