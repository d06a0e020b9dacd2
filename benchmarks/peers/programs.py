"""Programs of peers: installed on first use beside the benchmarks' data, spoken to in lines of JSON."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks.measuring import Absent
from benchmarks.place import HERE

PROGRAMS: Final = HERE / "peers"
INSTALL_SECONDS: Final = 120


def node_packages(*packages: str) -> Path:
    """Return the folder in which these npm packages (name@version) are installed.

    :raises Absent: when node is not on this machine, or the packages cannot be had.
    """
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise Absent("node is not on this machine")
    folder = PROGRAMS / packages[0].rpartition("@")[0].replace("/", "-").lstrip("@")
    if not (folder / "installed").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}\n')
        _install(
            [npm, "install", "--silent", "--no-audit", "--no-fund", "--no-save", "--prefix", str(folder), *packages]
        )
        (folder / "installed").touch()
    return folder


def python_packages(*packages: str) -> Path:
    """Return a folder for ``PYTHONPATH`` in which these Python packages (name==version) are installed.

    :raises Absent: when they cannot be had.
    """
    folder = PROGRAMS / packages[0].partition("==")[0]
    if not (folder / "installed").exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _install([*pip, "--upgrade", "--only-binary", ":all:", "--target", str(folder), *packages])
        (folder / "installed").touch()
    return folder


def _install(command: Sequence[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=INSTALL_SECONDS)
    except (OSError, subprocess.SubprocessError) as failure:
        raise Absent(f"{Path(command[0]).name} could not install it") from failure


class Conversation:
    """A program that answers each line of JSON with one."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        self._process: Final = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, cwd=folder, text=True
        )
        self.pid: Final = self._process.pid

    def ask(self, **question: object) -> dict[str, float]:
        """Send a question and return the answer.

        :raises Absent: when the program has ended.
        """
        reader, writer = self._process.stdout, self._process.stdin
        if reader is None or writer is None:
            raise Absent("it does not listen")
        try:
            writer.write(json.dumps(question) + "\n")
            writer.flush()
        except BrokenPipeError:
            raise Absent("it ended before it was asked") from None
        if not (line := reader.readline()):
            raise Absent(f"it ended with {self._process.wait()}")
        answer: dict[str, float] = json.loads(line)
        return answer

    def close(self) -> None:
        """End the program."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(timeout=30)
        if self._process.stdout is not None:
            self._process.stdout.close()
