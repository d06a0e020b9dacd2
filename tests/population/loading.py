"""A process that loads a population, to be killed.

``python -m tests.population.loading SCALE DATA_DIR ROLE=URL ...``
"""

from __future__ import annotations

import asyncio
import sys

from adapters.database import Databases
from adapters.population.load import load
from adapters.record.record import Record
from adapters.settings import read_settings


async def main(scale: float, data_dir: str, urls: list[str]) -> None:
    databases = Databases(dict(url.split("=", 1) for url in urls))
    settings = read_settings({"HOMEWARD_DATA_DIR": data_dir, "HOMEWARD_ORIGIN": "homeward.test/population"})
    async with await Record.open(databases, settings) as record:
        await load(record, settings=settings, databases=databases, scale=scale, shows=True)


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), sys.argv[2], sys.argv[3:]))
