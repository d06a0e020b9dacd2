"""The whole database is killed while the demonstration loads its population."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from adapters.embedded import EmbeddedPostgres
from adapters.population.calibration import DEFAULT_SEED
from adapters.population.diary import Namer
from adapters.settings import read_settings
from tests.population.rehearsal import rehearsed
from tests.record.soundness import Promises, contents, faults

SCALE = 0.008
WHILE_LOADING = 1_000
"""Position of the record at which the database dies."""


def demo(data_dir: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "api", "demo", "--no-serve", "--format", "json"]
    return subprocess.Popen(
        [*command, "--scale", str(SCALE), "--data-dir", str(data_dir)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def head(url: str) -> int:
    try:
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT coalesce(max(position), 0) FROM record.fact").fetchone()
    except (psycopg.OperationalError, psycopg.errors.UndefinedTable):
        return 0
    assert row is not None
    return int(row[0])


def killed_while_loading(data_dir: Path) -> tuple[str, int | None]:
    """Kill the database in the middle of a load; return what the demonstration says, and its exit code."""
    with demo(data_dir) as process:
        while not (data_dir / "postgres/cluster/postmaster.pid").exists():
            time.sleep(0.05)
        server = EmbeddedPostgres(data_dir)
        url = server.start().url("reader")
        while head(url) < WHILE_LOADING and process.poll() is None:
            time.sleep(0.02)
        server.kill()
        _, said = process.communicate(timeout=120)
        server.stop()  # our claim on it; who loads next is then the last to leave, and ends it
    return said, process.returncode


def loaded(data_dir: Path) -> dict[str, Any]:
    with demo(data_dir) as process:
        shown, said = process.communicate(timeout=180)
    assert process.returncode == 0, said
    result: dict[str, Any] = json.loads(shown)
    return result


@pytest.mark.kill
def test_a_load_whose_database_is_killed_says_so_and_goes_on_where_it_ended(tmp_path: Path) -> None:
    said, code = killed_while_loading(tmp_path)
    assert code == 1
    assert "run the same command again" in said
    assert "Traceback" not in said

    result = loaded(tmp_path)
    rehearsal = rehearsed(Namer(DEFAULT_SEED, SCALE))
    assert result["facts"] == sum(len(facts) for facts in rehearsal.facts.values())
    origin = read_settings({"HOMEWARD_DATA_DIR": str(tmp_path)}).origin
    with EmbeddedPostgres(tmp_path) as cluster:
        stored = contents(cluster.url("writer"))
        assert faults(stored, Promises(), origin) == []
        assert len(stored.commands) == len(rehearsal.asked)
        assert head(cluster.url("reader")) == result["facts"]
