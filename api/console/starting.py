"""What every command does first: read the settings, and say what is wrong in one sentence."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Final, NoReturn

from adapters.settings import SettingError, Settings, read_settings
from api.journal import keep_journal

WRONG_SETTING: Final = 2
FAILED: Final = 1


def settings_for(data_dir: Path | None, port: int | None = None) -> Settings:
    """Return the settings of environment and command line; leave with code 2 when one is wrong.

    The issuer's name stays that of the environment: a token is good whatever port its service listens on.
    """
    try:
        settings = read_settings()
    except SettingError as wrong:
        leave(str(wrong), WRONG_SETTING)
    if data_dir is not None:
        settings = settings.within(data_dir)
    settings = replace(settings, port=port or settings.port)
    keep_journal(settings.log_level)
    return settings


def leave(sentence: str, code: int) -> NoReturn:
    """Say one sentence and end the process."""
    say(sentence)
    raise SystemExit(code)


def say(sentence: str) -> None:
    """Write a line to standard error: standard output is for results."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
