"""A program that records what it is told on its standard input and says what became of it. Made to be killed.

The first line says where the record is; every further line is one command. Answers come as they are known.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any, TextIO
from uuid import UUID

from adapters.database import Databases
from adapters.record.errors import RecordUnavailable
from adapters.record.record import Record
from adapters.settings import read_settings
from tests.record.submissions import ORIGIN, a_command

LINE_BYTES = 1 << 20


async def work(orders: TextIO, answers: TextIO) -> None:
    """Record until the input ends."""
    place = json.loads(orders.readline())
    settings = read_settings({"HOMEWARD_DATA_DIR": place["folder"], "HOMEWARD_ORIGIN": ORIGIN})
    lines = asyncio.StreamReader(limit=LINE_BYTES)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), orders)
    async with await Record.open(Databases(place["urls"]), settings) as record, asyncio.TaskGroup() as tasks:
        say(answers, ready=os.getpid())
        while line := await lines.readline():
            tasks.create_task(serve(record, json.loads(line), answers))


async def serve(record: Record, order: dict[str, Any], answers: TextIO) -> None:
    """Record one command."""
    submission = a_command(
        UUID(order["stream"]),
        order["at"],
        facts=order["facts"],
        command=UUID(order["command"]),
        guards=[(UUID(stream), version) for stream, version in order["guards"]],
    )
    try:
        outcome = await record.append(submission)
    except RecordUnavailable as unavailable:
        say(answers, ask=order["ask"], fate="UNAVAILABLE", known=unavailable.fate_known)
    else:
        say(answers, ask=order["ask"], fate=outcome.fate.name, positions=list(outcome.positions))


def say(answers: TextIO, **answer: object) -> None:
    """Write one line, at once: what was said is acknowledged."""
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


if __name__ == "__main__":
    said = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # logs do not mix with answers
    asyncio.run(work(sys.stdin, said))
