"""Options that several commands of the command line share."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum, unique
from pathlib import Path
from typing import Annotated

import typer


@unique
class Format(StrEnum):
    """How a result is printed."""

    TABLE = "table"
    JSON = "json"


DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        help="Folder of everything that Homeward keeps on this machine; HOMEWARD_DATA_DIR, or else var.",
        show_default=False,
    ),
]
Port = Annotated[
    int | None,
    typer.Option(min=1, max=65535, help="Port to listen on; HOMEWARD_PORT, or else 8000.", show_default=False),
]
AsOf = Annotated[datetime, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day to look at.")]
Output = Annotated[Format, typer.Option("--format", help="A table to read, or one JSON object.")]
